"""The sheets Checks and Sources: whether the workbook agrees with itself, and on whose word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lca.report.xlsx import comparison_sheet
from lca.report.xlsx.content import BASIS, INDICATOR, OPTION, SITE, Content
from lca.report.xlsx.pen import Pen
from lca.report.xlsx.places import column
from lca.report.xlsx.result_sheets import Places, accounts, headline, total_formula
from lca.terms import Node, Term, walk

FIRST_ROW = 6
_SMALL = "0.000000001"
OK = "OK"


@dataclass(frozen=True, slots=True)
class Check:
    """Two numbers that must be equal: formulas, their values, and what is said if they are not."""

    what: str
    option: str
    left: str
    left_value: float
    right: str
    right_value: float
    otherwise: str = "not OK"


def write_checks(pen: Pen, content: Content, places: Places) -> None:
    """Write one row a check; each compares two numbers to a billionth."""
    pen.text(1, 0, "Checks", "title")
    note = "Two ways to the same number, compared to a billionth."
    pen.text(2, 0, note, "note")
    found = list(_checks(content, places))
    last = FIRST_ROW + len(found) - 1
    pen.text(3, 0, "all", "group")
    state = f'IF(COUNTIF(C{FIRST_ROW}:C{last},"not OK")=0,"{OK}","not OK")'
    pen.formula(3, 1, state, OK, "group")
    pen.header(FIRST_ROW - 1, ("check", "option", "result", "first", "second", "difference"), 0, 3)
    for row, check in enumerate(found, FIRST_ROW):
        _write(pen, row, check)
    pen.widths(64, 26, 18, 20, 20, 16)
    pen.sheet.freeze_panes(FIRST_ROW - 1, 1)


def _write(pen: Pen, row: int, check: Check) -> None:
    pen.text(row, 0, check.what)
    pen.text(row, 1, check.option)
    pen.formula(row, 3, check.left, check.left_value)
    pen.formula(row, 4, check.right, check.right_value)
    pen.formula(row, 5, f"D{row}-E{row}", check.left_value - check.right_value)
    same = f"ABS(D{row}-E{row})<={_SMALL}*MAX(ABS(D{row}),ABS(E{row}))"
    agrees = abs(check.left_value - check.right_value) <= 1e-9 * max(
        abs(check.left_value), abs(check.right_value)
    )
    state = OK if agrees else check.otherwise
    pen.formula(row, 2, f'IF({same},"{OK}","{check.otherwise}")', state)


def _checks(content: Content, places: Places) -> Iterator[Check]:
    yield from _sums(content, places)
    yield from _recomputed(content, places)
    yield from _pue(content)
    yield from _shares(content, places)


def _sums(content: Content, places: Places) -> Iterator[Check]:
    """Yield that stages and years sum to the total of all lines."""
    account = headline(content)
    for place in content.live:
        ledger, number = content.ledgers[place], place + 1
        if not ledger.knows("gwp100"):
            continue
        value = ledger.total("gwp100", basis=account.basis, view=account.view).central
        total = total_formula(content, f"{number}", account)
        stages = f"Results!{column(Places.TOTAL)}{places.totals[number, account]}"
        yield Check("stages sum to all lines", ledger.name, stages, value, total, value)
        years = f"Results!{column(2 + len(content.years))}{places.years[number, account]}"
        yield Check("years sum to all lines", ledger.name, years, value, total, value)


def _recomputed(content: Content, places: Places) -> Iterator[Check]:
    """Yield that the workbook gives what the model gave; it differs once an input is changed."""
    for account in accounts(content):
        for place in content.live:
            ledger = content.ledgers[place]
            if not ledger.knows(account.indicator):
                continue
            known = ledger.total(account.indicator, basis=account.basis, view=account.view).central
            cell = f"Results!{column(Places.TOTAL)}{places.totals[place + 1, account]}"
            words = account.indicator.removeprefix("unit:")
            what = f"workbook gives what lca gave: {words}, {account.basis}, {account.view}"
            yield Check(what, ledger.name, cell, known, repr(known), known, "inputs changed")


def _pue(content: Content) -> Iterator[Check]:
    """Yield that facility energy is IT energy times PUE, once, for each option and site."""
    for number, site in dict.fromkeys((line.option, line.site) for line in content.lines):
        here = [x for x in content.lines if (x.option, x.site) == (number, site)]
        found = {node for x in here if x.indicator == "facility_energy" for node in _pues(x.line)}
        whole = [x for x in here if x.indicator == "facility_energy"]
        part = [x for x in here if x.indicator == "it_energy"]
        if len(found) != 1 or len(whole) != len(part):
            continue
        pue = found.pop()
        name = content.ledgers[number - 1].name
        ratio = content.calculations.value(pue)
        it = sum(sum(x.values["spread result"]) for x in part)
        left = _energy(content, number, site, "facility_energy")
        right = f"{_energy(content, number, site, 'it_energy')}*"
        right += content.calculations.address(pue)
        energy = sum(sum(x.values["spread result"]) for x in whole)
        words = f"facility energy is IT energy times PUE, once: {here[0].line.site}"
        yield Check(words, name, left, energy, right, it * ratio)


def _pues(line: object) -> Iterator[Node]:
    """Yield the PUE below a line of facility energy."""
    for intensity in getattr(line, "intensity", ()):
        for node in walk(intensity):
            if isinstance(node, Term):
                yield from (part for name, part in node.inputs if name == "pue")


def _energy(content: Content, number: int, site: int, indicator: str) -> str:
    parts = [content.sums("spread"), content.label(OPTION), str(number)]
    parts += [content.label(SITE), str(site), content.label(INDICATOR), f'"{indicator}"']
    parts += [content.label(BASIS), '"both"']
    return f"SUMIFS({','.join(parts)})"


def _shares(content: Content, places: Places) -> Iterator[Check]:
    """Yield that shares sum to one: of stages in a total, of the chances to be lowest."""
    account = headline(content)
    for place in content.live:
        ledger, row = content.ledgers[place], places.totals[place + 1, account]
        if not ledger.knows("gwp100") or not ledger.total("gwp100", view=account.view).central:
            continue
        last = column(Places.TOTAL - 1)
        total = f"Results!{column(Places.TOTAL)}{row}"
        made = f"SUMPRODUCT(Results!C{row}:{last}{row}/{total})"
        yield Check("shares of the stages sum to one", ledger.name, made, 1.0, "1", 1.0)
    if content.comparison:
        first = comparison_sheet.FIRST_ROW
        chances = f"SUM(Comparison!B{first}:B{first + len(content.ledgers) - 1})"
        yield Check("chances to be lowest sum to one", "all", chances, 1.0, "1", 1.0)


def write_sources(pen: Pen, content: Content) -> None:
    """Write sources with licence and attribution, then gaps, assumptions, warnings."""
    result = content.result
    pen.text(1, 0, "Sources, licences and gaps", "title")
    row = _rows(pen, 3, "Sources", ("key", "citation", "licence", "attribution", "url", "seen"),
                [tuple(entry[key] for key in _SOURCE) for entry in result["sources"]])  # fmt: skip
    row = _rows(
        pen,
        row,
        "Gaps: not known, and not counted as 0",
        ("indicator", "what", "stage", "reason", "options"),
        [
            (g["indicator"], g["what"], g["stage"], g["reason"], ", ".join(g["options"]))
            for g in result["missing"]
        ],
    )
    row = _rows(
        pen,
        row,
        "Assumed by the authors of the data: nobody published it",
        ("name", "what", "value", "why"),
        [
            (a["name"], a["what"], f"{a['central']:g} {a['unit']}", a["note"])
            for a in result["assumptions"]
        ],
    )
    for title, key in (("Warnings", "warnings"), ("Methods that could not be used", "fallbacks")):
        row = _rows(pen, row, title, ("text",), [(text,) for text in result[key]])
    pen.widths(30, 70, 18, 60, 40, 16)
    pen.sheet.freeze_panes(2, 1)


_SOURCE = ("key", "citation", "licence", "attribution", "url", "seen")


def _rows(
    pen: Pen, row: int, title: str, headings: tuple[str, ...], rows: list[tuple[str, ...]]
) -> int:
    """Write a titled list, and return where the next one begins."""
    pen.text(row, 0, title, "heading")
    if not rows:
        pen.text(row + 1, 0, "none")
        return row + 3
    pen.header(row + 1, headings)
    for place, texts in enumerate(rows, row + 2):
        for position, text in enumerate(texts):
            pen.text(place, position, text, "wrap" if len(headings) > 1 else "text")
    return row + 3 + len(rows)
