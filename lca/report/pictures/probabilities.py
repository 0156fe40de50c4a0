"""Matrix: the probability that the option of a row is lower than that of a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, cut, width_of
from lca.report.tables import Cell, Table
from lca.report.wording import percent

_MOST = 12
_CELL, _TALL = 84.0, 34.0


def draw(result: Mapping[str, Any]) -> Picture | None:
    """Return the picture of the twelve lowest options, or None without a comparison."""
    found = result["comparison"]
    if not found or len(found["order"]) < 2:
        return None
    names = found["order"][:_MOST]
    lower = {(p["a"], p["b"]): p["probability_a_lower"] for p in found["pairs"]}
    lower |= {(b, a): 1 - share for (a, b), share in lower.items()}
    more = len(found["order"]) - len(names)
    title = "Probability that the row is lower than the column"
    described = "The darker, the surer; options stand in the order of their medians." + (
        f" The {more} highest options are left out." if more else ""
    )
    left = min(230.0, 20 + max(width_of(cut(name), 13) for name in names))
    canvas = Canvas(
        max(left + _CELL * len(names) + 10, 480), 46 + _TALL * len(names), title, described, "matrix"
    )  # fmt: skip
    for place, name in enumerate(names):
        canvas.text(left + _CELL * (place + 0.5), 18 + 14 * (place % 2), cut(name, 16), "middle", size=11.5)  # fmt: skip
        canvas.text(left - 10, 62 + _TALL * place, cut(name), "end")
        for other, against in enumerate(names):
            if name != against:
                _cell(canvas, left + _CELL * other, 40 + _TALL * place, lower[name, against], f"{name} is lower than {against}")  # fmt: skip
    return Picture("probabilities", canvas.svg(), title, described, _table(title, names, lower))


def _cell(canvas: Canvas, x: float, y: float, share: float, said: str) -> None:
    words = percent(share)
    canvas.rect(x + 1, y + 1, _CELL - 2, _TALL - 2, 0, f"{said}: {words}", 0.08 + 0.92 * share)
    canvas.text(x + _CELL / 2, y + 22, words, "middle", "paper" if share > 0.55 else "ink")


def _table(title: str, names: Sequence[str], lower: Mapping[tuple[str, str], float]) -> Table:
    rows = tuple(
        (name, tuple(Cell("–" if name == x else percent(lower[name, x])) for x in names))
        for name in names
    )
    return Table(title, tuple(names), rows)
