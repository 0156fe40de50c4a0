"""The ``co2_eq_emissions`` of a card's front matter, as the Hugging Face Hub documents it.

The Hub's documentation: ``emissions`` is a number in grams of CO2, beside it ``source``,
``training_type``, ``geographical_location`` and ``hardware_used``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lca import document
from lca.validation.cards_numbers import number
from lca.validation.cards_sentences import Fact
from lca.validation.quantities import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["front_facts"]

_KEY = "co2_eq_emissions"
_LABELS = {"hardware_used": "device", "geographical_location": "region"}
_SILENT = frozenset({"source", "training_type"})


def front_facts(lines: Sequence[str], name: str) -> tuple[int, list[Fact], list[tuple[int, str]]]:
    """Return the line after the front matter, what it says, and what was not understood.

    Only the block ``co2_eq_emissions`` is read; the rest of the front matter is about other
    things and may be any YAML.

    Raises
    ------
    DocumentError
        The block is no YAML.
    """
    end = _end(lines)
    block = _block(lines[:end])
    if block is None:
        return end, [], []
    start, written = block
    read = document.parse("\n" * start + "\n".join(written), name)
    facts: list[Fact] = []
    unread: list[tuple[int, str]] = []
    for path, key, value in _entries(read.data.get(_KEY)):
        line = read.position(path)[0]
        known = _known(key, value)
        if known is not None:
            facts.append(Fact(known, line))
        elif key not in _SILENT and value is not None:
            unread.append((line, f"{_KEY}.{key}: {value}"))
    return end, facts, unread


def _end(lines: Sequence[str]) -> int:
    """Return the number of lines of the front matter, 0 if there is none."""
    if not lines or lines[0].strip() != "---":
        return 0
    closing = (at for at, line in enumerate(lines[1:], 1) if line.strip() == "---")
    return next(closing, -1) + 1


def _block(lines: Sequence[str]) -> tuple[int, list[str]] | None:
    """Return where the block begins, and its lines."""
    starts = (at for at, line in enumerate(lines) if line.startswith(f"{_KEY}:"))
    start = next(starts, None)
    if start is None:
        return None
    inside = [lines[start]]
    for line in lines[start + 1 :]:
        if not line.startswith((" ", "\t")) and line.strip():
            break
        inside.append(line)
    return start, inside


def _entries(value: Any) -> Iterator[tuple[list[str | int], str, Any]]:
    if not isinstance(value, dict):
        yield [_KEY], "emissions", value
        return
    for key, entry in value.items():
        yield [_KEY, key], key, entry


def _known(key: str, value: Any) -> Known | None:
    if not isinstance(value, str):
        return None
    if key in _LABELS:
        return Known(_LABELS[key], value, unit="name")
    grams = number(value) if key == "emissions" else None
    return None if grams is None else Known("co2e", grams, unit="g")
