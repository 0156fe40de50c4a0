"""The peers' side of each comparison, run in their own environment: ``peer_sides.py NAME``.

Prints seconds of one unit of work (the least of several tries), the answer, and what the other side
needs to compute the same.
"""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import problems

Result = dict[str, Any]
DRAWS, CALLS = 400, 200


def least(work: Callable[[], object], tries: int, units: int = 1) -> float:
    """Return the least seconds of one unit of work."""
    taken = []
    for _ in range(tries):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) / units


def bw2calc() -> Result:
    """Draw and solve the supply chain with bw2calc, draw by draw."""
    import bw2calc as peer

    chain = problems.supply()
    demand, data = {len(chain.emissions): 1.0}, [_package(chain)]
    fixed = peer.LCA(demand=demand, data_objs=data)
    fixed.lci()
    fixed.lcia()
    drawn = peer.LCA(demand=demand, data_objs=data, use_distributions=True, seed_override=3)
    drawn.lci()
    drawn.lcia()
    scores: list[float] = []

    def work() -> None:
        for _ in range(DRAWS):
            next(drawn)
            scores.append(float(drawn.score))

    seconds = least(work, 3, DRAWS)
    return {"seconds": seconds, "answer": [float(fixed.score)], "logs": _logs(np.array(scores))}


def _logs(values: Any) -> list[float]:
    """Return mean and deviation of the logarithms, and the number of draws."""
    return [float(np.log(values).mean()), float(np.log(values).std()), float(values.size)]


def _package(chain: problems.Supply) -> Any:
    """Return the supply chain as bw2calc reads it."""
    import bw_processing as bwp

    count = len(chain.emissions)
    made = [(number, number, 1.0, False) for number in range(count)]
    taken = [(one.supplier, one.consumer, one.amount, True) for one in chain.exchanges]
    cells = made + taken
    values = np.array([cell[2] for cell in cells])
    flips = np.array([cell[3] for cell in cells])
    package = bwp.create_datapackage()
    package.add_persistent_vector(
        matrix="technosphere_matrix",
        indices_array=np.array([(c[0] + 1, c[1] + 1) for c in cells], bwp.INDICES_DTYPE),
        data_array=values,
        flip_array=flips,
        distributions_array=_lognormal(values, flips, problems.EXCHANGE_GSD),
    )
    emitted, flow = np.array(chain.emissions), count + 1
    package.add_persistent_vector(
        matrix="biosphere_matrix",
        indices_array=np.array([(flow, n + 1) for n in range(count)], bwp.INDICES_DTYPE),
        data_array=emitted,
        distributions_array=_lognormal(emitted, np.ones(count, bool), problems.EMISSION_GSD),
    )
    package.add_persistent_vector(
        matrix="characterization_matrix",
        indices_array=np.array([(flow, flow)], bwp.INDICES_DTYPE),
        data_array=np.array([1.0]),
    )
    return package


def _lognormal(values: Any, drawn: Any, gsd: float) -> Any:
    import bw_processing as bwp

    found = np.zeros(values.size, dtype=bwp.UNCERTAINTY_DTYPE)
    for name in ("minimum", "maximum", "shape"):
        found[name] = np.nan
    found["uncertainty_type"] = np.where(drawn, 2, 0)  # lognormal, and not known
    found["loc"] = np.where(drawn, np.log(values), values)
    found["scale"] = math.log(gsd)
    return found


def boaviztapi() -> Result:
    """Make and use the default server."""
    from boaviztapi import config
    from boaviztapi.data.archetype import get_server_archetype
    from boaviztapi.models.device.server import DeviceServer

    archetype = get_server_archetype(config.default_server)
    return _server(lambda: DeviceServer(archetype=archetype), CALLS)


def boaviztapi_gpu() -> Result:
    """Make and use a server of eight accelerators."""
    from boaviztapi import config
    from boaviztapi.data.archetype import get_server_archetype
    from boaviztapi.dto.device import Server
    from boaviztapi.dto.device.device import mapper_server

    archetype = get_server_archetype(config.default_server)
    written = {
        "cpu": {"units": 2, "name": "Xeon Platinum 8480C"},
        "ram": [{"units": 32, "capacity": 64}],
        "gpu": {"units": 8, "name": "H100 SXM5"},
        "disk": [{"units": 8, "type": "ssd", "capacity": 3840}],
        "power_supply": {"units": 6},
    }
    return _server(lambda: mapper_server(Server(configuration=written), archetype=archetype), 10)


def _server(make: Callable[[], Any], calls: int) -> Result:
    """Time a server from its description to rounded impacts of climate, made and used."""
    from boaviztapi.compute import impacts_computation as computing

    def ask() -> Any:
        server = make()
        lifetime = server.usage.hours_life_time.value
        return computing.compute_impacts(server, selected_criteria=["gwp"], duration=lifetime)

    def work() -> None:
        for _ in range(calls):
            ask()

    ask()
    seconds = least(work, 3, calls)
    server = make()
    lifetime = server.usage.hours_life_time.value
    made, *_ = computing.server_impact_embedded("gwp", lifetime, server)
    used, *_ = computing.server_impact_use("gwp", lifetime, server)
    inputs = {**_use(server), "parts": [_part(one) for one in server.components]}
    return {"seconds": seconds, "answer": [made, used], "inputs": inputs}


def _use(server: Any) -> dict[str, float]:
    usage = server.usage
    return {
        "power": usage.avg_power.value,
        "lifetime": usage.hours_life_time.value,
        "intensity": usage.elec_factors["gwp"].value,
        "ratio": usage.use_time_ratio.value,
    }


def _part(part: Any) -> dict[str, Any]:
    """Return the numbers that a part's impact is computed from."""
    from boaviztapi.service.factor_provider import get_impact_factor

    name = part.NAME
    found: dict[str, Any] = {"name": name, "units": part.units.value}
    if name == "GPU":
        return found | {"terms": _card(part)}
    group = {"POWER_SUPPLY": "power_supply"}.get(name, name.lower())
    factors = get_impact_factor(item=group, impact_type="gwp")
    factors = factors.get("rack", factors)
    found |= {key: factors[key] for key in ("impact", "die_impact") if key in factors}
    for size in ("die_size", "capacity", "density", "unit_weight"):
        if hasattr(part, size):
            found[size] = getattr(part, size).value
    return found


def _card(gpu: Any) -> list[list[float]]:
    """Return the amounts and factors whose products are summed up to one card."""
    from boaviztapi.compute.impacts_computation import get_gpu_impact_factor

    def factor(name: str, phase: str) -> float:
        return float(get_gpu_impact_factor(name, phase, "gwp")["impact"])

    weight = gpu.weight.value
    amounts = {
        ("casing", "manufacture"): gpu.casing_weight.value,
        ("heatsink", "manufacture"): gpu.heatsink_weight.value,
        ("pwb", "manufacture"): gpu.pwb_surface.value,
        ("gpu", "manufacture"): gpu.gpu_surface.value,
        ("vram", "manufacture"): gpu.vram_surface.value,
        ("upstream_transport", "manufacture"): weight,
        ("transport_boat", "distribution"): gpu.transport_boat.value * weight,
        ("transport_truck", "distribution"): gpu.transport_truck.value * weight,
        ("transport_plane", "distribution"): gpu.transport_plane.value * weight,
        ("end_of_life", "eol"): weight,
    }
    return [[amount, factor(*key)] for key, amount in amounts.items()]


def ecologits() -> Result:
    """Account for requests one by one, four indicators each."""
    from ecologits.impacts import llm

    lengths = problems.tokens()[:CALLS].tolist()

    def one(length: float) -> Any:
        return llm.compute_llm_impacts(
            model_active_parameter_count=problems.ACTIVE,
            model_total_parameter_count=problems.TOTAL,
            output_token_count=length,
            if_electricity_mix_adpe=1e-7,
            if_electricity_mix_pe=10.0,
            if_electricity_mix_gwp=problems.INTENSITY,
            if_electricity_mix_wue=1.0,
            datacenter_pue=problems.PUE,
            datacenter_wue=problems.WUE,
        )

    seconds = least(lambda: [one(length) for length in lengths], 3, len(lengths))
    answer = [one(length) for length in lengths[:20]]
    names = {
        "alpha": llm.GPU_ENERGY_ALPHA,
        "beta": llm.GPU_ENERGY_BETA,
        "gamma": llm.GPU_ENERGY_GAMMA,
        "a": llm.LATENCY_ALPHA,
        "b": llm.LATENCY_BETA,
        "c": llm.LATENCY_GAMMA,
        "batch": llm.BATCH_SIZE,
        "gpu_memory": llm.GPU_MEMORY,
        "memory_overhead": 1.2,
        "bits": llm.MODEL_QUANTIZATION_BITS,
        "server_power": llm.SERVER_POWER,
        "server_gpus": llm.SERVER_GPUS,
        "server_embodied": llm.SERVER_EMBODIED_IMPACT_GWP,
        "gpu_embodied": llm.GPU_EMBODIED_IMPACT_GWP,
        "lifetime": llm.HARDWARE_LIFESPAN,
    }
    return {"seconds": seconds, "answer": [float(x.gwp.value) for x in answer], "inputs": names}


def salib() -> Result:
    """Draw, evaluate and estimate first and total effects with SALib."""
    from sensitivity import by_salib

    found = by_salib()
    return {"seconds": least(by_salib, 2), "answer": np.asarray(found).tolist()}


def linopy() -> Result:
    """Build the program of a year as a sparse matrix; solve one week."""
    seconds = least(lambda: _program(problems.hours()).matrices.A, 3)
    week = _program(problems.hours(168))
    week.solve(solver_name="highs", progress=False, output_flag=False)
    return {"seconds": seconds, "answer": [float(week.objective.value)]}


def _program(given: problems.Hours) -> Any:
    import linopy as peer
    import pandas as pd
    import xarray as xr

    index = pd.RangeIndex(given.load.size, name="hour")
    series = {name: xr.DataArray(values, [index]) for name, values in given._asdict().items()}
    model = peer.Model()
    solar, wind, battery = (
        model.add_variables(0, problems.MOST, name=name) for name in ("solar", "wind", "battery")
    )
    grid, charged, discharged, stored = (
        model.add_variables(lower=0, coords=[index], name=name)
        for name in ("grid", "charged", "discharged", "stored")
    )
    power = battery / problems.CHARGE_HOURS
    generated = solar * series["solar"] + wind * series["wind"]
    model.add_constraints(generated + grid + discharged - charged >= series["load"], name="met")
    model.add_constraints(stored - battery <= 0, name="size")
    model.add_constraints(charged - power <= 0, name="in")
    model.add_constraints(discharged - power <= 0, name="out")
    gained = charged * problems.CHARGE - discharged / problems.DISCHARGE
    model.add_constraints(stored.roll(hour=-1) - stored - gained == 0, name="kept")
    built = solar * problems.SOLAR + wind * problems.WIND + battery * problems.BATTERY
    model.add_objective(built + (grid * series["grid"]).sum())
    return model


SIDES = (bw2calc, boaviztapi, boaviztapi_gpu, ecologits, salib, linopy)

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    known = {side.__name__: side for side in SIDES}
    print("\n" + json.dumps(known[sys.argv[1]]()))
