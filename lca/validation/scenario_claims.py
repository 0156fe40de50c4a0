"""A scenario and its evaluated ledger as claims, so that the checks of published figures read them.

Each fleet, service and piece of work makes two claims: what is given of its use (device-hours,
power, energies), and what was computed of it (energies, emissions, water). The scenario as a whole
makes a third: its total and its stages. Central estimates throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lca.evaluation import evaluate
from lca.intensities.context import Context
from lca.intensities.power import host_draw
from lca.inventory import choose_model
from lca.subjects import subjects
from lca.terms import Draws, Node
from lca.validation.checks_claims import Claims
from lca.validation.quantities import Known

if TYPE_CHECKING:
    from lca.ledger import Ledger
    from lca.library.models import Device
    from lca.scenario import Scenario
    from lca.subjects.subject import Given, Subject

__all__ = ["Use", "claims_of_scenario", "uses"]

Sums = Mapping[tuple[str, ...], float]
_CENTRAL = Draws(0, 0)
_GIVEN = {True: "energy_it", False: "energy_facility"}
_WATER = {"on_site_water": "water_onsite", "off_site_water": "water_offsite"}


@dataclass(frozen=True, slots=True)
class Use:
    """One fleet, service or piece of work with the central numbers that checks need.

    Attributes
    ----------
    subject : Subject
        What it is.
    device_hours : float
        Over the whole period (h).
    rated : float or None
        Rated power of device and host share (kW); None where either is not known.
    power : float or None
        Mean power of device and host share while switched on (kW), where the scenario states it.
    energies : mapping of str to float
        Energies of the ledger, ``it_energy`` and ``facility_energy`` (kWh).
    """

    subject: Subject
    device_hours: float
    rated: float | None
    power: float | None
    energies: Mapping[str, float]

    @property
    def where(self) -> str:
        """Its dotted path in the scenario."""
        return self.subject.where

    @property
    def device(self) -> Device | None:
        """Its accelerator, None where none is named."""
        return self.subject.device


def central(node: Node) -> float:
    """Return the central value of a node."""
    return float(_CENTRAL.array(node)[0])


def claims_of_scenario(scenario: Scenario) -> tuple[tuple[Use, ...], tuple[Claims, ...]]:
    """Return the uses of a scenario, and what it says and computes as claims.

    Parameters
    ----------
    scenario
        One option, loaded.
    """
    ledger = evaluate(scenario, samples=0)
    context = Context(scenario, choose_model([scenario]))
    found = tuple(uses(context, ledger))
    given = [claim for use in found for claim in _given(context, use)]
    stages = _by(ledger, "gwp100", "asset", "stage")
    water = _by(ledger, "water", "asset", "component")
    computed = [_computed(context, use, stages, water) for use in found]
    return found, (*given, *computed, _whole(ledger))


def uses(context: Context, ledger: Ledger) -> Iterator[Use]:
    """Yield every fleet, service and piece of work with its central numbers."""
    rows = {name: _by(ledger, name, "asset") for name in ("it_energy", "facility_energy")}
    for subject in subjects(context):
        energies = {name: found.get((subject.asset,), 0.0) for name, found in rows.items()}
        hours = sum(subject.hours)
        shared = host_draw(context, subject.host, subject.host_share, subject.use, subject.where)
        busy = 0.0 if shared is None else central(shared.busy)
        yield Use(subject, hours, _rated(subject, busy), _stated(subject, busy), energies)


def _by(ledger: Ledger, indicator: str, *labels: str) -> dict[tuple[str, ...], float]:
    rows = ledger.by(*labels, indicator=indicator)
    return {row.labels: row.estimate.central for row in rows}


def _rated(subject: Subject, host: float) -> float | None:
    if subject.device is None or subject.device.power.tdp is None:
        return None
    return subject.device.power.tdp.central + host


def _stated(subject: Subject, host: float) -> float | None:
    """Return mean power of a device with its host where the scenario states it, else None."""
    power, used = subject.use.power, subject.utilization.distribution.central
    if power.busy is None or (used < 1 and power.idle is None):
        return None
    idle = 0.0 if power.idle is None else power.idle.central
    return power.busy.central * used + idle * (1 - used) + host


def _known(name: str, value: float, unit: str) -> Known:
    return Known(name, value, unit=unit)


def _knowns(*found: tuple[str, float | None, str]) -> dict[str, Known]:
    return {name: _known(name, value, unit) for name, value, unit in found if value is not None}


def _given(context: Context, use: Use) -> Iterator[Claims]:
    """Yield what is given of a use: energies against device-hours and powers.

    Energies of networks and drives are no device's, so they are left out.
    """
    energies = [one for one in use.subject.given if one.component == "equipment"]
    for one in energies:
        inputs = _inputs(use, use.power)
        yield _claims(use, inputs, {_GIVEN[one.is_it]: _energy(one)}, context)
    if not energies and use.energies["it_energy"]:
        printed = _known("energy_it", use.energies["it_energy"], "kWh")
        yield _claims(use, _inputs(use, None), {"energy_it": printed}, context)


def _energy(one: Given) -> Known:
    return _known(_GIVEN[one.is_it], central(one.energy) * sum(one.amounts), "kWh")


def _inputs(use: Use, power: float | None) -> dict[str, Known]:
    hours = use.device_hours or None
    return _knowns(
        ("device_hours", hours, "hour"),
        ("device_tdp", use.rated, "kW"),
        ("avg_system_power_per_device", power, "kW"),
        ("pue", use.subject.site.pue.distribution.central, ""),
    )


def _claims(
    use: Use, inputs: dict[str, Known], printed: dict[str, Known], context: Context
) -> Claims:
    site = context.model.sites[use.subject.site.name]
    assumed = frozenset() if site.pue is not None else frozenset({"pue"})
    return Claims(use.where, inputs, printed, assumed=assumed, where=use.where)


def _computed(context: Context, use: Use, stages: Sums, water: Sums) -> Claims:
    """Return what was computed of a use: emissions and water behind its energies."""
    asset, site = use.subject.asset, use.subject.site
    inputs = _knowns(
        ("energy_facility", use.energies["facility_energy"] or None, "kWh"),
        ("energy_it", use.energies["it_energy"] or None, "kWh"),
        ("pue", site.pue.distribution.central, ""),
        ("wue", None if site.wue is None else central(site.wue), "L/kWh"),
        ("ewif", None if site.water is None else central(site.water), "L/kWh"),
    )
    printed = _knowns(("co2e_location_based", stages.get((asset, "operation")), "kg"))
    if use.energies["it_energy"]:
        for component, name in _WATER.items():
            printed |= _knowns((name, water.get((asset, component)), "L"))
    return _claims(use, inputs, printed, context)


def _whole(ledger: Ledger) -> Claims:
    """Return the total of a scenario and its stages, which are its parts."""
    total = _known("footprint_total", ledger.total().central, "kg")
    stages = _by(ledger, "gwp100", "stage")
    parts = {f"footprint_{name}": _known(f"footprint_{name}", amount, "kg") for (name,), amount in stages.items()}  # fmt: skip
    return Claims(ledger.name, {}, {"footprint_total": total, **parts}, where="scenario")
