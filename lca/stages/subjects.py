"""What the stages account for: a fleet or a piece of work, with its device, host and site.

Both are brought to one form, so that each stage is written once: an activity in device-hours
and devices, per year, and the records behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lca.intensities.context import Context, default
from lca.intensities.sites import SitePower
from lca.library.models import Device, Instance, Server
from lca.scenario.models import Fleet, Work
from lca.sources import Quality
from lca.stages.cohorts import Activity, embodied_activity, service_activity
from lca.terms import Factor, Node
from lca.values import Value
from lca.vocabulary import HOURS_PER_YEAR


@dataclass(frozen=True, slots=True)
class State:
    """What a device does in a part of its hours.

    Attributes
    ----------
    process
        What it is called in results, such as ``prefill``.
    share
        Share of the hours switched on.
    power
        Power of the accelerator (kW); the usual idle or busy power where None.
    is_idle
        Whether the host idles, too.
    year
        Position of the only year it holds for; every year where None.
    """

    process: str
    share: Node
    power: Node | None = None
    is_idle: bool = False
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Energy that is known as such: measured elsewhere, published, or of a network or store.

    Attributes
    ----------
    energy
        Per unit of ``amounts`` (kWh); ``is_it`` tells IT energy from facility energy.
    amounts
        Activity, per year.
    """

    component: str
    process: str
    energy: Node
    amounts: tuple[float, ...]
    is_it: bool = True


@dataclass(frozen=True, slots=True)
class Equipment:
    """What draws power beside devices and hosts, such as drives: power (kW) and hours per year."""

    component: str
    process: str
    power: Node
    hours: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Goods:
    """Things beside devices and hosts that are made for a purpose, such as drives.

    Attributes
    ----------
    footprint
        Of manufacture, per unit of activity (kgCO2e).
    bought, spread
        Activity per year in the two views: when bought, and over their life.
    """

    component: str
    process: str
    footprint: Node
    bought: tuple[float, ...]
    spread: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A fleet or work entry with everything it refers to.

    Attributes
    ----------
    asset
        Its name in the scenario; ``where`` is its dotted path.
    use
        The entry as written.
    hours
        Device-hours switched on, per year.
    utilization
        Share of those hours with work.
    host_share
        Share of the host that one device uses.
    purchases
        For a fleet: activities that carry manufacture and transport; None for work.
    service
        For a fleet: activities of all devices that serve; None for work.
    hours_spread
        For work whose hours are uncertain: their values over their central value.
    states
        What a device does in its hours, where that is more than busy or idle.
    given
        Energies that are known as such.
    equipment
        What draws power beside devices and hosts.
    goods
        Things beside devices and hosts that are made for it.
    hardware_missing
        Why no hardware is known, where there is more to say than that it is not named.
    delivers
        What a device-hour provides where a model says so: kind of unit to one rate, or one a year.
    """

    asset: str
    where: str
    use: Fleet | Work
    device: Device | None
    host: Server | None
    host_share: Factor
    site: SitePower
    hours: tuple[float, ...]
    utilization: Factor
    purchases: Activity | None = None
    service: Activity | None = None
    hours_spread: Node | None = None
    states: tuple[State, ...] = ()
    given: tuple[Given, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    goods: tuple[Goods, ...] = ()
    hardware_missing: str = ""
    delivers: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)


def subjects(context: Context) -> Iterator[Subject]:
    """Yield every fleet and every piece of work of the scenario."""
    for name, fleet in context.model.fleet.items():
        yield _fleet(context, name, fleet)
    for name, work in context.model.work.items():
        yield _work(context, name, work)


def _fleet(context: Context, name: str, fleet: Fleet) -> Subject:
    where = f"fleet.{name}"
    device = context.library.device(fleet.device)
    host, share = _host(context, device, fleet.host, where)
    powered = 1.0 if fleet.powered is None else fleet.powered.central
    service = service_activity(fleet, context.years)
    hours = tuple(x * HOURS_PER_YEAR * powered for x in service.device_years)
    for decided in ("lifetime", "lifetime_hours", "powered"):
        _warn_decision(context, where, decided, getattr(fleet, decided))
    if fleet.embodied == "sunk":
        context.warn(f"{where}: what was emitted before the decision is sunk and left out")
    return Subject(
        name,
        where,
        fleet,
        device,
        host,
        share,
        context.site(fleet.site),
        hours,
        _utilization(context, fleet, where),
        embodied_activity(fleet, context.years),
        service,
    )


def _utilization(context: Context, fleet: Fleet, where: str) -> Factor:
    # one identity for the whole scenario where it is an assumption, one per fleet where it is given
    own = fleet.utilization or fleet.serves.utilization
    given = own or context.model.assumptions.utilization
    identity = f"{where}.utilization" if own else "assumptions.utilization"
    found = default("utilization", given, identity)
    if given is None:
        low, mode, high = (f"{share:.0%}" for share in found.distribution.parameters)
        used = f"the default is used ({low} to {high}, mode {mode})"
        context.warn(f"{where} has no utilization: {used}")
    return found


def _host(
    context: Context, device: Device, asked: str | None, where: str
) -> tuple[Server | None, Factor]:
    name = asked if asked is not None else device.host
    none = Factor("host_share", 0.0, "", role="decision")
    if context.model.assumptions.boundary == "module" or name == "none":
        return None, none
    if not name:
        context.miss(
            "gwp100",
            "manufacture",
            f"host of {device.id}",
            "no host of this device is known; name one with host:",
        )
        return None, none
    host = context.library.server(name)
    slots = device.host_slots if asked is None and device.host_slots else host.accelerator_slots
    if not slots:
        context.miss(
            "gwp100",
            "manufacture",
            f"host {name}",
            "it has no accelerator slots: a share cannot be formed",
        )
        return None, none
    return host, Factor(
        "host_share",
        1 / slots,
        "",
        source=host.source,
        quality=Quality.DECLARED,
        note=f"one of {slots} accelerators of {name}",
    )


def _work(context: Context, name: str, work: Work) -> Subject:
    where = f"work.{name}"
    device_name, host_name, per_instance = work.device, work.host, 1
    if work.instance is not None:
        instance = context.library.instance(work.instance)
        device_name, per_instance = instance.device, instance.count
        host_name = work.host or instance.host or None
    device = context.library.device(device_name) if device_name else None
    host, share = (
        _host(context, device, host_name, where)
        if device
        else (None, Factor("host_share", 0.0, ""))
    )
    if host is not None and work.instance is not None and work.host is None:
        share = _instance_share(context.library.instance(work.instance), share)
    hours = _work_hours(work, per_instance)
    when = times(context, work)
    series = tuple(hours * often for often in when)
    busy = (
        work.utilization.factor("utilization", f"{where}.utilization")
        if work.utilization
        else Factor("utilization", 1.0, "", role="decision")
    )
    _warn_decision(context, where, "repeats", work.repeats)
    return Subject(
        name,
        where,
        work,
        device,
        host,
        share,
        context.site(work.site),
        series,
        busy,
        hours_spread=_hours_spread(work, where),
        given=tuple(_given(work, where, when)),
    )


def times(context: Context, work: Work) -> tuple[float, ...]:
    """Return how often a piece of work is done in each year."""
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


def _instance_share(instance: Instance, by_slots: Factor) -> Factor:
    """Return one device's share of the host by what the instance type states, else by slots."""
    if instance.host_share is None:
        return by_slots
    stated = instance.host_share.central
    if stated / instance.count == by_slots.distribution.central:
        return by_slots
    return Factor(
        "host_share",
        stated / instance.count,
        "",
        identity=f"{instance.id}/host_share",
        source=instance.source,
        quality=Quality.DECLARED,
        note=f"{instance.name} has {stated:.0%} of a host for {instance.count} accelerators",
    )


def _work_hours(work: Work, per_instance: int) -> float:
    """Return the device-hours of a piece of work at their central value, done once."""
    if work.device_hours is not None:
        hours = work.device_hours.central
    elif work.instance_hours is not None:
        hours = work.instance_hours.central * per_instance
    else:
        hours = 0.0
    return hours


def _hours_spread(work: Work, where: str) -> Factor | None:
    """Return uncertain hours over their central value, or None where they are exact."""
    given = work.device_hours or work.instance_hours
    if given is None or given.distribution.is_exact:
        return None
    relative = given.distribution.scaled(1 / given.central)
    return Factor("hours_spread", relative, "", identity=given.identity or f"{where}.hours")


def _warn_decision(context: Context, where: str, name: str, given: Value | None) -> None:
    """Say so where a decision is written as a distribution: decisions are never sampled."""
    if given is not None and not given.distribution.is_exact:
        context.warn(f"{where}.{name} is a decision and is not sampled: its central value is used")
