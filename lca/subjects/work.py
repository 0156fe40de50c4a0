"""Work as subjects: device-hours, given energy, and work on data, on owned or rented machines."""

from __future__ import annotations

from collections.abc import Iterator

from lca.formulas.sharing import development_share, final_run_share
from lca.intensities.context import Context
from lca.library.models import Device, Server
from lca.scenario.models import Work
from lca.subjects.data import core_share, data_work
from lca.subjects.hosting import host_of, instance_share, warn_decision
from lca.subjects.subject import Given, State, Subject
from lca.terms import Draws, Factor, Node, apply, factors, product

_ALL = Factor("share", 1.0, "", role="decision")

Hosted = tuple[Device | None, Server | None, Factor]


def work_subject(context: Context, name: str, work: Work) -> Subject:
    """Return a piece of work with everything it refers to."""
    where = f"work.{name}"
    device, host, share = _hardware(context, work)
    warn_decision(context, where, "repeats", work.repeats)
    warn_decision(context, where, "runs_per_year", work.runs_per_year)
    when = times(context, work)
    needed = _device_hours(context, where, work)
    central = float(Draws(0, 0).array(needed)[0]) if needed is not None else 0.0
    data = data_work(context, where, work, when)
    return Subject(
        name,
        where,
        work,
        device,
        host,
        share,
        context.site(work.site),
        tuple(central * often for often in when),
        _utilization(work, where),
        hours_spread=_spread(needed, central),
        states=_states(context, where, work),
        given=(*_given(work, where, when), *data.given),
        equipment=data.equipment,
        goods=data.goods,
        hardware_missing=data.hardware_missing,
    )


def _hardware(context: Context, work: Work) -> Hosted:
    """Return the device of a piece of work, its host, and its share of the host."""
    if work.cores is not None and work.cores.server:
        return None, context.library.server(work.cores.server), core_share(context, work.cores)
    if work.instance is None:
        if not work.device:
            return None, None, Factor("host_share", 0.0, "")
        device = context.library.device(work.device)
        return device, *host_of(context, device, work.host)
    instance = context.library.instance(work.instance)
    device = context.library.device(instance.device)
    host, share = host_of(context, device, work.host or instance.host or None)
    if host is not None and work.host is None:
        share = instance_share(instance, share)
    return device, host, share


def _utilization(work: Work, where: str) -> Factor:
    if work.utilization:
        return work.utilization.factor("utilization", f"{where}.utilization")
    return Factor("utilization", 1.0, "", role="decision")


def times(context: Context, work: Work) -> tuple[float, ...]:
    """Return how often a piece of work is done in each year."""
    if work.runs_per_year is not None:
        return (work.runs_per_year.central,) * len(context.years)
    year = context.years.index(work.year) if work.year is not None else 0
    often = work.repeats.central if work.repeats is not None else 1.0
    return tuple(often if i == year else 0.0 for i in range(len(context.years)))


def _given(work: Work, where: str, when: tuple[float, ...]) -> Iterator[Given]:
    """Yield the energy that a piece of work states."""
    for name, energy in (
        ("it_energy", work.it_energy),
        ("facility_energy", work.facility_energy),
    ):
        if energy is not None:
            node = energy.factor(name, f"{where}.{name}")
            yield Given("equipment", "given", node, when, name == "it_energy")


def _device_hours(context: Context, where: str, work: Work) -> Node | None:
    """Return the device-hours of a piece of work, done once: given, or as planned."""
    plans = context.scenario.plans
    if where in plans.training:
        return plans.training[where].program_hours
    if where in plans.answers:
        return plans.answers[where].device_hours
    given = work.device_hours or work.instance_hours
    if work.cores is not None:
        given = work.cores.core_hours
    if given is None:
        return None
    hours = given.factor("device_hours", f"{where}.hours")
    if given is not work.instance_hours or work.instance is None:
        return hours
    count = float(context.library.instance(work.instance).count)
    return product(
        "device_hours",
        "h",
        instance_hours=hours,
        devices=Factor("devices", count, "", role="decision"),
    )


def _spread(hours: Node | None, central: float) -> Node | None:
    """Return uncertain hours over their central value, or None where they are exact."""
    if hours is None or not central or _is_exact(hours):
        return None
    if isinstance(hours, Factor):
        relative = hours.distribution.scaled(1 / central)
        return Factor(
            "hours_spread",
            relative,
            "",
            identity=hours.identity,
            source=hours.source,
            quality=hours.quality,
        )
    inverse = Factor("central_hours", 1 / central, "1/h", role="decision")
    return product("hours_spread", "", device_hours=hours, per_central_hours=inverse)


def _is_exact(hours: Node) -> bool:
    return all(leaf.distribution.is_exact for leaf in factors(hours))


def _states(context: Context, where: str, work: Work) -> tuple[State, ...]:
    """Return what a planned run does in its hours: the final run, and development beside it."""
    answers = context.scenario.plans.answers.get(where)
    if answers is not None:
        power = answers.serving.device_power if work.power.busy is None else None
        from lca.subjects.services import serving_shares

        shares = serving_shares(answers.serving)
        return tuple(State(process, share, power) for process, share in shares.items())
    plan = context.scenario.plans.training.get(where)
    if plan is None:
        return ()
    power = plan.power if work.power.busy is None else None
    factor = plan.development_factor
    if factor is None:
        return (State("final run", _ALL, power),)
    final = apply(final_run_share, development_factor=factor)
    rest = apply(development_share, development_factor=factor)
    return (State("final run", final, power), State("development", rest, power))
