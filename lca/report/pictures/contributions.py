"""Contributions: bands from components to life-cycle stages, as thick as their central estimate."""

from __future__ import annotations

from collections.abc import Mapping

from lca.ledger import STAGES
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, cut
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale, percent, spoken

_TALL, _GAP, _TOP = 300.0, 10.0, 34.0
_LEFT, _RIGHT, _BOX = 250.0, 560.0, 12.0
_LEAST = 0.004

Flows = Mapping[tuple[str, str], float]


def draw(option: str, unit: str, flows: Flows) -> Picture | None:
    """Return the picture.

    Parameters
    ----------
    option
        Whose contributions are shown.
    flows
        Amount by component and stage, in ``unit``. Credits are told in the table alone: a band
        cannot be thinner than nothing.
    """
    shown = {key: amount for key, amount in flows.items() if amount > 0}
    whole = sum(shown.values())
    if not whole:
        return None
    step, spoken_unit = common_scale([whole], unit)
    stages = [stage for stage in STAGES if any(s == stage for _, s in shown)]
    parts = sorted({c for c, _ in shown}, key=lambda c: -_sum(shown, 0, c))
    title = f"From components to stages: {option}, {spoken_unit}"
    described = f"Central estimate of {option}; the thickness of a band is its share of the whole."
    rows = max(len(parts), len(stages))
    canvas = Canvas(820, _TOP + _TALL + _GAP * rows + 12, title, described, "contributions")
    _bands(canvas, parts, stages, shown, whole)
    table = _table(title, parts, stages, flows, step)
    return Picture("contributions", canvas.svg(), title, described, table)


def _sum(flows: Flows, place: int, name: str) -> float:
    return sum(amount for key, amount in flows.items() if key[place] == name)


def _bands(canvas: Canvas, parts: list[str], stages: list[str], flows: Flows, whole: float) -> None:
    canvas.text(_LEFT + _BOX, 18, "component", "end", "soft", 12)
    canvas.text(_RIGHT, 18, "stage", "start", "soft", 12)
    starts = _boxes(canvas, parts, flows, whole, 0, parts)
    ends = _boxes(canvas, stages, flows, whole, 1, parts)
    for color, part in enumerate(parts):
        for stage in stages:
            amount = flows.get((part, stage), 0.0)
            tall = amount / whole * _TALL
            if amount / whole > _LEAST / 4:
                said = f"{spoken(part)}, {spoken(stage)}: {percent(amount / whole)}"
                canvas.area(_ribbon(starts[part], ends[stage], tall), color % 8, 0.45, said)
            starts[part] += tall
            ends[stage] += tall


def _boxes(
    canvas: Canvas, names: list[str], flows: Flows, whole: float, side: int, parts: list[str]
) -> dict[str, float]:  # fmt: skip
    """Add the boxes of one side with their names; return where each begins."""
    found, top, free = {}, _TOP, 0.0
    for name in names:
        share = _sum(flows, side, name) / whole
        found[name] = top
        x = _LEFT if side == 0 else _RIGHT
        color = parts.index(name) % 8 if side == 0 else 7
        canvas.rect(x, top, _BOX, max(share * _TALL, 1), color, f"{spoken(name)}: {percent(share)}")
        y = max(top + share * _TALL / 2 + 4, free)
        free = y + 15
        words = f"{cut(spoken(name), 26)} {percent(share)}"
        canvas.text(x - 8 if side == 0 else x + _BOX + 8, y, words, "end" if side == 0 else "start", size=12.5)  # fmt: skip
        top += share * _TALL + _GAP
    return found


def _ribbon(start: float, end: float, tall: float) -> str:
    x1, x2 = _LEFT + _BOX, _RIGHT
    middle = (x1 + x2) / 2
    return (
        f"M{x1:.1f},{start:.1f}C{middle:.1f},{start:.1f} {middle:.1f},{end:.1f} {x2:.1f},{end:.1f}"
        f"V{end + tall:.1f}C{middle:.1f},{end + tall:.1f} {middle:.1f},{start + tall:.1f} {x1:.1f},{start + tall:.1f}Z"
    )


def _table(title: str, parts: list[str], stages: list[str], flows: Flows, step: float) -> Table:
    every = list(dict.fromkeys([*parts, *(c for c, _ in flows)]))
    columns = list(dict.fromkeys([*stages, *(s for _, s in flows)]))
    rows = tuple((spoken(c), tuple(_cell(flows.get((c, s)), step) for s in columns)) for c in every)
    return Table(title, tuple(map(spoken, columns)), rows)


def _cell(amount: float | None, step: float) -> Cell:
    return Cell("–") if amount is None else Cell(f"{amount / step:,.3g}".replace("-", "−"))
