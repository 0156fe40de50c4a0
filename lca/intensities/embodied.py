"""Embodied intensities of one device or host, symbolically, by several named models.

Each model is a function from a device to its parts; `choose` picks the one asked for, and says
what it falls back on. Every model gives the manufacture of one *module* (a device with its share
of a baseboard), so that options are compared within one boundary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lca.formulas import calibrated, silicon, yields
from lca.formulas.memory import stack_yield, stacked_memory_footprint
from lca.intensities import boavizta
from lca.intensities.masses import device_mass
from lca.library import Library, constants
from lca.library.models import Device, Die, Footprint, Process
from lca.sources import Quality
from lca.terms import Factor, Node, apply, product
from lca.uncertain import exact
from lca.values import Value

MODELS = ("vendor", "calibrated", "wafer", "act", "boavizta")


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


Build = Callable[[Device, Library, Value | None], Embodied]


def choose(device: Device, library: Library, model: str, mass: Value | None = None) -> Embodied:
    """Return a device's manufacture by a model, or by the vendor's figure where it does not apply.

    Parameters
    ----------
    model
        One of `MODELS`.
    mass
        Mass given in the scenario, if any.

    Raises
    ------
    NotApplicableError
        If neither the model nor a published figure serves.
    """
    try:
        return BUILDERS[model](device, library, mass)
    except NotApplicableError as error:
        if model == "vendor":
            found = _calibrated(device, library, mass)
            return _with_fallback(
                found, f"{device.id}: no vendor figure ({error}); calibrated is used"
            )
        try:
            found = _vendor(device, library, mass)
        except NotApplicableError:
            raise error from None
        return _with_fallback(
            found, f"{device.id}: {model} does not apply ({error}); the vendor figure is used"
        )


def _with_fallback(found: Embodied, message: str) -> Embodied:
    return Embodied(found.model, found.parts, found.boundary, found.includes, found.note, message)


def applicable(device: Device, library: Library) -> dict[str, Embodied | str]:
    """Return, by model, the parts of a device or the reason why the model does not apply."""
    found: dict[str, Embodied | str] = {}
    for name, build in BUILDERS.items():
        try:
            found[name] = build(device, library, None)
        except NotApplicableError as error:
            found[name] = str(error)
    return found


def has_vendor_figure(device: Device, boundary: str = "module") -> bool:
    """Whether a maker publishes the manufacture of this device for exactly this boundary."""
    return any(_is_manufacture(f) and f.boundary == boundary for f in device.footprints)


def _is_manufacture(footprint: Footprint) -> bool:
    return (
        footprint.indicator == "gwp100"
        and "manufacture" in footprint.stages
        and "operation" not in footprint.stages
    )


# --- vendor -----------------------------------------------------------------------------


def _vendor(device: Device, library: Library, mass: Value | None) -> Embodied:
    published = [
        f for f in device.footprints if _is_manufacture(f) and f.boundary in {"module", "card"}
    ]
    if not published:
        msg = "no published footprint of this device at the module or card boundary"
        raise NotApplicableError(msg)
    best = min(published, key=lambda f: (f.boundary != "module", len(f.stages)))
    spread = (
        constants("defaults")
        .value("published_spread", "")
        .factor("published_spread", f"published/{device.id}")
    )
    whole = _whole(best) if not best.parts else best.parts
    parts: dict[str, Node] = {
        name: _published(device, name, value, best, spread) for name, value in whole.items()
    }
    note = best.note
    if best.boundary == "card" and _has_baseboard(device):
        parts["baseboard"] = _baseboard(device, library, mass)
        note = f"{note}; the share of the baseboard is added by the calibrated model"
    return Embodied("vendor", parts, "module", tuple(best.stages), note)


def _whole(footprint: Footprint) -> dict[str, Value]:
    return {"device": footprint.value}


def _published(
    device: Device, name: str, value: Value, footprint: Footprint, spread: Factor
) -> Node:
    figure = value.cited(footprint.source, Quality(footprint.quality)).factor(
        "published_footprint", f"{device.id}/footprint/{name}"
    )
    return product(
        f"{name}_footprint", "kgCO2e", published_footprint=figure, published_spread=spread
    )


def _has_baseboard(device: Device) -> bool:
    return (
        any(word in device.form_factor for word in ("SXM", "OAM")) and device.mass.board is not None
    )


def _baseboard(device: Device, library: Library, mass: Value | None) -> Node:
    """Return the board and switches that a bare module lacks: module mass less card mass."""
    shared, card = device_mass(device, mass), device.mass.board
    extra = max(0.0, shared.distribution.central - (card.central if card else 0.0))
    rest = Factor(
        "device_mass",
        exact(extra),
        "kg",
        identity=f"{device.id}/mass/baseboard",
        source=shared.source,
        quality=Quality.DERIVED,
        note="module with its share of a baseboard, less the bare module",
    )
    return apply(
        calibrated.board_footprint,
        name="baseboard_footprint",
        board_carbon_per_mass=_constant("board_carbon_per_mass", "kgCO2e/kg"),
        device_mass=rest,
    )


# --- calibrated -------------------------------------------------------------------------


def _constant(name: str, unit: str) -> Factor:
    return constants("calibrated").factor(name, unit)


def _calibrated(device: Device, library: Library, mass: Value | None) -> Embodied:
    parts: dict[str, Node] = {"logic": _sum_dies(device, library, _calibrated_die)}
    memory = _memory_per_capacity(device, library)
    if memory is not None:
        parts["memory"] = memory
    parts |= _body(device, mass)
    residual = _constant("model_residual", "")
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


def _body(device: Device, mass: Value | None) -> dict[str, Node]:
    weight = device_mass(device, mass)
    return {
        "thermal": apply(
            calibrated.thermal_footprint,
            thermal_carbon_per_mass=_constant("thermal_carbon_per_mass", "kgCO2e/kg"),
            device_mass=weight,
        ),
        "board": apply(
            calibrated.board_footprint,
            board_carbon_per_mass=_constant("board_carbon_per_mass", "kgCO2e/kg"),
            device_mass=weight,
        ),
    }


def _sum_dies(
    device: Device, library: Library, each: Callable[[Device, Die, Library], Node]
) -> Node:
    if not device.dies:
        msg = "no die area is published"
        raise NotApplicableError(msg)
    nodes = {f"{die.name}_dies": each(device, die, library) for die in device.dies}
    if len(nodes) == 1:
        return next(iter(nodes.values()))
    from lca.terms import total

    return total("logic_footprint", nodes)


def _area(device: Device, die: Die) -> Factor:
    return die.area.cited(die.source or device.source, Quality.DECLARED).factor(
        "die_area", f"{device.id}/die/{die.name}/area"
    )


def _count(device: Device, die: Die) -> Factor:
    return Factor(
        "die_count",
        float(die.count),
        "",
        identity=f"{device.id}/die/{die.name}/count",
        source=die.source or device.source,
    )


def _calibrated_die(device: Device, die: Die, library: Library) -> Node:
    node = apply(
        calibrated.logic_footprint,
        logic_carbon_per_area=_constant("logic_carbon_per_area", "kgCO2e/cm2"),
        die_area=_area(device, die),
        die_count=_count(device, die),
    )
    ratio = _node_ratio(die, library)
    return (
        product("logic_footprint", "kgCO2e", footprint=node, node_ratio=ratio)
        if ratio is not None
        else node
    )


def _node_ratio(die: Die, library: Library) -> Factor | None:
    """Return wafer carbon of a die's node over that of 5 nm, for which the model is calibrated."""
    if not die.process:
        return None
    here, reference = library.process(die.process), library.process("n5")
    values = [_wafer_carbon(p) for p in (here, reference)]
    if here.id == reference.id or values[0] is None or values[1] is None:
        return None
    return Factor(
        "node_ratio",
        values[0] / values[1],
        "",
        identity=f"node-ratio/{here.id}",
        source="imec-netzero-v4",
        quality=Quality.DERIVED,
        note=f"wafer carbon of {here.id} over {reference.id}",
    )


def _wafer_carbon(process: Process) -> float | None:
    if process.scope12_per_area is None or process.material_per_area is None:
        return None
    return process.scope12_per_area.central + process.material_per_area.central


def _memory_per_capacity(device: Device, library: Library) -> Node | None:
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


# --- wafer and ACT ----------------------------------------------------------------------


def _wafer(device: Device, library: Library, mass: Value | None) -> Embodied:
    parts: dict[str, Node] = {"logic": _sum_dies(device, library, _wafer_die)}
    memory = _stacked_memory(device, library) or _memory_per_capacity(device, library)
    if memory is not None:
        parts["memory"] = memory
    return Embodied(
        "wafer",
        parts | _body(device, mass),
        note="carbon per wafer by node, dies per wafer, yield with harvest; thermal and board as calibrated",
    )


def _wafer_constant(name: str, unit: str) -> Factor:
    return constants("wafer").factor(name, unit)


def _process(die: Die, library: Library) -> Process:
    if not die.process:
        msg = f"the process of die {die.name} is not known"
        raise NotApplicableError(msg)
    return library.process(die.process)


def _process_value(process: Process, name: str, unit: str) -> Factor:
    value: Value | None = getattr(process, name)
    if value is None:
        msg = f"no {name} of process {process.id} is known"
        raise NotApplicableError(msg)
    return value.cited(process.source, Quality.DECLARED).factor(
        name, f"process/{process.id}/{name}"
    )


def _good_share(device: Device, die: Die, process: Process, harvest: bool) -> Node:
    found = apply(
        yields.negative_binomial_yield,
        name="die_yield",
        die_area=_area(device, die),
        defect_density=_process_value(process, "defect_density", "1/cm2"),
        yield_alpha=_process_value(process, "yield_alpha", ""),
    )
    if not harvest:
        return found
    return apply(
        yields.sellable_share, die_yield=found, harvest_share=_wafer_constant("harvest_share", "")
    )


def _wafer_die(device: Device, die: Die, library: Library) -> Node:
    process = _process(die, library)
    diameter = _wafer_constant("wafer_diameter", "cm")
    per_area = product(
        "wafer_carbon_per_area",
        "kgCO2e/cm2",
        spread=_wafer_constant("carbon_spread", ""),
        value=_sum_carbon(process),
    )
    dies = apply(
        silicon.dies_per_wafer,
        die_area=_area(device, die),
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
        die_count=_count(device, die),
    )


def _sum_carbon(process: Process) -> Node:
    from lca.terms import total

    return total(
        "wafer_carbon_per_area",
        {
            "scope12_per_area": _process_value(process, "scope12_per_area", "kgCO2e/cm2"),
            "material_per_area": _process_value(process, "material_per_area", "kgCO2e/cm2"),
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


def _act(device: Device, library: Library, mass: Value | None) -> Embodied:
    del mass
    parts: dict[str, Node] = {"logic": _sum_dies(device, library, _act_die)}
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
    process, act = _process(die, library), constants("act")
    per_area = apply(
        silicon.wafer_carbon_per_area,
        energy_per_area=_process_value(process, "energy_per_area", "kWh/cm2"),
        fab_grid_intensity=act.factor("fab_grid_intensity", "kgCO2e/kWh"),
        gas_per_area=_process_value(process, "gas_per_area", "kgCO2e/cm2"),
        material_per_area=_process_value(process, "material_per_area", "kgCO2e/cm2"),
    )
    return apply(
        silicon.act_logic_footprint,
        name="logic_footprint",
        wafer_carbon_per_area=per_area,
        die_area=_area(device, die),
        die_count=_count(device, die),
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


def _boavizta(device: Device, library: Library, mass: Value | None) -> Embodied:
    del library, mass
    try:
        parts = boavizta.parts(device, "gwp100")
    except LookupError as error:
        raise NotApplicableError(str(error)) from None
    return Embodied(
        "boavizta",
        parts,
        "card",
        note="Boavizta's published formula; it counts stacked memory as one planar die and so lies high for HBM",
    )


BUILDERS: dict[str, Build] = {
    "vendor": _vendor,
    "calibrated": _calibrated,
    "wafer": _wafer,
    "act": _act,
    "boavizta": _boavizta,
}
