"""The back-stop: a figure by the dimensions of the inputs, where no rule speaks of it.

A product or quotient of a few inputs is taken only if it is the one that has the dimension of the
figure, counted things being dimensions too, and if it uses every input that the figure's own
words name. Where several would do, none is taken and all are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np

from lca import units
from lca.uncertain import Array
from lca.validation.engine import Found, Solver
from lca.validation.facts import Fact
from lca.validation.names import Term, Words, vocabulary, words

__all__ = ["BY_DIMENSIONS", "ByDimensions", "by_dimensions"]

BY_DIMENSIONS = "by dimensions"
"""Rule of every figure found here."""

_MOST_INPUTS = 10
_MOST_FACTORS = 4
_MOST_TOLD = 4
_RATIOS = frozenset(
    {"pue", "share", "average_utilisation", "power_utilisation", "overhead", "renewable_matching"}
    | {"compute_utilisation", "fab_yield", "reduction", "core_usage"}
)
"""Numbers without a dimension that a product may or may not hold: no dimension can tell."""

Power = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ByDimensions:
    """What the dimensions permit.

    Attributes
    ----------
    found : Found or None
        The figure, where one product alone has its dimension.
    candidates : tuple of str
        All products that have it, where there are several.
    """

    found: Found | None = None
    candidates: tuple[str, ...] = ()


def by_dimensions(solver: Solver, name: str, unit: str, term: Term) -> ByDimensions:
    """Return a figure as the one product of inputs that has its dimension.

    Parameters
    ----------
    solver : Solver
        Holds the facts.
    name, unit : str
        The published figure's name and unit.
    term : Term
        The figure as the vocabulary reads it.
    """
    facts = [fact for fact in solver.facts.facts if not fact.aside and not fact.group]
    said = frozenset(words(name))
    if said & vocabulary().another or not 1 < len(facts) <= _MOST_INPUTS:
        return ByDimensions()
    if any(fact.term.base in _RATIOS for fact in facts):
        return ByDimensions()
    fits = [
        _Product(facts, row) for row in _fitting(facts, _dimension(unit, _noun_below(words(name))))
    ]
    fits = [fit for fit in fits if _speaks(fit, said, facts)]
    if len(fits) != 1:
        return ByDimensions(candidates=tuple(fit.written() for fit in fits[:_MOST_TOLD]))
    values = fits[0].values()
    if not np.isfinite(values).all():
        return ByDimensions(candidates=(fits[0].written(),))
    used = frozenset(fact.name for fact in fits[0].above + fits[0].below)
    return ByDimensions(Found(values, term.marks & said, (BY_DIMENSIONS,), used))


class _Product:
    """A product of some facts over others."""

    def __init__(self, facts: Sequence[Fact], exponents: Sequence[int]) -> None:
        pairs = list(zip(facts, exponents, strict=True))
        self.above = tuple(fact for fact, exponent in pairs if exponent > 0)
        self.below = tuple(fact for fact, exponent in pairs if exponent < 0)

    def written(self) -> str:
        """Return the product as messages show it."""
        above = " x ".join(fact.name for fact in self.above)
        return above + "".join(f" / {fact.name}" for fact in self.below)

    def values(self) -> Array:
        """Return the value, with an interval where a factor has one."""
        if any(not fact.values.all() for fact in self.below):
            return np.array([np.nan])
        value = np.ones(1)
        for fact in self.above:
            value = value * fact.values
        for fact in self.below:
            value = value / fact.values
        return value


def _fitting(facts: Sequence[Fact], wanted: Power) -> list[list[int]]:
    """Return the exponents of every product that has a dimension."""
    powers = [dict(_dimension_of(fact.term.base, fact.name)) for fact in facts]
    names = sorted({name for power in (*powers, dict(wanted)) for name in power})
    table = np.array([[power.get(name, 0) for name in names] for power in powers])
    goal = np.array([dict(wanted).get(name, 0) for name in names])
    exponents = _exponents(len(facts))
    rows: list[list[int]] = exponents[(exponents @ table == goal).all(axis=1)].tolist()
    return rows


@cache
def _exponents(number: int) -> np.ndarray[tuple[int, int], np.dtype[np.int_]]:
    """Return every choice of two to four facts above or below the line, one at least above."""
    rows = []
    for size in range(2, min(_MOST_FACTORS, number) + 1):
        for pick in combinations(range(number), size):
            for signs in product((1, -1), repeat=size):
                row = np.zeros(number, dtype=int)
                row[list(pick)] = signs
                rows.append(row)
    return np.array([row for row in rows if (row > 0).any()])


def _sorted(total: Mapping[str, int]) -> Power:
    return tuple(sorted((name, number) for name, number in total.items() if number))


@cache
def _dimension_of(base: str, name: str) -> Power:
    """Return the dimension of an input: that of its unit, and the things that it counts."""
    unit, said = vocabulary().bases[base].unit, words(name.rsplit(".", 1)[-1])
    if base == "throughput":
        # A rate counts something each hour; which thing, only its name can tell.
        total = Counter(dict(_dimension(unit, "")))
        total[_noun(said[: said.index("per")] if "per" in said else said[:-1])] += 1
        return _sorted(total)
    total = Counter(dict(_dimension(unit, _noun_below(said))))
    if not unit:
        total.subtract(f"#{word}" for word in said if word in _PERIODS)
    if not unit and "per" not in said:
        total[_noun(said)] += 1
    elif not unit:
        total[_noun(said[: said.index("per")])] += 1
    return _sorted(total)


@cache
def _dimension(unit: str, below: str) -> Power:
    registry = units.registry()
    found: Mapping[str, Any] = (
        registry.get_dimensionality(units.quantity(1.0, unit)) if unit else {}
    )
    total = Counter({str(name): round(number) for name, number in found.items()})
    if below:
        total[below] -= 1
    return _sorted(total)


def _noun_below(said: Words) -> str:
    """Return the thing that a figure is told per: ``token`` of ``energy_per_token``."""
    if "per" not in said:
        return ""
    below = [w for w in said[said.index("per") + 1 :] if w not in vocabulary().neutral]
    return _noun(tuple(below)) if below else ""


def _noun(said: Words) -> str:
    passed = vocabulary().neutral | _COUNTING
    nouns = [word for word in said if word not in passed]
    return f"#{nouns[-1]}" if nouns else "#"


_PERIODS = frozenset({"day", "yearly", "year", "month", "week"})
_COUNTING = frozenset({"number", "count", "n", "num", "of", "per"})


def _speaks(fit: _Product, said: frozenset[str], facts: Sequence[Fact]) -> bool:
    """Whether a product uses every input that the figure's own words name."""
    named = {mark for fact in facts for mark in fact.term.marks} & said
    return named <= {mark for fact in fit.above + fit.below for mark in fact.term.marks}
