"""How documents become text: JSON and YAML, the same bytes for the same document."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Any

from lca.errors import LcaError
from lca.yaml_writer import dump as _yaml

_DECIMAL = re.compile(r"-?\d+(\.\d+)?\Z")
_FIGURES = 12


def as_json(document: Any) -> str:
    """Return plain data as indented JSON; a number that is not finite is refused."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_yaml(document: Any) -> str:
    """Return plain data as YAML."""
    return _yaml(document)


def decimal(value: float) -> str:
    """Return a number as a decimal text without exponent, to twelve figures.

    Raises
    ------
    LcaError
        If it is not finite.

    Examples
    --------
    >>> decimal(1.5e-7)
    '0.00000015'
    """
    if not math.isfinite(value):
        msg = f"{value} is no decimal number"
        raise LcaError(msg)
    text = format(Decimal(f"{value:.{_FIGURES}g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_decimal(value: object) -> bool:
    """Return whether a value is a decimal number written as text."""
    return isinstance(value, str) and _DECIMAL.match(value) is not None
