"""Functions that are linear in each axis: found from corners of a box, checked inside it.

With normed coordinates t in [0, 1], f(t) = sum over sets S of axes of c_S times the product of t over
S, and c_S = sum over T in S of (-1)^|S - T| f(corner T) (Moebius inversion).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lca.uncertain import Array

Powers = tuple[int, ...]
"""The power of each axis in a product."""

_NOISE = 64 * float(np.finfo(np.float64).eps)
_WHOLE = 4
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Corners:
    """The corners that functions of some axes are read off at.

    Up to four axes all corners are taken; of more axes only those with at most two at their high
    end: a product of three moving numbers is then noticed by the check inside the box, not fitted.

    Attributes
    ----------
    axes
        How many there are.
    """

    axes: int

    @cached_property
    def sets(self) -> tuple[tuple[int, ...], ...]:
        """The sets of axes at their high end, the empty one first."""
        most = self.axes if self.axes <= _WHOLE else 2
        return tuple(
            chosen
            for size in range(most + 1)
            for chosen in itertools.combinations(range(self.axes), size)
        )

    @cached_property
    def powers(self) -> tuple[Powers, ...]:
        """The powers of the axes in the product that belongs to each set."""
        return tuple(tuple(int(k in chosen) for k in range(self.axes)) for chosen in self.sets)

    @property
    def coordinates(self) -> Array:
        """Normed coordinates of the corners, shape ``(corners, axes)``."""
        return np.array(self.powers, dtype=np.float64).reshape(len(self.sets), self.axes)

    @cached_property
    def _inverse(self) -> Array:
        found = np.zeros((len(self.sets), len(self.sets)))
        for row, chosen in enumerate(self.sets):
            for column, part in enumerate(self.sets):
                if set(part) <= set(chosen):
                    found[row, column] = (-1.0) ** (len(chosen) - len(part))
        return found

    def coefficients(self, values: Array) -> Array:
        """Return the coefficients from values at the corners, along the first axis of an array."""
        found = np.zeros(values.shape)
        for row, signs in enumerate(self._inverse):  # sums in a fixed order: no library decides it
            for sign, value in zip(signs.tolist(), values, strict=True):
                if sign:
                    found[row] += sign * value
        noise = _NOISE * np.abs(values).max(axis=0)
        found[np.abs(found) <= noise] = 0.0
        return found


def inside(axes: int, number: int = 0) -> Array:
    """Return normed coordinates inside the box, different for each axis and number."""
    steps = (np.arange(axes) + 1) * _GOLDEN + (number + 1) * 0.2360679774997897
    return np.asarray(0.05 + 0.9 * (steps % 1.0), dtype=np.float64)


def monomial(powers: Powers, points: Array) -> Array:
    """Return the product of the axes to their powers at points, shape ``(points,)``."""
    found = np.ones(points.shape[0])
    for place, power in enumerate(powers):
        for _ in range(power):
            found = found * points[:, place]
    return found


@dataclass
class Polynomial:
    """A sum of products of axes, each with an array of its own.

    Attributes
    ----------
    parts
        Arrays by the powers of the axes.
    """

    parts: dict[Powers, Array] = field(default_factory=dict)

    def add(self, powers: Powers, values: Array) -> None:
        """Add a product with its array."""
        known = self.parts.get(powers)
        self.parts[powers] = values.copy() if known is None else known + values

    def at(self, points: Array) -> Array:
        """Return the sum at points, shape ``(points, ...)``, parts in the order they were added."""
        return evaluate(self.parts.items(), points)

    @property
    def size(self) -> int:
        """How many bytes its arrays take."""
        return sum(values.nbytes for values in self.parts.values())


def evaluate(parts: Iterable[tuple[Powers, Array]], points: Array) -> Array:
    """Return a sum of products at points."""
    found: Array | None = None
    for powers, values in parts:
        weight = monomial(powers, points).reshape(-1, *([1] * values.ndim))
        found = weight * values if found is None else np.add(found, weight * values, out=found)
    return np.zeros((points.shape[0], 1)) if found is None else found


def product(first: Powers, second: Powers) -> Powers:
    """Return the powers of a product of products."""
    return tuple(a + b for a, b in zip(first, second, strict=True))


def close(found: Array, expected: Array, tolerance: float) -> bool:
    """Return whether arrays agree, beside the largest of the second."""
    scale = float(np.abs(expected).max(initial=0.0))
    return bool(np.all(np.abs(found - expected) <= tolerance * scale))


def linear(first: Array, last: Array, between: Mapping[float, Array], tolerance: float) -> bool:
    """Return whether values between two ends lie on the straight line, shape as the ends."""
    scale = np.maximum(np.abs(first), np.abs(last))
    return all(
        bool(np.all(np.abs(first + t * (last - first) - value) <= tolerance * scale))
        for t, value in between.items()
    )
