"""Finds a quantity from the facts of a case by the rules, with the marks that it must use up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from lca.uncertain import Array
from lca.validation.facts import Fact, Facts
from lca.validation.names import Term, vocabulary, words

__all__ = ["Found", "Resolver", "Rule", "Solver", "combined", "rule_of"]

_DEEPEST = 12
_OPEN_ENERGIES = frozenset({"energy_per", "yearly_energy"})
"""Energies that may be those of a facility or of its IT."""


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity that was found.

    Attributes
    ----------
    values : array
        In the canonical unit of its base, the best value first.
    used : frozenset of str
        Marks of the question that its inputs carry.
    rules : tuple of str
        Rules that were followed, the outermost first.
    inputs : frozenset of str
        Names of the inputs that it rests on.
    """

    values: Array
    used: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()
    inputs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """How one quantity follows from others.

    Attributes
    ----------
    target : str
        The quantity it gives.
    needs : tuple of str
        Quantities it takes, in the order of the formula. ``energy+idle`` adds a mark that must be
        found, ``energy-`` drops all marks, ``energy!`` takes facts alone, ``pue?1`` is 1 where
        the case says nothing of it.
    apply : callable
        The formula, on arrays in canonical units.
    name : str
        Stable name, for reports and for the count of thin rules.
    unless : tuple of str
        It holds only where none of these is known.
    absorbs : frozenset of str
        Marks that the rule itself accounts for; where it names some, it answers only those.
    inverse : bool
        It goes back from a result to a factor, and is followed last.
    """

    target: str
    needs: tuple[str, ...]
    apply: Callable[..., Any]
    name: str
    unless: tuple[str, ...] = ()
    absorbs: frozenset[str] = frozenset()
    inverse: bool = False

    @property
    def adds(self) -> bool:
        """Whether the rule adds figures up: then no two of them may be the same one."""
        return " + " in self.name

    def answers(self, term: Term) -> bool:
        """Return whether the rule speaks of a term: of one of its marks, where it names some."""
        return not self.absorbs or bool(self.absorbs & term.marks)


def rule_of(
    target: str,
    needs: str,
    apply: Callable[..., Any],
    name: str,
    *,
    unless: tuple[str, ...] = (),
    absorbs: frozenset[str] = frozenset(),
    inverse: bool = False,
) -> Rule:
    """Return a rule whose needs are written as one text."""
    return Rule(target, tuple(needs.split()), apply, name, unless, absorbs, inverse)


Resolver: TypeAlias = "Callable[[Solver, Term], Found | None]"
"""A rule over however many facts there are: the sum of all parts, the share of one."""


class Solver:
    """Answers what a quantity is, from the facts of one case.

    Parameters
    ----------
    facts : Facts
        The inputs.
    rules : sequence of Rule
        The rules, the more direct ones first.
    resolvers : mapping of str to sequence of Resolver, optional
        Rules over many facts, by the quantity that they give.
    """

    def __init__(
        self,
        facts: Facts,
        rules: Sequence[Rule],
        resolvers: Mapping[str, Sequence[Resolver]] | None = None,
    ) -> None:
        self.facts = facts
        self._resolvers = resolvers or {}
        self._rules: dict[str, list[Rule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.target, []).append(rule)
        self._within_reach = self._reach()
        self._open: set[Term] = set()
        self._done: dict[Term, Found | None] = {}
        self._cut = False

    def _reach(self) -> frozenset[str]:
        """Return the quantities that may follow at all: told, resolved, or by a rule from those."""
        reach = {fact.term.base for fact in self.facts.facts}
        reach |= {base for base in self._resolvers if SOURCES.get(base, reach) & reach}
        while True:
            more = {
                base
                for base, rules in self._rules.items()
                if base not in reach and any(not _beyond(rule, reach) for rule in rules)
            }
            if not more:
                return frozenset(reach)
            reach |= more

    def find(self, term: Term) -> Found | None:
        """Return the finding that uses up most marks of a term, facts before rules, or None."""
        if term in self._done:
            return self._done[term]
        if term in self._open or len(self._open) >= _DEEPEST:
            self._cut = True
            return None
        outer, self._cut = self._cut, False
        self._open.add(term)
        best = self._best(term)
        self._open.discard(term)
        if not self._cut:
            self._done[term] = best
        self._cut = (self._cut and bool(self._open)) or outer
        return best

    def _best(self, term: Term) -> Found | None:
        best: Found | None = None
        for found in self._findings(term):
            if best is None or len(found.used) > len(best.used):
                best = found
            if best.used == term.marks:
                break
        return best

    def _findings(self, term: Term) -> Iterator[Found]:
        fact = self.fact(term)
        if fact is not None:
            yield fact
        for resolve in self._resolvers.get(term.base, ()):
            found = resolve(self, term)
            if found is not None:
                yield found
        yield from self._followed(term, inverse=False)
        total = self._sum_of_groups(term)
        if total is not None:
            yield total
        only = self._only(term) if fact is None else None
        if only is not None:
            yield only
        else:
            yield from self._followed(term, inverse=True)

    def _followed(self, term: Term, *, inverse: bool) -> Iterator[Found]:
        for rule in self._rules.get(term.base, ()):
            found = self._follow(rule, term) if rule.inverse == inverse else None
            if found is not None:
                yield found

    def _follow(self, rule: Rule, term: Term) -> Found | None:
        if _beyond(rule, self._within_reach) or not rule.answers(term):
            return None
        if any(self.knows(base, term.marks) for base in rule.unless):
            return None
        left = term.marks - rule.absorbs
        inputs = []
        for need in rule.needs:
            found = self._need(need, left)
            if found is None:
                return None
            inputs.append(found)
        if rule.adds and len({one.inputs for one in inputs}) < len(inputs):
            return None
        if _overhead_twice(rule, inputs):
            return None
        found = combined(rule.apply, inputs, rule.name)
        used = found.used | (rule.absorbs & term.marks)
        return Found(found.values, used, found.rules, found.inputs)

    def _need(self, need: str, marks: frozenset[str]) -> Found | None:
        need, _, absent = need.partition("?")
        if absent and not any(fact.term.base == need for fact in self.facts.facts):
            return Found(np.array([float(absent)]))
        if need.endswith("!"):
            return self._direct(Term(need[:-1], marks))
        base, *more = need.split("+")
        asked = frozenset[str]()
        if base.endswith("-"):
            base, asked, marks = base[:-1], marks, frozenset()
        required = frozenset(more)
        found = self._fact_with(Term(base, marks | required), required)
        found = found or self.find(Term(base, marks | required))
        if found is None or not found.used.issuperset(more):
            return None
        spoken = asked.intersection(word for name in found.inputs for word in words(name))
        return Found(found.values, found.used - set(more) | spoken, found.rules, found.inputs)

    def _direct(self, term: Term) -> Found | None:
        """Return a finding by a fact or a resolver alone, so that no rule is gone through twice."""
        answers = (resolve(self, term) for resolve in self._resolvers.get(term.base, ()))
        return self.fact(term) or next((a for a in answers if a), None) or self._only(term)

    def fact(self, term: Term) -> Found | None:
        """Return the fact whose marks are most of those asked for, and no others."""
        return self._fact_with(term, frozenset())

    def _fact_with(self, term: Term, required: frozenset[str]) -> Found | None:
        fits = [
            fact
            for fact in self.facts.facts
            if fact.term.base == term.base
            and required <= fact.term.marks <= term.marks
            and not fact.aside
        ]
        if not fits:
            return None
        best = max(fits, key=lambda fact: len(fact.term.marks))
        return _of(best, term)

    def _only(self, term: Term) -> Found | None:
        """Return the one fact of a kind, though it has marks that nobody asked for.

        A number among those marks is an amount, per 1000 say, and never passed over.
        """
        fits = [
            fact
            for fact in self.facts.facts
            if fact.term.base == term.base and not _counts(fact.term.marks - term.marks)
        ]
        nearer = [fact for fact in fits if not fact.aside]
        named = [fact for fact in nearer if fact.term.marks & term.marks]
        chosen = named if len(named) == 1 else nearer
        return _of(chosen[0], term) if len(chosen) == 1 else None

    def knows(self, base: str, marks: frozenset[str]) -> bool:
        """Return whether a case states a quantity, beside what its text says."""
        if self.fact(Term(base, marks)) is not None:
            return True
        stated = [f for f in self.facts.facts if f.term.base == base and not f.aside]
        return len(stated) == 1 and not self.facts.groups

    def lacking(self, term: Term) -> tuple[str, ...]:
        """Return what the nearest rule for a quantity still needs, nothing where no rule speaks."""
        rules = [rule for rule in self._rules.get(term.base, ()) if not rule.inverse]
        lacks = [_beyond(rule, self._within_reach) for rule in rules if rule.answers(term)]
        return min((missing for missing in lacks if missing), key=len, default=())

    def _sum_of_groups(self, term: Term) -> Found | None:
        """Return the sum over the members of a list, where the quantity is a sum."""
        groups = [group for group in self.facts.groups if not group & term.marks]
        if not groups or not vocabulary().bases[term.base].extensive:
            return None
        if len(groups) != len(self.facts.groups):
            return None
        parts = [self.find(Term(term.base, term.marks | group)) for group in groups]
        whole = [
            part for part, group in zip(parts, groups, strict=True) if part and group <= part.used
        ]
        if len(whole) != len(groups):
            return None
        found = combined(_total, whole, "sum over the members of a list")
        return Found(found.values, found.used & term.marks, found.rules, found.inputs)


def combined(apply: Callable[..., Any], inputs: Sequence[Found], name: str) -> Found:
    """Return what a formula makes of its inputs."""
    with np.errstate(all="ignore"):
        # Zero inputs give no finite number; what is not finite is told as such, not computed.
        made = apply(*(found.values for found in inputs))
    values = np.atleast_1d(np.asarray(made, dtype=float))
    return Found(
        values,
        frozenset().union(*(found.used for found in inputs)),
        (name, *dict.fromkeys(rule for found in inputs for rule in found.rules)),
        frozenset().union(*(found.inputs for found in inputs)),
    )


SOURCES: Mapping[str, frozenset[str]] = {
    "it_energy": frozenset({"energy", "it_energy", "accelerator_energy", "parameters"})
    | {"device_tdp"},
    "facility_energy": frozenset({"energy", "it_energy", "accelerator_energy"}),
    "accelerator_energy": frozenset({"device_tdp"}),
    "energy": frozenset({"energy"}),
    "energy_per": frozenset({"energy_per"}),
    "co2e_per": frozenset({"co2e_per"}),
    "water_per": frozenset({"water_per"}),
    "embodied_device": frozenset({"embodied"}),
    "embodied_water_device": frozenset({"embodied_water"}),
    "embodied_used": frozenset({"parameters"}),
    "freight": frozenset({"distance"}),
    "co2e": frozenset({"co2e", "embodied", "embodied_device", "host_embodied", "embodied_used"}),
}
"""What a quantity may be resolved from, any one of them; one that is not here may always be."""


def _beyond(rule: Rule, reach: Set[str]) -> tuple[str, ...]:
    """Return the needs of a rule that are out of reach, as the vocabulary calls them."""
    return tuple(base for base in _bases(rule.needs) if base not in reach)


@cache
def _bases(needs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the quantities that a rule cannot do without."""
    bases = (need.rstrip("!").split("+")[0].rstrip("-") for need in needs if "?" not in need)
    return tuple(dict.fromkeys(bases))


def _overhead_twice(rule: Rule, inputs: Sequence[Found]) -> bool:
    """Tell whether a rule would put PUE on an energy that was found at the facility."""
    needs = [need.partition("?")[0] for need in rule.needs]
    if "pue" not in needs or not inputs[needs.index("pue")].inputs:
        return False
    energies = [one for need, one in zip(needs, inputs, strict=True) if need in _OPEN_ENERGIES]
    return any("facility energy" in one.rules for one in energies)


def _counts(marks: frozenset[str]) -> bool:
    return any(mark.isdecimal() for mark in marks)


def _total(*parts: Array) -> Array:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _of(fact: Fact, term: Term) -> Found:
    """Return a fact as a finding; all words of its name are spoken, the phrase's among them."""
    said = fact.term.marks.union(words(fact.name))
    return Found(fact.values, said & term.marks, (), frozenset([fact.name]))
