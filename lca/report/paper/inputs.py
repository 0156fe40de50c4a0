"""Every input of a report: its value, what is known of its spread, and on whose word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lca.report.tables import Cell, Table
from lca.report.wording import exact_words, name_factor, percent
from lca.terms import Factor

_MOST = 400
KINDS = {
    "measured": "measured",
    "declared": "published by a maker or operator",
    "modelled": "modeled by a source",
    "derived": "derived from published figures",
    "assumed": "assumed",
    "given": "given in the scenario or by a source",
}
DISTRIBUTIONS = {
    "exact": "exact",
    "normal": "normal",
    "lognormal": "lognormal",
    "two_piece": "two-piece lognormal",
    "triangular": "triangular",
    "pert": "PERT",
    "uniform": "uniform",
    "choice": "choice of values",
    "empirical": "empirical",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A number that entered a result.

    Attributes
    ----------
    what
        In words.
    value
        Central value with 90 % interval and unit, as text.
    distribution, quality, source, note
        What is known of it.
    options
        Names of the options that rest on it.
    """

    what: str
    value: str
    distribution: str
    quality: str
    source: str
    note: str
    options: tuple[str, ...]


def collect(used: Mapping[Factor, Sequence[str]]) -> tuple[Input, ...]:
    """Return the inputs of some factors, one a name and value, in the order of their names."""
    found = [_of(factor, options) for factor, options in used.items()]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.what, one.value)))


def _of(factor: Factor, options: Sequence[str]) -> Input:
    known = factor.distribution
    low, high = known.interval()
    numbers = {"central": known.central, "median": known.central, "p5": low, "p95": high}
    return Input(
        name_factor(factor.name, factor.identity),
        exact_words({**numbers, "unit": factor.unit}),
        DISTRIBUTIONS.get(known.kind, known.kind),
        str(factor.quality),
        factor.source,
        factor.note,
        tuple(dict.fromkeys(options)),
    )


def input_table(inputs: Sequence[Input]) -> Table:
    """Return the inputs as a table, the first four hundred of very many."""
    rows = tuple(
        (
            one.what,
            (Cell(one.value), Cell(one.distribution), Cell(one.quality), Cell(one.source or "–")),
        )
        for one in inputs[:_MOST]
    )
    more = len(inputs) - len(rows)
    note = f"{more} more are in the result as JSON or CSV." if more else ""
    title = f"Every input: {len(inputs)} values, central (90% interval)"
    return Table(title, ("value", "distribution", "quality", "source"), rows, note=note)


def quality_table(inputs: Sequence[Input]) -> Table:
    """Return how many inputs are measured, declared, modeled and assumed."""
    counts = Counter(one.quality for one in inputs)
    rows = tuple(
        (words, (Cell(str(counts[kind])), Cell(percent(counts[kind] / len(inputs)))))
        for kind, words in KINDS.items()
        if counts[kind]
    )
    return Table("Inputs by quality", ("inputs", "share"), rows)


def quality_words(inputs: Sequence[Input]) -> str:
    """Say how many inputs have a source."""
    cited = sum(bool(one.source) for one in inputs)
    assumed = sum(one.quality == "assumed" for one in inputs)
    return (
        f"{len(inputs)} numbers entered this result: {cited} name a source and {assumed} are "
        "assumed. Counts say nothing of weight: what moves the result most stands under Sensitivity."
    )
