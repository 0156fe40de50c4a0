"""Computes the formulas of a workbook afresh: a second opinion that shares no code with its writer.

It reads the file with openpyxl, ignores every cached value, and knows the functions that the
workbooks use and no others: an unknown one is an error.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

_TOKEN = re.compile(
    r'\s*(?:(?P<number>\d+\.?\d*(?:E[+-]?\d+)?)|(?P<text>"(?:[^"]|"")*")'
    r"|(?P<range>(?:[A-Za-z]+!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?(?![A-Za-z0-9_(]))"
    r"|(?P<call>[A-Z][A-Z0-9]*\()|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign><=|>=|<>|[-+*/^(),=<>]))"
)
_RANK = {"=": 0, "<>": 0, "<": 0, ">": 0, "<=": 0, ">=": 0, "+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_SIGN: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


class Workbook:
    """A workbook whose cells are computed when asked; ``change`` writes over a named cell."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.names = {
            name: found.attr_text.replace("$", "").split("!")
            for name, found in self.book.defined_names.items()
        }
        self._known: dict[tuple[str, int, int], Any] = {}
        self._ranges: dict[tuple[str, str], list[Any]] = {}

    def change(self, name: str, value: float) -> None:
        """Write over a named cell and forget what was computed."""
        sheet, place = self.names[name]
        self.book[sheet][place].value = value
        self._known.clear()
        self._ranges.clear()

    def cell(self, sheet: str, row: int, column: int) -> Any:
        """Return the value of a cell, computed."""
        key = (sheet, row, column)
        if key not in self._known:
            raw = self.book[sheet].cell(row, column).value
            formula = isinstance(raw, str) and raw.startswith("=")
            formula = formula and self.book[sheet].cell(row, column).data_type == "f"
            self._known[key] = _Parser(self, sheet, raw[1:]).value() if formula else raw
        return self._known[key]

    def range(self, sheet: str, text: str) -> list[Any]:
        """Return the values of a range, row by row."""
        if "!" in text:
            sheet, text = text.split("!")
        key = (sheet, text)
        if key not in self._ranges:
            left, top, right, bottom = range_boundaries(text.replace("$", ""))
            self._ranges[key] = [
                self.cell(sheet, row, column)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
            ]
        return self._ranges[key]

    def rows(self, sheet: str, first: int = 1) -> Iterator[list[Any]]:
        """Yield the computed rows of a sheet."""
        found = self.book[sheet]
        for row in range(first, found.max_row + 1):
            yield [self.cell(sheet, row, column) for column in range(1, found.max_column + 1)]


class _Parser:
    """Computes one formula by precedence climbing."""

    def __init__(self, book: Workbook, sheet: str, text: str) -> None:
        self.book, self.sheet = book, sheet
        self.tokens = list(_tokens(text))
        self.place = 0

    def value(self) -> Any:
        found = _single(self.expression(0))
        assert self.place == len(self.tokens), "the whole formula is read"
        return found

    def expression(self, least: int) -> Any:
        left = self.operand()
        while self.place < len(self.tokens):
            kind, text = self.tokens[self.place]
            if kind != "sign" or _RANK.get(text, -1) < least:
                break
            self.place += 1
            right = self.expression(_RANK[text] + 1)
            left = _apply(_SIGN[text], left, right)
        return left

    def operand(self) -> Any:
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "call":
            return _FUNCTIONS[text[:-1]](*self.arguments())
        if kind == "sign":
            return self.signed(text)
        return self.leaf(kind, text)

    def leaf(self, kind: str, text: str) -> Any:
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "range":
            return self.book.range(self.sheet, text)
        return self.book.range(*self.book.names[text])

    def signed(self, text: str) -> Any:
        if text == "-":
            return -_single(self.expression(3))
        assert text == "(", f"unexpected {text}"
        found = self.expression(0)
        self.place += 1
        return found

    def arguments(self) -> list[Any]:
        found = []
        while True:
            found.append(self.expression(0))
            self.place += 1
            if self.tokens[self.place - 1][1] == ")":
                return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match is not None, f"cannot read {text[place:]}"
        kind = str(match.lastgroup)
        yield kind, match[kind]
        place = match.end()


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _apply(sign: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    left, right = _single(left), _single(right)
    if isinstance(left, list):
        return [sign(x or 0.0, right) for x in left]
    return sign(left, right)


def _numbers(parts: tuple[Any, ...]) -> list[float]:
    flat = [x for part in parts for x in (part if isinstance(part, list) else [part])]
    return [x for x in flat if isinstance(x, int | float)]


def _matches(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and wanted.startswith("<>"):
        return bool(value != wanted[2:])
    return bool(value == wanted)


def _sumifs(values: list[Any], *tests: Any) -> float:
    pairs = [(tests[i], _single(tests[i + 1])) for i in range(0, len(tests), 2)]
    kept = (
        value
        for place, value in enumerate(values)
        if all(_matches(column[place], wanted) for column, wanted in pairs)
    )
    return math.fsum(kept)


def _rounded_up(value: Any, digits: float) -> float:
    assert digits == 0
    number = _single(value)
    return math.copysign(math.ceil(abs(number)), number)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *parts: math.fsum(_numbers(parts)),
    "SUMPRODUCT": lambda *parts: math.fsum(_numbers(parts)),
    "SUMIFS": _sumifs,
    "COUNTIF": lambda values, wanted: sum(_matches(x, wanted) for x in values),
    "MAX": lambda *parts: max(_numbers(parts)),
    "MIN": lambda *parts: min(_numbers(parts)),
    "ABS": lambda x: abs(_single(x)),
    "INT": lambda x: math.floor(_single(x)),
    "ROUNDUP": _rounded_up,
    "IF": lambda test, yes, no: yes if test else no,
    "EXP": lambda x: math.exp(_single(x)),
    "LN": lambda x: math.log(_single(x)),
    "SQRT": lambda x: math.sqrt(_single(x)),
    "LOG": lambda x, base: math.log(_single(x), base),
}
