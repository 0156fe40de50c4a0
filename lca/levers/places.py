"""Trials that change where and when: regions, overhead, contracts, hours switched on."""

from __future__ import annotations

import dataclasses

from lca import units
from lca.levers import editing
from lca.levers.paths import Change, NotPossibleError, label_of, paths_of, value_at, written
from lca.levers.uses import Group
from lca.scenario import Scenario
from lca.scenario.models import Fleet
from lca.workloads.levers import Trial


def region(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Move the sites of a group; a grid of the user's own would not move with them."""
    patches: dict[str, object] = {}
    for _, path in paths_of(trial, group):
        site = scenario.model.sites[path.split(".")[1]]
        if site.grid is not None:
            message = f"{path.rsplit('.', 1)[0]}.grid is given and would not follow the region; take it out or write an option"
            raise NotPossibleError(message)
        if site.region != value:
            patches[path] = value
    if not patches:
        message = f"it runs in {value} already"
        raise NotPossibleError(message)
    return Change(label_of(trial, value), patches)


def provider(region: str) -> str:
    """Return the provider of a cloud region, such as ``aws``; "" for a place."""
    return region.partition(":")[0] if ":" in region else ""


def pue(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Lower the overhead of sites; one that is lower already is left as it is."""
    made = written(scenario, trial, value, group)
    if editing.is_relative(value):
        return made
    known = {path: value_at(scenario, path) for path in made.patches}
    patches = {
        path: value
        for path in made.patches
        if (found := known[path]) is None or found.central > units.parse(value, "")
    }
    if not patches:
        message = f"the PUE is {value} or lower already"
        raise NotPossibleError(message)
    return dataclasses.replace(made, patches=patches)


def contract(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Buy the electricity of sites under a contract, in place of contracts that they have."""
    del scenario
    patches = {path: {**dict(trial.beside), "share": value} for _, path in paths_of(trial, group)}
    kind = dict(trial.beside)
    label = f"{kind['source']} {kind['kind']} for {value}"
    remark = "location-based account and energy do not change"
    return Change(label, patches, remarks=(remark,))


def lifetime(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Use devices longer; where they are not bought again, a unit must tell how much more they do."""
    made = written(scenario, trial, value, group)
    kept = any(getattr(use.entry, "replace", True) is False for use in group.uses)
    if kept and not scenario.model.functional_unit:
        message = "devices are not bought again (replace: no), so a longer life does more work, and no functional unit tells how much; give one, such as device year"
        raise NotPossibleError(message)
    return made


def powered(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Switch devices off for a part of the time; the same work then fills more of the rest."""
    ratio = editing.times(value)
    patches: dict[str, object] = {}
    for use, path in paths_of(trial, group):
        entry = use.entry
        if not isinstance(entry, Fleet):
            continue
        if entry.utilization is None:
            message = f"{use.where}.utilization is not given: without it nobody knows what is idle"
            raise NotPossibleError(message)
        before = entry.powered.central if entry.powered else 1.0
        after = before * ratio if ratio is not None else units.parse(value, "")
        patches[path] = repr(after)
        raw = editing.raw_at(scenario.data, f"{use.where}.utilization")
        patches[f"{use.where}.utilization"] = editing.scaled(raw, before / after, "")
    return Change(label_of(trial, value), patches)
