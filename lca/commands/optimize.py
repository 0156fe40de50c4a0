"""``lca optimize``: what to buy, when to replace, where and when to run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lca.commands._shared import Settings, console, evaluating, example, load, print_json
from lca.errors import Problem, ScenarioError
from lca.optimize import QUESTIONS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from lca.optimize.answer import Answer
    from lca.scenario import Scenario

_NAMES = tuple(name.replace("_", "-") for name in QUESTIONS)
_ENDINGS = (".html", ".json", ".md", ".yaml", ".yml")


def _complete(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the names of questions."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in _NAMES if name.startswith(incomplete)]


@click.command(
    "optimize",
    epilog=example(
        "lca optimize refresh scenarios/keep_or_replace_a100.yaml",
        "lca optimize fleet scenarios/fleet_three_sites.yaml -o chosen.yaml -o answer.json",
    ),
)
@click.argument("question", shell_complete=_complete)
@click.argument("scenario", type=click.Path())
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one value of the scenario. Repeatable.",
)
@click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    metavar="FILE",
    help="Also write FILE.yaml (the chosen scenario), FILE.html, FILE.json or FILE.md. Repeatable.",
)
@evaluating
def command(
    settings: Settings,
    question: str,
    scenario: str,
    changes: tuple[str, ...],
    files: tuple[str, ...],
) -> None:
    """Answer QUESTION for SCENARIO: the choice beside business as usual, and how sure it is.

    Questions: refresh (when to replace), fleet (which devices, how many, where, when), mix (which
    accelerators for which requests), second-life, schedule and siting (when and where to run jobs),
    sizing (solar, wind, battery), power-cap. Each reads its part of the scenario's optimize section.
    """
    asked = _known(question)
    _check(files)
    loaded = load(scenario, settings, changes)
    try:
        answer = _solve(asked, loaded, settings)
    except ScenarioError as error:
        # what --set changed does not stand in the file
        raise error if changes else ScenarioError(list(_placed(error, loaded))) from None
    _write(answer, loaded, files, settings)
    if settings.as_json:
        from lca.report.answers import as_data

        print_json(as_data(answer))
    else:
        from lca.report.answer_pages import show

        show(answer, console())
    settings.notes(answer.remarks)


def _placed(error: ScenarioError, scenario: Scenario) -> Iterator[Problem]:
    """Yield the problems of a question with file and line, as those of a check have them."""
    for problem in error.problems:
        if problem.line is not None or not problem.path:
            yield problem
            continue
        path: list[str | int] = []
        here: object = scenario.data
        for step in problem.path.split("."):
            listed = isinstance(here, list) and step.isdecimal() and int(step) < len(here)
            path.append(int(step) if listed else step)
            here = here.get(step) if isinstance(here, dict) else None
        yield scenario.source.problem(tuple(path), problem.message)


def _known(question: str) -> str:
    """Return the module of a question, however its name is hyphened."""
    from lca.errors import did_you_mean, quoted

    name = question.strip().lower().replace("_", "-")
    if name not in _NAMES:
        known = ", ".join(_NAMES)
        msg = f"no question {quoted(question)}{did_you_mean(name, _NAMES)} (one of: {known})"
        raise click.UsageError(msg)
    return name.replace("-", "_")


def _check(files: Sequence[str]) -> None:
    """Refuse files that cannot be written before anything is computed."""
    for file in files:
        if Path(file).suffix.lower() not in _ENDINGS:
            msg = f'"{file}": write a .yaml (the chosen scenario), .html, .json or .md file'
            raise click.UsageError(msg)
        folder = Path(file).resolve().parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            msg = f'"{file}": the folder {folder} is not there, or cannot be written to'
            raise click.UsageError(msg)


def _solve(question: str, scenario: Scenario, settings: Settings) -> Answer:
    """Ask the question's solver, with a progress bar on a terminal where work is long."""
    from lca import optimize
    from lca.commands._progress import progress

    asked = scenario.model.optimize
    if asked is None or getattr(asked, question) is None:
        spoken = question.replace("_", "-")
        msg = f"the scenario does not ask this: add optimize.{question} (lca list templates shows examples, lca schema the fields of {spoken})"
        raise ScenarioError(Problem(f"optimize.{question}", msg))
    with progress(f"optimizing {question.replace('_', ' ')}", quiet=settings.quiet) as step:
        found: Answer = getattr(optimize, question)(
            scenario, samples=settings.samples, seed=settings.seed, progress=step
        )
    return found


def _write(answer: Answer, scenario: Scenario, files: Sequence[str], settings: Settings) -> None:
    """Write the answer, or the scenario that was chosen."""
    from lca import document

    for file in files:
        ending = Path(file).suffix.lower()
        if ending == ".json":
            from lca.report.answers import as_data
            from lca.report.as_json import dump

            document.write_atomically(Path(file), dump(as_data(answer)))
        elif ending == ".md":
            from lca.report.answer_pages import markdown

            document.write_atomically(Path(file), markdown(answer))
        elif ending == ".html":
            from lca.report.answer_paper import page

            document.write_atomically(Path(file), page(answer))
        else:
            document.write_atomically(Path(file), _chosen(answer, scenario))
        settings.say(f"wrote {file}")


def _chosen(answer: Answer, scenario: Scenario) -> str:
    """Return the chosen scenario as YAML: what was decided needs neither options nor question."""
    from lca import document

    chosen = scenario.patch(answer.best.patches, answer.best.name).data
    asked = ("options", "base_name", "optimize")
    kept = {name: value for name, value in chosen.items() if name not in asked}
    kept["title"] = f"{kept.get('title') or scenario.name}: {answer.best.name}"
    return document.dump(kept)
