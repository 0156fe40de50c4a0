"""Lines and bands of equal value on a grid, by marching squares.

References
----------
1. W. E. Lorensen, H. E. Cline, Marching cubes, SIGGRAPH 1987; the same in two dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lca.uncertain import Array

Point = tuple[float, float]
_Edge = tuple[int, int, int]
_Corner = tuple[float, float, float]


def lines(x: Sequence[float], y: Sequence[float], values: Array, level: float) -> list[list[Point]]:
    """Return the lines on which a grid has a value, linear between neighbors.

    Parameters
    ----------
    x, y
        Places of columns and rows.
    values
        Shape ``(rows, columns)``.

    Examples
    --------
    >>> lines((0, 1), (0, 1), np.array([[-1.0, 1.0], [-1.0, 1.0]]), 0.0)
    [[(0.5, 0.0), (0.5, 1.0)]]
    """
    above = np.asarray(values) > level
    ways: dict[_Edge, list[_Edge]] = {}
    for row in range(above.shape[0] - 1):
        for column in range(above.shape[1] - 1):
            middle = float(np.mean(values[row : row + 2, column : column + 2])) > level
            for first, second in _pairs(above, row, column, middle):
                ways.setdefault(first, []).append(second)
                ways.setdefault(second, []).append(first)
    return [[_place(x, y, values, level, edge) for edge in chain] for chain in _chains(ways)]


def _pairs(
    above: NDArray[np.bool_], row: int, column: int, middle: bool
) -> Iterator[tuple[_Edge, _Edge]]:
    """Yield the edges of a cell that a line joins; in a saddle the middle decides which."""
    around = [
        (row, column, 0),
        (row, column + 1, 1),
        (row + 1, column, 0),
        (row, column, 1),
    ]
    corners = [above[row, column], above[row, column + 1], above[row + 1, column + 1], above[row + 1, column]]  # fmt: skip
    crossed = [i for i in range(4) if corners[i] != corners[(i + 1) % 4]]
    if len(crossed) == 4:
        turn = 3 if bool(corners[0]) != middle else 1
        crossed = [0, turn, *(i for i in (1, 2, 3) if i != turn)]
    yield from ((around[a], around[b]) for a, b in zip(crossed[::2], crossed[1::2], strict=True))


def _chains(ways: dict[_Edge, list[_Edge]]) -> Iterator[list[_Edge]]:
    """Yield the edges of each line in order, open lines from an end, closed ones back to it."""
    left = dict.fromkeys(sorted(ways, key=lambda edge: (len(ways[edge]), edge)))
    while left:
        here: _Edge | None = next(iter(left))
        start, chain = here, []
        while here is not None:
            left.pop(here)
            chain.append(here)
            here = next((edge for edge in ways[here] if edge in left), None)
        closed = len(chain) > 2 and start in ways[chain[-1]]
        yield [*chain, chain[0]] if closed else chain


def _place(x: Sequence[float], y: Sequence[float], values: Array, level: float, edge: _Edge) -> Point:  # fmt: skip
    row, column, upright = edge
    down, right = (1, 0) if upright else (0, 1)
    first, last = float(values[row, column]), float(values[row + down, column + right])
    share = (level - first) / (last - first)
    return (
        float(x[column] + share * (x[column + right] - x[column])),
        float(y[row] + share * (y[row + down] - y[row])),
    )


def bands(
    x: Sequence[float], y: Sequence[float], values: Array, low: float, high: float
) -> list[list[Point]]:
    """Return the parts of the cells of a grid whose values lie between two, as polygons."""
    found = []
    for row in range(len(y) - 1):
        for column in range(len(x) - 1):
            ring = ((row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column))
            corners = [(float(x[c]), float(y[r]), float(values[r, c])) for r, c in ring]
            kept = _cut(_cut(corners, low, 1.0), high, -1.0)
            if len(kept) > 2:
                found.append([(a, b) for a, b, _ in kept])
    return found


def _cut(corners: list[_Corner], level: float, sign: float) -> list[_Corner]:
    """Return what of a polygon is above a level, or below it (Sutherland and Hodgman, 1974)."""
    found: list[_Corner] = []
    for here, after in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        inside, next_inside = sign * (here[2] - level) >= 0, sign * (after[2] - level) >= 0
        if inside:
            found.append(here)
        if inside != next_inside:
            share = (level - here[2]) / (after[2] - here[2])
            found.append(
                (
                    here[0] + share * (after[0] - here[0]),
                    here[1] + share * (after[1] - here[1]),
                    level,
                )
            )
    return found
