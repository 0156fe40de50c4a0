"""Trails: how a number came about, as plain data that a page can unfold.

A trail names the largest lines of a number; each line points to the tree of its intensity. Trees
share their nodes, so that each is told once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lca.estimates import scale
from lca.explanation import activity
from lca.ledger import STAGES, Ledger, Line
from lca.report.paper.inputs import DISTRIBUTIONS
from lca.report.wording import name_factor, say_unit, spoken
from lca.sensitivity.evaluator import Sheet, central
from lca.terms import Factor, Node, Term, formula_name

_MOST_LINES = 6
_MOST_NODES = 2500
_PLAIN = {"terms.add": "sum", "terms.multiply": "product"}


def trails(ledgers: Sequence[Ledger], result: Mapping[str, Any], basis: str) -> dict[str, Any]:
    """Return the trails of the totals and stages of greenhouse gases of every option.

    Parameters
    ----------
    ledgers
        One an option.
    result
        Their result; numbers and sources are read from it.

    Returns
    -------
    dict
        ``numbers`` by ``option|stage``, the stage empty for all; ``nodes`` that they point to; and
        ``sources`` by key.
    """
    book = _Book()
    numbers: dict[str, Any] = {}
    for ledger, option in zip(ledgers, result["options"], strict=True):
        for stage in ("", *STAGES):
            lines = _lines(ledger, stage, basis)
            if lines and len(book.nodes) < _MOST_NODES:
                numbers[f"{ledger.name}|{stage}"] = _number(book, ledger, option, stage, lines, basis)  # fmt: skip
    used = {node["s"] for node in book.nodes if "s" in node}
    sources = {
        one["key"]: {"citation": one["citation"], "url": one["url"]}
        for one in result["sources"]
        if one["key"] in used
    }
    return {"numbers": numbers, "nodes": book.nodes, "sources": sources}


def _lines(ledger: Ledger, stage: str, basis: str) -> list[Line]:
    return [
        line
        for line in ledger.lines
        if line.indicator == "gwp100"
        and line.basis in {"both", basis}
        and stage in {"", line.stage}
        and any(activity(line, ledger.default_view))
    ]


def _number(
    book: _Book, ledger: Ledger, option: Mapping[str, Any], stage: str, lines: list[Line], basis: str
) -> dict[str, Any]:  # fmt: skip
    """Return the trail of one number."""
    entry = option["total"]["gwp100"][basis] if not stage else option["by_stage"][stage]["gwp100"]
    amounts = [book.total(line, ledger.default_view) for line in lines]
    order = sorted(range(len(lines)), key=lambda i: -abs(amounts[i]))
    step, unit = scale(entry["median"] or 0.0, entry["unit"])
    divided = option["functional_unit"]
    delivered = option["delivered"][divided] if divided else None
    return {
        "title": f"{option['name']}: {spoken(stage) if stage else 'all stages'}",
        "unit": unit,
        **{key: entry[key] / step for key in ("central", "median", "p5", "p95")},
        "per": [delivered["central"], divided] if delivered else None,
        "lines": [_line(book, ledger, lines[i], amounts[i] / step) for i in order[:_MOST_LINES]],
        "more": [len(order) - _MOST_LINES, sum(amounts[i] for i in order[_MOST_LINES:]) / step]
        if len(order) > _MOST_LINES
        else None,
    }


def _line(book: _Book, ledger: Ledger, line: Line, amount: float) -> dict[str, Any]:
    amounts = activity(line, ledger.default_view)
    year = next(i for i, found in enumerate(amounts) if found)
    return {
        "what": ", ".join(map(spoken, (line.component, line.process, line.stage))),
        "amount": amount,
        "activity": sum(amounts),
        "by": line.per,
        "node": book.place(line.intensity[min(year, len(line.intensity) - 1)]),
        "several": len(set(line.intensity)) > 1,
    }


class _Book:
    """The nodes told so far, each once, with their central values."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self._places: dict[Node, int] = {}
        self._sheet = Sheet(central)

    def total(self, line: Line, view: str) -> float:
        """Return the central estimate of a line."""
        last = len(line.intensity) - 1
        return sum(
            amount * float(self._sheet.value(line.intensity[min(year, last)]))
            for year, amount in enumerate(activity(line, view))
            if amount
        )

    def place(self, node: Node) -> int:
        """Return the place of a node, telling it and all below it where they are new."""
        if node not in self._places:
            told = dict(self._tell(node))
            self._places[node] = len(self.nodes)
            self.nodes.append(told)
        return self._places[node]

    def _tell(self, node: Node) -> Iterator[tuple[str, Any]]:
        yield "v", float(self._sheet.value(node))
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
        yield "r", list(known.interval())
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
