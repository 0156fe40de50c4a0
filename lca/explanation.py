"""Explanations: the lines behind a number, their formulas, inputs and sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lca.estimates import Estimate
from lca.lines import Line
from lca.terms import Draws, Factor, Node, formula_name


@dataclass(frozen=True, slots=True)
class Branch:
    """One node of an explanation: a number, how it was made, and on whose word."""

    name: str
    estimate: Estimate
    formula: str = ""
    source: str = ""
    quality: str = ""
    note: str = ""
    inputs: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A line, its total, its activity over all years, and the tree of its first intensity."""

    line: Line
    total: Estimate
    activity: float
    tree: Branch


@dataclass(frozen=True, slots=True)
class Explanation:
    """The largest lines behind a number, and how many were left out."""

    lines: tuple[Explained, ...]
    total: Estimate
    left_out: int


def explain(lines: Sequence[Line], draws: Draws, view: str, unit: str, most: int) -> Explanation:
    """Explain the largest of some lines.

    Parameters
    ----------
    view
        ``spread`` or ``inventory``: which activity counts.
    unit
        Unit of the lines' indicator.
    most
        How many lines to explain.
    """
    totals = [Estimate(_total(line, draws, view), unit) for line in lines]
    order = sorted(range(len(totals)), key=lambda i: -abs(totals[i].median))[:most]
    whole = np.zeros(1 + draws.samples)
    for part in totals:
        whole = whole + part.samples
    explained = tuple(_explained(lines[i], totals[i], draws, view) for i in order)
    return Explanation(explained, Estimate(whole, unit), len(totals) - len(order))


def activity(line: Line, view: str) -> tuple[float, ...]:
    """Return a line's activity by year in a view."""
    return line.inventory if view == "inventory" else line.spread


def _total(line: Line, draws: Draws, view: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.zeros(1 + draws.samples)
    last = len(line.intensity) - 1
    for year, amount in enumerate(activity(line, view)):
        if amount:
            values = values + amount * draws.array(line.intensity[min(year, last)])
    return values


def _explained(line: Line, total: Estimate, draws: Draws, view: str) -> Explained:
    amounts = activity(line, view)
    year = next((i for i, amount in enumerate(amounts) if amount), 0)
    node = line.intensity[min(year, len(line.intensity) - 1)]
    return Explained(line, total, sum(amounts), branch(draws, node))


def branch(draws: Draws, node: Node) -> Branch:
    """Return the explanation tree of a node."""
    estimate = Estimate(draws.array(node), node.unit)
    if isinstance(node, Factor):
        return Branch(node.name, estimate, "", node.source, str(node.quality), node.note)
    inputs = tuple(branch(draws, part) for _, part in node.inputs)
    return Branch(node.name, estimate, formula=formula_name(node.formula), inputs=inputs)
