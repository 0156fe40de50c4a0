"""Devices and hosts of a subject as things that are made, moved and scrapped.

A fleet buys devices; a piece of work uses a share of a device's life. Both are brought to
intensities per unit of one activity, so that each stage is written once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lca.formulas.sharing import hourly_footprint
from lca.intensities.context import Context, default, occupancy
from lca.intensities.embodied import Embodied, NotApplicableError, choose
from lca.intensities.hosts import choose_host, host_mass
from lca.intensities.masses import device_mass
from lca.ledger import Line
from lca.library.models import Device, Server
from lca.scenario.models import Fleet, Work
from lca.subjects.cohorts import Activity
from lca.subjects.subject import Goods, Subject
from lca.terms import Factor, Node, Term, multiply, product
from lca.values import Value
from lca.vocabulary import HOURS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Part:
    """A device, or one device's share of a host: what making it takes, and its mass."""

    component: str
    name: str
    embodied: Embodied | None
    share: Factor | None
    mass: Factor | None

    def scaled(self, node: Node) -> Node:
        """Return a whole part's intensity for one device: hosts are shared."""
        return (
            node
            if self.share is None
            else product(node.name, node.unit, host_share=self.share, whole=node)
        )


def asked_indicators(context: Context) -> tuple[str, ...]:
    """Return the indicators with factors per part: emissions always, others where asked for."""
    asked = context.model.indicators
    return ("gwp100", *(name for name in ("primary_energy", "adp_elements") if name in asked))


def parts(context: Context, subject: Subject) -> Iterator[Part]:
    """Yield the device and the host share of a subject; fleets of one device share them."""
    device, host, given = subject.device, subject.host, subject.use.mass
    if device is not None and given is None:
        yield context.once(("part", device.id), lambda: _device_part(context, subject))
    elif device is not None:
        yield _device_part(context, subject)
    if host is not None:
        key = ("part", host.id, subject.host_share)
        yield context.once(key, lambda: _host_part(context, subject))


def _device_part(context: Context, subject: Subject) -> Part:
    device = subject.device
    if device is None:
        msg = f"{subject.where} has no device"
        raise LookupError(msg)
    mass = device_mass(device, subject.use.mass)
    return Part("accelerator", device.id, _device(context, subject), None, mass)


def _host_part(context: Context, subject: Subject) -> Part:
    host = subject.host
    if host is None:
        msg = f"{subject.where} has no host"
        raise LookupError(msg)
    return Part("host", host.id, _host(context, subject), subject.host_share, host_mass(host))


def _device(context: Context, subject: Subject) -> Embodied | None:
    if subject.device is None:
        return None
    try:
        found = _chosen_device(subject.device, subject.use.mass, context)
    except NotApplicableError as error:
        context.miss(
            "gwp100",
            "manufacture",
            subject.device.id,
            f"{context.embodied_model}: {error}; and no published figure",
        )
        return None
    if found.fallback:
        context.fall_back(found.fallback)
    if found.boundary != "module":
        context.warn(
            f"{subject.device.id}: the {found.model} model covers the {found.boundary} only, "
            "less than a module with its board, cooling and share of a baseboard"
        )
    return found


def _host(context: Context, subject: Subject) -> Embodied | None:
    if subject.host is None:
        return None
    try:
        found = _chosen_host(subject.host, context)
    except NotApplicableError as error:
        context.miss("gwp100", "manufacture", subject.host.id, str(error))
        return None
    if found.fallback:
        context.fall_back(found.fallback)
    return found


def _chosen_device(device: Device, mass: Value | None, context: Context) -> Embodied:
    library, model = context.library, context.embodied_model
    if mass is not None:
        return choose(device, library, model, mass)
    return library.once(("device", device.id, model), lambda: choose(device, library, model))


def _chosen_host(host: Server, context: Context) -> Embodied:
    library, model = context.library, context.embodied_model
    return library.once(("host", host.id, model), lambda: choose_host(host, library, model))


def embodied_line(
    context: Context,
    subject: Subject,
    part: Part,
    stage: str,
    process: str,
    node: Node,
    indicator: str = "gwp100",
) -> Line | None:
    """Return a line of something that happens once in a device's life.

    For a fleet, the activity is devices bought (or scrapped); for work, the share of a device's life
    that its hours use. Returns None where the work's hardware is sunk.
    """
    whole = context.once(("scaled", part.share, node), lambda: (part.scaled(node),))
    if subject.purchases is not None and subject.service is not None:
        before_use = stage in {"manufacture", "transport"}
        happened = subject.purchases if before_use else subject.service
        when = happened.bought if before_use else happened.scrapped
        spread = _spread(context, subject, happened, when)
        return _line(subject, part, stage, process, indicator, "device", whole, when, spread)
    if not isinstance(subject.use, Work) or subject.use.embodied == "sunk":
        return None
    hourly = (_hourly(subject.use, subject, whole[0]),)
    return _line(
        subject, part, stage, process, indicator, "device*h", hourly, subject.hours, subject.hours
    )


def goods_line(context: Context, subject: Subject, goods: Goods) -> Line:
    """Return the line of making things beside devices; how they are moved and scrapped is not known."""
    for stage in ("transport", "end_of_life"):
        context.miss(
            "gwp100", stage, f"{goods.component} of {subject.where}", "no mass is packaged"
        )
    part = Part(goods.component, goods.process, None, None, None)
    when = goods.spread if context.model.assumptions.amortize != "up_front" else goods.bought
    node = (goods.footprint,)
    return _line(
        subject, part, "manufacture", goods.process, "gwp100", "", node, goods.bought, when
    )


def _spread(
    context: Context, subject: Subject, happened: Activity, when: tuple[float, ...]
) -> tuple[float, ...]:
    """Return devices times the share of their life that each year bears.

    ``by_hours`` divides the hours of work by ``lifetime_hours``; without those, use is taken as even
    over the years, which is the straight line.
    """
    rule = context.model.assumptions.amortize
    if rule == "up_front":
        return when
    hours = subject.use.lifetime_hours if isinstance(subject.use, Fleet) else None
    if rule == "straight_line" or hours is None:
        return happened.shares
    powered = (
        subject.use.powered.central
        if isinstance(subject.use, Fleet) and subject.use.powered
        else 1.0
    )
    busy = HOURS_PER_YEAR * powered * subject.utilization.distribution.central
    lives = (
        busy * subject.use.lifetime.central / hours.central if isinstance(subject.use, Fleet) else 0
    )
    if lives > 1:
        context.warn(
            f"{subject.where}: its work uses up {lives:.1f} times its lifetime_hours within its "
            "lifetime, and bears as much manufacture; shorten lifetime or raise lifetime_hours"
        )
    return tuple(years * busy / hours.central for years in happened.device_years)


def _hourly(work: Work, subject: Subject, node: Node) -> Term:
    """Return the share of a device's life that one hour of work bears."""
    inputs = {
        "manufacture_footprint": node,
        "lifetime": default("cloud_lifetime", work.lifetime, f"{subject.where}.lifetime"),
        "powered_time_per_year": Factor(
            "powered_time_per_year", HOURS_PER_YEAR, "h/year", role="decision"
        ),
        "occupancy": occupancy(work, subject.where),
    }
    hourly = Term(node.name, hourly_footprint, inputs, f"{node.unit}/h")
    if subject.hours_spread is None:
        return hourly
    return Term(node.name, multiply, {"rate": hourly, "spread": subject.hours_spread}, hourly.unit)


def _line(  # one line has this many labels
    subject: Subject,
    part: Part,
    stage: str,
    process: str,
    indicator: str,
    per: str,
    intensity: tuple[Node, ...],
    when: tuple[float, ...],
    spread: tuple[float, ...],
) -> Line:
    return Line(
        subject.asset,
        part.component,
        stage,
        process,
        str(subject.use.phase),
        indicator,
        subject.site.name,
        subject.site.region,
        "both",
        per,
        intensity,
        when,
        spread,
    )
