"""What a format must have and a scenario cannot know: read from ``--meta FILE.yaml``, never invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from lca import document
from lca.document import Document
from lca.errors import InputError, Problem, did_you_mean, quoted

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_OFFSETS = ("offset", "certificate", "ppa", "guarantee", "market")


@dataclass(frozen=True, slots=True)
class Field:
    """A key of the file: what it says, an example, and which values are accepted."""

    key: str
    what: str
    example: Any
    kind: str = "text"
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


@cache
def fields() -> Mapping[str, Field]:
    """Return every key that a file may have."""
    written = document.read(Path(__file__).with_name("fields.yaml")).data
    return {key: _field(key, entry) for key, entry in written.items()}


def _field(key: str, entry: Any) -> Field:
    return Field(
        key,
        entry["what"],
        entry["example"],
        entry.get("kind", "text"),
        tuple(entry.get("choices", ())),
        _number(entry.get("least")),
        _number(entry.get("most")),
    )


@dataclass(frozen=True, slots=True)
class Meta:
    """The values of a file, checked: text, number, switch, list of texts by key."""

    values: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""

    def get(self, key: str, otherwise: Any = None) -> Any:
        """Return a value, or something else where it is not given."""
        if key not in fields():
            raise KeyError(key)
        return self.values.get(key, otherwise)

    def text(self, key: str) -> str:
        """Return a value as text; "" where it is not given."""
        return str(self.get(key, ""))

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Return those of some keys that are not given."""
        return [key for key in keys if self.get(key) is None]


def require(meta: Meta, keys: Iterable[str], export: str, why: str = "") -> None:
    """Refuse an export that lacks what only its author knows, naming all of it at once.

    Raises
    ------
    InputError
        With one problem for every key that is missing, each with an example.
    """
    lacking = meta.missing(keys)
    if not lacking:
        return
    where = meta.file or "--meta FILE.yaml"
    head = f"{export} needs what no scenario knows{why}; write it into {where}:"
    lines = [f"  {key}: {_example(fields()[key])}    # {fields()[key].what}" for key in lacking]
    raise InputError("\n".join([head, *lines]))


def _example(of: Field) -> str:
    import json

    plain = of.kind in {"number", "switch"}
    return str(of.example) if plain else json.dumps(of.example, ensure_ascii=False)


def read(path: str | Path | None) -> Meta:
    """Read a file of facts for an export.

    Raises
    ------
    InputError
        With every key that is not known and every value that is not accepted.
    """
    if path is None:
        return Meta()
    text = document.read(path)
    each = (found for key, value in text.data.items() for found in _judge(text, key, value))
    problems = list(islice(each, document.MAX_PROBLEMS))
    if problems:
        raise InputError(problems)
    values = {key: _value(fields()[key], value) for key, value in text.data.items()}
    return Meta(values, str(path))


def _judge(text: Document, key: Any, value: Any) -> Iterable[Problem]:
    """Yield what is wrong with one entry."""
    known = fields()
    if key in known:
        told = _refusal(known[key], value)
        return [text.problem((key,), told)] if told else []
    if any(word in str(key).casefold() for word in _OFFSETS):
        msg = "offsets, certificates and contracts are never part of an export; take it out"
    else:
        msg = f"not a known field{did_you_mean(str(key), known)} (docs/exports.md lists all)"
    return [text.problem((key,), msg, at="key")]


def _refusal(of: Field, value: Any) -> str:
    """Say why a value cannot stand for a field; "" if it can."""
    found = f", found {quoted(value)}"
    if of.kind == "texts":
        good = isinstance(value, list) and all(
            isinstance(x, str) and bool(x.strip()) for x in value
        )
        return "" if good else f"expected a list of texts such as {_example(of)}{found}"
    if of.kind == "number":
        return _outside(of, _number(value), found)
    if of.kind == "switch":
        good = str(value).casefold() in {"true", "false"}
        return "" if good else f"expected true or false{found}"
    written = str(value).strip()
    if of.kind == "choice" and written not in of.choices:
        hint = did_you_mean(written, of.choices)
        return f"expected one of {', '.join(of.choices)}{found}{hint}"
    if of.kind == "moment" and not _MOMENT.match(written):
        return f"expected a date and time such as {of.example}{found}"
    good = isinstance(value, str | int | float) and bool(written)
    return "" if good else f"expected {of.what}, such as {_example(of)}{found}"


def _outside(of: Field, number: float | None, found: str) -> str:
    low, high = of.least, of.most
    if number is None:
        return f"expected a number such as {_example(of)}{found}"
    if (low is not None and number < low) or (high is not None and number > high):
        span = f"from {low:g}" + (f" to {high:g}" if high is not None else "")
        return f"expected a number {span}{found}"
    return ""


def _number(value: Any) -> float | None:
    import math

    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _value(of: Field, value: Any) -> Any:
    if of.kind == "number":
        return _number(value)
    if of.kind == "switch":
        return str(value).casefold() == "true"
    return [x.strip() for x in value] if of.kind == "texts" else str(value).strip()
