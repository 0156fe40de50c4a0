"""The tables of a card, in Markdown or HTML, with the line of every row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from lca.validation.cards_numbers import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Table", "html_tables", "pipe_tables"]

_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-*:?\s*)*")
_MOST_CELLS = 50_000
_LONGEST_CELL = 300


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its heading, its rows, and the line of each in the file (from 1).

    Attributes
    ----------
    heading : tuple of str
        Text of each column's head.
    rows : tuple of (int, tuple of str)
        Line and cells of each row.
    first, last : int
        Lines of the table.
    """

    heading: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    first: int
    last: int


def pipe_tables(lines: Sequence[str]) -> Iterator[Table]:
    """Yield the tables written with ``|``; the second line of each is the rule of dashes."""
    at = 1
    while at < len(lines):
        if (
            "|" not in lines[at]
            or "|" not in lines[at - 1]
            or not _RULE.fullmatch(lines[at][:2000])
        ):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and "|" in lines[end]:
            end += 1
        rows = tuple((i + 1, _cells(lines[i])) for i in range(at + 1, end))
        yield Table(_cells(lines[at - 1]), rows, at, end)
        at = end + 1


def _cells(line: str) -> tuple[str, ...]:
    inside = line.strip().removeprefix("|").removesuffix("|")
    return tuple(plain(cell)[:_LONGEST_CELL] for cell in inside.split("|"))


class _Reader(HTMLParser):
    """Collects the cells of tables; of a table inside another, its text stays in the cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[tuple[int, list[str]]]] = []
        self.lines: list[tuple[int, int]] = []
        self._open = self._cell = False
        self._count = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Open a table, a row or a cell."""
        del attrs
        if tag == "table" and not self._open:
            self._open = True
            self.tables.append([])
            self.lines.append((self.getpos()[0], self.getpos()[0]))
        elif tag == "tr" and self._open:
            self.tables[-1].append((self.getpos()[0], []))
            self._cell = False
        elif tag in {"td", "th"} and self._open and self.tables[-1] and self._count < _MOST_CELLS:
            self.tables[-1][-1][1].append("")
            self._count += 1
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        """Close a table, a row or a cell."""
        if tag in {"td", "th", "tr"}:
            self._cell = False
        if tag == "table" and self._open:
            self._open = self._cell = False
            self.lines[-1] = (self.lines[-1][0], self.getpos()[0])

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self._open and self._cell:
            row = self.tables[-1][-1][1]
            row[-1] = " ".join(f"{row[-1]} {data}".split())[:_LONGEST_CELL]


def html_tables(text: str) -> Iterator[Table]:
    """Yield the tables written in HTML; nothing of it is run or fetched."""
    if "<table" not in text.lower():
        return
    reader = _Reader()
    reader.feed(text)
    for rows, (first, last) in zip(reader.tables, reader.lines, strict=True):
        if len(rows) > 1:
            body = tuple((line, tuple(plain(cell) for cell in cells)) for line, cells in rows[1:])
            yield Table(tuple(plain(cell) for cell in rows[0][1]), body, first, last)
