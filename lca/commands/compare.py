"""``lca compare``: which option is lower, how sure that is, and what decides it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import (
    Settings,
    check_output,
    complete_devices,
    example,
    finish,
    load,
    reporting,
)

if TYPE_CHECKING:
    from lca.scenario import Scenario

FIRST_YEAR = 2026
"""First year of a comparison of bare devices, unless ``--from`` says otherwise: a fixed year, so
that the same command gives the same answer next year."""

_ENDINGS = {".yaml", ".yml"}
_WORLD = "WORLD"


@click.command(
    "compare",
    epilog=example(
        "lca compare nvidia-h100-sxm5-80gb amd-instinct-mi300x --region FR --years 5",
        "lca compare mine.yaml",
    ),
)
@click.argument("options", nargs=-1, required=True, shell_complete=complete_devices)
@click.option(
    "--region", help="Where the devices run: DE, US-VA, aws:eu-central-1. [default: WORLD]"
)
@click.option(
    "--years", type=click.IntRange(1, 30), default=5, show_default=True, help="Length of service."
)
@click.option(
    "--from",
    "first_year",
    type=click.IntRange(1990, 2100),
    default=FIRST_YEAR,
    show_default=True,
    help="First year of service.",
)
@click.option("--utilization", help="Share of time with work, such as 60% or '55% ± 10%'.")
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True, help="Devices.")
@click.option("--lifetime", help="Lifetime, such as '6 years'. [default: the years of service]")
@click.option("--pue", help="Power usage effectiveness of the facility, such as 1.2.")
@click.option(
    "--per",
    multiple=True,
    help="Functional unit, such as 'device year' or 'EFLOP peak'. The first ranks. "
    "[default: EFLOP peak, then device year]",
)
@click.option("--indicators", default="gwp100", show_default=True, help="Such as gwp100,water.")
@reporting
def command(
    settings: Settings,
    options: tuple[str, ...],
    files: tuple[str, ...],
    limits: tuple[str, ...],
    **asked: Any,
) -> None:
    """Compare two or more devices, the options of one SCENARIO, or several scenarios.

    Devices are compared as fleets of one kind, in one place, for the same years, on shared draws:
    what they have in common cancels.
    """
    import lca
    from lca.report.result import compare_result

    check_output(files, limits)
    scenarios = _scenarios(options, asked, settings)
    found = lca.compare(
        *scenarios, samples=settings.samples, seed=settings.seed, basis=settings.basis
    )
    full = bool(files) or settings.as_json
    result = compare_result(scenarios[0], found, full=full)
    finish(result, settings, files, limits)


def _scenarios(
    options: tuple[str, ...], asked: dict[str, Any], settings: Settings
) -> list[Scenario]:
    files = [name for name in options if Path(name).suffix.lower() in _ENDINGS]
    if len(files) == len(options):
        _refuse_flags()
        return [load(name, settings) for name in files]
    if files:
        msg = f"compare devices or scenario files, not both: {', '.join(options)}"
        raise click.UsageError(msg)
    return [_of_devices(options, asked, settings)]


def _refuse_flags() -> None:
    """Refuse options that describe a comparison of devices: a scenario says these itself."""
    context = click.get_current_context()
    names = (
        "region",
        "years",
        "first_year",
        "utilization",
        "count",
        "lifetime",
        "pue",
        "per",
        "indicators",
    )
    given = [
        name
        for name in names
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        flags = ", ".join(f"--{name.replace('first_year', 'from')}" for name in given)
        msg = f"{flags}: a scenario file says this itself; change it with lca run --set or in options:"
        raise click.UsageError(msg)


_FLAGS = {
    "sites.site.region": "--region",
    "sites.site.pue": "--pue",
    "fleet.compared.utilization": "--utilization",
    "fleet.compared.lifetime": "--lifetime",
    "functional_unit": "--per",
    "indicators": "--indicators",
}
"""Where a mistake of the scenario made from the command line was typed."""


def _of_devices(options: tuple[str, ...], asked: dict[str, Any], settings: Settings) -> Scenario:
    import lca
    from lca.errors import InputError, Problem

    library = settings.library()
    _check_devices(options, library)
    data = scenario_of(options, asked, library)
    try:
        found = lca.load(data, library=library)
    except InputError as error:
        raise InputError(
            Problem(_FLAGS.get(problem.path.split("[")[0], problem.path), problem.message)
            for problem in error.problems
        ) from None
    if not asked["region"]:
        settings.say("note: no --region: electricity of the world's average grid is used")
    if not asked["per"]:
        settings.say(f"note: no --per: {_CAPACITY if len(data['functional_unit']) > 1 else _TIME}")
    return found


_CAPACITY = "compared per EFLOP of fp16 peak capacity switched on, not of work done"
_TIME = "an option has no published fp16 peak, so devices are compared per device year"


def _check_devices(options: tuple[str, ...], library: Any) -> None:
    """Refuse what is no device, all at once, and what stands there twice or alone."""
    from lca.errors import LcaError, Problem, UnknownNameError

    problems = []
    for name in options:
        try:
            library.device(name)
        except UnknownNameError as error:
            problems.append(Problem("", _other_kind(name, library) or error.problems[0].message))
        except LcaError as error:
            problems += error.problems
    if problems:
        raise UnknownNameError(problems)
    if len(set(options)) < len(options):
        msg = "an option stands there twice; each is compared once"
        raise click.UsageError(msg)
    if len(options) < 2:
        msg = f"compare needs two or more devices, or a scenario file with options; found {options[0]} alone"
        raise click.UsageError(msg)


def _other_kind(name: str, library: Any) -> str:
    """Say what an id is if it is no device."""
    from lca.errors import UnknownNameError

    try:
        entry = library.find(name)
    except UnknownNameError:
        return ""
    if entry.kind == "instance":
        return f'"{name}" is a cloud instance of {entry.count} {entry.device}: compare that device, or start from lca init cloud'
    return f'"{name}" is a {entry.kind}, not an accelerator (lca list gpu)'


def scenario_of(options: tuple[str, ...], asked: dict[str, Any], library: Any) -> dict[str, Any]:
    """Return the scenario, as it could stand in a file, that compares devices."""
    from lca.scenario.devices_compared import comparing, usual_units

    fleet = {
        "device": options[0],
        "count": asked["count"],
        "lifetime": asked["lifetime"] or f"{asked['years']} years",
        "utilization": asked["utilization"],
    }
    return comparing(
        {name: {"device": name} for name in options},
        fleet=fleet,
        site={"region": asked["region"] or _WORLD, "pue": asked["pue"]},
        functional_unit=list(asked["per"]) or usual_units(options, library),
        first_year=asked["first_year"],
        years=asked["years"],
        indicators=[name.strip() for name in asked["indicators"].split(",")],
    )
