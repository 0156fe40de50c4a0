"""A model's parts under names that all models share, and pairs of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from lca.disagreement.causes import Cause, Step, steps
from lca.disagreement.formulas import cause, of_node, product_of, sum_of
from lca.formulas import boavizta_gpu
from lca.intensities.embodied import Embodied
from lca.library.models import Device, Server
from lca.terms import Node, Term

__all__ = ["COMPONENTS", "components", "steps_between"]

COMPONENTS = {
    "processor": "processors of a host",
    "logic": "logic dies",
    "memory": "memory",
    "storage": "drives of a host",
    "packaging": "packaging of circuits",
    "thermal": "heat sink, cold plate and casing",
    "board": "circuit board, connectors, power and assembly",
    "chassis": "case, power supplies and fans of a host",
    "motherboard": "motherboard of a host",
    "assembly": "assembly of a host",
    "baseboard": "share of the baseboard",
    "upstream_transport": "transport of parts to assembly",
    "device": "the device, not broken down",
}
"""Every component, with what it is in words; the order is that of the steps."""

_OTHER_NAMES = {
    "other": "board",
    "host": "device",
    "rack_case": "chassis",
    "power_supply": "chassis",
}
_UNDIVIDED, _SHARE = "device", "baseboard"


def components(made: Embodied, device: Device | Server) -> dict[str, Cause]:
    """Return what a model's total is made of, by component.

    Parameters
    ----------
    made
        By one model.
    device
        Its dies and memory turn published parts into carbon per area and per capacity.
    """
    found: dict[str, list[Cause]] = {}
    for name, node in made.parts.items():
        for part in _of_part(_named(name), node):
            found.setdefault(part.name, []).append(part)
    joined = {name: _joined(name, found[name]) for name in sorted(found, key=_place)}
    published = made.model == "vendor"
    return {name: _per_amount(one, device, published) for name, one in joined.items()}


def _named(part: str) -> str:
    """Return the component of a part: drives of any kind are one, so are case and power supplies."""
    return "storage" if part.startswith("storage") else _OTHER_NAMES.get(part, part)


def _joined(name: str, parts: list[Cause]) -> Cause:
    """Return parts of one component as one; models divide it differently, so as a leaf."""
    if len(parts) == 1:
        return parts[0]
    inputs = dict.fromkeys(one for part in parts for one in part.cited())
    return Cause(name, math.fsum(p.value for p in parts), parts[0].unit, inputs=tuple(inputs))


def _place(name: str) -> int:
    names, kind = list(COMPONENTS), name.partition(" ")[0]
    return names.index(kind) if kind in names else len(names)


def _of_part(name: str, node: Node) -> Iterator[Cause]:
    """Yield the components in one part: Boavizta's body is casing, heat sink, board and transport."""
    inside = {part.formula: part for _, part in node.inputs if isinstance(part, Term)} if isinstance(node, Term) else {}  # fmt: skip
    body = inside.get(boavizta_gpu.gpu_body_footprint)
    upstream = inside.get(boavizta_gpu.upstream_transport_footprint)
    if body is None or upstream is None:
        yield cause(node, name)
        return
    inputs = dict(body.inputs)
    yield sum_of(
        "thermal", "kgCO2e", *(_made(inputs, part, "mass") for part in ("casing", "heatsink"))
    )
    yield _made(inputs, "board", "area")
    yield of_node(upstream, "upstream_transport")


def _made(inputs: Mapping[str, Node], part: str, amount: str) -> Cause:
    factor = of_node(inputs[f"{part}_carbon_per_{amount}"], f"carbon_per_{amount}")
    return product_of(part, "kgCO2e", of_node(inputs[f"{part}_{amount}"]), factor)


def _per_amount(one: Cause, device: Device | Server, is_published: bool) -> Cause:
    """Return a part as amount times factor, where the amount is of one kind and known."""
    if isinstance(device, Server):
        return _per_capacity(one, _capacities(device))
    if not is_published:
        return one
    if one.name == "memory" and device.memory is not None:
        return _per_capacity(one, {"memory": device.memory.capacity.central})
    if one.name == "logic" and len(device.dies) == 1:
        [die] = device.dies
        amounts = {"die_area": (die.area.central, "cm2"), "die_count": (float(die.count), "")}
        return _ratio(one, amounts, "carbon_per_good_area", "kgCO2e/cm2")
    return one


def _capacities(host: Server) -> dict[str, float]:
    memory = 0.0 if host.memory is None else host.memory.capacity.central
    return {"memory": memory, "storage": sum(d.capacity.central for d in host.storage)}


def _per_capacity(one: Cause, known: Mapping[str, float]) -> Cause:
    if not known.get(one.name) or "carbon_per_capacity" in one.parts:
        return one
    amounts = {f"{one.name}_capacity": (known[one.name], "GB")}
    return _ratio(one, amounts, "carbon_per_capacity", "kgCO2e/GB")


def _ratio(
    published: Cause, amounts: Mapping[str, tuple[float, str]], name: str, unit: str
) -> Cause:
    known = [Cause(key, number, of) for key, (number, of) in amounts.items()]
    whole = product_of("", "", *known).value
    factor = Cause(name, published.value / whole, unit, inputs=published.cited())
    return product_of(published.name, published.unit, *known, factor)


def steps_between(
    old: Mapping[str, Cause], new: Mapping[str, Cause], boundaries: tuple[str, str]
) -> tuple[Step, ...]:
    """Return every step from one model's total to another's; they add up to the difference.

    Parameters
    ----------
    old, new
        Components of two models.
    boundaries
        How much of the system each covers.
    """
    if _UNDIVIDED in {*old, *new}:
        old, new = _folded(old, boundaries[1]), _folded(new, boundaries[0])
    names = sorted({*old, *new}, key=_place)
    return tuple(s for name in names for s in steps(old.get(name), new.get(name), (name,)))


def _folded(own: Mapping[str, Cause], other_boundary: str) -> dict[str, Cause]:
    """Return all components as one, since the other model is not broken down.

    A share of the baseboard stays apart where the other model ends before it.
    """
    is_apart = _UNDIVIDED in own and other_boundary != "module"
    kept = {_SHARE: own[_SHARE]} if is_apart and _SHARE in own else {}
    whole = sum_of(_UNDIVIDED, "kgCO2e", *(own[name] for name in own if name not in kept))
    if _UNDIVIDED in own:  # a leaf: its parts are not those of the other model
        whole = Cause(_UNDIVIDED, whole.value, whole.unit, inputs=whole.cited())
    return {_UNDIVIDED: whole, **kept}
