"""Read what other tools measured into workload records: CodeCarbon, Zeus, DCGM through Prometheus.

None of their files states a bound. The ranges here come from ``imported.csv``; they are wide, and
every device of an imported record says why. A zero is taken as not measured.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from lca.errors import InputError, Problem, UnknownNameError, did_you_mean, quoted
from lca.measure import devices as boards
from lca.measure.csv_text import cells_of
from lca.measure.records import DeviceRecord, Work, WorkloadRecord, per_unit, quality_of, total

_KWH = 3.6e6
"""A kWh in joules."""
_EXCURSION = 1.1
"""Power over its rating that a board may draw for a counter step (assumed, as for our own meter)."""
_NOT_MEASURED = "the file says 0, which is taken as not measured"
_SEVERAL = re.compile(r"(\d+) x (.+)")
_MOST_BOARDS = 9999
"""Boards of one row; beyond, the cell is no count of boards."""
_LARGEST = 1e30
"""No time, energy or power of a run is beyond it in SI units."""
_END_OF_CALENDAR = 253_402_300_000
"""Seconds from 1970 to the year 10000."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the file does not say.

    Attributes
    ----------
    work
        Amount of work of one run or window, such as ``1200 samples``.
    run
        Which run, window or project of the file; "" where there is only one.
    hardware
        Id of the boards in the hardware database.
    """

    work: str = ""
    run: str = ""
    hardware: str = ""


def load(tool: str, path: str | Path, asked: Asked | None = None) -> WorkloadRecord:
    """Read a file of another tool.

    Parameters
    ----------
    tool
        ``codecarbon`` (emissions.csv), ``zeus`` (the log file of ZeusMonitor) or ``dcgm`` (power
        samples as Grafana or a Prometheus client writes them).

    Raises
    ------
    InputError
        The file is not of that tool, or holds several runs and none is named.
    """
    readers: dict[str, Callable[[Path, Asked], WorkloadRecord]] = {
        "codecarbon": _codecarbon,
        "zeus": _zeus,
        "dcgm": _dcgm,
    }
    if tool not in readers:
        msg = (
            f"no format {quoted(tool)}{did_you_mean(tool, readers)} (one of: {', '.join(readers)})"
        )
        raise UnknownNameError(msg)
    given = asked or Asked()
    if given.hardware:
        maximum_power(given.hardware)
    return readers[tool](Path(path), given)


def _dcgm(path: Path, asked: Asked) -> WorkloadRecord:
    """Return the record of a file of powers."""
    from lca.measure import imported_power

    return imported_power.read(path, asked)


def rows_of(path: Path, needed: Sequence[str] = ()) -> list[dict[str, str]]:
    """Return the rows of a CSV file that has all needed columns.

    Raises
    ------
    InputError
        It cannot be read, is empty, or lacks a column.
    """
    heading, *rows = [row for row in cells_of(path, "the CSV file that the tool wrote") if row] or [
        []
    ]
    empty = dict.fromkeys(heading, "")
    found = [{**empty, **dict(zip(heading, row, strict=False))} for row in rows]
    lacking = [name for name in needed if name not in heading]
    if lacking:
        message = f"no column {', '.join(map(quoted, lacking))}: not a file of this tool"
        raise InputError(Problem("", message, str(path), 1))
    if not found:
        raise InputError(Problem("", "no row: nothing was written to it", str(path)))
    return found


def number(row: Row, name: str, path: Path) -> float:
    """Return a number of a row; an empty cell is 0.

    Raises
    ------
    InputError
        It is no number, or beyond any real quantity.
    """
    try:
        value = float(row.get(name) or 0.0)
    except ValueError:
        value = math.nan
    if not abs(value) <= _LARGEST:
        beyond = "beyond any real quantity" if math.isfinite(value) else "not a number"
        message = f"{name}: {quoted(row.get(name))} is {beyond}"
        raise InputError(Problem("", message, str(path)))
    return value


@cache
def _bounds() -> dict[tuple[str, str], dict[str, str]]:
    """Return the rows of ``imported.csv`` by tool and column."""
    with Path(__file__).with_name("imported.csv").open(encoding="utf-8", newline="") as file:
        return {(row["tool"], row["column"]): row for row in csv.DictReader(file)}


def bound_of(tool: str, column: str) -> dict[str, str]:
    """Return what is known of a column: scope, method, range, edges, reason."""
    return _bounds()[tool, column]


def maximum_power(hardware: str) -> float:
    """Return the power (W) that a board of the database does not exceed for a counter step.

    Raises
    ------
    UnknownNameError
        The database has no such board.
    """
    from lca.library import Library

    rated = Library().device(hardware).power.tdp
    return math.inf if rated is None else rated.central * 1e3 * _EXCURSION


@dataclass(frozen=True, slots=True)
class _Found:
    """The energy (J) of one device in a file, and over how many windows it was added up."""

    id: str
    name: str
    energy: float
    windows: int = 1
    note: str = ""


def _device(tool: str, column: str, found: _Found, hardware: str | None) -> DeviceRecord:
    """Return a device with the bounds of its column; a zero or less is not measured."""
    known = bound_of(tool, column)
    scope, reasons = known["scope"], tuple(filter(None, (found.note, known["reason"])))
    if found.energy <= 0:
        why = (
            _NOT_MEASURED if found.energy == 0 else "the file says less than 0: a counter restarted"
        )
        return DeviceRecord(
            found.id, found.name, hardware=hardware, scope=scope, reasons=(why, *reasons)
        )
    edge = 2 * found.windows * float(known["edge"] or 0) * _highest(known, hardware)
    return DeviceRecord(
        id=found.id,
        name=found.name,
        hardware=hardware,
        energy=found.energy,
        low=max(0.0, (found.energy - edge) * float(known["lower"])),
        high=(found.energy + edge) * float(known["upper"]),
        method=known["method"],
        scope=scope,
        coverage=1.0,
        reasons=reasons,
    )


def _highest(known: Row, hardware: str | None) -> float:
    """Return the power (W) that bounds the edges of a window."""
    general = float(known["power"] or 0)
    if hardware and known["scope"] == "gpu":
        return min(general, maximum_power(hardware))
    return general


def finished(
    workload: str,
    asked: Asked,
    parts: Sequence[DeviceRecord],
    *,
    started: str,
    duration: float,
    software: Mapping[str, str],
    host: Mapping[str, str] | None = None,
    repeats: int = 1,
) -> WorkloadRecord:
    """Return a record of devices that were read from a file."""
    each = Work.read(asked.work) if asked.work else Work()
    work = Work(each.amount * repeats, each.unit)
    quality, reasons = quality_of(parts)
    return WorkloadRecord(
        workload=workload,
        work=work,
        repeats=repeats,
        started=started,
        duration=duration,
        software=dict(software),
        host=dict(host or {}),
        devices=tuple(parts),
        energy_per_unit=per_unit(total(parts, "total", duration), work),
        quality=quality,
        reasons=(f"imported from a file of {next(iter(software))}", *reasons),
    )


def chosen(rows: Sequence[Row], column: str, asked: Asked, path: Path) -> list[Row]:
    """Return the rows of the run that is asked for.

    Raises
    ------
    InputError
        There are several and none is named, or none of that name.
    """
    names = list(dict.fromkeys(row[column] for row in rows))
    if not asked.run and len(names) == 1:
        return list(rows)
    if asked.run in names:
        return [row for row in rows if row[column] == asked.run]
    listed = ", ".join(names[:20])
    found = f"no {column} {quoted(asked.run)}" if asked.run else f"several of {column}"
    message = f"{found} in the file; name one with --run (one of: {listed})"
    raise InputError(Problem("", message, str(path)))


def _codecarbon(path: Path, asked: Asked) -> WorkloadRecord:
    """Read ``emissions.csv``: a row a run, the last row of a run counting.

    Its energies are multiplied by its PUE; that is taken out again, since a scenario has its own.
    """
    needed = ("timestamp", "run_id", "duration", "cpu_energy", "gpu_energy", "ram_energy")
    row = chosen(rows_of(path, needed), "run_id", asked, path)[-1]
    pue = number(row, "pue", path) or 1.0

    def joules(column: str) -> float:
        """Return the energy in a column (J), without the factor for the building."""
        return number(row, column, path) * _KWH / pue

    parts = _codecarbon_boards(row, joules("gpu_energy"), asked)
    parts.append(_device("codecarbon", "cpu_energy", _Found(
        "package0", row.get("cpu_model", ""), joules("cpu_energy")), None))  # fmt: skip
    parts.append(
        _device("codecarbon", "ram_energy", _Found("dram0", "", joules("ram_energy")), None)
    )
    return finished(
        row.get("project_name") or path.stem,
        asked,
        parts,
        started=row["timestamp"],
        duration=number(row, "duration", path),
        software={"codecarbon": row.get("codecarbon_version", "")},
        host={"processor": row.get("cpu_model", ""), "mode": row.get("tracking_mode", "")},
    )


def _codecarbon_boards(row: Row, energy: float, asked: Asked) -> list[DeviceRecord]:
    """Return the boards of a row, whose energy the file gives together; none where it had none."""
    model = row.get("gpu_model", "").strip()
    if not model and energy == 0:
        return []
    match = _SEVERAL.fullmatch(model)
    if match and not (len(match[1]) < 9 and 1 <= int(match[1]) <= _MOST_BOARDS):
        msg = f"gpu_model: {quoted(model)} names no number of boards from 1 to {_MOST_BOARDS}"
        raise InputError(msg)
    count, name = (int(match[1]), match[2]) if match else (1, model)
    hardware = asked.hardware or boards.hardware_id(name)
    note = f"the file gives {count} boards together: split evenly" if count > 1 else ""
    return [
        _device(
            "codecarbon", "gpu_energy", _Found(f"gpu{i}", name, energy / count, 1, note), hardware
        )
        for i in range(count)
    ]


_ZEUS_COLUMN = re.compile(r"(gpu|cpu|dram)(\d+)_energy")


def _zeus(path: Path, asked: Asked) -> WorkloadRecord:
    """Read the log file of ``ZeusMonitor``: a row a window; windows of one name are repeats."""
    rows = rows_of(path, ("start_time", "window_name", "elapsed_time"))
    used = chosen(rows, "window_name", asked, path)
    parts = []
    for column in used[0]:
        match = _ZEUS_COLUMN.fullmatch(column)
        if match is None:
            continue
        name = {"gpu": "gpu", "cpu": "package", "dram": "dram"}[match[1]]
        energies = [number(row, column, path) for row in used]
        # a restarted counter spoils its window: a sum over it would hide that
        energy = min(energies) if min(energies) < 0 else sum(energies)
        hardware = asked.hardware or None if match[1] == "gpu" else None
        found = _Found(f"{name}{match[2]}", "", energy, len(used))
        parts.append(_device("zeus", f"{match[1]}_energy", found, hardware))
    if not parts:
        raise InputError(Problem("", "no column of energy such as gpu0_energy", str(path), 1))
    return finished(
        used[0]["window_name"],
        asked,
        parts,
        started=timestamp(number(used[0], "start_time", path)),
        duration=sum(number(row, "elapsed_time", path) for row in used),
        software={"zeus": ""},
        repeats=len(used),
    )


def timestamp(seconds: float) -> str:
    """Return seconds since 1970 as a date and time in UTC.

    Raises
    ------
    InputError
        No calendar has such a time.
    """
    if not 0 <= seconds < _END_OF_CALENDAR:
        msg = f"{seconds:g} s since 1970 is no time between the years 1970 and 9999"
        raise InputError(msg)
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
