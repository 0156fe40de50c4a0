"""``lca check``: all mistakes of a scenario at once."""

from __future__ import annotations

import click

from lca.commands._shared import Settings, example, load, looking, print_json


@click.command("check", epilog=example("lca check mine.yaml"))
@click.argument("scenario", type=click.Path())
@looking
def command(settings: Settings, scenario: str) -> None:
    """Check SCENARIO and all its options without evaluating; mistakes are told at once."""
    loaded = load(scenario, settings)
    options = [option.name for option in loaded.options()]
    first, last = loaded.model.period
    if settings.as_json:
        print_json({"file": scenario, "ok": True, "options": options, "period": [first, last]})
        return
    kinds = f"{len(loaded.model.fleet)} fleet, {len(loaded.model.work)} work"
    named = ", ".join(options)
    click.echo(f"{scenario}: ok ({kinds}, {first}-{last}, options: {named})")
