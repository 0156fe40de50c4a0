"""Services as subjects: a fleet that follows from demand, with what its devices do year by year."""

from __future__ import annotations

from collections.abc import Iterator

from lca.formulas.inference_power import decode_share
from lca.formulas.service import answered_requests
from lca.formulas.sharing import busy_share, unused_share
from lca.intensities.context import Context
from lca.scenario.models import Fleet, Service
from lca.subjects.cohorts import embodied_activity, service_activity
from lca.subjects.hosting import host_of, warn_decision
from lca.subjects.subject import State, Subject
from lca.terms import Factor, Node, apply, product
from lca.vocabulary import HOURS_PER_YEAR
from lca.workloads.inference import Serving
from lca.workloads.service_plan import ServicePlan, Year


def service_subject(context: Context, name: str, service: Service) -> Subject:
    """Return a service with everything it refers to.

    Devices are bought as demand grows; where it falls they stay, and are idle more often.
    """
    where = f"services.{name}"
    plan = context.scenario.plans.services[where]
    fleet = _fleet(context, service, plan)
    device = context.library.device(service.device)
    host, share = host_of(context, device, service.host)
    warn_decision(context, where, "lifetime", service.lifetime)
    activity = service_activity(fleet, context.years)
    return Subject(
        name,
        where,
        fleet,
        device,
        host,
        share,
        context.site(service.site),
        tuple(count * HOURS_PER_YEAR for count in activity.device_years),
        Factor("utilization", 1.0, "", role="decision"),
        embodied_activity(fleet, context.years),
        activity,
        states=tuple(_states(service, plan)),
        delivers=_delivers(plan),
    )


def _fleet(context: Context, service: Service, plan: ServicePlan) -> Fleet:
    """Return the purchases of a service: what each year needs beyond what stands there."""
    counts, before = {}, 0
    for year, planned in zip(context.years, plan.years, strict=True):
        if planned.devices > before:
            counts[str(year)] = planned.devices - before
        before = planned.devices
    shared = (
        "device",
        "site",
        "lifetime",
        "replace",
        "host",
        "power",
        "host_power",
        "mass",
        "phase",
    )
    given = {name: getattr(service, name) for name in shared}
    return Fleet.model_construct(**Fleet.model_construct().__dict__ | given | {"count": counts})


def _states(service: Service, plan: ServicePlan) -> Iterator[State]:
    """Yield what the devices do in each year: answer, or stand ready."""
    for place, year in enumerate(plan.years):
        used = year.utilization
        power = year.serving.device_power if service.power.busy is None else None
        busy = apply(busy_share, utilization=used)
        for process, share in serving_shares(year.serving).items():
            both = product("share", "", utilization=used, share=share)
            host = product("share", "", busy=busy, share=share)
            yield State(process, both, power, host_share=host, year=place)
        idle = apply(unused_share, utilization=used)
        yield State("ready", idle, is_idle=True, year=place)


def serving_shares(serving: Serving) -> dict[str, Node]:
    """Return the shares of serving time: reading prompts, and writing answers."""
    reading = serving.prefill_share
    return {"prefill": reading, "decode": apply(decode_share, prefill_share=reading)}


def _delivers(plan: ServicePlan) -> dict[str, tuple[Node, ...]]:
    """Return tokens and requests of a device-hour, year by year."""
    tokens = tuple(map(_tokens, plan.years))
    each = plan.output_tokens
    requests = tuple(
        apply(answered_requests, mean_demand=rate, tokens_per_request=each) for rate in tokens
    )
    return {"tokens": tokens, "requests": requests}


def _tokens(year: Year) -> Node:
    share = Factor("device_share", 1 / year.devices, "", role="decision")
    return product("tokens", "token/h", demand=year.demand, share=share)
