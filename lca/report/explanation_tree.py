"""The tree of an explanation: total, stage, asset, component, process, and what each line is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.estimates import Estimate
from lca.ledger import Ledger, Row

LEVELS = ("stage", "asset", "component", "process")
"""Labels of lines by which the total is taken apart, from the outside in."""

Data = dict[str, Any]
Lines = Sequence[Mapping[str, Any]]


def tree(
    ledger: Ledger,
    lines: Lines,
    totals: Sequence[Estimate],
    *,
    indicator: str,
    basis: str,
    labels: Mapping[str, str],
) -> Data:
    """Return a total as a tree.

    Parameters
    ----------
    lines
        Those explained, as `lca.report.explanation.explanation` has them.
    totals
        Of these lines, with their draws.
    labels
        Restrict to lines with these labels.

    Returns
    -------
    dict
        ``kind`` (``total``, a level, ``line``, ``formula`` or ``input``), ``name``, statistics,
        ``share`` of the total by central estimates (None where the total is 0, and below lines),
        ``children``, and ``left_out``: how many processes are not shown, with their sum.
    """
    places = {label: LEVELS.index(label) for label in labels}
    rows = [
        row
        for row in ledger.by(*LEVELS, indicator=indicator, basis=basis)
        if all(row.labels[place] == labels[label] for label, place in places.items())
    ]
    whole = _sum([row.estimate for row in rows], ledger.unit(indicator))
    return _Grower(whole, lines, totals, _counts(ledger, indicator, basis)).group(
        "total", ledger.name, rows, 0
    )


def _counts(ledger: Ledger, indicator: str, basis: str) -> Counter[tuple[str, ...]]:
    """Return how many lines each process has."""
    return Counter(
        tuple(getattr(line, level) for level in LEVELS)
        for line in ledger.lines
        if line.indicator == indicator and line.basis in {"both", basis}
    )


def _sum(parts: Sequence[Estimate], unit: str) -> Estimate:
    whole = np.zeros(1)
    for part in parts:
        whole = whole + part.samples
    return Estimate(whole, unit)


@dataclass(frozen=True, slots=True)
class _Grower:
    """Makes the nodes of a tree."""

    whole: Estimate
    lines: Lines
    totals: Sequence[Estimate]
    counts: Counter[tuple[str, ...]]

    def group(self, kind: str, name: str, rows: Sequence[Row], depth: int) -> Data:
        """Return a node of some rows of the ledger."""
        if depth == len(LEVELS):
            return self._process(name, rows)
        below = _split(rows, depth)
        shown = {
            key: part for key, part in below.items() if depth == 0 or any(map(self._explains, part))
        }
        children = [self.group(LEVELS[depth], key, part, depth + 1) for key, part in shown.items()]
        children.sort(key=lambda child: -abs(child["median"]))
        hidden = [row.estimate for key, part in below.items() if key not in shown for row in part]
        found = self._numbers(self._of(row.estimate for row in rows))
        left = self._left(len(hidden), self._of(hidden))
        return {"kind": kind, "name": name, **found, "children": children, "left_out": left}

    def _process(self, name: str, rows: Sequence[Row]) -> Data:
        """Return a process with those of its lines that are explained."""
        labels = rows[0].labels
        mine = [place for place, line in enumerate(self.lines) if _label(line) == labels]
        whole = self._of(row.estimate for row in rows)
        rest = whole - self._of(self.totals[place] for place in mine) if mine else whole
        return {
            "kind": LEVELS[-1],
            "name": name,
            **self._numbers(whole),
            "children": [self._line(self.lines[place]) for place in mine],
            "left_out": self._left(self.counts[labels] - len(mine) if mine else 0, rest),
        }

    def _of(self, parts: Iterable[Estimate]) -> Estimate:
        return _sum(list(parts), self.whole.unit)

    def _left(self, count: int, rest: Estimate) -> Data | None:
        return {"count": count, **self._numbers(rest)} if count else None

    def _numbers(self, estimate: Estimate) -> Data:
        whole = self.whole.central
        return {**estimate.statistics(), "share": estimate.central / whole if whole else None}

    def _explains(self, row: Row) -> bool:
        return any(_label(line) == row.labels for line in self.lines)

    def _line(self, line: Mapping[str, Any]) -> Data:
        """Return what a line is made of: activity times intensity."""
        return {
            "kind": "line",
            "name": ", ".join(filter(None, (line["phase"], line["site"]))),
            **line["total"],
            "share": self._share(line),
            "activity": line["activity"],
            "per": line["per"],
            "children": [_node(line["tree"])],
            "left_out": None,
        }

    def _share(self, line: Mapping[str, Any]) -> float | None:
        whole = self.whole.central
        return line["total"]["central"] / whole if whole else None


def _split(rows: Sequence[Row], depth: int) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.labels[depth], []).append(row)
    return found


def _label(line: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(line[level] for level in LEVELS)


def _node(made: Mapping[str, Any]) -> Data:
    """Return a formula or an input of it."""
    kept = {key: value for key, value in made.items() if key != "inputs"}
    kind = "formula" if made["inputs"] else "input"
    children = [_node(part) for part in made["inputs"]]
    return {"kind": kind, **kept, "share": None, "children": children, "left_out": None}
