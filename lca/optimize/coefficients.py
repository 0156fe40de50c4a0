"""What one device of an entry adds to every indicator: read off a ledger, never computed apart.

A *unit fleet* holds one device of each entry, bought anew every year and scrapped at its end, so
that each year of its ledger holds exactly one purchase, one device-year and one end of life. What
a device adds that is bought and retired in any other years follows from the activities that the
stages themselves count with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.evaluation import evaluate
from lca.ledger import Ledger
from lca.scenario import Scenario
from lca.subjects.cohorts import Cohort
from lca.uncertain import Array

BEFORE_USE = ("manufacture", "transport")
AFTER_USE = ("end_of_life", "recovery_credit")

_KINDS = 3
_ONCE, _RUNNING, _AFTER = range(_KINDS)
_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Unit:
    """What one device of an entry adds.

    Attributes
    ----------
    added
        By indicator: what a purchase, a device-year and an end of life add in each year, of shape
        ``(3, years)``; an indicator without factors is absent.
    delivered
        Functional units that a device-year provides, by year.
    facility_energy
        Of a device-year (kWh), by year.
    """

    added: Mapping[str, Array]
    delivered: Array
    facility_energy: Array


@dataclass(frozen=True, slots=True)
class Stay:
    """One device that is in service from ``start`` (decimal year) for ``lifetime`` years.

    ``sunk`` leaves out what was emitted before its use began; ``spread`` bears it over its life.
    """

    start: float
    lifetime: float
    sunk: bool = False

    def activities(self, years: Sequence[int], *, spread: bool) -> Array:
        """Return purchases, device-years and ends of life by year, of shape ``(3, years)``."""
        cohort = Cohort(self.start, 1, self.lifetime, original=True)
        served = np.array([cohort.in_service(year) for year in years])
        calendar = np.array(years)
        bought = (calendar == np.floor(self.start + _EDGE)).astype(np.float64)
        scrapped = (calendar == np.ceil(cohort.end - _EDGE) - 1).astype(np.float64)
        if spread:
            bought = scrapped = served / self.lifetime
        made = np.zeros_like(bought) if self.sunk else bought
        return np.stack([made, served, scrapped])


def unit_entry(entry: Mapping[str, Any], years: Sequence[int]) -> dict[str, Any]:
    """Return a fleet entry as a unit entry: one device bought a year, for a year."""
    anew = {"count": {str(year): 1 for year in years}, "lifetime": "1 year"}
    return {**entry, **anew, "replace": "no", "embodied": "new"}


def unit_ledger(
    scenario: Scenario,
    entries: Mapping[str, Mapping[str, Any]],
    functional_unit: str,
    embodied_model: str | None = None,
) -> Ledger:
    """Evaluate one device of each entry at central values.

    Parameters
    ----------
    entries
        By name: what could stand in the scenario under ``fleet``.
    functional_unit
        What a device delivers is counted in.
    embodied_model
        The model that serves all entries alike.
    """
    years = scenario.years
    fleet = {name: unit_entry(entry, years) for name, entry in entries.items()}
    changes = {"fleet": fleet, "functional_unit": functional_unit, "optimize": None}
    emptied: dict[str, Any] = {name: {} for name in ("services", "work") if scenario.data.get(name)}
    units = scenario.patch({**changes, **emptied}, "one device of each type")
    return evaluate(units, samples=0, embodied_model=embodied_model)


def read_units(ledger: Ledger, indicators: Iterable[str], functional_unit: str) -> dict[str, Unit]:
    """Read what one device of each asset adds, off the ledger of a unit fleet."""
    added: dict[str, dict[str, Array]] = {}
    for indicator in indicators:
        for (asset, stage, year), value in _cells(ledger, indicator, "asset", "stage", "year"):
            of_asset = added.setdefault(asset, {})
            table = of_asset.setdefault(indicator, np.zeros((_KINDS, len(ledger.years))))
            table[_kind(stage), ledger.years.index(int(year))] += value
    delivered = _by_year(ledger, f"unit:{functional_unit}")
    energy = _by_year(ledger, "facility_energy")
    none = np.zeros(len(ledger.years))
    return {
        asset: Unit(found, delivered.get(asset, none), energy.get(asset, none))
        for asset, found in added.items()
    }


def of_stays(table: Array, stays: Sequence[Stay], years: Sequence[int], *, spread: bool) -> Array:
    """Return what devices with these stays add over all years, of shape ``(stays,)``."""
    activities = np.stack([stay.activities(years, spread=spread) for stay in stays])
    total: Array = np.einsum("ky,sky->s", table, activities)
    return total


def _kind(stage: str) -> int:
    return _ONCE if stage in BEFORE_USE else _AFTER if stage in AFTER_USE else _RUNNING


def _cells(ledger: Ledger, indicator: str, *labels: str) -> list[tuple[tuple[str, ...], float]]:
    rows = ledger.by(*labels, indicator=indicator, view="inventory")
    return [(row.labels, row.estimate.central) for row in rows]


def _by_year(ledger: Ledger, indicator: str) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for (asset, year), value in _cells(ledger, indicator, "asset", "year"):
        table = found.setdefault(asset, np.zeros(len(ledger.years)))
        table[ledger.years.index(int(year))] += value
    return found
