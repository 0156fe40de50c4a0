"""``lca sweep``: a scenario at each point of a design, on shared draws."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import Settings, console, evaluating, example, load, print_json
from lca.commands._varied import progress, write_files

if TYPE_CHECKING:
    from lca.scenario import Scenario
    from lca.sweeps.sweeping import Sweep

_ENDINGS = (".parquet", ".csv", ".json")
_PARQUET = _ENDINGS[0]


@click.command(
    "sweep",
    epilog=example(
        "lca sweep mine.yaml --over 'fleet.chat.lifetime=3 years..7 years:5'",
        "lca sweep mine.yaml --over fleet.chat.utilization=20%..80%:4 --over sites.here.region=DE,SE",
        "lca sweep mine.yaml --over sites.here.pue=1.1..1.6 --design sobol --points 4096 -o a.parquet",
    ),
)
@click.argument("scenario", type=click.Path())
@click.option(
    "--over",
    multiple=True,
    required=True,
    metavar="PATH=VALUES",
    help="Values of a path, or of a factor's identity: a,b,c or lo..hi:n for n values from lo to hi; "
    "for a Sobol design also lo..hi. Repeatable.",
)
@click.option(
    "--design",
    type=click.Choice(["cross", "zip", "sobol"]),
    help="All combinations, values taken together, or a scrambled Sobol sequence. [default: cross]",
)
@click.option("--zip", "zipped", is_flag=True, help="The same as --design zip.")
@click.option(
    "--points",
    type=click.IntRange(min=1),
    help="Points of a Sobol design; a power of two fills the space evenly.",
)
@click.option("--option", help="The option that is varied. [default: as written]")
@click.option("--both-accounts", is_flag=True, help="Compute the other account of electricity too.")
@click.option(
    "-o", "--output", "files", multiple=True, metavar="FILE",
    help="Also write FILE.parquet (any size, goes on where it was stopped), FILE.csv or FILE.json. "
    "Repeatable.",
)  # fmt: skip
@click.option(
    "--resume/--fresh", default=True, show_default=True,
    help="Go on with what stands under the Parquet file's name, or discard it.",
)  # fmt: skip
@click.option(
    "--block",
    type=click.IntRange(min=1),
    help="Points of a block, the part of a sweep that is kept or lost as a whole.",
)
@click.option(
    "--workers", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes here."
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="Dask scheduler of a cluster, such as tcp://host:8786."
)
@evaluating
def command(
    settings: Settings,
    scenario: str,
    over: tuple[str, ...],
    design: str | None,
    zipped: bool,
    points: int | None,
    option: str | None,
    both_accounts: bool,
    files: tuple[str, ...],
    resume: bool,
    block: int | None,
    workers: int,
    scheduler: str | None,
) -> None:
    """Evaluate SCENARIO at each point of a design: one row each.

    No number depends on --block, --workers or --scheduler.
    """
    large = _parquet(files)
    kind = _kind(design, zipped, points)
    loaded = load(scenario, settings)
    loaded.require_uses()
    bases = [settings.basis, *({"location", "market"} - {settings.basis} if both_accounts else ())]
    asked: dict[str, Any] = {"design": kind, "points": points, "option": option, "bases": bases}
    how: dict[str, Any] = {"file": large, "fresh": not resume, "block": block, "workers": workers}
    found = _swept(loaded, over, settings, scheduler=scheduler, **asked, **how)
    _show(loaded, found, files, settings)


def _swept(loaded: Scenario, over: tuple[str, ...], settings: Settings, **how: Any) -> Sweep:
    """Run the sweep, and say how to go on with one that was stopped."""
    from lca.sweeps.sweeping import sweep

    draws: dict[str, Any] = {"samples": settings.samples, "seed": settings.seed}
    try:
        with progress(settings, "sweeping") as tell:
            return sweep(loaded, over, progress=tell, **draws, **how)
    except KeyboardInterrupt:
        settings.say(_stopped(how["file"]))
        raise


def _kind(design: str | None, zipped: bool, points: int | None) -> str:
    """Return the design that is asked for."""
    if zipped and design not in {None, "zip"}:
        msg = f"--zip is --design zip; it does not go with --design {design}"
        raise click.UsageError(msg)
    kind = "zip" if zipped else design or "cross"
    if (kind == "sobol") != (points is not None):
        msg = "--design sobol and --points go together, such as --design sobol --points 4096"
        raise click.UsageError(msg)
    return kind


def _parquet(files: Sequence[str]) -> Path | None:
    """Return the Parquet file that is asked for, if any.

    Raises
    ------
    UnknownNameError
        If a file has another format, or there are two Parquet files.
    """
    from lca.errors import UnknownNameError

    for file in files:
        if Path(file).suffix.lower() not in _ENDINGS:
            msg = f'no format for "{file}" (one of: {", ".join(_ENDINGS)})'
            raise UnknownNameError(msg)
    found = [Path(file) for file in files if Path(file).suffix.lower() == _PARQUET]
    if len(found) > 1:
        msg = f"one Parquet file at a time, found {len(found)}"
        raise click.UsageError(msg)
    return found[0] if found else None


def _stopped(large: Path | None) -> str:
    if large is None:
        return (
            "stopped: nothing is kept; with -o sweep.parquet a sweep goes on where it was stopped"
        )
    return f"stopped: finished blocks are kept beside {large}; the same command goes on from there"


def _show(loaded: Scenario, found: Sweep, files: Sequence[str], settings: Settings) -> None:
    """Write the small files, and print the result with its remarks."""
    from lca.report.sweep_result import printed, render_csv, summary, sweep_result, sweep_table

    result = sweep_result(loaded, found)
    small = [file for file in files if Path(file).suffix.lower() != _PARQUET]
    _check_small(small, found)
    write_files(result, small, render_csv, settings)
    if found.file:
        settings.say(f"wrote {found.file}")
    if settings.as_json:
        print_json(result)
    else:
        from lca.report.terminal import print_table

        shown = printed(result)
        print_table(sweep_table(shown), console())
        if len(shown["rows"]) < shown["points"]:
            click.echo(summary(shown))
    settings.notes(result["warnings"])
    if settings.verbose:
        settings.notes(found.remarks)


def _check_small(files: Sequence[str], found: Sweep) -> None:
    """Refuse a CSV file of a sweep of which only the best points are kept."""
    from lca.errors import ScenarioError

    csv = [file for file in files if Path(file).suffix.lower() == ".csv"]
    if csv and not found.complete:
        msg = f"{csv[0]}: {found.job.design.points:,} points are too many for CSV; {found.file} holds them all"
        raise ScenarioError(msg)
