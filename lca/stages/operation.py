"""Operation: electricity of devices and hosts, the facility's overhead, losses, and water.

One utilization parameter divides powered time into busy and idle time; each has its own lines,
so that what idling costs is seen. PUE multiplies once, on lines of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lca.formulas.operation import loss_energy, overhead_energy
from lca.formulas.rates import (
    loss_footprint_rate,
    operation_footprint_rate,
    overhead_footprint_rate,
)
from lca.formulas.sharing import facility_power, idle_share
from lca.formulas.water import off_site_water_rate, on_site_water_rate
from lca.intensities.context import Context
from lca.intensities.power import Draw, device_draw, host_draw
from lca.ledger import Line
from lca.scenario.models import Work
from lca.stages.subjects import Subject, repeats
from lca.terms import Factor, Node, apply, product

Build = Callable[[Node, Node], Node]


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
        if isinstance(subject.use, Work) and (subject.use.it_energy or subject.use.facility_energy):
            yield from _energy_lines(context, subject, subject.use)
        elif subject.device is not None:
            yield from _device_lines(context, subject)


def _device_lines(context: Context, subject: Subject) -> Iterator[Line]:
    for load in _loads(context, subject):
        yield from _electricity(subject, load)
        yield from _flows(subject, load)
        if "water" in context.model.indicators:
            yield from _water(context, subject, load)
    for indicator in ("primary_energy", "adp_elements"):
        context.miss(
            indicator, "operation", f"electricity of {subject.site.region}", "no factor is packaged"
        )


def _loads(context: Context, subject: Subject) -> Iterator[Load]:
    if subject.device is None:
        return
    draws = [device_draw(context, subject.device, subject.use, subject.where)]
    host = host_draw(context, subject.host, subject.host_share, subject.use, subject.where)
    draws += [host] if host else []
    for draw in draws:
        yield from _states(draw, subject)


def _states(draw: Draw, subject: Subject) -> Iterator[Load]:
    busy = subject.utilization
    if busy.distribution.is_exact:
        share = busy.distribution.central
        yield Load(draw.component, "busy", draw.busy, None, tuple(h * share for h in subject.hours))
        yield Load(
            draw.component, "idle", draw.idle, None, tuple(h * (1 - share) for h in subject.hours)
        )
        return
    yield Load(draw.component, "busy", draw.busy, busy, subject.hours)
    yield Load(
        draw.component, "idle", draw.idle, apply(idle_share, utilization=busy), subject.hours
    )


def _line(
    subject: Subject,
    load: Load,
    indicator: str,
    basis: str,
    intensity: tuple[Node, ...],
    component: str = "",
) -> Line:
    scaled = (
        intensity if load.scale is None else tuple(_scaled(load.scale, node) for node in intensity)
    )
    return Line(
        subject.asset,
        component or load.component,
        "operation",
        load.process,
        str(subject.use.phase),
        indicator,
        subject.site.name,
        subject.site.region,
        basis,
        "device*h",
        scaled,
        load.hours,
        load.hours,
    )


def _scaled(share: Node, node: Node) -> Node:
    return product(node.name, node.unit, share=share, rate=node)


def _electricity(subject: Subject, load: Load) -> Iterator[Line]:
    site = subject.site
    for basis, grid in site.accounts.items():
        plain = tuple(
            apply(operation_footprint_rate, device_power=load.power, grid_intensity=g) for g in grid
        )
        yield _line(subject, load, "gwp100", basis, plain)
        over = tuple(
            apply(overhead_footprint_rate, device_power=load.power, pue=site.pue, grid_intensity=g)
            for g in grid
        )
        yield _line(subject, load, "gwp100", basis, over, "facility_overhead")
        if site.loss is not None:
            lost = tuple(
                apply(
                    loss_footprint_rate,
                    device_power=load.power,
                    pue=site.pue,
                    transmission_loss=site.loss,
                    grid_intensity=g,
                )
                for g in grid
            )
            yield _line(subject, load, "gwp100", basis, lost, "grid_losses")


def _flows(subject: Subject, load: Load) -> Iterator[Line]:
    yield _line(subject, load, "it_energy", "both", (load.power,))
    whole = apply(facility_power, device_power=load.power, pue=subject.site.pue)
    yield _line(subject, load, "facility_energy", "both", (whole,))


def _water(context: Context, subject: Subject, load: Load) -> Iterator[Line]:
    site = subject.site
    if site.wue is None:
        context.miss(
            "water",
            "operation",
            f"on-site water of {site.name}",
            "no WUE is known; give sites.*.wue",
        )
    else:
        yield _line(
            subject,
            load,
            "water",
            "both",
            (apply(on_site_water_rate, device_power=load.power, wue=site.wue),),
            "on_site_water",
        )
    if site.water is None:
        context.miss(
            "water", "operation", f"off-site water of {site.region}", "no factor for this region"
        )
    else:
        off = apply(
            off_site_water_rate,
            device_power=load.power,
            pue=site.pue,
            grid_water_intensity=site.water,
        )
        yield _line(subject, load, "water", "both", (off,), "off_site_water")


def _energy_lines(context: Context, subject: Subject, work: Work) -> Iterator[Line]:
    """Yield the lines of work whose energy is given: measured, published or modeled elsewhere."""
    site, given = subject.site, work.it_energy or work.facility_energy
    if given is None:
        return
    name = "it_energy" if work.it_energy is not None else "facility_energy"
    energy = given.factor(name, f"{subject.where}.{name}")
    year = context.years.index(work.year) if work.year is not None else 0
    once = tuple(repeats(work) if i == year else 0.0 for i in range(len(context.years)))
    load = Load("equipment", "given", energy, None, once)
    for basis, grid in site.accounts.items():
        for component, amount in _energies(site.pue, site.loss, energy, work.it_energy is not None):
            rates = tuple(
                product(component, "kgCO2e", energy=amount, grid_intensity=g) for g in grid
            )
            yield _line(subject, load, "gwp100", basis, rates, component)._replace(per="")
    yield from _energy_flows(subject, load, energy, work.it_energy is not None)


def _energies(
    pue: Factor, loss: Factor | None, energy: Factor, is_it: bool
) -> Iterator[tuple[str, Node]]:
    yield "equipment" if is_it else "facility", energy
    whole: Node = energy
    if is_it:
        over = apply(overhead_energy, it_energy=energy, pue=pue)
        yield "facility_overhead", over
        whole = product("facility_energy", "kWh", it_energy=energy, pue=pue)
    if loss is not None:
        yield "grid_losses", apply(loss_energy, facility_energy=whole, transmission_loss=loss)


def _energy_flows(subject: Subject, load: Load, energy: Factor, is_it: bool) -> Iterator[Line]:
    if is_it:
        yield _line(subject, load, "it_energy", "both", (energy,))._replace(per="")
        energy_of_facility: Node = product(
            "facility_energy", "kWh", it_energy=energy, pue=subject.site.pue
        )
    else:
        energy_of_facility = energy
    yield _line(subject, load, "facility_energy", "both", (energy_of_facility,))._replace(per="")
