"""Parametric: logic per area and node, memory per capacity, thermal and board per mass."""

from __future__ import annotations

from lca.formulas import calibrated
from lca.intensities.embodied.pieces import (
    Embodied,
    body,
    constant,
    die_area,
    die_count,
    memory_per_capacity,
    sum_dies,
)
from lca.library import Library
from lca.library.models import Device, Die, Process
from lca.sources import Quality
from lca.terms import Factor, Node, apply, product
from lca.values import Value


def build(device: Device, library: Library, mass: Value | None) -> Embodied:
    """Return a device's manufacture by this model."""
    parts: dict[str, Node] = {"logic": sum_dies(device, library, _calibrated_die)}
    memory = memory_per_capacity(device, library)
    if memory is not None:
        parts["memory"] = memory
    parts |= body(device, mass)
    residual = constant("model_residual", "")
    own = Factor(
        "model_residual",
        residual.distribution,
        "",
        identity=f"residual/{device.id}",
        source=residual.source,
        quality=residual.quality,
        note=residual.note,
    )
    scaled = {
        name: product(f"{name}_footprint", "kgCO2e", part=node, model_residual=own)
        for name, node in parts.items()
    }
    return Embodied(
        "calibrated",
        scaled,
        note="parametric: logic per area and node, memory per capacity, thermal and board per mass",
    )


def _calibrated_die(device: Device, die: Die, library: Library) -> Node:
    node = apply(
        calibrated.logic_footprint,
        logic_carbon_per_area=constant("logic_carbon_per_area", "kgCO2e/cm2"),
        die_area=die_area(device, die),
        die_count=die_count(device, die),
    )
    ratio = _node_ratio(die, library)
    return (
        product("logic_footprint", "kgCO2e", footprint=node, node_ratio=ratio)
        if ratio is not None
        else node
    )


def _node_ratio(die: Die, library: Library) -> Factor | None:
    """Return wafer carbon of a die's node over that of 5 nm, for which the model is calibrated.

    A node without a published value is taken as 5 nm, and the factor says that this is assumed.
    """
    reference = library.process("n5")
    here = library.process(die.process) if die.process else None
    if here is not None and here.id == reference.id:
        return None
    values = [_wafer_carbon(p) if p else None for p in (here, reference)]
    name = here.id if here else "an unpublished node"
    if values[0] is None or values[1] is None:
        note = f"no wafer carbon of {name} is known: taken as {reference.id}"
        return _ratio(1.0, name, "lca-assumption", Quality.ASSUMED, note)
    note = f"wafer carbon of {name} over {reference.id}"
    return _ratio(values[0] / values[1], name, "imec-netzero-v4", Quality.DERIVED, note)


def _ratio(value: float, node: str, source: str, quality: Quality, note: str) -> Factor:
    identity = f"node-ratio/{node}"
    return Factor(
        "node_ratio", value, "", identity=identity, source=source, quality=quality, note=note
    )


def _wafer_carbon(process: Process) -> float | None:
    if process.scope12_per_area is None or process.material_per_area is None:
        return None
    return process.scope12_per_area.central + process.material_per_area.central
