"""What a power cap does to time and energy of training, from measured traces.

A look-up, not a model: each traced job is interpolated between the limits that it was run
at, and the jobs together are the distribution. Time and energy of a draw are of one job.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from lca import factors
from lca.errors import InputError
from lca.terms import Factor, Node, Term
from lca.uncertain import Array, Distribution

BOARDS = {"volta": "V100", "ampere": "A40", "pascal": "P100", "turing": "RTX6000"}
"""Families of devices with traces, and the board that was traced."""

_TABLE = "workloads/levers_power_limits"
_JOB = ("dataset", "network", "batch_size", "optimizer")


@dataclass(frozen=True, slots=True)
class Job:
    """A traced job: ratios to its own run at the highest limit, by share of that limit."""

    name: tuple[str, ...]
    caps: tuple[float, ...]
    time: tuple[float, ...]
    energy: tuple[float, ...]

    def at(self, cap: float) -> tuple[float, float]:
        """Return time and energy ratio at a cap, by straight lines between measured limits."""
        return float(np.interp(cap, self.caps, self.time)), float(
            np.interp(cap, self.caps, self.energy)
        )

    def covers(self, cap: float) -> bool:
        """Whether the cap lies within the limits that the job was run at."""
        return self.caps[0] <= cap <= self.caps[-1]


@dataclass(frozen=True, slots=True)
class CapEffect:
    """What a cap does: new over old, as nodes that are drawn together.

    Attributes
    ----------
    time, energy, power
        Ratios to the same job without a cap; power is energy over time.
    pairs
        ``(time, energy)`` of every job.
    remarks
        What a reader must know.
    """

    time: Node
    energy: Node
    power: Node
    pairs: tuple[tuple[float, float], ...]
    remarks: tuple[str, ...]


@cache
def jobs(family: str) -> tuple[Job, ...]:
    """Return the traced jobs of a family; of all boards, where the family has no traces."""
    boards = {BOARDS[family]} if family in BOARDS else set(BOARDS.values())
    found: dict[tuple[str, ...], list[tuple[float, float, float]]] = defaultdict(list)
    for row in factors.rows(_TABLE):
        if row["gpu_model"] in boards:
            cap = float(row["power_limit_w"]) / float(row["max_power_limit_w"])
            ratios = float(row["time_ratio_vs_max_limit"]), float(row["energy_ratio_vs_max_limit"])
            found[row["gpu_model"], *(row[key] for key in _JOB)].append((cap, *ratios))
    made = [_job(name, points) for name, points in found.items()]
    return tuple(sorted(made, key=lambda job: (float(np.mean(job.energy)), job.name)))


def _job(name: tuple[str, ...], points: list[tuple[float, float, float]]) -> Job:
    caps, time, energy = zip(*sorted(points), strict=True)
    return Job(name, caps, time, energy)


@cache
def effect(family: str, cap_fraction: float) -> CapEffect:
    """Return what capping the power of a board does to time and energy of training.

    Parameters
    ----------
    family
        Family of the device, such as ``volta``; one without traces gets those of all boards,
        and a remark.
    cap_fraction
        Power limit over the highest limit of the board.

    Raises
    ------
    InputError
        If no job was run at so low a limit, or the cap is above 1; the range is named.
    """
    lowest = min(job.caps[0] for job in jobs(family))
    if not lowest <= cap_fraction <= 1:
        msg = f"power cap {cap_fraction:.2g} of the highest limit: traces of {BOARDS.get(family, 'all boards')} run from {lowest:.2g} to 1"
        raise InputError(msg)
    known = [job for job in jobs(family) if job.covers(cap_fraction)]
    pairs = _middle_job([job.at(cap_fraction) for job in known])
    job = _drawn(family, len(pairs))
    time, energy = np.array(pairs).T
    made = {"time": time, "energy": energy, "power": energy / time}
    ratios = {
        name: Term(f"{name}_ratio", _column(column), {"job": job}, "")
        for name, column in made.items()
    }
    return CapEffect(**ratios, pairs=pairs, remarks=_remarks(family, len(pairs)))


@cache
def best_cap(family: str, slowdown: float = 0.05) -> float:
    """Return the traced cap of least median energy whose median slowdown is accepted.

    Parameters
    ----------
    family
        Family of the device; see `effect`.
    slowdown
        Accepted growth of time: 0.05 is 5 %.

    Raises
    ------
    InputError
        If the slowdown is negative.
    """
    if not slowdown >= 0:
        msg = f"slowdown {slowdown:g}: give 0 or more, such as 0.05 for 5 %"
        raise InputError(msg)
    caps = sorted({cap for job in jobs(family) for cap in job.caps if job.caps[-1] == 1})
    medians = {cap: np.median(np.array(effect(family, cap).pairs), axis=0) for cap in caps}
    accepted = [cap for cap in caps if medians[cap][0] <= 1 + slowdown]
    return min(accepted, key=lambda cap: float(medians[cap][1]))


def _middle_job(pairs: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Move the job nearest to both medians to the middle: the central estimate is of one job."""
    away = np.abs(np.log(np.array(pairs) / np.median(np.array(pairs), axis=0))).sum(axis=1)
    middle, nearest = (len(pairs) + 1) // 2 - 1, int(np.argmin(away))
    moved = list(pairs)
    moved[middle], moved[nearest] = moved[nearest], moved[middle]
    return tuple(moved)


def _drawn(family: str, count: int) -> Factor:
    """Return which job a draw is of, all alike; jobs stand in the order of what caps save."""
    places = tuple(float(place) for place in range(count))
    return Factor(
        "traced_job",
        Distribution("choice", places + (1.0,) * count),
        "",
        identity=f"levers_power_limits/{family if family in BOARDS else 'all'}",
        source="zeus-nsdi-2023",
        quality="measured",
        note=f"{count} traced training jobs, each measured once",
    )


def _column(values: Array) -> Callable[..., Array]:
    def traced_ratio(job: float | Array) -> Array:
        """Return the ratio of a traced job."""
        return values[np.asarray(job, dtype=np.intp)]

    return traced_ratio


def _remarks(family: str, count: int) -> tuple[str, ...]:
    small = f"{count} small training jobs of 2022 and before, each measured once; board power only"
    if family in BOARDS:
        return (f"{BOARDS[family]}: {small}",)
    older = ", ".join(BOARDS.values())
    return (f"no traces of {family}: those of {older} stand in; {small}",)
