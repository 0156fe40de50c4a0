"""``lca serve``: a page on this machine to try what-ifs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lca.commands._shared import Settings, example, load, looking, print_json

if TYPE_CHECKING:
    from lca.library import Library
    from lca.serve.composed import Composed
    from lca.serve.opened import Opened

PORT = 8765


@click.command("serve", epilog=example("lca serve", "lca serve mine.yaml --port 0"))
@click.argument("scenario", type=click.Path(), required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="Port; 0 picks a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address of this machine itself: 127.0.0.1, localhost or ::1.",
)
@click.option("--open/--no-open", "opens", default=True, show_default=True, help="Open a browser.")
@looking
def command(settings: Settings, scenario: str | None, port: int, host: str, opens: bool) -> None:
    """Compare hardware on a page in your browser, or change the inputs of SCENARIO.

    The page can be reached from this machine alone, asks nothing of any network, and writes nothing:
    scenario and report are downloaded.
    """
    from lca.serve.server import require_extra, serve

    require_extra()
    form, library = _form(scenario, settings)

    def ready(address: str) -> None:
        if settings.as_json:
            print_json({"address": address})
        # said even when quiet: with --port 0 nobody would know where the page is
        click.echo(f"{address} (Ctrl-C ends it)", err=True)
        if opens:
            _open(address)

    serve(form, library, host=host, port=port, ready=ready)
    settings.say("stopped")


def _form(scenario: str | None, settings: Settings) -> tuple[Composed | Opened, Library]:
    from lca.serve.composed import Composed
    from lca.serve.opened import Opened

    if scenario is None:
        library = settings.library()
        return Composed(library), library
    loaded = load(scenario, settings)
    loaded.require_uses()
    return Opened(loaded), loaded.library


def _open(address: str) -> None:
    """Open a browser beside the server; a machine without one is no mistake."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
