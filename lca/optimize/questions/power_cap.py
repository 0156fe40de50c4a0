"""At which power limit to run: energy against the time that devices, hosts and sites stand for it.

For the same work, what the accelerators draw at work goes with the energy of a job, and all else
(manufacture, hosts, idling) with its time. Both parts come from the ledger: it is linear in the
power of busy devices, so two evaluations give them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.intensities.context import Context, default
from lca.intensities.power import device_draw
from lca.inventory import choose_model
from lca.ledger import Ledger
from lca.optimize import power_cap_text as text
from lca.optimize.answer import Answer, Binding, Choice
from lca.optimize.asking import Progress, Steps, asked_part, shared_draws, smallest_conflict
from lca.optimize.frontier import near_optimal, regrets, saved_tonne, undominated
from lca.optimize.known_objectives import currency, gap_remarks, known_objectives, upper_bounds
from lca.optimize.power_curve import Bound, PowerCurves, best_limit, curves, price
from lca.optimize.written_values import scaled
from lca.scenario import FunctionalUnit, Scenario
from lca.scenario.questions.power_cap import PowerCap
from lca.terms import Draws, Factor, Node
from lca.uncertain import Array, Distribution
from lca.workloads.levers import family

MOST_DRAWS = 4096
_WORK = ("tokens", "requests", "flop_useful", "flop_delivered")
_STEP = 0.05
_ALL = 2
_MISSING = "the scenario does not ask for a power cap: add optimize: power_cap: with fleet"


@dataclass(frozen=True, eq=False)
class Asked:
    """The question made of a scenario.

    Attributes
    ----------
    energy, time
        By objective, what goes with energy and with time, shape ``(1 + draws,)``; the first is
        central. Together they are what the fleet causes without a cap.
    made
        The part of ``time`` that is manufacture, transport and end of life (kgCO2e), centrally.
    units
        By objective, its unit.
    unit, delivered
        The functional unit that counts as work, and how many are delivered without a cap.
    jobs
        Traced job of every draw.
    """

    scenario: Scenario
    question: PowerCap
    unit: FunctionalUnit
    energy: dict[str, Array]
    time: dict[str, Array]
    made: float
    units: dict[str, str]
    delivered: float
    curves: PowerCurves
    busy: Node
    draws: Draws
    jobs: Array
    model: str
    gaps: list[str]

    @property
    def objectives(self) -> list[str]:
        """What is known; the first is made low."""
        return list(self.energy)

    def central(self, objective: str) -> tuple[float, float]:
        """Return the central parts of an objective that go with energy and with time."""
        return float(self.energy[objective][0]), float(self.time[objective][0])


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Answer at which power limit the devices of a fleet do their work best.

    Parameters
    ----------
    scenario
        With ``optimize.power_cap`` and a functional unit of work.
    samples, seed
        Draws of the regret, each of one traced job; by default the scenario's own, at least 256 and
        at most 4096.
    progress
        Called with steps done and all steps.

    Raises
    ------
    ScenarioError
        If nothing is asked, no work is known that the fleet does, or no limit keeps the bounds.
    """
    step = Steps(progress, _ALL)
    question = asked_part(scenario, "power_cap", PowerCap, _MISSING)
    asked = _made(scenario, question, shared_draws(scenario, samples, seed, most=MOST_DRAWS))
    step()
    bounds = _bounds(asked)
    best = best_limit(asked.curves, *asked.central(asked.objectives[0]), bounds)
    if best is None:
        raise ScenarioError([Problem("optimize.power_cap", _conflict(asked, bounds))])
    answer = _answer(asked, bounds, best)
    step()
    return answer


def _made(scenario: Scenario, question: PowerCap, draws: Draws) -> Asked:
    name, model = question.fleet, choose_model([scenario])
    alone = _alone(scenario, name)
    busy = _busy_power(alone, name, model)
    once, twice = (
        evaluate(_with_power(alone, name, busy, ratio), draws=draws, embodied_model=model)
        for ratio in (1.0, 2.0)
    )
    unit = _unit(scenario, once)
    energy, time, units = {}, {}, {}
    objectives = known_objectives(scenario, [once])
    for objective in objectives:
        first, second = once.total(objective), twice.total(objective)
        energy[objective] = second.samples - first.samples
        time[objective] = first.samples - energy[objective]
        units[objective] = first.unit
    found = _curves(scenario, question)
    return Asked(
        scenario, question, unit, energy, time, _embodied(once), units,
        once.units(unit.text).central, found, busy, draws, _jobs(found, draws), model,
        gap_remarks([once], objectives),
    )  # fmt: skip


def _alone(scenario: Scenario, name: str) -> Scenario:
    fleet = {name: scenario.data["fleet"][name]}
    changes = {"fleet": fleet, "services": {}, "work": {}, "optimize": None}
    return scenario.patch(changes, name)


def _busy_power(scenario: Scenario, name: str, model: str) -> Node:
    """Return the power of a busy device, as the ledger takes it."""
    use = scenario.model.fleet[name]
    device = scenario.library.device(use.device)
    draw = device_draw(Context(scenario, model), device, use, f"fleet.{name}")
    if draw is None:
        msg = f"the power of {use.device} is not known; give fleet.{name}.power.busy and idle"
        raise ScenarioError([Problem("optimize.power_cap.fleet", msg)])
    return draw.busy


def _with_power(scenario: Scenario, name: str, busy: Node, ratio: float) -> Scenario:
    return scenario.patch({f"fleet.{name}.power.busy": scaled(busy, ratio)}, name)


def _unit(scenario: Scenario, ledger: Ledger) -> FunctionalUnit:
    for unit in scenario.functional_units:
        if unit.kind in _WORK and ledger.units(unit.text).central > 0:
            return unit
    msg = (
        "a cap changes how much work is done, and no functional unit tells how much this fleet does; "
        "give one, such as functional_unit: EFLOP useful, or 1 million tokens with serves.throughput"
    )
    raise ScenarioError([Problem("functional_unit", msg)])


def _embodied(ledger: Ledger) -> float:
    rows = ledger.by("stage")
    return sum(row.estimate.central for row in rows if row.labels[0] != "operation")


def _curves(scenario: Scenario, question: PowerCap) -> PowerCurves:
    device = scenario.model.fleet[question.fleet].device
    lowest = question.lowest.central if question.lowest is not None else 0.0
    return curves(family(device, scenario.library), lowest)


def _jobs(found: PowerCurves, draws: Draws) -> Array:
    """Return which traced job a draw is of, all alike."""
    count = found.time.shape[0]
    places = tuple(float(place) for place in range(count))
    chosen = Distribution("choice", places + (1.0,) * count)
    drawn = draws.array(Factor("traced_job", chosen, "", identity=f"power_cap/job/{count}"))
    return drawn[1:]


def _bounds(asked: Asked) -> list[Bound]:
    found = []
    question = asked.question
    if question.slowdown is not None:
        most = 1 + question.slowdown.central
        found.append(Bound(f"slowdown <= {question.slowdown.central:.3g}", 0.0, 1.0, most))
    if question.deadline is not None and question.work_time is not None:
        most = question.deadline.central / question.work_time.central
        found.append(Bound(f"deadline {question.deadline.central:g} h", 0.0, 1.0, most))
    written = upper_bounds(asked.scenario, asked.units)
    return [*found, *(Bound(c.text, *asked.central(c.name), c.bound) for c in written)]


def _conflict(asked: Asked, bounds: Sequence[Bound]) -> str:
    """Name a smallest set of bounds that no limit keeps, and the least of each alone."""
    needed = smallest_conflict(
        bounds, lambda some: best_limit(asked.curves, 1.0, 1.0, some) is not None
    )
    least = [float(one.used(asked.curves, asked.curves.limits).min()) for one in needed]
    return text.conflict([(one.name, low) for one, low in zip(needed, least, strict=True)])


def _choice(asked: Asked, limit: float) -> Choice:
    time, energy = (float(ratio) for ratio in asked.curves.mean(limit))
    of_job = asked.curves.at(limit)
    jobs = asked.jobs.astype(np.intp)
    estimates = {}
    for name, unit in asked.units.items():
        whole = asked.energy[name] * energy + asked.time[name] * time
        drawn = asked.energy[name][1:] * of_job[1][jobs] + asked.time[name][1:] * of_job[0][jobs]
        estimates[name] = Estimate(np.concatenate([whole[:1], drawn]), unit)
    return Choice(
        text.limit_name(limit),
        _patches(asked, limit, time),
        {name: one.central for name, one in estimates.items()},
        text.details(asked.scenario, asked.question.fleet, limit, time, energy),
        estimates,
    )


def _patches(asked: Asked, limit: float, time: float) -> dict[str, Any]:
    """Return power and rate of work at a limit, as the scenario would state them."""
    name = asked.question.fleet
    if limit == 1.0:
        return {}
    path, rate = _rate(asked.scenario, name, asked.unit)
    patches: dict[str, Any] = {
        f"fleet.{name}.power.busy": scaled(asked.busy, asked.curves.power(limit)),
        path: scaled(rate, 1 / time),
    }
    if str(asked.scenario.model.assumptions.embodied_model) == "auto":
        patches["assumptions.embodied_model"] = asked.model
    return patches


def _rate(scenario: Scenario, name: str, unit: FunctionalUnit) -> tuple[str, Node]:
    """Return where a scenario states how fast a busy device works, and the rate."""
    serves, where = scenario.model.fleet[name].serves, f"fleet.{name}.serves"
    rates: Mapping[str, tuple[str, Any]] = {
        "tokens": ("throughput", serves.throughput),
        "requests": ("requests", serves.requests),
        "flop_delivered": ("hardware_flop_utilization", serves.hardware_flop_utilization),
    }
    if unit.kind == "flop_useful":
        stated = serves.flop_utilization or scenario.model.assumptions.flop_utilization
        return f"{where}.flop_utilization", default("flop_utilization", stated, "flop_utilization")
    key, given = rates[unit.kind]
    identity = "request_rate" if key == "requests" else key
    return f"{where}.{key}", given.factor(identity, f"{where}.{key}")


def _answer(asked: Asked, bounds: Sequence[Bound], limit: float) -> Answer:
    objective = asked.objectives[0]
    usual, best = _choice(asked, 1.0), _choice(asked, limit)
    others = [_choice(asked, one) for one in _grid(asked, bounds) if abs(one - limit) > 1e-9]
    choices = [best, *others]
    free = best_limit(asked.curves, *asked.central(objective))
    held = _held(asked, bounds, limit) if free != limit else ()
    regret = regrets(choices if limit == 1.0 else [*choices, usual], objective)
    return Answer(
        question="power_cap",
        scenario=asked.scenario.name,
        objective=objective,
        unit=asked.units[objective],
        verdict=text.verdict(usual, best, limit, asked.curves, held, objective),
        usual=usual,
        best=best,
        front=undominated([usual, *choices, *_between(asked, bounds)], asked.objectives),
        alternatives=near_optimal(choices, best, objective),
        binding=held,
        saved=saved_tonne(usual, best, currency(asked.scenario)),
        regret=regret,
        evaluated=_evaluated(asked, best, objective),
        facts=_facts(asked, limit, objective),
        tables={"What decides the limit": _deciding(asked)},
        remarks=(*text.remarks(asked.scenario, asked.question.fleet, asked.curves), *asked.gaps),
    )


def _between(asked: Asked, bounds: Sequence[Bound]) -> list[Choice]:
    """Return the measured limits between the best of every objective: corners of the front."""
    if len(asked.objectives) == 1:
        return []
    ends = [best_limit(asked.curves, *asked.central(name), bounds) for name in asked.objectives]
    known = [end for end in ends if end is not None]
    inside = [
        float(one)
        for one in asked.curves.limits
        if min(known) < one < max(known)
        and all(bound.used(asked.curves, one) <= bound.most for bound in bounds)
    ]
    return [_choice(asked, one) for one in inside]


def _grid(asked: Asked, bounds: Sequence[Bound]) -> list[float]:
    """Return limits in steps of 5 % that keep the bounds, and those that are best in an objective."""
    first = float(asked.curves.limits[0])
    steps = np.round(np.arange(1.0 - _STEP, first - 1e-9, -_STEP), 9)
    kept = [
        float(one)
        for one in steps
        if all(bound.used(asked.curves, one) <= bound.most for bound in bounds)
    ]
    also = [best_limit(asked.curves, *asked.central(name), bounds) for name in asked.objectives]
    return list(dict.fromkeys([*kept, *(one for one in also if one is not None and one < 1)]))


def _held(asked: Asked, bounds: Sequence[Bound], limit: float) -> tuple[Binding, ...]:
    """Return the bounds that are just met, with what one more unit or percent would change."""
    parts = asked.central(asked.objectives[0])
    own = asked.units[asked.objectives[0]]
    found = []
    for bound in bounds:
        if abs(float(bound.used(asked.curves, limit)) - bound.most) > 1e-6 * abs(bound.most):
            continue
        change = price(asked.curves, *parts, bound, limit)
        if bound.energy_part == 0:  # of time alone: a whole unit would be a doubling
            in_percent = None if change is None else change / 100
            found.append(Binding(bound.name, in_percent, f"{own} per percent of time"))
        else:
            found.append(Binding(bound.name, change, f"{own} per unit of the bound"))
    return tuple(found)


def _evaluated(asked: Asked, best: Choice, objective: str) -> float:
    """Return the objective of the choice from its own ledger, for the work without a cap."""
    chosen = asked.scenario.patch({**best.patches, "optimize": None}, best.name)
    found = evaluate(_alone(chosen, asked.question.fleet), samples=0, embodied_model=asked.model)
    return found.per(asked.unit.text, objective).central * asked.delivered


def _facts(asked: Asked, limit: float, objective: str) -> dict[str, str]:
    energy, time = asked.central(objective)
    jobs = asked.curves.energy * energy + asked.curves.time * time
    return text.facts(asked.curves, limit, jobs, float(energy + time))


def _deciding(asked: Asked) -> list[list[str]]:
    """Return the best limit by what is counted: embodied emissions and a clean grid push it up."""
    if "gwp100" not in asked.energy:
        return []
    energy, time = asked.central("gwp100")
    cases = {
        "energy of the accelerators alone": (energy, 0.0),
        "all electricity": (energy, time - asked.made),
        "electricity and manufacture": (energy, time),
        "the same on a grid of a tenth the intensity": (
            energy / 10,
            (time - asked.made) / 10 + asked.made,
        ),
    }
    rows = [
        [name, text.limit_name(best_limit(asked.curves, *parts) or 1.0)]
        for name, parts in cases.items()
    ]
    return [["counted", "best limit"], *rows]
