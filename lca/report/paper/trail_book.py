"""What trails share: lines and the trees of their intensities, each told once as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lca.lines import Line
from lca.report.explanation_words import activity_unit
from lca.report.paper.inputs import DISTRIBUTIONS
from lca.report.wording import name_factor, say_unit, spoken
from lca.sensitivity.evaluator import Sheet, central
from lca.terms import Factor, Node, Term, formula_name

_PLAIN = {"terms.add": "sum", "terms.multiply": "product"}


def short(number: float) -> float:
    """Return a number to nine digits: more than a page shows, in half the room.

    Examples
    --------
    >>> short(0.12345678987654321)
    0.12345679
    """
    return float(f"{number:.9g}")


class Book:
    """The nodes and lines told so far, each once, with their central values.

    A line is what it is, the unit of its activity, the place of the node of its intensity, and whether
    other years have other intensities.
    """

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.lines: list[list[Any]] = []
        self._told: dict[tuple[str, str, int, bool], int] = {}
        self._places: dict[Node, int] = {}
        self._sheet = Sheet(central)
        self._central: dict[int, float] = {}

    def central(self, node: Node) -> float:
        """Return the central value of a node."""
        found = self._central.get(id(node))  # lines hold their nodes, so that no id is used again
        if found is None:
            found = self._central[id(node)] = float(self._sheet.value(node))
        return found

    def line(self, line: Line, node: Node, *, several: bool) -> int:
        """Return the place of a line with an intensity, telling both where they are new."""
        told = (", ".join(map(spoken, (line.component, line.process, line.stage))), activity_unit(line.per), self.place(node), several)  # fmt: skip
        if told not in self._told:
            self._told[told] = len(self.lines)
            self.lines.append(list(told))
        return self._told[told]

    def place(self, node: Node) -> int:
        """Return the place of a node, telling it and all below it where they are new."""
        if node not in self._places:
            told = dict(self._tell(node))
            self._places[node] = len(self.nodes)
            self.nodes.append(told)
        return self._places[node]

    def _tell(self, node: Node) -> Iterator[tuple[str, Any]]:
        yield "v", short(self.central(node))
        yield "u", say_unit(node.unit)
        if isinstance(node, Factor):
            yield from _tell_factor(node)
        else:
            yield "n", spoken(node.name)
            yield "f", _formula(node)
            yield "i", [self.place(part) for _, part in node.inputs]


def _tell_factor(factor: Factor) -> Iterator[tuple[str, Any]]:
    yield "n", name_factor(factor.name, factor.identity)
    yield "q", str(factor.quality)
    known = factor.distribution
    if not known.is_exact:
        yield "d", DISTRIBUTIONS.get(known.kind, known.kind)
        yield "r", [*map(short, known.interval())]
    if factor.source:
        yield "s", factor.source
    if factor.note:
        yield "o", factor.note


def _formula(term: Term) -> str:
    """Return the formula's name, with the sentence of its docstring."""
    name = formula_name(term.formula)
    if name in _PLAIN:
        return _PLAIN[name]
    first = (term.formula.__doc__ or "").partition("\n")[0].rstrip(".")
    return f"{name}: {first}" if first else name
