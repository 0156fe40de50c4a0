"""Operation: electricity of devices and hosts, the facility's overhead, losses, and water.

One utilization parameter divides powered time into busy and idle time; each has its own lines,
so that what idling costs is seen. PUE multiplies once, on lines of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lca.formulas.rates import (
    loss_footprint_rate,
    operation_footprint_rate,
    overhead_footprint_rate,
)
from lca.formulas.sharing import facility_power, idle_share, unsold_hours
from lca.formulas.water import off_site_water_rate, on_site_water_rate
from lca.intensities.context import Context, occupancy
from lca.intensities.power import Draw, device_draw, host_draw
from lca.intensities.sites import SitePower
from lca.ledger import Line
from lca.scenario.models import DevicePower, Work
from lca.subjects.subject import State, Subject
from lca.terms import Node, Term, apply, product


@dataclass(frozen=True, slots=True)
class Rate:
    """What an hour of a load means for one indicator, account and component: an intensity a year."""

    indicator: str
    basis: str
    component: str
    intensity: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """Power with the hours it is drawn for: ``scale`` is an uncertain share of those hours."""

    component: str
    process: str
    power: Node
    scale: Node | None
    hours: tuple[float, ...]


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of operation."""
    for subject in subjects:
        for load in _loads(context, subject):
            for rate in _rates(context, subject.site, load):
                yield operation_line(subject, rate, load.process, load.hours, "device*h")


def _loads(context: Context, subject: Subject) -> Iterator[Load]:
    device, host, use = subject.device, subject.host, subject.use
    for one in subject.equipment:
        yield Load(one.component, one.process, one.power, None, one.hours)
    if device is None or subject.given:
        return
    if use.power == DevicePower():
        own = context.once(("draw", device.id), lambda: device_draw(context, device, use, ""))
    else:
        own = device_draw(context, device, use, subject.where)
    if use.host_power is None:
        name = host.id if host else ""
        shared = context.once(
            ("draw", name, subject.host_share),
            lambda: host_draw(context, host, subject.host_share, use, ""),
        )
    else:
        shared = host_draw(context, host, subject.host_share, use, subject.where)
    for draw in (own, shared):
        if draw is not None:
            yield from _states(draw, subject)
            yield from _unsold(draw, subject)


def _states(draw: Draw, subject: Subject) -> Iterator[Load]:
    if subject.states:
        yield from (_state(draw, subject, state) for state in subject.states)
        return
    busy, hours, spread = subject.utilization, subject.hours, subject.hours_spread
    if busy.distribution.is_exact:
        share = busy.distribution.central
        yield Load(draw.component, "busy", draw.busy, spread, tuple(h * share for h in hours))
        rest = tuple(h * (1 - share) for h in hours)
        yield Load(draw.component, "idle", draw.idle, spread, rest)
        return
    idle = apply(idle_share, utilization=busy)
    yield Load(draw.component, "busy", draw.busy, _both(busy, spread), hours)
    yield Load(draw.component, "idle", draw.idle, _both(idle, spread), hours)


def _state(draw: Draw, subject: Subject, state: State) -> Load:
    own = state.power if draw.component == "accelerator" else None
    power = own or (draw.idle if state.is_idle else draw.busy)
    hours = tuple(h if state.year in {None, i} else 0.0 for i, h in enumerate(subject.hours))
    share = state.share if draw.component == "accelerator" else state.host_share or state.share
    scale = _both(share, subject.hours_spread)
    return Load(draw.component, state.process, power, scale, hours)


def _unsold(draw: Draw, subject: Subject) -> Iterator[Load]:
    """Yield the idle hours that work on shared machines bears; a sunk device's are not its own."""
    work = subject.use
    if not isinstance(work, Work) or work.embodied == "sunk":
        return
    used = occupancy(work, subject.where)
    share = _both(apply(unsold_hours, occupancy=used), subject.hours_spread)
    yield Load(draw.component, "unsold", draw.idle, share, subject.hours)


def _both(share: Node, spread: Node | None) -> Node:
    if spread is None:
        return share
    return product("share", "", share=share, hours_spread=spread)


def operation_line(
    subject: Subject, rate: Rate, process: str, activity: tuple[float, ...], per: str
) -> Line:
    """Return the line of a rate; operation is booked and spread alike."""
    return Line(
        subject.asset,
        rate.component,
        "operation",
        process,
        str(subject.use.phase),
        rate.indicator,
        subject.site.name,
        subject.site.region,
        rate.basis,
        per,
        rate.intensity,
        activity,
        activity,
    )


def _rates(context: Context, site: SitePower, load: Load) -> tuple[Rate, ...]:
    """Return the rates of a load; loads of equal power at one site share them."""
    key = ("rates", site.name, load.component, load.power, load.scale)
    return context.once(
        key, lambda: tuple(_scaled(load, r) for r in _make_rates(context, site, load))
    )


def _scaled(load: Load, rate: Rate) -> Rate:
    scale = load.scale
    if scale is None:
        return rate
    nodes = tuple(product(n.name, n.unit, share=scale, rate=n) for n in rate.intensity)
    return replace(rate, intensity=nodes)


def _make_rates(context: Context, site: SitePower, load: Load) -> Iterator[Rate]:
    for basis, grid in site.accounts.items():
        yield from _electricity(site, load, basis, grid)
    yield Rate("it_energy", "both", load.component, (load.power,))
    whole = apply(facility_power, device_power=load.power, pue=site.pue)
    yield Rate("facility_energy", "both", load.component, (whole,))
    if "water" in context.model.indicators:
        yield from _water(context, site, load.power)
    for indicator in ("primary_energy", "adp_elements"):
        what = f"electricity of {site.region}"
        context.miss(indicator, "operation", what, "no factor is packaged")


def _electricity(site: SitePower, load: Load, basis: str, grid: tuple[Node, ...]) -> Iterator[Rate]:
    power, pue, loss = load.power, site.pue, site.loss
    plain = tuple(
        apply(operation_footprint_rate, device_power=power, grid_intensity=g) for g in grid
    )
    yield Rate("gwp100", basis, load.component, plain)
    over = tuple(
        apply(overhead_footprint_rate, device_power=power, pue=pue, grid_intensity=g) for g in grid
    )
    yield Rate("gwp100", basis, "facility_overhead", over)
    if loss is None:
        return
    inputs: dict[str, Node] = {"device_power": power, "pue": pue, "transmission_loss": loss}
    lost = tuple(
        Term("loss_footprint_rate", loss_footprint_rate, inputs | {"grid_intensity": g})
        for g in grid
    )
    yield Rate("gwp100", basis, "grid_losses", lost)


def _water(context: Context, site: SitePower, power: Node) -> Iterator[Rate]:
    if site.wue is None:
        what = f"on-site water of {site.name}"
        context.miss("water", "operation", what, "no WUE is known; give sites.*.wue")
    else:
        on_site = apply(on_site_water_rate, device_power=power, wue=site.wue)
        yield Rate("water", "both", "on_site_water", (on_site,))
    if site.water is None:
        what = f"off-site water of {site.region}"
        context.miss("water", "operation", what, "no factor for this region")
    else:
        inputs: dict[str, Node] = {"device_power": power, "pue": site.pue}
        inputs["grid_water_intensity"] = site.water
        off_site = Term("off_site_water_rate", off_site_water_rate, inputs)
        yield Rate("water", "both", "off_site_water", (off_site,))
