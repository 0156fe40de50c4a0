"""What every question answers with: the choice, what it is compared with, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lca.estimates import Estimate
from lca.hourly.series import Times
from lca.uncertain import Array


@dataclass(frozen=True)
class Choice:
    """One way to decide.

    Attributes
    ----------
    name
        What it is called in the answer, such as ``keep`` or ``replace in 2028``.
    patches
        Changes of the scenario that realize it: dotted path to what could stand in the file.
    values
        Central value of every objective that is known: ``gwp100`` (kgCO2e), ``cost`` (in the
        currency of the scenario), ``water`` (L); an objective without factors is absent, never 0.
    details
        What is decided, as a reader would say it: label to text.
    estimates
        Objectives with their draws, shared by all choices of an answer, where they were sampled.
    """

    name: str
    patches: Mapping[str, Any]
    values: Mapping[str, float]
    details: Mapping[str, str] = field(default_factory=dict)
    estimates: Mapping[str, Estimate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Binding:
    """A constraint that holds the optimum back.

    Attributes
    ----------
    name
        The constraint as written, or what stands for it.
    price
        Change of the objective for one more unit of what the constraint limits, or None where it
        has no price (whole numbers); ``unit`` is that of the price.
    """

    name: str
    price: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SavedTonne:
    """What a saved tonne costs, against business as usual.

    Attributes
    ----------
    cost
        Cost per tonne of CO2e saved, or None where nothing is saved or no cost is known.
    unit
        Such as ``EUR/tCO2e``.
    quadrant
        ``saves both``, ``costs to save``, ``saves money, emits more``, ``worse in both``, or
        ``cost not known``.
    """

    cost: float | None
    unit: str
    quadrant: str


@dataclass(frozen=True, slots=True)
class Regret:
    """How a choice fares over the draws.

    Attributes
    ----------
    choice
        Its name.
    best
        Share of the draws in which no other choice is lower.
    mean, p95
        Mean and 95th percentile of what it costs over the best choice of each draw, in the unit of
        the objective.
    """

    choice: str
    best: float
    mean: float
    p95: float


@dataclass(frozen=True, eq=False)
class Hours:
    """What a place draws and emits by the hour.

    Attributes
    ----------
    name
        Of the place or the series.
    times
        Start of each hour, UTC, shape ``(hour,)``.
    intensity
        kgCO2e/kWh of the grid, shape ``(hour,)``.
    usual, best
        IT power of the jobs in business as usual and in the choice, kW, shape ``(hour,)``.
    zone
        Of the times.
    """

    name: str
    times: Times
    intensity: Array
    usual: Array
    best: Array
    zone: str = "UTC"


@dataclass(frozen=True)
class Answer:
    """The answer to a question.

    Attributes
    ----------
    question, scenario
        What was asked, and of which scenario.
    objective, unit
        What was made low, and its unit.
    verdict
        One to three sentences for a manager.
    usual, best
        Business as usual, and the choice.
    front
        Pareto-optimal choices over carbon and cost (and water), by the first.
    alternatives
        Other choices within 2 % of the optimum.
    binding
        Constraints that hold the optimum back.
    saved
        What a saved tonne costs.
    regret
        How the choices fare over the draws, the best first.
    evaluated
        The objective of the choice, evaluated afresh as a scenario; None where a choice is not one
        (a schedule has no field in a scenario).
    facts
        Further figures of this question: label to text.
    tables
        Further tables of this question: title to rows of plain cells, the first being the heading.
    remarks
        What a reader must know.
    hours
        What is drawn when and where, for questions by the hour.
    """

    question: str
    scenario: str
    objective: str
    unit: str
    verdict: tuple[str, ...]
    usual: Choice
    best: Choice
    front: tuple[Choice, ...] = ()
    alternatives: tuple[Choice, ...] = ()
    binding: tuple[Binding, ...] = ()
    saved: SavedTonne | None = None
    regret: tuple[Regret, ...] = ()
    evaluated: float | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = field(default=(), compare=False, repr=False)
