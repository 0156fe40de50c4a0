"""The clock of a series: order, duplicates, daylight saving, steps within the hour, missing hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lca.errors import InputError, Problem
from lca.hourly.series import Array, Finding

_HOUR = 3600
_STEPS = (900, 1800, 3600)
_SWITCH_MONTHS = ({3, 4}, {9, 10, 11})
_MOST_PROBLEMS = 20


@dataclass(frozen=True, eq=False)
class Settled:
    """Columns on hours that follow each other; nan where an hour was missing."""

    times: np.ndarray
    lines: NDArray[np.int64]
    columns: dict[str, Array]
    repairs: tuple[Finding, ...] = ()
    zone: str = "UTC"


def settle(
    times: np.ndarray, lines: NDArray[np.int64], columns: dict[str, Array], file: str, utc: bool
) -> Settled:
    """Put rows in order, drop repeated ones, undo daylight saving, and lay them on whole hours.

    Parameters
    ----------
    times
        Time of each row, ``datetime64[s]``.
    utc
        Whether the column says that it is UTC.

    Raises
    ------
    InputError
        Two rows of one time disagree, or the step is not 15, 30 or 60 minutes.
    """
    rows = Settled(times, lines, columns)
    rows = _standard_time(rows)
    if rows.zone == "local" and utc:
        first = rows.repairs[0]
        told = f"the times are called UTC, but {first.message.partition(':')[0]}: they are local; write UTC, or call the column timestamp"
        raise InputError(Problem("", told, file, first.line))
    return _hours(_once(_ordered(rows), file), file)


def _standard_time(rows: Settled) -> Settled:
    """Take daylight saving out of local times: an hour missing in spring, one twice in autumn."""
    clock = rows.times.astype("datetime64[s]").astype(np.int64)
    step = np.diff(clock)
    usual = int(np.median(step)) if step.size else _HOUR
    months = rows.times.astype("datetime64[M]").astype(int) % 12 + 1
    forward = [i for i in np.flatnonzero(step == usual + _HOUR) if months[i] in _SWITCH_MONTHS[0]]
    back = [i for i in np.flatnonzero(step == usual - _HOUR) if months[i] in _SWITCH_MONTHS[1]]
    if len(forward) != 1 or len(back) != 1 or forward[0] >= back[0]:
        return rows
    start, stop = forward[0] + 1, back[0] + 1
    clock[start:stop] -= _HOUR
    told = "an hour is missing in spring and one stands twice in autumn: daylight saving undone, times are local standard time"
    repairs = (
        Finding("daylight saving", int(rows.lines[start]), told),
        Finding("daylight saving", int(rows.lines[stop]), "the clock is set back here"),
    )
    return replace(rows, times=clock.astype("datetime64[s]"), repairs=repairs, zone="local")


def _ordered(rows: Settled) -> Settled:
    step = np.diff(rows.times).astype(int)
    if (step >= 0).all():
        return rows
    order = np.argsort(rows.times, kind="stable")
    back = np.flatnonzero(step < 0) + 1
    told = [
        Finding("order", int(rows.lines[i]), "earlier than the row before: sorted in") for i in back
    ]
    return replace(_taken(rows, order), repairs=(*rows.repairs, *told))


def _taken(rows: Settled, which: NDArray[np.int64]) -> Settled:
    columns = {name: values[which] for name, values in rows.columns.items()}
    return replace(rows, times=rows.times[which], lines=rows.lines[which], columns=columns)


def _once(rows: Settled, file: str) -> Settled:
    """Drop rows that repeat the one before; refuse those that contradict it."""
    again = np.flatnonzero(np.diff(rows.times).astype(int) == 0) + 1
    if not again.size:
        return rows
    table = np.stack(list(rows.columns.values()))
    first, second = (
        np.nan_to_num(table[:, again - 1], nan=-1),
        np.nan_to_num(table[:, again], nan=-1),
    )
    differs = again[(first != second).any(axis=0)]
    if differs.size:
        raise InputError(list(_contradictions(rows, differs, file))[:_MOST_PROBLEMS])
    told = [
        Finding("duplicate", int(rows.lines[i]), f"repeats line {rows.lines[i - 1]}: dropped")
        for i in again
    ]
    kept = _taken(rows, np.delete(np.arange(rows.times.size), again))
    return replace(kept, repairs=(*rows.repairs, *told))


def _contradictions(rows: Settled, which: NDArray[np.int64], file: str) -> Iterator[Problem]:
    for row in which:
        told = f"the hour {rows.times[row]} stands twice with different numbers (line {rows.lines[row - 1]}): keep one"
        yield Problem("", told, file, int(rows.lines[row]))


def _hours(rows: Settled, file: str) -> Settled:
    """Average steps within the hour, and lay the rows on hours without a hole."""
    clock = rows.times.astype(np.int64)
    step = int(np.median(np.diff(clock)))
    if step not in _STEPS:
        told = (
            f"expected one row an hour (or 15 or 30 minutes), found one every {step / 60:g} minutes"
        )
        raise InputError(Problem("", told, file, int(rows.lines[0])))
    hour = clock // _HOUR - clock[0] // _HOUR
    count = int(hour[-1]) + 1
    if count > 4 * rows.times.size:
        told = f"the times reach from {rows.times[0]} to {rows.times[-1]}: most of the hours between are missing"
        raise InputError(Problem("", told, file, int(rows.lines[0])))
    columns = {
        name: _mean(values, hour, count, _HOUR // step) for name, values in rows.columns.items()
    }
    lines = rows.lines[np.minimum(np.searchsorted(hour, np.arange(count)), hour.size - 1)]
    start = np.datetime64(int(clock[0] // _HOUR * _HOUR), "s")
    times = start + np.arange(count) * np.timedelta64(_HOUR, "s")
    repairs = rows.repairs if step == _HOUR else (*rows.repairs, _averaged(step, rows))
    return Settled(times, lines, columns, repairs, rows.zone)


def _averaged(step: int, rows: Settled) -> Finding:
    told = f"one row every {step // 60} minutes: averaged to hours"
    return Finding("step", int(rows.lines[0]), told)


def _mean(values: Array, hour: NDArray[np.int64], count: int, most: int) -> Array:
    """Return means by hour; nan where half of an hour or more is missing."""
    known = np.isfinite(values)
    number = np.bincount(hour[known], minlength=count)
    whole = np.bincount(hour[known], values[known], minlength=count)
    enough = number * 2 > most if most > 1 else number > 0
    return np.where(enough, whole / np.maximum(number, 1), np.nan)
