"""``lca diff``: why a number changed between two results."""

from __future__ import annotations

import click

from lca.commands._shared import Settings, console, example, looking, print_json


@click.command("diff", epilog=example("lca diff old.json new.json"))
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option(
    "--indicator", default="gwp100", show_default=True, help="Which totals the page explains."
)
@looking
def command(settings: Settings, old: str, new: str, indicator: str) -> None:
    """Explain what changed from OLD to NEW, two results of -o FILE.json, and how much by what."""
    from lca.errors import UnknownNameError, did_you_mean
    from lca.report.difference import page
    from lca.report.difference.assembly import difference
    from lca.report.difference.reading import read_result

    before, after = read_result(old), read_result(new)
    known = [name for name in after["indicators"] if name in before["indicators"]]
    if indicator not in known and known:
        hint = did_you_mean(indicator, known)
        msg = f'no indicator "{indicator}" in both files{hint} (one of: {", ".join(known)})'
        raise UnknownNameError(msg)
    found = difference(before, after, (old, new))
    if settings.as_json:
        print_json(found)
    else:
        page.show(found, console(), indicator)
