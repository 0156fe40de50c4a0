"""``lca check-card``: a model card, or a YAML of claims, held against itself."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, console, example, looking, print_json


@click.command(
    "check-card", epilog=example("lca check-card README.md", "lca check-card claims.yaml --json")
)
@click.argument("file", type=click.Path(path_type=Path))
@looking
def command(settings: Settings, file: Path) -> None:
    """Check the footprint of a model card FILE.md, or the claims of FILE.yaml.

    Reads documented patterns only: what is not understood is listed, never guessed.
    """
    if settings.db:
        msg = "--db has no effect: device names are looked up in the packaged database only"
        raise click.UsageError(msg)
    from lca.validation.cards import check_card

    result = check_card(file)
    if settings.as_json:
        print_json(result)
        return
    from lca.validation.cards_page import page

    page(result, console())
