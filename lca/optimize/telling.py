"""What several answers share: choices as scenarios with draws, distinct names, amounts as text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from lca.estimates import round_figures, scale
from lca.evaluation import evaluate
from lca.ledger import INDICATORS, Ledger
from lca.optimize.answer import Answer, Binding, Choice
from lca.optimize.frontier import near_optimal, regrets, saved_tonne, undominated
from lca.optimize.known_objectives import currency
from lca.optimize.programs import Program, relax
from lca.scenario import Scenario
from lca.terms import Draws
from lca.uncertain import Array

_PRICES = 6
_TINY = 1e-9


def unit_of(scenario: Scenario, indicator: str) -> str:
    """Return the unit of an objective: costs are in the currency of the scenario."""
    return currency(scenario) if indicator == "cost" else INDICATORS[indicator]


def is_known(ledger: Ledger, indicator: str) -> bool:
    """Whether an objective can be decided on: gaps in emissions are told, others make it unknown."""
    gaps = any(one.indicator == indicator for one in ledger.missing)
    return ledger.knows(indicator) and (indicator == "gwp100" or not gaps)


def realized(scenario: Scenario, one: Choice) -> Scenario:
    """Return the scenario that a choice is."""
    return scenario.patch(one.patches, one.name)


def sampled(scenario: Scenario, one: Choice, draws: Draws) -> Choice:
    """Return a choice with the draws of every objective, of its scenario evaluated afresh."""
    ledger = evaluate(realized(scenario, one), draws=draws)
    return replace(one, estimates={name: ledger.total(name) for name in one.values})


def distinct(choices: Iterable[Choice]) -> list[Choice]:
    """Return choices that change different things, each with a name of its own."""
    found: list[Choice] = []
    for one in choices:
        if any(one.patches == other.patches for other in found):
            continue
        same = sum(other.name.partition(" (plan ")[0] == one.name for other in found)
        found.append(replace(one, name=f"{one.name} (plan {same + 1})") if same else one)
    return found


def bindings(
    program: Program, costs: Array, measured: str, *, equal: bool = False
) -> Iterator[Binding]:
    """Yield what holds the optimum back, by its price in the relaxation, the dearest first.

    Parameters
    ----------
    measured
        Unit of the objective.
    equal
        Whether rows that hold exactly are told, such as work that must be done, or only limits.
    """
    bound = relax(program, costs)
    if bound is None:
        return
    dearest: dict[str, tuple[float, Binding]] = {}
    for row in program.rows:
        price = bound.prices.get(row.name, 0.0)
        limit = row.high if np.isfinite(row.high) else row.low
        worth = abs(price * limit)
        told = worth > _TINY and (equal or row.low != row.high)
        if told and worth > dearest.get(row.group, (0.0,))[0]:
            unit = measured + (f"/({row.unit})" if row.unit else "")
            dearest[row.group] = (worth, Binding(f"{row.name} (relaxation)", price, unit))
    ranked = sorted(dearest.values(), key=lambda item: -item[0])
    yield from (binding for _, binding in ranked[:_PRICES])


def program_answer(
    question: str,
    scenario: Scenario,
    objective: str,
    drawn: Sequence[Choice],
    usual: Choice,
    held_by: Iterable[Binding],
) -> Answer:
    """Return the figures of an answer that a program gave; verdict, facts and tables are to come.

    Parameters
    ----------
    drawn
        The choices on shared draws, the optimum first.
    usual
        Business as usual.
    held_by
        What holds the optimum back.
    """
    best, pair = drawn[0], front_objectives(drawn[0].values)
    return Answer(
        question,
        scenario.name,
        objective,
        unit_of(scenario, objective),
        (),
        usual,
        best,
        front=undominated(drawn, pair) if len(pair) > 1 else (),
        alternatives=near_optimal(drawn, best, objective),
        binding=tuple(held_by),
        saved=saved_tonne(usual, best, currency(scenario)),
        regret=regrets(drawn, objective),
        evaluated=evaluate(realized(scenario, best), samples=0).total(objective).central,
    )


def front_objectives(known: Collection[str]) -> tuple[str, ...]:
    """Return the objectives of the front: carbon, and cost or else water where it is known."""
    second = [name for name in ("cost", "water") if name in known]
    return ("gwp100", *second[:1])


def amount(value: float, unit: str) -> str:
    """Return a value with three figures and a readable unit."""
    step, name = scale(value, unit)
    return f"{round_figures(value / step, 3)} {name}"


def compared(best: Choice, usual: Choice, objective: str, unit: str) -> str:
    """Say how a choice compares with business as usual, and in how many draws it is lower."""
    saved = usual.values[objective] - best.values[objective]
    if saved <= _TINY * abs(usual.values[objective]):
        return "Nothing was found that is lower than business as usual."
    lower = best.estimates[objective].draws < usual.estimates[objective].draws
    share = saved / usual.values[objective]
    return (
        f"That is {amount(saved, unit)} ({share:.0%}) less than {usual.name}, and "
        f"lower in {float(lower.mean()):.0%} of {lower.size} draws."
    )
