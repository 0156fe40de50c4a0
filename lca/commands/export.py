"""``lca export``: a result in the form that another scheme reads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import Settings, evaluating, example, load

if TYPE_CHECKING:
    from lca.exports.case import Case
    from lca.exports.meta import Meta
    from lca.ledger import Ledger
    from lca.scenario import Scenario


@click.command(
    "export",
    epilog=example(
        "lca export hf mine.yaml",
        "lca export pact mine.yaml --option nvidia-h200 --meta company.yaml -o pcf.json",
    ),
)
@click.argument("name", metavar="FORMAT")
@click.argument("scenario", type=click.Path())
@click.option("-o", "--output", "file", metavar="FILE", help="Write FILE instead of printing.")
@click.option("--option", "wanted", metavar="NAME", help="Option of the scenario; else its base.")
@click.option(
    "--meta",
    "facts",
    type=click.Path(),
    metavar="FILE",
    help="YAML file of what no scenario knows, such as company_name.",
)
@evaluating
def command(
    settings: Settings,
    name: str,
    scenario: str,
    file: str | None,
    wanted: str | None,
    facts: str | None,
) -> None:
    """Write SCENARIO as FORMAT: boamps, catena-x, eu-gpai, hf, openlca, pact, sci or sci-ai.

    A format is told what no scenario knows by --meta; what is missing is named, never invented.
    boamps also takes a workload record in place of SCENARIO.
    """
    from lca import document, exports
    from lca.exports import meta
    from lca.exports.writing import as_json

    chosen = exports.find(name)
    if file is not None:
        document.require_writable(file)
    known = meta.read(facts)
    made = _of_record(name, scenario, known)
    if made is None:
        made = exports.make(name, _case(load(scenario, settings), settings, wanted, known))
    settings.notes([chosen.note])
    _put(as_json(made) if settings.as_json else chosen.write(made), file, settings)


def _of_record(name: str, path: str, known: Meta) -> dict[str, Any] | None:
    """Return the export of a workload record, or None if the file is no record."""
    from lca.exports import boamps

    if name != boamps.NAME or not boamps.is_record(path):
        return None
    return boamps.read_record(path, known)


def _case(scenario: Scenario, settings: Settings, wanted: str | None, known: Meta) -> Case:
    """Evaluate one option and return it as what is exported."""
    from lca.exports.case import Case
    from lca.report.result import run_result

    option = _option(scenario, wanted)
    ledger = _evaluate(scenario, option, settings)
    result = run_result(option, [ledger], full=False) | {"scenario": scenario.name}
    return Case(option, ledger, result, known, settings.basis)


def _option(scenario: Scenario, wanted: str | None) -> Scenario:
    from lca.errors import UnknownNameError, did_you_mean

    options = {option.name: option for option in scenario.options()}
    if wanted is None:
        return next(iter(options.values()))
    if wanted not in options:
        hint = did_you_mean(wanted, options)
        msg = f'no option "{wanted}"{hint} (one of: {", ".join(options)})'
        raise UnknownNameError(msg)
    return options[wanted]


def _evaluate(scenario: Scenario, option: Scenario, settings: Settings) -> Ledger:
    """Evaluate an option by the embodied model that serves all options of its scenario."""
    from lca.evaluation import evaluate
    from lca.inventory import choose_model

    model = choose_model(scenario.options())
    return evaluate(option, samples=settings.samples, seed=settings.seed, embodied_model=model)


def _put(content: str | bytes, file: str | None, settings: Settings) -> None:
    """Write an export to a file, or print it; a binary one is never printed on a terminal."""
    from lca import document

    if file is not None:
        document.write_atomically(file, content)
        settings.say(f"wrote {file}")
        return
    if isinstance(content, bytes) and sys.stdout.isatty():
        msg = "this format is binary; name a file with -o"
        raise click.UsageError(msg)
    click.echo(content, nl=False)
