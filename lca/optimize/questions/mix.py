"""Which accelerators answer which requests, under a latency target: prompts and answers apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lca.optimize import conflicts
from lca.optimize.answer import Answer, Choice
from lca.optimize.asking import Progress, Steps, asked_part, objective_of, shared_draws
from lca.optimize.fleet_stock import free_name
from lca.optimize.frontier import traced_front
from lca.optimize.mix_program import MixCase, build, entry, program
from lca.optimize.mix_rates import LOAD
from lca.optimize.programs import GAP as EXACT
from lca.optimize.programs import Program
from lca.optimize.programs import solve as solved
from lca.optimize.telling import (
    amount,
    bindings,
    compared,
    distinct,
    front_objectives,
    program_answer,
    sampled,
    unit_of,
)
from lca.scenario import Scenario
from lca.scenario.questions.mix import Mix
from lca.terms import Draws
from lca.uncertain import Array

GAP = 1e-3
"""A mix within this share of what none can be below is taken as the optimum, and the gap told."""

_EXACT = 300
"""Buckets times types up to which a mix is solved exactly."""

_SECONDS = 10.0
_BUSY = 1e-9
_POINTS = 6
_ALL = 3
_MISSING = "says nothing of a mix; give classes of requests and types of accelerators"


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Decide which accelerators to have, and which requests each answers.

    Parameters
    ----------
    samples, seed
        Draws over which choices are compared; at least 256. By default the scenario's own.
    progress
        Told of steps done, of all.

    Raises
    ------
    ScenarioError
        If the scenario does not ask, no type can answer a class in time, or constraints conflict.
    """
    asked = asked_part(scenario, "mix", Mix, _MISSING)
    objective, step = objective_of(scenario), Steps(progress, _ALL)
    case = build(scenario, asked, objective)
    step()
    decision = _Decision(case, program(case), objective)
    found = decision.least(np.ones(len(case.types)))
    if found is None:
        raise conflicts.explain(decision.program, "the mix")
    step()
    answer = _answer(decision, found, shared_draws(scenario, samples, seed))
    step()
    return answer


@dataclass(frozen=True)
class _Decision:
    """A case with its program; a plan is an array: replicas of types, then shares of buckets."""

    case: MixCase
    program: Program
    objective: str

    @property
    def costs(self) -> Array:
        """What one of each column adds to the objective."""
        return self.case.costs(self.objective)

    def least(self, allowed: Array) -> Array | None:
        """Return the best plan with some of the types, or None."""
        fewer = self.program.copy()
        upper = np.array(fewer.upper)
        upper[: allowed.size] = np.where(allowed > 0, upper[: allowed.size], 0.0)
        fewer.upper = upper.tolist()
        return self.solved(fewer, self.costs)

    def solved(self, rows: Program, costs: Array) -> Array | None:
        """Return the best plan of a program, within the gap."""
        gap = self.gap
        found = solved(rows, costs, gap=gap, seconds=_SECONDS)
        return None if found is None else found.values

    @property
    def gap(self) -> float:
        """Share of the objective by which a better plan could be lower."""
        return EXACT if self.program.size <= _EXACT else GAP

    def singles(self) -> list[Array]:
        """Return the best plan with each type alone, where it can."""
        found = [self.least(row) for row in np.eye(len(self.case.types))]
        return [one for one in found if one is not None]

    def without(self, best: Array) -> list[Array]:
        """Return the best plans that lack a type that a plan uses."""
        kinds = len(self.case.types)
        used = np.flatnonzero(best[:kinds] > 0)
        found = [self.least(1.0 - np.eye(kinds)[place]) for place in used.tolist()]
        return [one for one in found if one is not None]

    def front(self, other: str) -> list[Array]:
        """Return the plans that no other is below in carbon and in another objective."""
        carbon, second = self.case.costs("gwp100"), self.case.costs(other)
        ends = [self.solved(self.program, costs) for costs in (carbon, second)]
        return traced_front(lambda most: self._point(carbon, second, most), second, ends, _POINTS)

    def _point(
        self, carbon: Array, second: Array, bound: float
    ) -> tuple[float, float, Array] | None:
        limited = self.program.copy()
        if np.isfinite(bound):
            limited.bound("second objective", np.arange(second.size), second, high=bound)
        found = self.solved(limited, carbon)
        if found is None:
            return None
        return float(carbon @ found), float(second @ found), found


def choice(case: MixCase, plan: Array) -> Choice:
    """Return a plan as a choice: one fleet entry for each type that is used."""
    kinds = len(case.types)
    replicas, shares = plan[:kinds], plan[kinds:].reshape(-1, kinds)
    busy = np.nan_to_num(case.work.busy) * shares
    values = {name: case.fixed[name] + float(case.costs(name) @ plan) for name in case.idle}
    patches: dict[str, Any] = {"assumptions.embodied_model": case.embodied_model}
    details, parts = {}, []
    for place, kind in enumerate(case.types):
        count = round(replicas[place] * case.work.devices[place])
        if not count:
            continue
        work = float(busy[:, place].sum())
        power = float(busy[:, place] @ case.work.power[:, place]) / work if work > _BUSY else 1.0
        used = min(1.0, work / float(replicas[place]))
        own = {"count": count, "utilization": repr(used), "power": {"busy": f"{power!r} kW"}}
        name = free_name(kind, case.scenario.model.fleet)
        patches[f"fleet.{name}"] = {**entry(case.scenario, case.asked, kind), **own}
        parts.append((count, f"{count} {kind}"))
        details[kind] = _detail(case, shares[:, place], count, used)
    named = ", ".join(text for _, text in sorted(parts, key=lambda part: -part[0]))
    return Choice(named or "nothing", patches, values, details)


def _detail(case: MixCase, shares: Array, count: int, used: float) -> str:
    served = [
        f"{share:.0%} of {phase} of {name}"
        for (name, phase), share in zip(case.buckets, shares.tolist(), strict=True)
        if share > 5e-3
    ]
    shown = ", ".join(served[:6]) + (f" and {len(served) - 6} more" if len(served) > 6 else "")
    return f"{count} devices, busy {used:.0%} of the time: {shown or 'stands by'}"


def _answer(decision: _Decision, plan: Array, draws: Draws) -> Answer:
    case, objective = decision.case, decision.objective
    singles = sorted(
        (choice(case, one) for one in decision.singles()), key=lambda one: one.values[objective]
    )
    drawn = [sampled(case.scenario, one, draws) for one in _named(decision, plan, singles)]
    alone = next((one for one in drawn if singles and one.patches == singles[0].patches), drawn[0])
    held = bindings(decision.program, decision.costs, unit_of(case.scenario, objective), equal=True)
    answer = program_answer("mix", case.scenario, objective, drawn, alone, held)
    return replace(
        answer,
        verdict=tuple(_verdict(answer, bool(singles))),
        facts=_facts(answer, bool(singles), decision.gap),
        tables={"What serves what": _table(case, plan)},
        remarks=tuple(_remarks(case)),
    )


def _named(decision: _Decision, plan: Array, singles: Sequence[Choice]) -> list[Choice]:
    """Return the choices to tell of: the optimum first, then the best single type."""
    case = decision.case
    second = front_objectives(case.idle)[1:]
    front = [choice(case, one) for name in second for one in decision.front(name)]
    others = [choice(case, one) for one in decision.without(plan)]
    return distinct([choice(case, plan), *singles[:1], *others, *front, *singles[1:]])


def _facts(answer: Answer, alone: bool, gap: float) -> dict[str, str]:
    usual = f"{answer.usual.name}, the best single type"
    return {
        "business as usual": usual if alone else "none: no single type can do it alone",
        "a better mix could be lower by": f"at most {gap:.2%}",
    }


def _verdict(answer: Answer, alone: bool) -> Iterator[str]:
    objective, best = answer.objective, answer.best
    yield f"Serve with {best.name}: {amount(best.values[objective], answer.unit)} over the period at central values."
    if not alone:
        yield "No single type can answer all classes in time by itself."
    elif answer.usual is best:
        yield "One type alone is best: a mix does not pay."
    else:
        yield compared(best, answer.usual, objective, answer.unit)


def _table(case: MixCase, plan: Array) -> list[list[str]]:
    shares = plan[len(case.types) :].reshape(-1, len(case.types))
    rows = [["class", "phase", *case.types]]
    for row, (name, phase) in enumerate(case.buckets):
        able = ~np.isnan(case.work.busy[row])
        cells = zip(shares[row].tolist(), able.tolist(), strict=True)
        rows.append([name, phase, *(f"{s:.0%}" if can else "too slow" for s, can in cells)])
    return rows


def _remarks(case: MixCase) -> Iterator[str]:
    yield (
        f"a busy replica works at {LOAD:.0%} of the throughput of its largest batch within the "
        "latency target; replicas stand on all year, idle when not busy"
    )
    if case.asked.apart:
        yield "moving what was read of a prompt between accelerators takes no time and no energy here"
    if case.asked.first_token is None:
        yield "no limit is given for reading a prompt (first_token)"
    yield (
        "rates and lengths are taken at their central values, and so is what the inference model "
        "predicts; the draws are those of power, manufacture and electricity"
    )
    if "cost" not in case.idle:
        yield "cost is not known: prices are missing"
    for (name, kind), reason in case.reasons.items():
        yield f"{kind} cannot answer {name}: {reason}"
