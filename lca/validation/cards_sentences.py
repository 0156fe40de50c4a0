"""What the sentences and lists of a card say: documented patterns only, no reading between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.validation.cards_fields import CO2, field_knowns
from lca.validation.cards_numbers import MASS, NUMBER, SCALE, mass_unit, number
from lca.validation.quantities import Known

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Fact", "about_footprint", "facts_in"]

_HOURS = re.compile(rf"{NUMBER}{SCALE}\s*(?:GPU|TPU|device|accelerator)[- ]hours?\b", re.IGNORECASE)
_TYPE = re.compile(
    r"\bon (?:hardware of type )?([\w][\w .-]{1,40}?) ?\((?:a )?TDP of", re.IGNORECASE
)
_TDP = re.compile(rf"TDP of {NUMBER}(?:\s*[-–]\s*{NUMBER})?\s?(W|kW)\b", re.IGNORECASE)
_MASS_OF_CO2 = re.compile(rf"{NUMBER}{SCALE}\s*{MASS}{CO2}", re.IGNORECASE)
_BEFORE = re.compile(r"([^.;:\d]{0,60})\bemissions?\b[^;:\d]{0,60}$", re.IGNORECASE)
_REACH = 140
_PUE = re.compile(rf"\bPUE\)?\s*(?:of|is|was|=|:)\s*(?:about\s+)?{NUMBER}", re.IGNORECASE)
_GRID = re.compile(rf"{NUMBER}\s*(kg|g){CO2}\s*(?:/|per)\s*kWh\b", re.IGNORECASE)
_ENERGY = re.compile(
    rf"((?i:facility|data ?cent(?:er|re)) )?(?:[Ee]nergy|[Ee]lectricity)[^.;:\d]{{0,60}}"
    rf"{NUMBER}\s*(kWh|MWh|GWh)\b"
)
_FIELD = re.compile(r"\s*[-*]\s+([A-Z][\w -]{2,30}?)\s*:\s*(.{1,200})")
_ABOUT = re.compile(
    r"CO\s?2|carbon|greenhouse|(?:GPU|TPU)[- ]hours?|\b[kMG]Wh\b|\bTDP\b|\bPUE\b", re.IGNORECASE
)
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a card says, with its line."""

    known: Known
    line: int


def about_footprint(text: str) -> bool:
    """Whether a line has a number and a word of footprints, so that it should be understood."""
    return bool(_ABOUT.search(text)) and any(char.isdigit() for char in text)


def facts_in(text: str, line: int) -> tuple[Fact, ...]:
    """Return what one line of plain text says."""
    text = text[:_LONGEST]
    field = _FIELD.fullmatch(text)
    if field is not None:
        return tuple(Fact(known, line) for known in field_knowns(field[1], field[2]))
    return tuple(Fact(known, line) for known in _sentence(text))


def _known(name: str, written: str, scale: str | None, unit: str) -> Iterator[Known]:
    value = number(written, scale)
    if value is not None:
        yield Known(name, value, unit=unit)


def _sentence(text: str) -> Iterator[Known]:
    for match in _HOURS.finditer(text):
        yield from _known("device_hours", match[1], match[2], "hour")
    device, rated = _TYPE.search(text), _TDP.search(text)
    if device:
        yield Known("device", device[1].strip(), unit="name")
    if rated:
        low, high = float(rated[1]), float(rated[2] or rated[1])
        yield Known("device_tdp", high, low, high, "kW" if rated[3].lower() == "kw" else "W")
    yield from _emissions(_GRID.sub("", text))  # a grid factor is no emission
    for match in _PUE.finditer(text):
        yield from _known("pue", match[1], None, "")
    for match in _GRID.finditer(text):
        yield from _known("grid_intensity", match[1], None, f"{match[2].lower()}/kWh")
    for match in _ENERGY.finditer(text):
        kind = "energy_facility" if match[1] else "energy"
        yield from _known(kind, match[2], None, match[3])


def _emissions(text: str) -> Iterator[Known]:
    """Yield masses of CO2 that the words right before them call emissions."""
    for match in _MASS_OF_CO2.finditer(text):
        before = _BEFORE.search(text[max(0, match.start() - _REACH) : match.start()])
        if before:
            yield from _known(_account(before[1]), match[1], match[2], mass_unit(match[3]))


def _account(before: str) -> str:
    """Return which account an emission is, from the words before it."""
    words = before.lower()
    if "market-based" in words:
        return "co2e_market_based"
    return "co2e_location_based" if "location-based" in words else "co2e"
