"""Where old devices go when they are released: use after use, or scrap at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lca.errors import LcaError, Problem, ScenarioError
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.ledger import INDICATORS
from lca.optimize.answer import Answer, Choice
from lca.optimize.asking import (
    Progress,
    Steps,
    asked_part,
    constraints_of,
    objective_of,
    shared_draws,
)
from lca.optimize.cascade import (
    Cascade,
    Flows,
    build,
    costs,
    displaced,
    displaced_ledger,
    flows,
    work_entries,
)
from lca.optimize.frontier import near_optimal, regrets, saved_tonne
from lca.optimize.known_objectives import currency
from lca.optimize.programs import Program
from lca.optimize.programs import solve as solved
from lca.optimize.telling import amount, bindings, realized
from lca.scenario import Scenario
from lca.scenario.questions.second_life import SecondLife
from lca.terms import Draws
from lca.uncertain import Array

SCRAP = "scrap at once"
_ALL = 3
_MISSING = "says nothing of a second life; give the fleet, what is released, and tiers"
Plan = tuple[Array, Array]
"""Devices serving and devices arriving, each by tier and year."""

REMARKS = (
    "credits count displaced demand only, at the displacement rate, and are never inside a footprint: "
    "the scenario that is written has none",
    "end of life of the old devices is that of their own entry, the same for every plan",
    "moving devices between sites, and parts that are replaced, are not counted",
    "cost is not counted: old devices have no price here",
)


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Decide on the second life of devices that are released.

    Parameters
    ----------
    samples, seed
        Draws over which choices are compared; at least 256. By default the scenario's own.
    progress
        Told of steps done, of all.

    Raises
    ------
    ScenarioError
        If the scenario does not ask.
    """
    asked = asked_part(scenario, "second_life", SecondLife, _MISSING)
    if constraints_of(scenario):
        message = (
            "a second life is bounded by what is released, demand and longest alone; take it out"
        )
        raise ScenarioError(Problem("optimize.constraints.0", message))
    objective, step = objective_of(scenario), Steps(progress, _ALL)
    case = build(scenario, asked, objective)
    step()
    decision = _Decision(case, flows(case), objective)
    plans = [decision.plan(), *decision.fewer()]
    step()
    answer = _Telling(decision, shared_draws(scenario, samples, seed)).answer(plans)
    step()
    return answer


@dataclass(frozen=True)
class _Decision:
    """A cascade with its program; a plan holds devices serving and arriving, by tier and year."""

    case: Cascade
    flows: Flows
    objective: str

    @property
    def costs(self) -> Array:
        """What one of each column adds to the objective."""
        return costs(self.case, self.flows, self.objective)

    def plan(self, without: int | None = None, rate: Array | None = None) -> Plan:
        """Return the best plan: of all tiers, or without one; with other displacement rates."""
        program: Program = self.flows.program
        if without is not None:
            program = program.copy()
            for column in self.flows.serving[without].tolist():
                program.upper[column] = 0.0
        found = solved(program, costs(self.case, self.flows, self.objective, rate))
        if found is None:
            msg = "second life: no plan was found, though scrapping at once is one"
            raise LcaError(msg)
        return found.values[self.flows.serving], found.values[self.flows.arriving]

    def fewer(self) -> list[Plan]:
        """Return the best plans without each tier, and the one that credits nothing."""
        found = [self.plan(without=place) for place in range(len(self.case.tiers))]
        return [*found, self.plan(rate=np.zeros(len(self.case.tiers)))]


@dataclass(frozen=True)
class _Telling:
    """Puts the answer together."""

    decision: _Decision
    draws: Draws

    @property
    def case(self) -> Cascade:
        """The decision in numbers."""
        return self.decision.case

    def answer(self, plans: list[Plan]) -> Answer:
        """Return the answer; the first plan is the optimum."""
        case, objective = self.case, self.decision.objective
        drawn = self._drawn(plans)
        best = drawn[0]
        usual = next(one for one in drawn if not one.patches)
        exact = Draws(0, 0)
        afresh = evaluate(realized(case.scenario, best), draws=exact).total(objective)
        credit = credits(case, plans[0], objective, exact)
        return Answer(
            "second_life",
            case.scenario.name,
            objective,
            INDICATORS[objective],
            tuple(self._verdict(best, usual, plans[0])),
            usual,
            best,
            alternatives=near_optimal(drawn, best, objective),
            binding=tuple(
                bindings(self.decision.flows.program, self.decision.costs, INDICATORS[objective])
            ),
            saved=saved_tonne(usual, best, currency(case.scenario)),
            regret=regrets(drawn, objective),
            evaluated=afresh.central - float(credit[0]),
            facts=dict(self._facts(best, plans[0])),
            tables={"Devices in service": _table(case, plans[0])},
            remarks=REMARKS,
        )

    def _drawn(self, plans: list[Plan]) -> list[Choice]:
        """Return plans that differ as choices with draws, and scrapping at once among them."""
        nothing = (np.zeros_like(plans[0][0]), np.zeros_like(plans[0][1]))
        drawn: list[Choice] = []
        for plan in (plans[0], nothing, *plans[1:]):
            one = choice(self.case, plan)
            if all(one.patches != other.patches for other in drawn):
                drawn.append(self._sampled(one, plan))
        return drawn

    def _sampled(self, one: Choice, plan: Plan) -> Choice:
        """Return a choice with draws: of its scenario evaluated afresh, less its credits."""
        ledger = evaluate(realized(self.case.scenario, one), draws=self.draws)
        known = {}
        for name in one.values:
            total = ledger.total(name)
            net = total.samples - credits(self.case, plan, name, self.draws)
            known[name] = Estimate(net, total.unit, f"{total.label}, net of credits")
        return replace(one, estimates=known)

    def _facts(self, best: Choice, plan: Plan) -> Iterator[tuple[str, str]]:
        """Yield footprint and credit, each on a line of its own, and the rate that decides."""
        objective = self.decision.objective
        unit = INDICATORS[objective]
        used, credit = used_by(self.case, plan, objective), credited(self.case, plan, objective)
        yield "second life uses", amount(used, unit)
        yield "credit for displaced demand (apart)", amount(-credit, unit)
        yield "footprint without credit", amount(best.values[objective] + credit, unit)
        whole = credited(self.case, plan, objective, rate=1.0)
        if whole > 0:
            text = (
                f"{used / whole:.0%}" if used <= whole else "never: it uses more than it displaces"
            )
            yield "displacement rate from which it pays", text

    def _verdict(self, best: Choice, usual: Choice, plan: Plan) -> Iterator[str]:
        objective = self.decision.objective
        unit = INDICATORS[objective]
        if best is usual or not best.patches:
            yield "Scrap the devices at once: no second life saves more than it uses."
            return
        used, credit = used_by(self.case, plan, objective), credited(self.case, plan, objective)
        lower = best.estimates[objective].draws < usual.estimates[objective].draws
        yield (
            f"Use them again, {best.name}: that takes {amount(used, unit)} and displaces "
            f"{amount(credit, unit)}, {amount(credit - used, unit)} in favor of a second life."
        )
        yield f"It is lower than scrapping at once in {float(lower.mean()):.0%} of {lower.size} draws."


def choice(case: Cascade, plan: Plan) -> Choice:
    """Return a plan as a choice: its values are net of credits, its scenario has none inside."""
    serving, arriving = plan
    entries = work_entries(case.scenario, case.asked, serving, arriving)
    values = {
        name: rest + used_by(case, plan, name) - credited(case, plan, name)
        for name, rest in case.fixed.items()
    }
    used = [(name, row) for name, row in zip(case.tiers, serving, strict=True) if row.any()]
    named = ", ".join(f"up to {row.max():.0f} in {name}" for name, row in used)
    details = {name: _by_year(case, row) for name, row in used}
    patches = {f"work.{name}": entry for name, entry in entries.items()}
    return Choice(named or SCRAP, patches, values, details)


def _by_year(case: Cascade, row: Array) -> str:
    years = zip(case.scenario.years, row.tolist(), strict=True)
    return ", ".join(f"{count:.0f} in {year}" for year, count in years if count)


def used_by(case: Cascade, plan: Plan, indicator: str) -> float:
    """Return what a plan adds to a footprint: use and refitting."""
    used = (case.used[indicator] * plan[0]).sum()
    return float(used + (case.refurbished[indicator] * plan[1]).sum())


def credited(case: Cascade, plan: Plan, indicator: str, rate: float | None = None) -> float:
    """Return what a plan displaces, at the rates of the tiers or at another."""
    rates = case.rate if rate is None else np.full_like(case.rate, rate)
    return float((rates[:, None] * case.avoided[indicator] * plan[0]).sum())


def credits(case: Cascade, plan: Plan, indicator: str, draws: Draws) -> Array:
    """Return what a plan displaces on draws, evaluated afresh, of shape ``(1 + draws,)``."""
    model = case.embodied_model
    ledger = displaced_ledger(case.scenario, case.asked, draws, model)
    each = displaced(ledger, case.scenario, case.asked, indicator)
    rates = np.array(
        [
            draws.array(
                tier.displaces.rate.factor(
                    "displacement_rate", f"optimize.second_life.tiers.{name}.displaces.rate"
                )
            )
            for name, tier in case.asked.tiers.items()
        ]
    )
    found: Array = np.einsum("jt,jts,js->s", plan[0], each, rates)
    return found


def _table(case: Cascade, plan: Plan) -> list[list[str]]:
    rows = [["year", "released", *case.tiers]]
    for place, year in enumerate(case.scenario.years):
        counts = (case.released[place], *plan[0][:, place].tolist())
        rows.append([str(year), *(f"{count:.0f}" for count in counts)])
    return rows
