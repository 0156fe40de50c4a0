"""Cost against carbon: options as crosses of their intervals, and the front that none dominates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, cut, ticks
from lca.report.pictures.plane import Labels, Plane
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale, interval

_WIDE, _TALL = 820.0, 480.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 800.0, 64.0, 430.0
_MOST = 40
_KEYS = ("none is lower in both", "another one is lower in both")
_FRONT, _BEHIND = 0, 7
Statistics = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """An option: its cost and its emissions, each with ``median``, ``p5``, ``p95`` and ``unit``.

    ``mark`` stands behind its name, such as "chosen".
    """

    name: str
    cost: Statistics
    carbon: Statistics
    mark: str = ""

    @property
    def middle(self) -> tuple[float, float]:
        """Both medians."""
        return float(self.cost["median"]), float(self.carbon["median"])

    @property
    def label(self) -> str:
        """Name with its mark."""
        return f"{cut(self.name)} ({self.mark})" if self.mark else cut(self.name)


def draw(points: Sequence[Point], note: str = "", what: str = "cost") -> Picture | None:
    """Return the picture, or None with fewer than two points.

    Parameters
    ----------
    points
        Options whose cost and emissions are known; of very many those of the lowest emissions.
    note
        What else must be said, such as which options have no price.
    what
        What stands in the place of cost, where it is another objective.
    """
    shown = sorted(points, key=lambda one: one.middle[1])[:_MOST]
    if len(shown) < 2:
        return None
    steps = [
        common_scale([one.middle[side] for one in shown], str((one.cost, one.carbon)[side]["unit"]))
        for side in (0, 1)
        for one in shown[:1]
    ]
    kept = front(shown)
    (money, currency), (weight, unit) = steps
    title = f"{what.capitalize()} against carbon: {unit} over {currency}"
    described = _described(shown, kept, len(points) - len(shown), note)
    canvas = Canvas(_WIDE, _TALL, title, described, "cost-carbon")
    plane = _plane(canvas, shown, steps, what)
    _marks(canvas, kept, len(shown))
    if len(kept) > 1:
        places = [plane((p.middle[0] / money, p.middle[1] / weight)) for p in kept]
        canvas.path(places, _FRONT, "", 1.8, "6 4")
    _crosses(plane, shown, kept, money, weight)
    return Picture("cost-carbon", canvas.svg(), title, described, _table(title, shown, kept, steps))


def front(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other is at least as low as in both and lower in one, by cost.

    Examples
    --------
    >>> one, two, three = (
    ...     Point(n, {"median": c}, {"median": g})
    ...     for n, c, g in (("a", 1, 3), ("b", 2, 1), ("c", 3, 2))
    ... )
    >>> [point.name for point in front([one, two, three])]
    ['a', 'b']
    """
    kept: list[Point] = []
    for one in sorted(points, key=lambda each: each.middle):
        if not kept or one.middle[1] < kept[-1].middle[1] or one.middle == kept[-1].middle:
            kept.append(one)
    return kept


def _described(shown: Sequence[Point], kept: Sequence[Point], more: int, note: str) -> str:
    said = [
        "Dots are medians, crosses their 90% intervals; an option without cross was not sampled."
        if any(one.cost["p5"] == one.cost["p95"] for one in shown)
        else "Dots are medians, crosses their 90% intervals.",
        "The dashed line joins those that no other is lower than in both."
        if len(kept) > 1
        else f"{kept[0].name} is lowest in both.",
        f"The {more} of higher emissions are left out." if more else "",
        note,
    ]
    return " ".join(filter(None, said))


def _plane(
    canvas: Canvas, shown: Sequence[Point], steps: Sequence[tuple[float, str]], what: str
) -> Plane:
    (money, currency), (weight, unit) = steps
    across = _marks_of([one.cost for one in shown], money)
    upward = _marks_of([one.carbon for one in shown], weight)
    plane = Plane(canvas, Scale(across[0], across[-1], _LEFT, _RIGHT), Scale(upward[0], upward[-1], _BOTTOM, _TOP))  # fmt: skip
    plane.frame(f"{what} [{currency}]", f"greenhouse gases [{unit}]", across, upward)
    return plane


def _marks_of(numbers: Sequence[Statistics], step: float) -> list[float]:
    """Return the marks of an axis with some room around the numbers."""
    low = min(float(one["p5"]) for one in numbers) / step
    high = max(float(one["p95"]) for one in numbers) / step
    room = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
    start = 0.0 if 0 <= low < 0.4 * high else low - room
    return ticks(start, high + room, 7)


def _marks(canvas: Canvas, kept: Sequence[Point], count: int) -> None:
    place = _LEFT
    for color, radius, words in ((_FRONT, 6.0, _KEYS[0]), (_BEHIND, 4.0, _KEYS[1])):
        if color == _FRONT or len(kept) < count:
            canvas.dot(place + 6, 12, radius, color)
            canvas.text(place + 18, 16, words, size=12.5)
            place += 230


def _crosses(plane: Plane, shown: Sequence[Point], kept: Sequence[Point], money: float, weight: float) -> None:  # fmt: skip
    labels, names = Labels(plane), {id(one) for one in kept}
    places = [plane((p.middle[0] / money, p.middle[1] / weight)) for p in shown]
    for one, (x, y) in zip(shown, places, strict=True):
        color = _FRONT if id(one) in names else _BEHIND
        left, right = (plane.x(float(one.cost[key]) / money) for key in ("p5", "p95"))
        low, high = (plane.y(float(one.carbon[key]) / weight) for key in ("p5", "p95"))
        said = f"{one.name}: {' '.join(interval(one.cost, money))}; {' '.join(interval(one.carbon, weight))}"
        if right > left:
            plane.canvas.path([(left, y), (right, y)], color, said, 1.6)
        if low > high:
            plane.canvas.path([(x, low), (x, high)], color, said, 1.6)
        plane.canvas.dot(x, y, 6 if color == _FRONT else 4, color)
        labels.keep(x, y, 6)
    for one, (x, y) in zip(shown, places, strict=True):
        labels.beside(x, y, one.label, 12.5)


def _table(
    title: str, shown: Sequence[Point], kept: Sequence[Point], steps: Sequence[tuple[float, str]]
) -> Table:
    (money, currency), (weight, unit) = steps
    names = {id(one) for one in kept}
    rows = tuple(
        (
            f"{one.name} ({one.mark})" if one.mark else one.name,
            (
                Cell(*interval(one.cost, money)),
                Cell(*interval(one.carbon, weight)),
                Cell(_KEYS[0] if id(one) in names else _KEYS[1]),
            ),
        )
        for one in shown
    )
    return Table(title, (currency, unit, "place"), rows)
