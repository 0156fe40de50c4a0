"""Which constraints cannot hold together, in words: a smallest set, and what would end the conflict.

A group of rows is left out at a time; what can be left out while the rest still conflicts is no
part of the set (deletion filter, Chinneck and Dravnieks 1991). Then each of the set is made
elastic to tell how far it would have to give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.estimates import round_figures
from lca.optimize.programs import Program, Row, solve

_SOLVED = 1e-4
_KEPT = 1e-6


def conflicting(program: Program) -> tuple[str, ...]:
    """Return a smallest set of groups of rows that cannot hold together; empty if all can."""
    costs = np.zeros(program.size)
    if solve(program, costs, gap=_SOLVED) is not None:
        return ()
    left_out: set[str] = set()
    kept = []
    for group in program.groups():
        if solve(program, costs, without=left_out | {group}, gap=_SOLVED) is None:
            left_out.add(group)
        else:
            kept.append(group)
    return tuple(kept)


def needed(program: Program, group: str, among: Sequence[str]) -> tuple[Row, float] | None:
    """Return how far a group would have to give for a set to hold: its row that gives most.

    Returns
    -------
    tuple of Row and float
        The row and the bound that it would need, or None where giving does not help.
    """
    elastic = Program(
        [row for row in program.rows if row.group in among],
        program.lower[:],
        program.upper[:],
        program.whole[:],
    )
    slack = elastic.add(2 * len(elastic.rows))
    costs = np.zeros(elastic.size)
    for number, row in enumerate(elastic.rows):
        if row.group == group:
            below, above = slack[2 * number : 2 * number + 2].tolist()
            elastic.rows[number] = replace(
                row,
                columns=np.append(row.columns, [below, above]),
                values=np.append(row.values, [row.size, -row.size]),
            )
            costs[[below, above]] = row.size / max(1.0, _size(row))
    found = solve(elastic, costs, gap=_SOLVED)
    if found is None or found.objective <= 0:
        return None
    return _largest(program, elastic, found.values[slack], group)


def explain(program: Program, what: str) -> ScenarioError:
    """Return the mistake of an impossible question: what conflicts, and what each would need."""
    groups = conflicting(program)
    rows = {row.group: row for row in reversed(program.rows)}
    told = []
    for group in groups:
        given = needed(program, group, groups)
        others = [name for name in groups if name != group]
        told.append(Problem(rows[group].path, _message(what, group, others, given)))
    return ScenarioError(told or [Problem("optimize", f"{what} is not possible")])


def _message(what: str, group: str, others: Sequence[str], given: tuple[Row, float] | None) -> str:
    with_others = f" together with {' and '.join(others)}" if others else ""
    text = f"{what} cannot keep {group}{with_others}"
    if given is None:
        return f"{text}; take it out or change the others"
    row, bound = given
    written = row.high if bound > row.high else row.low
    unit = f" {row.unit}" if row.unit else ""
    relation = "at least" if bound > row.high else "at most"
    name = "" if row.name == group else f" ({row.name})"
    return (
        f"{text}: the others can hold if it{name} were {relation} "
        f"{round_figures(bound, 4)}{unit} instead of {round_figures(written, 4)}{unit}"
    )


def _size(row: Row) -> float:
    return max(abs(bound) for bound in (row.low, row.high) if np.isfinite(bound))


def _largest(
    program: Program, elastic: Program, slack: np.ndarray, group: str
) -> tuple[Row, float] | None:
    most: tuple[float, Row, float] | None = None
    rows = {row.name: row for row in program.rows if row.group == group}
    for number, row in enumerate(elastic.rows):
        if row.group != group:
            continue
        own = rows[row.name]
        below, above = (slack[2 * number : 2 * number + 2] * own.size).tolist()
        gives = max(below, above) / max(1.0, _size(own))
        if gives > _KEPT and (most is None or gives > most[0]):
            most = (gives, own, own.high + above if above > below else own.low - below)
    return None if most is None else (most[1], most[2])
