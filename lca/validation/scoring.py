"""Scores cases: each published figure against what the rules make of the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lca.errors import UnitError
from lca.uncertain import Array
from lca.units import factor
from lca.validation.cases import Case, Published, packaged
from lca.validation.checks import check_case
from lca.validation.checks_answers import answer_flags
from lca.validation.dimensions import BY_DIMENSIONS, by_dimensions
from lca.validation.engine import Found, Solver
from lca.validation.facts import Facts, facts_of
from lca.validation.names import Term, read_name, vocabulary, words
from lca.validation.quantities import Flag
from lca.validation.rated import with_rating
from lca.validation.readings import borrowed, other_boundary, source_of, with_printed
from lca.validation.resolvers import HARDWARE_RESOLVERS, PREDICTING, RESOLVERS
from lca.validation.rules import RATED, RULES
from lca.validation.rules_hardware import HARDWARE
from lca.validation.structure import asks_for_total, by_structure

__all__ = ["WIDEST", "Score", "Target", "score_case", "score_cases"]

_ROUNDING = 1e-9
_UNEXPLAINED = "does-not-follow"
_OTHER = "energy read as facility energy"

WIDEST = 4.0
"""High end over low end beyond which an interval says too little to cover anything."""


@dataclass(frozen=True, slots=True)
class Target:
    """One published figure and what was computed for it, in the published unit.

    Attributes
    ----------
    within : bool or None
        Within the case's tolerance, or inside an interval that is narrow enough; None where
        nothing was computed.
    missing : str
        What is missing where nothing was computed.
    candidates : tuple of str
        Products of inputs that would have its dimension, where several do.
    """

    published: Published
    computed: float | None = None
    low: float | None = None
    high: float | None = None
    rel_error: float | None = None
    within: bool | None = None
    missing: str = ""
    rules: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """How it was computed: by rules, by dimensions alone, or not at all."""
        if self.computed is None:
            return "none"
        return BY_DIMENSIONS if BY_DIMENSIONS in self.rules else "rules"

    @property
    def covered(self) -> bool:
        """Whether the computed interval holds the published value and is narrow enough."""
        if self.low is None or self.high is None or self.low <= 0:
            return False
        value = self.published.known.value
        return self.low <= float(value) <= self.high and self.high / self.low <= WIDEST


@dataclass(frozen=True, slots=True)
class Score:
    """One case scored."""

    case: Case
    status: str
    targets: tuple[Target, ...]
    flags: tuple[Flag, ...]
    unknown: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether a figure that is known to be wrong is reproduced and nothing was flagged."""
        wrong = [t for t in self.targets if t.published.must_not_match and t.within]
        return bool(wrong) and not self.flags


def score_cases(cases: Sequence[Case]) -> tuple[Score, ...]:
    """Score cases, in their order; sister rows among them and the packaged ones lend constants."""
    sources: dict[str, dict[str, Case]] = {}
    for case in (*packaged(), *cases):
        sources.setdefault(source_of(case), {})[case.id] = case
    return tuple(score_case(case, tuple(sources[source_of(case)].values())) for case in cases)


def score_case(case: Case, sisters: Sequence[Case] = ()) -> Score:
    """Score one case.

    Parameters
    ----------
    case
        What to score.
    sisters
        Cases whose constants it may borrow, where they are of the same source.
    """
    facts = facts_of(case)
    facts = with_rating(facts, case) or facts
    targets = tuple(_best_target(case, facts, sisters, one) for one in case.published)
    flags = _flags(case, facts, targets)
    used = {name for target in targets for name in target.inputs}
    unused = tuple(fact.name for fact in facts.facts if fact.name not in used)
    unknown = tuple(name for name in facts.unknown if name not in used)
    return Score(case, _status(case, targets, flags), targets, flags, unknown, unused)


def _flags(case: Case, facts: Facts, targets: tuple[Target, ...]) -> tuple[Flag, ...]:
    """Return what the checks find, and an energy that had to be read otherwise to fit."""
    flags = check_case(case.raw, case.place)
    if case.status == "complete" and all(target.within for target in targets):
        # What names its boundaries and closes is not mixed, though a table holds both.
        flags = tuple(flag for flag in flags if flag.code != "boundary-mixed")
    if all(target.within for target in targets if target.published.target):
        flags = tuple(flag for flag in flags if flag.code != _UNEXPLAINED)
    told = " ".join(flag.message for flag in flags)
    asked = tuple(_as_stated(case, facts, target) for target in targets)
    more = answer_flags(case, facts, asked)
    flags += tuple(flag for flag in more if flag.message.split(" ")[0] not in told)
    other = [t.published.known.name for t in targets if _OTHER in t.rules]
    if not other or any(flag.code == "boundary-mixed" for flag in flags):
        return flags
    said = f"{', '.join(other)} follow only if the energy already contains the PUE"
    return (*flags, Flag("boundary-mixed", said))


def _as_stated(case: Case, facts: Facts, target: Target) -> Target:
    """Return what a figure would be by what the text states, where no other input gives it."""
    if target.computed is not None or not any(fact.aside for fact in facts.facts):
        return target
    stated = tuple(replace(fact, aside=False) for fact in facts.facts)
    return _target(_solver(case, replace(facts, facts=stated)), case, target.published)


def _best_target(case: Case, facts: Facts, sisters: Sequence[Case], published: Published) -> Target:
    """Return the plain reading's answer, or that of another reading where the plain one fails."""
    plain = _target(_solver(case, facts), case, published)
    if plain.within or published.must_not_match:
        return plain
    if plain.computed is None:
        return _otherwise(case, facts, sisters, plain)
    before = _before_overhead(_solver(case, facts), case, published)
    if before is not None and before.within:
        return before
    other = other_boundary(facts)
    if other is not None:
        target = _target(_solver(case, other), case, published)
        if target.within:
            return replace(target, rules=(_OTHER, *target.rules))
    return plain


def _before_overhead(solver: Solver, case: Case, published: Published) -> Target | None:
    """Return an energy of no named boundary read as that of the devices: either is plain."""
    known = published.known
    term, _ = read_name(known.name, known.unit)
    found = solver.find(Term("it_energy", term.marks)) if term.base == "energy" else None
    if found is None or not found.used >= term.marks:
        return None
    return _compared(published, case, found, found.values * factor("kWh", known.unit))


def _otherwise(case: Case, facts: Facts, sisters: Sequence[Case], plain: Target) -> Target:
    """Return the answer by borrowed constants, by printed results, or by dimensions alone."""
    published = plain.published
    more = borrowed(facts, case, sisters)
    if more is not None:
        target = _target(_solver(case, more), case, published)
        if target.computed is not None:
            return target
    if "implied" in words(published.known.name):
        printed = with_printed(facts, case, published)
        target = _target(_solver(case, printed), case, published)
        if target.computed is not None:
            return target
    return _by_dimensions(_solver(case, facts), case, plain)


def _by_dimensions(solver: Solver, case: Case, plain: Target) -> Target:
    known = plain.published.known
    try:
        term, _ = read_name(known.name, known.unit)
    except UnitError:
        return plain
    answer = by_dimensions(solver, known.name, known.unit, term)
    if answer.found is None:
        return replace(plain, candidates=answer.candidates)
    scale = factor(vocabulary().bases[term.base].unit, known.unit)
    return _compared(plain.published, case, answer.found, answer.found.values * scale)


def _solver(case: Case, facts: Facts) -> Solver:
    if case.kind == "hardware":
        return Solver(facts, HARDWARE + RULES, HARDWARE_RESOLVERS)
    if predicts(case):
        return Solver(facts, [rule for rule in RULES if rule is not RATED], PREDICTING)
    return Solver(facts, RULES, RESOLVERS)


def predicts(case: Case) -> bool:
    """Whether a case asks for what was metered, and not for the arithmetic of its source."""
    return case.expect.startswith("interval") or case.status == "measured_reference"


def _target(solver: Solver, case: Case, published: Published) -> Target:
    known = published.known
    try:
        term, _ = read_name(known.name, known.unit)
    except UnitError as error:
        return Target(published, missing=error.problems[0].message)
    term = _spoken(solver.facts, term, case)
    found = solver.find(term)
    if found is None or not found.used >= term.marks:
        found = by_structure(solver, known.name, known.unit, term)
    elif not found.rules and asks_for_total(known.name):
        found = by_structure(solver, known.name, known.unit, term) or found
    if found is None:
        return Target(published, missing=_missing(solver, term))
    scale = factor(vocabulary().bases[term.base].unit, known.unit)
    if not np.isfinite(found.values).all():
        names = ", ".join(sorted(found.inputs))
        return Target(published, missing=f"{names} give no finite number: one of them is 0")
    return _compared(published, case, found, found.values * scale)


def _spoken(facts: Facts, term: Term, case: Case) -> Term:
    """Return a term without the soft marks that no input carries: without offsets net is gross.

    A case of hardware that speaks of no part by name is all of the one part it asks for.
    """
    said = {word for fact in facts.facts for word in fact.term.marks}
    if any(fact.term.base == "renewable_matching" for fact in facts.facts):
        said.add("net")
    soft = vocabulary().soft
    if case.kind == "hardware" and not said & vocabulary().parts:
        soft |= vocabulary().parts
    return Term(term.base, term.marks - (soft - said))


def _missing(solver: Solver, term: Term) -> str:
    """Say what stands in the way of a figure: a series, words, or quantities that nobody gives."""
    facts = solver.facts
    if "series" in facts.labels:
        return f"needs the series {facts.labels['series']}, which the case does not hold"
    words = {word for fact in facts.facts for word in fact.term.marks}
    strange = sorted(term.marks - words)
    if strange:
        return f"no input speaks of {', '.join(strange)}"
    lacking = [name.replace("_", " ") for name in solver.lacking(term)]
    if lacking:
        return f"{term} needs {' and '.join(lacking)}, which no input gives"
    return f"no rule gives {term} from these inputs"


def _compared(published: Published, case: Case, found: Found, values: Array) -> Target:
    value, computed = float(published.known.value), float(values[0])
    error = computed / value - 1 if value else (0.0 if computed == 0 else None)
    wide = values.size > 1
    low, high = (float(values.min()), float(values.max())) if wide else (None, None)
    target = Target(
        published,
        computed,
        low,
        high,
        error,
        rules=found.rules,
        inputs=tuple(sorted(found.inputs)),
    )
    near = error is not None and abs(error) <= case.tolerance * (1 + _ROUNDING)
    within = target.covered if case.expect.startswith("interval") and wide else near
    return replace(target, within=within)


def _status(case: Case, targets: Sequence[Target], flags: Sequence[Flag]) -> str:
    """Return what a case comes to: the worst of its targets, or that it was flagged."""
    wanted = [target for target in targets if target.published.target]
    wanted = wanted or [t for t in targets if t.computed is not None] or list(targets)
    if flags:
        return "flagged"
    if any(target.within is None for target in wanted):
        return "unsupported"
    interval = case.expect.startswith("interval") and any(t.low is not None for t in wanted)
    good, bad = ("covered", "not_covered") if interval else ("match", "mismatch")
    return good if all(target.within for target in wanted) else bad
