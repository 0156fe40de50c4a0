"""Edits of written values: ``x2`` multiplies, ``+2 years`` adds, anything else is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lca import units
from lca.errors import InputError, quoted
from lca.values import Value

_NUMBER = re.compile(r"[+-]?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SCALED = ("value", "low", "mode", "high", "median", "mean", "sd", "p5", "p95", "values", "samples")
_TIMES = re.compile(r"[x×]\s*(\d+(?:\.\d+)?)\Z")


def times(change: str) -> float | None:
    """Return the number that a change multiplies by, or None.

    Examples
    --------
    >>> times("x2"), times("+2 years")
    (2.0, None)
    """
    found = _TIMES.match(change.strip())
    return float(found[1]) if found else None


def is_relative(change: str) -> bool:
    """Whether a change needs a value to start from."""
    return times(change) is not None or change.strip().startswith("+")


def edited(raw: object, known: Value, change: str) -> object:
    """Return a written value after a relative change.

    Parameters
    ----------
    raw
        The value as it stands in the file.
    known
        The same value as read.
    change
        Such as ``x2`` or ``+2 years``; adding gives an exact value, so it is for decisions.
    """
    ratio = times(change)
    if ratio is not None:
        return scaled(raw, ratio, known.unit)
    more = units.parse(change.strip().removeprefix("+").strip(), known.unit)
    return f"{known.central + more!r} {known.unit}".strip()


def scaled(raw: object, ratio: float, unit: str) -> object:
    """Return a written value with its numbers multiplied; shapes and sources stay.

    Examples
    --------
    >>> scaled({"low": "8", "high": "16", "quality": "assumed"}, 2.0, "")
    {'low': '16', 'high': '32', 'quality': 'assumed'}
    >>> scaled("10 kW ± 5%", 2.0, "kW")
    '20 kW ± 5%'
    """
    if isinstance(raw, Mapping):
        return {
            key: scaled(part, ratio, unit) if key in _SCALED else part for key, part in raw.items()
        }
    if isinstance(raw, list | tuple):
        return [scaled(part, ratio, unit) for part in raw]
    return _scaled_text(str(raw), ratio, unit)


def _scaled_text(text: str, ratio: float, unit: str) -> str:
    middle, sign, width = (part.strip() for part in _parted(text))
    is_share_of_middle = bool(unit) and width.endswith("%")
    parts = [_multiplied(middle, ratio)]
    if sign:
        parts += [sign, width if is_share_of_middle else _multiplied(width, ratio)]
    return " ".join(parts)


def _parted(text: str) -> tuple[str, str, str]:
    for sign in ("±", "+/-", "+-"):
        if sign in text:
            return text.partition(sign)
    return text, "", ""


def _multiplied(text: str, ratio: float) -> str:
    found = _NUMBER.search(text)
    if found is None:
        msg = f"{quoted(text)} has no number that could be multiplied"
        raise InputError(msg)
    number = float(found[0].replace("_", "")) * ratio
    return f"{text[: found.start()]}{number:.12g}{text[found.end() :]}"


def raw_at(data: Mapping[str, Any], path: str) -> object:
    """Return what stands at a dotted path, or None."""
    found: Any = data
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found
