"""Distributions as a scenario writes them, so that a decision can scale what is uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lca.terms import Draws, Factor, Node, factors
from lca.uncertain import Array, Distribution

_PARTS: dict[str, tuple[str, ...]] = {
    "exact": ("value",),
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "two_piece": ("p5", "median", "p95"),
    "normal": ("mean", "sd"),
}
_DRAWS = 4096


def written(distribution: Distribution, unit: str, about: Mapping[str, str]) -> dict[str, Any]:
    """Return a distribution as it could stand in a scenario.

    Parameters
    ----------
    distribution
        Its parameters are in ``unit``.
    about
        ``source``, ``quality``, ``identity`` or ``note``; empty ones are left out.

    Examples
    --------
    >>> from lca.uncertain import uniform
    >>> written(uniform(0.5, 0.75), "kW", {"identity": "x"})
    {'low': '0.5 kW', 'high': '0.75 kW', 'identity': 'x'}
    """
    texts = [f"{number!r} {unit}".strip() for number in map(float, distribution.parameters)]
    kept = {key: text for key, text in about.items() if text}
    if distribution.kind == "lognormal":
        return {"median": texts[0], "gsd": repr(float(distribution.parameters[1])), **kept}
    if distribution.kind == "choice":
        half = len(texts) // 2
        weights = [repr(float(weight)) for weight in distribution.parameters[half:]]
        return {"values": texts[:half], "weights": weights, **kept}
    if distribution.kind == "empirical":
        return {"samples": texts, **kept}
    named: dict[str, Any] = dict(zip(_PARTS[distribution.kind], texts, strict=True))
    return named | ({"distribution": "pert"} if distribution.kind == "pert" else {}) | kept


def scaled(node: Node, ratio: float) -> dict[str, Any]:
    """Return a node times an exact ratio as it could stand in a scenario.

    With one uncertain leaf, which the node is proportional to, its draws stay shared with all
    else that rests on it; several are replaced by the 5, 50 and 95 % quantiles of the node.
    """
    leaves = [leaf for leaf in factors(node) if not leaf.distribution.is_exact]
    central = float(Draws(0, 0).array(node)[0]) * ratio
    if not leaves:
        return written(Distribution("exact", (central,)), node.unit, _about(factors(node)[0]))
    if len(leaves) == 1:
        own = leaves[0]
        moved = own.distribution.scaled(central / own.distribution.central)
        return written(moved, node.unit, _about(own))
    return quantiles(Draws(_DRAWS, 0).array(node)[1:] * ratio, node.unit, leaves[0].identity)


def quantiles(values: Array, unit: str, identity: str) -> dict[str, Any]:
    """Return draws as the 5, 50 and 95 % quantiles that a scenario could state."""
    low, middle, high = (float(x) for x in np.percentile(values, (5, 50, 95)))
    about = {"quality": "assumed", "identity": identity}
    if high - low <= 1e-9 * abs(middle):
        return written(Distribution("exact", (middle,)), unit, about)
    return written(Distribution("two_piece", (low, middle, high)), unit, about)


def _about(leaf: Factor) -> dict[str, str]:
    return {"source": leaf.source, "quality": str(leaf.quality), "identity": leaf.identity}
