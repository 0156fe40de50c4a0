"""Stated bounds of inputs and results: what lies within them needs no explanation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lca.validation.checks_claims import amount

if TYPE_CHECKING:
    from lca.validation.checks_claims import Claims
    from lca.validation.quantities import Known

__all__ = ["bounds_of", "widened"]

Bounds = tuple[float, float]
_EXACT: Bounds = (1.0, 1.0)


def bounds_of(known: Known) -> Bounds:
    """Return the stated ends of a quantity over its value, ``(1, 1)`` where it states none.

    An end on the wrong side of the value widens nothing.

    Examples
    --------
    >>> from lca.validation.quantities import Known
    >>> bounds_of(Known("pue", 1.25, low=1.0, high=1.5))
    (0.8, 1.2)
    """
    if isinstance(known.value, str) or known.value <= 0:
        return _EXACT
    low = known.value if known.low is None else known.low
    high = known.value if known.high is None else known.high
    return min(low / known.value, 1.0), max(high / known.value, 1.0)


def widened(claims: Claims, groups: Iterable[tuple[tuple[str, ...], str]]) -> Bounds:
    """Return by how much the inputs' bounds move a product of them, down and up.

    Parameters
    ----------
    groups
        Names that stand for one input, the first that is given counts, with their unit.
    """
    low, high = _EXACT
    for names, unit in groups:
        used = next((claims.inputs[n] for n in names if _has(claims, n, unit)), None)
        if used is not None:
            least, most = bounds_of(used)
            low, high = low * least, high * most
    return low, high


def _has(claims: Claims, name: str, unit: str) -> bool:
    return name in claims.inputs and amount(claims.inputs[name], unit) is not None
