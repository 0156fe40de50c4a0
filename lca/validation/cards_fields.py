"""Entries of a name and a value, in lists and tables of two columns: documented names only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lca.validation.cards_numbers import MASS, NUMBER, SCALE, mass_unit, number
from lca.validation.quantities import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["CO2", "field_knowns"]

CO2 = r"\s*(?:of\s+)?CO\s?2(?:[- ]?eq(?:uivalents?)?\.?|e)?"
"""CO2 and CO2e as cards write them."""

_LABELS = {
    "hardware type": "device",
    "compute region": "region",
    "cloud provider": "provider",
}
_MISSING = re.compile(r"\[?more information needed\]?|n/?a|none|unknown", re.IGNORECASE)
_REST = r"(?:\s*\([^()]{0,60}\)|\s+(?:including|excluding|with|without|before|after)\b[^.;:\d]{0,40})?\.?"
_MASS = re.compile(rf"~?\s*{NUMBER}{SCALE}\s*{MASS}(?:\b|(?=CO))(?:{CO2})?\.?", re.IGNORECASE)
_TIME = re.compile(
    rf"~?\s*{NUMBER}{SCALE}\s*(?:(GPU|TPU|device|accelerator)[- ])?(hours?|h|days?)?\.?",
    re.IGNORECASE,
)
_POWER = re.compile(rf"~?\s*{NUMBER}\s*(k?W)\b(?:\s*(?:per|/|each)[\w /]{{0,20}})?\.?")
_ENERGY = re.compile(rf"~?\s*{NUMBER}\s*([kMG]?Wh)\b({_REST})")
_GRID = re.compile(rf"~?\s*{NUMBER}\s*(kg|g)(?:{CO2})?\s*(?:/|per)\s*kWh\b{_REST}", re.IGNORECASE)
_RATIO = re.compile(rf"~?\s*{NUMBER}")
_OF_ONE = re.compile(r"\b(?:per|each|of one) ?(?:gpu|tpu|device|accelerator|chip)?\b")
_FACILITY = re.compile(
    r"(?:including|incl\.?|with|after) (?:the )?pue|facility|data ?cent(?:er|re)"
)
_SERVERS = re.compile(r"(?:excluding|without|before) (?:the )?pue|\bit energy\b")


def field_knowns(name: str, value: str) -> Iterator[Known]:
    """Yield what an entry says, such as one of the list "Environmental Impact".

    Parameters
    ----------
    name, value
        As written, without emphasis. A value that is not wholly a number with its unit says
        nothing.
    """
    name, value = name.lower().strip(), value.strip()
    if _MISSING.fullmatch(value):
        return
    if name in _LABELS:
        yield Known(_LABELS[name], value, unit="name")
    for about, read in _KINDS:
        if about.search(name):
            yield from read(name, value)
            return


def _known(name: str, written: str, scale: str | None, unit: str) -> Iterator[Known]:
    value = number(written, scale)
    if value is not None:
        yield Known(name, value, unit=unit)


def _time(name: str, value: str) -> Iterator[Known]:
    found = _TIME.fullmatch(value)
    if found is None:
        return
    of_devices = found[3] or re.search(r"(?:gpu|tpu|device|accelerator)[- ]hours?", name)
    unit = "day" if (found[4] or "h").lower().startswith("d") else "hour"
    yield from _known("device_hours" if of_devices else "duration", found[1], found[2], unit)


def _power(name: str, value: str) -> Iterator[Known]:
    found = _POWER.fullmatch(value)
    if found is None:
        return
    if "tdp" in name or "thermal design" in name:
        yield from _known("device_tdp", found[1], None, found[2])
    elif _OF_ONE.search(name) or _OF_ONE.search(value.lower()):
        yield from _known("device_power", found[1], None, found[2])


def _energy(name: str, value: str) -> Iterator[Known]:
    found = _ENERGY.fullmatch(value)
    if found is None:
        return
    said = f"{name} {found[3]}".lower()
    kind = "energy_facility" if _FACILITY.search(said) else "energy"
    kind = "energy_it" if _SERVERS.search(said) else kind
    yield from _known(kind, found[1], None, found[2])


def _grid(_name: str, value: str) -> Iterator[Known]:
    found = _GRID.fullmatch(value)
    if found is not None:
        yield from _known("grid_intensity", found[1], None, f"{found[2].lower()}/kWh")


def _mass(name: str, value: str) -> Iterator[Known]:
    found = _MASS.fullmatch(value)
    if found is not None:
        account = "co2e_market_based" if "market" in name else "co2e"
        account = "co2e_location_based" if "location" in name else account
        yield from _known(account, found[1], found[2], mass_unit(found[3]))


def _pue(_name: str, value: str) -> Iterator[Known]:
    found = _RATIO.fullmatch(value)
    if found is not None:
        yield from _known("pue", found[1], None, "")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str, str], Iterator[Known]]], ...] = tuple(
    (re.compile(about), read)
    for about, read in (
        (r"^(?:pue|power usage effectiveness)\b", _pue),
        (r"intensity\b|\b(?:grid|emission) factor\b", _grid),
        (r"^hours used|(?:gpu|tpu|device|accelerator)[- ]hours?\b|^training (?:time|duration)", _time),
        (r"\bpower\b|\btdp\b", _power),
        (r"^(?:\w+ ){0,2}(?:energy|electricity)\b", _energy),
        (r"^carbon emitted|\bemissions?$|^carbon footprint|^co2e?(?:q| emitted)?$", _mass),
    )
)  # fmt: skip
"""Which names speak of what; the first that fits reads the value."""
