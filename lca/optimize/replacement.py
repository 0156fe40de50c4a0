"""Replacement paths by dynamic programming over years: exact, for one set of costs or for draws.

A path is a chain of *spans*: what stands there until a year, then a device from one year to
another, and so on to the end of the period. A span carries its device and its two years, so age
is known, and costs of spans add up to that of a path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lca.uncertain import Array

BEFORE = -1
"""Where every path begins: before the first year, with what stands there."""


@dataclass(frozen=True, slots=True)
class Span:
    """A device in service from the start of one year to the start of another.

    Attributes
    ----------
    name
        Device; what stands there has ``start`` `BEFORE`.
    start, end
        Positions in the period, from 0 to its number of years.
    """

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of spans, by their positions in the list, and its costs, shape ``(objectives,)``."""

    spans: tuple[int, ...]
    costs: tuple[float, ...]


def all_spans(
    old_years: int, lives: dict[str, tuple[int, int]], years: int, allowed: Callable[[int], bool]
) -> list[Span]:
    """Return the spans that paths may consist of.

    Parameters
    ----------
    old_years
        Years of the period that what stands there can still serve.
    lives
        By device: the first position at which it can be bought, and the most years it serves.
    years
        Number of years of the period.
    allowed
        Whether a replacement may happen at a position.
    """
    ends = [e for e in range(min(old_years, years) + 1) if e == years or allowed(e)]
    spans = [Span("", BEFORE, end) for end in ends]
    for name, (first, life) in lives.items():
        for start in filter(allowed, range(first, years)):
            last = min(start + life, years)
            stops = (e for e in range(start + 1, last + 1) if e == years or allowed(e))
            spans += [Span(name, start, end) for end in stops]
    return spans


def best_paths(spans: Sequence[Span], costs: Array, years: int, keep: int) -> list[Path]:
    """Return the lowest paths by the first objective, and all that no path dominates.

    Parameters
    ----------
    spans
        What paths consist of.
    costs
        Costs of the spans, shape ``(spans, objectives)``.
    years
        Number of years that a path covers.
    keep
        How many of the lowest to return at least, as far as there are so many.

    Returns
    -------
    list of Path
        The lowest first; none, where the spans do not reach from the beginning to the end.
    """
    costs = np.asarray(costs, dtype=np.float64)
    found: dict[int, list[Path]] = {years: [Path((), (0.0,) * costs.shape[1])]}
    for position in (*range(years - 1, -1, -1), BEFORE):
        extended = [
            Path((number, *rest.spans), tuple((costs[number] + rest.costs).tolist()))
            for number, span in enumerate(spans)
            if span.start == position
            for rest in found.get(span.end, ())
        ]
        found[position] = _kept(extended, keep)
    return found[BEFORE]


def _kept(paths: list[Path], keep: int) -> list[Path]:
    """Return the lowest paths and those that none dominates; others cannot be part of such ones."""
    ordered = sorted(paths, key=lambda path: (path.costs, path.spans))
    kept: list[Path] = []
    front = np.empty((0, len(ordered[0].costs) if ordered else 1))
    for number, path in enumerate(ordered):
        dominated = bool((front <= np.array(path.costs)).all(axis=1).any())
        if not dominated:
            front = np.vstack([front, path.costs])
        if number < keep or not dominated:
            kept.append(path)
    return kept


def undominated_paths(paths: Sequence[Path]) -> list[Path]:
    """Return the paths than which no other is as low in all costs."""
    return _kept(list(paths), 0)


def lowest(spans: Sequence[Span], costs: Array, years: int) -> Array:
    """Return the cost of the best path of every draw, as if each were known beforehand.

    Parameters
    ----------
    spans
        What paths consist of.
    costs
        Costs of the spans on the draws, shape ``(spans, draws)``.
    years
        Number of years that a path covers.
    """
    draws = costs.shape[1]
    value = {years: np.zeros(draws)}
    for position in (*range(years - 1, -1, -1), BEFORE):
        best = np.full(draws, np.inf)
        for number, span in enumerate(spans):
            if span.start == position and span.end in value:
                np.minimum(best, costs[number] + value[span.end], out=best)
        value[position] = best
    return value[BEFORE]
