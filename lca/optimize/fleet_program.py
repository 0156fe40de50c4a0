"""The whole-number program of a fleet: demand, power, memory, budgets and availability as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lca import units as units_of
from lca.errors import Problem, ScenarioError
from lca.evaluation import evaluate
from lca.ledger import INDICATORS, Ledger
from lca.optimize.asking import constraints_of
from lca.optimize.coefficients import Unit, of_stays, read_units, unit_ledger
from lca.optimize.constraints import Constraint, read
from lca.optimize.fleet_stock import Column, Stock, stock
from lca.optimize.programs import Columns, Program
from lca.optimize.telling import is_known, unit_of
from lca.scenario import Scenario
from lca.scenario.questions.fleet import FleetQuestion, Wanted
from lca.uncertain import Array
from lca.vocabulary import HOURS_PER_YEAR

BOUNDED = {"power": "kW", "devices": "device"}
"""What a constraint can bound in every year, beside the total of an indicator."""

_MOST_DEVICES = 10**9
_TOLD = {"flop/h": "PFLOP/s"}
"""Units that a demand is told in, where its own reads badly."""


@dataclass(frozen=True)
class Case:
    """A fleet decision in numbers.

    Attributes
    ----------
    stock
        Columns and their entries; arrays below have one value for each column.
    totals
        By indicator: what one of a column adds over all years.
    fixed
        By indicator: what the rest of the scenario adds.
    served, power, present
        By year: share of the demand's unit, mean facility power (kW) and devices of a column.
    demand
        By year.
    """

    scenario: Scenario
    asked: FleetQuestion
    stock: Stock
    embodied_model: str
    totals: Mapping[str, Array]
    fixed: Mapping[str, float]
    served: Array
    power: Array
    present: Array
    demand: Array
    wanted: Wanted
    units: Mapping[str, Unit]

    @property
    def demand_hours(self) -> float:
        """Hours over which the demand adds up to functional units of a year."""
        return demand_hours(self.wanted)

    @property
    def shown(self) -> tuple[float, str]:
        """Size and name of the unit that demand is told in."""
        unit = self.wanted.unit
        told = _TOLD.get(unit, unit)
        return units_of.factor(told, unit), told

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is decided."""
        return self.stock.columns

    def match(self, **labels: object) -> Array:
        """Return 1.0 for the columns of which all labels are so, else 0.0."""
        wanted = labels.items()
        same = [all(getattr(c, name) == value for name, value in wanted) for c in self.columns]
        return np.array(same, dtype=np.float64)


def build(scenario: Scenario, asked: FleetQuestion, objective: str) -> Case:
    """Read what a fleet decision rests on, off ledgers of the scenario."""
    found = stock(scenario, asked)
    wanted = next(iter(asked.demand.values()))
    names = tuple(dict.fromkeys(("gwp100", objective, *scenario.model.indicators, "cost")))
    ledger = unit_ledger(scenario, found.entries, wanted.functional_unit)
    indicators = [name for name in names if name in INDICATORS]
    units = read_units(ledger, indicators, wanted.functional_unit)
    base = evaluate(scenario, samples=0, embodied_model=ledger.embodied_model)
    known = _known(scenario, found, indicators, base)
    if objective not in known:
        raise ScenarioError(Problem("optimize.objective", _unknown(objective)))
    columns, years = found.columns, scenario.years
    spread = scenario.model.assumptions.amortize != "up_front"
    multiple = np.array([column.multiple for column in columns], dtype=np.float64)
    running, hours = _running(columns, years), demand_hours(wanted)
    return Case(
        scenario,
        asked,
        found,
        ledger.embodied_model,
        {name: _totals(columns, units, name, years, spread) * multiple for name in known},
        {name: _beside(base, name, set(scenario.model.fleet)) for name in known},
        _per_year(columns, units, "delivered") * running * multiple / hours,
        _per_year(columns, units, "facility_energy") * running * multiple / HOURS_PER_YEAR,
        running * multiple,
        demands(asked, years),
        wanted,
        units,
    )


def _beside(base: Ledger, name: str, decided: set[str]) -> float:
    """Return what all but the fleet adds to an indicator, centrally."""
    rows = base.by("asset", indicator=name)
    return sum(row.estimate.central for row in rows if row.labels[0] not in decided)


def _known(scenario: Scenario, found: Stock, indicators: Sequence[str], base: Ledger) -> list[str]:
    """Return the objectives known of all on offer and of the scenario as it is.

    What stands there is not bought, so its price need not be known.
    """
    offers = {c.entry: found.entries[c.entry] for c in found.columns if not c.standing}
    bought = unit_ledger(scenario, offers, "device year", base.embodied_model)
    both = (base, bought) if scenario.data.get("fleet") else (bought,)
    return [name for name in indicators if all(is_known(one, name) for one in both)]


def demand_hours(wanted: Wanted) -> float:
    """Return the hours over which a demand adds up to functional units of a year."""
    return 1.0 if wanted.unit == "device" else HOURS_PER_YEAR


def _unknown(objective: str) -> str:
    if objective == "cost":
        return "cost is not known: give prices of every type and of electricity"
    return f"{objective} is not known of every type; add it to indicators, or choose gwp100"


def demands(asked: FleetQuestion, years: tuple[int, ...]) -> Array:
    """Return the demand of each year: the last rate given, growing from there."""
    given = {years[0] if y == "first" else int(y): one.rate for y, one in asked.demand.items()}
    growth = 0.0 if asked.growth is None else asked.growth.central
    found = []
    for year in years:
        last = max((y for y in given if y <= year), default=min(given))
        grown = (1.0 + growth) ** (year - last) if last == max(given) else 1.0
        found.append(given[last] * grown)
    return np.array(found)


def _running(columns: tuple[Column, ...], years: tuple[int, ...]) -> Array:
    """Return device-years of one of each column by year, of shape ``(years, columns)``."""
    table = [column.stay.activities(years, spread=False)[1] for column in columns]
    return np.array(table).T


def _per_year(columns: tuple[Column, ...], units: Mapping[str, Unit], name: str) -> Array:
    return np.array([getattr(units[column.entry], name) for column in columns]).T


def _totals(
    columns: tuple[Column, ...],
    units: Mapping[str, Unit],
    name: str,
    years: tuple[int, ...],
    spread: bool,
) -> Array:
    total = np.zeros(len(columns))
    none = np.zeros((3, len(years)))
    entries = np.array([column.entry for column in columns])
    for entry in dict.fromkeys(entries.tolist()):
        chosen = np.flatnonzero(entries == entry)
        stays = [columns[place].stay for place in chosen.tolist()]
        total[chosen] = of_stays(units[entry].added.get(name, none), stays, years, spread=spread)
    return total


def program(case: Case) -> Program:
    """Return the program: one whole number for each column, and all rows but a second objective."""
    _within_reach(case)
    found = Program()
    found.add(len(case.columns), whole=True)
    _demand_rows(case, found)
    _standing_rows(case, found)
    _power_rows(case, found)
    _memory_rows(case, found)
    _availability_rows(case, found)
    accepted = {**BOUNDED, **{name: unit_of(case.scenario, name) for name in case.totals}}
    written = constraints_of(case.scenario)
    _known_cost(written, accepted)
    for number, constraint in enumerate(read(written, accepted)):
        _constraint_rows(case, found, constraint, f"optimize.constraints.{number}")
    return found


def _known_cost(written: Sequence[str], accepted: Mapping[str, str]) -> None:
    for number, text in enumerate(written):
        if text.strip().startswith("cost") and "cost" not in accepted:
            raise ScenarioError(Problem(f"optimize.constraints.{number}", _unknown("cost")))


def _all(case: Case) -> Columns:
    return np.arange(len(case.columns))


def _within_reach(case: Case) -> None:
    """Refuse a demand that no device serves, or that would take more devices than there are."""
    multiple = np.array([column.multiple for column in case.columns])
    most = (case.served / multiple).max(axis=1, initial=0.0)
    if not most.any():
        what = case.wanted.functional_unit
        msg = f"neither a type nor what stands there delivers {what}: say what each serves"
        raise ScenarioError(Problem("optimize.fleet.types", msg))
    needed = float((case.demand[most > 0] / most[most > 0]).max())
    if needed > _MOST_DEVICES:
        msg = f"{needed:.3g} devices would be needed, more than {_MOST_DEVICES:,}; check the exponents of demand and growth"
        raise ScenarioError(Problem("optimize.fleet.demand", msg))


def _demand_rows(case: Case, found: Program) -> None:
    size, unit = case.shown
    for place, year in enumerate(case.scenario.years):
        found.bound(
            f"demand in {year}",
            _all(case),
            case.served[place] / size,
            low=float(case.demand[place]) / size,
            group="demand",
            path="optimize.fleet.demand",
            unit=unit,
        )


def _standing_rows(case: Case, found: Program) -> None:
    """All that stands there leaves some time: it is kept or retired, never more and never less."""
    groups: dict[tuple[str, float], list[int]] = {}
    for place, column in enumerate(case.columns):
        if column.standing:
            groups.setdefault((column.kind, column.stay.start), []).append(place)
    for (kind, start), places in groups.items():
        count = float(case.columns[places[0]].standing)
        name = f"{count:g} of {kind} bought in {start:.0f}"
        found.bound(name, places, 1.0, low=count, high=count, path=f"fleet.{kind}", unit="device")


def _power_rows(case: Case, found: Program) -> None:
    for site, most in case.asked.power.items():
        here = case.match(site=site)
        for place, year in enumerate(case.scenario.years):
            found.bound(
                f"power at {site} in {year}",
                _all(case),
                case.power[place] * here,
                high=most.central,
                group=f"power at {site}",
                path=f"optimize.fleet.power.{site}",
                unit="kW",
            )


def _memory_rows(case: Case, found: Program) -> None:
    if case.asked.memory is None:
        return
    each = np.array([case.stock.memory[column.entry] for column in case.columns])
    if np.isnan(each).any():
        lacking = case.columns[int(np.flatnonzero(np.isnan(each))[0])].kind
        message = f"the memory of {lacking} is not known, so a least memory cannot be kept"
        raise ScenarioError(Problem("optimize.fleet.memory", message))
    for place, year in enumerate(case.scenario.years):
        found.bound(
            f"memory in {year}",
            _all(case),
            case.present[place] * each,
            low=case.asked.memory.central,
            group="memory",
            path="optimize.fleet.memory",
            unit="GB",
        )


def _availability_rows(case: Case, found: Program) -> None:
    multiple = np.array([column.multiple for column in case.columns], dtype=np.float64)
    starts = np.array([column.stay.start for column in case.columns])
    for name, kind in case.asked.types.items():
        path = f"optimize.fleet.types.{name}"
        own = case.match(kind=name, standing=0) * multiple
        if kind.most is not None:
            text = f"at most {kind.most} {name}"
            found.bound(text, _all(case), own, high=kind.most, path=f"{path}.most", unit="device")
        if kind.most_per_year is None:
            continue
        text = f"at most {kind.most_per_year} {name} a year"
        for year in case.scenario.years:
            found.bound(
                f"{text}, in {year}",
                _all(case),
                own * (starts == year),
                high=kind.most_per_year,
                group=text,
                path=f"{path}.most_per_year",
                unit="device",
            )


def _constraint_rows(case: Case, found: Program, one: Constraint, path: str) -> None:
    low = -np.inf if one.sign == "<=" else one.bound
    high = np.inf if one.sign == ">=" else one.bound
    if one.name in case.totals:
        rest = case.fixed[one.name]
        found.bound(
            one.text,
            _all(case),
            case.totals[one.name],
            low=low - rest,
            high=high - rest,
            path=path,
            unit=one.unit,
        )
        return
    table = case.power if one.name == "power" else case.present
    for place, year in enumerate(case.scenario.years):
        found.bound(
            f"{one.text} in {year}",
            _all(case),
            table[place],
            low=low,
            high=high,
            group=one.text,
            path=path,
            unit=one.unit,
        )
