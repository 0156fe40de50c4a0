"""Trails: how the numbers of a report came about, as plain data that a page can unfold.

A trail names the largest lines of a number; each line points to the tree of its intensity. Lines
and trees are shared by all trails, so that each is told once. A number that is made of others, such as
a difference or a quotient, names their trails instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from lca.estimates import scale
from lca.explanation import activity
from lca.ledger import Ledger, Line
from lca.report import inventory_lines
from lca.report.paper.trail_book import Book, short
from lca.report.tables import trail_key
from lca.report.wording import percent, say_unit, spoken

if TYPE_CHECKING:
    from lca.scenario import Scenario

_MOST_LINES = 6
_MOST_NODES = 2500
_MOST_NUMBERS = 900
_MOST_OPTIONS = 24
_OF_VERY_MANY = 8
Numbers = Mapping[str, Any]
Keep = Callable[[Line], bool]


def trails(
    scenario: Scenario, ledgers: Sequence[Ledger], result: Numbers, basis: str
) -> dict[str, Any]:
    """Return the trails of the numbers of the report's tables.

    Parameters
    ----------
    ledgers
        One an option.
    result
        Their result; numbers and sources are read from it.

    Returns
    -------
    dict
        ``numbers`` by key, see `lca.report.tables.trail_key`; ``lines`` and ``nodes`` that they point
        to; ``sources`` by key; ``told``, the names of the options whose numbers have one: of more than
        24 options the eight lowest, and as many as keep the page small enough to be sent.
    """
    book, numbers, told = Book(), dict[str, Any](), list[str]()
    for place in _order(result):
        if len(book.nodes) < _MOST_NODES and len(numbers) < _MOST_NUMBERS:
            one = _Option(book, ledgers[place], result["options"][place], basis)
            numbers |= dict(one.numbers())
            told.append(ledgers[place].name)
            if len(told) == 1:
                numbers |= dict(_inventory(one, scenario))
    numbers |= dict(_compared(result, told))
    used = {node["s"] for node in book.nodes if "s" in node}
    return {
        "numbers": numbers,
        "lines": book.lines,
        "nodes": book.nodes,
        "sources": {
            one["key"]: {"citation": one["citation"], "url": one["url"]}
            for one in result["sources"]
            if one["key"] in used
        },
        "told": told,
    }


def _order(result: Numbers) -> list[int]:
    """Return the places of the options whose numbers are told, the lowest first."""
    names = [option["name"] for option in result["options"]]
    found = result["comparison"]
    order = [names.index(name) for name in found["order"]] if found else [*range(len(names))]
    return order if len(order) <= _MOST_OPTIONS else order[:_OF_VERY_MANY]


@dataclass(frozen=True, slots=True)
class _Option:
    """Tells the numbers of one option."""

    book: Book
    ledger: Ledger
    option: Numbers
    basis: str

    def numbers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield key and trail of each number."""
        yield from self._totals()
        yield from self._parts("stage", self.option["by_stage"])
        yield from self._parts("phase", self.option["by_phase"])
        yield from self._years()
        yield from self._costs()
        yield from self._works()
        yield from self._quotients()

    def _key(self, *names: str) -> str:
        return trail_key(self.ledger.name, *names)

    def _totals(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, accounts in self.option["total"].items():
            for basis in ("location", "market"):
                title = f"{spoken(name)}, {basis}-based"
                told = self.made(title, accounts[basis], _is(name, basis))
                yield from self._some("total", name, basis, told=told)
        for name, found in self.option["energy"].items():
            if name not in self.option["total"]:
                told = self.made(spoken(name), found, _is(name, self.basis))
                yield from self._some("total", name, self.basis, told=told)

    def _some(self, *names: str, told: dict[str, Any] | None) -> Iterator[tuple[str, dict[str, Any]]]:  # fmt: skip
        if told:
            yield self._key(*names), told

    def _parts(self, label: str, found: Numbers) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, entry in found.items():
            keep = _is("gwp100", self.basis, **{label: name})
            told = self.made(spoken(name), entry.get("gwp100"), keep)
            yield from self._some(label, name, told=told)

    def _years(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for year, entry in self.option["inventory"]["by_year"].items():
            title = f"{year}, purchases and disposal whole in their year"
            keep = _is("gwp100", self.basis)
            told = self.made(title, entry.get("gwp100"), keep, "inventory", int(year))
            yield from self._some("year", year, told=told)

    def _costs(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for process, found in self.option["costs"].get("cost", {}).items():
            told = self.made(
                f"cost of {spoken(process)}", found, _is("cost", self.basis, process=process)
            )
            yield from self._some("cost", process, told=told)

    def _works(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for unit, found in self.option["delivered"].items():
            keep = _is(f"unit:{unit}", self.basis)
            told = self.made(f"delivered, {unit}", found, keep, "spread")
            yield from self._some("unit", unit, told=told)

    def _quotients(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what is divided by the work delivered: its parts are two other trails."""
        own = self.option["functional_unit"]
        for stage, entry in self.option["by_stage_per_unit"].items():
            told = self._over(spoken(stage), entry.get("gwp100"), own, "stage", stage)
            yield from self._some("stage per", stage, told=told)
        tables = {own: self.option["per_unit"], **self.option["per_other_unit"]} if own else {}
        for unit, entry in tables.items():
            for basis in ("location", "market"):
                found = entry.get("gwp100", {}).get(basis)
                told = self._over(
                    f"{spoken('gwp100')}, {basis}-based", found, unit, "total", "gwp100", basis
                )
                yield from self._some("per", "gwp100", basis, unit, told=told)

    def _over(self, title: str, found: Numbers | None, unit: str, *above: str) -> dict[str, Any] | None:  # fmt: skip
        if found is None or found["median"] is None:
            return None
        said = "The first of these, divided by the second, draw by draw:"
        return {
            "title": f"{self.ledger.name}: {title}, per {unit}",
            **_told(found),
            "say": said,
            "parts": [self._key(*above), self._key("unit", unit)],
        }

    def made(
        self, title: str, found: Numbers | None, keep: Keep, view: str = "", year: int | None = None
    ) -> dict[str, Any] | None:  # fmt: skip
        """Return the trail of a sum of lines; None where there is no number."""
        if found is None or found["median"] is None:
            return None
        told = _told(found)
        parts = [part for line in self.ledger.lines if keep(line) for part in self._amounts(line, view, year)]  # fmt: skip
        parts.sort(key=lambda part: -abs(part[2]))
        step = scale(found["median"] or found["central"], found["unit"])[0]
        lines = [[part[0](), short(part[1]), short(part[2] / step)] for part in parts[:_MOST_LINES]]
        rest = parts[_MOST_LINES:]
        more = [len(rest), short(sum(part[2] for part in rest) / step)] if rest else None
        return {"title": f"{self.ledger.name}: {title}", **told, "lines": lines, "more": more}

    def _amounts(self, line: Line, view: str, year: int | None) -> Iterator[tuple[Callable[[], int], float, float]]:  # fmt: skip
        """Yield how to tell a line, its activity, and its central amount; nothing where it has none."""
        amounts, last = activity(line, view or self.ledger.default_view), len(line.intensity) - 1
        years = range(len(amounts)) if year is None else [self.ledger.years.index(year)]
        found = [(amounts[i], line.intensity[min(i, last)]) for i in years if amounts[i]]
        if found:
            yield (
                lambda: self.book.line(line, found[0][1], several=len({n for _, n in found}) > 1),
                sum(amount for amount, _ in found),
                sum(amount * self.book.central(node) for amount, node in found),
            )


def _is(indicator: str, basis: str, **labels: str) -> Keep:
    """Return whether a line counts an indicator on an account, with some labels."""

    def keep(line: Line) -> bool:
        counts = line.indicator == indicator and line.basis in {"both", basis}
        return counts and all(getattr(line, label) == name for label, name in labels.items())

    return keep


def _told(found: Numbers) -> dict[str, Any]:
    step, unit = scale(found["median"] or found["central"], found["unit"])
    numbers = {key: short(found[key] / step) for key in ("central", "median", "p5", "p95")}
    return {"unit": say_unit(unit), **numbers}


def _inventory(one: _Option, scenario: Scenario) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the lines of the inventory of an option, by year and in all."""
    option = inventory_lines.option_of(scenario, one.ledger.name)
    places = inventory_lines.keys_of(option)
    for line in inventory_lines.lines_of(one.ledger, option):
        counts = _falls_in(places, line)
        kept = {id(each) for each in one.ledger.lines if counts(each)}
        keep = partial(_is_in, kept)
        found = line.total.statistics()
        told = one.made(line.label, found, keep, line.view)
        if told:
            yield inventory_lines.trail_of(one.ledger, line, inventory_lines.WHOLE), told
        whole_life = len(line.years) == 1
        for year, estimate in line.years.items():
            when = None if whole_life else year
            told = one.made(f"{line.label}, {year}", estimate.statistics(), keep, line.view, when)
            if told:
                yield inventory_lines.trail_of(one.ledger, line, str(year)), told


def _is_in(kept: set[int], line: Line) -> bool:
    return id(line) in kept


def _falls_in(places: Mapping[str, Mapping[str, str]], place: Any) -> Keep:
    counts = _is("gwp100", place.account or "location")

    def keep(line: Line) -> bool:
        what = "grid_losses" if line.component == "grid_losses" else line.stage
        return counts(line) and places[line.asset][what] == place.key

    return keep


def _compared(result: Numbers, told: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the differences of options, and how often each is the lowest."""
    found = result["comparison"]
    if not found:
        return
    unit, names = found["functional_unit"], {*told}
    kind = ("per", "gwp100", found["basis"], unit) if unit else ("total", "gwp100", found["basis"])
    heads = {name: trail_key(name, *kind) for name in told}
    for pair in found["pairs"]:
        first, second = pair["a"], pair["b"]
        if {first, second} <= names:
            numbers = _told(pair["difference"])
            share = percent(pair["probability_a_lower"])
            said = f"{first} is lower in {share} of {result['samples']} draws. The first of these less the second, draw by draw, so that what both share cancels:"
            yield (
                trail_key(first, "less", second),
                {
                    "title": f"{first} less {second}",
                    **numbers,
                    "say": said,
                    "parts": [heads[first], heads[second]],
                },
            )
    for name in told:
        share = percent(found["probability_best"][name])
        said = f"{name} is the lowest of {len(found['order'])} options in {share} of {result['samples']} draws, which all options share. Their numbers:"
        yield (
            trail_key(name, "lowest"),
            {"title": f"{name}: lowest in {share}", "say": said, "parts": list(heads.values())},
        )
