"""What is found of a lever in a scenario, and the order in which levers are listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lca.estimates import Estimate
from lca.workloads.levers import (
    BACKFIRES,
    MAY_BACKFIRE,
    OUT_OF_RANGE,
    SAVES,
    UNSUPPORTED,
    Case,
    LeverCard,
)

NO_CHANGE, NOT_POSSIBLE = "no change", "not possible here"
NEEDS_VALUE, NO_FIGURE = "needs a value", "no figure"
WITH_NUMBERS = (SAVES, MAY_BACKFIRE, BACKFIRES, NO_CHANGE)
"""Verdicts that rest on a run or on a published ratio; the others never have a number."""

VERDICTS = (*WITH_NUMBERS, NOT_POSSIBLE, NEEDS_VALUE, NO_FIGURE, OUT_OF_RANGE, UNSUPPORTED)
"""All verdicts, in the order of lists."""

_SURE = 0.95
_NIL = 1e-9


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does, on shared draws.

    Attributes
    ----------
    compared
        Functional unit that both runs are divided by; "" where both deliver the same and totals
        are compared.
    base, change
        Before, and new less old (kgCO2e, in all or per functional unit).
    relative
        New over old, less 1: -0.1 is a tenth less.
    """

    compared: str
    base: Estimate
    change: Estimate
    relative: Estimate

    @property
    def probability_saves(self) -> float | None:
        """Share of the draws in which less is emitted; None where nothing was drawn."""
        return self._share(self.relative.draws < -_NIL) if self.relative.samples.size > 1 else None

    @property
    def verdict(self) -> str:
        """Whether it saves in nearly all draws, in nearly none, or in a part of them."""
        changes = self.relative.draws
        if (abs(changes) <= _NIL).all():
            return NO_CHANGE
        if self._share(changes < -_NIL) >= _SURE:
            return SAVES
        return BACKFIRES if self._share(changes > _NIL) >= _SURE else MAY_BACKFIRE

    @staticmethod
    def _share(holds: NDArray[np.bool_]) -> float:
        return float(holds.mean())


@dataclass(frozen=True, slots=True)
class LeverResult:
    """A lever in a scenario.

    Attributes
    ----------
    card
        The lever.
    verdict
        One of `VERDICTS`.
    where
        Dotted paths of the uses that it acts on.
    label
        What was tried, such as ``batch x2``; "" where nothing was.
    way
        ``rerun``, ``factor`` or ``none``.
    published
        What is published for such work: a verdict of `lca.workloads.levers`.
    reason
        Published figures and conditions, or why there is no number.
    effect
        The number; None for all verdicts but `WITH_NUMBERS`.
    basis
        Account that the number is of: ``location`` or ``market``.
    patches
        Values that were written, by dotted path.
    cases
        The evidence.
    remarks
        What must be said of it.
    """

    card: LeverCard
    verdict: str
    where: tuple[str, ...]
    label: str = ""
    way: str = "none"
    published: str = ""
    reason: str = ""
    effect: Effect | None = None
    basis: str = "location"
    patches: Mapping[str, object] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def side_effects(self) -> tuple[str, ...]:
        """What else was seen to change where it was published."""
        return tuple(dict.fromkeys(case.side_effect for case in self.cases if case.side_effect))


@dataclass(frozen=True, slots=True)
class Together:
    """Two levers at once, run again, against the product of what each does alone.

    Attributes
    ----------
    first, second, both
        What each does alone and both at once; the second changes what the first left.
    labels
        What was tried.
    product
        Relative change that multiplying would give.
    off
        Product over the run of both, less 1.
    """

    names: tuple[str, str]
    labels: tuple[str, str]
    first: Effect
    second: Effect
    both: Effect
    product: Estimate
    off: Estimate


def order(result: LeverResult, basis: str) -> tuple[int, bool, float]:
    """Return the sort key: by verdict, numbers of the account asked for first, larger savings first."""
    median = result.effect.relative.median if result.effect else 0.0
    return VERDICTS.index(result.verdict), result.basis != basis, median
