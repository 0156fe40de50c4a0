"""Sums of named parts: energies of processor, memory and host; footprints of a bill of parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lca.uncertain import Array
from lca.validation.engine import Found, Resolver, Solver, combined
from lca.validation.facts import Fact
from lca.validation.names import Term, same_dimension, vocabulary, words

__all__ = ["bill", "bill_of_footprints", "coefficients", "embodied_of_parts", "energy_of_parts"]

_ENERGIES = frozenset({"energy", "it_energy", "accelerator_energy"})
_FOOTPRINTS = frozenset(
    {"co2e", "embodied", "embodied_device", "host_embodied", "embodied_used", "base_footprint"}
)
_FEWEST = 2
_EACH = frozenset({"each", "per"})
_COUNTED = ("device_count", "host_count", "core_count", "unit_count", "devices_per_host")


def _given(fact: Fact) -> Found:
    return Found(fact.values, frozenset(), (), frozenset([fact.name]))


def energy_of_parts(base: str) -> Resolver:
    """Return the resolver of an energy told by its parts.

    Parameters
    ----------
    base : str
        ``it_energy`` leaves out the parts of the building; ``facility_energy`` needs them.
    """

    def resolve(solver: Solver, term: Term) -> Found | None:
        parts, building = vocabulary().parts, vocabulary().building
        facts = [f for f in solver.facts.facts if f.term.base in _ENERGIES and not f.aside]
        told = [f for f in facts if set(words(f.name)) & parts]
        own = [f for f in told if not set(words(f.name)) & building]
        chosen = own if base == "it_energy" else told
        whole = base == "it_energy" or len(own) < len(told)
        if len(told) < len(facts) or len(chosen) < _FEWEST or not whole or term.marks & parts:
            return None
        return combined(_sum, [_given(fact) for fact in chosen], "sum of the parts")

    return resolve


def _sum(*values: Array) -> Any:
    return sum(values)


def bill(solver: Solver, term: Term, unit: str) -> Found | None:
    """Return a footprint as the sum of those of its parts, each times how many there are.

    None unless every footprint of the case is a part with a name of its own.
    """
    if not same_dimension(unit, "kg") or not _whole(solver, term):
        return None
    facts = [f for f in solver.facts.facts if f.term.base in _FOOTPRINTS and not f.aside]
    told = {frozenset(words(fact.name)) for fact in facts}
    if len(facts) < _FEWEST or len(told) < len(facts) or not all(map(_named, facts)):
        return None
    parts = [_counted(solver, fact) for fact in facts]
    return combined(_sum, parts, "sum of count x part")


def bill_of_footprints(solver: Solver, term: Term) -> Found | None:
    """Return a footprint in kg as the sum of its parts, for the rules."""
    return bill(solver, term, "kg")


def embodied_of_parts(solver: Solver, term: Term) -> Found | None:
    """Return what several named parts embody together, where the case says that they embody it."""
    facts = [f for f in solver.facts.facts if f.term.base == "embodied" and not f.aside]
    own = all(fact.term.marks & vocabulary().parts and not fact.group for fact in facts)
    if len(facts) < _FEWEST or not own or term.marks or _hosted(solver):
        return None
    return combined(_sum, [_given(fact) for fact in facts], "sum of the parts")


def _hosted(solver: Solver) -> bool:
    """Whether parts are those of a host that several devices share: they do not simply add up."""
    return any(fact.term.base == "devices_per_host" for fact in solver.facts.facts)


def coefficients(solver: Solver, _term: Term) -> Found | None:
    """Return the sum of coefficient x amount: kg per core x cores + kg per GB x GB + ...

    None unless the case has two or more coefficients and every one has the one amount that
    shares a word with it.
    """
    facts = [fact for fact in solver.facts.facts if not fact.aside and not fact.group]
    told = [fact for fact in facts if "per" in words(fact.name)]
    if len(told) < _FEWEST:
        return None
    pairs = [(fact, _amounts(fact, facts)) for fact in told]
    if any(len(amounts) != 1 for _, amounts in pairs) or 2 * len(pairs) < len(facts):
        return None
    parts = [
        combined(lambda f, a: f * a, [_given(fact), _given(amounts[0])], "coefficient x amount")
        for fact, amounts in pairs
    ]
    return combined(_sum, parts, "sum of coefficient x amount")


def _amounts(coefficient: Fact, facts: Sequence[Fact]) -> list[Fact]:
    """Return the amounts that a coefficient may be multiplied with to give a footprint."""
    bases, said = vocabulary().bases, set(words(coefficient.name))
    one = bases[coefficient.term.base].unit
    found = []
    for fact in facts:
        unit = bases[fact.term.base].unit
        whole = "*".join(f"({part})" for part in (one, unit) if part)
        if whole and "per" not in words(fact.name) and same_dimension(whole, "kg"):
            found += [fact] if said & set(words(fact.name)) else []
    return found


def _named(fact: Fact) -> bool:
    return bool(fact.term.marks) or fact.term.base in {
        "embodied_device",
        "host_embodied",
        "base_footprint",
    }


def _whole(solver: Solver, term: Term) -> bool:
    """Whether a figure is of all parts together: no part of it is in its name."""
    of_parts = {m for f in solver.facts.facts for m in f.term.marks if f.term.base in _FOOTPRINTS}
    return not term.marks & of_parts and term.marks <= vocabulary().parts | _SYSTEM


_SYSTEM = frozenset({"system", "node", "server", "whole", "machine", "rack", "sum", "component"})


def _counted(solver: Solver, fact: Fact) -> Found:
    count = _count_of(solver, fact)
    if count is None:
        return _given(fact)
    return combined(lambda each, n: each * n, [_given(fact), _given(count)], "count x part")


def _count_of(solver: Solver, fact: Fact) -> Fact | None:
    """Return the count that a part is told per: the devices of an embodied per device."""
    said = set(words(fact.name))
    if fact.term.base == "host_embodied":
        return None
    counts = [f for f in solver.facts.facts if f.term.base in _COUNTED and not f.aside]
    if not said & _EACH and fact.term.base != "embodied_device":
        counts = [f for f in counts if _shares_noun(said, f)]
    if fact.term.base == "embodied_device" or said & _EACH:
        counts = [f for f in counts if f.term.base != "host_count"]
    return counts[0] if len(counts) == 1 else None


def _shares_noun(said: set[str], count: Fact) -> bool:
    nouns = set(words(count.name)) - {"count", "number", "of", "n", "per", "in"}
    return bool(said & nouns)
