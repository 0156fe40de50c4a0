"""Formulas of the model as formulas of a spreadsheet: the Python function is run on cells.

A formula is pure arithmetic, so calling it with `Cell` objects in place of numbers writes its
equation down. Nothing is written twice, and what cannot be followed is told, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np

from lca.errors import LcaError

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_LONGEST = 8000
_FUNCTIONS: dict[Any, str] = {
    np.maximum: "MAX",
    np.minimum: "MIN",
    np.exp: "EXP",
    np.log: "LN",
    np.sqrt: "SQRT",
    np.absolute: "ABS",
    np.log2: "LOG",
    np.log10: "LOG",
}
_BASES = {np.log2: (2,), np.log10: (10,)}


class NotLiveError(LcaError):
    """A formula that branches, loops or looks up: its value is kept instead."""


class Cell:
    """A piece of a spreadsheet formula, with how tightly it binds."""

    __slots__ = ("rank", "text")

    def __init__(self, text: str, rank: int = _ATOM) -> None:
        self.text, self.rank = text, rank

    def __add__(self, other: object) -> Cell:
        return _join(self, "+", other, _SUM)

    def __radd__(self, other: object) -> Cell:
        return _join(other, "+", self, _SUM)

    def __sub__(self, other: object) -> Cell:
        return _join(self, "-", other, _SUM)

    def __rsub__(self, other: object) -> Cell:
        return _join(other, "-", self, _SUM)

    def __mul__(self, other: object) -> Cell:
        return _join(self, "*", other, _PRODUCT)

    def __rmul__(self, other: object) -> Cell:
        return _join(other, "*", self, _PRODUCT)

    def __truediv__(self, other: object) -> Cell:
        return _join(self, "/", other, _PRODUCT)

    def __rtruediv__(self, other: object) -> Cell:
        return _join(other, "/", self, _PRODUCT)

    def __pow__(self, other: object) -> Cell:
        return _join(self, "^", other, _POWER)

    def __rpow__(self, other: object) -> Cell:
        return _join(other, "^", self, _POWER)

    def __neg__(self) -> Cell:
        return _join(0.0, "-", self, _SUM)

    def __pos__(self) -> Cell:
        return self

    def __bool__(self) -> NoReturn:
        msg = "it chooses between cases"
        raise NotLiveError(msg)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Cell:
        """Write a function of numpy as one of the spreadsheet."""
        operator = _OPERATORS.get(ufunc)
        if method != "__call__" or options:
            raise NotLiveError(_untold(ufunc))
        if operator:
            return _join(inputs[0], operator[0], inputs[1], operator[1])
        if ufunc not in _FUNCTIONS:
            raise NotLiveError(_untold(ufunc))
        return call(_FUNCTIONS[ufunc], *inputs, *_BASES.get(ufunc, ()))


_OPERATORS = {
    np.add: ("+", _SUM),
    np.subtract: ("-", _SUM),
    np.multiply: ("*", _PRODUCT),
    np.divide: ("/", _PRODUCT),
    np.power: ("^", _POWER),
    np.float_power: ("^", _POWER),
}


def call(function: str, *arguments: object) -> Cell:
    """Return a call of a spreadsheet's function."""
    return Cell(f"{function}({','.join(_cell(part).text for part in arguments)})")


def trace(formula: Callable[..., Any], inputs: Mapping[str, str]) -> str:
    """Return a formula of the model as the text of a spreadsheet's formula, without ``=``.

    Parameters
    ----------
    formula
        The pure function.
    inputs
        By parameter, the name or address of the cell that holds it.

    Raises
    ------
    NotLiveError
        If the function does more than arithmetic, with the reason.
    """
    try:
        found = formula(**{name: Cell(text) for name, text in inputs.items()})
    except NotLiveError:
        raise
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        msg = "it does more than arithmetic"
        raise NotLiveError(msg) from error
    text = _cell(found).text
    if len(text) > _LONGEST:
        msg = "its formula is too long for a cell"
        raise NotLiveError(msg)
    return text


def number(value: float) -> str:
    """Return a number as it stands in a formula, with all its digits."""
    return repr(float(value)).upper().removesuffix(".0")


def _cell(part: object) -> Cell:
    if isinstance(part, Cell):
        return part
    if isinstance(part, bool) or not isinstance(part, int | float | np.number):
        msg = "it holds something that is not a number"
        raise NotLiveError(msg)
    return Cell(number(float(part)), _ATOM if part >= 0 else 0)


def _join(left: object, operator: str, right: object, rank: int) -> Cell:
    """Join two parts; parts that bind less tightly, and those on the right of - / ^, get brackets."""
    first, second = _cell(left), _cell(right)
    before = first.text if first.rank >= rank and operator != "^" else _closed(first)
    loose = second.rank <= rank if operator in "-/^" else second.rank < rank
    after = f"({second.text})" if loose else second.text
    return Cell(f"{before}{operator}{after}", rank)


def _closed(part: Cell) -> str:
    return part.text if part.rank == _ATOM else f"({part.text})"


def _untold(ufunc: object) -> str:
    return f"a spreadsheet has no {getattr(ufunc, '__name__', 'such function')}"
