"""Embodied intensities of a host without its accelerators: sum of parts, or as published."""

from __future__ import annotations

from lca.formulas import calibrated
from lca.intensities import boavizta
from lca.intensities.embodied import Embodied, NotApplicableError, family_factor
from lca.library import Library, constants
from lca.library.models import Cpu, Server
from lca.sources import Quality
from lca.terms import Factor, Node, Term, apply, product, total

HOST_MODELS = ("vendor", "calibrated", "boavizta")


def choose_host(host: Server, library: Library, model: str) -> Embodied:
    """Return the manufacture of a whole host.

    ``vendor`` and ``boavizta`` are used where they apply; every other model, and every host without
    a published figure, gets the sum of parts, so that hosts of a comparison share one model.
    """
    if model == "boavizta":
        try:
            return Embodied("boavizta", boavizta.host_parts(host, library, "gwp100"), "host")
        except LookupError as error:
            return _reported(host, library, f"{host.id}: boavizta does not apply ({error})")
    published = [
        f for f in host.footprints if f.indicator == "gwp100" and "manufacture" in f.stages
    ]
    if model == "vendor" and published:
        return _published(host)
    try:
        return Embodied("calibrated", _parts(host, library), "host")
    except NotApplicableError:
        if published:
            return _published(host)
        raise


def applicable_hosts(host: Server, library: Library) -> dict[str, Embodied | str]:
    """Return, by model, the parts of a host or the reason why the model does not apply."""
    found: dict[str, Embodied | str] = {}
    for model in HOST_MODELS:
        try:
            made = choose_host(host, library, model)
        except NotApplicableError as error:
            found[model] = str(error)
            continue
        reason = made.fallback or "no published footprint of this host"
        found[model] = made if made.model == model else reason
    return found


def _reported(host: Server, library: Library, message: str) -> Embodied:
    found = Embodied("calibrated", _parts(host, library), "host")
    return Embodied(
        found.model,
        found.parts,
        found.boundary,
        found.includes,
        found.note,
        f"{message}; the sum of parts is used",
    )


def _published(host: Server) -> Embodied:
    best = next(f for f in host.footprints if f.indicator == "gwp100" and "manufacture" in f.stages)
    spread = (
        constants("defaults")
        .value("published_spread", "")
        .factor("published_spread", f"published/{host.id}")
    )
    figure = best.value.cited(best.source, Quality(best.quality)).factor(
        "published_footprint", f"{host.id}/footprint"
    )
    node = product("host_footprint", "kgCO2e", published_footprint=figure, published_spread=spread)
    return Embodied("vendor", {"host": node}, "host", tuple(best.stages), best.note)


def _parts(host: Server, library: Library) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for entry in host.cpus:
        cpu = library.cpu(entry.device)
        found[f"processor {cpu.id}"] = _times(entry.count, _processor(cpu))
    if host.memory is not None and host.memory.technology:
        found["memory"] = _capacity(
            host, host.memory.technology, host.memory.capacity.central, library, "memory"
        )
    for drive in host.storage:
        name = f"storage {drive.technology}"
        node = _capacity(host, drive.technology, drive.capacity.central, library, "storage")
        found[name] = (
            total("storage_footprint", {"first": found[name], "second": node})
            if name in found
            else node
        )
    if host.mass.total is not None:
        found["chassis"] = _chassis(host)
    if not found:
        msg = f"nothing is known of the parts of {host.id}"
        raise NotApplicableError(msg)
    found["motherboard"] = constants("calibrated").factor(
        "motherboard.base_footprint", "kgCO2e", "motherboard_footprint"
    )
    found["assembly"] = constants("calibrated").factor(
        "assembly.base_footprint", "kgCO2e", "assembly_footprint"
    )
    return found


def _times(count: float, node: Node) -> Node:
    return product(
        node.name, node.unit, count=Factor("count", float(count), "", role="decision"), part=node
    )


def _processor(cpu: Cpu) -> Node:
    if not cpu.dies:
        msg = f"no die area of {cpu.id} is published"
        raise NotApplicableError(msg)
    per_area = constants("calibrated").factor("logic_carbon_per_area", "kgCO2e/cm2")
    dies = {
        die.name: apply(
            calibrated.logic_footprint,
            logic_carbon_per_area=per_area,
            die_area=die.area.cited(die.source or cpu.source, Quality.DECLARED).factor(
                "die_area", f"{cpu.id}/die/{die.name}/area"
            ),
            die_count=Factor(
                "die_count",
                float(die.count),
                "",
                identity=f"{cpu.id}/die/{die.name}/count",
                source=cpu.source,
            ),
        )
        for die in cpu.dies
    }
    return total("processor_footprint", dies)


def _capacity(
    host: Server, technology_id: str, capacity: float, library: Library, kind: str
) -> Node:
    technology = library.technology(technology_id)
    if technology.carbon_per_capacity is None:
        msg = f"no carbon per capacity of {technology.id} is known"
        raise NotApplicableError(msg)
    per = technology.carbon_per_capacity.cited(technology.source, Quality.DERIVED).factor(
        "carbon_per_capacity", f"{kind}/{technology.id}/carbon_per_capacity"
    )
    size = Factor(
        f"{kind}_capacity",
        capacity,
        "GB",
        identity=f"{host.id}/{kind}/{capacity:g}",
        source=host.source,
    )
    formula = calibrated.memory_footprint if kind == "memory" else calibrated.storage_footprint
    inputs: dict[str, Node] = {
        "carbon_per_capacity": per,
        "family_factor": family_factor(technology.family, technology.family_spread),
        f"{kind}_capacity": size,
    }
    return Term(f"{kind}_footprint", formula, inputs)


def _chassis(host: Server) -> Node:
    mass = host_mass(host)
    if mass is None:
        msg = f"no mass of {host.id} is known"
        raise NotApplicableError(msg)
    return apply(
        calibrated.chassis_footprint,
        chassis_carbon_per_mass=constants("calibrated").factor(
            "chassis_carbon_per_mass", "kgCO2e/kg"
        ),
        server_mass=mass,
    )


def host_mass(host: Server) -> Factor | None:
    """Return the mass of a host without accelerators, or None where it is not known."""
    if host.mass.total is None:
        return None
    return host.mass.total.cited(host.mass.source or host.source, Quality.DECLARED).factor(
        "server_mass", f"{host.id}/mass"
    )
