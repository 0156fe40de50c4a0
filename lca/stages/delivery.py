"""Delivery: the functional units that a scenario provides, as lines beside the footprint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lca.intensities.context import Context, default
from lca.intensities.power import cited
from lca.ledger import Line
from lca.scenario.functional_unit import FunctionalUnit
from lca.scenario.models import Work
from lca.stages import operation, operation_given
from lca.subjects.subject import Subject
from lca.subjects.work import times
from lca.terms import Factor, Node, product
from lca.vocabulary import HOURS_PER_YEAR

_GIVEN = {"tokens": "tokens", "requests": "requests", "runs": "runs", "flop_useful": "flop"}


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield one line per subject and functional unit that it provides."""
    for unit in context.scenario.functional_units:
        found = [line for subject in subjects for line in _lines(context, subject, unit)]
        if not found:
            context.warn(f'nothing in the scenario provides "{unit.text}"{_advice(unit)}')
        yield from found


def _advice(unit: FunctionalUnit) -> str:
    hints = {
        "tokens": "give fleet.*.serves.throughput or work.*.tokens",
        "requests": "give fleet.*.serves.requests or work.*.requests",
        "runs": "give work.*.runs",
        "flop_delivered": "give serves.hardware_flop_utilization",
        "flop_useful": "give serves.flop_utilization or work.*.flop",
    }
    return f": {hints[unit.kind]}" if unit.kind in hints else ""


def _lines(context: Context, subject: Subject, unit: FunctionalUnit) -> Iterator[Line]:
    if isinstance(subject.use, Work) and unit.kind in _GIVEN:
        node = _amount(context, subject, subject.use, unit)
        if node is not None:
            yield _line(subject, unit, "", (node,), times(context, subject.use))
            return
    if unit.kind == "it_energy":
        yield from _energy(context, subject, unit)
        return
    if unit.kind == "devices":
        if subject.service is not None:
            yield _line(subject, unit, "device", (_one("device"),), subject.service.bought)
        return
    if unit.kind in subject.delivers:
        yield _line(subject, unit, "device*h", subject.delivers[unit.kind], subject.hours)
        return
    rate = _rate(context, subject, unit)
    if rate is not None and subject.hours_spread is not None:
        rate = product(rate.name, rate.unit, rate=rate, hours_spread=subject.hours_spread)
    if rate is not None:
        yield _line(subject, unit, "device*h", (rate,), subject.hours)


def _amount(context: Context, subject: Subject, work: Work, unit: FunctionalUnit) -> Node | None:
    """Return what a piece of work delivers each time it is done: as stated, or as planned."""
    name = _GIVEN[unit.kind]
    stated = getattr(work, name)
    if stated is not None:
        known: Node = stated.factor(unit.kind, f"{subject.where}.{name}")
        return known
    answers = context.scenario.plans.answers.get(subject.where)
    if answers is not None and unit.kind == "tokens":
        return answers.tokens
    plan = context.scenario.plans.training.get(subject.where)
    if plan is not None and unit.kind == "runs":
        return _one("run")
    return plan.flop if plan is not None and unit.kind == "flop_useful" else None


def _energy(context: Context, subject: Subject, unit: FunctionalUnit) -> Iterator[Line]:
    """Yield the IT energy of a subject as what it delivers."""
    found = (*operation.lines(context, [subject]), *operation_given.lines(context, [subject]))
    for line in found:
        if line.indicator == "it_energy":
            amounts = tuple(amount / unit.amount for amount in line.spread)
            yield line._replace(
                component="delivery",
                process="delivered",
                indicator=f"unit:{unit.text}",
                inventory=amounts,
                spread=amounts,
            )


def _one(unit: str) -> Factor:
    return Factor("one", 1.0, unit, role="decision")


def _rate(context: Context, subject: Subject, unit: FunctionalUnit) -> Node | None:
    """Return what one device-hour provides, in the unit's canonical unit."""
    serves = subject.use.serves
    if unit.kind == "device_time":
        return Factor("device_time", 1 / HOURS_PER_YEAR, "year/h", role="decision")
    if unit.kind == "tokens" and serves.throughput is not None:
        return _busy(
            subject,
            serves.throughput.factor("throughput", f"{subject.where}.serves.throughput"),
            "token/h",
        )
    if unit.kind == "requests" and serves.requests is not None:
        return _busy(
            subject,
            serves.requests.factor("request_rate", f"{subject.where}.serves.requests"),
            "request/h",
        )
    if unit.kind.startswith("flop_"):
        return _flop(context, subject, unit)
    return None


def _busy(subject: Subject, rate: Node, unit: str) -> Node:
    return product("delivered", unit, rate=rate, utilization=subject.utilization)


def _flop(context: Context, subject: Subject, unit: FunctionalUnit) -> Node | None:
    device, serves = subject.device, subject.use.serves
    peak = device.peak.rates().get(str(serves.precision)) if device else None
    if device is None or peak is None:
        name = device.id if device else subject.where
        context.warn(f"{name} has no {serves.precision} peak rate: it provides no {unit.text}")
        return None
    rate = cited(peak, device).factor("peak_rate", f"{device.id}/peak/{serves.precision}")
    if unit.kind == "flop_peak":
        return rate
    if unit.kind == "flop_delivered":
        share = serves.hardware_flop_utilization
        if share is None:
            return None
        achieved = share.factor(
            "hardware_flop_utilization", f"{subject.where}.serves.hardware_flop_utilization"
        )
        return product(
            "delivered", "flop/h", rate=rate, utilization=subject.utilization, achieved=achieved
        )
    stated = serves.flop_utilization or context.model.assumptions.flop_utilization
    achieved = default("flop_utilization", stated, "flop_utilization")
    return product(
        "delivered", "flop/h", rate=rate, utilization=subject.utilization, achieved=achieved
    )


def _line(
    subject: Subject,
    unit: FunctionalUnit,
    per: str,
    rates: tuple[Node, ...],
    amounts: tuple[float, ...],
) -> Line:
    scaled = tuple(amount / unit.amount for amount in amounts)
    return Line(
        subject.asset,
        "delivery",
        "operation",
        "delivered",
        str(subject.use.phase),
        f"unit:{unit.text}",
        subject.site.name,
        subject.site.region,
        "both",
        per,
        rates,
        scaled,
        scaled,
    )
