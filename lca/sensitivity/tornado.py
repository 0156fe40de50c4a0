"""One unknown at a time: its 5 % and 95 % quantile, with all others at their central values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lca.sensitivity.evaluator import Changed, Leaf, Sheet, central
from lca.sensitivity.response import Response
from lca.sensitivity.unknowns import ends
from lca.terms import Factor, Value
from lca.uncertain import Array

_ROUNDING = 1e-12
"""Share of the largest output below which a move is rounding: shared parts cancel to nothing."""


@dataclass(frozen=True)
class Tornado:
    """What each unknown moves by itself.

    Attributes
    ----------
    central
        Outputs with every factor central, shape ``(outputs,)``.
    low, high
        Outputs with one unknown at its 5 % and at its 95 % quantile, shape ``(unknowns, outputs)``;
        the unknowns are those of the response.
    """

    central: Array
    low: Array
    high: Array

    @property
    def swing(self) -> Array:
        """Distance between both ends, shape ``(unknowns, outputs)``."""
        return np.abs(self.high - self.low)

    @property
    def turns(self) -> NDArray[np.bool_]:
        """Whether an output changes sign between both ends, shape ``(unknowns, outputs)``."""
        return np.asarray(self.low * self.high < 0)


def tornado(response: Response) -> Tornado:
    """Move each unknown alone; only what depends on it is evaluated again."""
    sheet = Sheet(central)
    middle, sums = response.values(sheet, 1)
    pairs = np.repeat(sums, 2, axis=1)
    found = np.empty((len(response.unknowns), len(response.outputs), 2))
    for place, unknown in enumerate(response.unknowns):
        mask = response.dependence.bits((unknown.identity,))
        change = Changed(sheet, _moved(ends(unknown)), response.dependence, mask)
        found[place] = response.changed(sheet, pairs, change, mask)
    moved = np.abs(found - middle) > _ROUNDING * np.abs(middle).max()
    found = np.where(moved, found, middle)
    return Tornado(middle[:, 0], found[:, :, 0], found[:, :, 1])


def _moved(values: Mapping[Factor, Array]) -> Leaf:
    def leaf(factor: Factor) -> Value:
        return values[factor] if factor in values else central(factor)

    return leaf
