"""``lca show``: everything known of one device, host, technology, source or region."""

from __future__ import annotations

import click

from lca.commands._shared import Settings, complete_entries, console, example, print_json, sampling

_SAMPLES = 1 << 14


@click.command("show", epilog=example("lca show nvidia-h100-sxm5-80gb"))
@click.argument("name", metavar="ID", shell_complete=complete_entries)
@sampling
def command(settings: Settings, name: str) -> None:
    """Show every value of ID with its source, and all embodied models side by side.

    ID is a device, host, memory, process or instance, the key of a source, or a region such as DE.
    """
    from lca.report.dossier import dossier
    from lca.terms import Draws

    samples = _SAMPLES if settings.samples is None else settings.samples
    found = dossier(name, settings.library(), Draws(samples, settings.seed or 0))
    if settings.as_json:
        print_json(found)
        return
    from lca.report.pages import show_entry

    show_entry(found, console())
