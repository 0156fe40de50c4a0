"""Costs: purchase, electricity, rent, and a price on carbon where one is set.

Cost is money of the scenario's currency, on lines of the stage that it is paid in; the process says
what is paid for. Rented machines have electricity and hardware inside their rent. The present value
stands on lines of its own, whose activities are discounted: intensities stay prices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lca.intensities.context import Context
from lca.intensities.prices import (
    NoPriceError,
    carbon_prices,
    device_price,
    electricity_prices,
    host_price,
    rent,
)
from lca.ledger import PRICED, Line, Missing
from lca.scenario.models import Fleet, Work
from lca.scenario.price_models import Prices
from lca.stages import end_of_life, manufacture, operation, operation_given, transport
from lca.stages.parts import Part, embodied_line
from lca.subjects.discounting import present
from lca.subjects.hosting import warn_decision
from lca.subjects.subject import Subject
from lca.terms import Factor, Node, product

_NO_HOURS = "it has no hours; give device_hours or instance_hours"
_EMITTING = (manufacture, transport, operation, operation_given, end_of_life)


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of cost; none without prices."""
    prices = context.model.prices
    if prices is None:
        for indicator in PRICED:
            context.miss(
                indicator, "operation", "prices", "none are given; add prices to the scenario"
            )
        return
    if prices.discount is None:
        context.miss("present_cost", "operation", "discount rate", "give prices.discount")
    warn_decision(context, "prices", "discount", prices.discount)
    for subject in subjects:
        for line in _cost_lines(context, prices, subject):
            yield line
            if prices.discount is not None:
                yield present(line, subject, context.years, prices.discount.central)


def _cost_lines(context: Context, prices: Prices, subject: Subject) -> Iterator[Line]:
    yield from _paid(context, prices, subject)
    if prices.carbon is not None:
        try:
            price = context.once(("carbon_prices",), lambda: carbon_prices(context, prices))
        except NoPriceError as error:
            _miss(context, "operation", "price of emissions", str(error))
        else:
            yield from _carbon(context, subject, price)


def _miss(context: Context, stage: str, what: str, reason: str) -> None:
    """Keep a missing price, whether cost is asked for by name or not: prices are given."""
    context.missing[Missing("cost", stage, what, reason)] = None


def _paid(context: Context, prices: Prices, subject: Subject) -> Iterator[Line]:
    use = subject.use
    if isinstance(use, Work) and use.ownership == "cloud" and _has_machines(use):
        yield from _rent(context, prices, subject, use)
        return
    yield from _purchase(context, prices, subject)
    yield from _electricity(context, prices, subject)


def _has_machines(work: Work) -> bool:
    """Whether work needs machines that somebody lets; energy that is given as such does not."""
    return bool(work.device or work.instance or work.cores or work.store or work.transfer)


def _rent(context: Context, prices: Prices, subject: Subject, work: Work) -> Iterator[Line]:
    if work.embodied == "sunk":
        context.warn(f"{subject.where}: rent counts in full, although its hardware is sunk")
    instance = context.library.instance(work.instance) if work.instance else None
    device = subject.device.id if subject.device else None
    try:
        if device is None:
            msg = "no rent of cores, drives or networks can be given"
            raise NoPriceError(msg)
        if not any(subject.hours):
            raise NoPriceError(_NO_HOURS)
        hourly = rent(prices, work.instance, instance.count if instance else 1, device)
    except NoPriceError as error:
        _miss(context, "operation", f"rent of {subject.where}", str(error))
        return
    if subject.hours_spread is not None:
        hourly = product("rent", hourly.unit, rent=hourly, hours_spread=subject.hours_spread)
    yield _line(subject, "accelerator", "rental", "device*h", (hourly,), subject.hours)


def _purchase(context: Context, prices: Prices, subject: Subject) -> Iterator[Line]:
    for goods in subject.goods:
        _miss(
            context, "manufacture", f"{goods.component} of {subject.where}", "no price can be given"
        )
    for component, name, share, ask in _bought(prices, subject):
        try:
            node = ask()
        except NoPriceError as error:
            if not _is_sunk(subject):
                _miss(context, "manufacture", f"purchase of {name}", str(error))
            continue
        if isinstance(subject.use, Work) and not any(subject.hours):
            _miss(context, "manufacture", f"purchase of {name} for {subject.where}", _NO_HOURS)
            continue
        part = Part(component, name, None, share, None)
        # booked and spread as manufacture is
        line = embodied_line(context, subject, part, "manufacture", "purchase", node, "cost")
        if line is not None:
            yield line


def _is_sunk(subject: Subject) -> bool:
    if subject.purchases is not None:
        return not any((*subject.purchases.bought, *subject.purchases.shares))
    return subject.use.embodied == "sunk"


def _bought(
    prices: Prices, subject: Subject
) -> Iterator[tuple[str, str, Factor | None, Callable[[], Node]]]:
    """Yield component, name, share and price of what a subject buys."""
    device, host, where = subject.device, subject.host, subject.where
    own = subject.use.price if isinstance(subject.use, Fleet) else None
    if device is not None:
        yield (
            "accelerator",
            device.id,
            None,
            lambda: device_price(prices, device.id, own, where),
        )
    if host is not None:
        yield "host", host.id, subject.host_share, lambda: host_price(prices, host.id)


def _electricity(context: Context, prices: Prices, subject: Subject) -> Iterator[Line]:
    """Yield what electricity costs, line by line of facility energy: the meter is the facility's."""
    drawn = [line for line in _energy(context, subject) if line.indicator == "facility_energy"]
    if not drawn:
        return
    try:
        price = electricity_prices(context, prices, subject.site)
    except NoPriceError as error:
        _miss(context, "operation", f"electricity of {subject.site.name}", str(error))
        return
    for line in drawn:
        (amount,) = line.intensity
        nodes = _priced(context, "electricity_cost", price, (amount,), line.per)
        yield line._replace(process="electricity", indicator="cost", intensity=nodes)


def _energy(context: Context, subject: Subject) -> Iterator[Line]:
    yield from operation.lines(context, [subject])
    yield from operation_given.lines(context, [subject])


def _carbon(context: Context, subject: Subject, price: tuple[Node, ...]) -> Iterator[Line]:
    """Yield what the price on carbon makes of every line of emissions, credits included."""
    for stage in _EMITTING:
        for line in stage.lines(context, [subject]):
            if line.indicator == "gwp100":
                nodes = _priced(context, "carbon_cost", price, line.intensity, line.per)
                yield line._replace(process="carbon", indicator="cost", intensity=nodes)


def _priced(
    context: Context, name: str, price: tuple[Node, ...], amounts: tuple[Node, ...], per: str
) -> tuple[Node, ...]:
    """Return amounts times their price, year by year; lines of equal amounts share the result."""
    key = (name, price, amounts)
    return context.once(key, lambda: _multiplied(name, price, amounts, per))


def _multiplied(
    name: str, price: tuple[Node, ...], amounts: tuple[Node, ...], per: str
) -> tuple[Node, ...]:
    currency = price[0].unit.partition("/")[0]
    unit = currency if per in {"", "device"} else f"{currency}/h"
    years = max(len(set(price)), 1) > 1 or len(amounts) > 1
    last = len(amounts) - 1
    count = len(price) if years else 1
    return tuple(
        product(name, unit, price=price[i], amount=amounts[min(i, last)]) for i in range(count)
    )


def _line(
    subject: Subject,
    component: str,
    process: str,
    per: str,
    intensity: tuple[Node, ...],
    activity: tuple[float, ...],
) -> Line:
    return Line(
        subject.asset,
        component,
        "operation",
        process,
        str(subject.use.phase),
        "cost",
        subject.site.name,
        subject.site.region,
        "both",
        per,
        intensity,
        activity,
        activity,
    )
