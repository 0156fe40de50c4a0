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
    counted = {
        "fleet": loaded.model.fleet,
        "services": loaded.model.services,
        "work": loaded.model.work,
    }
    kinds = ", ".join(f"{len(x)} {name}" for name, x in counted.items() if x or name != "services")
    named = ", ".join(options)
    click.echo(f"{scenario}: ok ({kinds}, {first}-{last}, options: {named})")
