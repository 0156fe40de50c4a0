"""``lca check``: all mistakes of a scenario, or of an hourly series, at once."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, example, load, looking, print_json


@click.command("check", epilog=example("lca check mine.yaml"))
@click.argument("scenario", type=click.Path())
@looking
def command(settings: Settings, scenario: str) -> None:
    """Check SCENARIO and all its options without evaluating; mistakes are told at once.

    Of an hourly series (a .csv file), gaps, dropouts and what else is repaired are listed.
    """
    if Path(scenario).suffix.lower() == ".csv":
        _series(scenario, settings)
        return
    loaded = load(scenario, settings)
    options = [option.name for option in loaded.options()]
    first, last = loaded.model.period
    if settings.as_json:
        print_json({"file": scenario, "ok": True, "options": options, "period": [first, last]})
        return
    model = loaded.model
    counts = {
        "fleet": len(model.fleet),
        "services": len(model.services),
        "work": len(model.work),
    }
    kinds = ", ".join(f"{n} {name}" for name, n in counts.items() if n or name != "services")
    named = ", ".join(options)
    click.echo(f"{scenario}: ok ({kinds}, {first}-{last}, options: {named})")


def _series(file: str, settings: Settings) -> None:
    """Read an hourly series and tell what its quality gate found."""
    from lca import hourly

    report = hourly.read(file).report
    if settings.as_json:
        print_json({"file": file, "ok": True, "findings": report.lines()})
        return
    for line in report.lines():
        click.echo(line)
    repaired = f"{len(report.repairs)} repaired" if report.repairs else "nothing to repair"
    click.echo(f"{file}: ok ({repaired})")
