"""The program of jobs in places with too little room: columns, rows, and what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lca.optimize.shifting import TOLERANCE, Array, Field, Index, Roomy, Task


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs that differ in power only, or in nothing where they must run through."""

    task: Task
    members: tuple[int, ...]
    power: float


@dataclass(slots=True)
class Program:
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
class Rows:
    """Rows of the program: equalities, upper bounds, and which hours have a row of room."""

    equal: Any
    upper: Any
    bound: Array
    tight: Index


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of one group in one place: hours (or starts) by machine."""

    group: int
    place: int
    columns: Index
    hours: Index


@dataclass(frozen=True, eq=False)
class Asked:
    """The whole program: columns with cost and bounds, rows, and what they stand for."""

    field: Field
    groups: Sequence[Group]
    blocks: Sequence[Block]
    rows: Rows
    cost: Array
    whole: NDArray[np.bool_]
    limits: Array
    right: Array
    quick: bool


def program_of(field: Field, tasks: Sequence[Task], quick: bool) -> Asked:
    """Return the program of jobs in their field."""
    groups = merged(tasks)
    program, blocks = formulated(field, groups)
    most = np.concatenate(program.upper)
    return Asked(
        field,
        groups,
        blocks,
        matrices(program, field, groups),
        np.concatenate(program.cost),
        np.concatenate(program.whole) > 0,
        np.stack((np.zeros(program.size), most), axis=1),
        np.array(program.right),
        quick,
    )


def merged(tasks: Sequence[Task]) -> list[Group]:
    """Merge jobs of equal window, duration and kind; whole jobs of equal power, too."""
    found: dict[tuple[object, ...], list[int]] = {}
    for number, task in enumerate(tasks):
        through = task.kind == "uninterruptible"
        key = (task.kind, task.hours, task.release, task.deadline, task.gains, task.home)
        found.setdefault((*key, task.power if through else 0.0), []).append(number)
    return [
        Group(tasks[numbers[0]], tuple(numbers), sum(tasks[n].power for n in numbers))
        for numbers in found.values()
    ]


def formulated(field: Field, groups: Sequence[Group]) -> tuple[Program, list[Block]]:
    """Return columns, costs and rows of all groups in all places."""
    program, blocks = Program(), []
    roomy = Roomy(field)
    for number, group in enumerate(groups):
        if group.task.kind == "uninterruptible":
            blocks += _starts(program, field, roomy, number, group)
        else:
            blocks += _hours(program, field, number, group)
    return program, blocks


def _starts(program: Program, field: Field, roomy: Roomy, number: int, group: Group) -> list[Block]:
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
        blocks.append(Block(number, place, columns, starts))
    together = np.concatenate([block.columns for block in blocks])
    program.must(together, np.ones(together.size), count)
    return blocks


def _hours(program: Program, field: Field, number: int, group: Group) -> list[Block]:
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
        blocks.append(Block(number, place, columns, hours))
        if not several:
            program.must(columns, gains, work)
            continue
        moved = float(field.move[task.home]) * (place != task.home) * len(group.members)
        share = program.add(np.array([moved]), 1.0, whole=False)
        shares.append(share)
        program.must(np.append(columns, share), np.append(gains, -work), 0.0)
        rows = program.links + np.arange(columns.size)
        program.linked.append((rows, columns, np.ones(columns.size)))
        program.linked.append(
            (rows, np.repeat(share, columns.size), -np.full(columns.size, group.power))
        )
        program.links += columns.size
    if several:
        program.must(np.concatenate(shares), np.ones(len(shares)), 1.0)
    return blocks


def _potential(field: Field, groups: Sequence[Group]) -> Array:
    """Return the most power that could be drawn in each hour of any place."""
    edges = np.zeros(field.hours + 1)
    for group in groups:
        most = group.power * len(group.task.gains)
        edges[group.task.release] += most
        edges[group.task.deadline] -= most
    return np.cumsum(edges)[:-1]


def matrices(program: Program, field: Field, groups: Sequence[Group]) -> Rows:
    """Return the rows as sparse matrices; room only for hours that could be overdrawn."""
    from scipy.sparse import coo_array, vstack

    def matrix(parts: list[tuple[Index, Index, Array]], rows: int) -> coo_array:
        """Return parts of rows, columns and values as one sparse matrix."""
        if not parts:
            return coo_array((rows, program.size))
        row, column, value = (np.concatenate([part[i] for part in parts]) for i in range(3))
        return coo_array((value, (row, column)), shape=(rows, program.size))

    tight = np.flatnonzero((_potential(field, groups) > field.capacity * (1 - TOLERANCE)).ravel())
    room = matrix(program.room, field.cost.size).tocsr()[tight]
    upper = vstack([room, matrix(program.linked, program.links)], format="csr")
    bound = np.concatenate((field.capacity.ravel()[tight], np.zeros(program.links)))
    return Rows(matrix(program.equal, len(program.right)).tocsr(), upper, bound, tight)
