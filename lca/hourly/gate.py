"""The quality gate: what is wrong in a series is repaired and told, or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lca.errors import InputError, Problem
from lca.hourly.clock import settle
from lca.hourly.series import Array, Finding, Report, Series

Lines = NDArray[np.int64]

LONGEST_GAP = 24
"""Hours in a row that may be filled."""

LINEAR_GAP = 3
"""Up to this many hours are interpolated; longer gaps take the same hours of the days around."""

MOST_FILLED = 0.02
"""Share of the hours that may be filled."""

HIGHEST = 1.5
"""kgCO2e/kWh: no grid emits more over an hour (lignite alone has about 1.2)."""

_DROP, _JUMP = 0.4, 0.5
"""A dropout is below this share of the median of its half day, and falls by this from its neighbor."""

_AROUND = 13
_FLAT = 48
_PLAUSIBLE = (0.002, 1.5)
"""Medians between which a column in g/kWh is taken for one (kgCO2e/kWh)."""


@dataclass(frozen=True, eq=False)
class Raw:
    """A file as read: intensities in g/kWh, nan where a cell was empty; shapes ``(row,)``."""

    file: str
    lines: NDArray[np.int64]
    times: np.ndarray
    named_utc: bool
    intensities: Mapping[str, Array]
    generation: Mapping[str, Array]
    share: Array | None
    filled: Array | None

    def columns(self) -> dict[str, Array]:
        """Return every column of numbers by a name of its own, intensities in kgCO2e/kWh."""
        found = {f"intensity/{k}": v / 1000 for k, v in self.intensities.items()}
        found |= {f"generation/{k}": v for k, v in self.generation.items()}
        if self.share is not None:
            found["share"] = self.share
        found["filled"] = np.zeros(self.lines.size) if self.filled is None else self.filled
        return found


def pass_gate(raw: Raw, name: str, remarks: Sequence[Finding] = ()) -> Series:
    """Repair a series, and say what was repaired.

    Raises
    ------
    InputError
        A wrong unit, contradicting duplicates, or more missing than may be filled.
    """
    columns = raw.columns()
    _check_units(columns, raw.file)
    found = settle(raw.times, raw.lines, columns, raw.file, raw.named_utc)
    repairs = [*found.repairs]
    columns = found.columns
    for column in [key for key in columns if key.startswith("intensity/")]:
        repairs += _blank(columns, column, found.lines)
    _check_missing(columns, found.lines, raw.file)
    repairs += _fill(columns, found.lines)
    flat = [one for key in columns for one in _flat(key, columns[key], found.lines)]
    series = _series(columns, found.times, name)
    report = Report(raw.file, tuple(repairs), (*remarks, *flat))
    return replace(series, report=report, zone=found.zone)


def _series(columns: dict[str, Array], times: np.ndarray, name: str) -> Series:
    def part(prefix: str) -> dict[str, Array]:
        return {k.partition("/")[2]: v for k, v in columns.items() if k.startswith(prefix)}

    return Series(
        name,
        times,
        part("intensity/"),
        part("generation/"),
        columns["filled"] > 0,
        Report(""),
        given_share=columns.get("share"),
    )


def _check_units(columns: Mapping[str, Array], file: str) -> None:
    """Refuse a column whose numbers are not those of its unit."""
    problems = []
    for key, values in columns.items():
        middle = float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan
        if key == "share" and not 0 <= middle <= 1:
            problems.append(f"carbon_free_share has the median {middle:g}: write shares of 0 to 1")
        if not key.startswith("intensity/"):
            continue
        kind = key.partition("/")[2]
        if not np.isfinite(middle):
            problems.append(f"the {kind} intensity has no number at all")
        elif not _PLAUSIBLE[0] <= middle <= _PLAUSIBLE[1]:
            problems.append(f"the {kind} intensity has the median {_advice(middle * 1000)}")
    if problems:
        raise InputError([Problem("", message, file, 1) for message in problems])


def _advice(grams: float) -> str:
    if grams == 0:
        return "0 g/kWh: at least half of it is missing"
    if grams < _PLAUSIBLE[0] * 1000:
        return f"{grams:g} g/kWh: that looks like kg/kWh; multiply by 1,000"
    return f"{grams:g} g/kWh: that looks like g/MWh or kg/TWh; write g/kWh"


def _blank(columns: dict[str, Array], key: str, lines: Lines) -> Iterator[Finding]:
    """Blank what is out of range or dropped out of a column, and yield it."""
    values = columns[key].copy()
    kind = key.partition("/")[2]
    with np.errstate(invalid="ignore"):
        outside = (values < 0) | (values > HIGHEST) | np.isinf(values)
        if kind == "lifecycle":  # no source is made of nothing: a zero is a missing number
            outside |= values == 0
    for hour in np.flatnonzero(outside):
        told = (
            f"{kind} {values[hour] * 1000:g} g/kWh is not within 0 to {HIGHEST * 1000:g}: refilled"
        )
        yield Finding("range", int(lines[hour]), told)
    values[outside] = np.nan
    dropped = _dropouts(values)
    for hour in np.flatnonzero(dropped):
        told = f"{kind} {values[hour] * 1000:g} g/kWh falls out of its neighborhood: refilled"
        yield Finding("dropout", int(lines[hour]), told)
    values[dropped] = np.nan
    columns[key] = values


def _dropouts(values: Array) -> NDArray[np.bool_]:
    """Tell which hours fall far below the half day around them, with a jump at both ends."""
    half = _AROUND // 2
    padded = np.pad(values, half, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _AROUND)
    middle = _median(windows)
    low = values < _DROP * middle
    before, after = np.roll(values, 1), np.roll(values, -1)
    starts = low & ~np.roll(low, 1) & (values < _JUMP * before)
    ends = low & ~np.roll(low, -1) & (values < _JUMP * after)
    runs = np.cumsum(low & ~np.roll(low, 1))
    jumps = np.intersect1d(runs[starts], runs[ends])
    return low & np.isin(runs, jumps)


def _median(windows: Array) -> Array:
    """Return medians of windows in which nan does not count."""
    if not np.isnan(windows).any():
        return np.asarray(np.median(windows, axis=1))
    whole = np.where(np.isnan(windows), np.inf, windows)
    counts = np.isfinite(whole).sum(axis=1)
    ordered = np.sort(whole, axis=1)
    return np.asarray(ordered[np.arange(len(ordered)), np.maximum(counts - 1, 0) // 2])


def _runs(missing: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return beginning and end of each run of missing hours."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], missing.view(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _check_missing(columns: Mapping[str, Array], lines: Lines, file: str) -> None:
    """Refuse what would be more invention than repair."""
    problems = []
    for key in (key for key in columns if key.startswith("intensity/")):
        missing = np.isnan(columns[key])
        kind = key.partition("/")[2]
        for start, stop in _runs(missing):
            if stop - start > LONGEST_GAP:
                told = f"{stop - start} hours of the {kind} intensity are missing in a row; at most {LONGEST_GAP} are filled"
                problems.append(Problem("", told, file, int(lines[start])))
        if missing.mean() > MOST_FILLED:
            told = f"{missing.mean():.1%} of the hours have no {kind} intensity; at most {MOST_FILLED:.0%} are filled"
            problems.append(Problem("", told, file))
    if problems:
        raise InputError(problems)


def _fill(columns: dict[str, Array], lines: Lines) -> Iterator[Finding]:
    """Fill missing hours of all columns; yield each run that an intensity missed."""
    filled = columns["filled"]
    for key, values in columns.items():
        missing = np.isnan(values)
        if not missing.any() or missing.all() or key == "filled":
            continue
        columns[key] = _filled(values, missing)
        if not key.startswith("intensity/"):
            continue
        filled = np.where(missing, 1.0, filled)
        for start, stop in _runs(missing):
            short = stop - start <= LINEAR_GAP
            how = "interpolated" if short else "filled with the same hours of the days around"
            count = "1 hour" if stop - start == 1 else f"{stop - start} hours"
            told = f"{count} without {key.partition('/')[2]} intensity {how}"
            yield Finding("gap", int(lines[start]), told)
    columns["filled"] = np.nan_to_num(filled)


def _filled(values: Array, missing: NDArray[np.bool_]) -> Array:
    """Return a column without gaps: linear over short ones, the days around over long ones."""
    hours = np.arange(values.size)
    result = values.copy()
    result[missing] = np.interp(hours[missing], hours[~missing], values[~missing])
    for start, stop in _runs(missing):
        if stop - start > LINEAR_GAP:
            around = [values[start - 24 : stop - 24], values[start + 24 : stop + 24]]
            known = [day for day in around if day.size == stop - start and np.isfinite(day).all()]
            if known:
                result[start:stop] = np.mean(known, axis=0)
    return result


def _flat(key: str, values: Array, lines: Lines) -> Iterator[Finding]:
    """Yield a remark for each stretch of days in which an intensity does not move."""
    if not key.startswith("intensity/"):
        return
    same = np.concatenate(([False], np.diff(values) == 0))
    for start, stop in _runs(same):
        if stop - start >= _FLAT:
            told = f"{key.partition('/')[2]} intensity stands still for {stop - start + 1} hours: left as it is"
            yield Finding("flat", int(lines[start - 1]), told)
