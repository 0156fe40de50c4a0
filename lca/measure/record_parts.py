"""Take values out of the mappings of a record, and collect what is wrong with them."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from lca.document import MAX_PROBLEMS
from lca.errors import InputError, Problem, did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lca.document import Document

__all__ = ["Part", "Reader"]

Path = tuple[str | int, ...]


class Reader:
    """A document and its mistakes, which are collected instead of stopping at the first.

    Parameters
    ----------
    found : Document
        The parsed file.

    Attributes
    ----------
    problems : list of Problem
        What is wrong so far.
    """

    def __init__(self, found: Document) -> None:
        self.document = found
        self.problems: list[Problem] = []

    def refuse(self, path: Path, message: str, at: Any = "value") -> None:
        """Remember a mistake at a place of the file; raise all of them when there are too many.

        Raises
        ------
        InputError
            With `MAX_PROBLEMS` mistakes: the rest is not read.
        """
        self.problems.append(self.document.problem(path, message, at))
        if len(self.problems) == MAX_PROBLEMS:
            raise InputError(self.problems)


class Part:
    """One mapping of a document, and its place.

    Parameters
    ----------
    reader : Reader
        Where mistakes are gathered.
    path : tuple of str or int
        Keys that lead to the mapping.
    data : object
        What stands there; what is no mapping counts as an empty one.
    """

    def __init__(self, reader: Reader, path: Path, data: Any) -> None:
        self.reader, self.path = reader, path
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}

    def refuse(self, key: str | int, message: str, at: Any = "value") -> None:
        """Remember a mistake of a value."""
        self.reader.refuse((*self.path, key), message, at)

    def only(self, keys: tuple[str, ...]) -> None:
        """Refuse other keys than these."""
        for key in self.data:
            if key not in keys:
                self.refuse(key, f"no such key{did_you_mean(key, keys)}", "key")

    def part(self, key: str, keys: tuple[str, ...], needed: bool = False) -> Part:
        """Return a mapping inside this one."""
        data = self.data.get(key)
        if (data is not None or needed) and not isinstance(data, dict):
            self.refuse(key, f"is missing or no mapping; it has the keys {', '.join(keys)}")
        part = Part(self.reader, (*self.path, key), data)
        part.only(keys)
        return part

    def parts(self, key: str, keys: tuple[str, ...]) -> Iterator[Part]:
        """Return the mappings of a list."""
        data = self.data.get(key)
        if data is not None and not isinstance(data, list):
            self.refuse(key, "is no list")
        for i, item in enumerate(data if isinstance(data, list) else ()):
            part = Part(self.reader, (*self.path, key, i), item)
            part.only(keys)
            yield part

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self.data.get(key)
        if value is None:
            if default is None:
                self.refuse(key, "is missing")
            return default or ""
        if not isinstance(value, str):
            self.refuse(key, "is no text")
            return default or ""
        return value

    def optional(self, key: str) -> str | None:
        """Return a text or None."""
        return self.text(key, "") or None

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """Return one of some words."""
        value = self.text(key, default)
        if value not in choices and self.data.get(key) is not None:
            near = did_you_mean(value, choices)
            self.refuse(key, f"{quoted(value)} is none of {', '.join(choices)}{near}")
        return value if value in choices else (default or choices[-1])

    def number(self, key: str, default: float, *, positive: bool = False) -> float:
        """Return a plain number."""
        text = self.text(key, "")
        if not text:
            return default
        value = _finite(text)
        if value is None or (positive and value <= 0):
            kind = "a positive number" if positive else "a number"
            self.refuse(key, f"{quoted(text)} is not {kind}")
            return default
        return value

    def quantity(self, key: str | int, unit: str, default: float | None = None) -> float | None:
        """Return a quantity in a unit, or None."""
        text = self.data.get(str(key)) if isinstance(key, str) else None
        if text is None:
            return default
        return self._measure(key, text, unit, default)

    def bounds(self, value: float | None, name: str) -> tuple[float, float]:
        """Return lower and upper bound (J); none above is infinite."""
        low = self.quantity("low", "J", 0.0) or 0.0
        found = self.quantity("high", "J")
        high = math.inf if found is None else found
        slack = 1e-6 * abs(value or 0.0)
        if low > high:
            self.refuse("low", "is above high")
        elif value is not None and not low - slack <= value <= high + slack:
            self.refuse(name, f"is outside its bounds {low:g} J to {high:g} J")
        return low, high

    def texts(self, key: str) -> dict[str, str]:
        """Return a mapping of texts."""
        return {str(name): str(text) for name, text in self._mapping(key).items()}

    def numbers(self, key: str) -> dict[str, float | None]:
        """Return a mapping of plain numbers; None where the file says null."""
        part = Part(self.reader, (*self.path, key), self._mapping(key))
        return {
            name: None if value is None else part.number(name, math.nan)
            for name, value in part.data.items()
        }

    def quantities(self, key: str, unit: str) -> dict[str, float]:
        """Return a mapping of quantities."""
        part = Part(self.reader, (*self.path, key), self._mapping(key))
        found = {name: part.quantity(name, unit) for name in part.data}
        return {name: value for name, value in found.items() if value is not None}

    def quantity_list(self, key: str, unit: str) -> tuple[float, ...]:
        """Return a list of quantities."""
        part = Part(self.reader, (*self.path, key), {})
        found = [part._measure(i, text, unit, None) for i, text in enumerate(self.listed(key))]
        return tuple(value for value in found if value is not None)

    def listed(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        data = self.data.get(key)
        if data is not None and not isinstance(data, list):
            self.refuse(key, "is no list")
            return ()
        return tuple(str(text) for text in data or ())

    def _mapping(self, key: str) -> dict[str, Any]:
        """Return a mapping, empty if there is none."""
        data = self.data.get(key)
        if data is not None and not isinstance(data, dict):
            self.refuse(key, "is no mapping")
        return data if isinstance(data, dict) else {}

    def _measure(
        self, key: str | int, text: object, unit: str, default: float | None
    ) -> float | None:
        """Return a quantity of a text, or remember what is wrong with it."""
        from lca.errors import UnitError

        try:
            return _PARSERS[unit](str(text))
        except UnitError as error:
            self.refuse(key, error.problems[0].message)
            return default


def _finite(text: str) -> float | None:
    """Return a finite number, None if the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _energy(text: str) -> float:
    """Return joules of an energy with any unit."""
    from lca import units

    return units.parse(text, "J")


def _power(text: str) -> float:
    """Return watts of a power with any unit."""
    from lca import units

    return units.parse(text, "W")


def _time(text: str) -> float:
    """Return seconds of a time with any unit."""
    from lca import units

    return units.parse(text, "s")


def _plain(unit: str) -> Callable[[str], float]:
    """Return a reader of one unit that the registry does not have."""

    def parse(text: str) -> float:
        """Return the number in front of the unit."""
        from lca.errors import UnitError

        match = re.fullmatch(rf"\s*(\S+)\s*{unit}\s*", text)
        value = _finite(match[1]) if match else None
        if value is None:
            msg = f"{quoted(text)} is not a number of {unit}; write for example 45 {unit}"
            raise UnitError(msg)
        return value

    return parse


_PARSERS: Mapping[str, Callable[[str], float]] = {
    "J": _energy,
    "W": _power,
    "s": _time,
    "MHz": _plain("MHz"),
    "degC": _plain("degC"),
}
