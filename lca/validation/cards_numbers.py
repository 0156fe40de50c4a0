"""Numbers as cards write them: ``1.46M``, ``2,040``, ``39.3 million``, ``12.9 tons``."""

from __future__ import annotations

import math
import re

__all__ = ["MASS", "NUMBER", "SCALE", "mass_unit", "number", "plain", "staged_hours"]

NUMBER = r"(?<![0-9.,])([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,15}(?:\.[0-9]{1,12})?)"
SCALE = r"\s?(M|K|k|million|thousand|billion)?"
MASS = r"(metric\s+tons?|tonnes?|tons?|kilograms?|kg|grams?|pounds?|lbs?|kt|t|g)"

_CELL = re.compile(rf"~?\s*{NUMBER}{SCALE}\s*(?:W|h|hours?)?")
_STAGE = re.compile(rf":\s*{NUMBER}{SCALE}\s+[A-Z][A-Z0-9-]{{1,20}}[ -]hours?\b")
_HOURS_WORD = re.compile(r"\bhours?\b", re.IGNORECASE)
_SCALES = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "billion": 1e9}
_MASSES = {"k": "kg", "p": "lb", "l": "lb", "g": "g"}
_TAG = re.compile(r"<[^<>]{0,300}>")
_MARKS = re.compile(r"\*+|`+|__|\\(?=[~_*.#-])")


def number(text: str, scale: str | None = None) -> float | None:
    """Return the number that a whole text is, None where it is anything else.

    Examples
    --------
    >>> number("1.46M"), number("2,040"), number("n/a")
    (1460000.0, 2040.0, None)
    """
    match = _CELL.fullmatch(text.strip())
    if match is None:
        return None
    value = float(match[1].replace(",", "")) * _SCALES[(scale or match[2] or "").lower()]
    return float(f"{value:.15g}") if math.isfinite(value) else None


def staged_hours(text: str) -> float | None:
    """Return the hours of a cell: one number, or the sum of stages that each say their hours.

    Examples
    --------
    >>> staged_hours("pretraining: 147K H100 hours SFT: 896 H100 hours")
    147896.0
    """
    stages = _STAGE.findall(text)
    if not stages or len(stages) != len(_HOURS_WORD.findall(text)):
        return number(text)
    values = [number(written, scale) for written, scale in stages]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def mass_unit(text: str) -> str:
    """Return the unit of a mass as cards write it: tons are metric tons."""
    lower = text.lower()
    if lower == "kt":
        return "kt"
    return "t" if lower.startswith(("t", "metric")) else _MASSES[lower[0]]


def plain(text: str) -> str:
    """Return a line of Markdown without emphasis and tags."""
    return _MARKS.sub("", _TAG.sub("", text)).replace("&nbsp;", " ").strip()
