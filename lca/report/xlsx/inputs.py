"""What the workbook rests on: every decision and every cited number, one named cell each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lca.report.wording import name_factor, spoken
from lca.report.xlsx.names import Names
from lca.terms import Factor

FIRST_ROW = 6
"""Row of the first input, counted from 1."""

GROUPS = ("Decisions", "Site and electricity", "Use and power", "Prices", "Hardware and processes")
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
        self._decisions: dict[tuple[str, str], Input] = {}

    def factor(self, factor: Factor, option: str) -> str:
        """Return the name of a cited number's cell."""
        found = self._factors.get(factor)
        if found is None:
            known = factor.distribution
            found = self._factors[factor] = Input(
                self.names.take(factor.identity),
                _group(factor),
                name_factor(factor.name, factor.identity),
                known.central,
                factor.unit,
                known.lower,
                known.upper,
                factor=factor,
            )
        if option not in found.options:
            found.options.append(option)
        return found.name

    def decision(
        self, path: str, option: str, value: float, unit: str, *, whole: bool = False
    ) -> str:
        """Return the name of a decision's cell; equal decisions follow that of the first option."""
        if (path, option) in self._decisions:
            return self._decisions[path, option].name
        first = next((x for (p, _), x in self._decisions.items() if p == path), None)
        same = first is not None and first.value == value
        name = self.names.take(path, option if first else "")
        found = Input(name, GROUPS[0], spoken_path(path), value, unit, 0.0, float("inf"), whole)
        found.options.append(option)
        found.follows = first.name if first is not None and same else ""
        self._decisions[path, option] = found
        return name

    def ordered(self) -> Sequence[Input]:
        """Return all inputs by group, in the order they were met."""
        every = [*self._decisions.values(), *self._factors.values()]
        return sorted(every, key=lambda one: GROUPS.index(one.group))

    def addresses(self) -> dict[str, str]:
        """Return the address of every name."""
        rows = enumerate(self.ordered(), FIRST_ROW)
        return {one.name: f"Inputs!$C${row}" for row, one in rows}


def spoken_path(path: str) -> str:
    """Return a path of a scenario in words: ``fleet.chat.lifetime`` is "lifetime of chat"."""
    room, _, rest = path.partition(".")
    asset, _, what = rest.partition(".")
    return f"{spoken(what).replace('.', ' ')} of {asset}" if what else spoken(rest or room)


def _group(factor: Factor) -> str:
    text = f"{factor.identity} {factor.name}".lower()
    if text.startswith("prices") or "price" in factor.name:
        return GROUPS[3]
    if any(word in factor.name for word in _SITE) or text.startswith(("grid/", "sites.")):
        return GROUPS[1]
    if any(word in factor.name for word in _USE):
        return GROUPS[2]
    return GROUPS[4]
