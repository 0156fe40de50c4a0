"""``lca project``: what the options add up to over the years, and when one passes another."""

from __future__ import annotations

from pathlib import Path

import click

from lca.commands._shared import Settings, console, evaluating, example, load, print_json

_ENDINGS = (".csv", ".json")


@click.command(
    "project",
    epilog=example(
        "lca project mine.yaml --budget '500 tCO2e'",
        "lca project mine.yaml --indicator cost -o curves.csv",
    ),
)
@click.argument("scenario", type=click.Path())
@click.option("--indicator", default="gwp100", show_default=True, help="What is added up.")
@click.option(
    "--view",
    type=click.Choice(["inventory", "spread"]),
    default="inventory",
    show_default=True,
    help="Whether purchases count when they are made or over life.",
)
@click.option(
    "--budget", help="What may be used up, such as '500 tCO2e'. [default: the scenario's]"
)
@click.option(
    "--path-spread",
    "spread",
    default="history",
    show_default=True,
    help="How far grids may depart from their path: history, a factor such as 1.2, or none.",
)
@click.option(
    "--discount",
    help="Rate per year, such as 3%; emissions are discounted only if it is given here.",
)
@click.option(
    "--set", "changes", multiple=True, metavar="PATH=VALUE", help="Change one value. Repeatable."
)
@click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    metavar="FILE",
    help="Also write FILE.csv or FILE.json. Repeatable.",
)
@evaluating
def command(
    settings: Settings,
    scenario: str,
    indicator: str,
    view: str,
    budget: str | None,
    spread: str,
    discount: str | None,
    changes: tuple[str, ...],
    files: tuple[str, ...],
) -> None:
    """Add up the options of SCENARIO year by year: crossings, budget, probabilities."""
    from lca.projection import cumulative
    from lca.report import projection_tables

    _check_files(files)
    loaded = load(scenario, settings, changes)
    loaded.require_uses()
    found = cumulative(
        loaded,
        indicator,
        samples=settings.samples,
        seed=settings.seed,
        basis=settings.basis,
        view=view,
        budget=budget,
        spread=None if spread == "none" else spread,
        discount=discount,
    )
    result = projection_tables.as_data(found, loaded)
    _write(result, files, settings)
    if settings.as_json:
        print_json(result)
        return
    projection_tables.show(result, console())
    settings.notes(result["remarks"])


def _check_files(files: tuple[str, ...]) -> None:
    for file in files:
        if Path(file).suffix not in _ENDINGS:
            msg = f"no format for {file}; end it with {' or '.join(_ENDINGS)}"
            raise click.UsageError(msg)


def _write(result: dict[str, object], files: tuple[str, ...], settings: Settings) -> None:
    from lca import document
    from lca.report.as_json import dump
    from lca.report.projection_tables import render_csv

    for file in files:
        text = render_csv(result) if Path(file).suffix == ".csv" else dump(result)
        document.write_atomically(file, text)
        settings.say(f"wrote {file}")
