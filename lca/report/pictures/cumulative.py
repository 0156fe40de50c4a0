"""Cumulative emissions over the years with purchases when they are made, and where curves cross."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lca.projection.curves import Curve
from lca.projection.passages import Crossing
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, cut, tick_text, ticks
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale, interval
from lca.uncertain import Array

_MOST = 8
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 660.0, 20.0, 330.0


def draw(curves: Sequence[Curve], crossings: Sequence[Crossing]) -> Picture | None:
    """Return the picture of eight options at most: those that end lowest."""
    chosen = sorted(curves, key=lambda one: one.total.median)[:_MOST]
    if not chosen:
        return None
    middles = [median(one) for one in chosen]
    step, unit = common_scale([float(m.max()) for m in middles], chosen[0].unit)
    first, last = float(chosen[0].times[0]), float(chosen[0].times[-1])
    title = f"Adding up, {unit}"
    described = "Totals of the options, not per unit of work: medians of the draws. What is bought counts whole when it is bought. A dot marks where one option passes another."
    canvas = Canvas(860, 372, title, described, "cumulative")
    marks = ticks(0.0, max(float(m.max()) for m in middles) / step)
    x, y = Scale(first, last, _LEFT, _RIGHT), Scale(marks[0], marks[-1], _BOTTOM, _TOP)
    _axes(canvas, x, y, marks, chosen[0].years)
    for color, (one, middle) in enumerate(zip(chosen, middles, strict=True)):
        points = [(x(float(t)), y(float(v) / step)) for t, v in zip(one.times, middle, strict=True)]
        canvas.path(points, color, one.name)
    _names(canvas, y, chosen, middles, step)
    _cross(canvas, x, y, chosen, middles, crossings, step)
    return Picture("cumulative", canvas.svg(), title, described, _table(title, chosen, step))


def median(one: Curve) -> Array:
    """Return the median of a curve at each knot."""
    drawn = one.values[:, 1:] if one.values.shape[1] > 1 else one.values
    return np.asarray(np.median(drawn, axis=1), dtype=np.float64)


def _axes(canvas: Canvas, x: Scale, y: Scale, marks: Sequence[float], years: Sequence[int]) -> None:
    for mark in marks:
        canvas.line(_LEFT, y(mark), _RIGHT, y(mark))
        canvas.text(_LEFT - 8, y(mark) + 4, tick_text(mark), "end", "soft", 12)
    stride = -(-len(years) // 8)
    for year in range(years[0], years[-1] + 2, stride):
        canvas.text(x(year), _BOTTOM + 18, str(year), "middle", "soft", 12)
    canvas.text((_LEFT + _RIGHT) / 2, _BOTTOM + 36, "beginning of the year", "middle", "soft", 12)


def _names(canvas: Canvas, y: Scale, chosen: Sequence[Curve], middles: Sequence[Array], step: float) -> None:  # fmt: skip
    """Write each name beside the end of its curve, pushed apart where ends are close."""
    below = _BOTTOM + 14.0
    for color, (one, middle) in enumerate(zip(chosen, middles, strict=True)):
        place = min(y(float(middle[-1]) / step) + 4, below - 15)
        below = place
        canvas.rect(_RIGHT + 8, place - 9, 10, 10, color)
        canvas.text(_RIGHT + 22, place, cut(one.name, 24), size=12.5)


def _cross(
    canvas: Canvas, x: Scale, y: Scale, chosen: Sequence[Curve],
    middles: Sequence[Array], crossings: Sequence[Crossing], step: float,
) -> None:  # fmt: skip
    of = {one.name: (one.times, m) for one, m in zip(chosen, middles, strict=True)}
    for crossing in crossings:
        when = crossing.passage.median
        if when is None or crossing.higher not in of or crossing.lower not in of:
            continue
        times, middle = of[crossing.lower]
        canvas.dot(x(when), y(float(np.interp(when, times, middle)) / step), 4.5)


def _table(title: str, chosen: Sequence[Curve], step: float) -> Table:
    rows = tuple(
        (
            str(year),
            tuple(Cell(*interval(one.at_end_of(year).statistics(), step)) for one in chosen),
        )
        for year in chosen[0].years
    )
    return Table(f"{title}, at the end of the year", tuple(one.name for one in chosen), rows)
