"""``lca report``: the whole report of a scenario as a file to send on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from lca.commands._shared import Settings, evaluating, example, load

if TYPE_CHECKING:
    from lca.report.paper.blocks import Report
    from lca.scenario import Scenario


@click.command(
    "report",
    epilog=example(
        "lca report mine.yaml -o report.html", "lca report mine.yaml -o report.md -o result.json"
    ),
)
@click.argument("scenario", type=click.Path())
@click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    required=True,
    metavar="FILE",
    help="Where to write; the ending says how: .html, .md, .json, .csv, .pdf, .xlsx. Repeatable.",
)
@click.option(
    "--set", "changes", multiple=True, metavar="PATH=VALUE", help="Change one value. Repeatable."
)
@evaluating
def command(
    settings: Settings, scenario: str, files: tuple[str, ...], changes: tuple[str, ...]
) -> None:
    """Write the report of SCENARIO and its options: verdict, tables, pictures, sources."""
    from lca.report import find_writer

    writers = [find_writer(file) for file in files]
    loaded = load(scenario, settings, changes)
    report = _report(loaded, settings, changes)
    from lca import document

    for file, write in zip(files, writers, strict=True):
        document.write_atomically(file, write(report))
        settings.say(f"wrote {file}")


def _report(scenario: Scenario, settings: Settings, changes: tuple[str, ...]) -> Report:
    from lca.commands.run import evaluate_options
    from lca.comparison import compare
    from lca.report.paper import sections

    made = sections.Settings(basis=settings.basis, command=_typed(scenario, settings, changes))
    if len(scenario.options()) < 2:
        return sections.build(scenario, evaluate_options(scenario, settings), None, made)
    found = compare(
        scenario, samples=settings.samples, seed=settings.seed, basis=settings.basis
    )
    return sections.build(scenario, found.ledgers, found, made)


def _typed(scenario: Scenario, settings: Settings, changes: tuple[str, ...]) -> str:
    """Return the command that computes the same numbers; where it is written changes none."""
    import shlex

    words = ["lca", "report", f"{scenario.name}.yaml"]
    for flag in ("samples", "seed"):
        if getattr(settings, flag) is not None:
            words += [f"--{flag}", str(getattr(settings, flag))]
    if settings.basis != "location":
        words += ["--basis", settings.basis]
    for change in changes:
        words += ["--set", change]
    return shlex.join(words)
