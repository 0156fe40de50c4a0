"""Stage bars: the medians of the life-cycle stages on each other, with the interval of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lca.ledger import STAGES
from lca.report import tables
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, across, cut, ticks, width_of
from lca.report.tables import Table
from lca.report.wording import common_scale, interval, spoken

_MOST = 40
_ROW = 34.0


def draw(result: Mapping[str, Any]) -> Picture | None:
    """Return the picture, or None where a stage or the whole has no number."""
    options, basis = result["options"][:_MOST], result["basis"]
    wholes = [tables.headline(option, basis) for option in options]
    stages = [tables.stages_of(option) for option in options]
    known = [s for s in STAGES if any(_number(found, s) for found in stages)]
    if not known or any(whole["median"] is None for whole in wholes):
        return None
    step, unit = common_scale([w["median"] for w in wholes], wholes[0]["unit"])
    title = f"By stage, {unit}, {tables.year_range(result)}, {basis}-based"
    described = "Bars are medians of the stages; the line is the median of the whole with its 90% interval. Medians of parts need not add up to that of the whole."
    left = min(230.0, 24 + max(width_of(cut(o["name"]), 13) for o in options))
    bottom = 40 + _ROW * len(options)
    canvas = Canvas(820, bottom + 26, title, described, "stages")
    canvas.legend(left, 18, [spoken(stage) for stage in known], 800)
    marks = ticks(_least(stages, step), max(w["p95"] / step for w in wholes))
    scale = Scale(marks[0], marks[-1], left, 800)
    across(canvas, scale, marks, 34, bottom)
    for place, option in enumerate(options):
        top = 40 + _ROW * place
        canvas.text(left - 10, top + 17, cut(option["name"]), "end")
        _bar(canvas, scale, top, known, stages[place], step)
        _whole(canvas, scale, top, wholes[place], step)
    return Picture("stages", canvas.svg(), title, described, _table(result))


def _table(result: Mapping[str, Any]) -> Table:
    """Return the table of stages; of very many options the rows that are drawn."""
    whole = tables.stage_table(result)
    return replace(whole, rows=whole.rows[:_MOST]) if tables.is_wide(result) else whole


def _number(found: Mapping[str, Any], stage: str) -> float:
    value = found.get(stage, {}).get("median")
    return float(value) if value else 0.0


def _least(stages: list[dict[str, Mapping[str, Any]]], step: float) -> float:
    """Return the lowest end of any bar: credits stand left of zero."""
    return min(sum(min(_number(one, s), 0.0) for s in one) / step for one in stages)


def _bar(
    canvas: Canvas, scale: Scale, top: float, known: list[str], found: Mapping[str, Any], step: float
) -> None:  # fmt: skip
    ends = [0.0, 0.0]
    for color, stage in enumerate(known):
        value = _number(found, stage) / step
        side = int(value < 0)
        first, last = sorted((ends[side], ends[side] + value))
        ends[side] += value
        said = f"{spoken(stage)}: {' '.join(interval(found[stage], step))}" if value else ""
        canvas.rect(scale(first), top, scale(last) - scale(first), 18, color, said)


def _whole(canvas: Canvas, scale: Scale, top: float, whole: Mapping[str, Any], step: float) -> None:
    y = top + 23
    low, middle, high = (scale(whole[key] / step) for key in ("p5", "median", "p95"))
    canvas.line(low, y, high, y, "ink", 1.6)
    canvas.line(low, y - 3, low, y + 3, "ink", 1.6)
    canvas.line(high, y - 3, high, y + 3, "ink", 1.6)
    canvas.dot(middle, y, 3)
