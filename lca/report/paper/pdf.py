"""PDF: the report as an archival document (PDF/A-3a, tagged), by typst.

The layout is a typst file beside this module; texts reach it as JSON strings, which typst never
reads as markup. The result is attached as ``result.json``. Fonts are put into the file: Libertinus
Serif of the typst package, and for other scripts whatever font this machine has.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lca.errors import DocumentError
from lca.report.as_json import dump
from lca.report.paper.blocks import Block, Listing, Paragraph, Picture, Report, TableBlock
from lca.report.paper.letters import aspect, is_right_to_left, one_line
from lca.report.tables import Cell, Table

SUFFIX = ".pdf"
_LAYOUT = Path(__file__).parent / "assets" / "report.typ"
_STANDARD = "a-3a"

_LONG_WORD = 28
_LONG_TEXT = 24
_RUNNING = 96
_MANY_COLUMNS = 8
_MOSTLY = 0.7
_MOST_WEIGHT = 60
_HEADED = 14.0
_WHOLE_ROWS = 14
_NUMBER = re.compile(r"[<>≈~]?[−+-]?[\d.,]+(e[−+-]?\d+)?\s?%?\*?|–|n/a|none|\d[\d,.]* to [\d,.]+")
_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*,\s*((?:[^()]|\([^()]*\))*)\)")
_PAGE_RATIO, _SHEET_RATIO = 1.3, 0.3
"""Height over text width that a picture may fill, in a report and in a fact sheet."""

_ZERO_WIDTH = "\u200b"
_SYSTEM_FONTS = True
_TALLEST = 3.0
_TOO_TALL = (
    "“{}” is too tall for a page; the HTML report shows it, and the tables hold its numbers."
)
_NO_FONT = (
    "Some characters of this report have no font on the machine that wrote it: they show as boxes, and "
    "the file is not archival PDF/A. Install a font that has them, such as Debian's fonts-noto-cjk "
    "(Chinese, Japanese, Korean) or fonts-noto-core (Arabic, Hebrew, Devanagari and others), or name a "
    "folder with one in TYPST_FONT_PATHS. The attached result holds them in full."
)
_ARCHIVAL = b"pdfaid:part"


def render(report: Report, *, short: bool = False, when: datetime | None = None) -> bytes:
    """Return a report as a PDF file.

    Parameters
    ----------
    report
        What `lca.report.paper.sections` makes, or a selection of its sections.
    short
        Whether to set it small, as a fact sheet.
    when
        Date of the document: by default that of ``SOURCE_DATE_EPOCH``, else now. It is the only thing in
        the file that the report does not decide.

    Raises
    ------
    DocumentError
        If the typst package is not installed, or cannot set the report.
    """
    date = when or _now()
    try:
        return _compile(report, date, short=short)[0]
    except _Unprintable:
        return _compile(report, date, short=short, note=_NO_FONT)[0]


def render_sheet(report: Report) -> bytes:
    """Return a selection of a report as a PDF file that is set small, as a fact sheet.

    Raises
    ------
    DocumentError
        As of `render`.
    """
    return render(report, short=True)


def remarks(content: bytes) -> list[str]:
    """Return what the writer of a file must be told: that letters of it have no font here."""
    return [] if _ARCHIVAL in content else [_NO_FONT]


def _now() -> datetime:
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(given), UTC) if given.isdecimal() else datetime.now(UTC)


def pictures(report: Report, *, short: bool = False, resolution: float = 72.0) -> list[bytes]:
    """Return the pages of a report as PNG pictures, to look at.

    Parameters
    ----------
    report, short
        As for `render`.
    resolution
        Pixels per inch.
    """
    return _compile(report, _now(), short=short, kind="png", resolution=resolution)


def require() -> Any:
    """Return the package that sets pages.

    Raises
    ------
    DocumentError
        If it is not installed.
    """
    try:
        import typst
    except ModuleNotFoundError:
        msg = "PDF needs the typst package: pip install 'lca[pdf]'"
        raise DocumentError(msg) from None
    return typst


class _Unprintable(Exception):
    """A standard is refused because a character has no font."""


def _compile(
    report: Report,
    when: datetime,
    *,
    short: bool,
    kind: str = "pdf",
    resolution: float = 144.0,
    note: str = "",
) -> list[bytes]:
    typst = require()
    archival = kind == "pdf" and not note
    inputs = {
        "report": json.dumps(_document(report, short, note, when), ensure_ascii=False),
        "result": dump(report.result),
    }
    options = _options(when, archival) | {"format": kind, "ppi": resolution, "sys_inputs": inputs}
    try:
        found, _ = typst.compile_with_warnings(_LAYOUT.read_bytes(), **options)
    except typst.TypstError as error:
        if archival and _is_about_fonts(error):
            raise _Unprintable from None
        msg = f"the report cannot be set as {kind.upper()}: {error.message}"
        raise DocumentError(msg) from None
    pages = found if isinstance(found, list) else [found]
    return [bytes(page) for page in pages if page is not None]


def _options(when: datetime, archival: bool) -> dict[str, Any]:
    folders = os.environ.get("TYPST_FONT_PATHS", "").split(os.pathsep)
    return {
        "font_paths": [folder for folder in folders if folder],
        "ignore_system_fonts": not _SYSTEM_FONTS,
        "pdf_standards": [_STANDARD] if archival else [],
        "timestamp": when.replace(microsecond=0),
    }


def _is_about_fonts(error: Any) -> bool:
    text = f"{error.message} {error.diagnostic}"
    return any(word in text for word in ("font", "glyph", "codepoint", "displayed"))


def _document(report: Report, short: bool, note: str, when: datetime) -> dict[str, Any]:
    result = report.result
    notes = [{"kind": "paragraph", "text": note, "style": "note"}] if note else []
    sections = [
        {
            "title": section.title,
            "blocks": [block for x in section.blocks for block in _block(x, short)],
        }
        for section in report.sections
    ]
    if sections:
        sections[0]["blocks"] = [*notes, *sections[0]["blocks"]]
    version = f"lca {result['lca_version']} · inputs {result['inputs_hash'][:16]} · {when:%Y-%m-%d}"
    return {
        "short": short,
        "kind": "Fact sheet" if short else "Life-cycle report",
        "title": one_line(report.title),
        "running": _running(report.title),
        "heading": _directed("", report.title),
        "meta": [_directed(name, text) for name, text in report.meta],
        "footer": version,
        "contents": len(sections) > 3,
        "sections": sections,
    }


def _running(title: str) -> str:
    """Return a title for the head of a page: one line of it."""
    text = one_line(title)
    letters = (
        _RUNNING // 2 if any(unicodedata.east_asian_width(x) == "W" for x in text) else _RUNNING
    )
    return text if len(text) <= letters else f"{text[:letters]}…"


def _directed(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "text": _soft(text), "rtl": is_right_to_left(text)}


def _soft(text: str) -> str:
    """Return a text whose very long words may break: paths, addresses and hashes."""
    return " ".join(map(_breakable, one_line(text).split(" ")))


def _breakable(word: str) -> str:
    if len(word) <= _LONG_WORD:
        return word
    parts = re.split(r"(?<=[/_.:=&?,-])", word)
    pieces = (part[i : i + 16] for part in parts for i in range(0, len(part), 16))
    return _ZERO_WIDTH.join(pieces)


def _block(block: Block, short: bool) -> Iterator[dict[str, Any]]:
    if isinstance(block, Paragraph):
        yield {"kind": "paragraph", "text": _soft(block.text), "style": block.style}
    elif isinstance(block, Listing):
        yield _listing(block)
    elif isinstance(block, TableBlock):
        yield _table(block.table, block.first_column)
    else:
        yield from _picture(block, _SHEET_RATIO if short else _PAGE_RATIO)


def _listing(block: Listing) -> dict[str, Any]:
    items = [
        {"text": _soft(text.strip()), "indent": 1.2 if text.startswith("  ") else 0}
        for text in block.items
    ]
    return {
        "kind": "listing",
        "title": one_line(block.title),
        "items": items,
        "size": 8.5 if len(items) > 8 else 9.5,
    }


def _table(given: Table, first: str) -> dict[str, Any]:
    table = _turned(given) if len(given.columns) > max(_MANY_COLUMNS, len(given.rows)) else given
    width = len(table.columns)
    columns = [[cells[i] for _, cells in table.rows] for i in range(width)]
    names = [name for name, _ in table.rows]
    return {
        "kind": "table",
        "title": _soft(table.title),
        "first": one_line(first) if table is given else "",
        "columns": [_soft(name) for name in table.columns],
        "rows": [
            {"name": _soft(name), "cells": [_cell(cell) for cell in cells]}
            for name, cells in table.rows
        ],
        "numeric": [_is_numeric(cells) for cells in columns],
        "widths": _widths(names, columns, table.columns),
        "apart": width > 2,
        "whole": len(table.rows) <= _WHOLE_ROWS,
        "emphasis": list(table.emphasis),
        "marked-rows": [] if table.lowest_row is None else [table.lowest_row],
        "marked-columns": [] if table.lowest_column is None else [table.lowest_column + 1],
        "size": 9 if width <= 4 else 8 if width <= 6 else 7,
        "note": _soft(table.note),
    }


def _cell(cell: Cell) -> dict[str, str]:
    return {"text": _soft(cell.text), "between": _soft(cell.between)}


def _turned(table: Table) -> Table:
    """Return a table with rows and columns exchanged: a page is higher than wide."""
    rows = tuple(
        (name, tuple(cells[i] for _, cells in table.rows)) for i, name in enumerate(table.columns)
    )
    return Table(
        table.title,
        tuple(name for name, _ in table.rows),
        rows,
        lowest_column=table.lowest_row,
        lowest_row=table.lowest_column,
        note=table.note,
    )


def _is_numeric(cells: Sequence[Cell]) -> bool:
    """Whether most cells with a text hold a number: such a column is set from the right."""
    filled = [cell.text.strip() for cell in cells if cell.text.strip()]
    numbers = sum(_NUMBER.fullmatch(text) is not None for text in filled)
    return bool(filled) and numbers >= _MOSTLY * len(filled)


def _widths(
    names: Sequence[str], columns: Sequence[Sequence[Cell]], heads: Sequence[str]
) -> list[float]:
    """Return the share of width of each column; 0 for one as wide as its numbers."""
    lengths = [max(map(len, names), default=1)]
    for head, cells in zip(heads, columns, strict=True):
        longest = max((len(cell.text) + len(cell.between) for cell in cells), default=1)
        lengths.append(max(longest, min(len(head), _LONG_TEXT)))
    texts = [False, *(not _is_numeric(cells) for cells in columns)]
    weights = [
        float(min(length, _MOST_WEIGHT)) if long and length > _LONG_TEXT else 0.0
        for length, long in zip(lengths, texts, strict=True)
    ]
    for place, head in enumerate(heads, start=1):
        if len(head) > _LONG_TEXT and not texts[place]:
            weights[place] = _HEADED
    if not any(weights) or lengths[0] > _LONG_WORD:
        weights[0] = float(max(14, min(lengths[0], 34)))
    return weights


def _picture(block: Picture, highest: float) -> Iterator[dict[str, Any]]:
    """Yield a picture; colors become plain ones, for the layout knows no variables."""
    svg = block.svg
    while _VARIABLE.search(svg):
        svg = _VARIABLE.sub(r"\1", svg)
    ratio = aspect(svg)
    if ratio > _TALLEST:
        yield {
            "kind": "paragraph",
            "style": "note",
            "text": _TOO_TALL.format(one_line(block.title)),
        }
        return
    yield {
        "kind": "picture",
        "svg": svg,
        "title": one_line(block.title),
        "description": one_line(block.description) or one_line(block.title),
        "width": min(1.0, highest / ratio) if ratio else 1.0,
    }
