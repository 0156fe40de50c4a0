"""``lca sweep``: a scenario for each combination of values, on shared draws."""

from __future__ import annotations

import click

from lca.commands._shared import Settings, console, evaluating, example, load, print_json
from lca.commands._varied import check_files, progress, write_files


@click.command(
    "sweep",
    epilog=example(
        "lca sweep mine.yaml --over 'fleet.chat.lifetime=3 years..7 years:5'",
        "lca sweep mine.yaml --over fleet.chat.utilization=20%..80%:4 --over sites.here.region=DE,SE",
    ),
)
@click.argument("scenario", type=click.Path())
@click.option(
    "--over",
    multiple=True,
    required=True,
    metavar="PATH=VALUES",
    help="Values of a path: a,b,c or lo..hi:n for n values from lo to hi. Repeatable.",
)
@click.option(
    "--zip", "zipped", is_flag=True, help="Take the values together, not in all combinations."
)
@click.option("--option", help="The option that is varied. [default: as written]")
@click.option(
    "-o", "--output", "files", multiple=True, metavar="FILE",
    help="Also write FILE.csv or FILE.json. Repeatable.",
)  # fmt: skip
@evaluating
def command(
    settings: Settings,
    scenario: str,
    over: tuple[str, ...],
    zipped: bool,
    option: str | None,
    files: tuple[str, ...],
) -> None:
    """Evaluate SCENARIO for each combination of values: one row each."""
    from lca.report.sweep_result import render_csv, sweep_result, sweep_table
    from lca.sensitivity.sweeping import sweep

    check_files(files)
    loaded = load(scenario, settings)
    loaded.require_uses()
    with progress(settings, "sweeping") as tell:
        found = sweep(
            loaded,
            over,
            zipped=zipped,
            option=option,
            basis=settings.basis,
            samples=settings.samples,
            seed=settings.seed,
            progress=tell,
        )
    result = sweep_result(loaded, found)
    write_files(result, files, render_csv, settings)
    if settings.as_json:
        print_json(result)
    else:
        from lca.report.terminal import print_table

        print_table(sweep_table(result), console())
    settings.notes(result["warnings"])
