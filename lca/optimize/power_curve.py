"""Time and energy of the same work as functions of a power limit, and the limit that is best.

Between measured limits straight lines are taken, so whatever is a weighted sum of time and energy
has its optimum at a measured limit, or where a bound is met: all of these are looked at, and the
optimum is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lca.uncertain import Array
from lca.workloads.levers_power_cap import BOARDS, jobs

_TRACED_TO = 0.5
"""A job counts if it was run at half of the highest limit, or lower."""
_TINY = 1e-9


@dataclass(frozen=True, eq=False)
class PowerCurves:
    """What a limit does to traced jobs, against the highest limit.

    Attributes
    ----------
    limits
        Limits over the highest, ascending, shape ``(limits,)``.
    time, energy
        Ratios of the jobs, shape ``(jobs, limits)``.
    is_pooled
        Whether jobs of other boards stand in.
    """

    limits: Array
    time: Array
    energy: Array
    is_pooled: bool

    def mean(self, limit: float | Array) -> tuple[Array, Array]:
        """Return time and energy ratio of all jobs together, each of equal weight."""
        return (
            np.interp(limit, self.limits, self.time.mean(axis=0)),
            np.interp(limit, self.limits, self.energy.mean(axis=0)),
        )

    def at(self, limit: float) -> tuple[Array, Array]:
        """Return time and energy ratio of every job, shape ``(jobs,)`` each."""
        after = int(np.clip(np.searchsorted(self.limits, limit), 1, self.limits.size - 1))
        before = after - 1
        share = (limit - self.limits[before]) / (self.limits[after] - self.limits[before])
        parts = (
            values[:, before] * (1 - share) + values[:, after] * share
            for values in (self.time, self.energy)
        )
        time, energy = parts
        return time, energy

    def power(self, limit: float) -> float:
        """Return the mean power at a limit over that without one."""
        time, energy = self.mean(limit)
        return float(energy / time)


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound: ``energy_part`` times energy plus ``time_part`` times time is at most ``most``."""

    name: str
    energy_part: float
    time_part: float
    most: float

    def used(self, curves: PowerCurves, limit: float | Array) -> Array:
        """Return what a limit uses of the bound."""
        time, energy = curves.mean(limit)
        return np.asarray(self.energy_part * energy + self.time_part * time)


def curves(family: str, lowest: float = 0.0) -> PowerCurves:
    """Return the traced jobs of a family on the limits that all of them were run between.

    Parameters
    ----------
    family
        Family of the device; one without traces gets those of all boards.
    lowest
        Lowest limit to consider over the highest.
    """
    known = [job for job in jobs(family) if job.caps[0] <= _TRACED_TO and job.caps[-1] == 1]
    first = max([lowest, *(job.caps[0] for job in known)])
    limits = np.array(sorted({first, *(cap for job in known for cap in job.caps if cap >= first)}))
    time = np.stack([np.interp(limits, job.caps, job.time) for job in known])
    energy = np.stack([np.interp(limits, job.caps, job.energy) for job in known])
    return PowerCurves(limits, time, energy, family not in BOARDS)


def best_limit(
    found: PowerCurves, energy_part: float, time_part: float, bounds: Sequence[Bound] = ()
) -> float | None:
    """Return the limit at which energy and time together cost least.

    Parameters
    ----------
    energy_part, time_part
        What the work costs in proportion to its energy, and to its time.
    bounds
        What must hold.

    Returns
    -------
    float or None
        The highest of the best limits; None, where none keeps the bounds.
    """
    limits = np.concatenate([found.limits, *(_crossings(found, bound) for bound in bounds)])
    kept = np.ones(limits.size, dtype=bool)
    for bound in bounds:
        kept &= bound.used(found, limits) <= bound.most + _TINY * abs(bound.most)
    if not kept.any():
        return None
    limits = np.sort(limits[kept])[::-1]
    time, energy = found.mean(limits)
    return float(limits[int(np.argmin(energy_part * energy + time_part * time))])


def _crossings(found: PowerCurves, bound: Bound) -> Array:
    """Return the limits at which a bound is just met."""
    used = bound.used(found, found.limits) - bound.most
    first, second = used[:-1], used[1:]
    crossed = np.flatnonzero(first * second < 0)
    share = first[crossed] / (first[crossed] - second[crossed])
    width = np.diff(found.limits)[crossed]
    return np.asarray(found.limits[crossed] + share * width)


def price(
    found: PowerCurves, energy_part: float, time_part: float, bound: Bound, limit: float
) -> float | None:
    """Return what one more unit of a bound would change at a limit where it is just met."""
    cost = Bound("", energy_part, time_part, 0.0)
    for other in (
        found.limits[found.limits < limit - _TINY][-1:],
        found.limits[found.limits > limit + _TINY][:1],
    ):
        if other.size and float(bound.used(found, other)[0]) > bound.most:
            gained = float(cost.used(found, other)[0] - cost.used(found, limit))
            return gained / float(bound.used(found, other)[0] - bound.used(found, limit))
    return None
