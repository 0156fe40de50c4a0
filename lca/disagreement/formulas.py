"""Terms of the embodied models read as causes: one reader for each formula.

What two models call by different formulas gets one name here: carbon per area of processed wafer,
area lost at edge and kerf, what yield loses. A formula that nobody reads becomes a leaf with its
cited numbers, so that a new formula is told coarsely, never wrongly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from lca.disagreement.causes import Cause
from lca.formulas import boavizta_gpu, calibrated, memory, silicon
from lca.terms import Draws, Factor, Formula, Node, Term, add, factors, multiply

__all__ = ["cause", "leaf", "product_of", "sum_of"]

_CENTRAL = Draws(0, 0)
_PER_AREA, _PER_CAPACITY = "kgCO2e/cm2", "kgCO2e/GB"
Inputs = Mapping[str, Node]


def value(node: Node) -> float:
    """Return the central value of a node."""
    return float(_CENTRAL.array(node)[0])


def leaf(name: str, number: float, unit: str, *nodes: Node) -> Cause:
    """Return a cause with the cited numbers of nodes below it."""
    cited = dict.fromkeys(one for node in nodes for one in factors(node))
    return Cause(name, number, unit, inputs=tuple(cited))


def of_node(node: Node, name: str = "") -> Cause:
    """Return a node as a leaf."""
    return leaf(name or node.name, value(node), node.unit, node)


def product_of(name: str, unit: str, *parts: Cause) -> Cause:
    """Return the product of causes."""
    number = math.prod(part.value for part in parts)
    return Cause(name, number, unit, {part.name: part for part in parts}, is_product=True)


def sum_of(name: str, unit: str, *parts: Cause) -> Cause:
    """Return the sum of causes."""
    number = math.fsum(part.value for part in parts)
    return Cause(name, number, unit, {part.name: part for part in parts})


def cause(node: Node, name: str = "") -> Cause:
    """Return what makes a node's central value.

    Parameters
    ----------
    node
        Of a model's parts.
    name
        What to call it, by default as the node.
    """
    if isinstance(node, Factor) or node.formula not in _READERS:
        return of_node(node, name)
    return _READERS[node.formula](name or node.name, dict(node.inputs)) or of_node(node, name)


def _sum(name: str, inputs: Inputs) -> Cause:
    if len(inputs) == 1:
        return cause(next(iter(inputs.values())), name)
    parts = [cause(node, key.removesuffix("_dies")) for key, node in inputs.items()]
    return sum_of(name, parts[0].unit, *parts)


def _scaled(name: str, inputs: Inputs) -> Cause | None:
    """Read a part times plain numbers: these go into the factor that the part has per amount."""
    numbers = [node for node in inputs.values() if not node.unit]
    parts = [node for node in inputs.values() if node.unit]
    if len(parts) != 1:
        return None
    if set(inputs) == {"count", "part"}:
        return product_of(name, parts[0].unit, of_node(inputs["count"]), cause(parts[0], "each"))
    return scaled(cause(parts[0], name), *numbers)


def scaled(one: Cause, *by: Node) -> Cause:
    """Return a cause times plain numbers, put where its factor per amount stands."""
    ratio = math.prod(map(value, by))
    inner = next((key for key in one.parts if "carbon_per" in key), None)
    if one.is_product and inner is not None:
        parts = {**one.parts, inner: scaled(one.parts[inner], *by)}
        return product_of(one.name, one.unit, *parts.values())
    if one.parts and not one.is_product:
        return sum_of(one.name, one.unit, *(scaled(part, *by) for part in one.parts.values()))
    cited = tuple(dict.fromkeys([*one.cited(), *(f for node in by for f in factors(node))]))
    return Cause(one.name, one.value * ratio, one.unit, inputs=cited)


def _packaged(name: str, inputs: Inputs) -> Cause:
    """Read packages times carbon per package."""
    parts = (of_node(inputs[key]) for key in ("package_count", "carbon_per_package"))
    return product_of(name, "kgCO2e", *parts)


def _good_area(carbon: Cause, lost: Cause, loss: Cause) -> Cause:
    return product_of("carbon_per_good_area", _PER_AREA, carbon, lost, loss)


def _dies(name: str, area: Node, count: Node, carbon: Cause) -> Cause:
    return product_of(name, "kgCO2e", of_node(area), of_node(count), carbon)


_NO_LOSS = Cause("area_lost", 1.0, "")


def _act_logic(name: str, inputs: Inputs) -> Cause:
    loss = leaf("yield_lost", 1 / value(inputs["die_yield"]), "", inputs["die_yield"])
    carbon = cause(inputs["wafer_carbon_per_area"], "carbon_per_wafer_area")
    good = _good_area(carbon, _NO_LOSS, loss)
    return _dies(name, inputs["die_area"], inputs["die_count"], good)


def _act_wafer(name: str, inputs: Inputs) -> Cause:
    power, grid = inputs["energy_per_area"], inputs["fab_grid_intensity"]
    electricity = leaf("fab_electricity", value(power) * value(grid), _PER_AREA, power, grid)
    gases = of_node(inputs["gas_per_area"], "fab_gases")
    fab = sum_of("fab_energy_and_gases", _PER_AREA, electricity, gases)
    return sum_of(name, _PER_AREA, fab, of_node(inputs["material_per_area"], "materials"))


_WAFER_NAMES = {"scope12_per_area": "fab_energy_and_gases", "material_per_area": "materials"}


def _wafer_carbon(node: Node) -> Cause:
    """Read carbon per wafer area: the two parts of a published sum, each times the spread."""
    inputs = dict(node.inputs) if isinstance(node, Term) else {}
    inner = inputs.get("value")
    if not isinstance(inner, Term) or set(dict(inner.inputs)) != set(_WAFER_NAMES):
        return of_node(node, "carbon_per_wafer_area")
    parts = (of_node(part, _WAFER_NAMES[key]) for key, part in inner.inputs)
    return scaled(sum_of("carbon_per_wafer_area", _PER_AREA, *parts), inputs["spread"])


def _wafer_logic(name: str, inputs: Inputs) -> Cause | None:
    dies = inputs["dies_per_wafer"]
    if not isinstance(dies, Term) or dies.formula is not silicon.dies_per_wafer:
        return None
    area = dict(dies.inputs)["die_area"]
    wafer = np.pi * (value(inputs["wafer_diameter"]) / 2) ** 2
    geometry = [node for node in factors(dies) if node != area]
    lost = leaf("area_lost", wafer / (value(dies) * value(area)), "", *geometry)
    share = inputs["sellable_share"]
    quality = [node for node in factors(share) if node != area]
    loss = leaf("yield_lost", 1 / value(share), "", *quality)
    good = _good_area(_wafer_carbon(inputs["wafer_carbon_per_area"]), lost, loss)
    return _dies(name, area, inputs["die_count"], good)


def _effective(node: Node) -> tuple[Node, Cause, Cause] | None:
    """Return the area of a die, and what edge and kerf, and what yield add to it.

    Boavizta's effective area holds both; without defects it is the geometry alone.
    """
    if not isinstance(node, Term) or node.formula is not boavizta_gpu.effective_die_area:
        return None
    inputs = dict(node.inputs)
    area, defects = inputs.pop("die_area"), inputs.pop("defect_density")
    numbers = {key: value(part) for key, part in inputs.items()}
    whole = float(boavizta_gpu.effective_die_area(value(area), defect_density=0.0, **numbers))
    lost = leaf("area_lost", whole / value(area), "", *inputs.values())
    return area, lost, leaf("yield_lost", value(node) / whole, "", defects)


def _boavizta_logic(name: str, inputs: Inputs) -> Cause | None:
    found = _effective(inputs["effective_die_area"])
    if found is None:
        return None
    area, lost, loss = found
    carbon = of_node(inputs["wafer_carbon_per_area"], "carbon_per_wafer_area")
    return _dies(name, area, inputs["die_count"], _good_area(carbon, lost, loss))


def _boavizta_memory(name: str, inputs: Inputs) -> Cause | None:
    found = _effective(inputs["effective_memory_area"])
    if found is None or not isinstance(found[0], Term):
        return None
    below, lost, loss = dict(found[0].inputs), found[1], found[2]
    dense, packages = below["bit_density"], inputs["memory_package_count"]
    lost = Cause(lost.name, lost.value, "", inputs=(*lost.inputs, *factors(packages)))
    carbon = of_node(inputs["memory_wafer_carbon_per_area"], "carbon_per_wafer_area")
    return _stacked(name, below["memory_capacity"], dense, carbon, lost, loss)


def _stacked(
    name: str, capacity: Node, dense: Node, carbon: Cause, lost: Cause, loss: Cause
) -> Cause:
    area = leaf("area_per_capacity", 1 / value(dense), "cm2/GB", dense)
    per = product_of("carbon_per_capacity", _PER_CAPACITY, area, carbon, lost, loss)
    return product_of(name, "kgCO2e", of_node(capacity, "memory_capacity"), per)


def _wafer_memory(name: str, inputs: Inputs) -> Cause:
    good = value(inputs["die_yield"]) * value(inputs["stack_yield"])
    loss = leaf("yield_lost", 1 / good, "", inputs["die_yield"], inputs["stack_yield"])
    carbon = of_node(inputs["memory_wafer_carbon_per_area"], "carbon_per_wafer_area")
    return _stacked(name, inputs["memory_capacity"], inputs["bit_density"], carbon, _NO_LOSS, loss)


def _per_capacity(name: str, inputs: Inputs) -> Cause:
    per, family = inputs["carbon_per_capacity"], inputs["family_factor"]
    factor = leaf("carbon_per_capacity", value(per) * value(family), _PER_CAPACITY, per, family)
    return product_of(name, "kgCO2e", of_node(inputs["memory_capacity"]), factor)


def _calibrated_logic(name: str, inputs: Inputs) -> Cause:
    good = of_node(inputs["logic_carbon_per_area"], "carbon_per_good_area")
    return _dies(name, inputs["die_area"], inputs["die_count"], good)


def _per_mass(name: str, inputs: Inputs) -> Cause:
    [per] = [key for key in inputs if "carbon_per_mass" in key]
    factor = of_node(inputs[per], "carbon_per_mass")
    return product_of(name, "kgCO2e", of_node(inputs["device_mass"]), factor)


_READERS: dict[Formula, Callable[[str, Inputs], Cause | None]] = {
    add: _sum,
    multiply: _scaled,
    silicon.act_logic_footprint: _act_logic,
    silicon.wafer_carbon_per_area: _act_wafer,
    silicon.wafer_logic_footprint: _wafer_logic,
    silicon.packaging_footprint: _packaged,
    boavizta_gpu.gpu_logic_footprint: _boavizta_logic,
    boavizta_gpu.gpu_memory_footprint: _boavizta_memory,
    memory.stacked_memory_footprint: _wafer_memory,
    calibrated.memory_footprint: _per_capacity,
    calibrated.logic_footprint: _calibrated_logic,
    calibrated.thermal_footprint: _per_mass,
    calibrated.board_footprint: _per_mass,
}
