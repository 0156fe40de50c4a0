"""Hours: the mean day of each series with its 10-90 % band, and the year by month and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lca.estimates import round_figures
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, cut, tick_text, ticks
from lca.report.tables import Cell, Table
from lca.uncertain import Array

Index = NDArray[np.intp]
_HOURS, _MONTHS, _SHADES = 24, 12, 9
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEFT, _MIDDLE, _MAP, _RIGHT = 56.0, 400.0, 470.0, 808.0
_TALL, _GAP, _TOP = 168.0, 74.0, 56.0
_MOST = 4


@dataclass(frozen=True, eq=False)
class Year:
    """What one series is by the hour.

    Attributes
    ----------
    name
        What it is called.
    hour, month
        Hour of the day and month (0 to 11) of each entry, shape ``(entry,)``.
    values
        Of each entry, shape ``(entry,)``.
    others
        Further series of the same hours and unit, drawn as lines of their mean day alone.
    """

    name: str
    hour: Index
    month: Index
    values: Array
    others: dict[str, Array] = field(default_factory=dict)

    @classmethod
    def of(
        cls, name: str, times: NDArray[np.datetime64], values: Array, **others: Array
    ) -> Year:  # fmt: skip
        """Return a year from the start of each hour."""
        hour = times.astype("datetime64[h]").astype(int) % _HOURS
        month = times.astype("datetime64[M]").astype(int) % _MONTHS
        return cls(name, hour, month, values, dict(others))


def draw(
    years: Sequence[Year],
    what: str,
    unit: str,
    zone: str = "UTC",
    note: str = "",
    name: str = "hours",
) -> Picture | None:
    """Return the picture of four series at most, on one scale; None without any.

    Parameters
    ----------
    what, unit
        What the values are.
    zone
        Of the hours.
    note
        What must be known of the numbers.
    name
        Of the picture on its page.
    """
    shown = list(years)[:_MOST]
    if not shown:
        return None
    title = f"By the hour: {what}, {unit}"
    more = f" The other {len(years) - _MOST} are left out." if len(years) > _MOST else ""
    described = f"Left the mean day, its band from the 10th to the 90th percentile of the days; right the year by month and hour. Hours are {zone}.{more} {note}".strip()
    canvas = Canvas(830, _TOP + (_TALL + _GAP) * len(shown) - 22, title, described, name)
    marks = ticks(0.0, max(float(np.max(day(one)[2])) for one in shown), 6)
    low, high = _ends(shown)
    for place, one in enumerate(shown):
        top = _TOP + (_TALL + _GAP) * place
        canvas.text(_LEFT - 40, top - 12, cut(one.name, 44), bold=True)
        _day(canvas, one, top, marks)
        _map(canvas, one, top, low, high)
    _scale(canvas, low, high)
    return Picture(name, canvas.svg(), title, described, _table(title, shown))


def day(one: Year, values: Array | None = None) -> Array:
    """Return mean, 10th and 90th percentile of each hour of the day, shape ``(3, 24)``."""
    chosen = one.values if values is None else values
    groups = [chosen[one.hour == hour] for hour in range(_HOURS)]
    found = [(g.mean(), *np.percentile(g, (10, 90))) if g.size else (0.0,) * 3 for g in groups]
    return np.array(found).T


def by_month(one: Year) -> Array:
    """Return the mean of each month and hour, shape ``(12, 24)``; nan where there is none."""
    cell = one.month * _HOURS + one.hour
    size = _MONTHS * _HOURS
    counts = np.bincount(cell, minlength=size)
    sums = np.bincount(cell, one.values, size)
    means = np.divide(sums, counts, out=np.full(size, np.nan), where=counts > 0)
    return np.asarray(means.reshape(_MONTHS, _HOURS))


def _ends(shown: Sequence[Year]) -> tuple[float, float]:
    """Return the lowest and the highest mean of any month and hour."""
    found = [by_month(one) for one in shown]
    return min(float(np.nanmin(f)) for f in found), max(float(np.nanmax(f)) for f in found)


def _day(canvas: Canvas, one: Year, top: float, marks: Sequence[float]) -> None:
    x = Scale(0, _HOURS, _LEFT, _MIDDLE)
    y = Scale(marks[0], marks[-1], top + _TALL, top)
    for mark in marks:
        canvas.line(_LEFT, y(mark), _MIDDLE, y(mark))
        canvas.text(_LEFT - 7, y(mark) + 4, tick_text(mark), "end", "soft", 11.5)
    for hour in range(0, _HOURS + 1, 6):
        canvas.text(x(hour), top + _TALL + 16, f"{hour}:00", "middle", "soft", 11.5)
    mean, low, high = day(one)
    ring = [(x(h + 0.5), y(v)) for h, v in enumerate(high)] + [
        (x(h + 0.5), y(low[h])) for h in reversed(range(_HOURS))
    ]
    canvas.area(f"M{'L'.join(f'{a:.1f},{b:.1f}' for a, b in ring)}Z", 0, 0.25)
    canvas.path([(x(h + 0.5), y(v)) for h, v in enumerate(mean)], 0, f"{one.name}: mean")
    place = _LEFT + 170
    for color, (name, values) in enumerate(one.others.items(), 1):
        points = [(x(h + 0.5), y(v)) for h, v in enumerate(day(one, values)[0])]
        canvas.path(points, color, name, dashes="6 3")
        canvas.rect(place, top - 21, 10, 10, color)
        canvas.text(place + 15, top - 12, cut(name, 20), size=12)


def _map(canvas: Canvas, one: Year, top: float, low: float, high: float) -> None:
    """Add the months as rows of hours, the darker the higher: one shape a shade."""
    wide, tall = (_RIGHT - _MAP) / _HOURS, _TALL / _MONTHS
    values = by_month(one)
    shades = np.clip(np.floor((values - low) / ((high - low) or 1.0) * _SHADES), 0, _SHADES - 1)
    for shade in range(_SHADES):
        cells = np.argwhere(shades == shade)
        if cells.size:
            steps = "".join(
                f"M{_MAP + hour * wide:.1f},{top + month * tall:.1f}h{wide:.1f}v{tall:.1f}h-{wide:.1f}Z"
                for month, hour in cells.tolist()
            )
            canvas.area(steps, 0, _opacity(shade))
    for month in range(_MONTHS):
        canvas.text(_MAP - 7, top + (month + 0.5) * tall + 4, _NAMES[month], "end", "soft", 11)
    for hour in range(0, _HOURS + 1, 6):
        canvas.text(_MAP + hour * wide, top + _TALL + 16, f"{hour}:00", "middle", "soft", 11.5)


def _opacity(shade: int) -> float:
    return round(0.06 + 0.94 * shade / (_SHADES - 1), 2)


def _scale(canvas: Canvas, low: float, high: float) -> None:
    """Add what the shades stand for."""
    wide = 16.0
    start = _RIGHT - 46 - wide * _SHADES
    canvas.text(start - 6, 16, _number(low), "end", "soft", 11.5)
    for shade in range(_SHADES):
        canvas.rect(start + wide * shade, 6, wide, 12, 0, "", _opacity(shade))
    canvas.text(start + wide * _SHADES + 6, 16, _number(high), "start", "soft", 11.5)


def _number(value: float) -> str:
    return round_figures(value, 3).replace("-", "−")


def _table(title: str, shown: Sequence[Year]) -> Table:
    """Return the mean day and the mean of each month."""
    days = [day(one) for one in shown]
    rows = [
        (
            f"{hour}:00",
            tuple(Cell(_number(d[0, hour]), f"{_number(d[1, hour])}–{_number(d[2, hour])}") for d in days),
        )
        for hour in range(_HOURS)
    ]  # fmt: skip
    rows += [(name, tuple(_mean(one, month) for one in shown)) for month, name in enumerate(_NAMES)]
    note = "Hours: mean (10th to 90th percentile of the days). Months: mean."
    return Table(title, tuple(one.name for one in shown), tuple(rows), note=note)


def _mean(one: Year, month: int) -> Cell:
    chosen = one.values[one.month == month]
    return Cell(_number(float(chosen.mean())) if chosen.size else "–")
