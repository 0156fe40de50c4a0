"""Statistics of draws, for many points at once; each row of an array is a point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from lca.uncertain import Array

QUANTILES = (0.05, 0.5, 0.95)
_SORTED_TO = 2048
"""Up to so many draws a whole sort is quicker than finding three places."""


def statistics(samples: Array) -> Array:
    """Return central, median, mean, 5 % and 95 % quantile and standard error of each row.

    Parameters
    ----------
    samples
        Shape ``(points, 1 + draws)``, the central estimate first; alone it stands for the draws.

    Returns
    -------
    array
        Shape ``(points, 6)``, in the order of `lca.sweeps.job.STATISTICS`.
    """
    draws = samples[:, 1:] if samples.shape[1] > 1 else samples
    low, middle, high = quantiles(draws)
    error = draws.std(axis=1) / math.sqrt(draws.shape[1])
    return np.stack([samples[:, 0], middle, draws.mean(axis=1), low, high, error], axis=1)


def quantiles(draws: Array, shares: Sequence[float] = QUANTILES) -> list[Array]:
    """Return quantiles of each row, linear between neighbors, as `numpy.percentile` does."""
    count = draws.shape[1]
    places = [share * (count - 1) for share in shares]
    wanted = sorted({min(math.floor(place) + k, count - 1) for place in places for k in (0, 1)})
    ordered = draws.copy()
    if count <= _SORTED_TO:
        ordered.sort(axis=1)
    else:
        ordered.partition(wanted, axis=1)
    return list(_between(ordered, places))


def _between(ordered: Array, places: Sequence[float]) -> Iterator[Array]:
    last = ordered.shape[1] - 1
    for place in places:
        below = math.floor(place)
        share = place - below
        low, high = ordered[:, below], ordered[:, min(below + 1, last)]
        width = high - low
        yield low + width * share if share < 0.5 else high - width * (1 - share)


def probability_lower(difference: Array) -> Array:
    """Return the share of draws below zero of each row; zeros count half."""
    draws = difference[:, 1:] if difference.shape[1] > 1 else difference
    return np.asarray((draws < 0).mean(axis=1) + 0.5 * (draws == 0).mean(axis=1))
