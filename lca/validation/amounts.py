"""Amounts in names: what a thousand calls take, what a million tokens take, calls of a kWh."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lca.errors import UnitError
from lca.units import factor, normalize
from lca.validation.engine import Found, Resolver, Solver, combined
from lca.validation.names import Term, Words, same_dimension, vocabulary

if TYPE_CHECKING:
    from lca.validation.facts import Fact

__all__ = ["calls_of_a_unit", "embodied_of_calls", "scaled_amount"]

_EACH = {"energy_per": "energy", "co2e_per": "co2e", "water_per": "water"}
_HALF = {"half": 0.5, "quarter": 0.25}
_UNITS = {"litre": "L", "kwh": "kWh", "wh": "Wh", "mwh": "MWh", "tonne": "t", "gallon": "gallon"}


def _amount(marks: frozenset[str]) -> frozenset[str]:
    return frozenset(mark for mark in marks if mark.isdecimal())


def scaled_amount(base: str) -> Resolver:
    """Return the resolver of a quantity of so many calls, from that of another number of them.

    Parameters
    ----------
    base : str
        ``energy_per``, ``co2e_per`` or ``water_per``.
    """

    def resolve(solver: Solver, term: Term) -> Found | None:
        told = _amount(term.marks)
        if len(told) == 1:
            return _of_many(solver, term, told)
        return None if told else _of_one(solver, term)

    return resolve


def _of_many(solver: Solver, term: Term, told: frozenset[str]) -> Found | None:
    rest = term.marks - told
    one = solver.find(Term(term.base, rest))
    if one is None or not one.used >= rest:
        return None
    number = float(next(iter(told)))
    found = combined(lambda value: value * number, [one], "one x how many")
    return Found(found.values, term.marks, found.rules, found.inputs)


def _of_one(solver: Solver, term: Term) -> Found | None:
    many = [f for f in solver.facts.facts if f.term.base == term.base and _amount(f.term.marks)]
    near = [fact for fact in many if fact.term.marks - _amount(fact.term.marks) <= term.marks]
    chosen = near or many
    if len(chosen) != 1:
        return None
    return _divided(chosen[0], term)


def _divided(fact: Fact, term: Term) -> Found | None:
    told = _amount(fact.term.marks)
    if len(told) != 1:
        return None
    number = float(next(iter(told)))
    given = Found(fact.values, fact.term.marks & term.marks, (), frozenset([fact.name]))
    return combined(lambda value: value / number, [given], "many / how many")


def embodied_of_calls(solver: Solver, term: Term) -> Found | None:
    """Return the share of what is embodied that so many calls of all calls have."""
    told = _amount(term.marks)
    count = solver.find(Term("count", term.marks - told)) if len(told) == 1 else None
    whole = solver.find(Term("embodied")) if count is not None and count.used else None
    if count is None or whole is None:
        return None
    number = float(next(iter(told)))
    found = combined(lambda e, n: e / n * number, [whole, count], "embodied / calls x how many")
    return Found(found.values, count.used | told, found.rules, found.inputs)


def calls_of_a_unit(solver: Solver, said: Words, unit: str) -> Found | None:
    """Return how many calls a unit of energy, water or CO2e serves: ``queries_per_kwh``."""
    if unit or "per" not in said:
        return None
    place = said.index("per")
    amount = _written(said[place + 1 :])
    if amount is None:
        return None
    number, of = amount
    marks = frozenset(said[:place]) - vocabulary().neutral
    for base, whole in _EACH.items():
        canonical = vocabulary().bases[whole].unit
        if not same_dimension(of, canonical):
            continue
        for name in (base, whole):
            each = solver.find(Term(name, marks))
            if each is not None and each.used >= marks:
                amount_there = number * factor(of, canonical)
                return combined(lambda one, n=amount_there: n / one, [each], "unit / one call")
    return None


def _written(said: Words) -> tuple[float, str] | None:
    """Return number and unit of ``half_litre``, ``kwh``, ``100_kg``; None for anything else."""
    number = 1.0
    for word in said[:-1]:
        if word in _HALF:
            number *= _HALF[word]
        elif word.isdecimal():
            number *= float(word)
        else:
            return None
    text = _UNITS.get(said[-1], said[-1]) if said else ""
    try:
        same_dimension(text, "kg")
    except UnitError:
        return None
    return (number, normalize(text)) if text and np.isfinite(number) else None
