"""Read paired readings of a wall meter and a machine's own meters from CSV."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from lca import units
from lca.document import MAX_PROBLEMS
from lca.errors import InputError, Problem, UnitError, did_you_mean, quoted
from lca.measure.calibrate import Reading
from lca.measure.csv_text import cells_of

_JOULE = 2.7777777777777776e-07
"""A joule in kWh."""
_SECOND = 1 / 3600
_COLUMNS = {"measured": "kWh", "wall": "kWh", "time": "h"}
_TO = {"kWh": _JOULE, "h": _SECOND}
_LONGEST_HEADING = 200
_HEADING = re.compile(r"\s*(\w+?)\s*(?:[\[(]\s*([^\])]*?)\s*[\])])?\s*\Z")


def read(path: str | Path) -> list[Reading]:
    """Read paired readings from a CSV file.

    Columns: ``wall [Wh]``, and either ``measured [J]`` and ``time [s]`` or ``record`` (a workload
    record of the run, relative to the file). The unit stands in the heading, or behind each number.

    Raises
    ------
    InputError
        With every mistake of the file.
    """
    file = Path(path)
    rows = cells_of(file, "a CSV file of paired readings")
    problems: list[Problem] = []
    columns = _columns(rows[0] if rows else [], str(path), problems)
    readings = [] if problems else _readings(rows[1:], columns, file, problems)
    if problems:
        raise InputError(problems)
    return readings


def name_source(path: str | Path) -> str:
    """Return what a calibration calls its readings: the file's name and contents, briefly."""
    file = Path(path)
    return f"{file.name} sha256:{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"


Columns = Mapping[str, tuple[int, str]]


def _columns(heading: Sequence[str], name: str, problems: list[Problem]) -> Columns:
    """Return place and unit of each known column."""
    found: dict[str, tuple[int, str]] = {}
    for place, text in enumerate(heading):
        match = _HEADING.match(text.strip()[:_LONGEST_HEADING])
        if match and match[1].casefold() in {*_COLUMNS, "record"}:
            found[match[1].casefold()] = (place, match[2] or "")
    needed = ["wall"] if "record" in found else list(_COLUMNS)
    for column in needed:
        if column not in found:
            hint = did_you_mean(column, heading)
            message = (
                f"no column {quoted(column)}{hint} (needed: wall [Wh], measured [J], time [s])"
            )
            problems.append(Problem("", message, name, 1))
    return found


def _readings(
    rows: Sequence[Sequence[str]], columns: Columns, file: Path, problems: list[Problem]
) -> list[Reading]:
    """Return the readings of all rows; gather mistakes."""
    found = []
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        try:
            found.append(_reading(row, columns, file))
        except InputError as error:
            told = "; ".join(problem.render() for problem in error.problems)
            problems.append(Problem("", told, str(file), number))
            if len(problems) == MAX_PROBLEMS:
                break
    return found


def _reading(row: Sequence[str], columns: Columns, file: Path) -> Reading:
    """Return the reading in one row."""
    wall = _cell(row, columns, "wall")
    record = columns.get("record")
    if record is not None and record[0] < len(row) and row[record[0]].strip():
        measured, time, scopes = _of_record(file.parent / row[record[0]].strip())
        return Reading(measured, wall, time, scopes)
    return Reading(_cell(row, columns, "measured"), wall, _cell(row, columns, "time"))


def _cell(row: Sequence[str], columns: Columns, name: str) -> float:
    """Return a number of a row in joules or seconds."""
    place, unit = columns.get(name, (len(row), ""))
    text = row[place].strip() if place < len(row) else ""
    if not text:
        msg = f"{name} is empty"
        raise InputError(msg)
    canonical = _COLUMNS[name]
    try:
        value = units.parse(
            text if re.search(r"[A-Za-z]\s*\Z", text) else f"{text} {unit}", canonical
        )
    except UnitError as error:
        msg = f"{name}: {error.problems[0].message}"
        raise InputError(msg) from None
    if not (value > 0 and math.isfinite(value)):
        msg = f"{name} must be more than 0, found {quoted(text)}"
        raise InputError(msg)
    return value / _TO[canonical]


def _of_record(path: Path) -> tuple[float, float, tuple[str, ...]]:
    """Return measured energy (J), time (s) and scopes of a saved record."""
    from lca.measure import records

    record = records.load(path)
    if record.quality != "measured":
        msg = f"{path.name} is {record.quality}: only a measured record can be calibrated against"
        raise InputError(msg)
    energies = [device.energy for device in record.devices]
    known = [energy for energy in energies if energy is not None]
    if len(known) < len(energies) or not known:
        msg = f"{path.name} has a device without an energy; measure longer"
        raise InputError(msg)
    return sum(known), record.duration, tuple(sorted({d.scope for d in record.devices}))
