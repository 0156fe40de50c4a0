"""Scores cases: each published figure against what the rules make of the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lca.errors import UnitError
from lca.uncertain import Array
from lca.units import factor
from lca.validation.cases import Case, Published, packaged
from lca.validation.checks import check_case
from lca.validation.engine import Found, Solver
from lca.validation.facts import Facts, facts_of
from lca.validation.names import Term, read_name, vocabulary
from lca.validation.quantities import Flag
from lca.validation.readings import borrowed, other_boundary
from lca.validation.resolvers import HARDWARE_RESOLVERS, RESOLVERS
from lca.validation.rules import RULES
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
    sisters = {case.id: case for case in (*packaged(), *cases)}
    return tuple(score_case(case, tuple(sisters.values())) for case in cases)


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
    targets = tuple(_best_target(case, facts, sisters, one) for one in case.published)
    flags = _flags(case, targets)
    used = {name for target in targets for name in target.inputs}
    unused = tuple(fact.name for fact in facts.facts if fact.name not in used)
    unknown = tuple(name for name in facts.unknown if name not in used)
    return Score(case, _status(case, targets, flags), targets, flags, unknown, unused)


def _flags(case: Case, targets: Sequence[Target]) -> tuple[Flag, ...]:
    """Return what the checks find, and an energy that had to be read otherwise to fit."""
    flags = check_case(case.raw, case.place)
    if all(target.within for target in targets if target.published.target):
        flags = tuple(flag for flag in flags if flag.code != _UNEXPLAINED)
    other = [t.published.known.name for t in targets if _OTHER in t.rules]
    if not other or any(flag.code == "boundary-mixed" for flag in flags):
        return flags
    said = f"{', '.join(other)} follow only if the energy already contains the PUE"
    return (*flags, Flag("boundary-mixed", said))


def _best_target(case: Case, facts: Facts, sisters: Sequence[Case], published: Published) -> Target:
    """Return the plain reading's answer, or that of another reading where the plain one fails."""
    plain = _target(_solver(case, facts), case, published)
    if plain.within or published.must_not_match:
        return plain
    if plain.computed is None:
        more = borrowed(facts, case, sisters)
        return plain if more is None else _target(_solver(case, more), case, published)
    other = other_boundary(facts)
    if other is not None:
        target = _target(_solver(case, other), case, published)
        if target.within:
            return replace(target, rules=(_OTHER, *target.rules))
    return plain


def _solver(case: Case, facts: Facts) -> Solver:
    hardware = case.kind == "hardware"
    rules = HARDWARE + RULES if hardware else RULES
    return Solver(facts, rules, HARDWARE_RESOLVERS if hardware else RESOLVERS)


def _target(solver: Solver, case: Case, published: Published) -> Target:
    known = published.known
    try:
        term, _ = read_name(known.name, known.unit)
    except UnitError as error:
        return Target(published, missing=error.problems[0].message)
    term = _spoken(solver.facts, term)
    found = solver.find(term)
    if found is None or not found.used >= term.marks:
        found = by_structure(solver, known.name, known.unit, term)
    elif not found.rules and asks_for_total(known.name):
        found = by_structure(solver, known.name, known.unit, term) or found
    if found is None:
        return Target(published, missing=_missing(solver.facts, term))
    scale = factor(vocabulary().bases[term.base].unit, known.unit)
    return _compared(published, case, found, found.values * scale)


def _spoken(facts: Facts, term: Term) -> Term:
    """Return a term without the soft marks that no input carries: without offsets net is gross."""
    words = {word for fact in facts.facts for word in fact.term.marks}
    if any(fact.term.base == "renewable_matching" for fact in facts.facts):
        words.add("net")
    return Term(term.base, term.marks - (vocabulary().soft - words))


def _missing(facts: Facts, term: Term) -> str:
    if "series" in facts.labels:
        return f"needs the series {facts.labels['series']}, which the case does not hold"
    words = {word for fact in facts.facts for word in fact.term.marks}
    strange = sorted(term.marks - words)
    if strange:
        return f"no input speaks of {', '.join(strange)}"
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
