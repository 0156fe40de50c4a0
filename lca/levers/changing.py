"""How a lever's trial changes a scenario: each kind of trial in its own way, then checked afresh."""

from __future__ import annotations

from collections.abc import Callable

from lca.levers import caps, machines, places
from lca.levers.paths import Change, NotPossibleError, nothing, written
from lca.levers.uses import Group
from lca.scenario import Scenario
from lca.workloads.levers import Trial

Maker = Callable[[Scenario, Trial, str, Group], Change]

_MAKERS: dict[str, Maker] = {
    "region": places.region,
    "pue": places.pue,
    "contract": places.contract,
    "powered": places.powered,
    "lifetime": places.lifetime,
    "device": machines.device,
    "student": machines.model,
    "sparse_model": machines.model,
    "parameters": machines.parameters,
    "output_tokens": machines.output_tokens,
    "cap": caps.cap,
    "least_energy_cap": caps.cap,
}
"""Trials that do more than write at their paths."""


def change(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Return the change that a trial makes to the uses of a group.

    Raises
    ------
    NotPossibleError
        If there is nothing to change, or what is given would no longer hold.
    InputError
        If the value cannot be read.
    """
    made = _MAKERS.get(trial.name, written)(scenario, trial, value, group)
    if not made.patches and not made.caps:
        raise NotPossibleError(nothing(trial))
    return made


def changed(scenario: Scenario, made: Change) -> Scenario:
    """Return the scenario with a change, checked and planned afresh.

    Raises
    ------
    InputError
        If the scenario refuses the change: a model does not fit, or there is no such thing.
    """
    name = f"{scenario.name} with {made.label}"
    found = scenario.patch(made.patches, name) if made.patches else scenario
    return caps.capped(found, made.caps, name) if made.caps else found
