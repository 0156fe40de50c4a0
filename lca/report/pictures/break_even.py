"""Break-even: the difference of two options over two inputs, with the line where it is zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lca.estimates import round_figures
from lca.report.paper.blocks import Picture
from lca.report.pictures.canvas import Canvas, Scale, cut, tick_text, ticks
from lca.report.pictures.contours import Point, bands, lines
from lca.report.pictures.plane import Labels, Plane, inner_ticks
from lca.report.tables import Cell, Table
from lca.report.wording import common_scale, percent
from lca.sensitivity.surface import Surface

_WIDE, _TALL = 820.0, 500.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 800.0, 64.0, 450.0
_SURE = 0.95
_ROWS = 7


@dataclass(frozen=True, slots=True)
class Side:
    """An axis of the map.

    Attributes
    ----------
    what, unit
        In words.
    values
        Where the difference is known, ascending, in ``unit``.
    here, low, high
        The scenario's own value, central with 90 % interval.
    """

    what: str
    unit: str
    values: tuple[float, ...]
    here: float
    low: float
    high: float

    @property
    def heading(self) -> str:
        """Name and unit."""
        return f"{self.what} [{self.unit}]" if self.unit else self.what

    @property
    def inside(self) -> bool:
        """Whether the scenario's own value lies on the map."""
        return self.values[0] <= self.here <= self.values[-1]


def draw(surface: Surface, x: Side, y: Side) -> Picture:
    """Return the picture.

    Parameters
    ----------
    surface
        The difference of two options, first less second.
    x, y
        Its axes as they are drawn.
    """
    most = float(abs(surface.median).max())
    step, unit = common_scale([most], surface.unit)
    pair = f"{surface.first} less {surface.second}"
    title = f"Where they break even: {pair}, {unit}"
    described = _described(surface)
    canvas = Canvas(_WIDE, _TALL, title, described, "break-even")
    plane = Plane(canvas, Scale(x.values[0], x.values[-1], _LEFT, _RIGHT), Scale(y.values[0], y.values[-1], _BOTTOM, _TOP))  # fmt: skip
    canvas.legend(_LEFT, 16, _keys(surface), _RIGHT)
    _grounds(plane, surface, x, y)
    plane.frame(x.heading, y.heading, inner_ticks(*_ends(x)), inner_ticks(*_ends(y)))
    labels = Labels(plane)
    _here(plane, labels, x, y)
    _levels(plane, labels, surface, x, y, step)
    return Picture("break-even", canvas.svg(), title, described, _table(surface, x, y, step, unit))


def _ends(side: Side) -> Point:
    return side.values[0], side.values[-1]


def _described(surface: Surface) -> str:
    found = (
        f"Median difference of {surface.samples} draws at each point, all other inputs as uncertain as they are; "
        "thin lines join equal differences"
    )
    if surface.line:
        return f"{found}, the bold line is zero. Between both shades neither option is lower in 95 of 100 draws."
    lower = surface.first if surface.median.max() < 0 else surface.second
    return f"{found}. On the whole map {lower} is lower by the median."


def _keys(surface: Surface) -> list[str]:
    return [f"lower in 95 of 100: {cut(name, 30)}" for name in (surface.first, surface.second)]


def _grounds(plane: Plane, surface: Surface, x: Side, y: Side) -> None:
    """Shade where an option is lower in 95 of 100 draws."""
    for color, (low, high) in enumerate(((_SURE, 2.0), (-1.0, 1 - _SURE))):
        parts = bands(x.values, y.values, surface.probability, low, high)
        if parts:
            plane.canvas.area("".join(map(plane.outline, parts)), color, 0.28)


def _here(plane: Plane, labels: Labels, x: Side, y: Side) -> None:
    """Mark where the scenario stands, with the intervals of its two inputs."""
    if not (x.inside and y.inside):
        return
    place = plane((x.here, y.here))
    if x.high > x.low:
        plane.canvas.line(*plane((_held(x.low, x), y.here)), *plane((_held(x.high, x), y.here)), "ink", 1.4)  # fmt: skip
    if y.high > y.low:
        plane.canvas.line(*plane((x.here, _held(y.low, y))), *plane((x.here, _held(y.high, y))), "ink", 1.4)  # fmt: skip
    plane.canvas.dot(*place, 5)
    labels.keep(*place, 5)
    labels.beside(*place, "the scenario", 12.5)


def _held(value: float, side: Side) -> float:
    return min(max(value, side.values[0]), side.values[-1])


def _levels(plane: Plane, labels: Labels, surface: Surface, x: Side, y: Side, step: float) -> None:
    values = surface.median / step
    for level in sorted(ticks(float(values.min()), float(values.max()), 8), key=abs):
        zero = abs(level) < 1e-12
        words = "equal" if zero else _signed(level)
        for chain in lines(x.values, y.values, values, level):
            points = [plane(point) for point in chain]
            plane.canvas.path(points, None if zero else 7, "", 3.0 if zero else 1.1)
            labels.at(_along(points, words), words, 12, bold=zero)


def _along(points: Sequence[Point], words: str) -> list[Point]:
    """Return where a label may stand: along its line, from its middle outwards."""
    order = sorted(range(len(points)), key=lambda place: abs(place - len(points) // 2))
    return [(points[i][0] - 3.4 * len(words), points[i][1] + 4) for i in order]


def _signed(level: float) -> str:
    return f"+{tick_text(level)}" if level > 0 else tick_text(level)


def _table(surface: Surface, x: Side, y: Side, step: float, unit: str) -> Table:
    """Return every third value or so of both axes: median and the chance that the first is lower."""
    columns, rows = _some(len(x.values)), _some(len(y.values))
    cells = tuple(
        (
            f"{y.what} {_number(y.values[r])} {y.unit}".strip(),
            tuple(_cell(surface, r, c, step) for c in columns),
        )
        for r in rows
    )
    heads = tuple(f"{_number(x.values[c])} {x.unit}".strip() for c in columns)
    title = f"{surface.first} less {surface.second} [{unit}] by {x.what}: median (how often it is lower)"
    return Table(title, heads, cells)


def _some(count: int) -> list[int]:
    return sorted({round(k * (count - 1) / (_ROWS - 1)) for k in range(_ROWS)})


def _cell(surface: Surface, row: int, column: int, step: float) -> Cell:
    text = round_figures(float(surface.median[row, column]) / step).replace("-", "−")
    return Cell(text, percent(float(surface.probability[row, column])))


def _number(value: float) -> str:
    return f"{value:.3g}"
