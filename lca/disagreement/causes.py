"""Trees of causes, and the exact additive steps from one tree to another.

A product is shared among its factors by the logarithmic mean (Montgomery and Vartia; Ang 2004), a
sum among its parts by their own differences: both leave no rest and depend on no order.

References
----------
Ang B. W., Decomposition analysis for policymaking in energy: which is the preferred method?,
Energy Policy 32 (2004) 1131-1139: additive logarithmic mean Divisia index, method I.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lca.terms import Factor

__all__ = ["Cause", "Step", "steps"]

_NEAR, _FAR = 1e-12, 0.5


@dataclass(frozen=True, slots=True)
class Cause:
    """A number of a model, and what makes it.

    Attributes
    ----------
    name : str
        What it is; causes of two models are compared under one name.
    value : float
        Its central value in `unit`.
    unit : str
        A unit of the vocabulary.
    parts : mapping of str to Cause
        What makes it, empty for a leaf.
    is_product : bool
        Whether the parts multiply to it; else they add up to it.
    inputs : tuple of Factor
        Cited numbers behind a leaf.
    """

    name: str
    value: float
    unit: str
    parts: Mapping[str, Cause] = field(default_factory=dict)
    is_product: bool = False
    inputs: tuple[Factor, ...] = ()

    def cited(self) -> tuple[Factor, ...]:
        """Return every cited number below, each once."""
        below = (one for part in self.parts.values() for one in part.cited())
        return tuple(dict.fromkeys([*self.inputs, *below]))


@dataclass(frozen=True, slots=True)
class Step:
    """One reason why two trees differ.

    Attributes
    ----------
    path : tuple of str
        Names from the component down.
    amount : float
        What it adds to the total (kgCO2e).
    old, new : Cause or None
        The two sides; None where a model has no such part.
    """

    path: tuple[str, ...]
    amount: float
    old: Cause | None
    new: Cause | None


def steps(
    old: Cause | None, new: Cause | None, path: tuple[str, ...], weight: float = 1.0
) -> Iterator[Step]:
    """Yield what leads from one cause to another; the amounts add up to ``weight`` times the change.

    Parameters
    ----------
    old, new
        The two sides, None where a model has none.
    path
        Names of the causes above and of this one.
    weight
        What a unit of this cause is worth in the total.
    """
    change = (new.value if new else 0.0) - (old.value if old else 0.0)
    if old is None or new is None or not _alike(old, new):
        yield Step(path, weight * change, old, new)
        return
    for name in dict.fromkeys([*old.parts, *new.parts]):
        one, other = old.parts.get(name), new.parts.get(name)
        inner = weight
        if old.is_product and one is not None and other is not None:
            inner *= log_mean(old.value, new.value) / log_mean(one.value, other.value)
        yield from steps(one, other, (*path, name), inner)


def _alike(old: Cause, new: Cause) -> bool:
    """Whether two causes are made in the same way, so that their parts can be compared."""
    if not old.parts or not new.parts or old.is_product != new.is_product:
        return False
    if not old.is_product:
        return True
    positive = all(part.value > 0 for one in (old, new) for part in one.parts.values())
    return positive and set(old.parts) == set(new.parts)


def log_mean(one: float, other: float) -> float:
    """Return the logarithmic mean of two positive numbers, (b - a) / ln(b / a).

    Examples
    --------
    >>> round(log_mean(1.0, 2.718281828459045), 6)
    1.718282
    >>> log_mean(3.0, 3.0)
    3.0
    """
    spread = (other - one) / one
    if abs(spread) < _NEAR:
        return one
    # log1p is exact near one, log far from it
    return (other - one) / (math.log1p(spread) if abs(spread) < _FAR else math.log(other / one))
