"""Checks against what is possible: percentages, energy between idle and full power, devices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lca.factors.regions import grid_rows
from lca.validation.checks_chain import (
    ENERGIES,
    POWERS,
    device_hours,
    grid,
    is_gross,
    it_energy,
    pue,
)
from lca.validation.checks_claims import amount
from lca.validation.checks_devices import tdp_of
from lca.validation.hidden_rows import implied
from lca.validation.quantities import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lca.validation.checks_claims import Claims

__all__ = ["energy_bounds", "fractions", "grid_plausible", "market_zero", "rated_power"]

ALL_IN = 2.0
"""Most facility power per rated device power before PUE (host and network included), assumed:
a DGX H100 draws 10.2 kW for eight devices of 0.7 kW, which is 1.8."""

IDLE = 0.05
"""Least power per rated device power, assumed: data-center devices idle at 5-20 % of it."""

WORST_PUE = 2.0
"""PUE where none is given; above nearly every published facility, assumed."""

_RATED = 1.1
_FRACTIONS = ("share", "utilisation", "utilization", "fraction", "yield", "matching", "reduction")
_MEASURED = ("gpu_energy_measured", "gpu_energy")
_LIKELY_PUE = (1.0, 5.0)


def fractions(claims: Claims) -> Iterator[Flag]:
    """Find percentages written as fractions, and fractions as percentages."""
    for name, known in claims.inputs.items():
        value = known.value
        if isinstance(value, str):
            continue
        if name in {"pue", "pue_stated"} and not _LIKELY_PUE[0] <= value <= _LIKELY_PUE[1]:
            yield _fraction(f"{name} is {value:g}", "a PUE is facility over IT energy, 1 to 5")
        if any(word in name for word in _FRACTIONS):
            if known.unit == "" and value > 1:
                yield _fraction(f"{name} is {value:g} without a unit", "a fraction is at most 1")
            if known.unit in {"percent", "%"} and 0 < value <= 1 and not _of_a_hundred(claims):
                yield _fraction(f"{name} is {value:g} %", "this looks like a fraction of 1")


def _of_a_hundred(claims: Claims) -> bool:
    """Whether the percentages of a footprint are parts of one whole: then a part may be small."""
    told = [known.value for known in claims.inputs.values() if known.unit in {"percent", "%"}]
    return len(told) > 1 and abs(sum(float(value) for value in told) - 100) <= 1


def _fraction(found: str, accepted: str) -> Flag:
    return Flag("percent-as-fraction", f"{found}: {accepted}")


def energy_bounds(claims: Claims) -> Iterator[Flag]:
    """Find energy that the devices cannot have drawn, or that is below their idling.

    The bounds are ``device_hours x rated power`` times 2 times PUE above, times 0.05 below.
    """
    hours, rated = device_hours(claims), _rated(claims)
    if not hours or rated is None:
        return
    overhead = pue(claims) if "pue" in claims.inputs else WORST_PUE
    for name, energy in _energies(claims).items():
        if energy > hours * rated * ALL_IN * overhead:
            most = f"{rated * 1000:.0f} W rated x {ALL_IN:g} for the host x PUE {overhead:g}"
            yield _bound("energy-above-bound", name, energy, hours, f"more than {most}")
        if energy < hours * rated * IDLE:
            least = f"less than idling at {IDLE:.0%} of {rated * 1000:.0f} W"
            yield _bound("energy-below-idle", name, energy, hours, least)


def _energies(claims: Claims) -> dict[str, float]:
    """Return energies (kWh): printed ones, else those behind the CO2e of a stated grid factor."""
    names = {*ENERGIES, *_MEASURED} - {"energy_per_1000"}
    knowns = {**claims.inputs, **claims.printed}
    given = {n: amount(known, "kWh") for n, known in knowns.items() if n in names}
    found = {name: energy for name, energy in given.items() if energy is not None}
    if found or it_energy(claims):
        return found
    for name, known in claims.printed.items():
        carbon, factor = amount(known, "kg"), grid(claims, name)
        if carbon and factor is not None and factor[1] > 0 and is_gross(name):
            found[f"the energy behind {name}"] = carbon / factor[1]
    return found


def _bound(code: str, name: str, energy: float, hours: float, why: str) -> Flag:
    each = energy / hours * 1000
    message = f"{name} of {energy:,.4g} kWh over {hours:,.4g} device-hours is {each:,.4g} W: {why}"
    return Flag(code, message)


def _rated(claims: Claims) -> float | None:
    """Return the rated power of one device (kW): stated, or the highest of the devices named."""
    stated = claims.given(("device_tdp",), "kW")
    known = tdp_of(claims.label("device"))
    if stated is not None or known is None:
        return stated
    return known[1]


def rated_power(claims: Claims) -> Iterator[Flag]:
    """Find a device power above what the named device can draw by itself.

    A power that includes the host is named ``avg_system_power_per_device`` and is left alone.
    """
    known = tdp_of(claims.label("device"))
    for name in (*POWERS[1:], "device_tdp"):
        stated = claims.given((name,), "kW")
        if known is None or stated is None or stated <= known[1] * _RATED:
            continue
        yield Flag(
            "power-above-device",
            f"{name} is {stated * 1000:.0f} W; {claims.label('device')} is rated at most"
            f" {known[1] * 1000:.0f} W ({known[0]})",
        )


def market_zero(claims: Claims) -> Iterator[Flag]:
    """Find a market-based zero, from offsets or matching, shown as the gross figure."""
    energy = it_energy(claims) or device_hours(claims)
    if not energy:
        energy = claims.given(ENERGIES, "kWh")
    for name, known in claims.printed.items():
        if is_gross(name) and known.value == 0 and energy:
            yield Flag(
                "market-zero-as-gross",
                f"{name} is 0 although electricity was used: offsets and matching change the"
                " market-based line only, the gross line is never 0",
            )


@cache
def _grid_extremes() -> tuple[float, float]:
    """Return the lowest and the highest life-cycle grid factor of the packaged tables (kg/kWh)."""
    values = [
        float(row["carbon_intensity_g_per_kWh"]) / 1e3
        for rows in grid_rows().values()
        for _, row in rows
        if row["carbon_intensity_g_per_kWh"] and row["boundary"] == "lifecycle"
    ]
    return min(value for value in values if value > 0), max(values)


def grid_plausible(claims: Claims) -> Iterator[Flag]:
    """Find a location-based result that implies a grid factor which no grid has.

    The bounds are those of the packaged tables: half the lowest, and four times the highest,
    because host, network and PUE may be in the factor.
    """
    low, high = _grid_extremes()
    for row in implied(claims, "", "grid_intensity"):
        is_operation = is_gross(row.quantity) and not row.assumed
        if is_operation and not low / 2 <= row.value <= high * ALL_IN * WORST_PUE:
            yield Flag(
                "grid-implausible",
                f"{row.quantity} implies {row.value:.4g} kg/kWh; the grids of the packaged tables"
                f" have {low:.4g} to {high:.4g} kg/kWh",
            )
