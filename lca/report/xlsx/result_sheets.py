"""The sheet Results: totals of every account by live formulas, over the lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from lca.ledger import STAGES, VIEWS
from lca.report.accounts import FLOWS, gaps
from lca.report.wording import spoken
from lca.report.xlsx.content import BASIS, INDICATOR, OPTION, STAGE, Content, indicator_key
from lca.report.xlsx.pen import Pen
from lca.report.xlsx.places import column

_OTHER = {"location": "market", "market": "location"}
_VIEW = {"spread": "spread over life", "inventory": "booked when it happens"}


@dataclass(frozen=True, slots=True)
class Account:
    """Which sums a table shows: an indicator on one account and in one view."""

    indicator: str
    basis: str
    view: str


@dataclass(slots=True)
class Places:
    """Where totals stand on the sheet Results, for the sheets that point there."""

    totals: dict[tuple[int, Account], int] = field(default_factory=dict)
    stages: dict[Account, tuple[int, int]] = field(default_factory=dict)
    years: dict[tuple[int, Account], int] = field(default_factory=dict)

    TOTAL: ClassVar[int] = 2 + len(STAGES)
    """Column of the total."""


def accounts(content: Content) -> list[Account]:
    """Return the accounts to show: the market-based one only where something differs."""
    found = []
    units = [f"unit:{name}" for name in content.ledgers[0].functional_units]
    for indicator in (*content.result["indicators"], *FLOWS, *units):
        differs = any(
            line.line.basis == "market" and line.line.indicator == indicator
            for line in content.lines
        )
        order = (content.basis, _OTHER[content.basis])
        bases = [basis for basis in order if basis == content.basis or differs]
        views = sorted(VIEWS, key=lambda view: view != content.view)
        views = views if indicator not in FLOWS and indicator not in units else views[:1]
        found += [Account(indicator, basis, view) for basis in bases for view in views]
    return list(dict.fromkeys(found))


def total_formula(
    content: Content, option: str, account: Account, stage: str = "", year: int | None = None
) -> str:
    """Return the sum over an option's lines, restricted to a stage or a year.

    ``option`` is the address of its number: names of users are never criteria.
    """
    key = indicator_key(content.ledgers[0], account.indicator)
    parts = [content.sums(account.view, year), content.label(OPTION), option]
    parts += [content.label(INDICATOR), f'"{key}"']
    parts += [content.label(BASIS), f'"<>{_OTHER[account.basis]}"']
    if stage:
        parts += [content.label(STAGE), f'"{stage}"']
    return f"SUMIFS({','.join(parts)})"


def write_results(pen: Pen, content: Content) -> Places:
    """Write totals by option and stage, then by option and year, for every account."""
    pen.text(1, 0, "Results: sums over the lines", "title")
    note = "Central values by formula. A stage without lines is left open; a known gap is named."
    pen.text(2, 0, note, "note")
    places, row = Places(), 4
    for account in accounts(content):
        row = _stage_table(pen, content, account, row, places)
    for account in accounts(content):
        row = _year_table(pen, content, account, row, places)
    pen.widths(7, 26, *(16 for _ in range(max(len(STAGES), len(content.years)) + 2)))
    pen.sheet.freeze_panes(3, 2)
    return places


def _caption(content: Content, account: Account) -> str:
    """Return the name of a table: what is summed, its unit and its account."""
    unit = content.ledgers[0].unit(account.indicator).removeprefix("unit:")
    if account.indicator.startswith("unit:"):
        return f"Delivered: {unit}"
    return f"{spoken(account.indicator)} [{unit}], {account.basis}-based, {_VIEW[account.view]}"


def _stage_table(pen: Pen, content: Content, account: Account, row: int, places: Places) -> int:
    pen.text(row, 0, _caption(content, account), "heading")
    pen.header(row + 1, ("no.", "option", *(spoken(stage) for stage in STAGES), "all stages"), 0, 2)
    for number, ledger in enumerate(content.ledgers, 1):
        place = row + 1 + number
        pen.number(place, 0, number, "whole")
        pen.text(place, 1, ledger.name)
        places.totals[number, account] = place
        _stages(pen, content, account, place, number)
    places.stages[account] = (row + 2, row + 1 + len(content.ledgers))
    return row + 3 + len(content.ledgers)


def _stages(pen: Pen, content: Content, account: Account, row: int, number: int) -> None:
    ledger = content.ledgers[number - 1]
    known = {
        r.labels[0]: r.estimate.central
        for r in ledger.by(
            "stage", indicator=account.indicator, basis=account.basis, view=account.view
        )
    }
    live = number - 1 in content.live
    for place, stage in enumerate(STAGES, 2):
        if stage in known:
            text = total_formula(content, f"$A{row}", account, stage) if live else ""
            _put(pen, row, place, text, known[stage])
        elif gaps(ledger, account.indicator, stage):
            pen.text(row, place, "not known", "absent")
    if not ledger.knows(account.indicator):
        pen.text(row, Places.TOTAL, "not known", "absent")
        return
    text = f"SUM({column(2)}{row}:{column(Places.TOTAL - 1)}{row})" if live else ""
    _put(pen, row, Places.TOTAL, text, sum(known.values()), "total")


def _put(pen: Pen, row: int, place: int, formula: str, value: float, style: str = "fine") -> None:
    """Write a formula, or its value where there is none."""
    if formula:
        pen.formula(row, place, formula, value, style)
    else:
        pen.number(row, place, value, style)


def _year_table(pen: Pen, content: Content, account: Account, row: int, places: Places) -> int:
    pen.text(row, 0, f"{_caption(content, account)}, by year", "heading")
    pen.header(row + 1, ("no.", "option", *content.years, "all years"), 0, 2)
    for number, ledger in enumerate(content.ledgers, 1):
        place = row + 1 + number
        pen.number(place, 0, number, "whole")
        pen.text(place, 1, ledger.name)
        if ledger.knows(account.indicator):
            places.years[number, account] = place
            _years(pen, content, account, place, number)
        else:
            pen.text(place, 2 + len(content.years), "not known", "absent")
    return row + 3 + len(content.ledgers)


def _years(pen: Pen, content: Content, account: Account, row: int, number: int) -> None:
    rows = content.ledgers[number - 1].by(
        "year", indicator=account.indicator, basis=account.basis, view=account.view
    )
    known = {r.labels[0]: r.estimate.central for r in rows}
    live = number - 1 in content.live
    for place, year in enumerate(content.years):
        text = total_formula(content, f"$A{row}", account, year=place) if live else ""
        _put(pen, row, 2 + place, text, known.get(str(year), 0.0))
    end = 2 + len(content.years)
    text = f"SUM({column(2)}{row}:{column(end - 1)}{row})"
    _put(pen, row, end, text, sum(known.values()), "total")


def headline(content: Content) -> Account:
    """Return the account that options are judged by."""
    return Account("gwp100", content.basis, content.view)
