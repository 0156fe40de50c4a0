"""Which objectives are known in full, and bounds on them: what has a gap is not compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lca.errors import Problem, ScenarioError
from lca.ledger import Ledger
from lca.optimize import constraints
from lca.optimize.asking import constraints_of, objective_of
from lca.optimize.constraints import Constraint
from lca.scenario import Scenario

OBJECTIVES = ("gwp100", "cost", "water")


def known_objectives(scenario: Scenario, ledgers: Sequence[Ledger]) -> list[str]:
    """Return the objectives that all ledgers know in full, the one that is made low first.

    Raises
    ------
    ScenarioError
        If that one is not known, with what is missing.
    """
    first = objective_of(scenario)
    known = [name for name in OBJECTIVES if not list(_gaps(name, ledgers))]
    if first not in known:
        reason = "; ".join(dict.fromkeys(_gaps(first, ledgers)))
        msg = f"{first} is not known for this scenario, so it cannot be made low: {reason}"
        raise ScenarioError([Problem("optimize.objective", msg)])
    return [first, *(name for name in known if name != first)]


def upper_bounds(scenario: Scenario, units: Mapping[str, str]) -> tuple[Constraint, ...]:
    """Return the constraints of a scenario, all of them upper bounds on what is known.

    Raises
    ------
    ScenarioError
        If one cannot be read, bounds what is not known, or is no upper bound.
    """
    found = constraints.read(constraints_of(scenario), units)
    problems = [
        Problem(
            f"optimize.constraints.{number}",
            f'"{one.text}": only upper bounds can be kept here; write {one.name} <= ...',
        )
        for number, one in enumerate(found)
        if one.sign != "<="
    ]
    if problems:
        raise ScenarioError(problems)
    return found


def emissions_only(scenario: Scenario, question: str, *, bounded: bool = False) -> None:
    """Refuse what a question on hours cannot keep to: it makes emissions low, and nothing else.

    Parameters
    ----------
    bounded
        Whether the question reads constraints by itself.

    Raises
    ------
    ScenarioError
        If another objective is asked for, or a constraint that nothing would read.
    """
    objective = objective_of(scenario)
    if objective != "gwp100":
        msg = f"{question} makes gwp100 low, and no other objective; found {objective}"
        raise ScenarioError(Problem("optimize.objective", msg))
    if not bounded:
        constraints.read(constraints_of(scenario), {})


def currency(scenario: Scenario) -> str:
    """Return the currency that costs are, or would be, given in."""
    prices = scenario.model.prices
    return "EUR" if prices is None else str(prices.currency)


def gap_remarks(ledgers: Sequence[Ledger], known: Sequence[str]) -> list[str]:
    """Say which objectives are not known, and why; water only where it is asked for."""
    told = []
    for name in OBJECTIVES:
        counted = any(ledger.knows(name) for ledger in ledgers)
        if name not in known and (name == "cost" or counted):
            reasons = "; ".join(dict.fromkeys(_gaps(name, ledgers)))
            told.append(f"{name} is not known: {reasons}")
    return told


def _gaps(objective: str, ledgers: Sequence[Ledger]) -> Iterator[str]:
    for ledger in ledgers:
        missing = [one for one in ledger.missing if one.indicator == objective]
        if objective != "gwp100":  # a gap in emissions is told by the ledger, and counted by none
            yield from (f"{one.what}: {one.reason}" for one in missing)
            if not missing and not ledger.knows(objective):
                yield (
                    "the scenario gives no prices"
                    if objective == "cost"
                    else "add it to indicators"
                )
