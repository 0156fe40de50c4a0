"""JSON: the result itself, the same bytes for the same inputs, seed and version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SUFFIX = ".json"


def render(result: Mapping[str, Any]) -> str:
    """Return a result as JSON text with a final newline."""
    return dump(result)


def dump(data: object) -> str:
    """Return plain data as indented JSON; a number that is not finite is refused."""
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
