"""Writes the workbook: first the results, whose formulas name the inputs, then the rest."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lca.comparison import Comparison
from lca.ledger import Ledger
from lca.report.xlsx import (
    charts,
    check_sheets,
    comparison_sheet,
    input_sheets,
    result_sheets,
    summary,
)
from lca.report.xlsx.content import Content, gather
from lca.report.xlsx.pen import Pen, make_styles, plain_worksheet
from lca.scenario import Scenario

SHEETS = (
    "Summary",
    "Inputs",
    "Results",
    "Comparison",
    "Checks",
    "Lines",
    "Schedule",
    "Calculations",
    "Sources",
)
_CREATED = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Equal input gives equal bytes: the date of a workbook is that of the parts of its archive."""

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(
    module: Any, scenario: Scenario, ledgers: Sequence[Ledger], comparison: Comparison | None
) -> bytes:
    """Return a workbook.

    Parameters
    ----------
    module
        The package that writes the file format.
    scenario, ledgers, comparison
        As for `lca.report.xlsx.render`.
    """
    content = gather(scenario, ledgers, comparison)
    file = io.BytesIO()
    book = module.Workbook(file, _OPTIONS)
    _describe(book, content)
    styles = make_styles(book)
    pens = {name: Pen(book, name, styles, plain_worksheet(module)) for name in SHEETS}
    _results(pens, book, content)
    input_sheets.write_lines(pens["Lines"], content)
    input_sheets.write_schedule(pens["Schedule"], content)
    input_sheets.write_calculations(pens["Calculations"], content)
    input_sheets.write_inputs(pens["Inputs"], book, content)
    check_sheets.write_sources(pens["Sources"], content)
    pens["Summary"].sheet.activate()
    book.close()
    return file.getvalue()


def _results(pens: dict[str, Pen], book: Any, content: Content) -> None:
    places = result_sheets.write_results(pens["Results"], content)
    summary.write_summary(pens["Summary"], content)
    summary.write_key_table(pens["Summary"], content, places)
    charts.write_arms(pens["Summary"], content)
    charts.write_charts(pens["Summary"], book, content, places)
    comparison_sheet.write_comparison(pens["Comparison"], content)
    check_sheets.write_checks(pens["Checks"], content, places)


def _describe(book: Any, content: Content) -> None:
    """Set the properties of the file, and have it computed afresh when it is opened."""
    result = content.result
    title = (result["title"] or result["scenario"])[:200]
    about = {"title": title, "subject": result["question"][:200], "created": _CREATED}
    book.set_properties(about | {"comments": f"lca {result['lca_version']}"})
    book.set_calc_mode("auto")
