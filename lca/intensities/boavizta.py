"""Boavizta's published component formulas, applied to a device or host, for several indicators."""

from __future__ import annotations

from lca.formulas import boavizta, boavizta_gpu
from lca.formulas.memory import memory_die_area
from lca.library import Library, constants
from lca.library.models import INDICATOR_UNITS, Device, Die, Server, Storage
from lca.sources import Quality
from lca.terms import Factor, Formula, Node, Term, add, product
from lca.values import Value

_PER_MASS = {"gwp100": "kgCO2e/kg", "primary_energy": "MJ/kg", "adp_elements": "kgSbeq/kg"}
_PER_AREA = {"gwp100": "kgCO2e/cm2", "primary_energy": "MJ/cm2", "adp_elements": "kgSbeq/cm2"}


def parts(device: Device, indicator: str) -> dict[str, Node]:
    """Return the parts of a card by Boavizta's GPU formula.

    Raises
    ------
    LookupError
        If a die area, the memory or the number of memory packages is not known.
    """
    if not device.dies or device.memory is None:
        msg = "no die area is published" if not device.dies else "its memory is not known"
        raise LookupError(msg)
    unit = INDICATOR_UNITS[indicator]
    logic = {die.name: _die(device, die, indicator, unit) for die in device.dies}
    return {
        "logic": Term("logic_footprint", add, logic, unit),
        "memory": _memory(device, indicator, unit),
        "body": _body(device, indicator, unit),
    }


def _constant(path: str, unit: str, name: str = "") -> Factor:
    return constants("boavizta").factor(path, unit, name)


def _of(indicator: str, group: str, name: str, units_of: dict[str, str]) -> Factor:
    return _constant(f"{group}.{name}.{indicator}", units_of[indicator], name)


def _term(name: str, formula: Formula, unit: str, **inputs: Node) -> Term:
    """Apply a formula whose factors are of another indicator: the unit follows the factors."""
    return Term(name, formula, inputs, unit)


def _shape() -> dict[str, Node]:
    return {
        "wafer_diameter": _constant("gpu.wafer_diameter", "cm"),
        "kerf": _constant("gpu.kerf", "cm"),
        "defect_density": _constant("gpu.defect_density", "1/cm2"),
    }


def _die(device: Device, die: Die, indicator: str, unit: str) -> Node:
    area = die.area.cited(die.source or device.source, Quality.DECLARED).factor(
        "die_area", f"{device.id}/die/{die.name}/area"
    )
    used = _term(
        "effective_die_area", boavizta_gpu.effective_die_area, "cm2", die_area=area, **_shape()
    )
    count = Factor(
        "die_count",
        float(die.count),
        "",
        identity=f"{device.id}/die/{die.name}/count",
        source=device.source,
    )
    return _term(
        "logic_footprint",
        boavizta_gpu.gpu_logic_footprint,
        unit,
        wafer_carbon_per_area=_of(indicator, "gpu", "wafer_carbon_per_area", _PER_AREA),
        effective_die_area=used,
        die_count=count,
    )


def _packages(device: Device) -> Factor:
    listed = constants("boavizta").raw(f"gpu.memory_package_count.{device.id}")
    if listed is not None:
        return _constant(f"gpu.memory_package_count.{device.id}", "", "memory_package_count")
    if device.memory is not None and device.memory.stacks is not None:
        return device.memory.stacks.cited(device.source, Quality.DECLARED).factor(
            "memory_package_count", f"{device.id}/memory/stacks"
        )
    msg = "the number of its memory packages is not known"
    raise LookupError(msg)


def _memory(device: Device, indicator: str, unit: str) -> Node:
    memory, count = device.memory, _packages(device)
    if memory is None:
        msg = "its memory is not known"
        raise LookupError(msg)
    capacity = memory.capacity.cited(memory.source or device.source, Quality.DECLARED).factor(
        "memory_capacity", f"{device.id}/memory/capacity"
    )
    area = _term(
        "memory_die_area",
        memory_die_area,
        "cm2",
        memory_capacity=capacity,
        bit_density=_constant("gpu.bit_density", "GB/cm2"),
        memory_package_count=count,
    )
    used = _term(
        "effective_memory_area", boavizta_gpu.effective_die_area, "cm2", die_area=area, **_shape()
    )
    return _term(
        "memory_footprint",
        boavizta_gpu.gpu_memory_footprint,
        unit,
        memory_wafer_carbon_per_area=_of(
            indicator, "gpu", "memory_wafer_carbon_per_area", _PER_AREA
        ),
        effective_memory_area=used,
        memory_package_count=count,
    )


def _given(device: Device, value: Value | None, name: str, unit: str) -> Factor:
    if value is None:
        return _constant(f"gpu.defaults.{name}", unit, name)
    return value.cited(device.mass.source or device.source, Quality.DECLARED).factor(
        name, f"{device.id}/{name}"
    )


def _body(device: Device, indicator: str, unit: str) -> Node:
    body = _term(
        "body_footprint",
        boavizta_gpu.gpu_body_footprint,
        unit,
        casing_mass=_given(device, device.mass.casing, "casing_mass", "kg"),
        casing_carbon_per_mass=_of(indicator, "gpu", "casing_carbon_per_mass", _PER_MASS),
        heatsink_mass=_given(device, device.mass.heatsink, "heatsink_mass", "kg"),
        heatsink_carbon_per_mass=_of(indicator, "gpu", "heatsink_carbon_per_mass", _PER_MASS),
        board_area=_given(device, device.board.area, "board_area", "cm2"),
        board_carbon_per_area=_of(indicator, "gpu", "board_carbon_per_area", _PER_AREA),
    )
    upstream = _term(
        "upstream_transport_footprint",
        boavizta_gpu.upstream_transport_footprint,
        unit,
        device_mass=_given(device, device.mass.board, "device_mass", "kg"),
        upstream_carbon_per_mass=_of(indicator, "gpu", "upstream_carbon_per_mass", _PER_MASS),
    )
    return Term("body_footprint", add, {"body": body, "upstream": upstream}, unit)


def host_parts(host: Server, library: Library, indicator: str) -> dict[str, Node]:
    """Return the parts of a whole host by Boavizta's server formulas.

    Raises
    ------
    LookupError
        If its memory, drives or processors are not known well enough.
    """
    unit = INDICATOR_UNITS[indicator]
    found: dict[str, Node] = {}
    for entry in host.cpus:
        cpu = library.cpu(entry.device)
        if not cpu.dies:
            msg = f"no die area of {cpu.id} is published"
            raise LookupError(msg)
        found[f"processor {cpu.id}"] = _times(
            entry.count, _cpu(cpu.id, cpu.source, cpu.dies, indicator, unit), unit
        )
    found |= _host_memory(host, indicator, unit)
    for name in ("motherboard", "rack_case", "assembly"):
        found[name] = _constant(f"{name}.base_footprint.{indicator}", unit, f"{name}_footprint")
    supply = _term(
        "power_supply_footprint",
        boavizta.power_supply_footprint,
        unit,
        power_supply_carbon_per_mass=_of(
            indicator, "power_supply", "power_supply_carbon_per_mass", _PER_MASS
        ),
        power_supply_mass=_constant("power_supply.power_supply_mass", "kg"),
    )
    found["power_supply"] = _times(2, supply, unit)
    return found


def _times(count: float, node: Node, unit: str) -> Node:
    return product(
        node.name, unit, count=Factor("count", float(count), "", role="decision"), part=node
    )


def _cpu(name: str, source: str, dies: tuple[Die, ...], indicator: str, unit: str) -> Node:
    area = sum(die.area.central * die.count for die in dies)
    silicon = Factor(
        "die_area", area, "cm2", identity=f"{name}/die/total", source=dies[0].source or source
    )
    return _term(
        "cpu_footprint",
        boavizta.cpu_footprint,
        unit,
        base_footprint=_constant(f"cpu.base_footprint.{indicator}", unit),
        die_area=silicon,
        logic_carbon_per_area=_of(indicator, "cpu", "logic_carbon_per_area", _PER_AREA),
        die_count=Factor("die_count", 1.0, "", role="decision"),
    )


def _host_memory(host: Server, indicator: str, unit: str) -> dict[str, Node]:
    """Return the memory modules and the drives of a host."""
    found: dict[str, Node] = {}
    if host.memory is not None:
        modules = host.memory.modules.central if host.memory.modules else 1.0
        size = _size(host, "ram", "memory_capacity", host.memory.capacity.central / modules)
        one = _unit_of("ram", boavizta.ram_footprint, size, indicator, unit)
        found["memory"] = _times(modules, one, unit)
    for number, drive in enumerate(host.storage):
        count = drive.drives.central if drive.drives else 1.0
        found[f"storage {number + 1}"] = _times(count, _drive(host, drive, indicator, unit), unit)
    return found


def _drive(host: Server, drive: Storage, indicator: str, unit: str) -> Node:
    """Return one drive: a hard disk by the piece, flash by its capacity."""
    if drive.technology == "hdd":
        return _constant(f"hdd.base_footprint.{indicator}", unit)
    count = drive.drives.central if drive.drives else 1.0
    size = _size(host, "ssd", "storage_capacity", drive.capacity.central / count)
    return _unit_of("ssd", boavizta.drive_footprint, size, indicator, unit)


def _size(host: Server, group: str, name: str, capacity: float) -> Factor:
    identity = f"{host.id}/{group}/{capacity:g}"
    return Factor(name, capacity, "GB", identity=identity, source=host.source)


def _unit_of(group: str, formula: Formula, size: Factor, indicator: str, unit: str) -> Node:
    """Return one memory module or drive of a size."""
    inputs: dict[str, Node] = {
        "base_footprint": _constant(f"{group}.base_footprint.{indicator}", unit),
        "memory_carbon_per_area": _of(indicator, group, "memory_carbon_per_area", _PER_AREA),
        size.name: size,
        "bit_density": _constant(f"{group}.bit_density", "GB/cm2"),
    }
    return Term(f"{group}_footprint", formula, inputs, unit)
