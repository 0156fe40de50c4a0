"""Consistency checks that any footprint can be passed through: a code and a plain message each.

A check speaks only where a figure does not follow from the others, and only on the word of what
the source itself published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lca.validation.checks_bounds import (
    energy_bounds,
    fractions,
    grid_plausible,
    market_zero,
    rated_power,
)
from lca.validation.checks_claims import Claims, claims_of_case
from lca.validation.checks_ratios import ratios
from lca.validation.checks_rows import (
    boundary_mixed,
    family_total,
    groups,
    parts,
    per_unit,
    shares,
)
from lca.validation.checks_use import use_phase
from lca.validation.checks_water import water

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lca.validation.quantities import Flag

__all__ = ["CHECKS", "CODES", "check", "check_case"]

CHECKS: tuple[Callable[[Claims], Iterator[Flag]], ...] = (
    ratios,
    boundary_mixed,
    groups,
    use_phase,
    water,
    per_unit,
    fractions,
    energy_bounds,
    rated_power,
    market_zero,
    grid_plausible,
    family_total,
    shares,
    parts,
)

CODES = {
    "boundary-mixed": "facility and IT energy are mixed",
    "pue-twice": "the PUE is applied to an energy that already contains it",
    "pue-divided": "the energy is divided by the PUE",
    "pue-missing": "the stated PUE is not in the result",
    "grid-implied": "the grid factor in the text is not the one behind the result",
    "grid-implausible": "the result implies a grid factor that no grid has",
    "factor-outlier": "the row does not follow from the factor of its family",
    "water-wrong-energy": "on-site water must follow IT, off-site water facility energy",
    "water-factor-implied": "the water factor in the text is not the one behind the result",
    "percent-as-fraction": "a percentage is read as a fraction, or the reverse",
    "device-count": "devices, chips, cores, boards or nodes are confused",
    "power-of-ten": "off by a power of ten from its inputs",
    "unit-mixed": "one unit is taken for another",
    "energy-above-bound": "more energy than the devices can draw",
    "energy-below-idle": "less energy than the devices draw idle",
    "power-above-device": "more power than the named device is rated for",
    "market-zero-as-gross": "a market-based zero is shown as gross",
    "family-total-added": "the total of a family is told for a member, or added to it",
    "parts-against-total": "the parts do not add up to the total",
    "does-not-follow": "the result does not follow from its inputs, for no known reason",
}
"""Every code, with what it means."""


def check(claims: Claims) -> tuple[Flag, ...]:
    """Return what does not hold together in a footprint, nothing where all does.

    Parameters
    ----------
    claims
        Inputs and printed results.

    Returns
    -------
    tuple of Flag
        In the order of the checks, each told once.
    """
    found = (flag for one in CHECKS for flag in one(claims))
    return tuple(dict.fromkeys(found))


def check_case(case: Mapping[str, Any], where: str = "") -> tuple[Flag, ...]:
    """Return what does not hold together in a published case, a mapping of its schema."""
    return check(claims_of_case(case, where))
