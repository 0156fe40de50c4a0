"""Write data as YAML that reads back as the same text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lca.errors import DocumentError, quoted, visible
from lca.yaml_reader import LONGEST_KEY, MAX_DEPTH, SURROGATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_PLAIN = re.compile(r"(?:[^\W_]|[_/]|[-+.](?=\d))(?!.*(?::(?:\s|\Z)|\s#|\s\Z)).*")

_SPECIAL = re.compile(
    r"(?i:y|yes|n|no|on|off|null|0[xob][\da-f_]+|[-+]?0\d[\d.]*)"
    r"|[-+]?[\d_:.,]*[_:,][\d_:.,]*|\d{4}-\d\d?-\d\d?.*"
)

_PARAGRAPH = re.compile(r"(?:\S(?:[^\n]*\S)?(?:\n|\Z)){2,}")


def dump(data: Mapping[str, object]) -> str:
    """Return YAML that `parse` reads as the same text; keys keep their order.

    Numbers and true or false stay plain; other text that YAML would take for something else
    is quoted. Python numbers and booleans are written as text.
    """
    return "".join(f"{line}\n" for line in _block(data, "")) if data else "{}\n"


def _block(data: object, indent: str) -> list[str]:
    """Return the lines of a list or mapping that is not empty."""
    if len(indent) >= 2 * MAX_DEPTH:
        message = f"cannot be written: nested deeper than {MAX_DEPTH} levels"
        raise DocumentError(message)
    items = data.items() if isinstance(data, dict) else ((None, item) for item in _listed(data))
    lines: list[str] = []
    for key, item in items:
        head = f"{indent}-" if key is None else f"{indent}{_key(key, indent)}:"
        inner = _block(item, f"{indent}  ") if _is_block(item) else []
        if key is None and inner:
            lines += [f"{head} {inner[0].lstrip()}", *inner[1:]]
        else:
            lines += [head, *inner] if inner else [f"{head} {_value(item, indent)}"]
    return lines


def _listed(data: object) -> Sequence[object]:
    """Return data that is not a mapping as a list."""
    return data if isinstance(data, list | tuple) else ()


def _is_block(data: object) -> bool:
    """Whether data is a list or mapping with something in it."""
    return isinstance(data, dict | list | tuple) and bool(data)


def _key(key: object, indent: str) -> str:
    """Return a key, marked with "?" where it is too long to be found otherwise."""
    if not isinstance(key, str | int):
        message = f"a key must be text, not {type(key).__name__}"
        raise TypeError(message)
    text = _scalar(str(key))
    return text if len(text) <= LONGEST_KEY else f"? {text}\n{indent}"


def _value(value: object, indent: str) -> str:
    """Return a value that needs no lines of its own, or a text as a paragraph."""
    if isinstance(value, str):
        lines = value.split("\n")
        if _PARAGRAPH.fullmatch(value) and all(map(str.isprintable, lines)):
            head = "|" if value.endswith("\n") else "|-"
            return "\n".join([head, *(f"{indent}  {line}" for line in lines if line)])
        return _scalar(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int | float):
        return repr(float(value) if isinstance(value, float) else int(value))
    if isinstance(value, dict | list | tuple):
        return "{}" if isinstance(value, dict) else "[]"
    message = f"cannot write a {type(value).__name__} as YAML"
    raise TypeError(message)


def _scalar(text: str) -> str:
    """Return a text plain where every YAML reader sees text or a number, else quoted."""
    if SURROGATE.search(text):
        message = f"{quoted(text)} cannot be written: half of a character"
        raise DocumentError(message)
    if text.isprintable() and _PLAIN.fullmatch(text) and not _SPECIAL.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{visible(escaped)}"'
