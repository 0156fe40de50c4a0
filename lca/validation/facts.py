"""Turns the inputs of a case into facts: terms of the vocabulary with values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lca.errors import UnitError
from lca.uncertain import Array
from lca.units import factor
from lca.validation.cases import Case, read_known
from lca.validation.names import Term, read_name, vocabulary, words
from lca.validation.quantities import Known

__all__ = ["Fact", "Facts", "facts_of", "flattened"]

_HOLDS_OVERHEAD = re.compile(r"contain\w*|includ\w*|with pue", re.IGNORECASE)
_MASS = re.compile(r"(t|kg|g)co2(?:e|eq)?")
"""The last word of a key that is unit and quantity in one."""

_MEAN_POWER = frozenset({"mean", "average", "avg", "power"})
_OTHER_POWERS = frozenset({"device_power", "total_power", "power", "node_power"})
_USES_OF_UTILISATION = frozenset({"lifetime", "peak_rate", "power_utilisation"})
"""What a utilization may be of, other than of the rated power."""

_SCALES = {"billions": 1e9, "millions": 1e6, "trillions": 1e12}


@dataclass(frozen=True, slots=True)
class Fact:
    """One input, in canonical units.

    Attributes
    ----------
    name : str
        The input as the case calls it.
    term : Term
        What it is.
    values : array
        Shape ``(1,)``, or ``(3,)`` where it has an interval: best value, low and high end.
    """

    name: str
    term: Term
    values: Array
    aside: bool = False
    group: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """All that a case tells.

    Attributes
    ----------
    facts : tuple of Fact
        Its numbers.
    labels : mapping of str to str
        Its texts: the name of a device, of a series.
    unknown : tuple of str
        Inputs whose names say nothing that the vocabulary knows; their units may.
    groups : tuple of frozenset of str
        Marks of the members of a list: stages, rows, groups.
    """

    facts: tuple[Fact, ...]
    labels: Mapping[str, str]
    unknown: tuple[str, ...]
    groups: tuple[frozenset[str], ...] = field(default=())


def flattened(case: Case) -> dict[str, Known]:
    """Return every input as a quantity: those of structured inputs as ``rows[0].power``."""
    return {known.name: known for known, _ in _inputs(case)}


def facts_of(case: Case) -> Facts:
    """Return the facts of a case."""
    facts: list[Fact] = []
    labels: dict[str, str] = {}
    unknown: list[str] = []
    groups: dict[frozenset[str], None] = {}
    for known, group in _inputs(case):
        if known.unit == "name":
            labels[known.name] = str(known.value)
            continue
        try:
            fact, named = _fact(known, group)
        except UnitError:
            unknown.append(known.name)
            continue
        facts.append(fact)
        if group:
            groups[group] = None
        elif not named:
            unknown.append(known.name)
    return Facts(_of_each(_with_hosts(facts)), labels, tuple(unknown), tuple(groups))


def _with_hosts(facts: list[Fact]) -> tuple[Fact, ...]:
    """Return the facts; what other devices are told per is no device itself: chips per board."""
    hosts = {
        word
        for fact in facts
        if fact.term.base == "devices_per_host"
        for word in words(fact.name)[-1:]
    }
    return tuple(
        replace(fact, term=Term("host_count", fact.term.marks))
        if fact.term.base == "device_count" and hosts & set(words(fact.name))
        else fact
        for fact in facts
    )


def _of_each(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return the facts; beside device hours a mean power of nothing named is that of a device.

    A utilization beside a rated power, with no life to spread and no peak to share, is that of
    the power.
    """
    told = {fact.term.base for fact in facts}
    if "device_hours" in told and "device_power" not in told:
        facts = tuple(_renamed(f, "device_power") if _bare_mean(f) else f for f in facts)
    rated = "device_tdp" in told and not told & _OTHER_POWERS
    if not rated or told & _USES_OF_UTILISATION:
        return facts
    return tuple(
        _renamed(f, "power_utilisation") if f.term.base == "average_utilisation" else f
        for f in facts
    )


def _renamed(fact: Fact, base: str) -> Fact:
    return replace(fact, term=Term(base, fact.term.marks))


def _bare_mean(fact: Fact) -> bool:
    return fact.term.base == "total_power" and frozenset(words(fact.name)) <= _MEAN_POWER


def _inputs(case: Case) -> Iterator[tuple[Known, frozenset[str]]]:
    """Yield every input with the marks of the group that it stands in."""
    for name, entry in case.inputs.items():
        if isinstance(entry, dict) and "value" in entry:
            yield read_known(name, entry), frozenset()
        elif isinstance(entry, dict):
            yield from _mapped(name, entry)
        elif isinstance(entry, list):
            for place, member in enumerate(entry):
                if isinstance(member, dict):
                    yield from _member(f"{name}[{place}]", member)
        else:
            yield Known(name, str(entry), unit="name"), frozenset()


def _mapped(name: str, entry: Mapping[str, Any]) -> Iterator[tuple[Known, frozenset[str]]]:
    """Yield the quantities of a mapping; a mapping inside it is a member named by its key."""
    for key, value in entry.items():
        if isinstance(value, dict) and "value" not in value:
            yield from _member(f"{name}.{key}", {"name": key, **value})
        else:
            yield _keyed(f"{name}.{key}", key, value), frozenset()


def _member(path: str, entry: Mapping[str, Any]) -> Iterator[tuple[Known, frozenset[str]]]:
    """Yield the quantities of a member of a list, marked with its name or place."""
    said = str(entry.get("name") or path.replace("[", "_").rstrip("]"))
    marks = frozenset(words(said)) - vocabulary().neutral or frozenset([said])
    for key, value in entry.items():
        if key != "name":
            yield _keyed(f"{path}.{key}", key, value), marks


def _keyed(path: str, key: str, value: Any) -> Known:
    """Return a quantity whose key ends in its unit: ``power_W``, ``grid_kg_per_kWh``."""
    if isinstance(value, dict) and "value" in value:
        return read_known(path, value)
    stem, unit = _split_key(key)
    try:
        return Known(path.removesuffix(key) + stem, float(value), unit=unit)
    except (TypeError, ValueError):
        return Known(path, str(value), unit="name")


def _split_key(key: str) -> tuple[str, str]:
    """Split a key into its name and the unit behind it; a name alone has the unit of its base."""
    said, parts = words(key), key.split("_")
    mass = _MASS.fullmatch(parts[-1].lower())
    if mass is not None:
        return "_".join([*parts[:-1], "co2e"]), mass[1]
    for base in vocabulary().bases.values():
        if said in base.phrases:
            return key, base.unit
    for place in range(1, len(parts)):
        unit = _written_unit(parts[place:])
        if unit is not None:
            return "_".join(parts[:place]), unit
    return key, ""


def _written_unit(parts: list[str]) -> str | None:
    numerator, *below = " ".join(parts).split(" per ")
    text = numerator.strip().replace(" ", "*")
    text += "".join(f"/({part.replace(' ', '*')})" for part in below)
    try:
        factor(text, text)
    except UnitError:
        return None
    return text


def _fact(known: Known, group: frozenset[str]) -> tuple[Fact, bool]:
    name = re.sub(r"\[\d+\]", "", known.name).split(".")
    term, named = read_name(name[-1] if group else " ".join(name), known.unit)
    base = term.base
    if base == "energy" and _HOLDS_OVERHEAD.search(known.note) and "pue" in known.note.lower():
        base = "facility_energy"
    scale = _scale(known)
    values = _ends(known) * scale * factor(known.unit, vocabulary().bases[base].unit)
    aside = bool(term.marks & vocabulary().aside)
    return Fact(known.name, Term(base, term.marks | group), values, aside, group), named


def _scale(known: Known) -> float:
    """Return what a plain number counts, where its note says billions."""
    if known.unit:
        return 1.0
    return next((scale for word, scale in _SCALES.items() if word in known.note.lower()), 1.0)


def _ends(known: Known) -> Array:
    """Return the best value of an input, and its ends where it has an interval."""
    assert not isinstance(known.value, str)
    if known.low is None or known.high is None:
        return np.array([known.value])
    return np.array([known.value, known.low, known.high])
