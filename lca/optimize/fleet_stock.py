"""Devices that a fleet decision is about: those on offer and those that stand there, as columns.

A column is a number of devices of one entry that come in one year and leave in one year. So no
device returns once it has left, and none runs that was not bought; both are in the notation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.optimize.coefficients import Stay
from lca.scenario import Scenario
from lca.scenario.models import Fleet as Entry
from lca.scenario.questions.fleet import FleetQuestion, Type

_OFFER_ONLY = ("available", "sites", "most", "most_per_year", "multiple", "lifetime")
_UNCERTAIN = ("utilization", "host_power", "price")
_NESTED = ("power", "serves")
_WORDS = ("precision",)
_EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class Column:
    """Devices of one entry that come and leave together.

    Attributes
    ----------
    entry
        Name of its unit entry.
    kind, site
        Type on offer, or name of what stands there; where it stands.
    stay
        When it comes, and how long it stays.
    early
        Whether it leaves before its life ends.
    multiple
        Devices that one of it stands for.
    standing
        How many stand there, of which this is a part; 0 for what is on offer.
    """

    entry: str
    kind: str
    site: str
    stay: Stay
    early: bool = False
    multiple: int = 1
    standing: int = 0


@dataclass(frozen=True, slots=True)
class Stock:
    """Columns of a fleet decision, and by entry what could stand in the scenario."""

    columns: tuple[Column, ...]
    entries: Mapping[str, Mapping[str, Any]]
    memory: Mapping[str, float]


def stock(scenario: Scenario, asked: FleetQuestion) -> Stock:
    """Return all that can be bought, and all that stands there."""
    columns: list[Column] = []
    entries: dict[str, dict[str, Any]] = {}
    memory: dict[str, float] = {}
    for name, entry in scenario.model.fleet.items():
        entries[name] = dict(scenario.data["fleet"][name])
        memory[name] = _memory(scenario, entry.device)
        columns += _standing(name, entry, scenario.years, asked)
    for name, kind in asked.types.items():
        for site in kind.sites or asked.sites or tuple(scenario.model.sites):
            entry_name = free_name(f"{name}-{site}", scenario.model.fleet)
            entries[entry_name] = _offer(scenario, name, asked, site)
            memory[entry_name] = _memory(scenario, kind.device)
            columns += _offered(entry_name, (name, site), kind, scenario.years, asked)
    return Stock(tuple(columns), entries, memory)


def free_name(wanted: str, taken: Mapping[str, object]) -> str:
    """Return a name for a fleet entry that can stand in a dotted path and is not taken."""
    plain = wanted.replace(".", "-").replace(" ", "-")
    return plain if plain not in taken else free_name(f"{plain}-new", taken)


def _memory(scenario: Scenario, device: str) -> float:
    known = scenario.library.device(device).memory
    return float("nan") if known is None else known.capacity.central


def _offered(
    entry: str, where: tuple[str, str], kind: Type, years: tuple[int, ...], asked: FleetQuestion
) -> Iterator[Column]:
    low, high = kind.available or (years[0], years[-1])
    life = round(kind.lifetime.central)
    for start in years:
        if not low <= start <= high:
            continue
        for leaves in _ends(start, start + life, years, asked):
            stay = Stay(float(start), float(leaves - start))
            yield Column(entry, *where, stay, leaves < start + life, kind.multiple)


def _standing(
    name: str, entry: Entry, years: tuple[int, ...], asked: FleetQuestion
) -> Iterator[Column]:
    life = entry.lifetime.central
    sunk = entry.embodied == "sunk"
    for year, count in entry.count.items():
        start = float(years[0] if year == "first" else int(year))
        gone = sunk and start <= years[0]
        if count == 0 or start + life <= years[0] + _EDGE:
            continue
        yield Column(name, name, entry.site, Stay(start, life, gone), standing=count)
        for leaves in _ends(int(start), start + life, years, asked, standing=True):
            if leaves < start + life - _EDGE:
                stay = Stay(start, leaves - start, gone)
                yield Column(name, name, entry.site, stay, early=True, standing=count)


def _ends(
    start: int,
    life_ends: float,
    years: tuple[int, ...],
    asked: FleetQuestion,
    *,
    standing: bool = False,
) -> Iterator[int]:
    """Yield the years at whose beginning a device can leave; beyond the period only its life's end."""
    if asked.early == "yes":
        first = max(start + 1, years[0]) if standing else start + 1
        yield from range(first, min(int(np.ceil(life_ends - _EDGE)), years[-1] + 1))
    if not standing:
        yield round(life_ends)


def _offer(scenario: Scenario, name: str, asked: FleetQuestion, site: str) -> dict[str, Any]:
    """Return a type on offer as a fleet entry; what is uncertain of it is one thing everywhere."""
    written = scenario.data["optimize"]["fleet"]["types"][name]
    entry = {key: value for key, value in written.items() if key not in _OFFER_ONLY}
    where = f"optimize.fleet.types.{name}"
    for key in _UNCERTAIN:
        if key in entry:
            entry[key] = identified(entry[key], f"{where}.{key}")
    for key in _NESTED:
        if key in entry:
            entry[key] = {
                inner: value if inner in _WORDS else identified(value, f"{where}.{key}.{inner}")
                for inner, value in entry[key].items()
            }
    return {**entry, "site": site, "phase": str(asked.phase), "replace": "no"}


def identified(written: Any, identity: str) -> Any:
    """Return a written value whose draws are shared wherever it stands under this identity."""
    if isinstance(written, Mapping):
        return {"identity": identity, **written}
    return {"value": written, "identity": identity}
