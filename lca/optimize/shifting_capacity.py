"""Jobs in places with too little room for all: one linear program, whole where jobs are whole.

Jobs of equal window, duration and kind are merged, which is exact: their power can be shared out
among them in every hour. Only hours that could be overdrawn get a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lca.optimize.shifting import TOLERANCE, Array, Field, Index, Plan, Roomy, Task

_GAP = 1e-3
"""Whole jobs are planned to within this share of the bound."""

_SECONDS = 20.0
_WHOLE = 1e-6
_INFEASIBLE = 2


class NoRoom(ValueError):
    """The jobs do not fit.

    Attributes
    ----------
    factor
        How often the capacity is needed for them to fit within their deadlines.
    """

    def __init__(self, needed: float) -> None:
        self.factor = needed
        super().__init__(f"the capacity is needed {needed:.3g} times")


@dataclass(frozen=True, slots=True)
class _Group:
    """Jobs that differ in power only, or in nothing where they must run through."""

    task: Task
    members: tuple[int, ...]
    power: float


@dataclass(slots=True)
class _Program:
    """A linear program as it grows: columns with costs and bounds, entries of rows."""

    cost: list[Array] = field(default_factory=list)
    upper: list[Array] = field(default_factory=list)
    whole: list[Array] = field(default_factory=list)
    equal: list[tuple[Index, Index, Array]] = field(default_factory=list)
    room: list[tuple[Index, Index, Array]] = field(default_factory=list)
    linked: list[tuple[Index, Index, Array]] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    size: int = 0
    links: int = 0

    def add(self, cost: Array, upper: float, whole: bool) -> Index:
        """Add columns and return their numbers."""
        self.cost.append(cost)
        self.upper.append(np.full(cost.size, upper))
        self.whole.append(np.full(cost.size, int(whole)))
        columns = self.size + np.arange(cost.size)
        self.size += cost.size
        return columns

    def must(self, columns: Index, factors: Array, right: float) -> None:
        """Add a row: the weighted sum of columns is a number."""
        row = np.full(columns.size, len(self.right))
        self.equal.append((row, columns, factors))
        self.right.append(right)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of the program: equalities, upper bounds, and which hours have a row of room."""

    equal: Any
    upper: Any
    bound: Array
    tight: Index


@dataclass(frozen=True, slots=True)
class _Block:
    """Columns of one group in one place: hours (or starts) by machine."""

    group: int
    place: int
    columns: Index
    hours: Index


def within_capacity(field: Field, tasks: Sequence[Task]) -> Plan:
    """Return the plan of least emissions that keeps to the capacity.

    Raises
    ------
    NoRoom
        The jobs do not fit.
    """
    groups = _merged(tasks)
    program, blocks = _formulated(field, groups)
    solution, prices, gap = _solved(program, field, groups)
    return _shared_out(solution, prices, gap, field, tasks, groups, blocks)


def _merged(tasks: Sequence[Task]) -> list[_Group]:
    found: dict[tuple[object, ...], list[int]] = {}
    for number, task in enumerate(tasks):
        through = task.kind == "uninterruptible"
        key = (task.kind, task.hours, task.release, task.deadline, task.gains, task.home)
        found.setdefault((*key, task.power if through else 0.0), []).append(number)
    return [
        _Group(tasks[numbers[0]], tuple(numbers), sum(tasks[n].power for n in numbers))
        for numbers in found.values()
    ]


def _formulated(field: Field, groups: Sequence[_Group]) -> tuple[_Program, list[_Block]]:
    program, blocks = _Program(), []
    roomy = Roomy(field)
    for number, group in enumerate(groups):
        if group.task.kind == "uninterruptible":
            blocks += _starts(program, field, roomy, number, group)
        else:
            blocks += _hours(program, field, number, group)
    return program, blocks


def _starts(
    program: _Program, field: Field, roomy: Roomy, number: int, group: _Group
) -> list[_Block]:
    """Add how many jobs of a group begin in each hour of each place."""
    task, count = group.task, len(group.members)
    starts = np.arange(task.release, task.deadline - task.hours + 1)
    blocks = []
    for place in range(len(field.cost)):
        moved = float(field.move[task.home]) * (place != task.home)
        cost = roomy.windows(task.hours)[place, starts] * task.power + moved
        columns = program.add(cost, count, whole=True)
        hours = np.add.outer(starts, np.arange(task.hours))
        rows = (place * field.hours + hours).ravel()
        program.room.append((rows, np.repeat(columns, task.hours), np.full(rows.size, task.power)))
        blocks.append(_Block(number, place, columns, starts))
    together = np.concatenate([block.columns for block in blocks])
    program.must(together, np.ones(together.size), count)
    return blocks


def _hours(program: _Program, field: Field, number: int, group: _Group) -> list[_Block]:
    """Add the power of a group in each hour of each place, by machine."""
    task = group.task
    hours = np.tile(np.arange(task.release, task.deadline), len(task.gains))
    gains = np.repeat(task.gains, task.deadline - task.release)
    work = task.hours * group.power
    blocks, shares = [], []
    several = len(field.cost) > 1
    for place in range(len(field.cost)):
        columns = program.add(field.cost[place, hours], group.power, whole=False)
        program.room.append((place * field.hours + hours, columns, np.ones(columns.size)))
        blocks.append(_Block(number, place, columns, hours))
        if not several:
            program.must(columns, gains, work)
            continue
        moved = float(field.move[task.home]) * (place != task.home) * len(group.members)
        share = program.add(np.array([moved]), 1.0, whole=False)
        shares.append(share)
        program.must(np.append(columns, share), np.append(gains, -work), 0.0)
        rows = program.links + np.arange(columns.size)
        program.linked.append((rows, columns, np.ones(columns.size)))
        program.linked.append((rows, np.repeat(share, columns.size), -np.full(columns.size, group.power)))
        program.links += columns.size
    if several:
        program.must(np.concatenate(shares), np.ones(len(shares)), 1.0)
    return blocks


def _potential(field: Field, groups: Sequence[_Group]) -> Array:
    """Return the most power that could be drawn in each hour of any place."""
    edges = np.zeros(field.hours + 1)
    for group in groups:
        most = group.power * len(group.task.gains)
        edges[group.task.release] += most
        edges[group.task.deadline] -= most
    return np.cumsum(edges)[:-1]


def _matrices(program: _Program, field: Field, groups: Sequence[_Group]) -> _Rows:
    from scipy.sparse import coo_array, vstack

    def matrix(parts: list[tuple[Index, Index, Array]], rows: int) -> coo_array:
        if not parts:
            return coo_array((rows, program.size))
        row, column, value = (np.concatenate([part[i] for part in parts]) for i in range(3))
        return coo_array((value, (row, column)), shape=(rows, program.size))

    tight = np.flatnonzero((_potential(field, groups) > field.capacity * (1 - TOLERANCE)).ravel())
    room = matrix(program.room, field.cost.size).tocsr()[tight]
    upper = vstack([room, matrix(program.linked, program.links)], format="csr")
    bound = np.concatenate((field.capacity.ravel()[tight], np.zeros(program.links)))
    return _Rows(matrix(program.equal, len(program.right)).tocsr(), upper, bound, tight)


def _solved(
    program: _Program, field: Field, groups: Sequence[_Group]
) -> tuple[Array, Array | None, float]:
    """Return the columns, the prices of capacity by place and hour, and the proven gap."""
    from scipy.optimize import linprog

    rows = _matrices(program, field, groups)
    cost, most = np.concatenate(program.cost), np.concatenate(program.upper)
    whole = np.concatenate(program.whole)
    limits = np.stack((np.zeros(program.size), most), axis=1)
    found = linprog(cost, rows.upper, rows.bound, rows.equal, program.right, limits, method="highs")
    if found.status == _INFEASIBLE:
        raise NoRoom(_needed(rows, program, limits))
    if found.x is None:
        raise ArithmeticError(found.message)
    values = np.asarray(found.x)
    halves = (whole > 0) & (np.abs(values - np.round(values)) > _WHOLE)
    if not halves.any():
        prices = np.zeros(field.cost.size)
        prices[rows.tight] = -found.ineqlin.marginals[: rows.tight.size]
        return values, prices.reshape(field.cost.shape), 0.0
    return _whole_jobs(rows, program, cost, limits, whole, values, halves)


def _whole_jobs(
    rows: _Rows,
    program: _Program,
    cost: Array,
    limits: Array,
    whole: Array,
    values: Array,
    halves: NDArray[np.bool_],
) -> tuple[Array, None, float]:
    """Return whole jobs: first with those kept that are whole already, then all together.

    The linear program is a bound from below, so the distance of either from it is proven.
    """
    bound = float(cost @ values)
    rounded = np.round(values)
    split = np.isin(_row_of(program), _row_of(program)[halves])
    kept = (whole > 0) & ~split
    near = np.where(kept[:, None], rounded[:, None], limits)
    for tried in (near, limits):
        found = _mixed(rows, program, cost, tried, whole)
        if found is not None:
            gap = float(cost @ found) / bound - 1 if bound > 0 else 0.0
            if gap <= _GAP or tried is limits:
                return found, None, max(0.0, gap)
    raise NoRoom(_needed(rows, program, limits))


def _row_of(program: _Program) -> Index:
    """Return the first row of equalities that each column stands in."""
    row, column = (np.concatenate([part[i] for part in program.equal]) for i in range(2))
    found = np.full(program.size, -1)
    found[column] = row
    return found


def _mixed(
    rows: _Rows, program: _Program, cost: Array, limits: Array, whole: Array
) -> Array | None:
    """Solve with whole jobs; None where none was found in time."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    found = milp(
        cost,
        integrality=whole,
        bounds=Bounds(limits[:, 0], limits[:, 1]),
        constraints=[
            LinearConstraint(rows.equal, program.right, program.right),
            LinearConstraint(rows.upper, -np.inf, rows.bound),
        ],
        options={"mip_rel_gap": _GAP / 2, "time_limit": _SECONDS},
    )
    return None if found.x is None else np.asarray(found.x)


def _needed(rows: _Rows, program: _Program, limits: Array) -> float:
    """Return how many times the capacity lets the jobs fit: one elastic factor on all of it."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    column, count = np.zeros((rows.bound.size, 1)), rows.tight.size
    column[:count, 0] = -rows.bound[:count]
    stretched = hstack([rows.upper, csr_array(column)], format="csr")
    wider = hstack([rows.equal, csr_array((len(program.right), 1))], format="csr")
    cost = np.append(np.zeros(program.size), 1.0)
    right = np.concatenate((np.zeros(count), rows.bound[count:]))
    bounds = np.vstack((limits, [0.0, np.inf]))
    found = linprog(cost, stretched, right, wider, program.right, bounds, method="highs")
    return float(found.x[-1]) if found.x is not None else float("inf")


def _shared_out(
    solution: Array,
    prices: Array | None,
    gap: float,
    field: Field,
    tasks: Sequence[Task],
    groups: Sequence[_Group],
    blocks: Sequence[_Block],
) -> Plan:
    """Share out what groups do among their jobs."""
    parts: list[tuple[Index, Index, Index, Array]] = []
    taken = [0] * len(groups)
    for block in blocks:
        group = groups[block.group]
        values = solution[block.columns]
        used = np.flatnonzero(values > TOLERANCE * max(1.0, group.power))
        if group.task.kind == "uninterruptible":
            begin = np.repeat(block.hours[used], np.round(values[used]).astype(int))
            members = np.array(group.members)[taken[block.group] :][: begin.size]
            taken[block.group] += begin.size
            jobs = np.repeat(members, group.task.hours)
            hours = np.add.outer(begin, np.arange(group.task.hours)).ravel()
            power = np.full(jobs.size, group.task.power)
        else:
            share = np.array([tasks[n].power for n in group.members]) / group.power
            jobs = np.repeat(np.array(group.members), used.size)
            hours = np.tile(block.hours[used], share.size)
            power = np.outer(share, values[used]).ravel()
        parts.append((jobs, np.full(jobs.size, block.place), hours, power))
    job, place, hour, power = (np.concatenate([part[i] for part in parts]) for i in range(4))
    return Plan(job, place, hour, power, _moved(job, place, power, tasks), prices, gap)


def _moved(job: Index, place: Index, power: Array, tasks: Sequence[Task]) -> Array:
    """Return the share of each job's energy that runs away from home."""
    homes = np.array([task.home for task in tasks])
    whole = np.bincount(job, power, len(tasks))
    away = np.bincount(job, power * (place != homes[job]), len(tasks))
    return np.asarray(away / np.maximum(whole, TOLERANCE))
