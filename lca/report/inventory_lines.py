"""Lines of a corporate inventory: what falls where, by role and year, in both views.

References
----------
1. GHG Protocol, Corporate Value Chain (Scope 3) Accounting and Reporting Standard, 2011.
2. GHG Protocol, Scope 2 Guidance, 2015.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lca import document
from lca.estimates import Estimate
from lca.ledger import Ledger, Line
from lca.report.tables import Cell, Table, number_cell, trail_key
from lca.report.wording import common_scale
from lca.scenario import Scenario
from lca.uncertain import Array

WHOLE = "whole period"
_VIEWS = {"inventory": "booked when bought", "spread": "spread over life"}
_LIFECYCLE = (
    "The grid factor is of the life cycle, so Scope 2 holds the upstream part that category 3 asks "
    "apart; electricity: {boundary: direct} gives combustion alone where such a factor is known."
)
_SHARED = (
    "Work on owned machines carries a share of them; category 2 asks the whole machine in the year it "
    "was bought, which the scenario does not say."
)
_ADDING = "Medians need not add up; central estimates do."


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """One line of an inventory in one view and one account.

    Attributes
    ----------
    key, label
        Short name such as ``cat2``, and the words for it.
    view
        ``inventory`` (booked when bought) or ``spread`` (over the life).
    account
        ``location`` or ``market`` where the two are told apart, else "".
    years
        Estimate by calendar year (kgCO2e); empty where the year is not known.
    total
        Of the whole period (kgCO2e).
    """

    key: str
    label: str
    view: str
    account: str
    years: Mapping[int, Estimate]
    total: Estimate


@cache
def data() -> Mapping[str, Any]:
    """Return the requirements, inventory lines and roles, as data."""
    found: Mapping[str, Any] = document.read(Path(__file__).with_name("standards.yaml")).data
    return found


def keys_of(scenario: Scenario) -> Mapping[str, Mapping[str, str]]:
    """Return, for every entry of a scenario, the inventory line of each stage.

    Rented work is a purchased service for every role.
    """
    roles = data()["roles"]
    own = roles[str(scenario.model.role)]
    rented = {
        name
        for name, work in scenario.model.work.items()
        if str(work.ownership) == "cloud" and (work.device or work.instance)
    }
    names = [*scenario.model.fleet, *scenario.model.services, *scenario.model.work]
    return {name: roles["cloud_user"] if name in rented else own for name in names}


def option_of(scenario: Scenario, name: str) -> Scenario:
    """Return the option of a name; the scenario itself where that is it, or its entries are the same.

    Options are checked one by one, which takes time where there are many; so they are asked for only
    if this one changes who does what.
    """
    asked = scenario.model.options.get(name)
    if asked is None or not any(_moves(path) for path in asked):
        return scenario
    return next((each for each in scenario.options() if each.name == name), scenario)


def _moves(path: str) -> bool:
    """Whether a change at a path can put an entry in another line: entries, work, role, base."""
    return path.count(".") < 2 or path.startswith("work.")


def lines_of(ledger: Ledger, scenario: Scenario) -> list[InventoryLine]:
    """Return the lines of an inventory with amounts, in the order of the Scopes.

    Parameters
    ----------
    ledger
        One option, evaluated.
    scenario
        That option, or the scenario that has it.
    """
    found, option = [], option_of(scenario, ledger.name)
    for view in _VIEWS:
        location = _sums(ledger, option, "location", view)
        market = _sums(ledger, option, "market", view)
        for key, about in data()["lines"].items():
            if key not in location:
                continue
            told = "accounts" in about
            found.append(_line(ledger, key, view, "location" if told else "", location[key]))
            if told:
                found.append(_line(ledger, key, view, "market", market[key]))
    return found


_Amounts = dict[int | None, Array]


def _sums(ledger: Ledger, scenario: Scenario, basis: str, view: str) -> dict[str, _Amounts]:
    """Return samples by line and year; year None holds what has no known year."""
    places, sold = keys_of(scenario), _sold(ledger)
    whole_life = {key for key, about in data()["lines"].items() if "life" in about}

    def place(line: Line, year: int) -> tuple[str, int | None]:
        at = places[line.asset]
        key = at["grid_losses" if line.component == "grid_losses" else line.stage]
        bought = view == "inventory" and key in whole_life
        return key, sold.get(line.asset) if bought else year

    found: dict[str, _Amounts] = {}
    for (key, when), estimate in ledger.gather(place, basis=basis, view=view).items():
        found.setdefault(key, {})[when] = estimate.samples
    return found


def _sold(ledger: Ledger) -> dict[str, int | None]:
    """Return the year in which an entry is made, or None where there are several."""
    years: dict[str, set[int]] = {}
    for line in ledger.lines:
        if line.stage == "manufacture":
            bought = {y for y, x in zip(ledger.years, line.inventory, strict=True) if x}
            years.setdefault(line.asset, set()).update(bought)
    return {asset: min(when) if len(when) == 1 else None for asset, when in years.items()}


def _line(ledger: Ledger, key: str, view: str, account: str, amounts: _Amounts) -> InventoryLine:
    unit = ledger.unit("gwp100")
    whole = np.sum(list(amounts.values()), axis=0)
    years = {y: Estimate(x, unit) for y, x in sorted(_dated(amounts).items())}
    label = str(data()["lines"][key]["label"])
    return InventoryLine(key, label, view, account, years, Estimate(whole, unit))


def _dated(amounts: _Amounts) -> dict[int, Array]:
    return {y: x for y, x in amounts.items() if y is not None} if None not in amounts else {}


def inventory_lines(ledger: Ledger, scenario: Scenario) -> Table:
    """Return the inventory as a table: a line, view and account a row, years as columns.

    Parameters
    ----------
    ledger, scenario
        One option's ledger, and that option or the scenario that has it.

    Returns
    -------
    Table
        Last, apart from all scopes: credits, biogenic carbon and offsets.
    """
    scenario = option_of(scenario, ledger.name)
    found = lines_of(ledger, scenario)
    step, unit = common_scale([line.total.median for line in found] or [0.0], "kgCO2e")
    columns = (*map(str, ledger.years), WHOLE)
    rows = [(_name(line), tuple(_cells(line, ledger, step))) for line in found]
    blank = ("",) * len(ledger.years)
    rows += [
        (name, tuple(map(Cell, (*blank, text))))
        for name, text in (
            ("Biogenic carbon, apart", "not known: sources give CO2e undivided"),
            ("Offsets and avoided emissions", "none inside, none reported"),
        )
    ]
    title = f"Lines of an inventory, {scenario.model.role}, {ledger.name} [{unit}]"
    return Table(title, columns, tuple(rows), note=" ".join(_notes(scenario, found)))


def _name(line: InventoryLine) -> str:
    account = f", {line.account}-based" if line.account else ""
    return f"{line.label}{account}; {_VIEWS[line.view]}"


def trail_of(ledger: Ledger, line: InventoryLine, when: str) -> str:
    """Return the key of the trail of an inventory line in a year, or in the whole period."""
    return trail_key(ledger.name, "inventory", line.key, line.view, line.account, when)


def _cells(line: InventoryLine, ledger: Ledger, step: float) -> Iterator[Cell]:
    for year in ledger.years:
        if not line.years:
            yield Cell("year not known")
        elif year in line.years:
            key = trail_of(ledger, line, str(year))
            yield number_cell(line.years[year].statistics(), step, key)
        else:
            yield Cell("–")
    yield number_cell(line.total.statistics(), step, trail_of(ledger, line, WHOLE))


def _notes(scenario: Scenario, found: list[InventoryLine]) -> Iterator[str]:
    """Yield what must be known of the lines."""
    keys = {line.key for line in found}
    if keys & {"scope2", "cat8"} and scenario.model.assumptions.electricity.boundary == "lifecycle":
        yield _LIFECYCLE
    owned = (w for w in scenario.model.work.values() if str(w.ownership) == "owned")
    if "cat2" in keys and any(owned):
        yield _SHARED
    yield _ADDING
