"""Other ways to read a case, tried only where the plain reading does not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lca.validation.cases import Case, Published
from lca.validation.facts import Fact, Facts, facts_of
from lca.validation.names import Term

__all__ = ["borrowed", "other_boundary", "source_of", "with_printed"]

_BORROWABLE = frozenset(
    {"renewable_matching", "pue", "grid_intensity", "effective_intensity", "lifetime"}
)
"""Constants of a whole family: a row that leaves one out has that of its sister rows."""


def other_boundary(facts: Facts) -> Facts | None:
    """Return the facts with energies of no named boundary read as facility energy.

    None where there is nothing to read otherwise: no such energy, or no PUE.
    """
    bases = {fact.term.base for fact in facts.facts if not fact.aside}
    if not {"energy", "pue"} <= bases:
        return None
    return replace(facts, facts=tuple(_as_facility(fact) for fact in facts.facts))


def _as_facility(fact: Fact) -> Fact:
    if fact.term.base != "energy":
        return fact
    return replace(fact, term=Term("facility_energy", fact.term.marks))


def borrowed(facts: Facts, case: Case, cases: Sequence[Case]) -> Facts | None:
    """Return the facts with the constants that all sister rows of a source agree on.

    Sister rows have the same ``source.identifier``. None where there is nothing to borrow.
    """
    known = {fact.term.base for fact in facts.facts}
    found: dict[Term, list[tuple[str, Fact]]] = {}
    for sister in cases:
        if sister.id == case.id or not _sisters(case, sister):
            continue
        for fact in facts_of(sister).facts:
            if fact.term.base in _BORROWABLE - known and not fact.aside:
                found.setdefault(fact.term, []).append((sister.id, fact))
    more = [_agreed(rows) for rows in found.values()]
    extra = tuple(fact for fact in more if fact is not None)
    return replace(facts, facts=facts.facts + extra) if extra else None


def with_printed(facts: Facts, case: Case, asked: Published) -> Facts:
    """Return the facts with the other printed results: what is implied rests on them."""
    printed = {
        one.known.name: {"value": one.known.value, "unit": one.known.unit or "dimensionless"}
        for one in case.published
        if one is not asked and one.known.unit != "name"
    }
    more = facts_of(replace(case, inputs=printed))
    return replace(facts, facts=facts.facts + more.facts)


def source_of(case: Case) -> str:
    """Return what names the source of a case, "" where nothing does."""
    return str(case.source.get("identifier") or "")


def _sisters(case: Case, other: Case) -> bool:
    name = source_of(case)
    return bool(name) and name == source_of(other)


def _agreed(rows: Sequence[tuple[str, Fact]]) -> Fact | None:
    """Return the fact on which rows agree, named after the first of them."""
    sister, first = rows[0]
    if not all(np.array_equal(fact.values, first.values) for _, fact in rows):
        return None
    return replace(first, name=f"{first.name} of {sister}")
