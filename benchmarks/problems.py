"""Problems that both sides of a comparison get, in numpy alone: the same numbers for everyone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ACTIVITIES, INPUTS = 30, 3
EXCHANGE_GSD, EMISSION_GSD = 1.2, 1.3


class Exchange(NamedTuple):
    """What one activity takes from another to make one unit."""

    supplier: int
    consumer: int
    amount: float


class Supply(NamedTuple):
    """Activities of which each takes from earlier ones, and what each emits itself.

    Exchanges and emissions are medians of lognormal factors with `EXCHANGE_GSD`, `EMISSION_GSD`.
    """

    exchanges: list[Exchange]
    emissions: list[float]

    def matrix(self) -> Array:
        """Return what is made less what is taken, by activity, shape ``(row, activity)``."""
        made = np.eye(len(self.emissions))
        for one in self.exchanges:
            made[one.supplier, one.consumer] -= one.amount
        return made

    def footprint(self) -> float:
        """Return the emissions of one unit of the last activity, medians everywhere."""
        demand = np.zeros(len(self.emissions))
        demand[-1] = 1.0
        return float(np.array(self.emissions) @ np.linalg.solve(self.matrix(), demand))


def supply(activities: int = ACTIVITIES) -> Supply:
    """Return a supply chain; the same one for the same number of activities."""
    random = np.random.default_rng(11)
    exchanges = [
        Exchange(int(supplier), consumer, float(random.uniform(0.05, 0.4)))
        for consumer in range(1, activities)
        for supplier in random.choice(consumer, min(consumer, INPUTS), replace=False)
    ]
    return Supply(exchanges, random.uniform(0.1, 2.0, activities).tolist())


class Hours(NamedTuple):
    """A year, or its first hours, of solar, wind and grid, for a load of one MW."""

    load: Array
    grid: Array
    solar: Array
    wind: Array


SOLAR, WIND, BATTERY = 60.0, 90.0, 6.0
"""Objective per kW, kW and kWh built (kgCO2e a year)."""

CHARGE = DISCHARGE = 0.95
CHARGE_HOURS, MOST = 2.0, 1e7


def hours(count: int = 8760) -> Hours:
    """Return invented profiles with days and seasons; the same ones every time."""
    time = np.arange(count)
    random = np.random.default_rng(5)
    day = np.clip(np.sin(2 * np.pi * (time % 24 - 6) / 24), 0, None)
    season = 1 - 0.4 * np.cos(2 * np.pi * time / 8760)
    wind = np.clip(0.35 + 0.2 * np.sin(time / 37) + random.normal(0, 0.1, count), 0, 1)
    grid = 0.35 + 0.1 * np.cos(2 * np.pi * (time % 24) / 24) + random.uniform(0, 0.05, count)
    return Hours(np.full(count, 1000.0), grid, day * season / 1.4, wind)


REQUESTS = 100_000
ACTIVE, TOTAL = 44.0, 220.0
"""Parameters of the answering model, in billion."""

PUE, WUE, INTENSITY = 1.2, 0.5, 0.4


def tokens(count: int = REQUESTS) -> Array:
    """Return the lengths of answers, in output tokens."""
    return np.random.default_rng(3).integers(20, 2000, count).astype(np.float64)
