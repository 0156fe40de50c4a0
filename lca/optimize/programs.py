"""Linear programs with whole numbers, built sparsely row by row and solved by HiGHS.

Rows are named, because an answer names the one that binds and the ones that conflict. Rows and
costs are scaled before they are solved: kilowatts and tokens an hour stand side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lca.errors import LcaError, ScenarioError
from lca.uncertain import Array

GAP = 1e-6
"""Relative gap to the bound at which a whole-number program counts as solved."""

SECONDS = 60.0
"""Longest time for one program; what was found by then is returned with its gap."""

_FEW = 300
"""Columns up to which a program is solved at once."""

_NEAR = 0.02
"""Columns whose reduced cost is at most this share of the highest cost are searched first."""

_INFEASIBLE, _UNBOUNDED = 2, 3
Columns = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Row:
    """A constraint: ``low <= values · x[columns] <= high``.

    Attributes
    ----------
    name
        As an answer calls it, such as ``power at oslo in 2029``.
    group
        What it is a part of, such as ``power at oslo``: conflicts are told of groups.
    path
        Where a scenario says so, such as ``optimize.constraints.0``.
    unit
        Unit of its bounds.
    """

    name: str
    group: str
    columns: Columns
    values: Array
    low: float
    high: float
    path: str = ""
    unit: str = ""

    @property
    def size(self) -> float:
        """Largest value, by which the row is scaled."""
        return float(np.abs(self.values).max(initial=0.0)) or 1.0


@dataclass(slots=True)
class Program:
    """Columns (what is decided) and rows (what must hold); costs are given when it is solved."""

    rows: list[Row] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.lower)

    def add(
        self, count: int, *, low: float = 0.0, high: float = np.inf, whole: bool = False
    ) -> Columns:
        """Add columns with bounds, whole numbers or not; return their positions."""
        start = self.size
        self.lower += [low] * count
        self.upper += [high] * count
        self.whole += [whole] * count
        return np.arange(start, start + count)

    def bound(
        self,
        name: str,
        columns: ArrayLike,
        values: ArrayLike,
        *,
        low: float = -np.inf,
        high: float = np.inf,
        group: str = "",
        path: str = "",
        unit: str = "",
    ) -> None:
        """Add a row; columns without a value are not in it."""
        at = np.asarray(columns, dtype=np.intp).ravel()
        weights = np.broadcast_to(np.asarray(values, dtype=np.float64), at.shape)
        used = weights != 0
        self.rows.append(Row(name, group or name, at[used], weights[used], low, high, path, unit))

    def copy(self) -> Program:
        """Return a program that can be added to while this one stays as it is."""
        return Program(self.rows[:], self.lower[:], self.upper[:], self.whole[:])

    def groups(self) -> tuple[str, ...]:
        """Return the groups of its rows, each once."""
        return tuple(dict.fromkeys(row.group for row in self.rows))


@dataclass(frozen=True, slots=True)
class Solution:
    """What was found.

    Attributes
    ----------
    values
        One for each column; whole numbers are whole.
    objective
        Costs · values.
    gap
        Relative distance to what no solution can be below.
    """

    values: Array
    objective: float
    gap: float


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A program without whole numbers.

    Attributes
    ----------
    objective, values
        What it comes to, which no whole numbers can be below, and one value for each column.
    prices
        By row: change of the objective for one more unit of its bound.
    reduced
        By column: what one more of it would add to the objective at least.
    """

    objective: float
    values: Array
    prices: Mapping[str, float]
    reduced: Array


def solve(
    program: Program,
    costs: ArrayLike,
    *,
    without: Collection[str] = (),
    gap: float = GAP,
    seconds: float = SECONDS,
) -> Solution | None:
    """Minimize costs; return None where the rows cannot all hold.

    Parameters
    ----------
    without
        Groups of rows that are left out.
    gap, seconds
        When to stop.

    Raises
    ------
    ScenarioError
        If nothing limits what is decided.
    LcaError
        If nothing was found in time.
    """
    from scipy.optimize import Bounds, milp

    price, scale = _scaled(costs, program.size)
    found = milp(
        price,
        integrality=np.array(program.whole, dtype=np.int8),
        bounds=Bounds(np.array(program.lower), np.array(program.upper)),
        constraints=_limits([row for row in program.rows if row.group not in without], program),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if found.x is None:
        _check_status(int(found.status))
        return None
    values = np.where(program.whole, np.round(found.x), found.x) + 0.0  # no negative zeros
    left = getattr(found, "mip_gap", None)
    return Solution(values, float(price @ values) * scale, float(left or 0.0))


def search(
    program: Program, costs: ArrayLike, *, gap: float = GAP, seconds: float = SECONDS
) -> Solution | None:
    """Minimize costs of a program with many whole columns, most of which no good solution uses.

    Columns whose reduced cost in the relaxation is small are searched first; then all that could
    still be in a better solution, which are those whose reduced cost is below what is left between
    solution and bound. Where time runs out the gap says how much better another could be.
    """
    bound = relax(program, costs)
    if bound is None:
        return None
    if program.size <= _FEW:
        return solve(program, costs, gap=gap, seconds=seconds)
    prices = np.zeros(program.size)
    prices[: np.size(costs)] = np.asarray(costs)
    first = _within(program, prices, bound.reduced, _NEAR * float(np.abs(prices).max()), gap)
    if first is None:
        return solve(program, costs, gap=gap, seconds=seconds)
    left = first.objective - bound.objective
    if left <= gap * abs(first.objective):
        return replace(first, gap=_relative(first, bound.objective))
    second = _within(program, prices, bound.reduced, left, gap, seconds)
    if second is None or second.objective >= first.objective:
        floor = bound.objective if second is None else second.objective * (1 - second.gap)
        return replace(first, gap=_relative(first, max(bound.objective, floor)))
    return replace(second, gap=min(second.gap, _relative(second, bound.objective)))


def _relative(found: Solution, floor: float) -> float:
    return max(0.0, (found.objective - floor) / (abs(found.objective) or 1.0))


def _within(
    program: Program,
    costs: Array,
    reduced: Array,
    most: float,
    gap: float,
    seconds: float = SECONDS,
) -> Solution | None:
    """Solve with the whole columns alone whose reduced cost is at most so much."""
    kept = (reduced <= most) | ~np.array(program.whole)
    narrow = program.copy()
    narrow.upper = np.where(kept, program.upper, program.lower).tolist()
    try:
        return solve(narrow, costs, gap=gap, seconds=seconds)
    except LcaError:
        return None


def relax(program: Program, costs: ArrayLike) -> Relaxed | None:
    """Minimize costs without whole numbers, for the prices of the rows; None if impossible.

    The price of a row is the change of the objective for one more unit of its bound.
    """
    from scipy.optimize import linprog

    price, scale = _scaled(costs, program.size)
    sides = _sides(program.rows)
    bounds = np.column_stack([program.lower, program.upper])
    found = linprog(price, **_system(sides, program.size), bounds=bounds, method="highs")
    if found.x is None:
        _check_status(int(found.status))
        return None
    prices: dict[str, float] = {}
    for kind, marginals in ((False, found.ineqlin.marginals), (True, found.eqlin.marginals)):
        chosen = [side for side in sides if side.equal is kind]
        for side, marginal in zip(chosen, np.asarray(marginals).tolist(), strict=True):
            worth = side.sign * marginal * scale / side.row.size
            prices[side.row.name] = prices.get(side.row.name, 0.0) + worth
    reduced = np.asarray(found.lower.marginals) * scale
    return Relaxed(float(found.fun) * scale, np.asarray(found.x), prices, reduced)


def _check_status(status: int) -> None:
    if status == _UNBOUNDED:
        msg = "nothing limits what is decided: the objective can be made as low as one likes"
        raise ScenarioError(msg)
    if status != _INFEASIBLE:
        msg = f"no solution was found within {SECONDS:.0f} s; ask for fewer years, types or sites"
        raise LcaError(msg)


def _scaled(costs: ArrayLike, size: int) -> tuple[Array, float]:
    price = np.zeros(size)
    given = np.asarray(costs, dtype=np.float64)
    price[: given.size] = given
    scale = float(np.abs(price).max(initial=0.0)) or 1.0
    return price / scale, scale


def matrix(rows: Sequence[Row], size: int) -> Any:
    """Return rows as a sparse matrix (CSR), each divided by its largest value."""
    from scipy.sparse import csr_array

    counts = [row.columns.size for row in rows]
    at = np.concatenate([row.columns for row in rows]) if rows else np.zeros(0, dtype=np.intp)
    values = np.concatenate([row.values / row.size for row in rows]) if rows else np.zeros(0)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
    return csr_array((values, at, starts), shape=(len(rows), size))


def _limits(rows: Sequence[Row], program: Program) -> Any:
    from scipy.optimize import LinearConstraint

    if not rows:
        return ()
    low = np.array([row.low / row.size for row in rows])
    high = np.array([row.high / row.size for row in rows])
    return LinearConstraint(matrix(rows, program.size), low, high)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a row: ``sign`` is -1 for a lower bound, turned into an upper one."""

    row: Row
    sign: float
    equal: bool

    @property
    def bound(self) -> float:
        """Bound of this side, in the size of its row."""
        return (self.row.low if self.sign < 0 else self.row.high) / self.row.size


def _sides(rows: Sequence[Row]) -> list[_Side]:
    found = []
    for row in rows:
        if row.low == row.high:
            found.append(_Side(row, 1.0, equal=True))
            continue
        if np.isfinite(row.high):
            found.append(_Side(row, 1.0, equal=False))
        if np.isfinite(row.low):
            found.append(_Side(row, -1.0, equal=False))
    return found


def _system(sides: Sequence[_Side], size: int) -> dict[str, Any]:
    system: dict[str, Any] = {}
    for equal, left, right in ((False, "A_ub", "b_ub"), (True, "A_eq", "b_eq")):
        chosen = [side for side in sides if side.equal is equal]
        if chosen:
            signs = np.array([side.sign for side in chosen])
            whole = matrix([side.row for side in chosen], size)
            system[left] = whole.multiply(signs[:, None]).tocsr()
            system[right] = np.array([side.bound * side.sign for side in chosen])
    return system
