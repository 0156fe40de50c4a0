"""Checks of water: on site it follows IT energy, off site it follows facility energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.validation.checks_chain import FACILITY_ENERGIES, IT_ENERGIES, PLAIN_ENERGIES, pue
from lca.validation.checks_claims import amount, rounding
from lca.validation.quantities import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lca.validation.checks_claims import Claims

__all__ = ["water"]

_ON_SITE = ("wue_onsite", "wue")
_OFF_SITE = ("ewif_offsite", "ewif")
_TOTAL = ("wue_total", "wue_stated")
_NAMES = ("water_onsite", "water_offsite", "water_total", "water_consumption", "water")


def water(claims: Claims) -> Iterator[Flag]:
    """Find water computed from the wrong energy, or from another factor than the one stated.

    ``water_onsite = it_energy x wue`` and ``water_offsite = it_energy x pue x ewif``.

    References
    ----------
    Li, Yang, Islam, Ren (2023), "Making AI Less Thirsty", arXiv:2304.03271.
    """
    energy = claims.given((*IT_ENERGIES, *PLAIN_ENERGIES), "kWh")
    is_facility = energy is None
    energy = claims.given(FACILITY_ENERGIES, "kWh") if energy is None else energy
    for name in _NAMES:
        known = claims.printed.get(name)
        litres = None if known is None else amount(known, "L")
        if known is None or litres is None or not energy:
            continue
        tolerance = max(claims.tolerance, rounding(known))
        expected = _expected(claims, name, is_facility=is_facility)
        if expected and abs(litres / energy / expected - 1) > tolerance:
            yield _explained(claims, name, litres / energy, expected, tolerance)


def _expected(claims: Claims, name: str, *, is_facility: bool) -> float | None:
    """Return the water per kWh of the energy that the source prints (L/kWh)."""
    overhead = pue(claims)
    on_site, off_site = claims.given(_ON_SITE, "L/kWh"), claims.given(_OFF_SITE, "L/kWh")
    total = claims.given(_TOTAL, "L/kWh")
    if is_facility and on_site is not None:
        on_site /= overhead
    if off_site is not None and not is_facility:
        off_site *= overhead
    if name == "water_onsite":
        return on_site
    if name == "water_offsite":
        return off_site
    if total is not None:
        return total if is_facility else total * overhead
    return None if on_site is None or off_site is None else on_site + off_site


def _explained(claims: Claims, name: str, found: float, expected: float, tolerance: float) -> Flag:
    overhead = pue(claims)
    start = f"{name} is {found:.4g} L per kWh of the printed energy; the stated factors give"
    start += f" {expected:.4g}"
    others = _others(claims, overhead)
    for reason, value in others.items():
        if value and overhead > 1 and abs(found / value - 1) <= tolerance:
            return Flag("water-wrong-energy", f"{start}: {reason} (PUE {overhead:g})")
    return Flag("water-factor-implied", f"{start} ({found / expected:.3g} times)")


def _others(claims: Claims, overhead: float) -> dict[str, float]:
    """Return the water per kWh that known mistakes would give."""
    on_site = claims.given(_ON_SITE, "L/kWh") or 0.0
    off_site = claims.given(_OFF_SITE, "L/kWh") or 0.0
    total = claims.given(_TOTAL, "L/kWh") or 0.0
    whole = on_site + off_site if on_site and off_site else 0.0
    return {
        "on-site water follows IT energy, here it follows the facility's": on_site * overhead,
        "off-site water follows facility energy, here it follows IT energy": off_site,
        "all water follows IT energy": whole or total,
        "all water follows facility energy": whole * overhead,
    }
