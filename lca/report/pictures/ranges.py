"""Range strips: the median of each option with its 90 % and, from the draws, its 50 % interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lca.report import tables
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, across, cut, ticks, width_of
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale, interval
from lca.uncertain import Array

_MOST = 40
_ROW = 34.0


def draw(result: Mapping[str, Any], draws: Mapping[str, Array]) -> Picture | None:
    """Return the picture.

    Parameters
    ----------
    draws
        By option, its draws in the unit of the result's headline; drawn as density. Options
        without draws show their interval alone.
    """
    options = _chosen(result)
    heads = [tables.headline(option, result["basis"]) for option in options]
    if any(head["median"] is None for head in heads):
        return None
    step, unit = common_scale([head["median"] for head in heads], heads[0]["unit"])
    title = f"{unit}, {tables.year_range(result)}, {result['basis']}-based"
    names = [option["name"] for option in options]
    described = _described(any(_dense(draws.get(name)) for name in names))
    svg = _svg(title, described, names, heads, step, draws)
    rows = tuple((name, (Cell(*interval(h, step)),)) for name, h in zip(names, heads, strict=True))
    return Picture("ranges", svg, title, described, Table(title, (unit,), rows))


def _described(dense: bool) -> str:
    """Return what the strips show: without draws there is no dark part to speak of."""
    parts = "the dark part holds half of the draws, the light part" if dense else "it holds"
    return f"Each strip is an option: {parts} nine of ten{'' if dense else ' draws'}, the dot is the median."


def _dense(drawn: Array | None) -> bool:
    """Tell whether there are draws to take quartiles of."""
    return drawn is not None and drawn.size > 1


def _chosen(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the options, of very many the lowest."""
    options = list(result["options"])
    if len(options) <= _MOST:
        return options
    return sorted(options, key=lambda o: tables.headline(o, result["basis"])["median"] or 0)[:_MOST]


def _svg(
    title: str, described: str, names: Sequence[str], heads: Sequence[Mapping[str, Any]],
    step: float, draws: Mapping[str, Array],
) -> str:  # fmt: skip
    left = min(230.0, 24 + max(width_of(cut(name), 13) for name in names))
    bottom = 12 + _ROW * len(names)
    canvas = Canvas(820, bottom + 26, title, described, "ranges")
    marks = ticks(min(0.0, *(h["p5"] / step for h in heads)), max(h["p95"] / step for h in heads))
    scale = Scale(marks[0], marks[-1], left, 800)
    across(canvas, scale, marks, 6, bottom)
    for place, (name, head) in enumerate(zip(names, heads, strict=True)):
        _strip(canvas, scale, 12 + _ROW * place, name, head, step, draws.get(name))
    return canvas.svg()


def _strip(
    canvas: Canvas, scale: Scale, top: float, name: str, head: Mapping[str, Any], step: float,
    drawn: Array | None,
) -> None:  # fmt: skip
    middle, between = interval(head, step)
    said = f"{name}: {middle} ({between})" if between else f"{name}: {middle}"
    canvas.text(scale.start - 10, top + 20, cut(name), "end")
    low, high = scale(head["p5"] / step), scale(head["p95"] / step)
    canvas.rect(low, top + 6, max(high - low, 2), 18, 0, said, 0.35)
    if drawn is not None and _dense(drawn):
        first, third = (scale(float(x) / step) for x in np.percentile(drawn, (25, 75)))
        canvas.rect(first, top + 6, max(third - first, 2), 18, 0, said, 0.75)
    canvas.dot(scale(head["median"] / step), top + 15, 4.5)
