"""What the columns of a card's table mean: documented headings only, the rest is not read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.validation.cards_numbers import mass_unit, number, staged_hours
from lca.validation.quantities import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lca.validation.cards_tables import Table

__all__ = ["MORE_HOURS", "CardRow", "is_total", "relevant", "rows_of"]

_HOURS = re.compile(r"\b(?:(?:gpu|tpu|device|accelerator)[- ]?hours?)\b", re.IGNORECASE)
_POWER = re.compile(r"(?:power|tdp)[^()]{0,40}\((k?W)\)", re.IGNORECASE)
_ENERGY = re.compile(r"energy[^()]{0,40}\(([kMG]?Wh)\)", re.IGNORECASE)
_CARBON = re.compile(r"carbon|co2|greenhouse|ghg|emission", re.IGNORECASE)
_MASS = re.compile(r"(metric tons?|tonnes?|tons?|kg|g|t|lbs?)\s*(?:of\s*)?CO\s?2", re.IGNORECASE)
_PUE = re.compile(r"\bPUE\b")
MORE_HOURS = "device_hours_beside"
"""Hours of a second column, such as for making training data: part of a total, not of a row."""

_EMPTY = frozenset({"", "-", "—", "–", "n/a", "N/A"})
_TOTALS = ("total", "sum", "all models", "family")


@dataclass(frozen=True, slots=True)
class CardRow:
    """One row of a table: its name, line and quantities, and the cells that were not read."""

    name: str
    line: int
    knowns: Mapping[str, Known]
    unread: tuple[str, ...] = ()


def is_total(name: str) -> bool:
    """Whether a row is the total of the others."""
    return name.lower().startswith(_TOTALS)


def meaning(heading: str) -> tuple[str, str] | None:
    """Return quantity and unit of a column, None where its heading is not documented."""
    if _HOURS.search(heading):
        return "device_hours", "hour"
    power, energy = _POWER.search(heading), _ENERGY.search(heading)
    if power:
        return "device_power", "kW" if power[1].lower() == "kw" else "W"
    if energy:
        return "energy", energy[1]
    mass = _MASS.search(heading) if _CARBON.search(heading) else None
    if mass:
        return _account(heading), mass_unit(mass[1])
    return ("pue", "") if _PUE.search(heading) else None


def _account(heading: str) -> str:
    """Return which account a column of CO2e is."""
    lower = heading.lower()
    if "market" in lower:
        return "co2e_market_based"
    return "co2e_location_based" if "location" in lower else "co2e"


def relevant(table: Table) -> bool:
    """Whether a table tells hours or energy together with emissions, or one of them."""
    names = {found[0] for heading in table.heading if (found := meaning(heading))}
    return bool(names & {"device_hours", "energy", "co2e", "co2e_location_based"})


def rows_of(table: Table) -> Iterator[CardRow]:
    """Yield the rows of a table; the first column is the name."""
    meanings = [meaning(heading) for heading in table.heading]
    for line, cells in table.rows:
        knowns: dict[str, Known] = {}
        unread: list[str] = []
        for found, cell, heading in zip(meanings, cells, table.heading, strict=False):
            if found is None or cell in _EMPTY:
                continue
            name, unit = found
            value = staged_hours(cell) if name == "device_hours" else number(cell)
            again = name in knowns
            name = MORE_HOURS if again and name == "device_hours" else name
            if value is None or name in knowns:
                unread.append(f"{heading}: {cell}")
            else:
                knowns[name] = Known(name, value, unit=unit)
        yield CardRow(cells[0] if cells else "", line, knowns, tuple(unread))
