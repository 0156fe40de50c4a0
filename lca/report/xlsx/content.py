"""The content of a workbook before it is written: inputs, formulas, lines, and their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lca.comparison import Comparison
from lca.ledger import Ledger, Line
from lca.report.provenance import all_factors
from lca.report.result import run_result
from lca.report.xlsx.activities import Activities, Writer
from lca.report.xlsx.calculations import Calculations
from lca.report.xlsx.inputs import Inputs
from lca.report.xlsx.places import block, column
from lca.report.xlsx.schedule import Schedule
from lca.scenario import Scenario

MOST_LINES = 1500
"""Lines that a workbook holds as formulas; options beyond have their totals as values."""

LIVE = "formula"
"""What a line says of an activity or intensity that is one."""

FIRST_LINE = 6
"""Row of the first line, counted from 1."""

LABELS = (
    "no.",
    "option",
    "asset",
    "component",
    "stage",
    "process",
    "phase",
    "indicator",
    "site no.",
    "site",
    "region",
    "account",
    "per",
    "unit",
    "activity as",
    "intensity as",
)
OPTION, STAGE, INDICATOR, SITE, BASIS = 0, 4, 7, 8, 11
BLOCKS = ("spread", "inventory", "intensity", "spread result", "inventory result")


@dataclass(frozen=True, slots=True)
class LiveLine:
    """A line of an option with its formulas by block and year, and their values."""

    option: int
    site: int
    indicator: str
    line: Line
    unit: str
    formulas: dict[str, tuple[str, ...]]
    values: dict[str, tuple[float, ...]]
    activity_as: str
    intensity_as: str


@dataclass(slots=True)
class Content:
    """Everything that the sheets show."""

    scenario: Scenario
    ledgers: Sequence[Ledger]
    comparison: Comparison | None
    result: dict[str, Any]
    inputs: Inputs
    calculations: Calculations
    schedule: Schedule
    lines: list[LiveLine]
    live: tuple[int, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Calendar years of the columns."""
        return self.ledgers[0].years

    @property
    def basis(self) -> str:
        """The account that the key table uses."""
        return str(self.result["basis"])

    @property
    def view(self) -> str:
        """The account over time that totals use."""
        return self.ledgers[0].default_view

    @property
    def last_line(self) -> int:
        """Row of the last line, counted from 1; never before the first."""
        return FIRST_LINE + max(len(self.lines), 1) - 1

    def column(self, name: str, year: int = 0) -> int:
        """Return the position of a block's column; the last of a result block is its total."""
        return _begins(len(self.years))[name] + year

    def label(self, position: int) -> str:
        """Return the address of a label of all lines."""
        return block("Lines", position, FIRST_LINE, self.last_line)

    def sums(self, view: str, year: int | None = None) -> str:
        """Return the address of the results of all lines: of a year, by position, or in total."""
        place = len(self.years) if year is None else year
        return block("Lines", self.column(f"{view} result", place), FIRST_LINE, self.last_line)


@cache
def _begins(years: int) -> dict[str, int]:
    """Return the column in which each block begins."""
    found, place = dict[str, int](), len(LABELS)
    for name in BLOCKS:
        found[name] = place
        place += years + name.endswith("result")
    return found


def indicator_key(ledger: Ledger, indicator: str) -> str:
    """Return an indicator without a user's words: functional units are numbered."""
    if not indicator.startswith("unit:"):
        return indicator
    return f"unit:{ledger.functional_units.index(indicator.removeprefix('unit:')) + 1}"


def gather(scenario: Scenario, ledgers: Sequence[Ledger], comparison: Comparison | None) -> Content:
    """Return the content of a workbook.

    Parameters
    ----------
    scenario
        The scenario.
    ledgers
        One per option.
    comparison
        Of the same options, or None.
    """
    basis = comparison.basis if comparison else "location"
    made = run_result(scenario, ledgers, basis=basis, full=False)
    inputs = Inputs()
    live = _live(ledgers, comparison)
    sheets = Calculations(inputs), Schedule(inputs)
    found = Content(scenario, ledgers, comparison, made, inputs, *sheets, [], live)
    options = _options(scenario, ledgers)
    sites: dict[str, int] = {}
    for place in live:
        _add(found, place, options.get(ledgers[place].name), sites)
    inputs.name_options(all_factors([ledgers[place] for place in live]))
    return found


def _live(ledgers: Sequence[Ledger], comparison: Comparison | None) -> tuple[int, ...]:
    """Return the options with formulas: the first, then the lowest, as many as there is room for."""
    order = comparison.order if comparison else [ledger.name for ledger in ledgers]
    ranked = sorted(range(len(ledgers)), key=lambda i: (i > 0, order.index(ledgers[i].name)))
    kept: list[int] = []
    room = MOST_LINES
    for place in ranked:
        room -= len(ledgers[place].lines)
        if room < 0 and kept:
            break
        kept.append(place)
    return tuple(sorted(kept))


def _options(scenario: Scenario, ledgers: Sequence[Ledger]) -> dict[str, Scenario]:
    names = {ledger.name for ledger in ledgers}
    every = [scenario] if names == {scenario.name} else scenario.options()
    return {one.name: one for one in every if one.name in names}


def _add(content: Content, place: int, scenario: Scenario | None, sites: dict[str, int]) -> None:
    ledger = content.ledgers[place]
    writer = Writer(scenario, ledger.name, content.inputs, content.schedule)
    for line in ledger.lines:
        site = sites.setdefault(line.site, len(sites) + 1)
        content.lines.append(_line(content, place, site, line, writer))


def _line(content: Content, place: int, site: int, line: Line, writer: Writer) -> LiveLine:
    ledger, calculations = content.ledgers[place], content.calculations
    count, last = len(ledger.years), len(line.intensity) - 1
    nodes = [line.intensity[min(year, last)] for year in range(count)]
    written = {view: writer.write(line, view) for view in ("spread", "inventory")}
    formulas = {view: made.formulas for view, made in written.items()}
    distinct = dict.fromkeys(nodes)
    addresses = {node: calculations.address(node) for node in distinct}
    rates = {node: calculations.value(node) for node in distinct}
    formulas["intensity"] = tuple(addresses[node] for node in nodes)
    values = {"spread": tuple(line.spread), "inventory": tuple(line.inventory)}
    values["intensity"] = tuple(rates[node] for node in nodes)
    row = FIRST_LINE + len(content.lines)
    for view in ("spread", "inventory"):
        formulas[f"{view} result"] = _products(content, view, row)
        values[f"{view} result"] = tuple(
            a * b for a, b in zip(values[view], values["intensity"], strict=True)
        )
    live = all(calculations.is_live(node) for node in distinct)
    return LiveLine(
        place + 1,
        site,
        indicator_key(ledger, line.indicator),
        line,
        ledger.unit(line.indicator).removeprefix("unit:"),
        formulas,
        values,
        _said(written),
        LIVE if live else "value kept in part (sheet Calculations)",
    )


def _said(written: dict[str, Activities]) -> str:
    """Say whether activities are formulas, and why not."""
    reasons = {view: made.why for view, made in written.items() if made.why}
    if not reasons:
        return LIVE
    first = next(iter(reasons.values()))
    return first if len(reasons) == len(written) else f"{first} ({', '.join(reasons)} view)"


def _products(content: Content, view: str, row: int) -> tuple[str, ...]:
    """Return activity times intensity of every year."""
    amount, rate = content.column(view), content.column("intensity")
    return tuple(
        f"{column(amount + year)}{row}*{column(rate + year)}{row}"
        for year in range(len(content.years))
    )
