"""The rules of manufacture: what devices and their parts embody, by the formulas of the toolkit."""

from __future__ import annotations

from typing import Any

from lca.formulas import boavizta, boavizta_gpu, silicon
from lca.uncertain import Array
from lca.validation.engine import rule_of

__all__ = ["HARDWARE"]

_PARTS = frozenset(
    {
        "cpu",
        "gpu",
        "dram",
        "memory",
        "ram",
        "ssd",
        "flash",
        "chip",
        "logic",
        "soc",
        "hdd",
        "nand",
        "die",
    }
)


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


HARDWARE = (
    rule_of(
        "embodied",
        "die_area energy_per_area fab_intensity gas_per_area material_per_area fab_yield"
        " package_count carbon_per_package unit_count",
        _act_packaged,
        "logic by area, packaged, several",
    ),
    rule_of(
        "embodied",
        "die_area energy_per_area fab_intensity gas_per_area material_per_area fab_yield",
        _act_logic,
        "logic by area",
        unless=("carbon_per_package",),
    ),
    rule_of(
        "embodied",
        "unit_count base_footprint die_factor capacity density",
        lambda n, b, f, c, d: n * boavizta.ram_footprint(b, f, c, d),
        "memory by density, several",
    ),
    rule_of(
        "embodied",
        "base_footprint die_factor capacity density",
        boavizta.ram_footprint,
        "memory by density",
        unless=("unit_count",),
    ),
    rule_of(
        "embodied", "base_footprint die_factor die_area", _boavizta_cpu, "base + area x factor"
    ),
    rule_of(
        "embodied",
        "casing_mass casing_factor heatsink_mass heatsink_factor board_area board_factor die_area"
        " die_factor memory_area memory_factor device_mass upstream_factor end_of_life_factor freight",
        _boavizta_gpu,
        "parts of an accelerator",
    ),
    rule_of("embodied", "psu_mass psu_factor", boavizta.power_supply_footprint, "power supply"),
    rule_of(
        "embodied",
        "host_embodied device_count embodied+gpu",
        lambda h, n, e: h + n * e,
        "host + devices",
    ),
    rule_of("co2e", "embodied", _itself, "embodied"),
    rule_of("co2e", "embodied", _itself, "embodied of a part", absorbs=_PARTS),
)
"""Rules of manufacture: they answer only cases about hardware."""
