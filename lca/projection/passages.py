"""When a curve passes another one, or a budget: a time on every draw, or never."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lca.estimates import Estimate
from lca.projection.curves import Curve
from lca.uncertain import Array

_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A time on every draw as a decimal year; infinite where it never comes within the period.

    ``times`` has shape ``(1 + samples,)``, the central estimate first.
    """

    times: Array

    @property
    def _drawn(self) -> Array:
        return self.times[1:] if self.times.size > 1 else self.times

    @property
    def probability(self) -> float:
        """Share of the draws in which it comes within the period."""
        return float(np.isfinite(self._drawn).mean())

    @property
    def probability_never(self) -> float:
        """Share of the draws in which it does not come within the period."""
        return 1.0 - self.probability

    @property
    def central(self) -> float | None:
        """Time with every factor at its central value; None for never."""
        return _or_never(float(self.times[0]))

    def quantile(self, share: float) -> float | None:
        """Return the time by which it has come in a share of all draws; None for never."""
        return _or_never(float(np.quantile(self._drawn, share, method="inverted_cdf")))

    @property
    def median(self) -> float | None:
        """The median time over all draws, those counted in which it never comes."""
        return self.quantile(0.5)

    def by(self, year: int) -> float:
        """Return the probability that it has come by the end of a year."""
        return float((self._drawn <= year + 1).mean())


def _or_never(time: float) -> float | None:
    return time if math.isfinite(time) else None


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """When an option that begins higher has added up to less than another one.

    Attributes
    ----------
    lower, higher
        The option that comes to be lower, and the one it passes.
    passage
        When.
    probability_from_start
        Share of the draws in which it is lower as soon as they differ.
    probability_lower_at_end
        Share of the draws in which it is lower at the end of the period.
    """

    lower: str
    higher: str
    passage: Passage
    probability_from_start: float
    probability_lower_at_end: float

    def __str__(self) -> str:
        """Say it in one sentence."""
        said = f"{self.lower} adds up to less than {self.higher}"
        never = self.passage.probability_never
        if self.passage.median is None:
            return f"{said}: never within the period in {never:.0%} of the draws"
        low, high = (_say(self.passage.quantile(q)) for q in (0.05, 0.95))
        between = "" if low == high else f" ({low} to {high})"
        return f"{said} from {_say(self.passage.median)}{between}; never in {never:.0%}"


@dataclass(frozen=True, slots=True, eq=False)
class Exhaustion:
    """When an option has used up a budget, and what of it remains at the end of the period."""

    option: str
    budget: float
    passage: Passage
    remaining: Estimate

    def __str__(self) -> str:
        """Say it in one sentence."""
        never = self.passage.probability_never
        if self.passage.median is None:
            return f"{self.option}: within the budget in {never:.0%} of the draws"
        return f"{self.option}: budget used up in {_say(self.passage.median)}; never in {never:.0%}"


def _say(time: float | None) -> str:
    return "never" if time is None else f"{time:.1f}"


def first_passage(times: Array, gap: Array) -> Array:
    """Return when a gap that begins above zero first closes, on straight lines between knots.

    Parameters
    ----------
    times
        Knots, shape ``(knots,)``, ascending; equal neighbors are a jump.
    gap
        At each knot and draw, shape ``(knots, draws)``.

    Returns
    -------
    Array
        Shape ``(draws,)``; infinite where it never closes. Where it is zero to begin with, it has
        not begun; where it begins below zero, it is closed as it begins.
    """
    size = np.abs(gap).max(axis=0)
    begun = np.logical_or.accumulate(np.abs(gap) > _TINY * size, axis=0) & (size > 0)
    closed = begun & (gap <= _TINY * size)
    knot = closed.argmax(axis=0)
    draw = np.arange(gap.shape[1])
    before = np.maximum(knot - 1, 0)
    height = np.maximum(gap[before, draw], 0.0)
    fall = height - np.minimum(gap[knot, draw], 0.0)
    share = np.divide(height, fall, out=np.ones_like(height), where=(fall > 0) & (height > 0))
    passed = times[before] + (times[knot] - times[before]) * share
    found: Array = np.where(closed.any(axis=0), passed, np.inf)
    return found


def crossings(curves: Sequence[Curve]) -> Iterator[Crossing]:
    """Yield for each two options when the one that begins higher comes to be lower."""
    for first, second in combinations(curves, 2):
        gap = first.values - second.values
        upper, lower = (first, second) if _begins_above(gap) else (second, first)
        gap = upper.values - lower.values
        drawn = gap[:, 1:] if gap.shape[1] > 1 else gap
        yield Crossing(
            upper.name,
            lower.name,
            Passage(first_passage(upper.times, gap)),
            float((_begin(drawn) < 0).mean()),
            float((drawn[-1] < -_TINY * np.abs(drawn).max(axis=0)).mean()),
        )


def _begin(gap: Array) -> Array:
    """Return the gap of each draw where it first differs from zero."""
    differs = np.abs(gap) > _TINY * np.abs(gap).max(axis=0)
    found: Array = gap[differs.argmax(axis=0), np.arange(gap.shape[1])]
    return found


def _begins_above(gap: Array) -> bool:
    drawn = gap[:, 1:] if gap.shape[1] > 1 else gap
    return bool(np.median(_begin(drawn)) >= 0)


def exhaustion(curve: Curve, budget: float) -> Exhaustion:
    """Return when a curve reaches a budget (in the curve's unit)."""
    left = budget - curve.values
    remaining = Estimate(left[-1], curve.unit, curve.label)
    return Exhaustion(curve.name, budget, Passage(first_passage(curve.times, left)), remaining)
