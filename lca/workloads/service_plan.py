"""What a service needs year by year: batch, replicas and devices that answer a demand in time.

The busiest hour and the latency target decide how many devices stand ready; the mean over the
year decides how many sequences a replica has in flight, and with it the energy of a token.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lca.errors import InputError, Problem
from lca.formulas import service as formulas
from lca.library.models import Device
from lca.terms import Draws, Factor, Node, apply, factors
from lca.workloads import service, service_batch
from lca.workloads.ai_models import AIModel
from lca.workloads.inference import Serving, serving
from lca.workloads.inference_coefficients import coefficients
from lca.workloads.inference_model import DEFAULT_TASK
from lca.workloads.validity import precision_class

MOST_DEVICES = 16
"""Devices that may hold one replica: as many as were measured together."""

_MOST_IN_ALL = 10**9
_FREE_FOR_CACHES = 0.3
_CACHED_GIGABYTES = 2e-9  # a cached value has 16 bits
_GRID = 9


@dataclass(frozen=True, slots=True)
class Answering:
    """How a model answers.

    Attributes
    ----------
    model, device, devices
        The model; what it runs on; devices of a replica, or None for as few as hold it.
    precision, modality
        Of the weights; what prompts hold beside text.
    output_tokens, prompt_tokens
        Tokens of an answer and of a prompt (token/request).
    batch
        Requests that a replica answers at a time, or None where load decides.
    """

    model: AIModel
    device: Device
    devices: int | None
    precision: str
    modality: str
    output_tokens: Factor
    prompt_tokens: Factor | None = None
    batch: Factor | None = None

    def served(self, devices: int, batch: Factor) -> Serving:
        """Return what serving at a batch costs."""
        return serving(
            self.model.parameters,
            self.model.active_parameters,
            self.device,
            devices,
            self.precision,
            batch,
            _length("output_length", self.output_tokens),
            _length("prompt_length", self.prompt_tokens) if self.prompt_tokens else None,
            self.modality,
            self.model.name,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a service is asked for, and how well it must keep up.

    Attributes
    ----------
    rate
        Requests (request/h) or output tokens (token/h) in the first year.
    growth
        Growth a year, or None.
    shape
        A peak-to-mean ratio, 24 shares of a day, or None for a flat day.
    latency
        Longest time per output token in hours, or None.
    maximum_utilization, redundancy
        Bound in the busiest hour; replicas that stand by, over those needed.
    """

    rate: Factor
    growth: Node | None = None
    shape: Node | Sequence[float] | None = None
    latency: float | None = None
    maximum_utilization: Node | None = None
    redundancy: Node | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a service.

    Attributes
    ----------
    devices
        Devices that stand ready.
    demand
        Output tokens asked for (token/h).
    serving
        What a replica draws and delivers at the batch of this year.
    utilization
        Work asked for over what the replicas do at full time.
    """

    devices: int
    demand: Node
    serving: Serving
    utilization: Node


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service, year by year, with the devices of a replica and what must be said."""

    devices_per_replica: int
    years: tuple[Year, ...]
    output_tokens: Factor
    remarks: tuple[str, ...]


def plan_service(asked: Answering, wanted: Wanted, years: int) -> ServicePlan:
    """Return the devices of a service and what they do, for a number of years.

    Raises
    ------
    InputError
        If the model does not fit, the latency cannot be kept, or nothing says how many requests
        are answered at a time.
    """
    if asked.batch is None and wanted.latency is None:
        message = "say how many requests are answered at a time (batch), or how quickly (latency)"
        raise InputError(Problem("batch", message))
    devices, said = devices_of(asked)
    room = _largest_by_memory(asked, devices)
    step = _step_times(asked, devices, room)
    largest = _largest(asked, wanted, devices, step, room)
    full = asked.served(devices, _exact("batch", largest))
    planned: list[Year] = []
    for place in range(years):
        demand = _demand(asked, wanted, place)
        found = service.staffing(
            demand,
            full.throughput,
            _exact("devices_per_replica", float(devices)),
            maximum_utilization=wanted.maximum_utilization,
            spare_share=wanted.redundancy,
        )
        before = planned[-1].devices if planned else devices
        replicas = max(_whole(_central(found.replicas), devices), before // devices)
        planned.append(_year(asked, demand.mean, replicas, devices, step, largest))
        said += found.remarks
    said += planned[0].serving.remarks + _batches(planned, asked)
    return ServicePlan(devices, tuple(planned), asked.output_tokens, tuple(dict.fromkeys(said)))


def _whole(replicas: float, devices: int) -> int:
    """Return a number of replicas, if there are so many devices in the world."""
    if replicas * devices > _MOST_IN_ALL:
        message = (
            f"{replicas * devices:.3g} devices would be needed, more than {_MOST_IN_ALL:,}; "
            "check the exponents of demand, growth and redundancy"
        )
        raise InputError(Problem("demand", message))
    return round(replicas)


def _year(
    asked: Answering,
    demand: Node,
    replicas: int,
    devices: int,
    step: Callable[[float], float],
    largest: float,
) -> Year:
    batch = asked.batch
    if batch is None:
        each = _central(demand) / replicas
        batch = _exact("batch", max(1.0, service_batch.mean_batch(each, step, largest)))
    served = asked.served(devices, batch)
    count = Factor("replica_count", float(replicas), "", role="decision")
    used = apply(
        formulas.mean_utilization,
        name="utilization",
        mean_demand=demand,
        replica_throughput=served.throughput,
        replica_count=count,
    )
    return Year(replicas * devices, demand, served, used)


def _demand(asked: Answering, wanted: Wanted, place: int) -> service.Demand:
    per_request = asked.output_tokens if wanted.rate.unit == "request/h" else None
    try:
        return service.demand(
            wanted.rate,
            per_request,
            shape=wanted.shape,
            growth=wanted.growth,
            years_on=float(place),
        )
    except InputError as error:
        raise InputError([replace(p, path="demand") for p in error.problems]) from None


def devices_of(asked: Answering) -> tuple[int, tuple[str, ...]]:
    """Return the devices of a replica: as given, or the smallest power of two that holds it."""
    if asked.devices is not None:
        return asked.devices, ()
    if asked.device.memory is None:
        message = f"the memory of {asked.device.id} is not known; give devices_per_replica"
        raise InputError(Problem("devices_per_replica", message))
    room = asked.device.memory.capacity.central * (1 - _FREE_FOR_CACHES)
    weights = _weights(asked)
    count = 2 ** max(0, math.ceil(math.log2(weights / room)))
    if count > MOST_DEVICES:
        message = (
            f"weights of {weights:.3g} GB need {count:.3g} {asked.device.id}, more than the "
            f"{MOST_DEVICES} that serving was measured with; lower the precision or take larger devices"
        )
        raise InputError(Problem("devices_per_replica", message))
    said = (
        f"a replica is taken to have {count} devices: the fewest whose memory leaves "
        "30 % for caches (assumed)"
    )
    return count, (said,)


def _weights(asked: Answering) -> float:
    width = coefficients().values[f"parameter_width.{precision_class(asked.precision)}"]
    return asked.model.parameters * width


def cache_of_request(asked: Answering) -> float:
    """Return the memory (GB) of the keys and values of one request in flight, mean over its answer."""
    context = _prompt(asked) + _central(asked.output_tokens) / 2
    if asked.model.architecture is not None:
        return asked.model.architecture.cached_values_per_token * _CACHED_GIGABYTES * context
    known = coefficients().values
    size = asked.model.active_parameters / known["reference_parameters"]
    return float(known["cache_width"] * size ** known["cache_exponent"] * context)


def _prompt(asked: Answering) -> float:
    """Return the tokens of a prompt: as given, or those that the inference model takes instead."""
    if asked.prompt_tokens is not None:
        return _central(asked.prompt_tokens)
    return coefficients().of_group("prompt_length")[DEFAULT_TASK[asked.modality]]


def _largest_by_memory(asked: Answering, devices: int) -> float:
    """Return the requests that a replica's memory holds beside the weights."""
    if asked.device.memory is None:
        return float(service_batch.LARGEST_BATCH)
    try:
        held = service_batch.batch_by_memory(
            Factor("weight_memory", _weights(asked), "GB"),
            Factor("sequence_memory", cache_of_request(asked), "GB"),
            Factor("memory_capacity", asked.device.memory.capacity.central, "GB"),
            _exact("devices_per_replica", float(devices)),
        )
    except InputError as error:
        where = "devices_per_replica"
        raise InputError([replace(p, path=where) for p in error.problems]) from None
    return float(min(held, service_batch.LARGEST_BATCH))


def _step_times(asked: Answering, devices: int, room: float) -> Callable[[float], float]:
    """Return step time (h) as a function of the batch, between points where it is predicted."""
    batches = np.geomspace(1.0, max(room, 2.0), _GRID)
    times = [
        _central(asked.served(devices, _exact("batch", batch)).step_time)
        for batch in batches.tolist()
    ]
    rising = np.maximum.accumulate(np.log(times))
    places = np.log(batches)
    return lambda batch: float(np.exp(np.interp(math.log(max(batch, 1.0)), places, rising)))


def _largest(
    asked: Answering,
    wanted: Wanted,
    devices: int,
    step: Callable[[float], float],
    room: float,
) -> float:
    """Return the batch of the busiest hour: within latency and memory, or as given."""
    if wanted.latency is not None:
        try:
            return float(service_batch.largest_batch(step, wanted.latency, int(room)))
        except InputError as error:
            raise InputError([replace(p, path="latency") for p in error.problems]) from None
    return _central(given_batch(asked, devices))


def given_batch(asked: Answering, devices: int) -> Factor:
    """Return the batch that is given, if memory holds it at its central value.

    Raises
    ------
    InputError
        If none is given, or it does not fit beside the weights.
    """
    if asked.batch is None:
        message = "give batch: requests answered at a time decide the energy of a token"
        raise InputError(Problem("batch", message))
    batch, room = _central(asked.batch), _largest_by_memory(asked, devices)
    if batch > room:
        message = (
            f"a batch of {batch:g} does not fit beside the weights: memory holds {room:.0f} requests "
            f"of {cache_of_request(asked):.2g} GB; accepted: 1 to {room:.0f}"
        )
        raise InputError(Problem("batch", message))
    return asked.batch


def _batches(planned: Sequence[Year], asked: Answering) -> tuple[str, ...]:
    if asked.batch is not None:
        return ()
    found = [_batch_of(year) for year in planned]
    said = ", ".join(dict.fromkeys(f"{batch:.3g}" for batch in found))
    return (f"mean requests in flight on a replica follow from load, at its central value: {said}",)


def _batch_of(year: Year) -> float:
    found = (leaf for leaf in factors(year.serving.throughput) if leaf.name == "batch")
    return next(found).distribution.central


def _length(name: str, tokens: Factor) -> Factor:
    """Return tokens per request as the plain number that the inference model asks for."""
    return Factor(
        name,
        tokens.distribution,
        "",
        identity=tokens.identity,
        source=tokens.source,
        quality=tokens.quality,
    )


def _exact(name: str, value: float) -> Factor:
    return Factor(name, value, "", identity=f"{name}/{value:g}", role="decision")


def _central(node: Node) -> float:
    return float(Draws(0, 0).array(node)[0])
