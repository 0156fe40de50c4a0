"""Measures: the columns of points, from the draws of their totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lca.sweeps.job import GASES, Job
from lca.sweeps.statistics import probability_lower, statistics
from lca.uncertain import Array

_Mask = NDArray[np.bool_]


def measures(job: Job, totals: Sequence[Array], written: Sequence[Array]) -> Array:
    """Return the columns of points, shape ``(points, columns)``, in the order of ``job.columns``.

    Parameters
    ----------
    totals
        Outputs of the points, each of shape ``(points, 1 + samples)``.
    written
        Outputs of the scenario as written, each of shape ``(1 + samples,)``.
    """
    count = len(job.indicators)
    parts: list[Array] = []
    for place in range(len(job.bases)):
        some = slice(place * count, (place + 1) * count)
        if job.functional_unit:
            parts += _divided(job, totals[some], totals[-1], written[some], written[-1])
        else:
            parts += _whole(job, totals[some], written[some])
    return np.concatenate(parts, axis=1)


def _whole(job: Job, totals: Sequence[Array], written: Sequence[Array]) -> Iterator[Array]:
    for values in totals:
        yield statistics(values)
    place = job.indicators.index(GASES)
    yield from _beside(totals[place] - written[place])


def _divided(
    job: Job, totals: Sequence[Array], unit: Array, written: Sequence[Array], before: Array
) -> Iterator[Array]:
    """Yield totals, and totals per functional unit: nan where none is delivered."""
    delivers = np.all(unit > 0, axis=1)
    exact = bool(np.all(unit == unit[:, :1]))
    divisor = np.where(delivers[:, None], unit, np.nan)
    for values in totals:
        known = statistics(values)
        yield known
        yield known / divisor[:, :1] if exact else statistics(values / divisor)
    place = job.indicators.index(GASES)
    yield from _beside(totals[place] / divisor - written[place] / before)


def _beside(difference: Array) -> Iterator[Array]:
    yield statistics(difference)
    unknown = np.isnan(difference[:, 0])
    yield np.where(unknown, np.nan, probability_lower(difference))[:, None]
