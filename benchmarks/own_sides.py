"""Own sides of the comparisons: the problems of `problems` and of `peer_sides`.

Seconds are those of one unit of work: a draw, a server, a request, an analysis, a program.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import numpy as np
import problems
from peer_sides import Result, least

from lca.formulas import boavizta, boavizta_gpu, operation
from lca.optimize import energy_system
from lca.terms import Draws, Factor, Node, apply, product, total
from lca.uncertain import lognormal
from lca.validation import ecologits as answers

DRAWS, GSD = 100_000, 1.2
UNIT = "kgCO2e"


def chain_node(chain: problems.Supply) -> Node:
    """Return the footprint of the last activity as a term: own emissions and what it takes."""
    found: list[Node] = []
    for number, emitted in enumerate(chain.emissions):
        own = lognormal(emitted, problems.EMISSION_GSD)
        parts: dict[str, Node] = {"own": Factor(f"emission {number}", own, UNIT)}
        for one in (one for one in chain.exchanges if one.consumer == number):
            name = f"exchange {one.supplier} {number}"
            taken = Factor(name, lognormal(one.amount, problems.EXCHANGE_GSD), "ratio")
            parts[name] = product(name, UNIT, taken=taken, footprint=found[one.supplier])
        found.append(total(f"activity {number}", parts))
    return found[-1]


def bw2calc(_: dict[str, Any]) -> Result:
    """Draw and evaluate the supply chain, each time with another seed: all draws are fresh."""
    node = chain_node(problems.supply())
    seeds = iter(range(100))
    seconds = least(lambda: Draws(DRAWS, next(seeds)).array(node), 5, DRAWS)
    values = Draws(DRAWS, 3).array(node)
    logs = np.log(values[1:])
    told = [float(logs.mean()), float(logs.std()), float(logs.size)]
    return {"seconds": seconds, "answer": [float(values[0])], "logs": told}


def server_node(given: dict[str, Any]) -> tuple[Node, Node]:
    """Return what making and using a server emits, every number uncertain by `GSD`.

    Its power is given: the peer finds it from curves of its parts, which takes part of its time.
    """
    parts = {f"{n} {part['name']}": _part(f"{n}", part) for n, part in enumerate(given["parts"])}
    used = apply(
        operation.operation_footprint,
        facility_energy=product(
            "facility_energy",
            "kWh",
            power=_factor("power", given["power"] / 1000, "kW"),
            lifetime=_factor("lifetime", given["lifetime"], "h"),
            ratio=Factor("use", given["ratio"], "ratio"),
        ),
        grid_intensity=_factor("intensity", given["intensity"], "kgCO2e/kWh"),
    )
    return total("made", parts), used


def _factor(name: str, value: float, unit: str) -> Factor:
    return Factor(name, lognormal(value, GSD) if value else value, unit)


def _part(name: str, part: dict[str, Any]) -> Node:
    """Return what the parts of one kind emit, by Boavizta's formulas as this project has them."""
    kind = part["name"]
    base = _factor(f"{name} base", part.get("impact", 0.0), UNIT)
    if kind == "GPU":
        one = _card(name, part["terms"])
    elif kind == "CPU":
        area = _factor(f"{name} area", part["die_size"] / 100, "cm2")
        carbon = _factor(f"{name} carbon", part["die_impact"] * 100, "kgCO2e/cm2")
        dies = Factor("dies", 1.0, "ratio")
        one = apply(
            boavizta.cpu_footprint,
            base_footprint=base,
            logic_carbon_per_area=carbon,
            die_area=area,
            die_count=dies,
        )
    elif kind in {"RAM", "SSD"}:
        one = _memory(name, kind, part, base)
    elif kind == "POWER_SUPPLY":
        mass = _factor(f"{name} mass", part["unit_weight"], "kg")
        one = apply(
            boavizta.power_supply_footprint,
            power_supply_carbon_per_mass=base,
            power_supply_mass=mass,
        )
    else:
        one = base
    return product(kind, UNIT, units=Factor("units", part["units"], "ratio"), one=one)


def _memory(name: str, kind: str, part: dict[str, Any], base: Node) -> Node:
    drive = kind == "SSD"
    size = Factor(f"{name} capacity", part["capacity"], "GB")
    return apply(
        boavizta.drive_footprint if drive else boavizta.ram_footprint,
        base_footprint=base,
        memory_carbon_per_area=_factor(f"{name} carbon", part["die_impact"], "kgCO2e/cm2"),
        bit_density=_factor(f"{name} density", part["density"], "GB/cm2"),
        **{"storage_capacity" if drive else "memory_capacity": size},
    )


def _card(name: str, terms: list[list[float]]) -> Node:
    """Return what one card emits: its body, its silicon, and moving and scrapping it."""
    pairs = [
        (_factor(f"{name} amount {n}", amount, ""), _factor(f"{name} factor {n}", factor, ""))
        for n, (amount, factor) in enumerate(terms)
    ]
    names = ("casing_mass", "casing_carbon_per_mass", "heatsink_mass", "heatsink_carbon_per_mass")
    names = (*names, "board_area", "board_carbon_per_area")
    body = (node for pair in pairs[:3] for node in pair)
    inputs = dict(zip(names, body, strict=True))
    parts: dict[str, Node] = {"body": apply(boavizta_gpu.gpu_body_footprint, **inputs)}
    for number, (amount, factor) in enumerate(pairs[3:]):
        parts[f"{number}"] = product(f"part {number}", UNIT, amount=amount, factor=factor)
    return total("card", parts)


def _server(given: dict[str, Any]) -> Result:
    made, used = server_node(given)
    whole = total("whole", {"made": made, "used": used})
    seeds = iter(range(100))
    seconds = least(lambda: Draws(DRAWS, next(seeds)).array(whole), 5, DRAWS)
    alone = least(lambda: Draws(0, 0).array(whole), 50)
    answer = [float(Draws(0, 0).array(node)[0]) for node in (made, used)]
    return {"seconds": seconds, "alone": alone, "answer": answer}


def boaviztapi(given: dict[str, Any]) -> Result:
    """Make and use the peer's default server, with its numbers."""
    return _server(given)


def boaviztapi_gpu(given: dict[str, Any]) -> Result:
    """Make and use the peer's server of eight accelerators, with its numbers."""
    return _server(given)


def ecologits(given: dict[str, Any]) -> Result:
    """Account for all requests at once: emissions of electricity and of making the server."""
    lengths = problems.tokens()
    seconds = least(lambda: requests(given, lengths), 5, lengths.size)
    return {"seconds": seconds, "answer": requests(given, lengths)[:20].tolist()}


def requests(given: dict[str, Any], lengths: problems.Array) -> problems.Array:
    """Return the emissions of requests by EcoLogits' method as this project has it."""
    factors = {name: np.asarray(float(value)) for name, value in given.items()}
    years = given["lifetime"] / 3600 / (365.25 * 24)
    sizes = {"active": np.asarray(problems.ACTIVE * 1e9), "total": np.asarray(problems.TOTAL * 1e9)}
    factors |= {**sizes, "tokens": lengths, "lifetime": np.asarray(years)}
    gpus, time = answers.accelerators(factors), answers.latency(factors)
    energy = problems.PUE * answers._energy(factors, gpus, time)
    return energy * problems.INTENSITY + answers._embodied(factors, gpus, time)


def salib(_: dict[str, Any]) -> Result:
    """Draw, evaluate and estimate first and total effects."""
    from sensitivity import by_terms, model

    response = model()
    return {
        "seconds": least(lambda: by_terms(response), 5),
        "answer": by_terms(response).tolist(),
    }


def system(count: int) -> energy_system.System:
    """Return the program's data as this project takes them."""
    given = problems.hours(count)
    built = {"solar": problems.SOLAR, "wind": problems.WIND, "battery": problems.BATTERY}
    return energy_system.System(
        given.load,
        given.grid,
        {"solar": given.solar, "wind": given.wind},
        built,
        dict.fromkeys(built, problems.MOST),
        problems.CHARGE,
        problems.DISCHARGE,
        problems.CHARGE_HOURS,
    )


def linopy(_: dict[str, Any]) -> Result:
    """Build the program of a year as sparse matrices; solve one week."""
    year = system(8760)
    seconds = least(lambda: (energy_system._upper(year, ()), energy_system._dynamics(year)), 5)
    return {"seconds": seconds, "answer": [energy_system.design(system(168)).value]}


SIDES = {
    side.__name__: side for side in (bw2calc, boaviztapi, boaviztapi_gpu, ecologits, salib, linopy)
}


def agree(name: str, ours: Result, theirs: Result) -> str:
    """Return why two sides did not compute the same, or nothing."""
    one, other = np.array(ours["answer"]), np.array(theirs["answer"])
    error = float(np.abs(one / other - 1).max())
    if error > TOLERANCES.get(name, 1e-6):
        return f"{name}: the answers are {error:.2g} apart: {one.tolist()}, {other.tolist()}"
    if "logs" in ours:
        (m, s, n), (mean, deviation, count) = ours["logs"], theirs["logs"]
        noise = 4 * deviation * math.sqrt(1 / n + 1 / count)
        if abs(m - mean) > noise or abs(s - deviation) > noise:
            return f"{name}: the draws differ: {ours['logs']}, {theirs['logs']}"
    return ""


TOLERANCES = {"salib": 0.15}
"""Both sides of Sobol's effects estimate; all else is computed by the same equations."""

if __name__ == "__main__":
    print(json.dumps(SIDES[sys.argv[1]](json.loads(sys.argv[2]))))
