"""``lca check``: all mistakes of a scenario, or of an hourly series, at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lca.commands._flags import fail_if_flagged
from lca.commands._shared import Settings, example, load, looking, print_json, tell

if TYPE_CHECKING:
    from lca.scenario import Scenario


@click.command("check", epilog=example("lca check mine.yaml", "lca check mine.yaml --results"))
@click.argument("scenario", type=click.Path())
@click.option(
    "--results",
    is_flag=True,
    help="Also evaluate, and pass inputs and results through the consistency checks.",
)
@click.option(
    "--fail-if-flagged",
    "strict",
    is_flag=True,
    help="Exit with 4 if --results flags anything.",
)
@looking
def command(settings: Settings, scenario: str, results: bool, strict: bool) -> None:
    """Check SCENARIO and all its options without evaluating; mistakes are told at once.

    With --results, central estimates are computed and held against the inputs: facility energy
    taken for IT energy, PUE applied twice, nodes counted as devices, powers of ten. Of an hourly
    series (a .csv file), gaps, dropouts and what else is repaired are listed.
    """
    if strict and not results:
        msg = "--fail-if-flagged needs --results: without it nothing is flagged"
        raise click.UsageError(msg)
    if Path(scenario).suffix.lower() == ".csv":
        if results:
            msg = "--results evaluates a scenario; an hourly series has its own report"
            raise click.UsageError(msg)
        _series(scenario, settings)
        return
    loaded = load(scenario, settings)
    flags = _flags(scenario, loaded) if results else None
    _say(settings, scenario, loaded, flags)
    if strict:
        fail_if_flagged(scenario, flags or [])


def _flags(file: str, loaded: Scenario) -> list[dict[str, Any]]:
    """Return what does not hold together, each with the line of the file that it is about."""
    from lca import document
    from lca.validation.scenario_checks import check_scenario

    text = document.read(file)
    found = check_scenario(loaded)
    return [{**flag, "line": text.position(tuple(flag["where"].split(".")))[0]} for flag in found]


def _say(
    settings: Settings, scenario: str, loaded: Scenario, flags: list[dict[str, Any]] | None
) -> None:
    options = [option.name for option in loaded.options()]
    first, last = loaded.model.period
    if settings.as_json:
        told = {"file": scenario, "ok": True, "options": options, "period": [first, last]}
        print_json(told if flags is None else {**told, "flags": flags})
        return
    model = loaded.model
    counts = {
        "fleet": len(model.fleet),
        "services": len(model.services),
        "work": len(model.work),
    }
    kinds = ", ".join(f"{n} {name}" for name, n in counts.items() if n or name != "services")
    named = ", ".join(options)
    tell(f"{scenario}: ok ({kinds}, {first}-{last}, options: {named})")
    if flags is None:
        return
    for flag in flags:
        where = f"{flag['where']}, option {flag['option']}"
        tell(f"{scenario}:{flag['line']}: {flag['code']} ({where}): {flag['message']}")
    click.echo(f"{len(flags)} flag{'' if len(flags) == 1 else 's'}")


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
