"""Checks of one printed result against its inputs: which mistake explains the ratio.

A result that agrees is never accused; of the mistakes that would explain another one, the first
in this order is told. What none explains is told as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.validation.checks_chain import (
    EFFECTIVE,
    FACILITY_ENERGIES,
    PUES,
    Comparison,
    comparisons,
    grid,
    pue,
)
from lca.validation.quantities import Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lca.validation.checks_claims import Claims

__all__ = ["explained", "ratios"]

_COUNTS = tuple(2**power for power in range(1, 13))
_DECADES = tuple(10.0**power for power in range(-9, 10) if power not in {-2, 0, 2})
_UNITS = {
    "pounds and kilograms": 2.20462262,
    "MJ and kWh": 3.6,
    "carbon and CO2": 44 / 12,
    "kJ and kWh": 3600.0,
}


def ratios(claims: Claims) -> Iterator[Flag]:
    """Yield one flag for every printed energy or CO2e that does not follow from its inputs."""
    for compared in comparisons(claims):
        if not compared.agrees:
            yield explained(claims, compared)


def explained(claims: Claims, compared: Comparison) -> Flag:
    """Return the mistake that explains a result which does not follow, or that none does."""
    found = (check(claims, compared) for check in _IN_ORDER)
    return next(flag for flag in found if flag is not None)


def _told(compared: Comparison, reason: str) -> str:
    printed, expected = _figure(compared.printed), _figure(compared.expected)
    unit = "kgCO2e" if compared.unit == "kg" else compared.unit
    return (
        f"{compared.name} is printed as {printed} {unit}; {compared.basis} gives"
        f" {expected} {unit}: {reason}"
    )


def _figure(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def pue_twice(claims: Claims, compared: Comparison) -> Flag | None:
    """Find a PUE applied to an energy that already contains it.

    References
    ----------
    mlco2/ecologits, issue 230: PUE applied twice.
    """
    overhead = _overhead(claims, compared)
    extra = overhead if compared.boundary == "facility" else overhead**2
    if not _published_pue(claims) or overhead <= 1 or not compared.near(extra):
        return None
    if compared.boundary == "it":
        return None
    message = f"the ratio {compared.ratio:.3f} is one PUE of {overhead:g} too many"
    return Flag("pue-twice", _told(compared, message))


def pue_in_it_energy(claims: Claims, compared: Comparison) -> Flag | None:
    """Find a result called IT energy that contains the PUE."""
    del claims
    if compared.boundary != "it" or compared.pue <= 1 or not compared.near(compared.pue):
        return None
    message = f"it is named for IT energy, but contains the PUE of {compared.pue:g}"
    return Flag("boundary-mixed", _told(compared, message))


def pue_missing(claims: Claims, compared: Comparison) -> Flag | None:
    """Find a facility result to which the stated PUE was not applied."""
    if compared.boundary != "facility" or not _published_pue(claims) or compared.pue <= 1:
        return None
    if not compared.near(1 / compared.pue):
        return None
    message = (
        f"it leaves out the stated PUE of {compared.pue:g}"
        f" ({1 - compared.ratio:.0%} too low unless the energy is the facility's)"
    )
    return Flag("pue-missing", _told(compared, message))


def pue_divided(claims: Claims, compared: Comparison) -> Flag | None:
    """Find an energy divided by the PUE where it should have been multiplied."""
    wrong = compared.pue**2 if compared.boundary == "facility" else compared.pue
    if not _published_pue(claims) or compared.pue <= 1 or not compared.near(1 / wrong):
        return None
    message = f"the ratio {compared.ratio:.3f} is that of dividing by the PUE of {compared.pue:g}"
    return Flag("pue-divided", _told(compared, message))


def percent_as_fraction(claims: Claims, compared: Comparison) -> Flag | None:
    """Find a result off by exactly 100: a percentage taken for a fraction, or the reverse."""
    del claims
    hit = next((m for m in _multiples(compared) if compared.near(100 * m)), None)
    low = next((m for m in _multiples(compared) if compared.near(0.01 * m)), None)
    if hit is None and low is None:
        return None
    message = f"the ratio {compared.ratio:.4g} is that of a percentage read as a fraction"
    return Flag("percent-as-fraction", _told(compared, message))


def power_of_ten(claims: Claims, compared: Comparison) -> Flag | None:
    """Find a result off by a power of ten: a prefix lost, or a decimal point moved."""
    del claims
    for decade in _DECADES:
        if any(compared.near(decade * multiple) for multiple in _multiples(compared)):
            message = f"off by a power of ten ({decade:g}): a prefix or a decimal point"
            return Flag("power-of-ten", _told(compared, message))
    return None


def device_count(claims: Claims, compared: Comparison) -> Flag | None:
    """Find devices confused with chips, cores, boards or nodes: a ratio of 2, 4, 8, 16, ..."""
    if compared.unit == "kg" and compared.from_energy:
        return None
    for count in (*_COUNTS, *_stated_counts(claims)):
        for multiple in (count, 1 / count):
            if compared.near(multiple) or _near_facility(compared, multiple):
                message = (
                    f"the ratio is {'' if multiple > 1 else '1/'}{count:g}, as if devices, chips,"
                    " cores or nodes were confused"
                )
                return Flag("device-count", _told(compared, message))
    return None


def unit_mixed(claims: Claims, compared: Comparison) -> Flag | None:
    """Find one unit taken for another: pounds, megajoules, carbon for CO2."""
    del claims
    for names, ratio in _UNITS.items():
        if compared.near(ratio) or compared.near(1 / ratio):
            message = f"the ratio {compared.ratio:.4g} is that between {names}"
            return Flag("unit-mixed", _told(compared, message))
    return None


def grid_implied(claims: Claims, compared: Comparison) -> Flag | None:
    """Find a stated grid factor that is not the one behind the printed CO2e.

    References
    ----------
    Luccioni, Jernite, Strubell (2024), FAccT, Table 3: text and logs differ by a factor of 2.1.
    """
    stated = grid(claims, compared.name)
    if compared.unit != "kg" or stated is None or compared.inferred:
        return None
    implied = stated[1] * compared.ratio
    reason = f"the factor stated is {stated[1]:.4g} kg/kWh, the one implied {implied:.4g} kg/kWh"
    return Flag("grid-implied", _told(compared, reason))


def factor_outlier(claims: Claims, compared: Comparison) -> Flag | None:
    """Find a result that the factor shared by its family does not give."""
    stated = grid(claims, compared.name)
    if compared.unit != "kg" or stated is None or not compared.inferred:
        return None
    kind = "factor" if stated[0] in EFFECTIVE else "grid factor"
    implied = stated[1] * compared.ratio
    reason = (
        f"the row implies a {kind} of {implied:.4g} kg/kWh, inferred was {stated[1]:.4g} kg/kWh"
        f" ({compared.ratio:.3g} times)"
    )
    return Flag("factor-outlier", _told(compared, reason))


def unexplained(claims: Claims, compared: Comparison) -> Flag:
    """Tell a result that does not follow from its inputs and that no known mistake explains."""
    del claims
    reason = f"a ratio of {compared.ratio:.4g}, which no known mistake explains"
    return Flag("does-not-follow", _told(compared, reason))


def _published_pue(claims: Claims) -> bool:
    return any(claims.published(name) for name in PUES)


def _overhead(claims: Claims, compared: Comparison) -> float:
    """Return the PUE that may be too many: of a facility's energy, the one already inside."""
    stated = claims.given(FACILITY_ENERGIES, "kWh") is not None and compared.from_energy
    return pue(claims) if stated and compared.pue <= 1 else compared.pue


def _near_facility(compared: Comparison, multiple: float) -> bool:
    return not compared.boundary and compared.pue > 1 and compared.near(multiple * compared.pue)


def _multiples(compared: Comparison) -> tuple[float, ...]:
    """Return 1, and the PUE where the boundary of a result is open."""
    return (1.0,) if compared.boundary else (1.0, compared.pue)


def _stated_counts(claims: Claims) -> tuple[float, ...]:
    """Return the counts that the source itself gives, such as devices in a node."""
    names = ("gpus_per_node", "gpus_per_server", "cores_per_chip", "chips_per_board", "node_count")
    found = (claims.given((name,), "") for name in names)
    return tuple(count for count in found if count is not None and count > 1)


_IN_ORDER: tuple[Callable[[Claims, Comparison], Flag | None], ...] = (
    pue_twice,
    pue_in_it_energy,
    pue_missing,
    pue_divided,
    percent_as_fraction,
    power_of_ten,
    device_count,
    unit_mixed,
    factor_outlier,
    grid_implied,
    unexplained,
)
