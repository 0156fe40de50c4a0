"""Read power samples of DCGM as Grafana or a Prometheus client writes them to CSV.

Two layouts: one row a sample, with columns such as ``timestamp``, ``UUID`` and ``value``; or one
column a board, with the series' labels as its heading (Grafana's ``Time`` first).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from lca.errors import InputError, Problem, quoted
from lca.measure import devices as boards
from lca.measure.importers import (
    Asked,
    Row,
    bound_of,
    finished,
    maximum_power,
    rows_of,
    timestamp,
)
from lca.measure.integrate import Sample, from_power
from lca.measure.records import DeviceRecord, WorkloadRecord

METRIC = "DCGM_FI_DEV_POWER_USAGE"
AVERAGED = 1.0
"""Time (s) that one sample of the driver's average field covers; older ones cover less."""

_TIMES = ("timestamp", "time")
_LABEL = re.compile(r'\b(\w+)\s*=\s*"([^"]*)"')
_WATTS = re.compile(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)\s*(W|kW)?")
_HIGHEST = 1e9
"""W; no board draws more, and a sum of such powers stays finite."""
_MILLISECONDS_FROM = 1e11


@dataclass(slots=True)
class _Series:
    """The samples of one board, and what its labels say."""

    uuid: str | None
    name: str
    samples: list[Sample]


def read(path: Path, asked: Asked) -> WorkloadRecord:
    """Return the record of a file of power samples.

    Raises
    ------
    InputError
        It has no time, no power, or fewer than two samples of a board.
    """
    rows = rows_of(path)
    column = next((name for name in rows[0] if name.strip().casefold() in _TIMES), None)
    if column is None:
        found = ", ".join(rows[0])
        message = f"no column of time (one of: {', '.join(_TIMES)}), found {found}"
        raise InputError(Problem("", message, str(path), 1))
    series = _long(rows, column, path) if "value" in rows[0] else _wide(rows, column, path)
    if not series:
        raise InputError(Problem("", f"no sample of power ({METRIC})", str(path)))
    return _record(series, asked, path)


def _record(series: dict[str, _Series], asked: Asked, path: Path) -> WorkloadRecord:
    """Return the record of all series of a file."""
    for key, one in series.items():
        one.samples.sort(key=lambda sample: sample.time)
        if len(one.samples) < 2:
            raise InputError(
                Problem("", f"{key} has one sample; two or more are needed", str(path))
            )
    start = min(one.samples[0].time for one in series.values())
    stop = max(one.samples[-1].time for one in series.values())
    parts = [_device(i, one, start, stop, asked) for i, one in enumerate(series.values())]
    return finished(
        asked.run or path.stem,
        asked,
        parts,
        started=timestamp(start),
        duration=stop - start,
        software={"dcgm": ""},
    )


def _device(place: int, one: _Series, start: float, stop: float, asked: Asked) -> DeviceRecord:
    """Return a board with its power integrated; what lies between samples widens the bounds."""
    hardware = asked.hardware or boards.hardware_id(one.name)
    known = bound_of("dcgm", "power")
    highest = float(known["power"])
    if hardware:
        highest = min(highest, maximum_power(hardware))
    times = [sample.time for sample in one.samples]
    gap = median(later - sooner for sooner, later in pairwise(times))
    energy = from_power(
        one.samples,
        start,
        stop,
        period=gap,
        window=min(gap, AVERAGED),
        gain=float(known["upper"]) - 1,
        maximum_power=highest,
    )
    return DeviceRecord(
        id=f"gpu{place}",
        name=one.name,
        uuid=one.uuid,
        hardware=hardware,
        energy=energy.value,
        low=energy.low,
        high=energy.high,
        method=energy.method,
        scope="gpu",
        coverage=energy.coverage,
        reasons=(f"{known['reason']}, one every {gap:.3g} s", *energy.reasons),
    )


def _long(rows: Sequence[Row], column: str, path: Path) -> dict[str, _Series]:
    """Return the series of a file with one row a sample."""
    found: dict[str, _Series] = {}
    for line, row in enumerate(rows, start=2):
        if row.get("__name__", METRIC) != METRIC:
            continue
        key = row.get("UUID") or row.get("gpu") or row.get("device") or "board"
        one = found.setdefault(key, _Series(row.get("UUID") or None, row.get("modelName", ""), []))
        _add(one, row[column], row["value"], path, line)
    return found


def _wide(rows: Sequence[Row], column: str, path: Path) -> dict[str, _Series]:
    """Return the series of a file with one column a board."""
    found: dict[str, _Series] = {}
    for heading in _boards(rows[0], column):
        labels = dict(_LABEL.findall(heading))
        one = _Series(labels.get("UUID"), labels.get("modelName", ""), [])
        found[heading] = one
        for line, row in enumerate(rows, start=2):
            if row[heading].strip():
                _add(one, row[column], row[heading], path, line)
    return found


def _boards(row: Row, column: str) -> Iterator[str]:
    """Yield the columns that hold power: named so, or of no other metric."""
    for heading in row:
        other = re.match(r"DCGM_\w+", heading)
        if heading != column and (other is None or other[0] == METRIC):
            yield heading


def _add(one: _Series, when: str, power: str, path: Path, line: int) -> None:
    """Add a row to a series."""
    watts, moment = _power(power.strip()), _seconds(when.strip())
    if watts is None or moment is None:
        wrong = power if watts is None else when
        message = f"{quoted(wrong)} is not {'a power (W)' if watts is None else 'a time'}"
        raise InputError(Problem("", message, str(path), line))
    one.samples.append(Sample(moment, None, watts, None))


def _power(text: str) -> float | None:
    """Return a power in W, None if it is none that a board could draw."""
    match = _WATTS.fullmatch(text)
    watts = float(match[1]) * (1e3 if match[2] == "kW" else 1.0) if match else math.inf
    return watts if abs(watts) <= _HIGHEST else None


def _seconds(text: str) -> float | None:
    """Return a time as seconds since 1970; a date without a zone is taken as UTC."""
    try:
        value = float(text)
    except ValueError:
        return _date(text)
    if not math.isfinite(value):
        return None
    return value / 1e3 if value > _MILLISECONDS_FROM else value


def _date(text: str) -> float | None:
    """Return a date and time as seconds since 1970, None if it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
