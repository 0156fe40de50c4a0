"""``lca check-card``: a model card, or a YAML of claims, held against itself."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._flags import fail_if_flagged
from lca.commands._shared import Settings, console, example, looking, print_json


@click.command(
    "check-card",
    epilog=example(
        "lca check-card README.md --fail-if-flagged", "lca check-card claims.yaml --json"
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--fail-if-flagged", "strict", is_flag=True, help="Exit with 4 if anything is flagged."
)
@looking
def command(settings: Settings, file: Path, strict: bool) -> None:
    """Check the footprint of a model card FILE.md, or the claims of FILE.yaml.

    Reads documented patterns only: what is not understood is listed, never guessed. The exit code
    is 0 with flags, too, unless --fail-if-flagged is given.
    """
    from lca.validation.cards import check_card

    result = check_card(file, settings.db)
    if settings.as_json:
        print_json(result)
    else:
        from lca.validation.cards_page import page

        page(result, console())
    if strict:
        fail_if_flagged(str(file), result["flags"])
