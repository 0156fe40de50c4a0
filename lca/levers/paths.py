"""Where trials write: paths of a scenario, what stands there now, and why something cannot be tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lca.errors import InputError
from lca.levers import editing
from lca.levers.uses import Group, Use
from lca.scenario import Scenario
from lca.uncertain import exact
from lca.values import Value
from lca.workloads.levers import Trial


class NotPossibleError(InputError):
    """A trial cannot be made in this scenario: the message says why, and what would let it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a scenario.

    Attributes
    ----------
    label
        What is tried, such as ``batch x2``.
    patches
        Values by dotted path.
    caps
        Power limit over the highest limit, by the path of a training run.
    remarks
        What must be said of it.
    """

    label: str
    patches: Mapping[str, object] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Text that is equal for equal changes."""
        return repr((sorted(self.patches.items(), key=repr), sorted(self.caps.items())))


def label_of(trial: Trial, value: str) -> str:
    """Return what is tried in words: ``batch x2``."""
    return f"{trial.name.replace('_', ' ')} {value}"


def nothing(*trials: Trial) -> str:
    """Say that a scenario has nothing that trials could change."""
    places = dict.fromkeys(path for trial in trials for path in trial.paths)
    return f"it says nothing at {' or '.join(places)}, so there is nothing to run again"


def paths_of(trial: Trial, group: Group) -> Iterator[tuple[Use, str]]:
    """Yield the paths of a trial that lead into the uses of a group."""
    for use in group.uses:
        for pattern in trial.paths:
            section, _, rest = pattern.split(".", 2)
            name = _entry_name(use, section)
            if name and (section not in {"fleet", "services", "work"} or _leads(use.entry, rest)):
                yield use, f"{section}.{name}.{rest}"


def written(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Write at the paths of a trial: a value, or what stands there times or plus it."""
    patches = {}
    for use, path in paths_of(trial, group):
        if trial.name in _MEASURED_AGAINST:
            refuse_given_power(use)
        patches[path] = new_value(scenario, trial, value, path)
    return Change(label_of(trial, value), patches, remarks=(trial.note,) if trial.note else ())


_MEASURED_AGAINST = ("batch", "precision", "devices")
"""What power that is given was measured with: it would not follow a change."""


def _entry_name(use: Use, section: str) -> str:
    if section == "sites":
        return use.entry.site
    return use.name if section == use.kind else ""


def _leads(entry: object, rest: str) -> bool:
    """Whether what a path runs through is there; its last step may be missing."""
    *inner, last = rest.split(".")
    for step in inner:
        entry = getattr(entry, step, None)
    return entry is not None and hasattr(entry, last)


def new_value(scenario: Scenario, trial: Trial, value: str, path: str) -> object:
    """Return what a trial writes at a path: the value, or what stands there times or plus it."""
    if not editing.is_relative(value):
        return value
    raw, known = editing.raw_at(scenario.data, path), value_at(scenario, path)
    ratio, planned = editing.times(value), _planned(scenario)
    if raw is None and ratio is not None and path in planned:
        return repr(round(planned[path] * ratio))
    if raw is None or known is None:
        message = f"{path} is not given, so there is nothing to start from; try a value of your own: --try {trial.name}=VALUE"
        raise NotPossibleError(message)
    return editing.edited(raw, known, value)


def value_at(scenario: Scenario, path: str) -> Value | None:
    """Return the value at a path as read, or None."""
    section, name, rest = path.split(".", 2)
    found: Any = getattr(scenario.model, section)[name]
    for step in rest.split("."):
        found = getattr(found, step, None)
    if isinstance(found, int):
        return Value(exact(float(found)), "")
    return found if isinstance(found, Value) else None


def _planned(scenario: Scenario) -> dict[str, int]:
    """Return what plans of services chose where the scenario may leave it out, by path."""
    plans = scenario.plans.services
    return {f"{where}.devices_per_replica": p.devices_per_replica for where, p in plans.items()}


def refuse_given_power(use: Use) -> None:
    """Refuse a change that power given by the user would not follow."""
    if use.entry.power.busy is not None:
        message = f"{use.where}.power.busy is given and would not follow the change; write an option with the power that belongs to it"
        raise NotPossibleError(message)
