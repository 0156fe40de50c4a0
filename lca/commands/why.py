"""``lca why``: a number as a tree of stages, lines, formulas, inputs and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import Settings, console, evaluating, example, load, print_json
from lca.commands.run import evaluate_options

if TYPE_CHECKING:
    from lca.ledger import Ledger

_ENDINGS = (".html", ".json")


@click.command(
    "why",
    epilog=example(
        "lca why mine.yaml --depth 3",
        "lca why mine.yaml --stage manufacture --most 3",
        "lca why mine.yaml -o why.html",
    ),
)
@click.argument("scenario", type=click.Path())
@click.option("--stage", help="Such as manufacture, transport, operation, end_of_life.")
@click.option("--asset", help="A name under fleet or work.")
@click.option("--component", help="Such as accelerator, host, facility_overhead.")
@click.option("--process", help="Such as memory, busy, idle, plane.")
@click.option("--indicator", default="gwp100", show_default=True, help="What is explained.")
@click.option("--option", "name", help="An option of the scenario. [default: as written]")
@click.option("--most", type=click.IntRange(min=1), default=5, show_default=True, help="Lines.")
@click.option("--depth", type=click.IntRange(min=0), help="Levels below the total. [default: all]")
@click.option("-o", "--output", "file", metavar="FILE", help="Also write FILE.html or FILE.json.")
@evaluating
def command(
    settings: Settings, scenario: str, indicator: str, name: str | None, most: int,
    depth: int | None, file: str | None, **labels: Any,
) -> None:  # fmt: skip
    """Explain what SCENARIO emits, as a tree.

    From the total to stages, assets, components and processes, each with its share; below the largest
    lines their formulas, inputs and sources.
    """
    from lca.report.explanation import explanation

    _check(file)
    loaded = load(scenario, settings)
    ledger = _option(evaluate_options(loaded, settings), name)
    chosen = {key: value for key, value in labels.items() if value}
    found = explanation(
        ledger, loaded.library, indicator=indicator, basis=settings.basis, most=most, labels=chosen
    )
    if settings.as_json:
        print_json(found)
    else:
        from lca.report.why_terminal import show

        show(found, console(), depth)
    if file:
        _write(file, found, depth, settings)
    settings.notes(ledger.warnings)


def _check(file: str | None) -> None:
    """Refuse a file that cannot be written before anything is computed."""
    from pathlib import Path

    from lca import document

    if file and Path(file).suffix.lower() not in _ENDINGS:
        msg = f'"{file}": write a .html or a .json file'
        raise click.UsageError(msg)
    if file:
        document.require_writable(file)


def _write(file: str, found: dict[str, Any], depth: int | None, settings: Settings) -> None:
    from lca import document
    from lca.report.as_json import dump
    from lca.report.why_page import page

    text = dump(found) if file.lower().endswith(".json") else page(found, depth)
    document.write_atomically(file, text)
    settings.say(f"wrote {file}")


def _option(ledgers: list[Ledger], name: str | None) -> Ledger:
    from lca.errors import UnknownNameError, did_you_mean

    names = [ledger.name for ledger in ledgers]
    if name is None:
        return ledgers[0]
    if name not in names:
        msg = f'no option "{name}"{did_you_mean(name, names)} (one of: {", ".join(names)})'
        raise UnknownNameError(msg)
    return ledgers[names.index(name)]
