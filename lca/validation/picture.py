"""Published against computed as one picture, both axes logarithmic, in SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import log10

from lca.units import factor
from lca.validation.names import read_name, vocabulary
from lca.validation.scoring import Score, Target

__all__ = ["picture"]

_SIZE, _EDGE, _DECADES_APART = 640, 60, 3
_COLORS = {
    "training": "#2f5d8a",
    "inference": "#b4572a",
    "hardware": "#4b7a47",
    "decision": "#7b5a94",
}
_CANONICAL = {"kg", "kWh", "L", "h", "kW", ""}

Point = tuple[float, float, str, str]


def picture(scores: Sequence[Score]) -> str:
    """Return a drawing with one dot a target, on the diagonal where both figures agree.

    Figures stand in kg, kWh, L, h, kW or as plain numbers; zeros have no place on a log axis and
    are left out.
    """
    points = list(_points(scores))
    if not points:
        return _drawn([], 0, 1)
    exponents = [log10(value) for point in points for value in point[:2]]
    low, high = int(min(exponents)) - 1, int(max(exponents)) + 1
    return _drawn(points, low, high)


def _points(scores: Sequence[Score]) -> Iterator[Point]:
    for score in scores:
        for target in score.targets:
            pair = _pair(target)
            if target.published.target and pair is not None:
                yield (*pair, score.case.kind, f"{score.case.id}: {target.published.known.name}")


def _pair(target: Target) -> tuple[float, float] | None:
    """Return published and computed in the canonical unit of the quantity."""
    known = target.published.known
    if target.computed is None or target.computed <= 0 or float(known.value) <= 0:
        return None
    term, _ = read_name(known.name, known.unit)
    unit = vocabulary().bases[term.base].unit
    if unit not in _CANONICAL:
        return None
    scale = factor(known.unit, unit)
    return float(known.value) * scale, target.computed * scale


def _drawn(points: Sequence[Point], low: int, high: int) -> str:
    inner = _SIZE - 2 * _EDGE

    def place(value: float) -> float:
        return _EDGE + (value - low) / (high - low) * inner

    marks = [
        f'<circle cx="{place(log10(x)):.1f}" cy="{_SIZE - place(log10(y)):.1f}" r="4" '
        f'fill="{_COLORS[kind]}" fill-opacity="0.6"><title>{name}</title></circle>'
        for x, y, kind, name in points
    ]
    ends = _EDGE, _SIZE - _EDGE
    line = f'<path d="M{ends[0]} {ends[1]}L{ends[1]} {ends[0]}" stroke="#888" fill="none"/>'
    return "\n".join((_HEAD, line, *_axes(low, high, place), *_legend(), *marks, "</svg>", ""))


_HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE}" font-size="13" '
    'font-family="sans-serif"><title>Published against computed</title>'
    f'<rect width="{_SIZE}" height="{_SIZE}" fill="white"/>'
)


def _axes(low: int, high: int, place: Callable[[float], float]) -> Iterator[str]:
    bottom = _SIZE - _EDGE
    yield f'<path d="M{_EDGE} {_EDGE}V{bottom}H{bottom}" stroke="black" fill="none"/>'
    for exponent in range(low, high + 1, _DECADES_APART):
        at = place(exponent)
        yield f'<text x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">1e{exponent}</text>'
        yield f'<text x="{_EDGE - 6}" y="{_SIZE - at + 4:.1f}" text-anchor="end">1e{exponent}</text>'
    text = "published (kg, kWh, L, h, kW or number)"
    yield f'<text x="{_SIZE / 2}" y="{_SIZE - 12}" text-anchor="middle">{text}</text>'
    yield f'<text x="16" y="{_EDGE - 16}">computed</text>'


def _legend() -> Iterator[str]:
    for row, (kind, color) in enumerate(_COLORS.items()):
        y = _EDGE + 20 + 18 * row
        yield f'<circle cx="{_EDGE + 20}" cy="{y - 4}" r="5" fill="{color}"/>'
        yield f'<text x="{_EDGE + 32}" y="{y}">{kind}</text>'
