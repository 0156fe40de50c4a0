"""Plans of answering: a service's machines, and the device-hours of answers on other machines."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lca.formulas import service as formulas
from lca.library import Library
from lca.scenario.models import Service, Work
from lca.scenario.service_models import Answers, Demand
from lca.scenario.training_plans import beyond_reach, device_of
from lca.terms import Factor, Node, apply, product
from lca.values import Value
from lca.workloads import service_plan
from lca.workloads.ai_models import AIModel
from lca.workloads.inference import Serving
from lca.workloads.service_plan import Answering, ServicePlan, Wanted


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """Answers on machines that serve others too.

    Attributes
    ----------
    serving
        What a replica draws and delivers.
    tokens
        Output tokens (token).
    device_hours
        Hours of all devices (h).
    remarks
        What must be said of it.
    """

    serving: Serving
    tokens: Node
    device_hours: Node
    remarks: tuple[str, ...]


def answer_plan(where: str, work: Work, ai: AIModel, library: Library) -> AnswerPlan:
    """Return the plan of a piece of work that answers.

    Raises
    ------
    InputError
        If the model does not fit, or something is not accepted.
    """
    if work.answer is None:
        msg = f"{where} does not answer"
        raise LookupError(msg)
    asked = _answering(f"{where}.answer", work.answer, ai, library, work)
    devices, said = service_plan.devices_of(asked)
    served = asked.served(devices, service_plan.given_batch(asked, devices))
    tokens = _tokens(where, work, asked)
    count = Factor("devices_per_replica", float(devices), "", role="decision")
    hours = apply(
        formulas.serving_time,
        served_tokens=tokens,
        replica_throughput=served.throughput,
        devices_per_replica=count,
    )
    beyond_reach("", hours)
    return AnswerPlan(served, tokens, hours, (*said, *served.remarks))


def _tokens(where: str, work: Work, asked: Answering) -> Node:
    if work.tokens is not None:
        return work.tokens.factor("served_tokens", f"{where}.tokens")
    if work.requests is None:
        msg = f"{where} says neither tokens nor requests"
        raise LookupError(msg)
    requests = work.requests.factor("requests", f"{where}.requests")
    return product("served_tokens", "token", requests=requests, each=asked.output_tokens)


def _answering(
    where: str, entry: Answers, ai: AIModel, library: Library, use: Work | Service
) -> Answering:
    device = device_of(use, library) if isinstance(use, Work) else library.device(use.device)
    prompt, batch = entry.prompt_tokens, entry.batch
    return Answering(
        ai,
        device,
        entry.devices_per_replica,
        str(entry.precision),
        str(entry.modality),
        _of_request(entry.output_tokens, "tokens_per_request", f"{where}.output_tokens"),
        _of_request(prompt, "prompt_tokens", f"{where}.prompt_tokens") if prompt else None,
        batch.factor("batch", f"{where}.batch") if batch else None,
    )


def _of_request(tokens: Value, name: str, identity: str) -> Factor:
    """Return tokens, which are written without it, as tokens of one request."""
    return replace(tokens, unit="token/request").factor(name, identity)


def plan_of_service(
    where: str, entry: Service, ai: AIModel, library: Library, years: int
) -> ServicePlan:
    """Return the plan of a service: its machines and what they do, year by year.

    Raises
    ------
    InputError
        If the model does not fit, the latency cannot be kept, or nothing is asked for.
    """
    asked = _answering(where, entry, ai, library, entry)
    spare = (
        entry.redundancy.factor("spare_share", f"{where}.redundancy") if entry.redundancy else None
    )
    bound = entry.maximum_utilization
    wanted = _wanted(f"{where}.demand", entry.demand)
    wanted = Wanted(
        wanted.rate,
        wanted.growth,
        wanted.shape,
        entry.latency.central if entry.latency else None,
        bound.factor("maximum_utilization", f"{where}.maximum_utilization") if bound else None,
        spare,
    )
    return service_plan.plan_service(asked, wanted, years)


def _wanted(where: str, demand: Demand) -> Wanted:
    rate = (
        demand.requests.factor("request_rate", f"{where}.requests")
        if demand.requests
        else demand.tokens.factor("mean_demand", f"{where}.tokens")
        if demand.tokens
        else None
    )
    if rate is None:
        msg = f"{where} says neither requests nor tokens"
        raise LookupError(msg)
    shape: Node | list[float] | None = None
    if demand.peak is not None:
        shape = demand.peak.factor("peak_ratio", f"{where}.peak")
    elif demand.hours:
        shape = [hour.central for hour in demand.hours]
    growth = demand.growth.factor("demand_growth", f"{where}.growth") if demand.growth else None
    return Wanted(rate, growth, shape)
