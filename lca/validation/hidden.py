"""Recover the hidden factor: the one constant that reproduces a whole family of printed results.

Every row gives the value that its inputs and its result imply, with the interval that rounding
leaves. The median of a family is its constant; a row far from it, measured by the median
absolute deviation, stands out.

References
----------
Rousseeuw, Croux (1993), "Alternatives to the median absolute deviation", JASA 88, 1273-1283.
Iglewicz, Hoaglin (1993), "How to Detect and Handle Outliers": a modified score above 3.5.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lca.validation.hidden_rows import Implied

__all__ = ["Family", "families", "fit"]

_NORMAL = 1.4826
"""Standard deviations per median absolute deviation of a normal distribution."""

_SCORE = 3.5
_CLOSE = 0.01
_FEWEST = 3
_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Family:
    """What one constant says about a family of rows.

    Attributes
    ----------
    name, unit : str
        The family, and the unit of the constant.
    rows : tuple of Implied
        Every row with the value that it implies.
    constant, mad : float
        Median of the implied values, and their median absolute deviation.
    low, high : float
        What rounding leaves for one value shared by the most rows.
    agreeing : tuple of Implied
        Those rows.
    standing_out : tuple of Implied
        Rows that the constant does not reproduce; never told of fewer than three rows.
    """

    name: str
    unit: str
    rows: tuple[Implied, ...]
    constant: float
    mad: float
    low: float
    high: float
    agreeing: tuple[Implied, ...]
    standing_out: tuple[Implied, ...]

    def residual(self, row: Implied) -> float:
        """Return by which fraction the constant misses the printed result of a row."""
        return self.constant / row.value - 1 if row.rising else row.value / self.constant - 1

    @property
    def judged(self) -> bool:
        """Whether there are rows enough to say which one stands out."""
        return len(self.rows) >= _FEWEST

    @property
    def one_constant(self) -> bool:
        """Whether one constant serves: the rows' median deviation is at most 5 % of it."""
        return self.mad <= _SPREAD * self.constant


def families(rows: Iterable[Implied]) -> tuple[Family, ...]:
    """Fit a constant to each family, the largest family first."""
    grouped: dict[str, list[Implied]] = {}
    for row in rows:
        grouped.setdefault(row.family, []).append(row)
    fitted = [fit(name, members) for name, members in grouped.items()]
    return tuple(sorted(fitted, key=lambda family: (-len(family.rows), family.name)))


def fit(name: str, rows: Sequence[Implied]) -> Family:
    """Return the constant of one family and the rows that it does not reproduce.

    Parameters
    ----------
    name
        What the family is called.
    rows
        At least one row.
    """
    values = [row.value for row in rows]
    center = median(values)
    mad = median(abs(value - center) for value in values)
    low, high, agreeing = _shared(rows)
    limit = max(_SCORE * _NORMAL * mad, _CLOSE * center)
    out = [row for row in rows if len(rows) >= _FEWEST and _far(row, center, limit)]
    return Family(
        name, rows[0].unit, tuple(rows), center, mad, low, high, tuple(agreeing), tuple(out)
    )


def _far(row: Implied, center: float, limit: float) -> bool:
    """Whether a row is off by more than the spread of its family and its own rounding."""
    half = (row.high - row.low) / 2
    return abs(row.value - center) > max(limit, half)


def _shared(rows: Sequence[Implied]) -> tuple[float, float, list[Implied]]:
    """Return the interval that lies in the most rows' own intervals, and those rows."""
    lows, highs = sorted(row.low for row in rows), sorted(row.high for row in rows)
    start = max(lows, key=lambda x: bisect_right(lows, x) - bisect_left(highs, x))
    best = [row for row in rows if row.low <= start <= row.high]
    return max(row.low for row in best), min(row.high for row in best), best
