"""Read the answer of a Prometheus range query: JSON of series, each with its labels and values."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from lca.errors import InputError, Problem

__all__ = ["write_csv"]

_MOST_BYTES = 1 << 28


def write_csv(path: Path, target: Path) -> None:
    """Write the samples of a range query as CSV, one row a sample.

    Raises
    ------
    InputError
        The file is no such answer, or too large.
    """
    series = _series(path)
    labels = sorted({label for one in series for label in one["metric"]})
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp", *labels, "value"])
        for one in series:
            cells = [one["metric"].get(label, "") for label in labels]
            writer.writerows([when, *cells, value] for when, value in one["values"])


def _series(path: Path) -> list[dict[str, Any]]:
    """Return the series of an answer, checked."""
    if path.stat().st_size > _MOST_BYTES:
        message = f"too large: JSON has at most {_MOST_BYTES >> 20} MB; export CSV or Parquet"
        raise InputError(Problem("", message, str(path)))
    try:
        found = json.loads(path.read_bytes())
        series: list[dict[str, Any]] = found["data"]["result"]
        fine = bool(series) and all(map(_is_series, series))
    except (ValueError, KeyError, TypeError, RecursionError):
        fine = False
    if not fine:
        message = (
            'not the answer of a Prometheus range query: {"data": {"result": '
            '[{"metric": {...}, "values": [[time, "value"], ...]}]}}'
        )
        raise InputError(Problem("", message, str(path)))
    return series


def _is_series(one: Any) -> bool:
    """Whether a part of an answer is a series: labels of text, and pairs of time and value."""
    labels, values = one["metric"], one["values"]
    return all(isinstance(text, str) for text in labels.values()) and all(
        isinstance(pair, list) and len(pair) == 2 for pair in values
    )
