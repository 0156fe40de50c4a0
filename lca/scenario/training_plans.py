"""Plans of training runs: device-hours, operations and power, predicted from model and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lca.errors import InputError, Problem
from lca.library import Library
from lca.library.models import Device
from lca.scenario.models import Work
from lca.terms import Draws, Factor, Node, product
from lca.values import Value
from lca.vocabulary import HOURS_PER_YEAR
from lca.workloads import training
from lca.workloads.ai_models import AIModel


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


def training_plan(where: str, work: Work, ai: AIModel, library: Library) -> TrainingPlan:
    """Return the plan of a piece of work that trains.

    Raises
    ------
    InputError
        If model, tokens and device cannot stand together.
    """
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
    if asked.tokens.central <= 0:
        found = (
            f"{asked.tokens.central:g} tokens train nothing; give more than 0 such as 2e12 tokens"
        )
        raise InputError(Problem("tokens", found))
    tokens = asked.tokens.factor("training_tokens", f"{where}.train.tokens")
    run = training.TrainingRun(ai, tokens, device, str(asked.precision), **how)
    beyond_reach("tokens", run.device_hours)
    given = asked.development_factor
    factor = (
        given.factor("development_factor", f"{where}.train.development_factor") if given else None
    )
    remarks = training.remarks(run) + (() if factor else (_NO_DEVELOPMENT,))
    return TrainingPlan(run.device_hours, run.work, training.busy_power(device), factor, remarks)


_MOST_HOURS = 1e9 * HOURS_PER_YEAR
_NO_DEVELOPMENT = (
    "development runs are not inside; give train.development_factor "
    "(published programs took 1.5 to 5.6 times the final run)"
)


def beyond_reach(path: str, device_hours: Node) -> None:
    """Refuse more device-hours than a billion devices have in a year.

    Raises
    ------
    InputError
        With the hours that would be needed.
    """
    hours = float(Draws(0, 0).array(device_hours)[0])
    if hours > _MOST_HOURS:
        msg = f"{hours:.3g} device-hours would be needed, more than {_MOST_HOURS:.3g}; check the exponent"
        raise InputError(Problem(path, msg))


def device_of(work: Work, library: Library) -> Device:
    """Return the device that does a piece of work."""
    name = library.instance(work.instance).device if work.instance else work.device
    return library.device(str(name))
