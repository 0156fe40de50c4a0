"""Plans: what training and answering need, predicted where it is not measured.

A plan is made when a scenario is checked, so that a model that does not fit its devices is told
with file and line; the stages then turn plans into lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from lca.errors import InputError, Problem
from lca.library import Library
from lca.library.models import Device
from lca.scenario.models import ScenarioModel, Work
from lca.scenario.patching import Patched
from lca.scenario.service_models import Model
from lca.terms import Factor, Node, product
from lca.values import Value
from lca.workloads import training
from lca.workloads.ai_models import AIModel, describe

Where = tuple[str, ...]
Plan = TypeVar("Plan")


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """A training run.

    Attributes
    ----------
    device_hours, flop
        Device-hours (h) and model FLOPs of the final run.
    power
        Power of a training accelerator (kW), where the scenario gives none.
    development_factor
        Compute of the whole program over that of the final run, or None.
    remarks
        What must be said of it.
    """

    device_hours: Node
    flop: Node
    power: Node
    development_factor: Factor | None = None
    remarks: tuple[str, ...] = ()

    @property
    def program_hours(self) -> Node:
        """Device-hours of the whole program."""
        if self.development_factor is None:
            return self.device_hours
        return product(
            "program_hours", "h", final_run=self.device_hours, factor=self.development_factor
        )


@dataclass(frozen=True)
class Plans:
    """All plans of a scenario, by the dotted path of the entry they belong to."""

    models: Mapping[str, AIModel] = field(default_factory=dict)
    training: Mapping[str, TrainingPlan] = field(default_factory=dict)

    def remarks(self) -> tuple[str, ...]:
        """Return what must be said of the plans."""
        found = [
            f"{where}: {remark}" for where, plan in self.training.items() for remark in plan.remarks
        ]
        return tuple(dict.fromkeys(found))


def make_plans(
    model: ScenarioModel, text: Patched, library: Library
) -> tuple[Plans, list[Problem]]:
    """Return the plans of a scenario, and what is wrong with those that cannot be made.

    The model may be incomplete: an entry with mistakes of its own gets no plan.
    """
    desk = _Desk(text)
    models = {}
    for name, entry in (model.models or {}).items():
        found = desk.make(("models", name), partial(ai_model, name, entry))
        if found is not None:
            models[name] = found
    runs = {}
    for name, work in (model.work or {}).items():
        if work.train is not None and work.train.model in models:
            ai = models[work.train.model]
            make = partial(_train, f"work.{name}", work, ai, library)
            plan = desk.make(("work", name, "train"), make)
            if plan is not None:
                runs[f"work.{name}"] = plan
    return Plans(models, runs), desk.problems


@dataclass
class _Desk:
    """Makes plans and keeps what is wrong, at its place in the file."""

    text: Patched
    problems: list[Problem] = field(default_factory=list)

    def make(self, where: Where, plan: Callable[[], Plan]) -> Plan | None:
        try:
            return plan()
        except InputError as error:
            for one in error.problems:
                path = (*where, *one.path.split(".")) if one.path else where
                self.problems.append(self.text.problem(path, one.message))
            return None
        except LookupError as error:
            self.problems.append(self.text.problem(where, str(error.args[0])))
            return None


def ai_model(name: str, entry: Model) -> AIModel:
    """Return an AI model of a scenario: a preset, or one by counts and shape."""
    if entry.preset and not (entry.parameters or entry.architecture):
        return describe(entry.preset)
    shape = entry.architecture
    return describe(
        entry.name or name,
        parameters=entry.parameters.central if entry.parameters else None,
        active_parameters=entry.active_parameters.central if entry.active_parameters else None,
        architecture=shape.model_dump() if shape else None,
    )


def _train(where: str, work: Work, ai: AIModel, library: Library) -> TrainingPlan:
    asked, device = work.train, device_of(work, library)
    if asked is None:
        msg = f"{where} is no training"
        raise LookupError(msg)
    how: dict[str, Any] = {"method": str(asked.method), "recompute": asked.recompute}
    for name in ("flop_utilization", "step_flop_utilization"):
        given: Value | None = getattr(asked, name)
        if given is not None:
            how[name] = given.factor(name, f"{where}.train.{name}")
    if asked.adapter_parameters is not None:
        how["adapter_parameters"] = asked.adapter_parameters.central
    if asked.sequence is not None:
        how["sequence"] = asked.sequence.central
    tokens = asked.tokens.factor("training_tokens", f"{where}.train.tokens")
    run = training.TrainingRun(ai, tokens, device, str(asked.precision), **how)
    given = asked.development_factor
    factor = (
        given.factor("development_factor", f"{where}.train.development_factor") if given else None
    )
    remarks = training.remarks(run) + (() if factor else (_NO_DEVELOPMENT,))
    return TrainingPlan(run.device_hours, run.work, training.busy_power(device), factor, remarks)


_NO_DEVELOPMENT = (
    "development runs are not inside; give train.development_factor "
    "(published programs took 1.5 to 5.6 times the final run)"
)


def device_of(work: Work, library: Library) -> Device:
    """Return the device that does a piece of work."""
    name = library.instance(work.instance).device if work.instance else work.device
    return library.device(str(name))
