"""A predicted quantity: a symbolic term with its interval, what it rests on, and remarks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lca import units
from lca.terms import Draws, Node
from lca.uncertain import Array

_SAMPLES = 1 << 12


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of work that was not measured.

    Attributes
    ----------
    node
        The term behind it: a formula with cited inputs.
    unit
        Canonical unit of its values.
    per
        What it is per, such as ``output token``; empty for a total.
    basis
        What it rests on: ``model``, or the measured rows that were used.
    remarks
        What a reader must know: extrapolation, defaults taken, doubts.
    """

    node: Node
    unit: str
    per: str = ""
    basis: str = "model"
    remarks: tuple[str, ...] = ()

    def sample(self, samples: int = _SAMPLES, seed: int = 0) -> Array:
        """Return the central estimate and draws, shape ``(1 + samples,)``, in ``unit``."""
        return Draws(samples, seed).array(self.node)

    @cached_property
    def _drawn(self) -> Array:
        return self.sample()

    @property
    def central(self) -> float:
        """The value with every input at its central value."""
        return float(self._drawn[0])

    def percentile(self, percent: float) -> float:
        """Return a percentile of the draws, in ``unit``."""
        return float(np.percentile(self._drawn[1:], percent))

    @property
    def p5(self) -> float:
        """The value that one draw in twenty is below."""
        return self.percentile(5)

    @property
    def p50(self) -> float:
        """The median of the draws."""
        return self.percentile(50)

    @property
    def p95(self) -> float:
        """The value that one draw in twenty is above."""
        return self.percentile(95)

    def quantity(self, name: str = "p50") -> Any:
        """Return ``central``, ``p5``, ``p50`` or ``p95`` as a pint quantity."""
        return units.quantity(getattr(self, name), self.unit)
