"""Aggregates of points that can be merged: moments, a histogram, the best points, marginals.

An aggregate is plain data (numbers, texts, lists, mappings), so that any scheduler can carry it.
Merging takes pages in their order: the sums, and with them the bytes, never depend on how pages were
put into blocks.

References
----------
1. Chan, T. F., Golub, G. H., LeVeque, R. J. (1983). Algorithms for computing the sample variance:
   analysis and recommendations. The American Statistician 37(3): equation 2.1b.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from lca.sweeps.job import GASES, Job
from lca.uncertain import Array

BEST = 10
"""How many of the lowest points are kept."""

_PER_OCTAVE = 8
_MOST_VALUES = 64

Aggregate = dict[str, Any]


def headline(job: Job) -> str:
    """Return the column that ranks points: the median of greenhouse gases, per unit where there is one."""
    measure = "per_unit" if job.functional_unit else "total"
    return f"{GASES}_{job.bases[0]}_{measure}_median"


def ranking(job: Job, numbers: Array) -> Array:
    """Return the headline of points; nan where no functional unit is delivered."""
    names = [column.name for column in job.columns]
    return numbers[:, names.index(headline(job))]


def aggregate(job: Job, first: int, coded: Array, numbers: Array) -> Aggregate:
    """Return the aggregate of a page.

    Parameters
    ----------
    first
        Number of its first point.
    coded
        Coded points, shape ``(points, axes)``.
    numbers
        Shape ``(points, columns)``.
    """
    rank = ranking(job, numbers)
    order = np.argsort(rank, kind="stable")[:BEST]
    moments = {c.name: _moments(numbers[:, k]) for k, c in enumerate(job.columns)}
    marginals = {
        one.name: {str(int(code)): _moments(rank[coded[:, k] == code]) for code in np.unique(coded[:, k])}
        for k, one in enumerate(job.design.axes)
        if 0 < len(one.values) <= _MOST_VALUES
    }  # fmt: skip
    return {
        "points": int(rank.size),
        "moments": moments,
        "histogram": _histogram(rank),
        "best": [[float(rank[k]), first + int(k)] for k in order if np.isfinite(rank[k])],
        "marginals": marginals,
    }


def _moments(values: Array) -> list[float]:
    """Return count, mean, sum of squared deviations, lowest and highest of finite values."""
    known = values[np.isfinite(values)]
    if not known.size:
        return [0, 0.0, 0.0, 0.0, 0.0]
    mean = float(known.mean())
    spread = float(((known - mean) ** 2).sum())
    return [int(known.size), mean, spread, float(known.min()), float(known.max())]


def _histogram(values: Array) -> dict[str, int]:
    """Return counts by bin, eight bins to a doubling; ``0`` holds zeros, a minus marks negatives."""
    known = values[np.isfinite(values)]
    size = np.abs(known)
    with np.errstate(divide="ignore"):
        place = np.floor(np.log2(size) * _PER_OCTAVE)
    found: dict[str, int] = {}
    for sign, where in (("-", known < 0), ("+", known > 0)):
        bins, counts = np.unique(place[where], return_counts=True)
        found |= {f"{sign}{int(b)}": int(n) for b, n in zip(bins, counts, strict=True)}
    zeros = int((known == 0).sum())
    return found | ({"0": zeros} if zeros else {})


def edges(name: str) -> tuple[float, float]:
    """Return the ends of a bin of the histogram."""
    if name == "0":
        return 0.0, 0.0
    low, high = (2.0 ** ((int(name[1:]) + k) / _PER_OCTAVE) for k in (0, 1))
    return (low, high) if name[0] == "+" else (-high, -low)


def merge(first: Aggregate, second: Aggregate) -> Aggregate:
    """Return the aggregate of two neighbors."""
    return {
        "points": first["points"] + second["points"],
        "moments": _each(first["moments"], second["moments"], _merge_moments),
        "histogram": _each(first["histogram"], second["histogram"], lambda a, b: a + b),
        "best": sorted([*first["best"], *second["best"]])[:BEST],
        "marginals": _each(
            first["marginals"], second["marginals"], lambda a, b: _each(a, b, _merge_moments)
        ),
    }


def merged(parts: Iterable[Aggregate]) -> Aggregate:
    """Return the aggregate of pages, in their order."""
    return reduce(merge, parts)


def _each(first: Mapping[str, Any], second: Mapping[str, Any], join: Any) -> dict[str, Any]:
    found = dict(first)
    for name, value in second.items():
        found[name] = join(found[name], value) if name in found else value
    return found


def _merge_moments(first: Sequence[float], second: Sequence[float]) -> list[float]:
    if not first[0] or not second[0]:
        return list(first if first[0] else second)
    count = first[0] + second[0]
    step = second[1] - first[1]
    mean = first[1] + step * second[0] / count
    spread = first[2] + second[2] + step * step * first[0] * second[0] / count
    return [count, mean, spread, min(first[3], second[3]), max(first[4], second[4])]


def spelled(moments: Sequence[float]) -> dict[str, float | int]:
    """Return moments by name: count, mean, standard deviation, lowest, highest."""
    count, mean, spread, low, high = moments
    deviation = math.sqrt(spread / count) if count else 0.0
    return {
        "count": int(count),
        "mean": mean,
        "standard_deviation": deviation,
        "min": low,
        "max": high,
    }
