"""ACT (Gupta et al. 2022): fixed yield, no stacked memory, no board."""

from __future__ import annotations

from lca.formulas import calibrated, silicon
from lca.intensities.embodied.pieces import (
    Embodied,
    die_area,
    die_count,
    die_process,
    process_value,
    sum_dies,
)
from lca.library import Library, constants
from lca.library.models import Device, Die
from lca.sources import Quality
from lca.terms import Factor, Node, apply
from lca.values import Value


def build(device: Device, library: Library, mass: Value | None) -> Embodied:
    """Return a device's manufacture by this model."""
    del mass
    parts: dict[str, Node] = {"logic": sum_dies(device, library, _act_die)}
    memory = _act_memory(device)
    if memory is not None:
        parts["memory"] = memory
    count = sum(die.count for die in device.dies) + (
        device.memory.stacks.central if device.memory and device.memory.stacks else 0
    )
    packages = Factor(
        "package_count",
        float(count),
        "",
        identity=f"{device.id}/package_count",
        source=device.source,
        note="logic dies and memory stacks",
    )
    parts["packaging"] = apply(
        silicon.packaging_footprint,
        package_count=packages,
        carbon_per_package=constants("act").factor("carbon_per_package", "kgCO2e"),
    )
    note = "ACT (Gupta et al. 2022): fixed yield 0.875; it has no HBM, board, cooling or baseboard, so it lies low for a module"
    return Embodied("act", parts, "package", note=note)


def _act_die(device: Device, die: Die, library: Library) -> Node:
    process, act = die_process(die, library), constants("act")
    per_area = apply(
        silicon.wafer_carbon_per_area,
        energy_per_area=process_value(process, "energy_per_area"),
        fab_grid_intensity=act.factor("fab_grid_intensity", "kgCO2e/kWh"),
        gas_per_area=process_value(process, "gas_per_area"),
        material_per_area=process_value(process, "material_per_area"),
    )
    return apply(
        silicon.act_logic_footprint,
        name="logic_footprint",
        wafer_carbon_per_area=per_area,
        die_area=die_area(device, die),
        die_count=die_count(device, die),
        die_yield=act.factor("die_yield", ""),
    )


def _act_memory(device: Device) -> Node | None:
    if device.memory is None or device.memory.technology == "sram-on-die":
        return None
    act = constants("act")
    return apply(
        calibrated.memory_footprint,
        carbon_per_capacity=act.factor("carbon_per_capacity", "kgCO2e/GB"),
        memory_capacity=device.memory.capacity.cited(
            device.memory.source or device.source, Quality.DECLARED
        ).factor("memory_capacity", f"{device.id}/memory/capacity"),
        family_factor=Factor("family_factor", 1.0, "", identity="act/family"),
    )
