"""How an input is changed: bytes and words anywhere, or one value in the structure of a document.

Everything here follows from the seed alone, so that a run can be repeated.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from random import Random
from typing import Any

from lca import document
from lca.errors import LcaError

LONGEST = 50_000
"""Bytes of a changed input."""

HOSTILE = (
    "", " ", "0", "-1", "1e999999", "-1e400", "1e-400", "nan", "inf", "9" * 5000, "1_0", "0x10", "1,5", "NO", "null",
    "~", "yes", "12:30", "2024-13-45", "=1+1", "@SUM(1)", "-", "...", "../../etc/passwd", "/etc/passwd", "a\x00b",
    "\u202e", "\ud83d\ude00", "%", "55% ± 10%", "1 ± 2", "5 years", "1 kW", "1 kWh", "3 furlong", "1 W^9", "1/0 W",
    "{}", "[]", "[[[[[[[[", "*a", "&a x", "!!python/object", "<<", "...\n---", "'" * 9, "x" * 300, "(" * 200, "1 " * 200,
)  # fmt: skip
"""What no field expects; each stands where a value could."""


def words_of(raw: bytes) -> list[bytes]:
    """Return the words of a dictionary in libFuzzer's form, one in double quotes a line."""
    lines = [line.strip() for line in raw.decode().splitlines()]
    return [ast.literal_eval(f"b{line}") for line in lines if line.startswith('"')]


def mutate(raw: bytes, random: Random, shape: str, words: list[bytes]) -> bytes:
    """Return an input with one to four changes, in its structure where it has one."""
    changed = raw
    for _ in range(random.randint(1, 4)):
        structured = shape in _SHAPES and random.random() < 0.6
        changed = _SHAPES[shape](changed, random) if structured else _bytes(changed, random, words)
    return changed[:LONGEST]


def _bytes(raw: bytes, random: Random, words: list[bytes]) -> bytes:
    """Return bytes with a piece taken out, put in, doubled or replaced."""
    start, length = random.randint(0, len(raw)), random.choice((0, 1, 1, 2, 8, 40))
    new = random.choice((*words, *(word.encode("utf-8", "replace") for word in HOSTILE[:20])))
    piece = random.choice(
        (b"", new, raw[start : start + length] * 2, bytes([random.randrange(256)]))
    )
    return raw[:start] + piece + raw[start + length :]


def _document(raw: bytes, random: Random) -> bytes:
    """Return YAML with one value replaced, moved, doubled or taken out."""
    try:
        data = document.parse(raw.decode("utf-8", "replace")).data
    except LcaError:
        return _bytes(raw, random, [])
    _change(data, random)
    try:
        return document.dump(data).encode("utf-8", "replace")
    except LcaError:
        return raw


def _result(raw: bytes, random: Random) -> bytes:
    """Return JSON with one value replaced, moved, doubled or taken out."""
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return _bytes(raw, random, [])
    if isinstance(data, dict):
        _change(data, random)
    return json.dumps(data).encode()


def _table(raw: bytes, random: Random) -> bytes:
    """Return CSV with one cell replaced, or a row doubled, moved or taken out."""
    rows = [line.split(b",") for line in raw.split(b"\n")]
    row = random.choice(rows)
    kind = random.randrange(4)
    if kind == 0:
        rows.insert(random.randrange(len(rows) + 1), list(row))
    elif kind == 1 and len(rows) > 1:
        rows.remove(row)
    else:
        other = random.choice(random.choice(rows))
        hostile = random.choice(HOSTILE).encode("utf-8", "replace")
        row[random.randrange(len(row))] = random.choice((other, hostile, hostile))
    return b"\n".join(b",".join(row) for row in rows)


_SHAPES: dict[str, Callable[[bytes, Random], bytes]] = {
    "yaml": _document,
    "json": _result,
    "table": _table,
}

_Place = tuple[Any, Any]


def _places(data: Any) -> list[_Place]:
    """Return every list or mapping with each of its keys."""
    found: list[_Place] = []
    waiting = [data]
    while waiting:
        one = waiting.pop()
        inner = one.items() if isinstance(one, dict) else enumerate(one)
        for key, value in inner:
            found.append((one, key))
            if isinstance(value, dict | list):
                waiting.append(value)
    return found


def _change(data: dict[str, Any], random: Random) -> None:
    """Change one value of nested data in place."""
    places = _places(data)
    if not places:
        data["title"] = random.choice(HOSTILE)
        return
    (owner, key), (other, there) = random.choice(places), random.choice(places)
    kind = random.randrange(6)
    if kind == 0:
        del owner[key]
    elif kind == 1:  # another value of the same document, as text where it could contain itself
        found = other[there]
        owner[key] = json.loads(json.dumps(found))
    elif kind == 2 and isinstance(owner, dict):
        owner[random.choice((str(there), *HOSTILE))] = owner[key]
    elif kind == 3 and isinstance(owner[key], str):
        owner[key] = _spelled(owner[key], random)
    else:
        owner[key] = random.choice((*HOSTILE, [], {}, [random.choice(HOSTILE)], None))


def _spelled(text: str, random: Random) -> str:
    """Return a text with one character changed, taken out or put in."""
    at = random.randint(0, len(text))
    return text[:at] + random.choice(("", "0", "-", "%", " ", "e9", ".", "±", "x")) + text[at + 1 :]
