"""The intensities as a sheet: one row per distinct formula, in the order they are needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lca.report.xlsx.expressions import NotLiveError, trace
from lca.report.xlsx.inputs import Inputs
from lca.terms import Block, Factor, Node, Term, formula_name

FIRST_ROW = 5
"""Row of the first formula, counted from 1."""


@dataclass(frozen=True, slots=True)
class Calculation:
    """A row: the formula as text without ``=``, empty where the value is kept, and why."""

    name: str
    function: str
    unit: str
    value: float
    formula: str
    why: str = ""


class Calculations:
    """Rows of formulas; equal terms share a row."""

    def __init__(self, inputs: Inputs) -> None:
        self.rows: list[Calculation] = []
        self._inputs = inputs
        self._row: dict[Term, int] = {}
        self._live: dict[Term, bool] = {}
        self._point = Block(0, 0, 0, 1 << 20)

    def value(self, node: Node) -> float:
        """Return a node with every factor at its central value."""
        return float(np.ravel(self._point.value(node))[0])

    def address(self, node: Node) -> str:
        """Return where the value of a node stands, seen from another sheet."""
        if isinstance(node, Factor):
            return self._inputs.factor(node)
        return f"Calculations!$C${self._place(node)}"

    def is_live(self, node: Node) -> bool:
        """Whether a node follows the inputs, all the way down."""
        if isinstance(node, Factor):
            return True
        if node not in self._live:
            formula = self.rows[self._row[node] - FIRST_ROW].formula
            self._live[node] = bool(formula) and all(self.is_live(x) for _, x in node.inputs)
        return self._live[node]

    def _place(self, term: Term) -> int:
        if term not in self._row:
            inputs = {name: self._inner(part) for name, part in term.inputs}
            self._row[term] = FIRST_ROW + len(self.rows)
            self.rows.append(self._made(term, inputs))
        return self._row[term]

    def _inner(self, node: Node) -> str:
        if isinstance(node, Factor):
            return self._inputs.factor(node)
        return f"C{self._place(node)}"

    def _made(self, term: Term, inputs: dict[str, str]) -> Calculation:
        formula, why = "", ""
        try:
            formula = trace(term.formula, inputs)
        except NotLiveError as error:
            why = f"value kept: {error}"
        about = (term.name, formula_name(term.formula), term.unit, self.value(term))
        return Calculation(*about, formula, why)
