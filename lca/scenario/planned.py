"""Plans: what training and answering need, predicted where it is not measured.

A plan is made when a scenario is checked, so that a model that does not fit its devices is told
with file and line; what is accounted for then takes its hours and powers from the plans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lca.errors import InputError, Problem
from lca.library import Library
from lca.scenario.models import ScenarioModel, Work
from lca.scenario.patching import Patched
from lca.scenario.service_models import Answers, Model, Train

if TYPE_CHECKING:
    from lca.scenario.answer_plans import AnswerPlan
    from lca.scenario.training_plans import TrainingPlan
    from lca.workloads.ai_models import AIModel
    from lca.workloads.service_plan import ServicePlan

PLANNED_FROM = frozenset({"models", "work", "services", "period"})
"""Parts of a scenario that plans are made from: what changes elsewhere leaves them as they are."""

Where = tuple[str, ...]
Plan = TypeVar("Plan")


@dataclass(frozen=True)
class Plans:
    """All plans of a scenario, by the dotted path of the entry they belong to."""

    training: Mapping[str, TrainingPlan] = field(default_factory=dict)
    answers: Mapping[str, AnswerPlan] = field(default_factory=dict)
    services: Mapping[str, ServicePlan] = field(default_factory=dict)

    def remarks(self) -> tuple[str, ...]:
        """Return what must be said of the plans."""
        remarks = {where: plan.remarks for where, plan in self.training.items()}
        remarks |= {where: plan.remarks for where, plan in self.answers.items()}
        remarks |= {where: plan.remarks for where, plan in self.services.items()}
        return tuple(f"{where}: {said}" for where, every in remarks.items() for said in every)


def make_plans(
    model: ScenarioModel, text: Patched, library: Library, *, complete: bool = True
) -> tuple[Plans, list[Problem]]:
    """Return the plans of a scenario, and what is wrong with those that cannot be made.

    Of a scenario that is not ``complete``, having mistakes already, only the AI models are checked.
    """
    desk = _Desk(text)
    known: dict[str, AIModel] = {}
    for name, entry in (model.models or {}).items():
        if entry and (entry.preset or entry.parameters or entry.architecture):
            desk.put(known, name, ("models", name), partial(ai_model, name, entry))
    if not known or not complete:
        return Plans(), desk.problems
    plans = Plans(
        _training(model, known, library, desk),
        _answers(model, known, library, desk),
        _services(model, known, library, desk),
    )
    return plans, desk.problems


def _training(
    model: ScenarioModel, known: Mapping[str, AIModel], library: Library, desk: _Desk
) -> dict[str, TrainingPlan]:
    from lca.scenario.training_plans import training_plan

    return _works("train", training_plan, model, known, library, desk)


def _answers(
    model: ScenarioModel, known: Mapping[str, AIModel], library: Library, desk: _Desk
) -> dict[str, AnswerPlan]:
    if not any(work.answer for work in model.work.values()):
        return {}
    from lca.scenario.answer_plans import answer_plan

    return _works("answer", answer_plan, model, known, library, desk)


def _works(
    way: str,
    plan: Callable[[str, Work, AIModel, Library], Plan],
    model: ScenarioModel,
    known: Mapping[str, AIModel],
    library: Library,
    desk: _Desk,
) -> dict[str, Plan]:
    """Return the plans of all work that is done one way: ``train`` or ``answer``."""
    made: dict[str, Plan] = {}
    for name, work in model.work.items():
        asked: Train | Answers | None = getattr(work, way)
        if asked is not None and asked.model in known:
            where = f"work.{name}"
            make = partial(plan, where, work, known[asked.model], library)
            desk.put(made, where, ("work", name, way), make)
    return made


def _services(
    model: ScenarioModel, known: Mapping[str, AIModel], library: Library, desk: _Desk
) -> dict[str, ServicePlan]:
    made: dict[str, ServicePlan] = {}
    for name, entry in model.services.items():
        if entry.model in known:
            from lca.scenario.answer_plans import plan_of_service

            where, ai, years = f"services.{name}", known[entry.model], len(model.years)
            key = (where, repr(entry), ai, library, years)
            make = partial(plan_of_service, where, entry, ai, library, years)
            desk.put(made, where, ("services", name), partial(_once, key, make))
    return made


_PLANNED: dict[tuple[object, ...], object] = {}
_MOST_PLANNED = 64


def _once(key: tuple[object, ...], make: Callable[[], Plan]) -> Plan:
    """Return a plan made before for the same entry: options are checked, then evaluated."""
    if key not in _PLANNED:
        found = make()
        if len(_PLANNED) >= _MOST_PLANNED:
            _PLANNED.pop(next(iter(_PLANNED)))
        _PLANNED[key] = found
    kept: Any = _PLANNED[key]
    return cast("Plan", kept)


@dataclass
class _Desk:
    """Keeps what is made, and what is wrong at its place in the file."""

    text: Patched
    problems: list[Problem] = field(default_factory=list)

    def put(self, kept: dict[str, Plan], name: str, where: Where, make: Callable[[], Plan]) -> None:
        """Keep what is made under a name, or why it cannot be made."""
        try:
            kept[name] = make()
        except InputError as error:
            for one in error.problems:
                path = (*where, *one.path.split(".")) if one.path else where
                self.problems.append(self.text.problem(path, one.message))
        except LookupError as error:
            self.problems.append(self.text.problem(where, str(error.args[0])))


def ai_model(name: str, entry: Model) -> AIModel:
    """Return an AI model of a scenario: a preset, or one by counts and shape.

    A name says which measured model it is, also of a preset; counts and shape replace a preset's.
    """
    from lca.workloads.ai_models import describe, preset

    known = preset(entry.preset) if entry.preset else None
    if known is not None and not (entry.parameters or entry.architecture):
        active = entry.active_parameters.central if entry.active_parameters else None
        changed = known.active_parameters if active is None else active
        return replace(known, name=entry.name or known.name, active_parameters=changed)
    shape = entry.architecture
    return describe(
        entry.name or name,
        parameters=entry.parameters.central if entry.parameters else None,
        active_parameters=entry.active_parameters.central if entry.active_parameters else None,
        architecture=shape.model_dump() if shape else None,
    )
