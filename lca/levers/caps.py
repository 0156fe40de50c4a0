"""Trials that cap the power of planned training: time and power follow from measured traces."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from lca import units
from lca.levers.paths import Change, NotPossibleError, refuse_given_power
from lca.levers.uses import Group
from lca.scenario import Scenario
from lca.scenario.training_plans import device_of
from lca.terms import product
from lca.workloads import levers
from lca.workloads.levers import Trial
from lca.workloads.levers_power_cap import best_cap, effect

_ANY_SLOWDOWN = 1e9


def cap(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Cap the power of planned training: time and power follow from measured traces."""
    slowdown = _ANY_SLOWDOWN if trial.name == "least_energy_cap" else None
    caps: dict[str, float] = {}
    remarks: list[str] = []
    for use in group.uses:
        if use.where not in scenario.plans.training:
            message = f"{use.where}: device-hours are given, and no trace says how a cap lengthens them; plan the run with work.*.train"
            raise NotPossibleError(message)
        refuse_given_power(use)
        family = family_of(scenario, use.where)
        best = best_cap(family) if slowdown is None else best_cap(family, slowdown)
        caps[use.where] = best if value == "best" else units.parse(value, "")
        remarks += effect(family, caps[use.where]).remarks
    label = "cap " + ", ".join(sorted({f"{cap:.0%}" for cap in caps.values()}))
    return Change(f"{label} of the limit", caps=caps, remarks=tuple(dict.fromkeys(remarks)))


def capped(scenario: Scenario, caps: Mapping[str, float], name: str) -> Scenario:
    """Return the scenario with planned training runs at a power limit.

    Energy and time of a draw are of one traced job, so hours and power move together.
    """
    training = dict(scenario.plans.training)
    for where, limit in caps.items():
        ratios = effect(family_of(scenario, where), limit)
        plan = training[where]
        hours = product("device_hours", "h", uncapped=plan.device_hours, ratio=ratios.time)
        power = product("device_power", "kW", uncapped=plan.power, ratio=ratios.power)
        training[where] = dataclasses.replace(plan, device_hours=hours, power=power)
    plans = dataclasses.replace(scenario.plans, training=training)
    return dataclasses.replace(scenario, name=name, plans=plans)


def family_of(scenario: Scenario, where: str) -> str:
    """Return the family of the device of a piece of work."""
    work = scenario.model.work[where.removeprefix("work.")]
    return levers.family(device_of(work, scenario.library).id, scenario.library)
