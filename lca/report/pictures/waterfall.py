"""Waterfall: from one model's total to the next, a bar for each reason why they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lca.estimates import round_figures
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, across, cut, ticks
from lca.report.tables import Cell, Table

_ROW, _LEFT, _RIGHT, _WIDE = 25.0, 330.0, 780.0, 860.0
_UP, _DOWN, _WHOLE = 5, 0, 7
_TOP = 44.0
_LETTERS = 46


class Bar(NamedTuple):
    """A row: a total that stands on zero, or a step from where the row above ended.

    ``low`` and ``high`` are the ends of a total's interval, equal where it has none.
    """

    what: str
    amount: float
    is_total: bool = False
    low: float = 0.0
    high: float = 0.0


def draw(what: str, unit: str, bars: Sequence[Bar]) -> Picture | None:
    """Return the picture.

    Parameters
    ----------
    what
        Whose totals are explained.
    unit
        Of all amounts.
    bars
        From top to bottom: a total, the steps to the next total, that total, and so on.
    """
    if not bars:
        return None
    title = f"Why the models disagree about {what}, {unit}"
    described = (
        "Gray bars are the central estimates of the models, thin lines their 90% intervals; each"
        " step between two totals is one reason, and the steps add up to the difference."
    )
    bottom = _TOP + _ROW * len(bars)
    canvas = Canvas(_WIDE, bottom + 26, title, described, "waterfall")
    _legend(canvas)
    rows = _spans(bars)
    ends = [x for bar, start, end in rows for x in (start, end, bar.low, bar.high)]
    marks = ticks(min(0.0, *ends), max(ends))
    scale = Scale(marks[0], marks[-1], _LEFT, _RIGHT)
    across(canvas, scale, marks, _TOP - 8, bottom)
    for place, (bar, start, end) in enumerate(rows):
        _row(canvas, scale, _TOP + _ROW * place, bar, start, end)
        if place + 1 < len(rows):
            y = _TOP + _ROW * place
            canvas.line(scale(end), y + 17, scale(end), y + _ROW + 3, "soft")
    return Picture("waterfall", canvas.svg(), title, described, _table(title, unit, rows))


def standalone(picture: Picture) -> str:
    """Return a picture as a file of its own: on white, since no page gives it a ground."""
    ground = '</desc><rect width="100%" height="100%" fill="#ffffff"/>'
    return picture.svg.replace("</desc>", ground, 1) + "\n"


def _legend(canvas: Canvas) -> None:
    names = ((_WHOLE, "total of a model"), (_UP, "adds"), (_DOWN, "takes away"))
    x = _LEFT
    for color, name in names:
        canvas.rect(x, 6, 12, 12, color)
        canvas.text(x + 17, 16, name, size=12.5)
        x += 34 + 7.5 * len(name)


def _spans(bars: Sequence[Bar]) -> list[tuple[Bar, float, float]]:
    """Return each bar with where it begins and ends."""
    found, here = [], 0.0
    for bar in bars:
        start = 0.0 if bar.is_total else here
        here = start + bar.amount
        found.append((bar, start, here))
    return found


def _row(canvas: Canvas, scale: Scale, y: float, bar: Bar, start: float, end: float) -> None:
    color = _WHOLE if bar.is_total else (_UP if bar.amount > 0 else _DOWN)
    words = _text(bar)
    canvas.text(_LEFT - 10, y + 14, cut(bar.what, _LETTERS), "end", size=12, bold=bar.is_total)
    left, right = sorted((scale(start), scale(end)))
    canvas.rect(left, y + 3, max(right - left, 1.0), 14, color, f"{bar.what}: {words}")
    after = right
    if bar.is_total and bar.high > bar.low:
        canvas.line(scale(bar.low), y + 10, scale(bar.high), y + 10, "ink", 1.4)
        after = max(after, scale(bar.high))
    canvas.text(after + 6, y + 14, words, size=12, bold=bar.is_total)


def _text(bar: Bar) -> str:
    words = round_figures(abs(bar.amount), 3)
    if bar.is_total:
        return words
    return f"{'+' if bar.amount > 0 else '−'}{words}"


def _table(title: str, unit: str, rows: Sequence[tuple[Bar, float, float]]) -> Table:
    cells = tuple((bar.what, (Cell(_text(bar)), Cell(round_figures(end, 3)))) for bar, _, end in rows)  # fmt: skip
    totals = tuple(place for place, (bar, _, _) in enumerate(rows) if bar.is_total)
    return Table(title, (unit, "so far"), cells, emphasis=totals)
