"""Jobs in time and place: what runs when, by exact rules where there is room for all.

Costs are kgCO2e per kWh of IT energy, by place and hour. An uninterruptible job takes the lowest
sliding sum, an interruptible one its cleanest hours, an elastic one the hours of most work per
kilogram, which is optimal for falling gains (Hanafy et al., CarbonScaler, 2023). Where the
capacity of a place binds, `lca.optimize.shifting_capacity` takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Task:
    """A job as the solver sees it.

    Attributes
    ----------
    name
        What it is called.
    power
        IT power in an hour in which it runs, kW; of one machine where it is elastic.
    hours
        Hours that it runs, on one machine.
    release, deadline
        First hour in which it may run, and the hour by which it is done.
    kind
        ``interruptible``, ``uninterruptible`` or ``elastic``.
    gains
        Work that each further machine adds in an hour, falling; ``(1,)`` where not elastic.
    home
        Number of the place where it would run.
    """

    name: str
    power: float
    hours: int
    release: int
    deadline: int
    kind: str
    gains: tuple[float, ...] = (1.0,)
    home: int = 0


@dataclass(frozen=True, eq=False)
class Field:
    """Where and when jobs can run.

    Attributes
    ----------
    cost
        kgCO2e per kWh of IT energy, shape ``(place, hour)``.
    capacity
        IT power that the jobs may draw, kW, shape ``(place, hour)``; infinite where unlimited.
    move
        kgCO2e of one job that runs away from home, shape ``(home,)``.
    """

    cost: Array
    capacity: Array
    move: Array

    @property
    def hours(self) -> int:
        """How many hours there are."""
        return int(self.cost.shape[1])

    @property
    def limited(self) -> bool:
        """Whether a place has a capacity."""
        return bool(np.isfinite(self.capacity).any())


@dataclass(frozen=True, eq=False)
class Plan:
    """What runs when and where: one entry for each job, place and hour.

    Attributes
    ----------
    job, place, hour
        Numbers, shape ``(entry,)``.
    power
        kW, shape ``(entry,)``.
    moved
        Share of each job that runs away from home, shape ``(job,)``.
    prices
        kgCO2e saved by one more kW of capacity, shape ``(place, hour)``; None without a capacity
        that binds, or where whole jobs have no price.
    gap
        Proven distance from the optimum, as a share.
    """

    job: Index
    place: Index
    hour: Index
    power: Array
    moved: Array
    prices: Array | None = None
    gap: float = 0.0

    def load(self, field: Field) -> Array:
        """Return the power by place and hour, kW."""
        flat = self.place * field.hours + self.hour
        size = field.cost.size
        return np.asarray(np.bincount(flat, self.power, size), float).reshape(field.cost.shape)

    def carbon(self, field: Field, tasks: Sequence[Task]) -> float:
        """Return the emissions, moves included (kgCO2e)."""
        return float(self.by_job(field, tasks).sum())

    def by_job(self, field: Field, tasks: Sequence[Task]) -> Array:
        """Return the emissions of each job (kgCO2e)."""
        costs = field.cost[self.place, self.hour] * self.power
        return np.bincount(self.job, costs, len(tasks)) + self.moved * _moves(field, tasks)

    def energy(self) -> float:
        """Return the IT energy (kWh)."""
        return float(self.power.sum())

    def ends(self, count: int) -> Index:
        """Return the hour by which each job is done."""
        last = np.zeros(count, dtype=np.intp)
        np.maximum.at(last, self.job, self.hour + 1)
        return last

    def starts(self, count: int) -> Index:
        """Return the hour in which each job begins."""
        first = np.full(count, np.iinfo(np.intp).max)
        np.minimum.at(first, self.job, self.hour)
        return first


def _moves(field: Field, tasks: Sequence[Task]) -> Array:
    return field.move[[task.home for task in tasks]]


@dataclass(frozen=True, slots=True)
class _Run:
    """One job in one place: its hours, its power in them, its emissions with the move."""

    hours: Index
    power: Array
    cost: float


class Roomy:
    """Solves jobs as if each had all the room it wants; sliding sums are kept by duration."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self._sums = np.concatenate(
            (np.zeros((len(field.cost), 1)), np.cumsum(field.cost, axis=1)), axis=1
        )
        self._windows: dict[int, Array] = {}

    def solve(self, tasks: Sequence[Task]) -> Plan:
        """Return the plan of least emissions, every job in its best place."""
        places = range(len(self.field.cost))
        runs = [[self.run(task, place) for place in places] for task in tasks]
        best = [min(places, key=lambda place: one[place].cost) for one in runs]
        return gathered(tasks, [one[place] for one, place in zip(runs, best, strict=True)], best)

    def run(self, task: Task, place: int) -> _Run:
        """Return the best hours of a job in a place."""
        if task.kind == "uninterruptible":
            hours, power = self._through(task, place)
        elif task.kind == "interruptible":
            hours, power = self._cleanest(task, place)
        else:
            hours, power = self._elastic(task, place)
        cost = float(self.field.cost[place, hours] @ power)
        return _Run(hours, power, cost + (place != task.home) * float(self.field.move[task.home]))

    def windows(self, hours: int) -> Array:
        """Return the cost of ``hours`` hours from each start, shape ``(place, start)``."""
        if hours not in self._windows:
            self._windows[hours] = self._sums[:, hours:] - self._sums[:, :-hours]
        return self._windows[hours]

    def _through(self, task: Task, place: int) -> tuple[Index, Array]:
        last = task.deadline - task.hours + 1
        start = task.release + int(np.argmin(self.windows(task.hours)[place, task.release : last]))
        return start + np.arange(task.hours), np.full(task.hours, task.power)

    def _cleanest(self, task: Task, place: int) -> tuple[Index, Array]:
        window = self.field.cost[place, task.release : task.deadline]
        chosen = np.argpartition(window, task.hours - 1)[: task.hours]
        return np.sort(chosen) + task.release, np.full(task.hours, task.power)

    def _elastic(self, task: Task, place: int) -> tuple[Index, Array]:
        """Take machine-hours by emissions per work until the work is done, the last one in part."""
        window = self.field.cost[place, task.release : task.deadline]
        gains = np.array(task.gains)
        order = np.argsort(np.divide.outer(window, gains).ravel(), kind="stable")
        done = np.cumsum(gains[order % gains.size])
        count = int(np.searchsorted(done, task.hours - TOLERANCE)) + 1
        part = np.ones(count)
        part[-1] -= max(0.0, (done[count - 1] - task.hours) / gains[order[count - 1] % gains.size])
        power = np.bincount(order[:count] // gains.size, part, window.size) * task.power
        chosen = np.flatnonzero(power)
        return chosen + task.release, np.asarray(power[chosen], dtype=np.float64)


def gathered(tasks: Sequence[Task], runs: Sequence[_Run], places: Sequence[int]) -> Plan:
    """Put runs of jobs together to a plan."""
    sizes = [run.hours.size for run in runs]
    homes = np.array([task.home for task in tasks])
    return Plan(
        np.repeat(np.arange(len(tasks)), sizes),
        np.repeat(np.array(places, dtype=np.intp), sizes),
        np.concatenate([run.hours for run in runs]),
        np.concatenate([run.power for run in runs]),
        (np.array(places) != homes).astype(np.float64),
    )


def first_come(field: Field, tasks: Sequence[Task]) -> Plan:
    """Return the plan of business as usual: at home, on release, as soon as there is room.

    Jobs are taken in the order of their release. One that finds no room before its deadline runs
    late; an elastic one runs on one machine.

    Raises
    ------
    LookupError
        With the job that finds no room in the whole series.
    """
    free = field.capacity.copy()
    runs: list[_Run | None] = [None] * len(tasks)
    for number in sorted(range(len(tasks)), key=lambda n: tasks[n].release):
        task = tasks[number]
        hours = _earliest(task, free[task.home])
        if hours is None:
            raise LookupError(task.name)
        free[task.home, hours] -= task.power
        power = np.full(hours.size, task.power)
        cost = float(field.cost[task.home, hours] @ power)
        runs[number] = _Run(hours, power, cost)
    placed = [run for run in runs if run is not None]
    return gathered(tasks, placed, [task.home for task in tasks])


def _earliest(task: Task, free: Array) -> Index | None:
    """Return the first hours from release on with room for a job, or None."""
    room = free[task.release :] >= task.power * (1 - TOLERANCE)
    if task.kind == "interruptible":
        found = np.flatnonzero(room[: None if not room.all() else task.hours])[: task.hours]
        return found + task.release if found.size == task.hours else None
    if room[: task.hours].all() and room.size >= task.hours:
        return task.release + np.arange(task.hours)
    sums = np.concatenate(([0], np.cumsum(room)))
    whole = np.flatnonzero(sums[task.hours :] - sums[: -task.hours] == task.hours)
    return task.release + int(whole[0]) + np.arange(task.hours) if whole.size else None


def fully_flexible(field: Field, tasks: Sequence[Task]) -> float:
    """Return emissions if every job could pause and run in any hour of the series, with all room.

    Every job takes its cleanest hours of the whole series in its best place, without moving costs:
    what no rule for these jobs can beat.
    """
    ordered = np.cumsum(np.sort(field.cost, axis=1), axis=1)
    best = ordered.min(axis=0)
    free = Roomy(replace(field, move=np.zeros_like(field.move)))
    whole = 0.0
    for task in tasks:
        if task.kind == "elastic":
            wide = replace(task, release=0, deadline=field.hours)
            whole += min(free.run(wide, place).cost for place in range(len(field.cost)))
        else:
            whole += float(best[task.hours - 1]) * task.power
    return whole


def overloads(plan: Plan, field: Field) -> bool:
    """Tell whether a plan draws more than a place has."""
    return bool((plan.load(field) > field.capacity * (1 + TOLERANCE)).any())


def solve(field: Field, tasks: Sequence[Task], quick: bool = False) -> Plan:
    """Return the plan of least emissions within the capacity of the places.

    Parameters
    ----------
    quick
        Whether jobs that cannot pause may be planned by price alone where capacity binds.

    Raises
    ------
    lca.optimize.shifting_capacity.NoRoom
        The jobs do not fit.
    """
    plan = Roomy(field).solve(tasks)
    if not field.limited or not overloads(plan, field):
        return plan
    from lca.optimize.shifting_capacity import within_capacity

    return within_capacity(field, tasks, quick)
