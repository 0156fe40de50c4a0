"""Solar, wind and battery beside the grid, hour by hour: one linear program.

The load of every hour is met by own generation, the battery and the grid; what is left over is not
used and not credited. The battery ends as full as it begins. Minimized is what a year emits: the
embodied emissions of what is built, by year of life, and the grid in its hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BUILT = ("solar", "wind", "battery")
"""What can be built: kW, kW, kWh; the first columns of the program."""

_INFEASIBLE = 2


class CannotBe(ValueError):
    """No design keeps to all limits."""


@dataclass(frozen=True, eq=False)
class System:
    """What the program is made of.

    Attributes
    ----------
    load
        Power of the facility, kW, shape ``(hour,)``.
    grid
        Objective per kWh from the grid (kgCO2e/kWh), shape ``(hour,)``.
    profiles
        Generation per kW built, by ``solar`` and ``wind``, shape ``(hour,)``.
    embodied
        Objective per kW (battery: kWh) and year, by what can be built.
    maximum
        Most of each; 0 where it cannot be built.
    charge, discharge
        Efficiencies of the battery.
    hours
        Hours to charge it at full power.
    """

    load: Array
    grid: Array
    profiles: Mapping[str, Array]
    embodied: Mapping[str, float]
    maximum: Mapping[str, float]
    charge: float
    discharge: float
    hours: float


@dataclass(frozen=True, slots=True)
class Limit:
    """A weighted sum of what is built and of the grid's hours that must stay below a bound."""

    name: str
    built: Mapping[str, float]
    grid: Array | float
    bound: float


@dataclass(frozen=True, eq=False)
class Design:
    """What is built and what flows.

    Attributes
    ----------
    built
        kW of solar and wind, kWh of battery.
    grid, charged, discharged, stored
        kW, kW, kW, and kWh at the beginning of each hour, shape ``(hour,)``.
    value
        The objective (kgCO2e per year).
    load_price
        Objective for one more kWh of load, shape ``(hour,)``.
    prices
        Objective for one more unit of each bound that holds back: maximum, or limit by name.
    """

    built: Mapping[str, float]
    grid: Array
    charged: Array
    discharged: Array
    stored: Array
    value: float
    load_price: Array
    prices: Mapping[str, float] = field(default_factory=dict)


def design(system: System, limits: tuple[Limit, ...] = ()) -> Design:
    """Return the design of the lowest objective.

    Raises
    ------
    CannotBe
        The limits leave none.
    """
    from scipy.optimize import linprog

    hours, size = system.load.size, float(system.load.mean()) or 1.0
    cost = np.concatenate(
        ([system.embodied.get(name, 0.0) for name in BUILT], system.grid, np.zeros(3 * hours))
    )
    upper, bound = _upper(system, limits)
    ceiling = np.full(cost.size, np.inf)
    ceiling[:3] = [system.maximum.get(name, 0.0) / size for name in BUILT]
    if not ceiling[2]:
        ceiling[3 + hours :] = 0.0
    found = linprog(
        cost,
        upper,
        bound / size,
        _dynamics(system),
        np.zeros(hours),
        np.stack((np.zeros(cost.size), ceiling), axis=1),
        method="highs-ds",
        options={"simplex_dual_edge_weight_strategy": "devex"},  # half the time of the default
    )
    if found.status == _INFEASIBLE:
        msg = "no design keeps to all limits"
        raise CannotBe(msg)
    if found.x is None:
        raise ArithmeticError(found.message)
    return _read(found, size, hours, limits)


def _read(found: Any, size: float, hours: int, limits: tuple[Limit, ...]) -> Design:
    """Return the design in kW; the program is solved for a mean load of one, which is quicker."""
    values = np.asarray(found.x) * size
    flows = values[3:].reshape(4, hours)
    rows = np.asarray(found.ineqlin.marginals)
    prices = {
        f"maximum of {name}": float(price)
        for name, price in zip(BUILT, found.upper.marginals[:3], strict=True)
        if price < 0
    }
    tail = rows[rows.size - len(limits) :] if limits else rows[:0]
    prices |= {one.name: float(p) for one, p in zip(limits, tail, strict=True) if p < 0}
    built = dict(zip(BUILT, map(float, values[:3]), strict=True))
    grid, charged, discharged, stored = flows
    value = float(found.fun) * size
    return Design(built, grid, charged, discharged, stored, value, -rows[:hours], prices)


def _upper(system: System, limits: tuple[Limit, ...]) -> tuple[Any, Array]:
    """Return rows that stay below a bound: load, storage, power of the battery, limits."""
    from scipy.sparse import csr_array, eye_array, hstack, vstack

    hours = system.load.size
    one, none = eye_array(hours, format="csr"), csr_array((hours, hours))
    column = np.ones((hours, 1))
    nothing = np.zeros((hours, 1))
    solar, wind = (system.profiles.get(n, np.zeros(hours))[:, None] for n in BUILT[:2])
    power = column / system.hours

    def row(built: tuple[Array, Array, Array], *flows: Any) -> Any:
        """Return rows of what is built and of the flows of each hour, side by side."""
        return hstack([csr_array(np.hstack(built)), *flows], format="csr")

    blocks = [
        row((-solar, -wind, nothing), -one, one, -one, none),
        row((nothing, nothing, -column), none, none, none, one),
        row((nothing, nothing, -power), none, one, none, none),
        row((nothing, nothing, -power), none, none, one, none),
    ]
    if not system.maximum.get("battery"):
        blocks = blocks[:1]
    bound = [-system.load, *[np.zeros(hours)] * (len(blocks) - 1)]
    for limit in limits:
        built = [limit.built.get(name, 0.0) for name in BUILT]
        flows = np.broadcast_to(limit.grid, hours)
        blocks.append(csr_array(np.concatenate((built, flows, np.zeros(3 * hours)))[None]))
        bound.append(np.array([limit.bound]))
    return vstack(blocks, format="csr"), np.concatenate(bound)


def _dynamics(system: System) -> Any:
    """Return rows of what is stored: the next hour's less this one's is what went in and out."""
    from scipy.sparse import csr_array, eye_array, hstack

    hours = system.load.size
    one = eye_array(hours, format="csr")
    here = np.arange(hours)
    following = csr_array((np.ones(hours), (here, (here + 1) % hours)), shape=(hours, hours))
    none = csr_array((hours, len(BUILT) + hours))
    return hstack(
        [none, -system.charge * one, one / system.discharge, following - one], format="csr"
    )
