"""``lca report``: the whole report of a scenario as a file to send on."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from lca.commands._shared import Settings, evaluating, example, load

if TYPE_CHECKING:
    from lca.report.paper.study import Study
    from lca.scenario import Scenario

_PARAGRAPHS = {"latex": "latex", "text": "plain_text"}


@click.command(
    "report",
    epilog=example(
        "lca report mine.yaml -o report.html",
        "lca report mine.yaml -o report.pdf -o report.xlsx",
        "lca report mine.yaml --short -o sheet.pdf",
        "lca report mine.yaml --format latex",
    ),
)
@click.argument("scenario", type=click.Path())
@click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    metavar="FILE",
    help="Where to write; the ending says how: .html, .pdf, .xlsx, .md, .json, .csv. Repeatable.",
)
@click.option("--short", is_flag=True, help="A fact sheet of two pages (.html, .pdf).")
@click.option(
    "--format",
    "paragraph",
    type=click.Choice(list(_PARAGRAPHS)),
    help="Print a paragraph for a paper.",
)
@click.option(
    "--set", "changes", multiple=True, metavar="PATH=VALUE", help="Change one value. Repeatable."
)
@evaluating
def command(
    settings: Settings, scenario: str, files: tuple[str, ...], short: bool, paragraph: str | None,
    changes: tuple[str, ...],
) -> None:  # fmt: skip
    """Write the report of SCENARIO and its options: verdict, tables, pictures, sources."""
    from lca import document
    from lca.report import find_remarks, find_writer

    if not (files or paragraph or settings.as_json):
        msg = "name a file, such as -o report.html, or a paragraph, such as --format text"
        raise click.UsageError(msg)
    writers = [find_writer(file) for file in files]
    for file in files:
        document.require_writable(file)
    study = _study(load(scenario, settings, changes), settings, changes, short)
    for file, write in zip(files, writers, strict=True):
        content = write(study)
        document.write_atomically(file, content)
        settings.say(f"wrote {file}")
        settings.notes(find_remarks(file, content))
    _show(study, settings, paragraph)


def _show(study: Study, settings: Settings, paragraph: str | None) -> None:
    if paragraph:
        module = import_module(f"lca.report.paper.{_PARAGRAPHS[paragraph]}")
        click.echo(module.render(study.report), nl=False)
    elif settings.as_json:
        from lca.commands._shared import print_json

        print_json(study.result)


def _study(scenario: Scenario, settings: Settings, changes: tuple[str, ...], short: bool) -> Study:
    from lca.commands.run import evaluate_options
    from lca.comparison import compare
    from lca.report.paper.sections import Settings as Making
    from lca.report.paper.study import Study

    making = Making(basis=settings.basis, command=_typed(scenario, settings, changes))
    if len(scenario.options()) < 2:
        return Study(scenario, evaluate_options(scenario, settings), None, making, short)
    found = compare(scenario, samples=settings.samples, seed=settings.seed, basis=settings.basis)
    return Study(scenario, found.ledgers, found, making, short)


def _typed(scenario: Scenario, settings: Settings, changes: tuple[str, ...]) -> str:
    """Return the command that computes the same numbers; where it is written changes none."""
    import shlex

    words = ["lca", "report", f"{scenario.name.partition(' with ')[0]}.yaml"]
    for flag in ("samples", "seed"):
        if getattr(settings, flag) is not None:
            words += [f"--{flag}", str(getattr(settings, flag))]
    if settings.basis != "location":
        words += ["--basis", settings.basis]
    for change in changes:
        words += ["--set", change]
    return shlex.join(words)
