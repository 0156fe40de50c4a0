"""Read prices: electricity of a place, accelerator hours in the cloud, and carbon.

The tables lie in ``prices/``. No currency is ever converted here, and no place stands in for
another one without being named.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from lca.factors.files import Row, rows, sidecar
from lca.factors.regions import find, place

ELECTRICITY_KINDS = ("industrial", "commercial", "wholesale")
"""Kinds of electricity price that a scenario may name."""


@dataclass(frozen=True, slots=True)
class Price:
    """A published price.

    Parameters
    ----------
    value : float
        In ``unit``.
    unit : str
        Such as ``EUR/kWh``.
    about : str
        What it is of, and of which year.
    source : str
        Key of ``sources.yaml``.

    """

    value: float
    unit: str
    about: str
    source: str


def electricity_price(region_text: str, kind: str) -> Price:
    """Return the latest price of electricity of a place, or of the place that contains it.

    Parameters
    ----------
    region_text : str
        Any text that names a region.
    kind : str
        One of `ELECTRICITY_KINDS`.

    Raises
    ------
    UnknownRegion
        No place is called so.
    LookupError
        No such price of the place is packaged.

    """
    asked = find(region_text)
    for code in asked.candidates:
        found = place(code)
        here = _electricity().get((found.table_code, kind))
        if here is not None:
            about = f"{here['price_type'].replace('_', ' ')}, {found.name} {here['year']}"
            noted = f"{about}, {here['note']}" if here["note"] else about
            return Price(float(here["price"]), here["unit"], noted, here["source"])
    message = f"no {kind} price of {asked.title} is packaged"
    raise LookupError(message)


@cache
def _electricity() -> dict[tuple[str, str], Row]:
    """Return the latest row of each place and kind."""
    in_order = sorted(rows("prices/electricity"), key=lambda row: row["year"])
    return {(row["geography_code"], row["kind"]): row for row in in_order}


def rental_providers() -> tuple[str, ...]:
    """Return the names of the clouds whose list prices are packaged."""
    return tuple(dict.fromkeys(row["provider"] for row in rows("prices/rentals")))


def rental_price(provider: str, device: str) -> Price:
    """Return the list price of an hour of one accelerator, in the largest instance offered.

    Raises
    ------
    LookupError
        The provider's catalog does not have the device.

    """
    offers = [
        row
        for row in rows("prices/rentals")
        if (row["provider"], row["device"]) == (provider, device)
    ]
    if not offers:
        message = f"the catalog of {provider} has no price of {device}"
        raise LookupError(message)
    offer = max(offers, key=lambda row: int(row["accelerators_per_instance"]))
    about = f"list price of {provider} {offer['price_year']}, {offer['accelerator']}, on demand"
    value = float(offer["price_USD_per_accelerator_hour"])
    return Price(value, "USD/h", about, sidecar("prices/rentals").source)


@cache
def carbon_names() -> tuple[str, ...]:
    """Return the names of the packaged carbon prices."""
    return tuple(sorted({row["name"] for row in rows("prices/carbon")}))


def carbon_price(name: str, year: int) -> Price:
    """Return a carbon price in a year, on a straight line between the years published.

    Raises
    ------
    LookupError
        There is no such name, or the table does not reach the year: nothing is extrapolated.

    """
    table = [row for row in rows("prices/carbon") if row["name"] == name]
    if not table:
        message = f"no carbon price {name!r} (one of: {', '.join(carbon_names())})"
        raise LookupError(message)
    points = sorted((int(row["year"]), float(row["price"])) for row in table)
    if not points[0][0] <= year <= points[-1][0]:
        reach = f"{points[0][0]}-{points[-1][0]}"
        message = f"{name} covers {reach}, not {year}; nothing is extrapolated"
        raise LookupError(message)
    about = f"{name}, {year}, in US dollars of {table[0]['currency_year']}"
    unit = f"{table[0]['unit']}e"  # the estimate is of CO2 and is applied to CO2e
    return Price(_between(points, year), unit, about, sidecar("prices/carbon").source)


def _between(points: list[tuple[int, float]], year: int) -> float:
    """Return the value of a year on a straight line between the points beside it."""
    after = bisect_right([known for known, _ in points], year)
    first, low = points[after - 1]
    if first == year:
        return low
    last, high = points[after]
    return low + (high - low) * (year - first) / (last - first)


__all__ = [
    "ELECTRICITY_KINDS",
    "Price",
    "carbon_names",
    "carbon_price",
    "electricity_price",
    "rental_price",
    "rental_providers",
]
