"""An answer of the optimizer as plain data: the JSON contract, and tables for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import lca
from lca.estimates import round_figures, scale
from lca.ledger import INDICATORS
from lca.optimize.answer import Answer, Choice
from lca.report.tables import Cell, Table
from lca.report.wording import interval, percent, say_unit, spoken

SCHEMA_VERSION = 1
_MOST_ROWS = 12


def as_data(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain data of texts, numbers and lists."""
    return {
        "schema_version": SCHEMA_VERSION,
        "lca_version": lca.__version__,
        "question": answer.question,
        "scenario": answer.scenario,
        "objective": answer.objective,
        "unit": answer.unit,
        "verdict": list(answer.verdict),
        "usual": _choice(answer.usual, answer),
        "best": _choice(answer.best, answer),
        "front": [_choice(choice, answer) for choice in answer.front],
        "alternatives": [_choice(choice, answer) for choice in answer.alternatives],
        "binding": [
            {"name": one.name, "price": one.price, "unit": one.unit} for one in answer.binding
        ],
        "saved": _saved(answer),
        "regret": [
            {"choice": one.choice, "best": one.best, "mean": one.mean, "p95": one.p95}
            for one in answer.regret
        ],
        "evaluated": answer.evaluated,
        "facts": dict(answer.facts),
        "tables": {title: [list(row) for row in rows] for title, rows in answer.tables.items()},
        "remarks": list(answer.remarks),
    }


def _saved(answer: Answer) -> dict[str, Any] | None:
    found = answer.saved
    if found is None:
        return None
    return {"cost": found.cost, "unit": found.unit, "quadrant": found.quadrant}


def _choice(choice: Choice, answer: Answer) -> dict[str, Any]:
    return {
        "name": choice.name,
        "values": {
            name: {"central": value, "unit": unit_of(name, answer)}
            for name, value in choice.values.items()
        },
        "estimates": {name: one.statistics() for name, one in choice.estimates.items()},
        "details": dict(choice.details),
        "patches": dict(choice.patches),
    }


def unit_of(objective: str, answer: Answer) -> str:
    """Return the unit of an objective; that of the cost is the currency of the scenario."""
    if objective == answer.objective:
        return answer.unit
    if objective == "cost" and answer.saved is not None:
        return answer.saved.unit.partition("/")[0]
    return INDICATORS.get(objective, "")


def choice_table(answer: Answer) -> Table:
    """Return business as usual and the choice side by side."""
    pair = (answer.usual, answer.best)
    objectives = tuple(dict.fromkeys((*answer.usual.values, *answer.best.values)))
    rows = [_row(name, pair, answer) for name in objectives]
    names = ("usual", "chosen")
    return Table("Business as usual, and the choice", names, tuple(rows), lowest_column=None)


def decided_lines(answer: Answer) -> Iterator[str]:
    """Yield what is decided, and what usual business would be."""
    yield f"usual: {answer.usual.name}"
    for label, text in answer.usual.details.items():
        yield f"  {label}: {text}"
    yield f"chosen: {answer.best.name}"
    for label, text in answer.best.details.items():
        yield f"  {label}: {text}"


def _row(name: str, choices: Sequence[Choice], answer: Answer) -> tuple[str, tuple[Cell, ...]]:
    """Return one objective of several choices in a unit that reads well."""
    unit = unit_of(name, answer)
    largest = max((abs(c.values[name]) for c in choices if name in c.values), default=0.0)
    step, shown = scale(largest, unit)
    return f"{spoken(name)} [{say_unit(shown)}]", tuple(_cell(c, name, step) for c in choices)


def _cell(choice: Choice, name: str, step: float) -> Cell:
    if name not in choice.values:
        return Cell("not known")
    found = choice.estimates.get(name)
    if found is None:
        return Cell(round_figures(choice.values[name] / step, 3))
    return Cell(*interval(found.statistics(), step))


def front_table(answer: Answer) -> Table | None:
    """Return the Pareto front, or None if it has one point only."""
    if len(answer.front) < 2:
        return None
    return _listed("Pareto front: nothing is lower in all", answer.front, answer)


def alternative_table(answer: Answer) -> Table | None:
    """Return what comes within 2 % of the optimum, or None."""
    if not answer.alternatives:
        return None
    return _listed("Within 2% of the optimum", answer.alternatives, answer)


def _listed(title: str, choices: Sequence[Choice], answer: Answer) -> Table:
    objectives = tuple(dict.fromkeys(name for choice in choices for name in choice.values))
    columns = [_row(name, choices, answer) for name in objectives]
    rows = tuple(
        (choice.name, tuple(cells[number] for _, cells in columns))
        for number, choice in enumerate(choices[:_MOST_ROWS])
    )
    return Table(title, tuple(heading for heading, _ in columns), rows)


def regret_table(answer: Answer) -> Table | None:
    """Return how the choices fare over the draws, or None if they were not sampled."""
    if not answer.regret:
        return None
    step, unit = scale(max(one.p95 for one in answer.regret), answer.unit)
    rows = tuple(
        (
            one.choice,
            (
                Cell(percent(one.best)),
                Cell(round_figures(one.mean / step)),
                Cell(round_figures(one.p95 / step)),
            ),
        )
        for one in answer.regret[:_MOST_ROWS]
    )
    heading = ("best in", f"regret [{say_unit(unit)}]", "95th percentile")
    return Table("If the unknowns turn out otherwise", heading, rows)


def further_tables(answer: Answer) -> Iterator[Table]:
    """Yield the tables of this question alone."""
    for title, rows in answer.tables.items():
        heading, *body = rows
        cells = tuple((row[0], tuple(Cell(text) for text in row[1:])) for row in body)
        yield Table(title, tuple(heading[1:]), cells)


def binding_lines(answer: Answer) -> Iterator[str]:
    """Yield what holds the optimum back."""
    for one in answer.binding:
        if one.price is None:
            yield one.name
        else:
            yield f"{one.name}: one unit more changes the result by {round_figures(one.price, 3)} {one.unit}"


def saved_line(answer: Answer) -> str:
    """Say what a saved tonne costs, or why there is no such figure."""
    found = answer.saved
    if found is None:
        return ""
    if found.cost is None:
        return f"Against business as usual: {found.quadrant}."
    what = f"{round_figures(found.cost, 3)} {found.unit}"
    return f"A saved tonne costs {what} ({found.quadrant})."


def fact_lines(facts: Mapping[str, str]) -> Iterator[str]:
    """Yield further figures."""
    for label, text in facts.items():
        yield f"{label}: {text}"
