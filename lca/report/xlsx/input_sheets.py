"""The sheets Inputs, Calculations, Schedule and Lines: what the results are made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lca.report.xlsx import calculations, inputs, schedule
from lca.report.xlsx.content import BLOCKS, FIRST_LINE, LABELS, Content, LiveLine
from lca.report.xlsx.inputs import CONSTANTS, Input
from lca.report.xlsx.pen import Pen
from lca.report.xlsx.places import column

_VALUE = 2
_HALF = np.array([0.5])
_ABOUT = {
    "spread": "activity, spread over life",
    "inventory": "activity, booked when it happens",
    "intensity": "intensity per activity",
    "spread result": "result, spread over life",
    "inventory result": "result, booked when it happens",
}


def write_inputs(pen: Pen, book: Any, content: Content) -> None:
    """Write one named cell an input, with its distribution and its source as a comment."""
    pen.text(1, 0, "Inputs", "title")
    pen.text(
        2,
        0,
        "Change a yellow cell and the central values follow; the sheet Lines names what cannot.",
        "note",
    )
    note = "Medians, intervals and probabilities come from the draws and do not follow."
    pen.text(3, 0, note, "note")
    first = inputs.FIRST_ROW
    headings = ("input", "options", "value", "unit", "distribution", "p5", "median", "p95")
    pen.header(first - 1, (*headings, "quality", "source", "kind", "name of the cell", "note"))
    for row, one in enumerate(content.inputs.ordered(), first):
        _input(pen, book, content, row, one)
    pen.widths(44, 22, 14, 14, 12, 12, 12, 12, 12, 28, 22, 44, 60)
    pen.sheet.freeze_panes(first - 1, 1)
    last = first - 1 + len(content.inputs.ordered())
    pen.sheet.autofilter(first - 2, 0, max(last - 1, first - 1), 12)
    pen.sheet.repeat_rows(first - 2)
    pen.sheet.print_area(0, 0, max(last - 1, first - 1), 9)


def _input(pen: Pen, book: Any, content: Content, row: int, one: Input) -> None:
    pen.text(row, 0, one.what)
    pen.text(row, 1, _said(one.options, len(content.ledgers)))
    style = "constant" if one.group == CONSTANTS else "input"
    if one.follows:
        pen.formula(row, _VALUE, one.follows, one.value, style)
    else:
        pen.number(row, _VALUE, one.value, style)
    pen.text(row, 3, one.unit or "1", "unit")
    _spread(pen, row, one)
    pen.text(row, 10, one.group)
    pen.text(row, 11, one.name)
    pen.text(row, 12, _note(one), "wrap")
    pen.sheet.write_comment(row - 1, _VALUE, _comment(content, one), {"x_scale": 2})
    pen.sheet.data_validation(row - 1, _VALUE, row - 1, _VALUE, _validation(one))
    book.define_name(one.name, f"=Inputs!$C${row}")


def _said(options: list[str], count: int) -> str:
    """Return the options that an input enters; "all" where it enters every one."""
    known = [name for name in options if name]
    return "all" if not known or len(known) == count > 1 else ", ".join(known)


def _spread(pen: Pen, row: int, one: Input) -> None:
    """Write what is known of an input beside its value; a decision has no distribution."""
    factor = one.factor
    if factor is None:
        pen.text(row, 4, "decision")
        return
    known = factor.distribution
    pen.text(row, 4, known.kind.replace("_", " "))
    if not known.is_exact:
        low, high = known.interval()
        numbers = (low, float(known.quantile(_HALF)[0]), high)
        for place, value in enumerate(numbers, 5):
            pen.number(row, place, value)
    pen.text(row, 8, str(factor.quality), "unit")
    pen.text(row, 9, factor.source or "given by the scenario")


def _note(one: Input) -> str:
    if one.follows:
        return f"follows {one.follows} until you write over it"
    return one.factor.note if one.factor else ""


def _comment(content: Content, one: Input) -> str:
    """Return the source of an input as its citation, for the comment on the cell."""
    if one.factor is None:
        return "Decision of the scenario."
    cited = {entry["key"]: entry for entry in content.result["sources"]}
    source = cited.get(one.factor.source)
    if source is None:
        return f"Given by the scenario ({one.factor.quality})."
    licence = f" Licence: {source['licence']}." if source["licence"] else ""
    return f"{source['citation']} ({one.factor.quality}).{licence}"[:2000]


def _validation(one: Input) -> dict[str, Any]:
    """Return what a cell accepts: its physical range."""
    low = one.lower if math.isfinite(one.lower) else -1e300
    high = one.upper if math.isfinite(one.upper) else 1e300
    if one.factor is None and one.name.startswith("fleet") and one.unit == "year":
        low = 0.01
    return {
        "validate": "integer" if one.whole else "decimal",
        "criteria": "between",
        "minimum": int(low) if one.whole else low,
        "maximum": 10**9 if one.whole else high,
        "error_title": "Out of range",
        "error_message": f"Accepted: {low:g} to {high:g} {one.unit}"[:250],
        "error_type": "stop",
    }


def write_calculations(pen: Pen, content: Content) -> None:
    """Write one row an intensity: its formula in cells, and where the model writes it."""
    pen.text(1, 0, "Calculations: intensities", "title")
    note = "Each row is one formula of the model; the value is per unit of the line's activity."
    pen.text(2, 0, note, "note")
    first = calculations.FIRST_ROW
    pen.header(first - 1, ("quantity", "formula of the model", "value", "unit", "remark"))
    for row, one in enumerate(content.calculations.rows, first):
        pen.text(row, 0, one.name)
        pen.text(row, 1, one.function)
        if one.formula:
            pen.formula(row, 2, one.formula, one.value)
        else:
            pen.number(row, 2, one.value)
        pen.text(row, 3, one.unit or "1", "unit")
        pen.text(row, 4, one.why)
    pen.widths(36, 46, 16, 20, 50)
    pen.sheet.freeze_panes(first - 1, 1)
    pen.sheet.repeat_rows(first - 2)


def write_schedule(pen: Pen, content: Content) -> None:
    """Write purchases, service and scrapping by year as formulas of lifetime and count."""
    pen.text(1, 0, "Schedule: what happens in which year", "title")
    note = "Straight line: a device bears an equal share of its life in each year it serves."
    pen.text(2, 0, note, "note")
    own = ("option", "fleet", "quantity", "bought in", "devices", "lifetime", "counted from")
    pen.header(schedule.YEAR_ROW, (*own, *content.years))
    for number, row in enumerate(content.schedule.rows, schedule.FIRST_ROW):
        style = "text" if row.what.startswith(" ") else "group"
        for place, words in enumerate((row.option, row.asset, row.what)):
            pen.text(number, place, words, style)
        for place, formula in enumerate(row.own, 3):
            _own(pen, number, place, formula, row.own_values[place - 3])
        for place, (formula, value) in enumerate(
            zip(row.formulas, row.values, strict=True), schedule.FIRST_COLUMN + 1
        ):
            pen.formula(number, place, formula, value)
    pen.widths(22, 18, 46, 10, 10, 10, 12, *(14 for _ in content.years))
    pen.sheet.freeze_panes(schedule.YEAR_ROW, 3)
    pen.sheet.repeat_rows(schedule.YEAR_ROW - 1)


def _own(pen: Pen, row: int, place: int, formula: str, value: float | None) -> None:
    if value is None:
        pen.text(row, place, "never")
    elif formula.isdigit():
        pen.number(row, place, value, "text")
    else:
        pen.formula(row, place, formula, value, "text")


def write_lines(pen: Pen, content: Content) -> None:
    """Write every line of the ledgers: activity times intensity by year, grouped by option."""
    pen.text(1, 0, "Lines: activity × intensity", "title")
    pen.text(2, 0, _left_out(content), "note")
    _line_headings(pen, content)
    previous = 0
    for row, line in enumerate(content.lines, FIRST_LINE):
        _line(pen, content, row, line)
        pen.sheet.set_row(row - 1, None, None, {"level": 1 if line.option == previous else 0})
        previous = line.option
    pen.widths(6, 20, 16, 18, 14, 16, 14, 16, 7, 16, 8, 10, 10, 12, 24, 24)
    width = len(content.years)
    for name in BLOCKS:
        last = content.column(name, width if name.endswith("result") else width - 1)
        pen.sheet.set_column(content.column(name), last, 13)
    pen.sheet.freeze_panes(FIRST_LINE - 1, 2)
    pen.sheet.autofilter(FIRST_LINE - 2, 0, content.last_line - 1, len(LABELS) - 1)
    pen.sheet.outline_settings(symbols_below=False)
    pen.sheet.set_paper(8)
    pen.sheet.repeat_rows(FIRST_LINE - 2)


def _left_out(content: Content) -> str:
    rest = len(content.ledgers) - len(content.live)
    if not rest:
        return "One row a line; every total of this workbook is a sum over these rows."
    return (
        f"The lines of {len(content.live)} options are here; {rest} more options are too many for "
        "one workbook and keep their totals as values."
    )


def _line_headings(pen: Pen, content: Content) -> None:
    pen.header(FIRST_LINE - 1, LABELS)
    for name in BLOCKS:
        place = content.column(name)
        pen.text(FIRST_LINE - 2, place, _ABOUT[name], "group")
        total = ("total",) if name.endswith("result") else ()
        pen.header(FIRST_LINE - 1, (*content.years, *total), place, place)


def _line(pen: Pen, content: Content, row: int, one: LiveLine) -> None:
    line = one.line
    pen.number(row, 0, one.option, "whole")
    words = (line.asset, line.component, line.stage, line.process, line.phase, one.indicator)
    pen.text(row, 1, content.ledgers[one.option - 1].name)
    for place, text in enumerate(words, 2):
        pen.text(row, place, text)
    pen.number(row, 8, one.site, "whole")
    rest = (line.site, line.region, line.basis, line.per, one.unit)
    for place, text in enumerate((*rest, one.activity_as, one.intensity_as), 9):
        pen.text(row, place, text)
    for name in BLOCKS:
        _block(pen, content, row, name, one)


def _block(pen: Pen, content: Content, row: int, name: str, one: LiveLine) -> None:
    values, first = one.values[name], content.column(name)
    for place, (formula, value) in enumerate(zip(one.formulas[name], values, strict=True), first):
        if formula:
            pen.formula(row, place, formula, value)
        else:
            pen.number(row, place, value)
    if name.endswith("result"):
        end = first + len(values)
        made = f"SUM({column(first)}{row}:{column(end - 1)}{row})"
        pen.formula(row, end, made, sum(values), "fine")
