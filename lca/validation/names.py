"""Reads the name of a quantity: which quantity it is, and the marks that say which one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lca import document, units
from lca.errors import UnitError

__all__ = ["Term", "Vocabulary", "Words", "read_name", "vocabulary", "words"]

Words = tuple[str, ...]
"""A name in words, each in its singular."""

_SPELLED = {
    "thousand": "1000",
    "million": "1000000",
    "billion": "1000000000",
    "daily": "day",
    "annual": "yearly",
    "annually": "yearly",
    "liter": "litre",
}
"""Words that are told in more than one way, as the vocabulary has them."""

_CO2E = re.compile(r"(k?g|m?t)?co2(e|eq)?")
_KINDS_OF_WORDS = ("neutral", "aside", "soft", "parts", "building", "another")

_STEM = 8
"""Letters beyond which an ending is cut off: experimentation is experiment, location stays."""


@dataclass(frozen=True, slots=True)
class Term:
    """A quantity and the marks that tell it from others of its kind.

    Attributes
    ----------
    base : str
        The quantity, a key of the vocabulary.
    marks : frozenset of str
        What is left of the name: a device, a phase, a scenario.
    """

    base: str
    marks: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Return the term as messages show it."""
        return " ".join([self.base.replace("_", " "), *sorted(self.marks)])


@dataclass(frozen=True, slots=True)
class Base:
    """One quantity of the vocabulary, with its canonical unit."""

    name: str
    unit: str
    phrases: tuple[Words, ...]
    extensive: bool = False
    weak: bool = False
    keep: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """Every quantity that a case can name.

    Attributes
    ----------
    bases : mapping of str to Base
        Quantities by name.
    by_unit : sequence of pairs
        Unit and the quantity that a nameless figure of it is.
    neutral, aside, soft : frozenset of str
        Words that mark nothing; that keep a figure out of the arithmetic; that an answer may
        leave unused where no input carries them.
    parts, building, another : frozenset of str
        Words of parts that add up, of those parts that are the building's, and words that make
        a figure another one.
    """

    bases: Mapping[str, Base]
    by_unit: Sequence[tuple[str, str]]
    neutral: frozenset[str]
    aside: frozenset[str]
    soft: frozenset[str]
    parts: frozenset[str]
    building: frozenset[str]
    another: frozenset[str]


def words(name: str) -> Words:
    """Return a name in singular words.

    Examples
    --------
    >>> words("co2e_per_1000_queries")
    ('co2e', 'per', '1000', 'query')
    """
    text = name.lower().replace("<", "lt").replace("-", "_").replace(" ", "_").replace(".", "_")
    return tuple(_spelled(_singular(word)) for word in text.split("_") if word)


def _spelled(word: str) -> str:
    """Return a number as digits, and CO2e without the unit that it is written in."""
    return "co2e" if _CO2E.fullmatch(word) else _SPELLED.get(word, word)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 2:
        word = word[:-1]
    return word[:-5] if word.endswith("ation") and len(word) > _STEM else word


@cache
def vocabulary() -> Vocabulary:
    """Return the packaged vocabulary of names."""
    data: Any = document.read(Path(__file__).with_name("vocabulary.yaml")).data
    classes = {name: tuple(members) for name, members in data["classes"].items()}
    bases = {name: _base(name, entry, classes) for name, entry in data["quantities"].items()}
    return Vocabulary(
        MappingProxyType(bases),
        tuple((entry["unit"], entry["quantity"]) for entry in data["by_unit"]),
        *(frozenset(_singular(word) for word in data[kind]) for kind in _KINDS_OF_WORDS),
    )


def _base(name: str, entry: Mapping[str, Any], classes: Mapping[str, Words]) -> Base:
    written = [full for phrase in entry["phrases"] for full in _expanded(phrase, classes)]
    phrases = tuple(dict.fromkeys(words(phrase) for phrase in written))
    told = {key: entry.get(key) == "true" for key in ("extensive", "weak", "keep")}
    return Base(name, entry["unit"] or "", phrases, **told)


def _expanded(phrase: str, classes: Mapping[str, Words]) -> Iterator[str]:
    """Yield the phrases that a phrase with classes of words stands for."""
    parts = [classes[part[1:-1]] if part.startswith("<") else (part,) for part in phrase.split(" ")]
    for chosen in product(*parts):
        yield " ".join(chosen)


@cache
def read_name(name: str, unit: str) -> tuple[Term, bool]:
    """Read a name and its unit.

    Parameters
    ----------
    name : str
        As written in the case.
    unit : str
        A unit of the registry, "" for a plain number.

    Returns
    -------
    tuple of Term and bool
        What it is; and whether a phrase of the vocabulary said so, not the unit alone.

    Raises
    ------
    UnitError
        If the unit is unknown, or one that no quantity has.
    """
    said = words(name)
    found = max(_matches(said, unit), default=None)
    if found is not None:
        *_, start, end, base = found
        left = said if vocabulary().bases[base].keep else said[:start] + said[end:]
        return Term(base, _marks(left)), True
    return Term(_quantity_of(unit), _marks(said)), False


def _matches(said: Words, unit: str) -> Iterator[tuple[bool, int, int, int, int, str]]:
    """Yield strength, length, rank of the place, start, end and quantity of each phrase found."""
    for base in vocabulary().bases.values():
        if not same_dimension(unit, base.unit):
            continue
        for phrase in base.phrases:
            size = len(phrase)
            for start in range(len(said) - size + 1):
                if said[start : start + size] == phrase:
                    # A count is named by its last word: the cores of tpu_cores.
                    place = start if base.weak and not base.unit else -start
                    yield not base.weak, size, place, start, start + size, base.name


def _marks(left: Words) -> frozenset[str]:
    return frozenset(left) - vocabulary().neutral


def _quantity_of(unit: str) -> str:
    for known, quantity in vocabulary().by_unit:
        if same_dimension(unit, known):
            return quantity
    msg = f"no quantity of a footprint is given in {unit}"
    raise UnitError(msg)


@cache
def same_dimension(unit: str, other: str) -> bool:
    """Return whether one unit can be turned into the other; a label has no dimension.

    Raises
    ------
    UnitError
        If the unit is unknown.
    """
    if "name" in (unit, other):
        return unit == other
    registry = units.registry()
    one, two = units.quantity(1.0, unit), units.quantity(1.0, other)
    return bool(registry.get_dimensionality(one) == registry.get_dimensionality(two))
