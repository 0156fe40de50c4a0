"""The rules of manufacture: what devices and their parts embody, by the formulas of the toolkit."""

from __future__ import annotations

from typing import Any

from lca.formulas import boavizta, boavizta_gpu, silicon
from lca.uncertain import Array
from lca.validation.engine import rule_of

__all__ = ["HARDWARE"]


def _itself(value: Array) -> Array:
    return value


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


HARDWARE = (
    rule_of(
        "embodied",
        "casing_mass casing_factor heatsink_mass heatsink_factor board_area board_factor die_area"
        " die_factor memory_area memory_factor device_mass upstream_factor end_of_life_factor freight",
        _boavizta_gpu,
        "parts of an accelerator",
    ),
    rule_of(
        "embodied",
        "die_area energy_per_area fab_intensity gas_per_area material_per_area fab_yield?1"
        " package_count?0 carbon_per_package?0 unit_count?1",
        _act_packaged,
        "logic by area",
    ),
    rule_of(
        "embodied",
        "unit_count?1 base_footprint?0 die_factor capacity density",
        lambda n, b, f, c, d: n * boavizta.ram_footprint(b, f, c, d),
        "memory by density",
    ),
    rule_of(
        "embodied",
        "base_footprint?0 die_factor die_area unit_count?1",
        lambda base, factor, area, n: n * boavizta.cpu_footprint(base, factor, area, 1.0),
        "base + area x factor",
    ),
    rule_of(
        "embodied",
        "unit_count?1 device_mass mass_factor",
        lambda n, mass, factor: n * boavizta.power_supply_footprint(mass, factor),
        "mass x factor",
    ),
    rule_of("co2e", "device_mass end_of_life_factor", lambda m, f: m * f, "mass x treatment"),
    rule_of(
        "die_factor",
        "energy_per_area fab_intensity gas_per_area material_per_area fab_yield?1",
        lambda energy, grid, gas, material, good: (energy * grid + gas + material) / good,
        "footprint of a wafer's area",
    ),
    rule_of("embodied", "co2e- share+manufacturing", lambda c, s: c * s, "share of a total"),
    rule_of("co2e", "embodied", _itself, "embodied"),
)
"""Rules of manufacture: they answer only cases about hardware."""
