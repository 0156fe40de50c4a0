"""CSV: one long table, a row for each line of the ledger, or for each group asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

SUFFIX = ".csv"
_RUN = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""First signs of what a spreadsheet runs; some take the full-width ones for the plain ones."""

_STATISTICS = ("central", "median", "mean", "p5", "p95", "standard_error", "unit")


def render(result: Mapping[str, Any]) -> str:
    """Return the groups of a result, or else its lines, as CSV with a header."""
    rows = list(_group_rows(result) if result.get("groups") else _line_rows(result))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: safe(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _group_rows(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from result["groups"]["rows"]


def _line_rows(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for line in result["lines"]:
        texts = {key: value for key, value in line.items() if key not in {"total", "sources"}}
        numbers = {key: line["total"][key] for key in _STATISTICS}
        yield {**texts, **numbers, "sources": " ".join(line["sources"])}


def safe(value: object) -> object:
    """Return a value that a spreadsheet takes as text where it is text, never as a formula.

    What begins with a sign of a formula is marked by an apostrophe, and so is what begins with a tab
    or a line break, which spreadsheets skip before they look for one (OWASP, CSV Injection).

    Examples
    --------
    >>> safe("=1+1"), safe("plain"), safe(-1.5)
    ("'=1+1", 'plain', -1.5)
    """
    if not isinstance(value, str):
        return value
    lines = value.replace("\r\n", "\n").replace("\r", "\n")  # a bare one would end the row
    return f"'{lines}" if value[:1] in _RUN else lines
