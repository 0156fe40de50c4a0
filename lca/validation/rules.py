"""The rules: which quantity follows from which others, by which formula of the toolkit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lca.formulas import (
    boavizta,
    boavizta_gpu,
    break_even_time,
    embodied,
    operation,
    sharing,
    silicon,
    water,
    work,
)
from lca.uncertain import Array
from lca.validation.engine import Rule

__all__ = ["HARDWARE", "RULES"]

HOURS_OF_A_YEAR = 8760.0
"""Hours of a year of 365 days: what lifetimes are counted in by the sources."""

HALF_LITRE = 0.5

_HOST_WORDS = frozenset({"gpu", "device", "accelerator", "chip", "board", "unit", "card", "server"})
_CALLS = frozenset({"request", "response", "query", "prompt", "message"})
_OUTPUTS = frozenset({"image", "video", "sample", "output", "clip"})
_TOKENS = frozenset({"token"})
_PARTS = frozenset({"cpu", "gpu", "dram", "memory", "ram", "ssd", "flash", "chip", "logic", "soc"})


def _same(value: Array) -> Array:
    return value


def _times(*values: Array) -> Any:
    product: Any = 1.0
    for value in values:
        product = product * value
    return product


def _plus(*values: Array) -> Any:
    return sum(values)


def _over(value: Array, by: Array) -> Any:
    return value / by


def _lifetime_hours(lifetime: Array) -> Any:
    return embodied.lifetime_hours(lifetime, HOURS_OF_A_YEAR)


def _hourly(footprint: Array, lifetime: Array) -> Any:
    return sharing.hourly_footprint(footprint, lifetime, HOURS_OF_A_YEAR, 1.0)


def _hourly_used(footprint: Array, lifetime: Array, utilisation: Array) -> Any:
    return sharing.hourly_footprint(footprint, lifetime, HOURS_OF_A_YEAR, utilisation)


def _use_by_power(power: Array, lifetime: Array, intensity: Array) -> Any:
    energy = operation.it_energy(power, _lifetime_hours(lifetime))
    return operation.operation_footprint(energy, intensity)


def _use_by_year(energy: Array, lifetime: Array, intensity: Array) -> Any:
    return operation.operation_footprint(energy * lifetime, intensity)


def _all_water(it_energy: Array, wue: Array, facility: Array, grid_water: Array) -> Any:
    on_site = water.on_site_water(it_energy, wue)
    return on_site + water.off_site_water(facility, grid_water)


def _unmatched(footprint: Array, matched: Array) -> Any:
    return footprint * (1.0 - matched)


def _payback(new: Array, old_power: Array, new_power: Array, intensity: Array) -> Any:
    saving = operation.operation_footprint(old_power - new_power, intensity)
    return break_even_time.break_even_periods(new, saving, 0.0)


def _payback_used(new: Array, old: Array, later: Array, intensity: Array, used: Array) -> Any:
    return _payback(new, old * used, later * used, intensity)


def _saving(new: Array, old: Array, later: Array, intensity: Array, horizon: Array) -> Any:
    before = operation.operation_footprint(operation.it_energy(old, horizon), intensity)
    after = operation.operation_footprint(operation.it_energy(later, horizon), intensity)
    return (before - after - new) / before


def _act_logic(
    area: Array, energy: Array, intensity: Array, gas: Array, material: Array, die_yield: Array
) -> Any:
    per_area = energy * intensity + gas + material
    return silicon.act_logic_footprint(per_area, area, 1.0, die_yield)


def _act_packaged(
    area: Array,
    energy: Array,
    intensity: Array,
    gas: Array,
    material: Array,
    die_yield: Array,
    packages: Array,
    package: Array,
    count: Array,
) -> Any:
    logic = _act_logic(area, energy, intensity, gas, material, die_yield)
    return count * (logic + silicon.packaging_footprint(packages, package))


def _boavizta_cpu(base: Array, factor: Array, area: Array) -> Any:
    return boavizta.cpu_footprint(base, factor, area, 1.0)


def _boavizta_gpu(
    casing: Array,
    casing_factor: Array,
    heatsink: Array,
    heatsink_factor: Array,
    board: Array,
    board_factor: Array,
    die: Array,
    die_factor: Array,
    memory: Array,
    memory_factor: Array,
    mass: Array,
    upstream: Array,
    end_of_life: Array,
    freight: Array,
) -> Any:
    body = boavizta_gpu.gpu_body_footprint(
        casing, casing_factor, heatsink, heatsink_factor, board, board_factor
    )
    logic = boavizta_gpu.gpu_logic_footprint(die_factor, die, 1.0)
    stacks = boavizta_gpu.gpu_memory_footprint(memory_factor, memory, 1.0)
    parts = boavizta_gpu.upstream_transport_footprint(mass, upstream)
    return body + logic + stacks + parts + mass * end_of_life + freight


_POWER = ("device_power", "total_power", "power", "node_power")


def _rule(
    target: str,
    needs: str,
    apply: Callable[..., Any],
    name: str,
    *,
    unless: tuple[str, ...] = (),
    absorbs: frozenset[str] = frozenset(),
) -> Rule:
    return Rule(target, tuple(needs.split()), apply, name, unless, absorbs)


_ENERGY = (
    _rule("device_hours", "device_count duration", _times, "devices x time"),
    _rule("device_hours", "host_count devices_per_host duration", _times, "nodes x devices x time"),
    _rule("device_hours", "duration", _same, "time of one machine", unless=("device_count",)),
    _rule("device_hours", "work sustained_rate", _over, "work / sustained rate"),
    _rule("device_hours", "work peak_rate compute_utilisation", work.busy_time, "busy time"),
    _rule("work", "flop_per_token_per_parameter parameters output_length", _times, "FLOP of tokens"),
    _rule("device_power", "power", _same, "power of one machine"),
    _rule("power", "daily_energy", _same, "energy per time is power"),
    _rule("total_power", "host_count node_power", _times, "nodes x node power"),
    _rule("total_power", "node_power", _same, "one node", unless=("host_count",)),
    _rule(
        "it_energy",
        "device_power power_utilisation device_hours",
        lambda power, used, time: operation.it_energy(power * used, time),
        "power x share of power x time",
    ),
    _rule("it_energy", "device_power device_hours", operation.it_energy, "power x device hours"),
    _rule("it_energy", "total_power duration", operation.it_energy, "power x time"),
    _rule("it_energy", "energy", _same, "energy without a named boundary, before PUE"),
    _rule("it_energy", "facility_energy pue", _over, "facility energy / PUE"),
    _rule("facility_energy", "it_energy pue", operation.facility_energy, "IT energy x PUE"),
    _rule("facility_energy", "it_energy", _same, "energy as stated, no PUE", unless=("pue",)),
    _rule("energy", "facility_energy", _same, "facility energy"),
    _rule("tdp_energy", "device_tdp device_hours", operation.it_energy, "TDP x device hours"),
)

_EMISSIONS = (
    _rule(
        "co2e",
        "it_energy effective_intensity",
        operation.operation_footprint,
        "IT energy x intensity with PUE",
    ),
    _rule(
        "co2e",
        "facility_energy grid_intensity",
        operation.operation_footprint,
        "facility energy x grid intensity",
    ),
    _rule("co2e", "co2e- share", _times, "share of a total"),
    _rule(
        "co2e_it",
        "it_energy grid_intensity",
        operation.operation_footprint,
        "IT energy x grid intensity",
    ),
    _rule("co2e_market", "co2e renewable_matching", _unmatched, "what is not matched"),
    _rule("co2e_total", "co2e_it co2e+idle embodied_used", _plus, "dynamic + idle + embodied"),
    _rule("co2e_total", "co2e embodied_used", _plus, "operation + embodied"),
    _rule("co2e_per", "energy_per grid_intensity", operation.operation_footprint, "energy each x grid"),
    _rule("co2e_each", "co2e- device_count", _over, "total / devices", absorbs=_HOST_WORDS),
    _rule("use_phase", "yearly_energy lifetime effective_intensity", _use_by_year, "years of energy"),
    _rule("use_phase", "yearly_energy lifetime grid_intensity", _use_by_year, "years of energy x grid"),
    _rule("use_phase", "device_power lifetime grid_intensity", _use_by_power, "power over a life"),
    _rule("use_phase", "co2e- share+use", _times, "share of a total"),
)

_WATER = (
    _rule("water_onsite", "it_energy wue_onsite", water.on_site_water, "IT energy x WUE"),
    _rule(
        "water_offsite",
        "facility_energy ewif",
        water.off_site_water,
        "facility energy x water of the grid",
    ),
    _rule("water", "facility_energy wue_total", water.off_site_water, "facility energy x all water"),
    _rule("water", "it_energy wue_onsite facility_energy ewif", _all_water, "on-site + off-site"),
    _rule(
        "water",
        "facility_energy wue_onsite",
        water.off_site_water,
        "facility energy x the one water factor",
        unless=("ewif", "wue_total"),
    ),
    _rule("per_half_litre", "water+request", lambda each: HALF_LITRE / each, "half a litre / water each"),
)

_EMBODIED = (
    _rule("embodied_per", "embodied_device lifetime average_utilisation", _hourly_used, "used hours"),
    _rule(
        "embodied_per",
        "embodied_device lifetime",
        _hourly,
        "hours of a life",
        unless=("average_utilisation",),
    ),
    _rule("embodied_used", "embodied_per device_hours", _times, "embodied per hour x hours"),
    _rule("embodied_used", "embodied", _same, "embodied per unit, as stated", unless=("lifetime",)),
    _rule("embodied_water_per", "embodied_water_device lifetime", _hourly, "water of a life"),
    _rule("embodied_water_used", "embodied_water_per device_hours", _times, "water per hour x hours"),
)

_EACH = (
    _rule("energy_per", "total_power throughput", _over, "power / throughput", absorbs=_TOKENS),
    _rule("energy_per", "energy_per-+token output_length", _times, "per token x tokens", absorbs=_CALLS),
    _rule("energy_per", "total_power duration batch_size", lambda p, t, n: p * t / n, "power x time / batch", absorbs=_OUTPUTS),
    _rule("energy_per", "energy- count", _over, "energy / count"),
    _rule("co2e_per", "co2e- count", _over, "emissions / count"),
    _rule("water_per", "water- count", _over, "water / count"),
)

_DECISIONS = (
    _rule(
        "break_even",
        "embodied power+old power+new grid_intensity average_utilisation",
        _payback_used,
        "embodied / saving of the used hours",
    ),
    _rule(
        "break_even",
        "embodied power+old power+new grid_intensity",
        _payback,
        "embodied / saving per hour",
        unless=("average_utilisation",),
    ),
    _rule(
        "saving_at_horizon",
        "embodied power+old power+new grid_intensity horizon",
        _saving,
        "saving over a horizon",
    ),
    _rule("saving_needed", "extra_units embodied use_phase", lambda n, e, u: n * e / u, "extra embodied / operation"),
)

HARDWARE = (
    _rule(
        "embodied",
        "die_area energy_per_area fab_intensity gas_per_area material_per_area fab_yield"
        " package_count carbon_per_package unit_count",
        _act_packaged,
        "logic by area, packaged, several",
    ),
    _rule(
        "embodied",
        "die_area energy_per_area fab_intensity gas_per_area material_per_area fab_yield",
        _act_logic,
        "logic by area",
        unless=("carbon_per_package",),
    ),
    _rule(
        "embodied",
        "unit_count base_footprint die_factor capacity density",
        lambda n, b, f, c, d: n * boavizta.ram_footprint(b, f, c, d),
        "memory by density, several",
    ),
    _rule(
        "embodied",
        "base_footprint die_factor capacity density",
        boavizta.ram_footprint,
        "memory by density",
        unless=("unit_count",),
    ),
    _rule("embodied", "base_footprint die_factor die_area", _boavizta_cpu, "base + area x factor"),
    _rule(
        "embodied",
        "casing_mass casing_factor heatsink_mass heatsink_factor board_area board_factor die_area"
        " die_factor memory_area memory_factor device_mass upstream_factor end_of_life_factor freight",
        _boavizta_gpu,
        "parts of an accelerator",
    ),
    _rule("embodied", "host_embodied device_count embodied+gpu", lambda h, n, e: h + n * e, "host + devices"),
    _rule("co2e", "embodied", _same, "embodied"),
    _rule("co2e", "embodied", _same, "embodied of a part", absorbs=_PARTS),
)
"""Rules of manufacture: they answer only cases about hardware."""

RULES = _ENERGY + _EMISSIONS + _WATER + _EMBODIED + _EACH + _DECISIONS
