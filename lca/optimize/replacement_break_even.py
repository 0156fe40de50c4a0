"""Break-even of a replacement from the ledger: what the new devices take to make, what they save."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.errors import InputError
from lca.evaluation import evaluate, ledger
from lca.inventory import Inventory, build
from lca.ledger import Ledger
from lca.optimize import replacement_entries as entries
from lca.optimize.break_even import BreakEven, break_even_times, crossing
from lca.optimize.replacement import Span
from lca.optimize.replacement_entries import Old, Successor
from lca.scenario import Scenario
from lca.terms import Draws
from lca.uncertain import Array

_EMBODIED = ("manufacture", "transport", "end_of_life", "recovery_credit")
_OLD = "old"


@dataclass(frozen=True, eq=False)
class Payback:
    """A replacement at one time, and when it has made up for the making of the new devices.

    Attributes
    ----------
    name, start
        Successor, and the position of the year in the period.
    time
        Years from the replacement to break-even.
    burden
        Manufacture, transport and end of life of the new devices, shape ``(1 + draws,)``, kgCO2e.
    saved
        What each year in operation saves, shape ``(years, 1 + draws)``, kgCO2e.
    """

    name: str
    start: int
    time: BreakEven
    burden: Array
    saved: Array

    @property
    def balance(self) -> Array:
        """Saved less spent at the end of each year, shape ``(years, 1 + draws)``."""
        return np.asarray(np.cumsum(self.saved, axis=0) - self.burden)


@dataclass(frozen=True, eq=False)
class BreakEvens:
    """Break-even of every replacement that was looked at.

    Attributes
    ----------
    paybacks
        By successor and position of the year.
    last
        Last calendar year that grid intensity is known for.
    is_cut
        Whether a device's life goes on after that year.
    """

    paybacks: Mapping[tuple[str, int], Payback]
    last: int
    is_cut: bool


def break_evens(
    scenario: Scenario,
    old: Old,
    successors: Mapping[str, Successor],
    cases: Sequence[tuple[str, int]],
    draws: Draws,
    model: str,
) -> BreakEvens:
    """Return when replacements pay back, in emissions.

    Parameters
    ----------
    cases
        Successors with positions of the year of replacement.
    draws, model
        Shared draws, and the embodied model of the decision.
    """
    first = scenario.years[0]
    needed = max(first + start + math.ceil(successors[name].lifetime) - 1 for name, start in cases)
    known = _known(scenario, old, successors, cases, needed, model)
    rates = _rates(ledger(known, draws))
    burdens = _burdens(scenario, successors, cases, draws, model)
    last = known.scenario.years[-1]
    otherwise = f"not by {last}" if last < needed else "never"
    found = {
        case: _payback(
            case, successors[case[0]], (rates[_OLD] - rates[own], burdens[own]), otherwise
        )
        for own, case in ((f"case-{number}", case) for number, case in enumerate(cases))
    }
    return BreakEvens(found, last, last < needed)


def _payback(
    case: tuple[str, int], successor: Successor, flows: tuple[Array, Array], otherwise: str
) -> Payback:
    """Return when the yearly savings of a replacement make up for its burden, within its life."""
    name, start = case
    saved, burden = flows[0][start : start + math.ceil(successor.lifetime)], flows[1]
    ends = np.concatenate([[0.0], np.cumsum(saved[:, 0])])
    at = np.arange(ends.size, dtype=np.float64)
    horizon = min(float(at[-1]), successor.lifetime)
    central = crossing(lambda time: float(np.interp(time, at, ends)), float(burden[0]), horizon)
    draws = break_even_times(burden[1:], saved[:, 1:])
    draws[draws > horizon] = np.inf
    return Payback(name, start, BreakEven(central, draws, otherwise), burden, saved)


def _known(
    scenario: Scenario,
    old: Old,
    successors: Mapping[str, Successor],
    cases: Sequence[tuple[str, int]],
    needed: int,
    model: str,
) -> Inventory:
    """Return an inventory of the longest period that grid intensity is known for."""
    own = scenario.years[-1]
    for last in range(max(needed, own), own, -1):
        try:
            return build(_side_by_side(scenario, old, successors, cases, last, model), model)
        except InputError:  # a published grid path ends earlier: nothing is extrapolated
            continue
    return build(_side_by_side(scenario, old, successors, cases, own, model), model)


def _side_by_side(
    scenario: Scenario,
    old: Old,
    successors: Mapping[str, Successor],
    cases: Sequence[tuple[str, int]],
    last: int,
    model: str,
) -> Scenario:
    """Return the old devices and each successor, all in service for the whole of a period."""
    first = scenario.years[0]
    whole = {"lifetime": f"{last + 1 - first} years"}
    fleet: dict[str, Any] = _bought(scenario, successors, cases, whole, model)
    fleet[_OLD] = {**old.entry, **whole, "count": {str(first): old.count}, "replace": "no"}
    changes = {"fleet": fleet, "services": {}, "work": {}, "optimize": None}
    return scenario.patch(changes | {"period": f"{first}-{last}"}, "side by side")


def _bought(
    scenario: Scenario,
    successors: Mapping[str, Successor],
    cases: Sequence[tuple[str, int]],
    changes: Mapping[str, Any],
    model: str,
) -> dict[str, Any]:
    """Return a fleet entry a case, bought in the first year of the period."""
    made = {}
    for number, (name, start) in enumerate(cases):
        one = successors[name]
        entry = entries.entry_of(scenario, one, Span(name, start, start + 1), model)
        count = {"count": {str(scenario.years[0]): one.count}}
        made[f"case-{number}"] = {**entry, **count, **changes}
    return made


def _rates(found: Ledger) -> dict[str, Array]:
    """Return, by asset, the emissions of operation, shape ``(years, 1 + draws)``."""
    positions = {str(year): number for number, year in enumerate(found.years)}
    rates: dict[str, Array] = {}
    for row in found.by("asset", "stage", "year", view="inventory"):
        asset, stage, year = row.labels
        if stage == "operation":
            empty = np.zeros((len(positions), row.estimate.samples.size))
            rates.setdefault(asset, empty)[positions[year]] = row.estimate.samples
    return rates


def _burdens(
    scenario: Scenario,
    successors: Mapping[str, Successor],
    cases: Sequence[tuple[str, int]],
    draws: Draws,
    model: str,
) -> dict[str, Array]:
    """Return, by case, all that happens once in the devices' life, as if within one year."""
    year = scenario.years[0]
    fleet = _bought(scenario, successors, cases, {"lifetime": "1 year"}, model)
    return embodied(scenario, fleet, year, draws, model)


def embodied(
    scenario: Scenario, fleet: Mapping[str, Any], year: int, draws: Draws, model: str
) -> dict[str, Array]:
    """Return, by fleet entry, manufacture, transport and end of life (kgCO2e), on the draws."""
    changes = {"fleet": dict(fleet), "services": {}, "work": {}, "optimize": None}
    made = scenario.patch(changes | {"period": str(year)}, "making")
    found = evaluate(made, draws=draws, embodied_model=model)
    totals: dict[str, Array] = {name: np.zeros(1 + draws.samples) for name in fleet}
    for row in found.by("asset", "stage", view="inventory"):
        if row.labels[1] in _EMBODIED:
            totals[row.labels[0]] += row.estimate.samples
    return totals
