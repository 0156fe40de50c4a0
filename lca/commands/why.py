"""``lca why``: the lines, formulas, inputs and sources behind a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lca.commands._shared import Settings, console, evaluating, example, load, print_json
from lca.commands.run import evaluate_options

if TYPE_CHECKING:
    from lca.ledger import Ledger


@click.command("why", epilog=example("lca why mine.yaml --stage manufacture --most 3"))
@click.argument("scenario", type=click.Path())
@click.option("--stage", help="Such as manufacture, transport, operation, end_of_life.")
@click.option("--asset", help="A name under fleet or work.")
@click.option("--component", help="Such as accelerator, host, facility_overhead.")
@click.option("--process", help="Such as memory, busy, idle, plane.")
@click.option("--indicator", default="gwp100", show_default=True, help="What is explained.")
@click.option("--option", "name", help="An option of the scenario. [default: as written]")
@click.option("--most", type=click.IntRange(min=1), default=5, show_default=True, help="Lines.")
@evaluating
def command(
    settings: Settings, scenario: str, indicator: str, name: str | None, most: int, **labels: Any
) -> None:
    """Explain what SCENARIO emits: the largest lines with formulas, inputs and sources."""
    from lca.report.explanation import explanation

    loaded = load(scenario, settings)
    ledger = _option(evaluate_options(loaded, settings), name)
    chosen = {key: value for key, value in labels.items() if value}
    found = explanation(
        ledger, loaded.library, indicator=indicator, basis=settings.basis, most=most, labels=chosen
    )
    if settings.as_json:
        print_json(found)
    else:
        from lca.report.pages import show_explanation

        show_explanation(found, console())
    settings.notes(ledger.warnings)


def _option(ledgers: list[Ledger], name: str | None) -> Ledger:
    from lca.errors import UnknownNameError, did_you_mean

    names = [ledger.name for ledger in ledgers]
    if name is None:
        return ledgers[0]
    if name not in names:
        msg = f'no option "{name}"{did_you_mean(name, names)} (one of: {", ".join(names)})'
        raise UnknownNameError(msg)
    return ledgers[names.index(name)]
