"""Trials that change machines or models: another device, another model, a smaller one."""

from __future__ import annotations

from lca.levers.paths import (
    Change,
    NotPossibleError,
    label_of,
    nothing,
    paths_of,
    refuse_given_power,
    written,
)
from lca.levers.uses import Group, Use
from lca.scenario import Scenario
from lca.scenario.models import Fleet, Service, Work
from lca.scenario.service_models import Answers
from lca.workloads.levers import Trial

_REPLICAS = "a replica gets the fewest devices whose memory holds it"


def device(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Move uses to another device; replicas become as large as its memory asks for."""
    patches: dict[str, object] = {}
    for use in group.uses:
        refuse_given_power(use)
        if isinstance(use.entry, Fleet):
            _refuse_given_work(use, use.entry)
            patches[f"{use.where}.device"] = value
        elif isinstance(use.entry, Service):
            patches[f"{use.where}.device"] = value
            patches[f"{use.where}.devices_per_replica"] = None
        elif use.entry.train is not None or use.entry.answer is not None:
            patches |= _work_device(scenario, use, use.entry, value)
    sized = any(path.endswith("devices_per_replica") for path in patches)
    return Change(label_of(trial, value), patches, remarks=(_REPLICAS,) if sized else ())


def _refuse_given_work(use: Use, fleet: Fleet) -> None:
    """Refuse to change the device where what it does is given, or not known at all."""
    given = fleet.serves.throughput or fleet.serves.requests or fleet.serves.record
    said = (
        "what a busy device delivers is given for this device"
        if given
        else "nothing says how many devices do the same work"
    )
    message = f"{use.where}: {said}; write an option with the devices that the work needs"
    raise NotPossibleError(message)


def _work_device(scenario: Scenario, use: Use, work: Work, value: str) -> dict[str, object]:
    patches: dict[str, object] = {}
    if work.instance:
        patches[f"{use.where}.instance"] = _instance(scenario, work.instance, value)
    else:
        patches[f"{use.where}.device"] = value
    if work.answer is not None and work.answer.devices_per_replica:
        patches[f"{use.where}.answer.devices_per_replica"] = None
    return patches


def _instance(scenario: Scenario, current: str, device: str) -> str:
    """Return the instance of the same provider that has a device, that of the nearest size."""
    library = scenario.library
    if device in library.ids("instance"):
        return device
    old = library.instance(current)
    maker = current.split("-", maxsplit=1)[0]
    found = [library.instance(one) for one in library.ids("instance")]
    fit = [one for one in found if one.device == device and one.id.split("-")[0] == maker]
    if not fit:
        message = f"{maker} has no instance with {device} (lca list instance)"
        raise NotPossibleError(message)
    return min(fit, key=lambda one: (abs(one.count - old.count), one.id)).id


def model(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Answer with another model: one of the scenario, or a preset."""
    is_known = value in scenario.model.models
    name = value if is_known else value.replace(".", "-")
    patches: dict[str, object] = {} if is_known else {f"models.{name}": {"preset": value}}
    paths = list(paths_of(trial, group))
    for use, path in paths:
        refuse_given_power(use)
        patches[path] = name
        patches[path.rsplit(".", 1)[0] + ".devices_per_replica"] = None
    if not paths:
        raise NotPossibleError(nothing(trial))
    return Change(label_of(trial, value), patches, remarks=(trial.note, _REPLICAS))


def output_tokens(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Make answers longer, for as many requests as before."""
    for use in group.uses:
        entry = use.entry
        fixed = (
            entry.demand.tokens if isinstance(entry, Service) else getattr(entry, "tokens", None)
        )
        if fixed is not None:
            message = (
                f"{use.where} says tokens, so longer answers would be fewer answers; say requests"
            )
            raise NotPossibleError(message)
    return written(scenario, trial, value, group)


def parameters(scenario: Scenario, trial: Trial, value: str, group: Group) -> Change:
    """Make the models that a group answers with as large as said."""
    del scenario
    names = {asked.model for use in group.uses if (asked := _asked(use)) is not None}
    patches: dict[str, object] = {f"models.{name}": {"parameters": value} for name in sorted(names)}
    return Change(label_of(trial, value), patches)


def _asked(use: Use) -> Answers | None:
    if isinstance(use.entry, Service):
        return use.entry
    return use.entry.answer if isinstance(use.entry, Work) else None
