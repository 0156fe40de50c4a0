"""A drawing surface: shapes as SVG text with colors, scales and axes."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from lca.report.paper.letters import is_right_to_left, one_line

COLORS = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#8c6d1f",
    "#6b7280",
)
"""Palette after Okabe and Ito (2008); the last two are added for more series."""

INK, SOFT, LINE = "#1b1f24", "#57606a", "#d0d7de"
_ISOLATE, _END = "\u2067", "\u2069"
"""Set a text from the right without turning what stands around it (Unicode Annex 9)."""

_WIDE = 0.56
"""Width of a letter over the size of the font, on the generous side."""


@dataclass(slots=True)
class Canvas:
    """Shapes of one picture.

    Parameters
    ----------
    width, height
        Of the picture, in units of the drawing.
    title, description
        For readers who do not see it.
    name
        Makes the ids of title and description unique on a page.
    """

    width: float
    height: float
    title: str
    description: str
    name: str
    shapes: list[str] = field(default_factory=list)

    def rect(self, x: float, y: float, width: float, height: float, color: int, say: str = "", opacity: float = 1.0) -> None:  # fmt: skip
        """Add a rectangle; ``say`` is what a pointer over it shows."""
        shade = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
        self.shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" '
            f'class="f{color + 1}" fill="{COLORS[color % 8]}"{shade}>{_said(say)}</rect>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str = "line", width: float = 1.0) -> None:  # fmt: skip
        """Add a straight line in the color of ``line``, ``ink`` or ``soft``."""
        color = {"line": LINE, "ink": INK, "soft": SOFT}[style]
        self.shapes.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'class="s-{style}" stroke="{color}" stroke-width="{width:g}"/>'
        )

    def dash(self, x: float, y1: float, y2: float) -> None:
        """Add an upright dashed line."""
        self.shapes.append(
            f'<line x1="{x:.1f}" y1="{y1:.1f}" x2="{x:.1f}" y2="{y2:.1f}" class="s-soft" '
            f'stroke="{SOFT}" stroke-dasharray="4 3"/>'
        )

    def path(self, points: Sequence[tuple[float, float]], color: int | None, say: str = "", width: float = 2.2, dashes: str = "") -> None:  # fmt: skip
        """Add an open line through points, in ink where no color is given."""
        steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        paint = f'class="s-ink" stroke="{INK}"' if color is None else f'class="s{color + 1}" stroke="{COLORS[color % 8]}"'  # fmt: skip
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.shapes.append(
            f'<polyline points="{steps}" fill="none" {paint} '
            f'stroke-width="{width:g}" stroke-linejoin="round"{dashed}>{_said(say)}</polyline>'
        )

    def plate(self, box: tuple[float, float, float, float]) -> None:
        """Add a ground for a text, so that lines below it do not cross its letters."""
        left, top, right, bottom = box
        self.shapes.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
            f'height="{bottom - top:.1f}" class="f-paper" fill="#ffffff" fill-opacity="0.8"/>'
        )

    def area(self, outline: str, color: int, opacity: float, say: str = "") -> None:
        """Add a filled shape, its outline in the language of SVG paths."""
        self.shapes.append(
            f'<path d="{outline}" class="f{color + 1}" fill="{COLORS[color % 8]}" '
            f'fill-opacity="{opacity:g}">{_said(say)}</path>'
        )

    def dot(self, x: float, y: float, radius: float, color: int | None = None) -> None:
        """Add a filled circle, in ink where no color is given."""
        paint = f'class="f-ink" fill="{INK}"' if color is None else f'class="f{color + 1}" fill="{COLORS[color % 8]}"'  # fmt: skip
        self.shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {paint}/>')

    def text(self, x: float, y: float, words: str, anchor: str = "start", style: str = "ink", size: float = 13, bold: bool = False) -> None:  # fmt: skip
        """Add a text; ``style`` is ``ink``, ``soft`` or ``paper``."""
        color = {"ink": INK, "soft": SOFT, "paper": "#ffffff"}[style]
        shown = one_line(words)
        if is_right_to_left(shown):
            shown = f"{_ISOLATE}{shown}{_END}"
        weight = ' font-weight="600"' if bold else ""
        self.shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}"{weight} '
            f'class="f-{style}" fill="{color}">{escape(shown)}</text>'
        )

    def legend(self, x: float, y: float, names: Sequence[str], right: float) -> float:
        """Add a legend from left to right, in lines; return the y below it."""
        place = x
        for color, name in enumerate(names):
            room = 26 + width_of(name, 12.5)
            if place > x and place + room > right:
                place, y = x, y + 20
            self.rect(place, y - 10, 12, 12, color)
            self.text(place + 17, y, name, size=12.5)
            place += room
        return y + 20

    def svg(self) -> str:
        """Return the picture as text."""
        ids = f"{self.name}-title {self.name}-description"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" '
            f'role="img" aria-labelledby="{ids}" font-family="sans-serif">'
            f'<title id="{self.name}-title">{escape(self.title)}</title>'
            f'<desc id="{self.name}-description">{escape(self.description)}</desc>'
            f"{''.join(self.shapes)}</svg>"
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns values into places on an axis."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round values that span a range, ``most`` or fewer."""
    if not high > low:
        low, high = min(low, 0.0), max(low, 0.0) or 1.0
    step = _round_up((high - low) / (most - 1))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def _round_up(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= step * (1 - 1e-9))


def tick_text(value: float) -> str:
    """Return the number at a tick."""
    return f"{value:,.10g}".replace("-", "−")


def width_of(words: str, size: float) -> float:
    """Return about how wide a text is: wide letters fill a square, marks on others no room."""
    return sum(map(_width, words)) * size


def _width(letter: str) -> float:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0.0
    return 1.0 if unicodedata.east_asian_width(letter) in {"W", "F"} else _WIDE


def cut(words: str, most: int = 30) -> str:
    """Return a text that fits, its middle left out where it is long.

    Parameters
    ----------
    most
        How many letters of usual width there is room for.
    """
    words, room = one_line(words), most * _WIDE + 1e-9
    if width_of(words, 1.0) <= room:
        return words
    half = (room - _WIDE) / 2
    return f"{_fitting(words, half)}…{_fitting(words[::-1], half)[::-1]}"


def _fitting(words: str, room: float) -> str:
    """Return the letters of the beginning that fit."""
    for count, letter in enumerate(words):
        room -= _width(letter)
        if room < -1e-9:
            return words[:count]
    return words


def across(canvas: Canvas, scale: Scale, marks: Sequence[float], top: float, bottom: float) -> None:
    """Add upright grid lines with numbers below them."""
    for mark in marks:
        canvas.line(scale(mark), top, scale(mark), bottom)
        canvas.text(scale(mark), bottom + 16, tick_text(mark), "middle", "soft", 12)


def _said(words: str) -> str:
    return f"<title>{escape(one_line(words))}</title>" if words else ""
