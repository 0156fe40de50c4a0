"""Carbon per wafer by node, dies per wafer, yield with harvest; stacked memory bottom-up."""

from __future__ import annotations

from lca.formulas import silicon, yields
from lca.formulas.memory import stack_yield, stacked_memory_footprint
from lca.intensities.embodied.pieces import (
    Embodied,
    body,
    die_area,
    die_count,
    die_process,
    memory_per_capacity,
    process_value,
    sum_dies,
)
from lca.library import Library, constants
from lca.library.models import Device, Die, Process
from lca.sources import Quality
from lca.terms import Factor, Node, apply, product, total
from lca.values import Value


def build(device: Device, library: Library, mass: Value | None) -> Embodied:
    """Return a device's manufacture by this model."""
    parts: dict[str, Node] = {"logic": sum_dies(device, library, _wafer_die)}
    memory, missing = _stacked_memory(device, library), ""
    if memory is None:
        memory = memory_per_capacity(device, library)
        missing = _why_by_capacity(device) if memory is not None else ""
    if memory is not None:
        parts["memory"] = memory
    return Embodied(
        "wafer",
        parts | body(device, mass),
        note="carbon per wafer by node, dies per wafer, yield with harvest; thermal and board as calibrated",
        fallback=missing,
    )


def _why_by_capacity(device: Device) -> str:
    technology = device.memory.technology if device.memory else ""
    return (
        f"{device.id}: no bit density or layer count of {technology} is known, so the wafer model "
        "takes its memory by capacity"
    )


def _wafer_constant(name: str, unit: str) -> Factor:
    return constants("wafer").factor(name, unit)


def _good_share(device: Device, die: Die, process: Process, harvest: bool) -> Node:
    found = apply(
        yields.negative_binomial_yield,
        name="die_yield",
        die_area=die_area(device, die),
        defect_density=process_value(process, "defect_density"),
        yield_alpha=process_value(process, "yield_alpha"),
    )
    if not harvest:
        return found
    return apply(
        yields.sellable_share, die_yield=found, harvest_share=_wafer_constant("harvest_share", "")
    )


def _wafer_die(device: Device, die: Die, library: Library) -> Node:
    process = die_process(die, library)
    diameter = _wafer_constant("wafer_diameter", "cm")
    per_area = product(
        "wafer_carbon_per_area",
        "kgCO2e/cm2",
        spread=_wafer_constant("carbon_spread", ""),
        value=_sum_carbon(process),
    )
    dies = apply(
        silicon.dies_per_wafer,
        die_area=die_area(device, die),
        wafer_diameter=diameter,
        edge_exclusion=_wafer_constant("edge_exclusion", "cm"),
        kerf=_wafer_constant("kerf", "cm"),
    )
    return apply(
        silicon.wafer_logic_footprint,
        name="logic_footprint",
        wafer_carbon_per_area=per_area,
        wafer_diameter=diameter,
        dies_per_wafer=dies,
        sellable_share=_good_share(device, die, process, harvest=True),
        die_count=die_count(device, die),
    )


def _sum_carbon(process: Process) -> Node:
    return total(
        "wafer_carbon_per_area",
        {
            "scope12_per_area": process_value(process, "scope12_per_area"),
            "material_per_area": process_value(process, "material_per_area"),
        },
    )


def _stacked_memory(device: Device, library: Library) -> Node | None:
    """Return stacked memory bottom-up, where its bit density and layers are known."""
    memory = device.memory
    if memory is None or not memory.technology:
        return None
    technology = library.technology(memory.technology)
    if technology.bit_density is None or technology.layers is None:
        return None
    layers = technology.layers.cited(technology.source, Quality.DECLARED).factor(
        "layer_count", f"memory/{technology.id}/layers"
    )
    stack = apply(stack_yield, layer_yield=_wafer_constant("layer_yield", ""), layer_count=layers)
    return apply(
        stacked_memory_footprint,
        name="memory_footprint",
        memory_wafer_carbon_per_area=_wafer_constant("memory_wafer_carbon_per_area", "kgCO2e/cm2"),
        memory_capacity=memory.capacity.cited(
            memory.source or device.source, Quality.DECLARED
        ).factor("memory_capacity", f"{device.id}/memory/capacity"),
        bit_density=technology.bit_density.cited(technology.source, Quality.DECLARED).factor(
            "bit_density", f"memory/{technology.id}/bit_density"
        ),
        die_yield=_wafer_constant("memory_die_yield", ""),
        stack_yield=stack,
    )
