"""Fleets as subjects: devices that are bought, serve at a site, and are scrapped."""

from __future__ import annotations

from lca.intensities.context import Context, default
from lca.scenario.models import Fleet
from lca.subjects.cohorts import embodied_activity, service_activity
from lca.subjects.coming import improved_states
from lca.subjects.hosting import host_of, warn_decision
from lca.subjects.subject import Subject
from lca.terms import Factor
from lca.vocabulary import HOURS_PER_YEAR


def fleet_subject(context: Context, name: str, fleet: Fleet) -> Subject:
    """Return a fleet with everything it refers to."""
    where = f"fleet.{name}"
    device = context.library.device(fleet.device)
    host, share = host_of(context, device, fleet.host)
    powered = 1.0 if fleet.powered is None else fleet.powered.central
    service = service_activity(fleet, context.years)
    hours = tuple(x * HOURS_PER_YEAR * powered for x in service.device_years)
    for decided in ("lifetime", "lifetime_hours", "powered"):
        warn_decision(context, where, decided, getattr(fleet, decided))
    if fleet.embodied == "sunk":
        context.warn(f"{where}: what was emitted before the decision is sunk and left out")
    used = _utilization(context, fleet, where)
    return Subject(
        name,
        where,
        fleet,
        device,
        host,
        share,
        context.site(fleet.site),
        hours,
        used,
        embodied_activity(fleet, context.years),
        service,
        states=tuple(improved_states(fleet, where, used, context.years)),
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
