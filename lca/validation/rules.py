"""The rules: which quantity follows from which others, by which formula of the toolkit."""

from __future__ import annotations

from typing import Any

from lca.formulas import (
    embodied,
    operation,
    sharing,
    training,
    water,
    work,
)
from lca.uncertain import Array
from lca.validation.engine import Rule, rule_of
from lca.validation.rules_decisions import DECISIONS
from lca.workloads.training_factors import value

__all__ = ["RATED", "RULES"]

HOURS_OF_A_YEAR = 8760.0
"""Hours of a year of 365 days: what lifetimes are counted in by the sources."""

DAYS_OF_A_YEAR = 365.0
HOURS_OF_A_DAY = 24.0

_HOST_WORDS = frozenset({"gpu", "device", "accelerator", "chip", "board", "unit", "card", "server"})
_NET = frozenset({"net"})
_CALLS = frozenset({"request", "response", "query", "prompt", "message"})
_OUTPUTS = frozenset({"image", "video", "sample", "output", "clip"})
_TOKENS = frozenset({"token"})
_YEAR = frozenset({"yearly", "year"})
_DAY = frozenset({"day"})


_POWERS = ("device_power", "power", "total_power", "node_power")


def _same(value: Array) -> Array:
    return value


def _times(*values: Array) -> Any:
    product: Any = 1.0
    for factor in values:
        product = product * factor
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


def _six_per_weight(parameters: Array, tokens: Array) -> Any:
    per_weight = value("flop_per_weight.full", "flop/token").central
    return training.training_flop_by_rule(per_weight, parameters, 0.0, tokens, 1.0)


def _cores(count: Array, power: Array, usage: Array, memory: Array, per_gb: Array) -> Any:
    return count * power * usage + memory * per_gb


def _use_by_power(power: Array, lifetime: Array, intensity: Array) -> Any:
    energy = operation.it_energy(power, _lifetime_hours(lifetime))
    return operation.operation_footprint(energy, intensity)


def _use_by_year(energy: Array, lifetime: Array, intensity: Array) -> Any:
    return operation.operation_footprint(energy * lifetime, intensity)


def _all_water(it_energy: Array, wue: Array, facility: Any, grid_water: Array) -> Any:
    on_site = water.on_site_water(it_energy, wue)
    return on_site + water.off_site_water(facility, grid_water)


def _emitted(energy: Array, pue: Array, intensity: Array) -> Any:
    return operation.operation_footprint(operation.facility_energy(energy, pue), intensity)


def _unmatched(footprint: Array, matched: Array) -> Any:
    return footprint * (1.0 - matched)


RATED = rule_of("device_power", "device_tdp", _same, "devices at their rated power", unless=_POWERS)
"""Of sources that take the rating for the power; never of what was metered."""

_ENERGY = (
    rule_of("device_hours", "device_count duration", _times, "devices x time"),
    rule_of(
        "device_hours", "host_count devices_per_host duration", _times, "nodes x devices x time"
    ),
    rule_of("device_hours", "duration", _same, "time of one machine", unless=("device_count",)),
    rule_of("device_hours", "work sustained_rate", _over, "work / sustained rate"),
    rule_of("device_hours", "work peak_rate compute_utilisation", work.busy_time, "busy time"),
    rule_of(
        "work", "flop_per_token_per_parameter parameters output_length", _times, "FLOP of tokens"
    ),
    rule_of("device_power", "power", _same, "power of one machine"),
    rule_of("duration", "device_hours! device_count", _over, "device hours / devices"),
    rule_of("device_count", "core_count cores_per_device", _over, "cores / cores of each"),
    rule_of("device_count", "host_count devices_per_host", _times, "hosts x devices of each"),
    rule_of("power", "daily_energy", _same, "energy per time is power"),
    rule_of("total_power", "host_count node_power", _times, "nodes x node power"),
    rule_of("total_power", "node_power", _same, "one node", unless=("host_count",)),
    rule_of("total_power", "device_power! device_count", _times, "devices x power of each"),
    rule_of("total_power", "power", _same, "power of one machine"),
    rule_of("node_power", "total_power host_count", _over, "all power / hosts"),
    rule_of(
        "it_energy",
        "device_power power_utilisation?1 overhead?1 device_hours",
        lambda power, used, host, time: host * operation.it_energy(power * used, time),
        "power x device hours",
    ),
    rule_of(
        "energy",
        "device_power device_hours",
        operation.it_energy,
        "power x hours of the devices alone",
        absorbs=_HOST_WORDS,
    ),
    rule_of("it_energy", "total_power duration", operation.it_energy, "power x time"),
    rule_of("it_energy", "energy!", _same, "energy without a named boundary, before PUE"),
    rule_of("it_energy", "facility_energy pue", _over, "facility energy / PUE"),
    rule_of("facility_energy", "it_energy pue", operation.facility_energy, "IT energy x PUE"),
    rule_of("facility_energy", "it_energy", _same, "energy as stated, no PUE", unless=("pue",)),
    rule_of("energy", "facility_energy", _same, "facility energy"),
    rule_of("it_energy", "energy_per count", _times, "energy each x count"),
    rule_of("work", "parameters training_tokens", _six_per_weight, "6 FLOP per weight and token"),
    rule_of(
        "total_power",
        "core_count?1 core_power core_usage?1 capacity memory_power",
        _cores,
        "cores and memory",
    ),
    rule_of(
        "energy_per_day",
        "total_power",
        lambda p: operation.it_energy(p, HOURS_OF_A_DAY),
        "power over a day",
    ),
    rule_of("energy_per_day", "energy_per count", _times, "energy each x calls of a day"),
    rule_of(
        "energy_per_day",
        "energy_per throughput",
        lambda e, rate: e * rate * HOURS_OF_A_DAY,
        "energy each x calls of a day",
    ),
    rule_of(
        "count",
        "throughput",
        lambda rate: rate * HOURS_OF_A_YEAR,
        "calls of a year",
        absorbs=_YEAR,
    ),
    rule_of("count", "yearly_energy energy_per", _over, "energy / energy each", absorbs=_YEAR),
    rule_of("energy", "yearly_energy", _same, "energy of a year", absorbs=_YEAR),
    rule_of("energy", "energy_per_day", _same, "energy of a day", absorbs=_DAY),
    rule_of(
        "yearly_energy",
        "total_power",
        lambda p: operation.it_energy(p, HOURS_OF_A_YEAR),
        "power over a year",
    ),
    rule_of("yearly_energy", "energy_per_day", lambda e: e * DAYS_OF_A_YEAR, "days of a year"),
    rule_of("power", "yearly_energy!", lambda e: e / HOURS_OF_A_YEAR, "mean power of a year"),
    rule_of("device_power", "it_energy device_hours", _over, "implied power", inverse=True),
    RATED,
    rule_of("pue", "facility_energy it_energy", _over, "implied PUE", inverse=True),
    rule_of("tdp_energy", "device_tdp device_hours", operation.it_energy, "TDP x device hours"),
)

_EMISSIONS = (
    rule_of(
        "co2e",
        "it_energy effective_intensity",
        operation.operation_footprint,
        "IT energy x intensity with PUE",
    ),
    rule_of(
        "co2e",
        "facility_energy grid_intensity",
        operation.operation_footprint,
        "facility energy x grid intensity",
    ),
    rule_of("co2e", "co2e- share", _times, "share of a total"),
    rule_of(
        "co2e_it",
        "it_energy grid_intensity",
        operation.operation_footprint,
        "IT energy x grid intensity",
    ),
    rule_of(
        "co2e_market",
        "facility_energy grid_intensity+market",
        operation.operation_footprint,
        "facility energy x market intensity",
    ),
    rule_of(
        "yearly_co2e",
        "yearly_energy pue?1 grid_intensity",
        _emitted,
        "energy of a year x grid intensity",
    ),
    rule_of("co2e_market", "co2e renewable_matching", _unmatched, "what is not matched"),
    rule_of("co2e_total", "co2e_it co2e+idle embodied_used", _plus, "dynamic + idle + embodied"),
    rule_of("co2e_total", "use_phase! embodied!", _plus, "operation + embodied"),
    rule_of("co2e_total", "co2e embodied_used", _plus, "operation + embodied"),
    rule_of("co2e_total", "use_phase co2e+manufacturing", _plus, "use phase + embodied"),
    rule_of("co2e_total", "use_phase embodied!", _plus, "use phase + embodied"),
    rule_of("co2e", "yearly_co2e!", _same, "what a year emits"),
    rule_of("co2e_total", "co2e_it co2e+idle", _plus, "dynamic + idle"),
    rule_of("co2e_total", "co2e", _same, "all that is told", unless=("embodied", "embodied_used")),
    rule_of(
        "co2e_per",
        "energy_per pue?1 grid_intensity",
        _emitted,
        "energy each x grid",
    ),
    rule_of("co2e", "co2e_per count", _times, "emissions each x count"),
    rule_of("co2e", "co2e- renewable_matching", _unmatched, "what is not matched", absorbs=_NET),
    rule_of(
        "grid_intensity", "co2e facility_energy", _over, "implied grid intensity", inverse=True
    ),
    rule_of(
        "grid_intensity",
        "co2e_total facility_energy",
        _over,
        "implied grid intensity",
        inverse=True,
    ),
    rule_of("grid_intensity", "co2e_per energy_per", _over, "implied grid intensity", inverse=True),
    rule_of("embodied_share", "embodied_used co2e_total", _over, "embodied / total"),
    rule_of("co2e_each", "co2e- device_count", _over, "total / devices", absorbs=_HOST_WORDS),
    rule_of(
        "use_phase", "yearly_energy lifetime effective_intensity", _use_by_year, "years of energy"
    ),
    rule_of(
        "use_phase", "yearly_energy lifetime grid_intensity", _use_by_year, "years of energy x grid"
    ),
    rule_of(
        "use_phase", "device_power lifetime grid_intensity", _use_by_power, "power over a life"
    ),
    rule_of("use_phase", "co2e- share+use", _times, "share of a total"),
)

_WATER = (
    rule_of("wue_onsite", "water it_energy", _over, "implied WUE", inverse=True),
    rule_of("water_onsite", "it_energy wue_onsite", water.on_site_water, "IT energy x WUE"),
    rule_of(
        "water_offsite",
        "facility_energy ewif",
        water.off_site_water,
        "facility energy x water of the grid",
    ),
    rule_of(
        "water", "facility_energy wue_total", water.off_site_water, "facility energy x all water"
    ),
    rule_of("water", "it_energy wue_onsite facility_energy ewif", _all_water, "on-site + off-site"),
    rule_of(
        "water",
        "facility_energy wue_onsite",
        water.off_site_water,
        "facility energy x the one water factor",
        unless=("ewif", "wue_total"),
    ),
    rule_of("water", "water_per count", _times, "water each x count"),
)

_EMBODIED = (
    rule_of(
        "embodied_per",
        "embodied_device lifetime average_utilisation?1",
        _hourly_used,
        "used hours of a life",
    ),
    rule_of("embodied_used", "embodied_per device_hours", _times, "embodied per hour x hours"),
    rule_of(
        "embodied_used", "embodied", _same, "embodied per unit, as stated", unless=("lifetime",)
    ),
    rule_of("embodied_water_per", "embodied_water_device lifetime", _hourly, "water of a life"),
    rule_of(
        "embodied_water_used", "embodied_water_per device_hours", _times, "water per hour x hours"
    ),
)

_EACH = (
    rule_of("energy_per", "total_power throughput", _over, "power / throughput", absorbs=_TOKENS),
    rule_of("energy_per", "total_power throughput", _over, "power / throughput"),
    rule_of(
        "energy_per",
        "energy_per-+token output_length",
        _times,
        "per token x tokens",
        absorbs=_CALLS,
    ),
    rule_of(
        "energy_per",
        "total_power duration batch_size",
        lambda p, t, n: p * t / n,
        "power x time / batch",
        absorbs=_OUTPUTS,
    ),
    rule_of("energy_per", "total_power duration", operation.it_energy, "power x time of one"),
    rule_of("energy_per", "energy- count", _over, "energy / count"),
    rule_of("energy_per", "energy_per_day- count+day", _over, "energy of a day / calls of a day"),
    rule_of("co2e_per", "co2e- count", _over, "emissions / count"),
    rule_of(
        "water_per",
        "energy_per wue_onsite pue ewif",
        lambda e, on_site, pue, grid: _all_water(
            e, on_site, operation.facility_energy(e, pue), grid
        ),
        "energy each x water",
    ),
    rule_of("water_per", "energy_per wue_total", _times, "energy each x all water"),
    rule_of(
        "water_per",
        "energy_per wue_onsite",
        water.on_site_water,
        "energy each x the one water factor",
        unless=("ewif", "wue_total"),
    ),
    rule_of("water_per", "water- count", _over, "water / count"),
    rule_of(
        "water_per",
        "water_per- throughput",
        lambda each, rate: each * rate * HOURS_OF_A_DAY,
        "water each x calls of a day",
        absorbs=_DAY,
    ),
)

RULES: tuple[Rule, ...] = _ENERGY + _EMISSIONS + _WATER + _EMBODIED + _EACH + DECISIONS
"""Rules of every case, the more direct ones first."""
