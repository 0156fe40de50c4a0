"""Two axes, and labels that keep clear of each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lca.report.pictures.canvas import Canvas, Scale, tick_text, ticks, width_of

_Box = tuple[float, float, float, float]
_SIZE = 12.0


def inner_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Return round values within a range."""
    slack = (high - low) * 1e-9
    return [one for one in ticks(low, high, most) if low - slack <= one <= high + slack]


@dataclass(frozen=True, slots=True)
class Plane:
    """A canvas with two scales."""

    canvas: Canvas
    x: Scale
    y: Scale

    def frame(self, x_name: str, y_name: str, x_marks: Sequence[float], y_marks: Sequence[float]) -> None:  # fmt: skip
        """Add grid lines, the numbers at them, and the names of both axes."""
        canvas, left, bottom = self.canvas, self.x.start, self.y.start
        for mark in x_marks:
            canvas.line(self.x(mark), self.y.end, self.x(mark), bottom)
            canvas.text(self.x(mark), bottom + 17, tick_text(mark), "middle", "soft", 12)
        for mark in y_marks:
            canvas.line(left, self.y(mark), self.x.end, self.y(mark))
            canvas.text(left - 8, self.y(mark) + 4, tick_text(mark), "end", "soft", 12)
        canvas.text((left + self.x.end) / 2, bottom + 36, x_name, "middle", size=12.5)
        canvas.text(left - 44, self.y.end - 12, y_name, size=12.5)

    def __call__(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return the place of a point."""
        return self.x(point[0]), self.y(point[1])

    def outline(self, points: Iterable[tuple[float, float]]) -> str:
        """Return a polygon in the language of SVG paths."""
        return f"M{'L'.join(f'{x:.1f},{y:.1f}' for x, y in map(self, points))}Z"


@dataclass(slots=True)
class Labels:
    """Texts on a plane, each where there is room for it."""

    plane: Plane
    taken: list[_Box] = field(default_factory=list)

    def keep(self, x: float, y: float, around: float = 6.0) -> None:
        """Leave the room around a point free."""
        self.taken.append((x - around, y - around, x + around, y + around))

    def beside(self, x: float, y: float, words: str, size: float = _SIZE) -> bool:
        """Add a text beside a point, on the first side that has room; False where none has."""
        wide = width_of(words, size)
        spots = (
            (x + 8, y - 9),
            (x + 8, y + 18),
            (x - 8 - wide, y - 9),
            (x - 8 - wide, y + 18),
            (x + 11, y + 4),
            (x - 11 - wide, y + 4),
            (x - wide / 2, y - 24),
            (x - wide / 2, y + 33),
        )
        return self.at(spots, words, size)

    def at(self, spots: Iterable[tuple[float, float]], words: str, size: float = _SIZE, bold: bool = False) -> bool:  # fmt: skip
        """Add a text at the first of some places, as its left end, that has room."""
        wide = width_of(words, size)
        for x, y in spots:
            box = (x - 2, y - size, x + wide + 2, y + 3)
            if self._is_free(box):
                self.taken.append(box)
                self.plane.canvas.plate(box)
                self.plane.canvas.text(x, y, words, size=size, bold=bold)
                return True
        return False

    def _is_free(self, box: _Box) -> bool:
        left, right = self.plane.x.start, self.plane.x.end
        top, bottom = self.plane.y.end, self.plane.y.start
        if box[0] < left or box[2] > right or box[1] < top or box[3] > bottom:
            return False
        return not any(
            box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self.taken
        )
