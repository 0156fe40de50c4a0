"""Checks of a vendor's sheet: the use phase against yearly energy, lifetime and one factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.validation.checks_claims import amount, rounding
from lca.validation.quantities import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lca.validation.checks_claims import Claims

__all__ = ["use_phase"]

_FACTORS = ("effective_use_factor", "use_factor", "grid_intensity")


def use_phase(claims: Claims) -> Iterator[Flag]:
    """Find a use phase that the yearly energy and the vendor's factor do not give.

    ``use_phase = yearly_energy x lifetime x factor``; a row that needs another factor than its
    family has, most often, an energy copied from another product.

    References
    ----------
    Boavizta, environmental-footprint-data: the same yearly energy in sheets of several products.
    """
    known = claims.printed.get("use_phase")
    energy, years = claims.given(("yearly_energy",), "kWh"), claims.given(("lifetime",), "year")
    factor = claims.given(_FACTORS, "kg/kWh")
    if known is None or not energy or not years or not factor:
        return
    printed = amount(known, "kg")
    expected = energy * years * factor
    if printed is None or abs(printed / expected - 1) <= max(claims.tolerance, rounding(known)):
        return
    yield Flag(
        "factor-outlier",
        f"use_phase is {printed:,.0f} kg; {energy:,.5g} kWh a year x {years:g} years x"
        f" {factor:.4g} kg/kWh gives {expected:,.0f} kg: the sheet implies"
        f" {printed / energy / years:.3g} kg/kWh, and its yearly energy may be another product's",
    )
