"""JSON: the result itself, the same bytes for the same inputs, seed and version."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from json.encoder import encode_basestring as quoted
from typing import Any

SUFFIX = ".json"
_STEP = "  "


def render(result: Mapping[str, Any]) -> str:
    """Return a result as JSON text with a final newline."""
    return dump(result)


def dump(data: object) -> str:
    """Return plain data as indented JSON; a number that is not finite is refused.

    The text is that of the standard library, which takes four times as long to indent it.
    """
    return _text(data, "\n") + "\n"


def _text(value: object, line: str) -> str:
    """Return a value as JSON; ``line`` is a line's end with the spaces that the next begins with."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float) and math.isfinite(value):
        return float.__repr__(value)
    if isinstance(value, dict) and value:
        below = line + _STEP
        inside = [f"{_key(key)}: {_text(part, below)}" for key, part in value.items()]
        return f"{{{below}{f',{below}'.join(inside)}{line}}}"
    if isinstance(value, list | tuple) and value:
        below = line + _STEP
        return f"[{below}{f',{below}'.join([_text(part, below) for part in value])}{line}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _key(key: object) -> str:
    return quoted(key if isinstance(key, str) else json.dumps(key, allow_nan=False))
