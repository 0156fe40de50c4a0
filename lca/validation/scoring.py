"""Scores cases: each published figure against what the rules make of the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lca.errors import UnitError
from lca.units import factor
from lca.validation.checks import check_case
from lca.validation.cases import Case, Published
from lca.validation.engine import Found, Rule, Solver
from lca.validation.facts import Facts, facts_of
from lca.validation.names import Term, read_name, vocabulary
from lca.validation.quantities import Flag
from lca.validation.resolvers import HARDWARE_RESOLVERS, RESOLVERS
from lca.validation.rules import HARDWARE, RULES
from lca.validation.structure import by_structure

__all__ = ["WIDEST", "Score", "Target", "score_case", "score_cases"]

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
    """Score cases, in their order."""
    return tuple(score_case(case) for case in cases)


def score_case(case: Case) -> Score:
    """Score one case."""
    facts = facts_of(case)
    hardware = case.kind == "hardware"
    rules: Sequence[Rule] = HARDWARE + RULES if hardware else RULES
    solver = Solver(facts, rules, HARDWARE_RESOLVERS if hardware else RESOLVERS)
    targets = tuple(_target(solver, case, published) for published in case.published)
    flags = check_case(case.raw, case.place)
    used = {name for target in targets for name in target.inputs}
    unused = tuple(f.name for f in facts.facts if f.name not in used)
    unknown = tuple(name for name in facts.unknown if name not in used)
    return Score(case, _status(case, targets, flags), targets, flags, unknown, unused)


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
    if found is None:
        return Target(published, missing=_missing(solver.facts, term))
    base = vocabulary().bases[term.base].unit
    scale = factor(base, known.unit) if term.base != "number" else factor("", known.unit)
    return _compared(published, case, found, found.values * scale)


def _spoken(facts: Facts, term: Term) -> Term:
    """Return a term without the soft marks that no input carries: without offsets net is gross."""
    words = {word for fact in facts.facts for word in fact.term.marks}
    return Term(term.base, term.marks - (vocabulary().soft - words))


def _missing(facts: Facts, term: Term) -> str:
    words = {word for fact in facts.facts for word in fact.term.marks}
    strange = sorted(term.marks - words)
    if strange:
        return f"no input speaks of {', '.join(strange)}"
    return f"no rule gives {term} from these inputs"


def _compared(published: Published, case: Case, found: Found, values: np.ndarray) -> Target:
    value, computed = float(published.known.value), float(values[0])
    error = computed / value - 1 if value else (0.0 if computed == 0 else None)
    wide = values.size > 1
    low, high = (float(values.min()), float(values.max())) if wide else (None, None)
    target = Target(published, computed, low, high, error, None, "", found.rules, tuple(sorted(found.inputs)))
    near = error is not None and abs(error) <= case.tolerance * (1 + 1e-9)
    within = target.covered if case.expect.startswith("interval") and wide else near
    return Target(published, computed, low, high, error, within, "", target.rules, target.inputs)


def _status(case: Case, targets: Sequence[Target], flags: Sequence[Flag]) -> str:
    """Return what a case comes to: the worst of its targets, or that it was flagged."""
    wanted = [target for target in targets if target.published.target]
    if flags:
        return "flagged"
    if any(target.within is None for target in wanted) or not wanted:
        return "unsupported"
    interval = case.expect.startswith("interval") and any(t.low is not None for t in wanted)
    good, bad = ("covered", "not_covered") if interval else ("match", "mismatch")
    return good if all(target.within for target in wanted) else bad
