"""The numbers of single lines: a total with its statistics, and activity and intensity by year.

A line that has one intensity, and activities of one sign, grows with that intensity: its draws stand
in the same order. What stands where is therefore sought once for each intensity, not for each line,
and gives the same percentiles to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lca.estimates import Estimate
from lca.ledger import Ledger, Line
from lca.terms import Node
from lca.uncertain import Array

_SHARES = (0.05, 0.5, 0.95)
Parts = Sequence[tuple[float, Node]]


class LineNumbers:
    """Tells the numbers of the lines of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._count = max(ledger.draws.samples, 1)
        self._ranked: dict[Node, Array] = {}
        self._places = [(self._count - 1) * share for share in _SHARES]
        below = {math.floor(place) for place in self._places}
        above = {min(place + 1, self._count - 1) for place in below}
        self._ranks = sorted(below | above)

    def of(self, line: Line, activity: Sequence[float]) -> dict[str, Any]:
        """Return a line's total, and activity and central intensity of every year with activity.

        Parameters
        ----------
        line
            A line of the ledger.
        activity
            Its activity by year, in one of the two views.
        """
        years, last = self._ledger.years, len(line.intensity) - 1
        chosen = [year for year, amount in enumerate(activity) if amount]
        parts = [(activity[year], line.intensity[min(year, last)]) for year in chosen]
        arrays = {node: self._ledger.draws.array(node) for node in dict.fromkeys(n for _, n in parts)}  # fmt: skip
        by_year = {
            str(years[year]): [amount, float(arrays[node][0])]
            for year, (amount, node) in zip(chosen, parts, strict=True)
        }
        unit = self._ledger.unit(line.indicator).removeprefix("unit:")
        size = 1 + self._ledger.draws.samples
        total = Estimate(_weighted([(amount, arrays[node]) for amount, node in parts], size), unit)
        return {"by_year": by_year, "total": self._statistics(total, parts, arrays)}

    def _statistics(
        self, total: Estimate, parts: Parts, arrays: dict[Node, Array]
    ) -> dict[str, float | str]:
        mean = total.mean
        if len(arrays) != 1 or any(amount < 0 for amount, _ in parts) or not math.isfinite(mean):
            return total.statistics()
        ((node, array),) = arrays.items()
        ranked = self._ranked.get(node)
        if ranked is None:
            ranked = self._ranked[node] = self._rank(array)
        own = _weighted([(amount, ranked) for amount, _ in parts], ranked.size)
        p5, median, p95 = (self._between(own, place) for place in self._places)
        found = {"central": total.central, "median": median, "mean": mean, "p5": p5, "p95": p95}
        return {**found, "standard_error": total.standard_error, "unit": total.unit}

    def _rank(self, array: Array) -> Array:
        """Return the draws of an intensity at the ranks that percentiles need."""
        draws = Estimate(array, "").draws
        return np.asarray(np.partition(draws, self._ranks)[self._ranks], dtype=np.float64)

    def _between(self, ranked: Array, place: float) -> float:
        """Return the value at a place between two ranks, by the arithmetic of `numpy.percentile`."""
        first = math.floor(place)
        rest = place - first
        low = float(ranked[self._ranks.index(first)])
        high = float(ranked[self._ranks.index(min(first + 1, self._count - 1))])
        return high - (high - low) * (1 - rest) if rest >= 0.5 else low + (high - low) * rest


def _weighted(parts: Sequence[tuple[float, Array]], size: int) -> Array:
    """Return the sum of amounts times arrays, in the order given."""
    values, product = np.zeros(size), np.empty(size)
    for amount, array in parts:
        values += np.multiply(array, amount, out=product)
    return values
