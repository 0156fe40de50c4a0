"""Read a model card: front matter, tables and sentences, bounded, with the line of everything."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lca import document
from lca.errors import DocumentError, Problem
from lca.validation.cards_columns import CardRow, relevant, rows_of
from lca.validation.cards_fields import field_knowns
from lca.validation.cards_front import front_facts
from lca.validation.cards_numbers import plain
from lca.validation.cards_sentences import Fact, about_footprint, facts_in
from lca.validation.cards_tables import Table, html_tables, pipe_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MAX_BYTES", "MAX_ROWS", "Card", "read_card"]

MAX_BYTES = 1_000_000
"""Size of a card."""

MAX_ROWS = 1000
"""Rows of a card's tables about footprints."""

_LONGEST_LINE = 4000
_ADDRESS = re.compile(r"https?://\S{1,300}")
_FENCES = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says, and what of it was not understood.

    Attributes
    ----------
    file : str
        As the user named it.
    facts : tuple of Fact
        Front matter, list entries and sentences.
    rows : tuple of CardRow
        Rows of the tables about footprints.
    unread : tuple of (int, str)
        Line and text of what looks like a footprint but fits no documented pattern.
    """

    file: str
    facts: tuple[Fact, ...]
    rows: tuple[CardRow, ...]
    unread: tuple[tuple[int, str], ...]


def read_card(path: str | os.PathLike[str]) -> Card:
    """Return what a model card says.

    Parameters
    ----------
    path
        Markdown, as on the Hugging Face Hub.

    Raises
    ------
    DocumentError
        The file cannot be read as UTF-8 text, is too large, or its front matter is no YAML.
    """
    name = os.fspath(path)
    text = _text(name)
    lines = text.split("\n")
    end, facts, unread = front_facts(lines, name)
    tables = (*pipe_tables(lines), *html_tables(text))
    said, not_said = _prose(lines, end, _inside(tables))
    entries, odd = _entries([table for table in tables if not relevant(table)])
    said, not_said = [*said, *entries], [*not_said, *odd]
    rows = tuple(row for table in tables if relevant(table) for row in rows_of(table))
    if len(rows) > MAX_ROWS:
        message = f"too many rows: {len(rows)} in tables of footprints; at most {MAX_ROWS} are read"
        raise DocumentError(Problem("", message, name, rows[MAX_ROWS].line))
    cells = ((row.line, cell) for row in rows for cell in row.unread)
    left = tuple(sorted({*unread, *not_said, *cells}))
    return Card(name, (*facts, *said), rows, left)


def _text(name: str) -> str:
    """Return the text of a file: UTF-8, of bounded size."""
    file = Path(name)
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        document.read(name)  # tells why, and the nearest file
        raise
    if max(size, len(raw)) > MAX_BYTES:
        message = f"too large: {max(size, len(raw)) / 1e6:.3g} MB; a card has at most 1 MB"
        raise DocumentError(Problem("", message, name))
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"not UTF-8: byte 0x{raw[error.start]:02X}; save it as UTF-8"
        raise DocumentError(Problem("", message, name, line)) from None


def _entries(tables: Sequence[Table]) -> tuple[list[Fact], list[tuple[int, str]]]:
    """Return what tables of names and values say, and what they say unreadably."""
    facts: list[Fact] = []
    unread: list[tuple[int, str]] = []
    for table in tables:
        for line, cells in ((table.first, table.heading), *table.rows):
            if len(table.heading) != 2 or len(cells) != 2:
                continue
            found = [Fact(known, line) for known in field_knowns(*cells)]
            facts += found
            text = ": ".join(cells)
            if not found and about_footprint(text):
                unread.append((line, text))
    return facts, unread


def _inside(tables: Sequence[Table]) -> set[int]:
    """Return the lines of all tables."""
    return {line for table in tables for line in range(table.first, table.last + 1)}


def _prose(
    lines: Sequence[str], start: int, skipped: set[int]
) -> tuple[list[Fact], list[tuple[int, str]]]:
    """Return what the lines outside tables and code say, and what they say unreadably."""
    facts: list[Fact] = []
    unread: list[tuple[int, str]] = []
    in_code = False
    for line, raw in enumerate(lines[start:], start + 1):
        if raw.lstrip().startswith(_FENCES):
            in_code = not in_code
        if in_code or line in skipped:
            continue
        text = plain(raw[:_LONGEST_LINE]) if "|" not in raw else ""
        bullet = raw.lstrip()[:2] in {"- ", "* "}
        text = f"- {text.lstrip('-* ')}" if bullet else text
        found = facts_in(text, line)
        facts += found
        if not found and about_footprint(_ADDRESS.sub("", text)):
            unread.append((line, text))
    return facts, unread
