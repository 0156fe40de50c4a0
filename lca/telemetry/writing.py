"""Writes a roll-up: plain data, CSV, Parquet, JSON, or the record that a scenario uses."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lca import document
from lca.errors import UnknownNameError, did_you_mean, quoted
from lca.report.csv_table import safe
from lca.telemetry.into_record import record_of
from lca.telemetry.rollup import Rollup
from lca.telemetry.rows import data_of

__all__ = ["FORMATS", "check", "result", "write"]

UNITS = {"energy": "kWh", "low": "kWh", "high": "kWh", "power": "W", "hours": "h"}
"""Unit of each number of a row; coverage is a share, samples and gaps are counts."""
COLUMNS = ("energy", "low", "high", "coverage", "power", "hours", "samples", "gaps", "devices",
           "method", "reasons")  # fmt: skip


def result(found: Rollup) -> dict[str, Any]:
    """Return a roll-up as plain data; ``lca schema telemetry`` says what it holds."""
    import lca

    return {
        "schema_version": 1,
        "lca_version": lca.__version__,
        "by": list(found.by),
        "units": UNITS,
        "between_samples": "trapezoid, bounded by the two samples; gaps are bounded, not filled",
        "scope": found.scope,
        "files": found.files,
        "total": data_of(found.total),
        "rows": [data_of(row) for row in found.rows],
        "devices": [
            {
                "device": board.label,
                "host": board.host,
                "model": board.model,
                "hardware": board.hardware,
                "method": board.method,
                "interval": board.interval,
                "gap": board.gap,
            }
            for board in found.boards
        ],
        "notes": list(found.notes),
    }


def check(path: str | Path) -> None:
    """Refuse a file of another format before anything is read.

    Raises
    ------
    UnknownNameError
        With the formats there are.
    """
    ending = Path(path).suffix.lower()
    if ending not in FORMATS:
        msg = f"no format for {quoted(path)}{did_you_mean(ending, FORMATS)} (one of: {', '.join(FORMATS)})"
        raise UnknownNameError(msg)


def write(found: Rollup, path: str | Path, work: str = "") -> None:
    """Write a roll-up, in the format that the file's name asks for.

    Raises
    ------
    InputError
        The file cannot be written, or there is nothing for a record.
    """
    check(path)
    document.write_atomically(path, FORMATS[Path(path).suffix.lower()](found, work))


def _csv(found: Rollup, _work: str) -> str:
    """Return the rows as CSV, the unit in each heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    headings = [f"{name}_{UNITS[name]}" if name in UNITS else name for name in COLUMNS]
    writer.writerow([*found.by, *headings])
    for row in found.rows:
        writer.writerow(_cells(data_of(row), found.by))
    return out.getvalue()


def _cells(data: Mapping[str, Any], by: tuple[str, ...]) -> list[str]:
    """Return the cells of a row as texts; what was not measured is empty."""
    plain = [str(safe(str(data[name]))) for name in by]
    numbers = ["" if data[name] is None else repr(data[name]) for name in COLUMNS[:-2]]
    return [*plain, *numbers, data["method"], str(safe("; ".join(data["reasons"])))]


def _json(found: Rollup, _work: str) -> str:
    """Return the whole as JSON."""
    from lca.report.as_json import dump

    return dump(result(found))


def _record(found: Rollup, work: str) -> str:
    """Return the record as YAML."""
    from lca.measure.record_files import written

    return document.dump(written(record_of(found, work)))


def _parquet(found: Rollup, _work: str) -> bytes:
    """Return the rows as Parquet, which the same engine writes."""
    import tempfile

    import duckdb

    from lca.telemetry.engine import name_of, text_of

    headings = [f"{name}_{UNITS[name]}" if name in UNITS else name for name in COLUMNS]
    types = ["DOUBLE"] * 6 + ["BIGINT"] * 3 + ["VARCHAR", "VARCHAR[]"]
    columns = [*((name, "VARCHAR") for name in found.by), *zip(headings, types, strict=True)]
    declared = ", ".join(f"{name_of(name)} {kind}" for name, kind in columns)
    with tempfile.TemporaryDirectory(prefix="lca-telemetry-") as folder:
        target = Path(folder) / "rows.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE rows ({declared})")
            rows = [
                [data[name] for name in (*found.by, *COLUMNS)] for data in map(data_of, found.rows)
            ]
            if rows:
                marks = ", ".join("?" * len(columns))
                connection.executemany(f"INSERT INTO rows VALUES ({marks})", rows)
            connection.execute(f"COPY rows TO {text_of(str(target))} (FORMAT parquet)")
        return target.read_bytes()


FORMATS: dict[str, Callable[[Rollup, str], str | bytes]] = {
    ".parquet": _parquet,
    ".csv": _csv,
    ".json": _json,
    ".yaml": _record,
}
"""Formats by the ending of a file; a ``.yaml`` is the workload record."""
