"""Jobs in places with too little room for all: one linear program, whole where jobs are whole.

Jobs of equal window, duration and kind are merged, which is exact: their power can be shared out
among them in every hour. Only hours that could be overdrawn get a row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lca.optimize.shifting import TOLERANCE, Array, Field, Index, Plan, Task
from lca.optimize.shifting_program import Asked, Block, program_of

_GAP = 2e-3
"""Whole jobs are planned to within this share of the bound."""

_SECONDS = 10.0
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


def within_capacity(field: Field, tasks: Sequence[Task], quick: bool = False) -> Plan:
    """Return the plan of least emissions that keeps to the capacity.

    Parameters
    ----------
    quick
        Whether jobs that cannot pause may be planned by price alone, without a search.

    Raises
    ------
    NoRoom
        The jobs do not fit.
    """
    asked = program_of(field, tasks, quick)
    solution, prices, gap = _solved(asked)
    return _shared_out(solution, prices, gap, tasks, asked)


def _solved(asked: Asked) -> tuple[Array, Array | None, float]:
    """Return the columns, the prices of capacity by place and hour, and the proven gap."""
    found = _linear(asked, asked.limits)
    if found is None:
        raise NoRoom(_needed(asked))
    values, marginals = found
    halves = asked.whole & (np.abs(values - np.round(values)) > _WHOLE)
    if halves.any():
        return _whole_jobs(asked, values, marginals, halves)
    prices = np.zeros(asked.field.cost.size)
    prices[asked.rows.tight] = -marginals[: asked.rows.tight.size]
    return values, prices.reshape(asked.field.cost.shape), 0.0


def _linear(asked: Asked, limits: Array) -> tuple[Array, Array] | None:
    """Solve with fractions of jobs: columns and marginals of the upper bounds, or None."""
    from scipy.optimize import linprog

    rows = asked.rows
    found = linprog(
        asked.cost,
        rows.upper,
        rows.bound,
        rows.equal,
        asked.right,
        limits,
        method="highs-ds",
        options={"simplex_dual_edge_weight_strategy": "devex"},
    )
    if found.status == _INFEASIBLE:
        return None
    if found.x is None:
        raise ArithmeticError(found.message)
    return np.asarray(found.x), np.asarray(found.ineqlin.marginals)


def _whole_jobs(
    asked: Asked, values: Array, marginals: Array, halves: NDArray[np.bool_]
) -> tuple[Array, None, float]:
    """Return whole jobs, within `_GAP` of the linear program where that is found in time.

    Jobs are set one by one where they are cheapest at the prices of the linear program, which is a
    bound from below; what pauses fills the rest. Where that is not near enough, the jobs that the
    program split are planned exactly, then all together.
    """
    bound = float(asked.cost @ values)
    best = next(filter(_found, (_set_one_by_one(asked, marginals, n) for n in (False, True))), None)
    split = np.isin(_row_of(asked), _row_of(asked)[halves])
    kept = (asked.whole & ~split)[:, None]
    near = np.where(kept, np.round(values)[:, None], asked.limits)
    for limits in (near, asked.limits):
        if best is not None and (asked.quick or limits is asked.limits):
            break
        if best is not None and _gap(asked, best, bound) <= _GAP:
            break
        found = _mixed(asked, limits)
        if found is not None and (best is None or asked.cost @ found < asked.cost @ best):
            best = found
    if best is None:
        raise NoRoom(_needed(asked))
    return best, None, max(0.0, _gap(asked, best, bound))


def _gap(asked: Asked, values: Array, bound: float) -> float:
    return float(asked.cost @ values) / bound - 1 if bound > 0 else 0.0


def _found(values: Array | None) -> bool:
    return values is not None


def _set_one_by_one(asked: Asked, marginals: Array, tightest: bool) -> Array | None:
    """Set whole jobs where room and prices let them; None where one has no room.

    The largest come first, or those of the least slack.
    """
    priced = asked.cost - asked.rows.upper.T @ marginals
    free, limits = asked.field.capacity.copy(), asked.limits.copy()
    limits[asked.whole, 1] = 0.0
    blocks: dict[int, list[Block]] = {}
    for block in asked.blocks:
        if asked.groups[block.group].task.kind == "uninterruptible":
            blocks.setdefault(block.group, []).append(block)
    for number in sorted(blocks, key=lambda n: _urgency(asked.groups[n].task, tightest)):
        for _ in asked.groups[number].members:
            column = _cheapest(blocks[number], priced, free, asked.groups[number].task)
            if column is None:
                return None
            limits[column] += 1.0
    found = _linear(asked, limits)
    return None if found is None else found[0]


def _urgency(task: Task, tightest: bool) -> tuple[float, float]:
    size, slack = -task.power * task.hours, task.deadline - task.release - task.hours
    return (slack, size) if tightest else (size, slack)


def _cheapest(blocks: Sequence[Block], priced: Array, free: Array, task: Task) -> int | None:
    """Return the column of the cheapest start with room, and take the room."""
    best: tuple[float, int, int, int] | None = None
    for block in blocks:
        span = free[block.place, block.hours[0] : block.hours[-1] + task.hours]
        room = np.lib.stride_tricks.sliding_window_view(span, task.hours).min(axis=1)
        costs = np.where(room >= task.power * (1 - TOLERANCE), priced[block.columns], np.inf)
        place = int(np.argmin(costs))
        if np.isfinite(costs[place]) and (best is None or costs[place] < best[0]):
            best = (
                float(costs[place]),
                int(block.columns[place]),
                block.place,
                int(block.hours[place]),
            )
    if best is None:
        return None
    free[best[2], best[3] : best[3] + task.hours] -= task.power
    return best[1]


def _row_of(asked: Asked) -> Index:
    """Return a row of equalities that each column stands in."""
    entries = asked.rows.equal.tocoo()
    found = np.full(asked.cost.size, -1)
    found[entries.coords[1]] = entries.coords[0]
    return found


def _mixed(asked: Asked, limits: Array) -> Array | None:
    """Solve with whole jobs; None where none was found in time."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = asked.rows
    found = milp(
        asked.cost,
        integrality=asked.whole.astype(int),
        bounds=Bounds(limits[:, 0], limits[:, 1]),
        constraints=[
            LinearConstraint(rows.equal, asked.right, asked.right),
            LinearConstraint(rows.upper, -np.inf, rows.bound),
        ],
        options={"mip_rel_gap": _GAP / 2, "time_limit": _SECONDS},
    )
    return None if found.x is None else np.asarray(found.x)


def _needed(asked: Asked) -> float:
    """Return how many times the capacity lets the jobs fit: one elastic factor on all of it."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack

    rows = asked.rows
    column, count = np.zeros((rows.bound.size, 1)), rows.tight.size
    column[:count, 0] = -rows.bound[:count]
    stretched = hstack([rows.upper, csr_array(column)], format="csr")
    wider = hstack([rows.equal, csr_array((len(asked.right), 1))], format="csr")
    cost = np.append(np.zeros(asked.cost.size), 1.0)
    right = np.concatenate((np.zeros(count), rows.bound[count:]))
    bounds = np.vstack((asked.limits, [0.0, np.inf]))
    found = linprog(cost, stretched, right, wider, asked.right, bounds, method="highs")
    return float(found.x[-1]) if found.x is not None else float("inf")


def _shared_out(
    solution: Array, prices: Array | None, gap: float, tasks: Sequence[Task], asked: Asked
) -> Plan:
    """Share out what groups do among their jobs."""
    parts: list[tuple[Index, Index, Index, Array]] = []
    taken = [0] * len(asked.groups)
    for block in asked.blocks:
        group = asked.groups[block.group]
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
