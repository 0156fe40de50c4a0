"""What the workbook rests on: every decision and every cited number, one named cell each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lca.report.wording import name_factor, spoken
from lca.report.xlsx.names import Names
from lca.terms import Factor

FIRST_ROW = 6
"""Row of the first input, counted from 1."""

GROUPS = (
    "Decisions",
    "Site and electricity",
    "Use and power",
    "Prices",
    "Hardware and processes",
    "Constants",
)
CONSTANTS = GROUPS[-1]
"""Group of counters and fixed shares, which nobody should change."""

_SITE = ("pue", "wue", "grid", "loss", "residual", "upstream", "water", "decline", "elapsed")
_USE = ("utilization", "power", "fraction", "occupancy", "hours", "throughput", "rate", "energy")


@dataclass(slots=True)
class Input:
    """A named cell: its value, what it is, how sure it is, and on whose word.

    ``follows`` is the name of the cell that it repeats until somebody writes over it.
    """

    name: str
    group: str
    what: str
    value: float
    unit: str
    lower: float
    upper: float
    whole: bool = False
    follows: str = ""
    factor: Factor | None = None
    options: list[str] = field(default_factory=list)


class Inputs:
    """The named cells, each number once."""

    def __init__(self) -> None:
        self.names = Names()
        self._factors: dict[Factor, Input] = {}
        self._decisions: dict[str, dict[str, Input]] = {}

    def factor(self, factor: Factor) -> str:
        """Return the name of a cited number's cell."""
        found = self._factors.get(factor)
        if found is None:
            known = factor.distribution
            found = self._factors[factor] = Input(
                self.names.take(factor.identity),
                _group(factor),
                _what(factor),
                known.central,
                factor.unit,
                known.lower,
                known.upper,
                factor=factor,
            )
        return found.name

    def decision(
        self, path: str, option: str, value: float, unit: str, *, whole: bool = False
    ) -> str:
        """Return the name of a decision's cell; equal decisions follow that of the first option."""
        known = self._decisions.setdefault(path, {})
        if option in known:
            return known[option].name
        first = next(iter(known.values()), None)
        same = first is not None and first.value == value
        name = self.names.take(path, option if first else "")
        found = Input(name, GROUPS[0], spoken_path(path), value, unit, 0.0, float("inf"), whole)
        found.options.append(option)
        found.follows = first.name if first is not None and same else ""
        known[option] = found
        return name

    def ordered(self) -> Sequence[Input]:
        """Return all inputs by group, in the order they were met."""
        decided = (found for options in self._decisions.values() for found in options.values())
        return sorted((*decided, *self._factors.values()), key=lambda one: GROUPS.index(one.group))

    def name_options(self, used: Mapping[Factor, Sequence[str]]) -> None:
        """Note the options that each cited number enters."""
        for factor, found in self._factors.items():
            found.options = list(used.get(factor, ()))


def spoken_path(path: str) -> str:
    """Return a path of a scenario in words: ``fleet.chat.lifetime`` is "lifetime of chat"."""
    room, _, rest = path.partition(".")
    asset, _, what = rest.partition(".")
    return f"{spoken(what).replace('.', ' ')} of {asset}" if what else spoken(rest or room)


def _what(factor: Factor) -> str:
    """Say what a number is; of one published footprint, which part of it."""
    found, own = name_factor(factor.name, factor.identity), spoken(factor.name)
    published = factor.identity.startswith("published/") or "published" in found
    return f"{found}: {own}" if published and own not in found else found


def _group(factor: Factor) -> str:
    text = f"{factor.identity} {factor.name}".lower()
    if factor.role == "decision" and not factor.source:
        return CONSTANTS
    if text.startswith("prices") or "price" in factor.name:
        return GROUPS[3]
    if any(word in factor.name for word in _SITE) or text.startswith(("grid/", "sites.")):
        return GROUPS[1]
    if any(word in factor.name for word in _USE):
        return GROUPS[2]
    return GROUPS[4]
