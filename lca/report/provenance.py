"""On whose word a result stands: its lines, sources, assumptions, gaps and inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from lca import factors
from lca.estimates import Estimate
from lca.ledger import Ledger, Line
from lca.library import Library
from lca.report.wording import name_factor
from lca.sources import Quality, Source
from lca.terms import Factor, Term, formula_name
from lca.terms import factors as leaves

_TEXTS = Line._fields[: Line._fields.index("intensity")]


def lines(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Yield every line of an option: labels, formula, sources and its total.

    Lines whose indicator begins with ``unit:`` are the work delivered.
    """
    for line in ledger.lines:
        activity = line.inventory if ledger.default_view == "inventory" else line.spread
        yield {
            "option": ledger.name,
            **{label: getattr(line, label) for label in _TEXTS},
            "activity": sum(activity),
            "formula": formula_name(line.intensity[0].formula)
            if isinstance(line.intensity[0], Term)
            else "",
            "sources": _sources(line),
            "total": _line_total(ledger, line, activity).statistics(),
        }


def _sources(line: Line) -> list[str]:
    nodes = dict.fromkeys(line.intensity)
    return sorted({leaf.source for node in nodes for leaf in leaves(node) if leaf.source})


def _line_total(ledger: Ledger, line: Line, activity: Sequence[float]) -> Estimate:
    values = np.zeros(1 + ledger.draws.samples)
    last = len(line.intensity) - 1
    for year, amount in enumerate(activity):
        if amount:
            values = values + amount * ledger.draws.array(line.intensity[min(year, last)])
    return Estimate(values, ledger.unit(line.indicator).removeprefix("unit:"))


def all_factors(ledgers: Iterable[Ledger]) -> dict[Factor, list[str]]:
    """Return every factor with the options that rest on it."""
    found: dict[Factor, list[str]] = {}
    for ledger in ledgers:
        for factor in ledger.factors():
            found.setdefault(factor, []).append(ledger.name)
    return found


def sources(used: Iterable[Factor], library: Library) -> list[dict[str, str]]:
    """Return the bibliography of some factors: key, citation, licence and attribution line."""
    of_tables = _table_attributions()
    keys = sorted({factor.source for factor in used if factor.source})
    known = (library.sources.get(key) or Source(key, key) for key in keys)
    return [
        {
            "key": source.key,
            "citation": source.cite(),
            "url": source.url,
            "licence": source.licence,
            "attribution": _attribution(source, of_tables),
            "seen": source.seen,
        }
        for source in known
    ]


def _attribution(source: Source, of_tables: dict[str, str]) -> str:
    """Return the line that a licence asks for: the source's own, that of its table, or its citation."""
    own = source.attribution or of_tables.get(source.key, "")
    if not own and source.licence.startswith("CC BY"):
        return f"{source.cite()} ({source.licence})"
    return own


def _table_attributions() -> dict[str, str]:
    """Return the attribution line of every factor table, by the source of its rows."""
    cards = (factors.sidecar(table) for table in factors.tables())
    return {card.source: card.attribution for card in cards if card.source and card.attribution}


def assumptions(used: dict[Factor, list[str]], library: Library) -> list[dict[str, Any]]:
    """Return every number that nobody published: its value, and why it was taken."""
    found: dict[str, dict[str, Any]] = {}
    for factor, options in used.items():
        if not _is_assumed(factor, library):
            continue
        entry = found.setdefault(factor.identity, _assumption(factor))
        entry["options"] = list(dict.fromkeys([*entry["options"], *options]))
    return list(found.values())


def _is_assumed(factor: Factor, library: Library) -> bool:
    known = library.sources.get(factor.source)
    return factor.quality is Quality.ASSUMED or (known is not None and known.seen == "assumed")


def _assumption(factor: Factor) -> dict[str, Any]:
    low, high = factor.distribution.interval()
    return {
        "name": factor.name,
        "what": name_factor(factor.name, factor.identity),
        "identity": factor.identity,
        "central": factor.distribution.central,
        "p5": low,
        "p95": high,
        "unit": factor.unit,
        "source": factor.source,
        "note": factor.note,
        "options": [],
    }


def missing(ledgers: Sequence[Ledger]) -> list[dict[str, Any]]:
    """Return every gap with the options it is in."""
    found: dict[Any, list[str]] = {}
    for ledger in ledgers:
        for gap in ledger.missing:
            found.setdefault(gap, []).append(ledger.name)
    return [
        {
            "indicator": gap.indicator,
            "stage": gap.stage,
            "what": gap.what,
            "reason": gap.reason,
            "options": options,
        }
        for gap, options in found.items()
    ]


def inputs_hash(digests: Iterable[str], used: Iterable[Factor]) -> str:
    """Return the SHA-256 of the scenario and of every number that entered: equal for equal inputs."""
    written = sorted(
        f"{f.identity}|{f.name}|{f.distribution!r}|{f.unit}|{f.source}|{f.quality}" for f in used
    )
    return hashlib.sha256("\n".join([*digests, *written]).encode()).hexdigest()
