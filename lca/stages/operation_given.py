"""Operation of which the energy is given: measured, published, of a network or a store.

IT energy gets the facility's overhead once; facility energy has it inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lca.formulas.operation import loss_energy, overhead_energy
from lca.formulas.water import on_site_water
from lca.intensities.context import Context
from lca.intensities.sites import SitePower
from lca.ledger import Line
from lca.stages.operation import Rate, operation_line
from lca.subjects.subject import Given, Subject
from lca.terms import Node, apply, product


def lines(context: Context, subjects: Sequence[Subject]) -> Iterator[Line]:
    """Yield the lines of energies that are given."""
    for subject in subjects:
        for given in subject.given:
            for rate in _rates(context, subject.site, given):
                yield operation_line(subject, rate, given.process, given.amounts, "")


def _rates(context: Context, site: SitePower, given: Given) -> Iterator[Rate]:
    energy = whole = given.energy
    if given.is_it:
        whole = product("facility_energy", "kWh", it_energy=energy, pue=site.pue)
        yield Rate("it_energy", "both", given.component, (energy,))
    yield Rate("facility_energy", "both", given.component, (whole,))
    for basis, grid in site.accounts.items():
        for component, amount in _energies(site, given, whole):
            rates = tuple(
                product(component, "kgCO2e", energy=amount, grid_intensity=g) for g in grid
            )
            yield Rate("gwp100", basis, component, rates)
    if "water" in context.model.indicators:
        yield from _water(context, site, given, whole)


def _energies(site: SitePower, given: Given, whole: Node) -> Iterator[tuple[str, Node]]:
    yield (
        given.component if given.is_it else _FACILITY.get(given.component, given.component),
        given.energy,
    )
    if given.is_it:
        yield "facility_overhead", apply(overhead_energy, it_energy=given.energy, pue=site.pue)
    if site.loss is not None:
        lost = apply(loss_energy, facility_energy=whole, transmission_loss=site.loss)
        yield "grid_losses", lost


def _water(context: Context, site: SitePower, given: Given, whole: Node) -> Iterator[Rate]:
    if site.wue is None or not given.is_it:
        reason = (
            "WUE counts IT energy, and facility energy is given"
            if not given.is_it
            else "no WUE is known"
        )
        context.miss("water", "operation", f"on-site water of {site.name}", reason)
    else:
        water = apply(on_site_water, it_energy=given.energy, wue=site.wue)
        yield Rate("water", "both", "on_site_water", (water,))
    if site.water is None:
        context.miss(
            "water", "operation", f"off-site water of {site.region}", "no factor for this region"
        )
    else:
        node = product(
            "off_site_water", "L", facility_energy=whole, grid_water_intensity=site.water
        )
        yield Rate("water", "both", "off_site_water", (node,))


_FACILITY = {"equipment": "facility"}
"""What energy with the overhead inside belongs to."""
