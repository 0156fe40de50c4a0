"""Explanations as plain data: a number as a tree, its largest lines, and what each is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lca.errors import UnknownNameError, did_you_mean
from lca.explanation import Branch
from lca.ledger import INDICATORS, Ledger, Line
from lca.library import Library
from lca.report.explanation_tree import tree

_TEXTS = Line._fields[: Line._fields.index("intensity")]


def explanation(
    ledger: Ledger,
    library: Library,
    *,
    indicator: str,
    basis: str,
    most: int,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """Return the largest lines of an indicator with their formulas, inputs and sources.

    Raises
    ------
    UnknownNameError
        If no line has these labels.
    """
    _check(ledger, indicator, labels)
    found = ledger.why(most, indicator=indicator, basis=basis, **labels)
    lines = [
        {
            **{label: getattr(one.line, label) for label in _TEXTS},
            "activity": one.activity,
            "total": one.total.statistics(),
            "tree": _tree(one.tree),
        }
        for one in found.lines
    ]
    totals = [one.total for one in found.lines]
    keys = sorted({key for line in lines for key in _keys(line["tree"])})
    return {
        "option": ledger.name,
        "indicator": indicator,
        "basis": basis,
        "labels": dict(labels),
        "total": found.total.statistics(),
        "lines": lines,
        "tree": tree(ledger, lines, totals, indicator=indicator, basis=basis, labels=labels),
        "left_out": found.left_out,
        "sources": [_cite(key, library) for key in keys],
    }


def _check(ledger: Ledger, indicator: str, labels: Mapping[str, str]) -> None:
    """Refuse labels that no line has, naming those there are."""
    lines = [line for line in ledger.lines if line.indicator == indicator]
    if not lines:
        present = dict.fromkeys(line.indicator for line in ledger.lines)
        names = [name for name in INDICATORS if name in present]
        msg = f'nothing is counted as "{indicator}"{did_you_mean(indicator, names)} (one of: {", ".join(names)})'
        raise UnknownNameError(msg)
    for label, value in labels.items():
        names = list(dict.fromkeys(getattr(line, label) for line in lines))
        if value not in names:
            msg = f'no {label} "{value}"{did_you_mean(value, names)} (one of: {", ".join(names)})'
            raise UnknownNameError(msg)


def _tree(branch: Branch) -> dict[str, Any]:
    return {
        "name": branch.name,
        **branch.estimate.statistics(),
        "formula": branch.formula,
        "source": branch.source,
        "quality": branch.quality,
        "note": branch.note,
        "inputs": [_tree(part) for part in branch.inputs],
    }


def _keys(tree: Mapping[str, Any]) -> Iterable[str]:
    if tree["source"]:
        yield tree["source"]
    for part in tree["inputs"]:
        yield from _keys(part)


def _cite(key: str, library: Library) -> dict[str, str]:
    known = library.sources.get(key)
    if known is None:
        return {"key": key, "citation": key, "url": "", "seen": ""}
    return {"key": key, "citation": known.cite(), "url": known.url, "seen": known.seen}
