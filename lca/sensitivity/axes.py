"""What is varied, as it is written: ``PATH=a,b,c`` or ``PATH=lo..hi:n``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lca import document
from lca.errors import InputError, ScenarioError, quoted

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
"""A number as it is written, without its unit."""
_RANGE = re.compile(
    rf"\s*({NUMBER})\s*([^\d\s.:][^:]*?)?\s*\.\.\s*({NUMBER})\s*([^\d\s.:][^:]*?)?\s*(?::\s*(.*))?"
)
_MOST = 1000
LONGEST = 300
"""Characters of a range: what is longer is none, and would only keep the pattern busy."""
_FORM = "write PATH=a,b,c or PATH=lo..hi:n, such as fleet.chat.utilization=20%..80%:7"


@dataclass(frozen=True)
class Axis:
    """A name and the values it takes, as they could stand in a scenario.

    Attributes
    ----------
    name
        Dotted path of a scenario, or the identity of a factor.
    values
        Texts, numbers or mappings.
    """

    name: str
    values: tuple[object, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as texts, for headings."""
        return tuple(str(value) for value in self.values)


def axis(name: str, values: Iterable[object]) -> Axis:
    """Return an axis of given values.

    Raises
    ------
    ScenarioError
        If there are none, or too many.
    """
    found = tuple(values)
    if not 1 <= len(found) <= _MOST:
        msg = f"{name}: found {len(found)} values, accepted are 1 to {_MOST}"
        raise ScenarioError(msg)
    return Axis(name, found)


def axes(given: Mapping[str, Iterable[object]] | Sequence[str | Axis]) -> tuple[Axis, ...]:
    """Return axes from values by path, or from texts.

    Raises
    ------
    ScenarioError
        If a text cannot be read, nothing is varied, or a path stands there twice.
    """
    if isinstance(given, Mapping):
        found = tuple(axis(name, values) for name, values in given.items())
    else:
        found = tuple(one if isinstance(one, Axis) else read(one) for one in given)
    names = [one.name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not found:
        what = f"{twice[0]} stands there twice" if twice else "nothing is varied"
        msg = f"{what}; {_FORM}"
        raise ScenarioError(msg)
    return found


def read(text: str) -> Axis:
    """Read ``PATH=a,b,c`` or ``PATH=lo..hi:n``.

    Examples
    --------
    >>> read("fleet.chat.lifetime=3 years..5 years:3").texts
    ('3 years', '4 years', '5 years')
    >>> read("sites.here.region=DE, SE").texts
    ('DE', 'SE')

    Raises
    ------
    ScenarioError
        If it is neither.
    """
    name, sign, values = text.partition("=")
    name, values = name.strip(), values.strip()
    if not sign or not name or not values:
        msg = f"{quoted(text)} varies nothing; {_FORM}"
        raise ScenarioError(msg)
    match = _RANGE.fullmatch(values) if len(values) <= LONGEST else None
    return axis(name, _spaced(name, match) if match else _listed(name, values))


def _listed(name: str, values: str) -> list[object]:
    try:
        found = document.parse(f"value: [{values}]", name).data["value"]
    except InputError:
        found = None
    if not isinstance(found, list) or any(value in (None, "") for value in found):
        msg = f"{name}: {quoted(values)} is no list of values; {_FORM}"
        raise ScenarioError(msg)
    return list(found)


def _spaced(name: str, match: re.Match[str]) -> list[str]:
    low, unit, high, other, count = match.groups()
    if unit and unit.strip() != (other or "").strip():
        msg = f"{name}: one unit for both ends, found {quoted(unit)} and {quoted(other or 'none')}"
        raise ScenarioError(msg)
    if not re.fullmatch(r"\d{1,4}", count or "") or not 2 <= int(count) <= _MOST:
        found = quoted(count) if count else "none"
        msg = f"{name}: {quoted(match[0])} needs a number of values from 2 to {_MOST} behind a colon, found {found}; {_FORM}"
        raise ScenarioError(msg)
    points = np.linspace(float(low), float(high), int(count)).tolist()
    glued = "%" if other == "%" else f" {other}" if other else ""
    return [f"{round(point, 12):.12g}{glued}" for point in points]
