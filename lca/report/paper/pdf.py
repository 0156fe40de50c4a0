"""PDF: the report as an archival document (PDF/A-3a, tagged), by typst.

The layout is a typst file beside this module; texts reach it as JSON strings, which typst never
reads as markup. The result is attached as ``result.json``. Fonts are put into the file: Libertinus
Serif of the typst package, and for other scripts whatever font this machine has.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lca.errors import DocumentError
from lca.report.as_json import dump
from lca.report.paper.blocks import Block, Listing, Paragraph, Picture, Report, TableBlock
from lca.report.tables import Cell, Table

SUFFIX = ".pdf"
_LAYOUT = Path(__file__).parent / "assets" / "report.typ"
_STANDARD = "a-3a"

_LONG_WORD = 28
_LONG_TEXT = 24
_MANY_COLUMNS = 8
_MOST_WEIGHT = 60
_NUMBER = re.compile(r"[<>≈~]?[−+-]?[\d.,]+(e[−+-]?\d+)?\s?%?\*?|–|n/a|none|\d[\d,.]* to [\d,.]+")
_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*,\s*((?:[^()]|\([^()]*\))*)\)")
_SIZE = re.compile(r'viewBox="\s*[-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)')
_PAGE_RATIO = 1.3
_ZERO_WIDTH = "\u200b"
_NO_FONT = (
    "Some characters of this report have no font on the machine that wrote it: they show as boxes, and "
    "the file is not archival PDF/A. The attached result holds them in full."
)


def render(report: Report, *, short: bool = False) -> bytes:
    """Return a report as a PDF file.

    Parameters
    ----------
    report
        What `lca.report.paper.sections` makes, or a selection of its sections.
    short
        Whether to set it small, as a fact sheet.

    Raises
    ------
    DocumentError
        If the typst package is not installed, or cannot set the report.
    """
    try:
        return _compile(report, short=short)[0]
    except _Unprintable:
        return _compile(report, short=short, note=_NO_FONT)[0]


def pictures(report: Report, *, short: bool = False, resolution: float = 72.0) -> list[bytes]:
    """Return the pages of a report as PNG pictures, to look at.

    Parameters
    ----------
    report, short
        As for `render`.
    resolution
        Pixels per inch.
    """
    return _compile(report, short=short, kind="png", resolution=resolution)


class _Unprintable(Exception):
    """A standard is refused because a character has no font."""


def _compile(
    report: Report, *, short: bool, kind: str = "pdf", resolution: float = 144.0, note: str = ""
) -> list[bytes]:
    try:
        import typst
    except ModuleNotFoundError:
        msg = "PDF needs the typst package: pip install 'lca[pdf]'"
        raise DocumentError(msg) from None
    inputs = {
        "report": json.dumps(_document(report, short, note), ensure_ascii=False),
        "result": dump(report.result),
    }
    archival = [_STANDARD] if kind == "pdf" and not note else []
    options: dict[str, Any] = {"format": kind, "ppi": resolution, "pdf_standards": archival}
    try:
        found, _ = typst.compile_with_warnings(
            _LAYOUT.read_bytes(), sys_inputs=inputs, **options
        )
    except typst.TypstError as error:
        if archival and _is_about_fonts(error):
            raise _Unprintable from None
        msg = f"the report cannot be set as {kind.upper()}: {error.message}"
        raise DocumentError(msg) from None
    pages = found if isinstance(found, list) else [found]
    return [bytes(page) for page in pages if page is not None]


def _is_about_fonts(error: Any) -> bool:
    text = f"{error.message} {error.diagnostic}"
    return any(word in text for word in ("font", "glyph", "codepoint", "displayed"))


def _document(report: Report, short: bool, note: str) -> dict[str, Any]:
    result = report.result
    notes = [{"kind": "paragraph", "text": note, "style": "note"}] if note else []
    sections = [
        {"title": section.title, "blocks": [block for x in section.blocks for block in _block(x)]}
        for section in report.sections
    ]
    if sections:
        sections[0]["blocks"] = [*notes, *sections[0]["blocks"]]
    version = f"lca {result['lca_version']} · inputs {result['inputs_hash'][:16]}"
    return {
        "short": short,
        "kind": "Fact sheet" if short else "Life-cycle report",
        "title": _clean(report.title),
        "running": _clean(report.title),
        "heading": _directed("", report.title),
        "meta": [_directed(name, text) for name, text in report.meta],
        "footer": version,
        "contents": len(sections) > 3,
        "sections": sections,
    }


def _directed(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "text": _soft(text), "rtl": is_right_to_left(text)}


def is_right_to_left(text: str) -> bool:
    """Whether the first letter of a text belongs to a script that is written from the right."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in {"R", "AL"} for kind in kinds if kind in {"L", "R", "AL"}), False)


def _clean(text: str) -> str:
    """Return a text in one line without control characters, which no font can show."""
    kept = (" " if letter.isspace() else letter for letter in text)
    return "".join(x for x in kept if unicodedata.category(x) not in {"Cc", "Cs", "Cn", "Co"})


def _soft(text: str) -> str:
    """Return a text whose very long words may break: paths, addresses and hashes."""
    return " ".join(map(_breakable, _clean(text).split(" ")))


def _breakable(word: str) -> str:
    if len(word) <= _LONG_WORD:
        return word
    parts = re.split(r"(?<=[/_.:=&?,-])", word)
    pieces = (part[i : i + 16] for part in parts for i in range(0, len(part), 16))
    return _ZERO_WIDTH.join(pieces)


def _block(block: Block) -> Iterator[dict[str, Any]]:
    if isinstance(block, Paragraph):
        yield {"kind": "paragraph", "text": _soft(block.text), "style": block.style}
    elif isinstance(block, Listing):
        yield _listing(block)
    elif isinstance(block, TableBlock):
        yield _table(block.table, block.first_column)
    else:
        yield from _picture(block)


def _listing(block: Listing) -> dict[str, Any]:
    items = [
        {"text": _soft(text.strip()), "indent": 1.2 if text.startswith("  ") else 0}
        for text in block.items
    ]
    return {
        "kind": "listing",
        "title": _clean(block.title),
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
        "first": _clean(first) if table is given else "",
        "columns": [_soft(name) for name in table.columns],
        "rows": [
            {"name": _soft(name), "cells": [_cell(cell) for cell in cells]}
            for name, cells in table.rows
        ],
        "numeric": [_is_numeric(cells) for cells in columns],
        "widths": _widths(names, columns, table.columns),
        "apart": width > 2,
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
    return bool(cells) and all(_NUMBER.fullmatch(cell.text.strip()) for cell in cells)


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
    weights[0] = float(max(14, min(lengths[0], 34)))
    return weights


def _picture(block: Picture) -> Iterator[dict[str, Any]]:
    """Yield a picture; colors become plain ones, for the layout knows no variables."""
    svg = block.svg
    while _VARIABLE.search(svg):
        svg = _VARIABLE.sub(r"\1", svg)
    size = _SIZE.search(svg)
    ratio = float(size[2]) / float(size[1]) if size and float(size[1]) else 0.5
    yield {
        "kind": "picture",
        "svg": svg,
        "title": _clean(block.title),
        "description": _clean(block.description) or _clean(block.title),
        "width": min(1.0, _PAGE_RATIO / ratio) if ratio else 1.0,
    }


def describe(report: Report) -> Mapping[str, Any]:
    """Return what the layout is given, for tests: plain data without markup."""
    return _document(report, short=False, note="")
