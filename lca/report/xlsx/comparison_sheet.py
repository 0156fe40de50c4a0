"""The sheet Comparison: chances, ranks and pairs, as they come from the draws."""

from __future__ import annotations

from collections.abc import Sequence

from lca.comparison import Comparison, Pair
from lca.report.wording import say_unit
from lca.report.xlsx.content import Content
from lca.report.xlsx.pen import Pen

FIRST_ROW = 6
"""Row of the first option, counted from 1."""

MOST_PAIRS = 400
_MOST_RANKS = 10
_STATISTICS = ("median", "p5", "p95")


def write_comparison(pen: Pen, content: Content) -> None:
    """Write probabilities, ranks and pairs; where pairs are too many, those of the lowest."""
    pen.text(1, 0, "Comparison", "title")
    pen.text(2, 0, "From the draws; these values do not follow changed inputs.", "note")
    found = content.comparison
    if found is None:
        pen.text(4, 0, "There is one option, so nothing is compared.")
        return
    _ranks(pen, found)
    row = _pairs(pen, found, FIRST_ROW + len(found.order) + 2)
    pen.text(row + 2, 0, "Cautions", "heading")
    for place, text in enumerate(found.cautions or ("none",), row + 3):
        pen.text(place, 0, text)
    pen.widths(28, 28, *(16 for _ in range(4 + _MOST_RANKS)))
    pen.sheet.freeze_panes(3, 1)


def _ranks(pen: Pen, found: Comparison) -> None:
    order = found.order
    unit = say_unit(found.values[order[0]].unit)
    pen.text(FIRST_ROW - 2, 0, f"Each option [{unit}], lowest median first", "heading")
    shown = min(len(order), _MOST_RANKS)
    ranks = tuple(f"chance of rank {n + 1}" for n in range(shown))
    pen.header(FIRST_ROW - 1, ("option", "chance lowest", *_STATISTICS, *ranks), 0, 1)
    for row, name in enumerate(order, FIRST_ROW):
        values = found.values[name].statistics()
        pen.text(row, 0, name)
        pen.number(row, 1, found.probability_best[name], "share")
        for place, key in enumerate(_STATISTICS, 2):
            pen.number(row, place, float(values[key]))
        for place, chance in enumerate(found.ranks[name][:shown], 5):
            pen.number(row, place, chance, "share")


def _pairs(pen: Pen, found: Comparison, row: int) -> int:
    """Write the pairs from a row on, and return the row after the last."""
    left = len(found.pairs) - MOST_PAIRS
    more = f"; {left} pairs of higher options are left out" if left > 0 else ""
    pen.text(row, 0, f"Pairs: a − b{more}", "heading")
    pen.header(row + 1, ("a", "b", "chance a is lower", "median difference", "p5", "p95"), 0, 2)
    shown = _shown(found)
    for place, pair in enumerate(shown, row + 2):
        pen.text(place, 0, pair.first)
        pen.text(place, 1, pair.second)
        pen.number(place, 2, pair.probability_first_lower, "share")
        values = pair.difference.statistics()
        for position, key in enumerate(_STATISTICS, 3):
            pen.number(place, position, float(values[key]))
    return row + 2 + len(shown)


def _shown(found: Comparison) -> Sequence[Pair]:
    """Return the pairs to write: all, or those whose options have the lowest medians."""
    if len(found.pairs) <= MOST_PAIRS:
        return found.pairs
    rank = {name: place for place, name in enumerate(found.order)}
    pairs = sorted(found.pairs, key=lambda pair: max(rank[pair.first], rank[pair.second]))
    return pairs[:MOST_PAIRS]
