"""What a scenario may ask the optimizer: objective, constraints, and one part a question."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from lca.library.fields import OneOf, Record
from lca.scenario.questions.fleet import FleetQuestion
from lca.scenario.questions.mix import Mix
from lca.scenario.questions.power_cap import PowerCap
from lca.scenario.questions.refresh import Refresh
from lca.scenario.questions.schedule import Schedule
from lca.scenario.questions.second_life import SecondLife
from lca.scenario.questions.siting import Siting
from lca.scenario.questions.sizing import Sizing

QUESTION_MODULES = (
    "fleet",
    "mix",
    "power_cap",
    "refresh",
    "schedule",
    "second_life",
    "siting",
    "sizing",
)
"""Modules of this folder, one a question."""

OBJECTIVES = ("gwp100", "cost", "water")


def _listed(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


class Optimize(Record):
    """Decisions that are asked for, with what they must keep to."""

    objective: Annotated[str, OneOf(OBJECTIVES)] = "gwp100"
    """What is made as low as possible."""
    constraints: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """What must hold, such as ``cost <= 3 MEUR``; the names depend on the question."""
    refresh: Refresh | None = None
    """When to replace what stands there."""
    fleet: FleetQuestion | None = None
    """Which devices, how many, where and when."""
    mix: Mix | None = None
    """Which accelerators answer which requests."""
    second_life: SecondLife | None = None
    """Where devices go when they are replaced."""
    schedule: Schedule | None = None
    """When to run jobs."""
    siting: Siting | None = None
    """Where to run jobs."""
    sizing: Sizing | None = None
    """How much solar, wind and battery to build."""
    power_cap: PowerCap | None = None
    """At which power limit to run."""
