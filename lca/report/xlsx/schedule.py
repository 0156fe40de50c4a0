"""Purchases, service and scrapping of fleets per year, as formulas of lifetime and count.

The rules are those of `lca.subjects.cohorts`, in closed form: devices bought in a year serve for
their lifetime, and where they are replaced the chain goes on to the end of the period.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lca.report.xlsx.inputs import Inputs
from lca.report.xlsx.places import column
from lca.scenario import Scenario
from lca.scenario.models import Fleet
from lca.subjects.cohorts import embodied_activity, service_activity
from lca.vocabulary import HOURS_PER_YEAR

FIRST_ROW, YEAR_ROW, FIRST_COLUMN = 5, 4, 6
QUANTITIES = ("serving", "bought", "counted", "scrapped", "shares", "counted_shares")
WORDS = {
    "serving": "devices in service (device years)",
    "bought": "devices bought",
    "counted": "devices bought whose manufacture counts",
    "scrapped": "devices scrapped",
    "shares": "devices times share of life",
    "counted_shares": "devices times share of life, manufacture counted",
    "hours": "hours switched on (device hours)",
}
_TINY = "0.000000001"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sheet: labels, the purchase's own cells, and one formula a year.

    The own cells of a purchase are its year, devices, lifetime, and since when its making counts.
    """

    option: str
    asset: str
    what: str
    own: tuple[str, ...]
    formulas: tuple[str, ...]
    values: tuple[float, ...]
    own_values: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """Cells of a purchase: ``start``, ``count``, ``life``, and ``since`` when manufacture counts."""

    start: str
    count: str
    life: str
    since: str


class Schedule:
    """Rows of all fleets; the total of a quantity is found by option and fleet."""

    def __init__(self, inputs: Inputs) -> None:
        self.rows: list[Row] = []
        self._inputs = inputs
        self._totals: dict[tuple[str, str, str], tuple[int, tuple[float, ...]]] = {}

    def add(self, scenario: Scenario, option: str) -> None:
        """Add the fleets of an option."""
        for asset, fleet in scenario.model.fleet.items():
            self._fleet(scenario.years, option, asset, fleet)

    def total(self, option: str, asset: str, what: str, year: int) -> tuple[str, float] | None:
        """Return address and value of a fleet's quantity in a year, by position, if it is there."""
        found = self._totals.get((option, asset, what))
        if found is None:
            return None
        return f"Schedule!{_column(year)}{found[0]}", found[1][year]

    def _fleet(self, years: tuple[int, ...], option: str, asset: str, fleet: Fleet) -> None:
        path = f"fleet.{asset}"
        life = self._inputs.decision(f"{path}.lifetime", option, fleet.lifetime.central, "year")
        parts: dict[str, list[int]] = {what: [] for what in QUANTITIES}
        for bought, count in fleet.count.items():
            label = "count" if len(fleet.count) == 1 else f"count {bought}"
            name = self._inputs.decision(f"{path}.{label}", option, count, "device", whole=True)
            one = fleet.model_copy(update={"count": {bought: count}})
            for what, row in self._purchase(years, option, asset, one, name, life):
                parts[what].append(row)
        for what, values in _quantities(fleet, years).items():
            made = tuple(
                "+".join(f"{_column(y)}{row}" for row in parts[what]) or "0"
                for y in range(len(years))
            )
            self._total(option, asset, what, made, values)
        self._hours(option, asset, fleet)

    def _purchase(
        self, years: tuple[int, ...], option: str, asset: str, one: Fleet, name: str, life: str
    ) -> Iterator[tuple[str, int]]:
        """Add the rows of one purchase, and yield where each quantity stands."""
        (bought,) = one.count
        start = years[0] if bought == "first" else int(bought)
        row = FIRST_ROW + len(self.rows)
        since = _since(one, row, years[0], start)
        own = (str(start), name, life, since)
        self.rows.append(Row(option, asset, f"bought in {start}", own, (), (), _own(one, years[0])))
        cells = Purchase(f"$D${row}", f"$E${row}", f"$F${row}", f"$G${row}")
        for what, values in _quantities(one, years).items():
            place = FIRST_ROW + len(self.rows)
            made = tuple(_formula(what, one, cells, since, _column(y)) for y in range(len(years)))
            self.rows.append(Row(option, asset, f"  {WORDS[what]}", (), made, values))
            yield what, place

    def _hours(self, option: str, asset: str, fleet: Fleet) -> None:
        share = 1.0 if fleet.powered is None else fleet.powered.central
        powered = self._inputs.decision(f"fleet.{asset}.powered", option, share, "")
        year = self._inputs.decision("hours per year", "", HOURS_PER_YEAR, "h/year")
        row, serving = self._totals[option, asset, "serving"]
        made = tuple(f"{_column(y)}{row}*{year}*{powered}" for y in range(len(serving)))
        hours = tuple(x * HOURS_PER_YEAR * share for x in serving)
        self._total(option, asset, "hours", made, hours)

    def _total(
        self,
        option: str,
        asset: str,
        what: str,
        formulas: tuple[str, ...],
        values: tuple[float, ...],
    ) -> None:
        self._totals[option, asset, what] = (FIRST_ROW + len(self.rows), values)
        self.rows.append(Row(option, asset, f"all {WORDS[what]}", (), formulas, values))


def _quantities(fleet: Fleet, years: tuple[int, ...]) -> dict[str, tuple[float, ...]]:
    """Return the quantities of a fleet as the model counts them."""
    new, every = embodied_activity(fleet, years), service_activity(fleet, years)
    return {
        "serving": every.device_years,
        "bought": every.bought,
        "counted": new.bought,
        "scrapped": every.scrapped,
        "shares": every.shares,
        "counted_shares": new.shares,
    }


def _column(year: int) -> str:
    """Return the letters of the column of a year, by its position."""
    return column(FIRST_COLUMN + 1 + year)


def _since(fleet: Fleet, row: int, first: int, start: int) -> str:
    """Return when the purchases begin whose manufacture counts, as a formula; "" if never."""
    if fleet.embodied != "sunk" or start > first:
        return f"D{row}"
    if not fleet.replace:
        return ""
    return f"D{row}+F{row}*MAX(1,ROUNDUP(({first}-D{row}-{_TINY})/F{row},0))"


def _own(one: Fleet, first: int) -> tuple[float | None, ...]:
    """Return the values of a purchase's own cells."""
    ((bought, count),) = one.count.items()
    start, life = float(first if bought == "first" else int(bought)), one.lifetime.central
    since: float | None = start
    if one.embodied == "sunk" and start <= first:
        since = start + life * max(1, math.ceil((first - start - 1e-9) / life))
        since = since if one.replace else None
    return start, float(count), life, since


def _formula(what: str, fleet: Fleet, cells: Purchase, since: str, column: str) -> str:
    """Return the formula of a quantity of a purchase in the year of a column."""
    if what.startswith("counted") and not since:
        return "0"
    year = f"{column}${YEAR_ROW}"
    start = cells.since if what.startswith("counted") else cells.start
    if what in {"serving", "shares", "counted_shares"}:
        served = _served(fleet, cells, start, year)
        return f"{cells.count}*{served}" + ("" if what == "serving" else f"/{cells.life}")
    happened = _scrapped if what == "scrapped" else _bought
    return f"{cells.count}*({happened(fleet, cells, start, year)})"


def _served(fleet: Fleet, cells: Purchase, start: str, year: str) -> str:
    """Return the part of a year in service; a chain of replacements has no end in the period."""
    if fleet.replace:
        return f"MAX(0,{year}+1-MAX({start},{year}))"
    return f"MAX(0,MIN({start}+{cells.life},{year}+1)-MAX({start},{year}))"


def _bought(fleet: Fleet, cells: Purchase, start: str, year: str) -> str:
    """Return how many purchases of a chain begin in a year."""
    if not fleet.replace:
        return f"IF({start}={year},1,0)"
    after = f"MAX(0,ROUNDUP(({year}+1-{start}-{_TINY})/{cells.life},0))"
    before = f"MAX(0,ROUNDUP(({year}-{start}-{_TINY})/{cells.life},0))"
    return f"{after}-{before}"


def _scrapped(fleet: Fleet, cells: Purchase, start: str, year: str) -> str:
    """Return how many lives of a chain end in a year."""
    most = "" if fleet.replace else "1"
    after = f"MAX(0,INT(({year}+1+{_TINY}-{start})/{cells.life}))"
    before = f"MAX(0,INT(({year}+{_TINY}-{start})/{cells.life}))"
    if most:
        return f"MIN(1,{after})-MIN(1,{before})"
    return f"{after}-{before}"
