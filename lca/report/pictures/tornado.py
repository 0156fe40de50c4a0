"""Tornado: what each unknown by itself makes of the difference of two options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lca.estimates import round_figures
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, across, cut, ticks
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale

_ROW, _LEFT = 28.0, 300.0


class Swing(NamedTuple):
    """An unknown, and the outcome with it at its 5 % and at its 95 % quantile."""

    what: str
    low: float
    high: float


def draw(outcome: str, unit: str, central: float, swings: Sequence[Swing]) -> Picture | None:
    """Return the picture.

    Parameters
    ----------
    outcome
        What is moved: an option, or ``A less B``.
    central
        The outcome with every input at its central value, in ``unit`` as are the swings.
    swings
        The largest first.
    """
    if not swings:
        return None
    values = [x for swing in swings for x in (swing.low, swing.high)]
    step, spoken_unit = common_scale([*values, central], unit)
    title = f"What moves {outcome}, {spoken_unit}"
    described = "Each bar is one input at its 5% and 95% quantile, all others central. The solid line is the central estimate" + (
        "; where a bar passes zero, that input alone turns the ranking." if " less " in outcome else "."
    )  # fmt: skip
    bottom = 30 + _ROW * len(swings)
    canvas = Canvas(860, bottom + 26, title, described, "tornado")
    canvas.legend(_LEFT, 16, ["at its 5% quantile", "at its 95% quantile"], 840)
    marks = ticks(min(*values, central) / step, max(*values, central) / step)
    scale = Scale(marks[0], marks[-1], _LEFT, 840)
    across(canvas, scale, marks, 26, bottom)
    for place, swing in enumerate(swings):
        _bar(canvas, scale, 32 + _ROW * place, swing, central, step)
    if marks[0] < 0 < marks[-1]:
        canvas.dash(scale(0.0), 24, bottom)
    canvas.line(scale(central / step), 24, scale(central / step), bottom, "ink", 1.6)
    return Picture("tornado", canvas.svg(), title, described, _table(title, swings, step))


def _bar(
    canvas: Canvas, scale: Scale, top: float, swing: Swing, central: float, step: float
) -> None:
    canvas.text(_LEFT - 10, top + 14, cut(swing.what, 44), "end", size=12)
    middle = scale(central / step)
    for color, value in enumerate((swing.low, swing.high)):
        end = scale(value / step)
        said = f"{swing.what}: {_text(value / step)}"
        canvas.rect(min(middle, end), top + color * 9, abs(end - middle), 9, color, said)


def _text(value: float) -> str:
    return round_figures(value).replace("-", "−")


def _table(title: str, swings: Sequence[Swing], step: float) -> Table:
    rows = tuple((s.what, (Cell(_text(s.low / step)), Cell(_text(s.high / step)))) for s in swings)
    return Table(title, ("at its 5% quantile", "at its 95% quantile"), rows)
