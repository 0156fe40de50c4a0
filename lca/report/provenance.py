"""On whose word a result stands: its lines, sources, assumptions, gaps and inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lca import factors
from lca.ledger import Ledger, Line
from lca.library import Library
from lca.report.line_numbers import LineNumbers
from lca.report.wording import name_factor
from lca.sources import Quality, Source
from lca.terms import Factor, Term, formula_name
from lca.terms import factors as leaves
from lca.uncertain import Distribution

_TEXTS = Line._fields[: Line._fields.index("intensity")]


def lines(ledger: Ledger, places: Mapping[Factor, int] | None = None) -> Iterator[dict[str, Any]]:
    """Yield every line of an option: labels, formula, inputs, years, sources and its total.

    Lines whose indicator begins with ``unit:`` are the work delivered.

    Parameters
    ----------
    ledger
        The option.
    places
        Position of every factor among the inputs of the result; without them no input is named.
    """
    numbers = LineNumbers(ledger)
    for line in ledger.lines:
        activity = line.inventory if ledger.default_view == "inventory" else line.spread
        below = _leaves(line)
        yield {
            "option": ledger.name,
            **{label: getattr(line, label) for label in _TEXTS},
            "activity": sum(activity),
            "formula": formula_name(line.intensity[0].formula)
            if isinstance(line.intensity[0], Term)
            else "",
            "inputs": [places[leaf] for leaf in below if leaf in places] if places else [],
            "sources": sorted({leaf.source for leaf in below if leaf.source}),
            **numbers.of(line, activity),
        }


def labels(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Yield every line of an option by its labels alone: for pages, which show no line's number."""
    for line in ledger.lines:
        yield {"option": ledger.name, **{label: getattr(line, label) for label in _TEXTS}}


def _leaves(line: Line) -> list[Factor]:
    """Return every factor below a line, each once."""
    nodes = dict.fromkeys(line.intensity)
    return list(dict.fromkeys(leaf for node in nodes for leaf in leaves(node)))


def all_factors(ledgers: Iterable[Ledger]) -> dict[Factor, list[str]]:
    """Return every factor with the options that rest on it."""
    found: dict[Factor, list[str]] = {}
    for ledger in ledgers:
        for factor in ledger.factors():
            found.setdefault(factor, []).append(ledger.name)
    return found


def settings(data: object, path: str = "") -> dict[str, str]:
    """Return what a scenario writes as one text a path: ``fleet.chat.lifetime`` is "5 years"."""
    if isinstance(data, Mapping) and data:
        parts = (settings(value, f"{path}.{key}") for key, value in data.items())
        return {key: text for part in parts for key, text in part.items()}
    text = ", ".join(map(str, data)) if isinstance(data, list) else str(data)
    return {path.removeprefix("."): text}


def inputs(used: Mapping[Factor, Sequence[str]]) -> list[dict[str, Any]]:
    """Return every factor that entered: value, interval, unit, source, and the options it is in."""
    return [_input(factor, options) for factor, options in used.items()]


def _input(factor: Factor, options: Sequence[str]) -> dict[str, Any]:
    low, high = factor.distribution.interval()
    return {
        "name": factor.name,
        "what": name_factor(factor.name, factor.identity),
        "identity": factor.identity,
        "role": factor.role,
        "central": factor.distribution.central,
        "p5": low,
        "p95": high,
        "unit": factor.unit,
        "source": factor.source,
        "quality": str(factor.quality),
        "options": list(options),
    }


def sources(used: Iterable[Factor], library: Library) -> list[dict[str, str]]:
    """Return the bibliography of some factors: key, citation, licence and attribution line."""
    of_tables = _table_attributions()
    keys = sorted({factor.source for factor in used if factor.source})
    known = (library.sources.get(key) or Source(key, key) for key in keys)
    return [
        {
            "key": source.key,
            "citation": source.cite(),
            "title": source.title,
            "publisher": source.publisher,
            "year": str(source.year),
            "locator": source.locator,
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
    """Return the SHA-256 of the scenario and of every number that entered: equal for equal inputs.

    Numbers count to 12 digits: sums of shares differ in their last bit between versions of Python.
    """
    written = sorted(
        f"{f.identity}|{f.name}|{_written(f.distribution)}|{f.unit}|{f.source}|{f.quality}"
        for f in used
    )
    return hashlib.sha256("\n".join([*digests, *written]).encode()).hexdigest()


def _written(distribution: Distribution) -> str:
    """Return a distribution as text, the same on every machine."""
    numbers = (*distribution.parameters, distribution.lower, distribution.upper)
    return f"{distribution.kind}({', '.join(f'{number:.12g}' for number in numbers)})"
