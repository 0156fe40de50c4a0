"""Answers that lie in how the inputs stand to one another: totals, shares, ratios, extremes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from lca.uncertain import Array
from lca.validation.amounts import calls_of_a_unit
from lca.validation.engine import Found, Solver, combined
from lca.validation.facts import Fact
from lca.validation.names import Term, Words, read_name, same_dimension, vocabulary, words
from lca.validation.parts import bill
from lca.validation.resolvers import given

__all__ = ["asks_for_total", "by_structure"]

_TOTALS = frozenset({"total", "consumed", "sum", "all", "overall"})
_SHARES = frozenset({"share", "fraction"})
_SAVINGS = frozenset({"saving", "reduction", "decrease"})
_RATIOS = frozenset({"ratio", "improvement", "factor", "spread"})
_JOINERS = frozenset({"to", "over", "vs", "versus", "per"})
_FEWEST = 2


def by_structure(solver: Solver, name: str, unit: str, term: Term) -> Found | None:
    """Return a published figure from how the inputs stand to one another.

    Parameters
    ----------
    solver : Solver
        Holds the facts.
    name, unit : str
        The published figure's name and unit.
    term : Term
        The figure as the vocabulary reads it.
    """
    said = words(name)
    for answer in (_extreme, _ratio, _share, _saved, _total, _joined, _bill, _calls):
        found = answer(solver, said, unit, term)
        if found is not None:
            return found
    return None


def _bill(solver: Solver, _said: Words, unit: str, term: Term) -> Found | None:
    return bill(solver, term, unit)


def _calls(solver: Solver, said: Words, unit: str, _term: Term) -> Found | None:
    return calls_of_a_unit(solver, said, unit)


def asks_for_total(name: str) -> bool:
    """Return whether a name asks for the sum of all its kind."""
    return bool(_TOTALS & set(words(name)))


def _numbers(solver: Solver) -> list[Fact]:
    return [fact for fact in solver.facts.facts if not fact.aside]


def _alike(solver: Solver, unit: str) -> list[Fact]:
    """Return the facts of a unit, if all the case's numbers are of that unit."""
    facts = _numbers(solver)
    bases = vocabulary().bases
    if all(same_dimension(bases[fact.term.base].unit, unit) for fact in facts):
        return facts
    return []


def _extreme(solver: Solver, said: Words, unit: str, _term: Term) -> Found | None:
    pick: dict[Words, Callable[..., Array]] = {("minimum",): _least, ("maximum",): _most}
    facts = _alike(solver, unit)
    if said in pick and len(facts) >= _FEWEST:
        return combined(pick[said], [given(fact) for fact in facts], "extreme of the values")
    return None


def _least(*values: Array) -> Array:
    return np.asarray(np.min(np.stack(np.broadcast_arrays(*values)), axis=0))


def _most(*values: Array) -> Array:
    return np.asarray(np.max(np.stack(np.broadcast_arrays(*values)), axis=0))


def _spread(*values: Array) -> Array:
    return np.asarray(_most(*values) / _least(*values))


def _ratio(solver: Solver, said: Words, _unit: str, _term: Term) -> Found | None:
    """Return the ratio that a name speaks of: of its two halves, of two groups, of extremes."""
    left = tuple(word for word in said if word not in _RATIOS)
    if left == said:
        return None
    facts = _numbers(solver)
    if not set(left) - {"max", "min"}:
        return _largest_over_smallest(facts)
    for first, second in _halves(left):
        pair = _one_of(facts, first), _one_of(facts, second)
        if pair[0] and pair[1] and pair[0] is not pair[1]:
            return _divided(pair[0], pair[1], "ratio of two inputs")
    return _ratio_of_groups(facts, frozenset(left))


def _largest_over_smallest(facts: Sequence[Fact]) -> Found | None:
    """Return the spread of the one kind of input that a case has several of."""
    units = {vocabulary().bases[fact.term.base].unit for fact in facts}
    several = [[f for f in facts if vocabulary().bases[f.term.base].unit == unit] for unit in units]
    chosen = [group for group in several if len(group) >= _FEWEST]
    if len(chosen) != 1:
        return None
    return combined(_spread, [given(fact) for fact in chosen[0]], "largest / smallest")


def _halves(said: Words) -> Iterator[tuple[Words, Words]]:
    for place in range(1, len(said)):
        first, second = said[:place], said[place:]
        if second[0] in _JOINERS:
            second = second[1:]
        if second:
            yield first, second


def _one_of(facts: Sequence[Fact], part: Words) -> Fact | None:
    """Return the one fact whose name holds the words; one that is all of them comes first."""
    holding = [fact for fact in facts if set(part) <= set(words(fact.name))]
    exact = [fact for fact in holding if set(part) == set(words(fact.name))]
    chosen = exact or holding
    return chosen[0] if len(chosen) == 1 else None


def _divided(one: Fact, other: Fact, name: str) -> Found:
    return combined(lambda a, b: a / b, [given(one), given(other)], name)


def _ratio_of_groups(facts: Sequence[Fact], left: frozenset[str]) -> Found | None:
    """Return the ratio of the first group's figure to the second's."""
    fits = [fact for fact in facts if "." in fact.name and left <= set(words(fact.name))]
    owners = [fact.name.rsplit(".", 1)[0] for fact in fits]
    if len(fits) == _FEWEST and owners[0] != owners[1]:
        return _divided(fits[0], fits[1], "ratio of two groups")
    return None


def _share(solver: Solver, said: Words, unit: str, _term: Term) -> Found | None:
    """Return the share of one part in all parts."""
    if unit not in {"", "percent"} or not _SHARES & set(said):
        return None
    wanted = frozenset(said) - _SHARES
    if wanted & _TOTALS:
        return _sum_of_shares(solver, wanted - _TOTALS)
    for base in ("energy", "power", "co2e", "water"):
        parts = [fact for fact in _numbers(solver) if fact.term.base == base and fact.term.marks]
        named = [fact for fact in parts if wanted <= fact.term.marks]
        if len(named) == 1 and len(parts) >= _FEWEST:
            inputs = [given(named[0]), *(given(part) for part in parts)]
            return combined(lambda one, *all_: one / sum(all_), inputs, "part / all parts")
    return None


def _saved(solver: Solver, said: Words, unit: str, _term: Term) -> Found | None:
    """Return what the smaller of two like inputs saves of the larger."""
    if unit not in {"", "percent"} or not _SAVINGS & set(said):
        return None
    facts = _numbers(solver)
    for base in dict.fromkeys(fact.term.base for fact in facts if _measures(fact)):
        pair = [given(fact) for fact in facts if fact.term.base == base]
        if len(pair) == _FEWEST and len(facts) - len(pair) <= _FEWEST:
            return combined(lambda *values: 1.0 - 1.0 / _spread(*values), pair, "1 - less / more")
    return None


def _measures(fact: Fact) -> bool:
    """Whether a fact is an amount of something that can be saved, with marks that name it."""
    unit = vocabulary().bases[fact.term.base].unit
    return bool(fact.term.marks) and bool(unit) and not same_dimension(unit, "h")


def _sum_of_shares(solver: Solver, wanted: frozenset[str]) -> Found | None:
    parts = [
        fact
        for fact in _numbers(solver)
        if fact.term.base in {"share", "number"} and wanted <= fact.term.marks
    ]
    return _summed(parts) if len(parts) >= _FEWEST else None


def _summed(parts: Sequence[Fact]) -> Found:
    return combined(
        lambda *values: sum(values), [given(part) for part in parts], "sum of the parts"
    )


def _total(solver: Solver, said: Words, unit: str, term: Term) -> Found | None:
    """Return the sum of the parts, where a total is asked for or the inputs are all parts."""
    parts = _alike(solver, unit)
    if len(parts) < _FEWEST and _TOTALS & set(said):
        parts = [fact for fact in _numbers(solver) if fact.term.base == term.base]
        parts = parts if sum(not fact.term.marks for fact in parts) <= 1 else []
    wanted = term.marks - {word for fact in parts for word in fact.term.marks}
    if len(parts) < _FEWEST or wanted or term.marks:
        return None
    return _summed(parts)


def _joined(solver: Solver, said: Words, unit: str, _term: Term) -> Found | None:
    """Return the sum of what "and" joins, with PUE where the name says so."""
    if "and" not in said:
        return None
    whole = said[:-2] if said[-2:] == ("with", "pue") else said
    cuts = [-1, *(place for place, word in enumerate(whole) if word == "and"), len(whole)]
    pieces = [whole[start + 1 : end] for start, end in pairwise(cuts)]
    parts = [_piece(solver, piece, whole[0], unit) for piece in pieces]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts):
        return None
    total = combined(lambda *values: sum(values), found, "sum of what is named")
    pue = solver.find(Term("pue")) if whole != said else None
    return combined(lambda t, p: t * p, [total, pue], "with PUE") if pue else total


def _piece(solver: Solver, piece: Words, head: str, unit: str) -> Found | None:
    name = "_".join(piece if piece[0] == head else (head, *piece))
    term, _ = read_name(name, unit)
    found = solver.find(term)
    return found if found is not None and found.used >= term.marks else None
