"""Reads an hourly CSV: a bounded text file with named columns, numbers only."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from lca.errors import InputError, Problem, did_you_mean, quoted
from lca.hourly.gate import Raw, pass_gate
from lca.hourly.series import Array, Finding, Series

MOST_BYTES = 32 << 20
"""A file may have this many bytes, unpacked."""

MOST_ROWS = 250_000
TIMES = ("timestamp_utc", "timestamp")
INTENSITIES = {
    "carbon_intensity_lifecycle_gCO2e_per_kWh": "lifecycle",
    "carbon_intensity_direct_gCO2_per_kWh": "direct",
    "carbon_intensity_marginal_gCO2e_per_kWh": "marginal",
}
_SHARE = "carbon_free_share"
_FILLED = "filled"
_GENERATION = re.compile(r"gen_(\w+)_MWh")
_MOST_PROBLEMS = 20
_MOST_COLUMNS = 1000
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z")


@dataclass(frozen=True, slots=True)
class _Table:
    """Cells of a file as texts: one tuple a column, and the line of each row."""

    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]


def read(path: str | Path) -> Series:
    """Read a CSV of one row an hour and pass it through the quality gate.

    Parameters
    ----------
    path
        File with a heading: ``timestamp_utc``, at least one of the columns of `INTENSITIES`
        (g/kWh), and where known ``gen_<source>_MWh``, ``carbon_free_share``, ``filled``.

    Returns
    -------
    Series
        Hours without gaps; ``report`` says what was repaired, line by line.

    Raises
    ------
    InputError
        With the lines of what cannot be read or repaired.
    """
    file = Path(path)
    return from_text(_text(file), str(path), file.stem)


def from_text(text: str, file: str, name: str) -> Series:
    """Read the text of a CSV under the name of its file."""
    table = _table(text, file)
    time = next((column for column in TIMES if column in table.columns), None)
    kinds = [column for column in INTENSITIES if column in table.columns]
    if time is None or not kinds:
        raise InputError(Problem("", _heading_message(table, time), file, 1))
    used = {time, *kinds, _SHARE, _FILLED, *filter(_GENERATION.fullmatch, table.columns)}
    numbers = _numbers(table, used - {time}, file)
    raw = Raw(
        file=file,
        lines=np.array(table.lines),
        times=_times(table.columns[time], table.lines, file),
        named_utc=time == TIMES[0] or table.columns[time][0].endswith(("Z", "+00:00")),
        intensities={INTENSITIES[column]: numbers[column] for column in kinds},
        generation={_source(c): v for c, v in numbers.items() if _GENERATION.fullmatch(c)},
        share=numbers.get(_SHARE),
        filled=numbers.get(_FILLED),
    )
    unread = [column for column in table.columns if column not in used]
    remarks = [Finding("column", 1, f"column {quoted(one)} is not read") for one in unread]
    return pass_gate(raw, name, remarks)


def unpacked(path: Path) -> bytes:
    """Return the bytes of a file, unpacked where it ends in ``.gz``, but no more than allowed."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as stream:
        content: bytes = stream.read(MOST_BYTES + 1)
    return content


def _text(path: Path) -> str:
    try:
        content = unpacked(path)
        if len(content) > MOST_BYTES:
            msg = f"too large: an hourly series has at most {MOST_BYTES >> 20} MB"
            raise InputError(Problem("", msg, str(path)))
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"not UTF-8 text (byte {error.start}); save it as UTF-8"
    except (OSError, EOFError, ValueError, zlib.error) as error:
        msg = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise InputError(Problem("", msg, str(path)))


def _table(text: str, file: str) -> _Table:
    body = list(_rows(text, file))
    header = [cell.strip() for cell in body.pop(0)[1]] if body else []
    rows, lines, problems = [], [], []
    for line, row in body:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            told = f"expected {len(header)} cells as in the heading, found {len(row)}"
            problems.append(Problem("", told, file, line))
        rows.append(row)
        lines.append(line)
    problems += _heading_problems(header, rows, file)
    if problems:
        raise InputError(problems[:_MOST_PROBLEMS])
    return _Table(dict(zip(header, zip(*rows, strict=True), strict=True)), tuple(lines))


def _rows(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row, the heading first."""
    reader = csv.reader(text.splitlines())
    try:
        for row in islice(reader, MOST_ROWS + 2):
            yield reader.line_num, row
    except csv.Error as error:
        told = f"cannot be read as CSV: {error}"
        raise InputError(Problem("", told, file, reader.line_num)) from None


def _heading_problems(header: list[str], rows: list[list[str]], file: str) -> Iterator[Problem]:
    if len(header) > _MOST_COLUMNS:
        yield Problem("", f"{len(header)} columns; at most {_MOST_COLUMNS} are read", file, 1)
        return
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        yield Problem("", f"column {quoted(min(twice))} stands twice in the heading", file, 1)
    if len(rows) < 24:
        yield Problem("", f"expected at least 24 hours, found {len(rows)} rows", file)
    if len(rows) > MOST_ROWS:
        yield Problem("", f"more than {MOST_ROWS:,} rows; give one year of hours", file)


def _heading_message(table: _Table, time: str | None) -> str:
    accepted = TIMES[:1] if time is None else tuple(INTENSITIES)
    hint = next((h for name in table.columns if (h := did_you_mean(name, accepted))), "")
    found = ", ".join(table.columns)[:200]
    what = "time" if time is None else "carbon intensity"
    return f"no column of {what}: expected {' or '.join(accepted)}{hint} (found: {found})"


def _numbers(table: _Table, wanted: set[str], file: str) -> dict[str, Array]:
    problems: list[Problem] = []
    found = {}
    for name in (column for column in table.columns if column in wanted):
        cells = table.columns[name]
        try:
            found[name] = np.array(cells, dtype=np.float64)
        except ValueError:
            found[name] = np.array(list(_each(name, cells, table.lines, file, problems)))
    if problems:
        raise InputError(problems[:_MOST_PROBLEMS])
    return found


def _each(
    name: str, cells: tuple[str, ...], lines: tuple[int, ...], file: str, problems: list[Problem]
) -> Iterator[float]:
    """Yield numbers, nan where a cell is empty; what is no number becomes a problem."""
    for cell, line in zip(cells, lines, strict=True):
        text = cell.strip()
        try:
            yield float(text) if text.casefold() not in {"", "na", "n/a", "null", "-"} else np.nan
        except ValueError:
            told = f"{name}: expected a number such as 312.5, found {quoted(text)}"
            problems.append(Problem("", told, file, line))
            yield np.nan


def _times(cells: tuple[str, ...], lines: tuple[int, ...], file: str) -> np.ndarray:
    if all(map(_PLAIN_TIME.fullmatch, cells)):
        try:
            return np.array([cell[:-1] for cell in cells], dtype="datetime64[s]")
        except ValueError:
            pass
    problems: list[Problem] = []
    found = [_time(c, n, file, problems) for c, n in zip(cells, lines, strict=True)]
    if problems:
        raise InputError(problems[:_MOST_PROBLEMS])
    return np.array(found, dtype="datetime64[s]")


def _time(cell: str, line: int, file: str, problems: list[Problem]) -> datetime | None:
    """Return a time in UTC where it carries an offset, and as it stands where not."""
    try:
        found = datetime.fromisoformat(cell.strip())
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    except (ValueError, OverflowError):
        told = f"expected a time such as 2022-03-01T14:00Z, found {quoted(cell)}"
        problems.append(Problem("", told, file, line))
        return None


def _source(column: str) -> str:
    match = _GENERATION.fullmatch(column)
    return match[1] if match else column
