"""Templates: the totals of a scenario as functions of some axes and of the draws.

A template is read off a few points (the corners of a box), checked inside it against the scenario
built anew, and then evaluated at any number of points as arrays of shape ``(points, samples)``.
What does not move is computed once; what moves linearly becomes a polynomial with an array of draws
for each product of axes; what moves otherwise is computed by its own formulas for all points at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lca.ledger import Line
from lca.sensitivity.evaluator import Sheet
from lca.sweeps.likeness import Likeness, is_slot, overlay
from lca.sweeps.polynomials import (
    Corners,
    Polynomial,
    Powers,
    close,
    evaluate,
    inside,
    monomial,
    product,
)
from lca.terms import Draws, Factor, Node, Value, factors
from lca.uncertain import Array

LinesAt = Callable[[Array], tuple[Line, ...]]
"""Returns the lines at normed coordinates, shape ``(axes,)``."""

_LINEAR = 1e-13
_CHECKS = 3


@dataclass
class Moving:
    """An intensity that is not linear in the axes, with its activity as a polynomial of scalars."""

    node: Node
    activity: dict[Powers, float] = field(default_factory=dict)


@dataclass
class Template:
    """Totals as functions of axes.

    Attributes
    ----------
    axes
        How many axes there are.
    outputs
        One polynomial for each output; its arrays are of shape ``(1 + samples,)``.
    moving
        For each output, what is computed by formulas at each point.
    slots
        Values of the moving leaves: coefficients by powers.
    draws
        The draws of everything else.
    """

    axes: int
    outputs: list[Polynomial]
    moving: list[list[Moving]]
    slots: dict[Factor, dict[Powers, float]]
    draws: Draws

    @property
    def size(self) -> int:
        """How many bytes its arrays take."""
        return sum(one.size for one in self.outputs)

    def totals(self, points: Array) -> list[Array]:
        """Return each output at normed points, shape ``(points, 1 + samples)``."""
        sheet = self._sheet(points)
        found = []
        for base, moving in zip(self.outputs, self.moving, strict=True):
            total = np.empty((points.shape[0], 1 + self.draws.samples))
            total[...] = base.at(points)
            for one in moving:
                total += scalar(one.activity, points)[:, None] * sheet.value(one.node)
            found.append(total)
        return found

    def _sheet(self, points: Array) -> Sheet:
        return Sheet(self._leaf(points))

    def _leaf(self, points: Array) -> Callable[[Factor], Value]:
        def leaf(factor: Factor) -> Value:
            if factor in self.slots:
                return scalar(self.slots[factor], points)[:, None]
            return drawn(factor, self.draws)

        return leaf


def drawn(factor: Factor, draws: Draws) -> Value:
    """Return a factor's draws: a float where it is exact."""
    if factor.distribution.is_exact:
        return float(factor.distribution.central)
    return draws.array(factor)


def scalar(parts: Mapping[Powers, float], points: Array) -> Array:
    """Return a polynomial of scalars at points, shape ``(points,)``."""
    found = np.zeros(points.shape[0])
    for powers, value in parts.items():
        found = found + value * monomial(powers, points)
    return found


def make(
    lines_at: LinesAt, axes: int, outputs: Sequence[tuple[str, str]], draws: Draws
) -> Template:
    """Return the template of a box.

    Parameters
    ----------
    lines_at
        Returns the lines at normed coordinates.
    axes
        How many axes there are.
    outputs
        Indicator and account of each output.

    Raises
    ------
    UnlikeError
        If the corners differ in more than activities and exact leaves.
    """
    corners, likeness = Corners(axes), Likeness()
    rows = overlay([lines_at(point) for point in corners.coordinates], likeness)
    slots = {
        factor: _sparse(corners, np.array(values)) for values, factor in likeness.slots.items()
    }
    made = Template(axes, [], [], slots, draws)
    shapes: dict[Node, dict[Powers, Array] | None] = {}
    for name, basis in outputs:
        weights = _weights(rows, corners, name, basis)
        base, moving = Polynomial(), []
        for node, activity in weights.items():
            parts = _shape(node, made, shapes)
            if parts is None:
                moving.append(Moving(node, activity))
            else:
                _spread(base, activity, parts)
        made.outputs.append(base)
        made.moving.append(moving)
    return made


def _sparse(corners: Corners, values: Array) -> dict[Powers, float]:
    found = corners.coefficients(values)
    return {powers: float(c) for powers, c in zip(corners.powers, found, strict=True) if c}


def _weights(
    rows: Sequence[tuple[Line, tuple[Node, ...], Array]], corners: Corners, name: str, basis: str
) -> dict[Node, dict[Powers, float]]:
    """Return the activity of each distinct node of an output."""
    found: dict[Node, Array] = {}
    for line, nodes, activity in rows:
        if line.indicator != name or line.basis not in {"both", basis}:
            continue
        for year, amounts in enumerate(activity.T):
            if np.any(amounts):
                node = nodes[min(year, len(nodes) - 1)]
                known = found.get(node)
                found[node] = amounts if known is None else known + amounts
    return {node: _sparse(corners, amounts) for node, amounts in found.items()}


def _spread(
    base: Polynomial, activity: Mapping[Powers, float], parts: Mapping[Powers, Array]
) -> None:
    for powers, amount in activity.items():
        for others, values in parts.items():
            base.add(product(powers, others), amount * values)


def _shape(
    node: Node, made: Template, known: dict[Node, dict[Powers, Array] | None]
) -> dict[Powers, Array] | None:
    """Return a node as arrays by powers of the axes, or None if it is not linear in them."""
    if node not in known:
        known[node] = _read_shape(node, made)
    return known[node]


def _read_shape(node: Node, made: Template) -> dict[Powers, Array] | None:
    still = (0,) * made.axes
    moved = _moved(node, made.slots)
    if not moved:
        return {still: made.draws.array(node)}
    corners = Corners(len(moved))
    values = _values(node, made, moved, corners.coordinates)
    found = corners.coefficients(values)
    parts = {
        tuple(_placed(powers, moved, made.axes)): part
        for powers, part in zip(corners.powers, found, strict=True)
        if np.any(part)
    }
    points = np.stack([inside(made.axes, number) for number in range(_CHECKS)])
    expected = _values(node, made, moved, points[:, moved])
    return parts if close(evaluate(parts.items(), points), expected, _LINEAR) else None


def _moved(node: Node, slots: Mapping[Factor, Mapping[Powers, float]]) -> list[int]:
    """Return the places of the axes that a node moves along."""
    found: set[int] = set()
    for factor in factors(node):
        if is_slot(factor):
            for powers in slots[factor]:
                found.update(place for place, power in enumerate(powers) if power)
    return sorted(found)


def _placed(powers: Powers, places: Sequence[int], axes: int) -> Iterator[int]:
    known = dict(zip(places, powers, strict=True))
    return (known.get(place, 0) for place in range(axes))


def _values(node: Node, made: Template, moved: Sequence[int], some: Array) -> Array:
    """Return a node at coordinates of some axes, one point after the other."""
    points = np.zeros((some.shape[0], made.axes))
    points[:, list(moved)] = some
    found = np.empty((some.shape[0], 1 + made.draws.samples))
    for row in range(some.shape[0]):
        sheet = made._sheet(points[row : row + 1])
        found[row] = sheet.value(node)
    return found
