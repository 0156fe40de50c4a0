"""The one chain behind every operational footprint: devices, hours, power, overhead, grid.

``it_energy = device_hours x device_power``, ``facility_energy = it_energy x pue`` and
``co2e = facility_energy x grid_intensity``. Each printed result is held against what the chain
gives from the inputs; the checks then ask which mistake explains the ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.validation.checks_claims import Claims, amount, rounding
from lca.validation.checks_devices import count_in
from lca.validation.checks_intervals import bounds_of, widened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lca.validation.quantities import Known

__all__ = ["Comparison", "comparisons", "device_hours", "grid", "it_energy", "pue"]

POWERS = ("avg_system_power_per_device", "device_power", "device_tdp_used")
IT_ENERGIES = ("energy_it", "it_energy", "server_energy_training")
FACILITY_ENERGIES = ("energy_facility", "facility_energy", "energy_with_pue")
PLAIN_ENERGIES = ("energy", "energy_per_1000", "energy_total", "energy_consumed")
ENERGIES = (*IT_ENERGIES, *FACILITY_ENERGIES, *PLAIN_ENERGIES)
EFFECTIVE = ("effective_intensity",)
PUES = ("pue", "pue_stated")
GRIDS = ("grid_intensity", "grid_intensity_gross", "grid_intensity_stated")

_HOURS_X_POWER: tuple[tuple[tuple[str, ...], str], ...] = (
    (("device_hours", "duration"), "hour"),
    (("device_count",), ""),
    ((*POWERS, "total_average_power"), "kW"),
)

_LOCATION = ("co2e", "co2e_gross", "co2e_with_pue", "co2e_dynamic", "co2e_per_1000")
_NET = ("co2e_net",)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A printed result beside what its inputs give.

    Attributes
    ----------
    name : str
        The printed quantity.
    printed, expected : float
        Both in `unit`.
    unit : str
        ``kWh`` or ``kg``.
    boundary : str
        ``it`` or ``facility`` where the name says so, ``""`` where either would do.
    basis : str
        What the expected value was computed from, in words.
    pue : float
        Facility energy per IT energy, 1 where none is given.
    tolerance : float
        Relative difference that rounding explains.
    inferred : bool
        Whether the expected value rests on a factor that the source did not print.
    from_energy : bool
        Whether it starts from an energy that the source prints itself.
    bounds, printed_bounds : tuple of float
        Stated ends of the expected and of the printed value, over the value.
    """

    name: str
    printed: float
    expected: float
    unit: str
    boundary: str
    basis: str
    pue: float
    tolerance: float
    inferred: bool = False
    from_energy: bool = False
    bounds: tuple[float, float] = (1.0, 1.0)
    printed_bounds: tuple[float, float] = (1.0, 1.0)

    def near(self, multiple: float) -> bool:
        """Whether the printed value is this multiple of the expected one."""
        target = self.expected * multiple
        return abs(self.printed - target) <= self.tolerance * abs(target)

    @property
    def ratio(self) -> float:
        """Printed over expected."""
        return self.printed / self.expected

    @property
    def agrees(self) -> bool:
        """Whether it needs no explanation: a boundary that nobody named may be either."""
        either = self.boundary == "" and self.pue > 1 and self._within(self.pue)
        return self._within(1) or either

    def _within(self, multiple: float) -> bool:
        """Whether the printed value can be this multiple, for bounds that were stated."""
        low, high = (self.expected * multiple * end for end in self.bounds)
        least, most = (self.printed * end for end in self.printed_bounds)
        return least <= high * (1 + self.tolerance) and most >= low * (1 - self.tolerance)


def device_hours(claims: Claims) -> float | None:
    """Return device-hours: given, summed over rows, or devices times duration (h)."""
    given = claims.given(("device_hours",), "hour")
    if given is not None:
        return given
    rows = [row.get("device_hours") for row in claims.rows]
    if rows and all(isinstance(hours, (str, int, float)) for hours in rows):
        return sum(float(str(hours)) for hours in rows)
    duration = claims.given(("duration",), "hour")
    count = claims.given(("device_count",), "") or _in_nodes(claims)
    if duration is None:
        return None
    return duration * (count_in(claims.label("device")) if count is None else count)


def _in_nodes(claims: Claims) -> float | None:
    """Return the devices of all nodes, None where nodes or their devices are not told."""
    nodes, each = (
        claims.given(("node_count",), ""),
        claims.given(("gpus_per_node", "gpus_per_server"), ""),
    )
    return None if nodes is None or each is None else nodes * each


def it_energy(claims: Claims) -> float | None:
    """Return the energy of devices or servers from power and time (kWh)."""
    power = claims.given(POWERS, "kW")
    hours = device_hours(claims)
    if power is not None and hours is not None and not _unequal_rows(claims):
        return power * hours * (claims.given(("overhead",), "") or 1.0)
    total, duration = (
        claims.given(("total_average_power",), "kW"),
        claims.given(("duration",), "hour"),
    )
    return None if total is None or duration is None else total * duration


def _unequal_rows(claims: Claims) -> bool:
    """Whether rows have powers of their own, so that no single power stands for them."""
    return any("power_W" in row for row in claims.rows)


def pue(claims: Claims) -> float:
    """Return facility energy per IT energy, 1 where none is given."""
    return claims.given(PUES, "") or 1.0


def grid(claims: Claims, printed: str) -> tuple[str, float] | None:
    """Return name and value (kg/kWh) of the grid factor that belongs to a printed CO2e."""
    names = ("grid_intensity_net", "grid_intensity") if printed in _NET else GRIDS
    for name in (*names, *EFFECTIVE):
        found = claims.given((name,), "kg/kWh")
        if found is not None:
            return name, found
    return None


def is_gross(name: str) -> bool:
    """Whether a printed CO2e is the location-based or unnamed account of operation."""
    return name in _LOCATION or name.startswith("co2e_location_based")


def boundary_of(name: str) -> str:
    """Return which boundary the name of an energy or emission says."""
    if name in IT_ENERGIES or name == "co2e_dynamic":
        return "it"
    return "facility" if name in FACILITY_ENERGIES or name == "co2e_with_pue" else ""


def comparisons(claims: Claims) -> Iterator[Comparison]:
    """Yield every printed energy and CO2e that the chain can compute."""
    base = it_energy(claims)
    for name, known in claims.printed.items():
        if name in ENERGIES and base:
            yield from _energy(claims, name, known, base)
        if is_gross(name) or name in _NET:
            yield from _carbon(claims, name, known, base)


def _tolerance(claims: Claims, known: Known) -> float:
    """Return what rounding of the result explains; inputs are taken as they are printed."""
    return max(claims.tolerance, rounding(known))


def _energy(claims: Claims, name: str, known: Known, base: float) -> Iterator[Comparison]:
    printed = amount(known, "kWh")
    if printed is None:
        return
    boundary, overhead = boundary_of(name), pue(claims)
    expected = base * overhead if boundary == "facility" else base
    tolerance = _tolerance(claims, known)
    basis = "hours x power" + (" x PUE" if boundary == "facility" else "")
    used = (*_HOURS_X_POWER, *([(PUES, "")] if boundary == "facility" else []))
    yield Comparison(
        name,
        printed,
        expected,
        "kWh",
        boundary,
        basis,
        overhead,
        tolerance,
        bounds=widened(claims, used),
        printed_bounds=bounds_of(known),
    )


def _carbon(claims: Claims, name: str, known: Known, base: float | None) -> Iterator[Comparison]:
    printed, factor = amount(known, "kg"), grid(claims, name)
    if printed is None or not printed or factor is None or factor[1] <= 0:
        return
    start = _start(claims, name, base, factor[0])
    if start is None:
        return
    energy, overhead, boundary, from_energy = start
    whole = overhead if boundary == "facility" else 1.0
    basis = "energy" if from_energy else "hours x power"
    basis += (" x PUE" if whole > 1 else "") + " x grid factor"
    tolerance = _tolerance(claims, known)
    inferred = bool({factor[0], *PUES} & claims.assumed)
    expected = energy * whole * factor[1]
    start_of = [(ENERGIES, "kWh")] if from_energy else _HOURS_X_POWER
    over = [(PUES, "")] if boundary == "facility" and overhead > 1 else []
    yield Comparison(
        name,
        printed,
        expected,
        "kg",
        boundary,
        basis,
        overhead,
        tolerance,
        inferred,
        from_energy,
        widened(claims, (*start_of, *over, ((factor[0],), "kg/kWh"))),
        bounds_of(known),
    )


def _start(
    claims: Claims, name: str, base: float | None, factor: str
) -> tuple[float, float, str, bool] | None:
    """Return energy (kWh), PUE, boundary, and whether the energy is one the source prints."""
    overhead = 1.0 if factor in EFFECTIVE else pue(claims)
    if base:
        return base, overhead, boundary_of(name) or "facility", False
    facility = claims.given(FACILITY_ENERGIES, "kWh")
    if facility is not None:
        return facility, 1.0, "facility", True
    energy = claims.given((*IT_ENERGIES, *PLAIN_ENERGIES), "kWh")
    return None if energy is None else (energy, overhead, boundary_of(name) or "facility", True)
