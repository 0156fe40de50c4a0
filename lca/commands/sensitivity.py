"""``lca sensitivity``: which unknowns decide a total, or the difference of two options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import (
    Settings,
    console,
    evaluating,
    example,
    load,
    print_json,
)
from lca.commands._varied import check_files, progress, write_files

if TYPE_CHECKING:
    from lca.scenario import Scenario
    from lca.sensitivity.surface import Surface

_METHODS = ("tornado", "spearman", "sobol")


@click.command(
    "sensitivity",
    epilog=example(
        "lca sensitivity mine.yaml",
        "lca sensitivity mine.yaml --difference base north --group kind",
        "lca sensitivity mine.yaml --difference base north --method tornado \\",
        "  --surface 'sites.here.grid.value=20 gCO2e/kWh..600 gCO2e/kWh:9' \\",
        "  'fleet.chat.utilization=10%..90%:9'",
    ),
)
@click.argument("scenario", type=click.Path())
@click.option(
    "--difference",
    nargs=2,
    metavar="A B",
    help="Two options: A less B on shared draws, so that what they share cancels.",
)
@click.option("--option", help="The option whose total is asked about. [default: as written]")
@click.option("--indicator", default="gwp100", show_default=True, help="What is added up.")
@click.option(
    "--per",
    help="Functional unit, or total. [default: total; with --difference the first unit]",
)
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="Rows.")
@click.option(
    "--method",
    default=",".join(_METHODS),
    show_default=True,
    help="Any of tornado, spearman, sobol.",
)
@click.option(
    "--group",
    default="factor",
    show_default=True,
    help="Put unknowns together for sobol: factor, source, stage, kind or prefix.",
)
@click.option(
    "--surface",
    nargs=2,
    metavar="X Y",
    help="With --difference, a map of which is lower: two of NAME=lo..hi:n or NAME=a,b,c. "
    "NAME is a path of the scenario or the identity of a factor.",
)
@click.option(
    "-o", "--output", "files", multiple=True, metavar="FILE",
    help="Also write FILE.csv or FILE.json. Repeatable.",
)  # fmt: skip
@evaluating
def command(
    settings: Settings, scenario: str, files: tuple[str, ...], top: int, method: str,
    surface: tuple[str, str] | None, **asked: Any,
) -> None:  # fmt: skip
    """Say which unknowns decide what SCENARIO emits, or which of two options is lower.

    One at a time (tornado), by rank correlation (spearman), and as shares of the variance (sobol).
    """
    from lca.report.sensitivity_result import render_csv, sensitivity_result
    from lca.sensitivity.question import sensitivity

    check_files(files)
    if asked["difference"] and asked["option"]:
        msg = "--option names one option and --difference two; give one of them"
        raise click.UsageError(msg)
    if surface and not asked["difference"]:
        msg = "--surface shows which of two options is lower: name them with --difference A B"
        raise click.UsageError(msg)
    loaded = load(scenario, settings)
    loaded.require_uses()
    common: dict[str, Any] = {
        "basis": settings.basis,
        "samples": settings.samples,
        "seed": settings.seed,
    }
    with progress(settings, "sampling") as tell:
        found = sensitivity(loaded, **asked, **common, method=_names(method), progress=tell)
    drawn = _surface(loaded, settings, surface, asked) if surface else None
    result = sensitivity_result(loaded, found, drawn)
    write_files(result, files, render_csv, settings)
    _print(result, settings, top)


def _print(result: dict[str, Any], settings: Settings, top: int) -> None:
    if settings.as_json:
        print_json(result)
    else:
        from lca.report.sensitivity_tables import show

        show(result, console(), top)
    settings.notes([*result["fallbacks"], *result["warnings"]])


def _names(method: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in method.split(",") if name.strip())


def _surface(
    scenario: Scenario, settings: Settings, axes: tuple[str, str], asked: dict[str, Any]
) -> Surface:
    from lca.sensitivity.surface import break_even

    first, second = asked["difference"]
    with progress(settings, "mapping") as tell:
        return break_even(
            scenario,
            first,
            second,
            axes,
            indicator=asked["indicator"],
            per=asked["per"],
            basis=settings.basis,
            samples=settings.samples,
            seed=settings.seed,
            progress=tell,
        )
