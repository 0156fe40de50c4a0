"""``lca list``: what the database holds."""

from __future__ import annotations

import click

from lca.commands._shared import Settings, console, example, looking, print_json

KINDS = (
    "gpu",
    "tpu",
    "accelerator",
    "cpu",
    "server",
    "memory",
    "storage",
    "process",
    "instance",
    "network",
    "cooling",
    "models",
    "sources",
    "regions",
    "templates",
)
_SINGULAR = {"model": "models", "source": "sources", "region": "regions", "template": "templates"}


@click.command("list", epilog=example("lca list gpu"))
@click.argument("kind", type=click.Choice([*KINDS, *_SINGULAR]), metavar="KIND")
@looking
def command(settings: Settings, kind: str) -> None:
    """List all entries of a KIND.

    Kinds: gpu, tpu, accelerator, cpu, server, memory, storage, process, instance, network, cooling,
    models, sources, regions, templates.
    """
    from lca.report.catalog import records

    kind = _SINGULAR.get(kind, kind)
    found = records(kind, settings.library())
    if settings.as_json:
        print_json(found)
        return
    from lca.report.pages import show_list

    show_list(kind, found, console())
