"""Which devices to buy, how many, at which sites, when to buy and when to retire them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lca.errors import LcaError
from lca.evaluation import evaluate
from lca.optimize import conflicts
from lca.optimize.answer import Answer, Binding, Choice
from lca.optimize.asking import Progress, Steps, asked_part, objective_of, shared_draws
from lca.optimize.fleet_choices import choice, plan_table, sunk_total
from lca.optimize.fleet_program import Case, build, program
from lca.optimize.frontier import NEAR, traced_front
from lca.optimize.programs import Program, Solution, relax, search
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
from lca.scenario.questions.fleet import FleetQuestion
from lca.terms import Draws
from lca.uncertain import Array

GAP = 1e-3
"""A plan within this share of what no plan can be below is taken as the optimum, and the gap told."""

_POINTS = 6
_SECONDS, _SECONDS_MORE = 3.0, 0.5
_SAME = 1e-7
_ALL = 6
_MISSING = "says nothing of a fleet; give demand and the types on offer"


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Decide on a fleet.

    Parameters
    ----------
    samples, seed
        Draws over which choices are compared; at least 256. By default the scenario's own.
    progress
        Told of steps done, of all.

    Raises
    ------
    ScenarioError
        If the scenario does not ask, or no fleet can keep to what it asks: which constraints
        conflict, and how far each would have to give.
    """
    asked = asked_part(scenario, "fleet", FleetQuestion, _MISSING)
    objective, step = objective_of(scenario), Steps(progress, _ALL)
    case = build(scenario, asked, objective)
    step()
    decision = _Decision(case, program(case), objective)
    found = decision.least()
    step()
    return _Telling(decision, found, shared_draws(scenario, samples, seed), step).answer()


@dataclass(frozen=True)
class _Decision:
    """A case with its program: plans are solved here."""

    case: Case
    program: Program
    objective: str

    @property
    def costs(self) -> Array:
        """What one of each column adds to the objective."""
        return self.case.totals[self.objective]

    def least(self) -> Solution:
        """Return the optimum.

        Raises
        ------
        ScenarioError
            With what conflicts.
        """
        found = search(self.program, self.costs, gap=GAP, seconds=_SECONDS)
        if found is None:
            raise conflicts.explain(self.program, "the fleet")
        return found

    def among(self, allowed: Array, costs: Array | None = None) -> Solution | None:
        """Return the best plan with some of the columns only, or None."""
        return _quick(_only(self.program, allowed), self.costs if costs is None else costs)

    def usual(self) -> tuple[Choice | None, str]:
        """Return business as usual: the scenario as written, or one type at one site."""
        written = _as_written(self.case)
        if written is not None:
            return written, "the scenario as written"
        by = "cost" if "cost" in self.case.totals else self.objective
        keep = (1 - self.case.match(standing=0)) * self.case.match(early=False)
        ranked = sorted(self._single(by, keep), key=lambda item: item[0])
        for _, allowed in ranked:
            found = self.among(allowed, self.case.totals[by])
            if found is not None:
                least = "cheapest" if by == "cost" else f"lowest in {by}"
                text = f"one type at one site, the {least}, beside what stands there"
                return choice(self.case, found.values), text
        return None, "none: no single type at one site could do it"

    def _single(self, by: str, keep: Array) -> Iterator[tuple[float, Array]]:
        for entry in dict.fromkeys(c.entry for c in self.case.columns if not c.standing):
            allowed = keep + self.case.match(entry=entry)
            bound = relax(_only(self.program, allowed), self.case.totals[by])
            if bound is not None:
                yield bound.objective, allowed

    def others(self, best: Array) -> Iterator[Array]:
        """Yield the best plans that do without something the optimum uses.

        Of all plans that lack at least one type and site of the optimum, the second best is among
        them: each is the best without one.
        """
        served = self.case.served.sum(axis=0) * best
        entries = np.array([column.entry for column in self.case.columns])
        used = {name: float(served[entries == name].sum()) for name in dict.fromkeys(entries)}
        for entry in sorted((name for name in used if used[name] > 0), key=lambda n: -used[n]):
            one = self.among((entries != entry) | self._gone)
            if one is not None:
                yield one.values

    @property
    def _gone(self) -> Array:
        """Which columns leave before they serve in the period."""
        gone: Array = self.case.present.sum(axis=0) == 0
        return gone

    def front(self, other: str) -> list[Array]:
        """Return the plans that no other plan is below in carbon and in another objective."""
        carbon, second = self.case.totals["gwp100"], self.case.totals[other]
        found = [_quick(self.program, costs) for costs in (carbon, second)]
        ends = [None if end is None else end.values for end in found]
        return traced_front(lambda most: self._point(carbon, second, most), second, ends, _POINTS)

    def _point(
        self, carbon: Array, second: Array, bound: float
    ) -> tuple[float, float, Array] | None:
        columns = np.arange(carbon.size)
        limited = self.program.copy()
        if np.isfinite(bound):
            limited.bound("second objective", columns, second, high=bound)
        first = _quick(limited, carbon)
        if first is None:
            return None
        most = first.objective + _SAME * abs(first.objective)
        limited.bound("first objective", columns, carbon, high=most)
        values = (_quick(limited, second) or first).values
        return float(carbon @ values), float(second @ values), values


def _only(program: Program, allowed: Array) -> Program:
    """Return a program in which nothing but some of the columns can be used."""
    fewer = program.copy()
    fewer.upper = np.where(allowed > 0, program.upper, 0.0).tolist()
    return fewer


def _quick(program: Program, costs: Array) -> Solution | None:
    try:
        return search(program, costs, gap=GAP, seconds=_SECONDS_MORE)
    except LcaError:
        return None


def _as_written(case: Case) -> Choice | None:
    """Return the scenario as written as a choice, if its fleet meets demand in every year."""
    changes = {"assumptions.embodied_model": case.embodied_model}
    if not case.scenario.model.fleet:
        return None
    counted = {**changes, "functional_unit": case.wanted.functional_unit}
    ledger = evaluate(case.scenario.patch(counted, "as written"), samples=0)
    rows = ledger.by("year", indicator=f"unit:{case.wanted.functional_unit}")
    served = {row.labels[0]: row.estimate.central for row in rows}
    hours = case.demand_hours
    enough = all(
        served.get(str(year), 0.0) >= need * hours * (1 - 1e-9)
        for year, need in zip(case.scenario.years, case.demand.tolist(), strict=True)
    )
    if not enough:
        return None
    values = {name: ledger.total(name).central for name in case.totals}
    return Choice("as written", changes, values)


@dataclass(frozen=True)
class _Telling:
    """Puts the answer together."""

    decision: _Decision
    found: Solution
    draws: Draws
    step: Steps

    @property
    def case(self) -> Case:
        """The decision in numbers."""
        return self.decision.case

    def answer(self) -> Answer:
        """Return the answer."""
        case, costs, objective = self.case, self.decision.costs, self.decision.objective
        usual, why = self.decision.usual()
        self.step()
        second = front_objectives(case.totals)[1:]
        front = [plan for name in second for plan in self.decision.front(name)]
        self.step()
        # a plan of the front may be below the optimum by less than the gap: then it is the optimum
        values = min([self.found.values, *front], key=lambda one: float(costs @ one))
        others = list(self.decision.others(values))
        self.step()
        plans = [choice(case, one) for one in (values, *others, *front)]
        named = distinct([plans[0], *([usual] if usual else []), *plans[1:]])
        drawn = [sampled(case.scenario, one, self.draws) for one in named]
        self.step()
        common = drawn[1] if usual and len(drawn) > 1 else drawn[0]
        answer = program_answer("fleet", case.scenario, objective, drawn, common, self._held())
        table = {"Year by year": plan_table(case, values)}
        buys = bool(values @ case.match(standing=0))
        told, facts = tuple(self._verdict(answer, buys)), self._facts(answer, why)
        remarks = tuple(self._remarks())
        return replace(answer, verdict=told, facts=facts, tables=table, remarks=remarks)

    def _held(self) -> Iterator[Binding]:
        """Yield what holds the optimum back."""
        unit = unit_of(self.case.scenario, self.decision.objective)
        yield from bindings(self.decision.program, self.decision.costs, unit)

    def _verdict(self, answer: Answer, buys: bool) -> Iterator[str]:
        objective, unit = answer.objective, answer.unit
        best, usual = answer.best, answer.usual
        total = amount(best.values[objective], unit)
        years = f"{self.case.scenario.years[0]}-{self.case.scenario.years[-1]}"
        plan = best.name if buys else f"nothing, what stands there is enough ({best.name})"
        plan = plan.removesuffix(" (buy nothing)")
        yield f"Buy {plan}: {total} over {years} at central values."
        yield compared(best, usual, objective, unit)
        if answer.binding:
            yield f"What holds it back most is {answer.binding[0].name.removesuffix(' (relaxation)')}."

    def _facts(self, answer: Answer, why: str) -> dict[str, str]:
        gap = self.found.gap
        facts = {
            "business as usual": f"{answer.usual.name} ({why})",
            "a better plan could be lower by": f"at most {gap:.2%}",
            "draws": f"{self.draws.samples}",
        }
        sunk = sunk_total(self.case, answer.objective)
        if sunk is not None:
            total = amount(answer.best.values[answer.objective] + sunk, answer.unit)
            facts["sunk, whatever is decided"] = amount(sunk, answer.unit)
            facts["inventory with what is sunk"] = total
        return facts

    def _remarks(self) -> Iterator[str]:
        yield (
            "devices in service run all year at their utilization, also where more is provided than "
            "asked; what is not needed is retired, not kept idle"
        )
        yield (
            "a device retired early bears all that made it within its shorter life; one that lives "
            "on beyond the period bears it there in proportion"
        )
        yield "what stands there is not bought again: replacing it is decided here"
        yield "prices of constraints are those of the relaxation without whole numbers"
        if "cost" not in self.case.totals:
            yield "cost is not known: prices are missing, so no saved tonne has a cost"
        yield f"alternatives do without a type at a site that the choice uses, within {NEAR:.0%}"
