"""The tables of a card, in Markdown or HTML, with the line of every row."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from lca.validation.cards_numbers import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Table", "html_tables", "pipe_tables"]

_RULE = frozenset("|:- \t\r")
_MOST_TABLES = 100
_LONGEST_TABLE = 200_000
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
        if "|" not in lines[at] or "|" not in lines[at - 1] or not _is_rule(lines[at]):
            at += 1
            continue
        end = at + 1
        while end < len(lines) and "|" in lines[end]:
            end += 1
        rows = tuple((i + 1, _cells(lines[i])) for i in range(at + 1, end))
        yield Table(_cells(lines[at - 1]), rows, at, end)
        at = end + 1


def _is_rule(line: str) -> bool:
    """Whether a line is the rule of dashes below a heading."""
    return "-" in line and set(line) <= _RULE


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
    """Yield the tables written in HTML; nothing of it is run or fetched.

    At most the first 100 tables are read, and those that close within 200,000 characters.
    """
    lower, end = text.lower(), 0
    for _ in range(_MOST_TABLES):
        start = lower.find("<table", end)
        end = lower.find("</table", start)
        if start < 0 or end < 0:
            return
        if end - start <= _LONGEST_TABLE:
            yield from _parsed(text[start : end + len("</table>")], text.count("\n", 0, start))


def _parsed(text: str, before: int) -> Iterator[Table]:
    """Yield the table of a text that begins after a number of lines."""
    reader = _Reader()
    reader.feed(text)
    for rows, (first, last) in zip(reader.tables, reader.lines, strict=True):
        if len(rows) > 1:
            body = ((at + before, tuple(map(plain, cells))) for at, cells in rows[1:])
            heading = tuple(map(plain, rows[0][1]))
            yield Table(heading, tuple(body), first + before, last + before)
