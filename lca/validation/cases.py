"""Reads a file of published cases and checks it against the schema, by file and line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from lca import document
from lca.document import Document
from lca.errors import InputError, Problem, did_you_mean, quoted
from lca.units import normalize
from lca.validation.quantities import Known

__all__ = [
    "HELD_OUT",
    "PACKAGED",
    "Case",
    "Published",
    "held_out",
    "packaged",
    "read_cases",
    "unit_of",
]

PACKAGED = Path(__file__).parent / "cases"
"""Folder of the cases that come with the toolkit."""

HELD_OUT = PACKAGED / "held_out"
"""Folder of the cases by which the rules were tried, after they were written."""

KINDS = ("training", "inference", "hardware", "decision")
STATUSES = (
    "complete",
    "inputs_inferred",
    "inputs_recalled",
    "inputs_approximate",
    "inputs_incomplete",
    "measured_reference",
    "recomputed_from_authors_data",
    "complete_with_external_series",
    "inconsistent_as_published",
)
_NEEDED = ("id", "kind", "subkind", "status", "expect", "source", "inputs", "published")
_NAMED_UNITS = {"dimensionless": "", "name": "name", "none": ""}

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure.

    Attributes
    ----------
    known : Known
        Its name, value, unit and interval.
    target : bool
        Whether a model should reproduce it.
    must_not_match : bool
        Whether it is known to be wrong: reproducing it without a flag is a failure.
    origin : str
        ``published``, or ``derived`` from the authors' data.
    """

    known: Known
    target: bool = True
    must_not_match: bool = False
    origin: str = "published"


@dataclass(frozen=True, slots=True)
class Case:
    """One published footprint: what went in, what was printed, how near is near enough."""

    id: str
    kind: str
    subkind: str
    status: str
    expect: str
    title: str
    source: Mapping[str, Any]
    inputs: Mapping[str, Any]
    published: tuple[Published, ...]
    tolerance: float
    notes: str = ""
    place: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


def packaged() -> tuple[Case, ...]:
    """Return the cases that come with the toolkit."""
    return tuple(case for file in sorted(PACKAGED.glob("*.yaml")) for case in read_cases(file))


def held_out() -> tuple[Case, ...]:
    """Return the cases that were written before the rules could read them."""
    return tuple(case for file in sorted(HELD_OUT.glob("*.yaml")) for case in read_cases(file))


def read_cases(path: str | os.PathLike[str]) -> tuple[Case, ...]:
    """Read a file of cases.

    Raises
    ------
    InputError
        With every mistake of the file, by line.
    """
    found = document.read(path)
    entries: Any = found.data.get("cases")
    if not isinstance(entries, list) or not entries:
        raise InputError(found.problem(("cases",), 'no cases; write a list "cases:" of mappings'))
    each = (p for place, entry in enumerate(entries) for p in _problems(found, place, entry))
    problems = list(islice(chain(each, _repeated(found, entries)), document.MAX_PROBLEMS))
    if problems:
        raise InputError(problems)
    return tuple(_case(found, place, entry) for place, entry in enumerate(entries))


def _repeated(found: Document, entries: Sequence[Any]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        name = str(entry.get("id")) if isinstance(entry, dict) else ""
        if name in seen:
            yield found.problem(("cases", place, "id"), f"a second case {quoted(name)}")
        seen.add(name)


def _problems(found: Document, place: int, entry: Any) -> Iterator[Problem]:
    """Yield what is wrong with one case."""
    here: Steps = ("cases", place)
    if not isinstance(entry, dict):
        yield found.problem(here, "a case is a mapping of its fields")
        return
    for key in _NEEDED:
        if entry.get(key) is None:
            yield found.problem(here, f"a case needs {quoted(key)}")
    yield from _shapes(found, here, entry)
    yield from _choice(found, here, entry, "kind", KINDS)
    yield from _choice(found, here, entry, "status", STATUSES)
    if not isinstance(entry.get("inputs") or {}, dict):
        yield found.problem((*here, "inputs"), "inputs are a mapping of names")
    else:
        yield from _input_problems(found, here, entry.get("inputs") or {})
    yield from _published_problems(found, here, entry.get("published"))
    yield from _tolerance_problems(found, here, entry.get("tolerance"))


def _shapes(found: Document, here: Steps, entry: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the fields that are lists or mappings where a text is needed, or the reverse."""
    for key in ("id", "subkind", "expect", "title", "notes"):
        if isinstance(entry.get(key), (list, dict)):
            yield found.problem((*here, key), f"{quoted(key)} is a text")
    if entry.get("source") is not None and not isinstance(entry["source"], dict):
        message = 'a source is a mapping: "authors", "title", "year", "identifier", "locator"'
        yield found.problem((*here, "source"), message)


def _choice(
    found: Document, here: Steps, entry: Mapping[str, Any], key: str, accepted: Sequence[str]
) -> Iterator[Problem]:
    text = entry.get(key)
    if text is not None and text not in accepted:
        near = did_you_mean(str(text), accepted)
        message = f"{quoted(text)} is no {key}{near}; accepted: {', '.join(accepted)}"
        yield found.problem((*here, key), message)


def _tolerance_problems(found: Document, here: Steps, entry: Any) -> Iterator[Problem]:
    said = _number(entry.get("rel")) if isinstance(entry, dict) else None
    if said is None or not said >= 0:
        yield found.problem((*here, "tolerance"), 'a case needs a tolerance, "rel: 0.02"')


def _input_problems(found: Document, here: Steps, inputs: Mapping[str, Any]) -> Iterator[Problem]:
    for name, entry in inputs.items():
        if isinstance(entry, dict) and "value" in entry:
            yield from _value_problems(found, (*here, "inputs", name), entry)
        elif _number(entry) is not None:
            message = f"{quoted(name)} is a bare {entry}; write {{value: {entry}, unit: ...}}"
            yield found.problem((*here, "inputs", name), message)


def _published_problems(found: Document, here: Steps, entries: Any) -> Iterator[Problem]:
    if not isinstance(entries, list):
        yield found.problem((*here, "published"), "published is a list of quantities")
        return
    for place, entry in enumerate(entries):
        steps = (*here, "published", place)
        if not isinstance(entry, dict) or not _is_text(entry.get("quantity")):
            yield found.problem(steps, 'a published figure needs "quantity", "value" and "unit"')
        else:
            yield from _value_problems(found, steps, entry)
            if entry.get("value") is None:
                yield found.problem(steps, f"{quoted(entry['quantity'])} has no value")


def _value_problems(found: Document, steps: Steps, entry: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with one quantity; a unit that nobody knows is told with the scores."""
    unit = entry.get("unit")
    if unit == "name":
        return
    if isinstance(unit, (list, dict)):
        yield found.problem((*steps, "unit"), 'a unit is a text, such as "kWh"')
        return
    if unit is None:
        yield found.problem(steps, 'a quantity needs a unit; "dimensionless" for a plain number')
        return
    for key in ("value", "low", "high"):
        given = entry.get(key)
        for value in [] if given is None else _several(given):
            if _number(value) is None:
                yield found.problem((*steps, key), f"{quoted(value)} is not a number")


def unit_of(text: str) -> str:
    """Return a unit of a case as the registry writes it; CO2e is a plain mass there."""
    return _NAMED_UNITS.get(text, normalize(text))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _case(found: Document, place: int, entry: Mapping[str, Any]) -> Case:
    line, _ = found.position(("cases", place))
    return Case(
        id=entry["id"],
        kind=entry["kind"],
        subkind=entry["subkind"],
        status=entry["status"],
        expect=entry["expect"],
        title=entry.get("title") or "",
        source=entry["source"],
        inputs=entry["inputs"],
        published=tuple(_published(item) for item in entry["published"]),
        tolerance=float(entry["tolerance"]["rel"]),
        notes=entry.get("notes") or "",
        place=f"{found.name}:{line}",
        raw=entry,
    )


def _published(entry: Mapping[str, Any]) -> Published:
    return Published(
        known=read_known(entry["quantity"], entry),
        target=entry.get("target", "true") == "true",
        must_not_match=entry.get("must_not_match") == "true",
        origin=entry.get("origin") or "published",
    )


def read_known(name: str, entry: Mapping[str, Any]) -> Known:
    """Return one quantity as it was written; a list counts as its sum.

    Parameters
    ----------
    name : str
        Its name.
    entry : mapping
        ``value``, ``unit`` and perhaps ``low``, ``high``, ``note``.
    """
    unit, note = unit_of(entry.get("unit") or ""), entry.get("note") or ""
    if unit == "name" or entry["value"] is None:
        unit = "name"
        return Known(name, str(entry["value"]), unit=unit, note=note)
    value = sum(float(item) for item in _several(entry["value"]))
    low, high = _number(entry.get("low")), _number(entry.get("high"))
    return Known(name, value, low, high, unit, note)
