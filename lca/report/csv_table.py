"""CSV: one long table, a row for each line of the ledger, or for each group asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

SUFFIX = ".csv"
_STATISTICS = ("central", "median", "mean", "p5", "p95", "standard_error", "unit")


def render(result: Mapping[str, Any]) -> str:
    """Return the groups of a result, or else its lines, as CSV with a header."""
    rows = list(_group_rows(result) if result.get("groups") else _line_rows(result))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _safe(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


def _group_rows(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from result["groups"]["rows"]


def _line_rows(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for line in result["lines"]:
        texts = {key: value for key, value in line.items() if key not in {"total", "sources"}}
        numbers = {key: line["total"][key] for key in _STATISTICS}
        yield {**texts, **numbers, "sources": " ".join(line["sources"])}


def _safe(value: object) -> object:
    """Return a value that a spreadsheet takes as text where it is text, never as a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value
