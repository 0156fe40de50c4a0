"""What each row implies for a factor it does not print: one relation per result, solved for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.validation.checks_chain import (
    ENERGIES,
    FACILITY_ENERGIES,
    IT_ENERGIES,
    PLAIN_ENERGIES,
    boundary_of,
    is_gross,
    it_energy,
)
from lca.validation.checks_claims import amount, rounding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lca.validation.checks_claims import Claims
    from lca.validation.quantities import Known

__all__ = ["FREE", "Implied", "implied"]

HOURS_PER_YEAR = 8760.0
_HOURS = ("device_hours", "duration", "device_count")
_POWERS = ("avg_system_power_per_device", "device_power", "total_average_power")
_ROUNDED = frozenset({"device_hours", "duration", "yearly_energy", *ENERGIES})
_PER_DEVICE = ("gpu_embodied", "device_embodied")


@dataclass(frozen=True, slots=True)
class Implied:
    """The value of a hidden factor that one printed result implies.

    Attributes
    ----------
    case, family, quantity : str
        The row, its family, and the result it was read from.
    value, low, high : float
        The implied value, and what rounding of inputs and result leaves.
    unit : str
        Unit of the factor, ``""`` for a ratio.
    basis : str
        The relation, solved for the factor.
    assumed : tuple of str
        Inputs used that the source did not publish.
    rising : bool
        Whether the result grows with the factor.
    """

    case: str
    family: str
    quantity: str
    value: float
    low: float
    high: float
    unit: str
    basis: str
    assumed: tuple[str, ...] = ()
    rising: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """A relation solved: value, names of the inputs behind it, and the relation in words."""

    quantity: str
    value: float
    used: tuple[str, ...]
    basis: str
    rising: bool = True


def implied(claims: Claims, family: str, free: str) -> Iterator[Implied]:
    """Yield what each printed result of a row implies for a factor.

    Parameters
    ----------
    claims
        Inputs and printed results of the row. A PUE or grid factor that the source did not
        publish is no evidence: it is left out, and becomes part of the constant.
    family
        The family the row belongs to.
    free
        One of `FREE`.
    """
    solve, unit = FREE[free]
    for found in solve(claims):
        if found.value <= 0:
            continue
        known = claims.printed[found.quantity]
        slack = rounding(known) + sum(_slack(claims, name) for name in found.used)
        yield Implied(
            case=claims.name,
            family=family,
            quantity=found.quantity,
            value=found.value,
            low=found.value * (1 - slack),
            high=found.value * (1 + slack),
            unit=unit,
            basis=found.basis,
            assumed=tuple(name for name in found.used if name in claims.assumed),
            rising=found.rising,
        )


def _slack(claims: Claims, name: str) -> float:
    """Return the relative half width of an input: its interval, or its last digit.

    Counts and factors that an author chose, such as 400 W or four years, are exact.
    """
    known = claims.inputs.get(name)
    if known is None or isinstance(known.value, str) or not known.value:
        return 0.0
    if known.low is not None and known.high is not None:
        return abs(known.high - known.low) / 2 / abs(known.value)
    return rounding(known) if name in _ROUNDED else 0.0


def _used(claims: Claims, *groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for group in groups for name in group if name in claims.inputs)


def _published(claims: Claims, name: str) -> float | None:
    """Return a PUE that the source publishes, None where it is unknown."""
    return claims.given((name,), "") if claims.published(name) else None


def _gross(claims: Claims) -> Iterator[tuple[str, float]]:
    """Yield the printed location-based CO2e of operation (kg)."""
    for name, known in claims.printed.items():
        carbon = amount(known, "kg") if is_gross(name) else None
        if carbon:
            yield name, carbon


def _energy_behind(claims: Claims, name: str) -> tuple[float, tuple[str, ...], str] | None:
    """Return the energy (kWh) behind a printed CO2e, the inputs used, and words for it."""
    overhead = _published(claims, "pue") or _published(claims, "pue_stated")
    base = it_energy(claims)
    if base:
        power = ("device_hours x power", _used(claims, _HOURS, _POWERS))
        if overhead is None or boundary_of(name) == "it":
            return base, power[1], power[0]
        return base * overhead, (*power[1], "pue"), f"{power[0]} x PUE"
    for known in (*FACILITY_ENERGIES, *IT_ENERGIES, *PLAIN_ENERGIES):
        energy = claims.given((known,), "kWh")
        if energy and known in IT_ENERGIES and overhead and boundary_of(name) != "it":
            return energy * overhead, (known, "pue"), f"{known} x PUE"
        if energy:
            return energy, (known,), known
    return None


def _grid(claims: Claims) -> Iterator[_Found]:
    """Solve for the grid factor: of operation, or of a vendor's use phase."""
    for name, carbon in _gross(claims):
        behind = _energy_behind(claims, name)
        if behind is not None:
            energy, used, words = behind
            yield _Found(name, carbon / energy, used, f"{name} / ({words})")
    phase, energy_years = _use_phase(claims), _lifetime_energy(claims)
    if phase and energy_years:
        used = _used(claims, ("yearly_energy", "lifetime"))
        yield _Found("use_phase", phase / energy_years, used, "use_phase / (energy x lifetime)")


def _use_phase(claims: Claims) -> float | None:
    known = claims.printed.get("use_phase")
    return None if known is None else amount(known, "kg")


def _lifetime_energy(claims: Claims) -> float | None:
    yearly, years = claims.given(("yearly_energy",), "kWh"), claims.given(("lifetime",), "year")
    return None if yearly is None or years is None else yearly * years


def _stated_grid(claims: Claims) -> float | None:
    for name in ("grid_intensity", "grid_intensity_gross", "grid_intensity_stated"):
        if claims.published(name):
            return claims.given((name,), "kg/kWh")
    return None


def _pue(claims: Claims) -> Iterator[_Found]:
    """Solve for the PUE: facility over IT energy, or CO2e over that of the devices."""
    base = it_energy(claims)
    yield from _ratio(claims, base, ENERGIES, "hours x power", _used(claims, _HOURS, _POWERS))


def _ratio(
    claims: Claims, base: float | None, names: tuple[str, ...], words: str, used: tuple[str, ...]
) -> Iterator[_Found]:
    if not base:
        return
    for name, known in claims.printed.items():
        energy = amount(known, "kWh") if name in names and boundary_of(name) != "it" else None
        if energy:
            yield _Found(name, energy / base, used, f"{name} / ({words})")
    factor = _stated_grid(claims)
    for name, carbon in _gross(claims):
        if factor and boundary_of(name) != "it":
            basis = f"{name} / ({words} x grid factor)"
            yield _Found(name, carbon / base / factor, (*used, "grid_intensity"), basis)


def _overhead(claims: Claims) -> Iterator[_Found]:
    """Solve for the overhead: all energy over that of the devices at rated power."""
    rated = claims.given(("device_tdp",), "kW")
    hours = claims.given(("device_hours",), "hour")
    count, duration = claims.given(("device_count",), ""), claims.given(("duration",), "hour")
    if hours is None and count is not None and duration is not None:
        hours = count * duration
    if rated is None or hours is None:
        yield from _pue(claims)
        return
    names = (*ENERGIES, "gpu_energy_measured")
    used = _used(claims, _HOURS, ("device_tdp",))
    yield from _ratio(claims, rated * hours, names, "hours x rated power", used)


def _embodied(claims: Claims) -> Iterator[tuple[str, float, Known, tuple[str, ...]]]:
    """Yield name, footprint x share of the hours (kg year), and inputs of embodied results."""
    hours = claims.given(("device_hours",), "hour")
    device = claims.given(_PER_DEVICE, "kg")
    for name, known in claims.printed.items():
        if name in {"co2e_embodied_gpus", "co2e_embodied_devices"} and device and hours:
            used = _used(claims, _PER_DEVICE, ("device_hours",))
            yield name, device * hours / HOURS_PER_YEAR, known, used
    server = claims.given(("server_embodied",), "kg")
    slots = claims.given(("gpus_per_server",), "")
    known = claims.printed.get("co2e_embodied_servers")  # type: ignore[assignment]
    if known is not None and server and slots and hours:
        used = _used(claims, ("server_embodied", "device_hours"))
        yield "co2e_embodied_servers", server * hours / slots / HOURS_PER_YEAR, known, used


def _lifetime(claims: Claims) -> Iterator[_Found]:
    """Solve for the lifetime: of embodied results, or of a vendor's use phase."""
    busy = claims.given(("average_utilisation", "average_utilization"), "") or 1.0
    for name, whole, known, used in _embodied(claims):
        carbon = amount(known, "kg")
        if carbon:
            basis = f"footprint x hours / ({name} x utilization)"
            yield _Found(name, whole / busy / carbon, used, basis, rising=False)
    phase, yearly = _use_phase(claims), claims.given(("yearly_energy",), "kWh")
    factor = claims.given(("effective_use_factor", "use_factor"), "kg/kWh")
    if phase and yearly and factor:
        used = ("yearly_energy", "effective_use_factor")
        yield _Found("use_phase", phase / yearly / factor, used, "use_phase / (energy x factor)")


def _utilization(claims: Claims) -> Iterator[_Found]:
    """Solve for the utilization behind embodied rates, or the share of rated power drawn."""
    years = claims.given(("lifetime",), "year")
    for name, whole, known, used in _embodied(claims):
        carbon = amount(known, "kg")
        if carbon and years:
            basis = f"footprint x hours / ({name} x lifetime)"
            yield _Found(name, whole / years / carbon, (*used, "lifetime"), basis, rising=False)
    if claims.given(("device_tdp",), "kW") is not None:
        yield from _overhead(claims)


_WATERS = ("water", "water_consumption", "water_total", "water_onsite", "water_offsite")


def _water(claims: Claims) -> Iterator[_Found]:
    """Solve for the water of a kWh, of the energy that the source prints or that follows."""
    for name, known in claims.printed.items():
        litres = amount(known, "L") if name in _WATERS else None
        behind = _energy_behind(claims, name)
        if litres and behind is not None:
            energy, used, words = behind
            yield _Found(name, litres / energy, used, f"{name} / ({words})")


FREE: dict[str, tuple[Callable[[Claims], Iterator[_Found]], str]] = {
    "grid_intensity": (_grid, "kg/kWh"),
    "pue": (_pue, ""),
    "lifetime": (_lifetime, "year"),
    "utilization": (_utilization, ""),
    "overhead": (_overhead, ""),
    "water_factor": (_water, "L/kWh"),
}
"""Factors that can be recovered, each with its relation and its unit."""
