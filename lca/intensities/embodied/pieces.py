"""Pieces that embodied models share: dies, memory per capacity, thermal parts and board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lca.formulas import calibrated
from lca.intensities.masses import device_mass
from lca.library import Library, constants
from lca.library.models import Device, Die, Footprint, Process
from lca.sources import Quality
from lca.terms import Factor, Node, apply, total
from lca.values import Value


class NotApplicableError(LookupError):
    """A model lacks what it needs for a device; the message says what."""


@dataclass(frozen=True, slots=True)
class Embodied:
    """Parts of one device's manufacture by one model.

    ``includes`` names the life-cycle stages inside the figure; ``boundary`` how much of the
    system; ``note`` what a reader must know.
    """

    model: str
    parts: dict[str, Node]
    boundary: str = "module"
    includes: tuple[str, ...] = ("manufacture",)
    note: str = ""
    fallback: str = ""


def constant(name: str, unit: str) -> Factor:
    """Return a constant of the calibrated model."""
    return constants("calibrated").factor(name, unit)


def body(device: Device, mass: Value | None) -> dict[str, Node]:
    """Return thermal parts and board of a device, by its mass."""
    weight = device_mass(device, mass)
    return {
        "thermal": apply(
            calibrated.thermal_footprint,
            thermal_carbon_per_mass=constant("thermal_carbon_per_mass", "kgCO2e/kg"),
            device_mass=weight,
        ),
        "board": apply(
            calibrated.board_footprint,
            board_carbon_per_mass=constant("board_carbon_per_mass", "kgCO2e/kg"),
            device_mass=weight,
        ),
    }


def sum_dies(
    device: Device, library: Library, each: Callable[[Device, Die, Library], Node]
) -> Node:
    """Return the sum over a device's dies of what each takes; refuse where no area is published."""
    if not device.dies:
        msg = "no die area is published"
        raise NotApplicableError(msg)
    nodes = {f"{die.name}_dies": each(device, die, library) for die in device.dies}
    if len(nodes) == 1:
        return next(iter(nodes.values()))
    return total("logic_footprint", nodes)


def die_area(device: Device, die: Die) -> Factor:
    """Return the area of one die as a cited factor (cm2)."""
    return die.area.cited(die.source or device.source, Quality.DECLARED).factor(
        "die_area", f"{device.id}/die/{die.name}/area"
    )


def die_count(device: Device, die: Die) -> Factor:
    """Return how many dies of a kind a device has."""
    return Factor(
        "die_count",
        float(die.count),
        "",
        identity=f"{device.id}/die/{die.name}/count",
        source=die.source or device.source,
    )


def die_process(die: Die, library: Library) -> Process:
    """Return the process of a die; refuse where it is not known."""
    if not die.process:
        msg = f"the process of die {die.name} is not known"
        raise NotApplicableError(msg)
    return library.process(die.process)


def process_value(process: Process, name: str) -> Factor:
    """Return a value of a process as a cited factor; refuse where it is not known."""
    value: Value | None = getattr(process, name)
    if value is None:
        msg = f"no {name} of process {process.id} is known"
        raise NotApplicableError(msg)
    return value.cited(process.source, Quality.DECLARED).factor(
        name, f"process/{process.id}/{name}"
    )


def memory_per_capacity(device: Device, library: Library) -> Node | None:
    """Return memory by its capacity and technology (kgCO2e), or None without memory."""
    memory = device.memory
    if memory is None or memory.technology == "sram-on-die":
        return None
    if not memory.technology:
        msg = "its memory technology is not known"
        raise NotApplicableError(msg)
    technology = library.technology(memory.technology)
    if technology.carbon_per_capacity is None:
        msg = f"no carbon per capacity of {technology.id} is known"
        raise NotApplicableError(msg)
    capacity = memory.capacity.cited(memory.source or device.source, Quality.DECLARED)
    return apply(
        calibrated.memory_footprint,
        carbon_per_capacity=technology.carbon_per_capacity.cited(
            technology.source, Quality.DERIVED
        ).factor("carbon_per_capacity", f"memory/{technology.id}/carbon_per_capacity"),
        memory_capacity=capacity.factor("memory_capacity", f"{device.id}/memory/capacity"),
        family_factor=family_factor(technology.family, technology.family_spread),
    )


def family_factor(family: str, spread: Value | None) -> Factor:
    """Return the uncertainty that all technologies of a family share."""
    if spread is None:
        return Factor("family_factor", 1.0, "", identity=f"family/{family}")
    return spread.factor("family_factor", f"family/{family}")


def is_manufacture(footprint: Footprint) -> bool:
    """Whether a published figure is of manufacture and not of use."""
    return (
        footprint.indicator == "gwp100"
        and "manufacture" in footprint.stages
        and "operation" not in footprint.stages
    )
