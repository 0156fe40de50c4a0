"""Blocks of a report as HTML; every text is escaped here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import singledispatch
from html import escape

from lca.report.paper.blocks import Block, Listing, Paragraph, Picture, TableBlock
from lca.report.tables import Cell, Table

_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)\]]")
_NUMBER = re.compile(r"[−+<>≈]?\s*[\d.,]+(e[−-]?\d+)?\s*%?\*?")


@singledispatch
def block(one: Block) -> str:
    """Return a block as HTML."""
    msg = f"no HTML is known for a {type(one).__name__}"
    raise TypeError(msg)


@block.register
def _paragraph(one: Paragraph) -> str:
    style = f' class="{escape(one.style)}"' if one.style else ""
    return f'<p{style} dir="auto">{linked(one.text)}</p>\n'


@block.register
def _listing(one: Listing) -> str:
    heading = f"<h3>{escape(one.title)}</h3>\n" if one.title else ""
    items = "".join(_item(text) for text in one.items)
    return f"{heading}<ul>{items}</ul>\n"


def _item(text: str) -> str:
    inner = ' class="inner"' if text.startswith("  ") else ""
    return f'<li{inner} dir="auto">{linked(text.strip())}</li>'


@block.register
def _table_block(one: TableBlock) -> str:
    return table(one.table, one.first_column, one.trails)


@block.register
def _picture(one: Picture) -> str:
    return (
        f'<figure class="picture" id="picture-{escape(one.name)}">\n'
        f"<figcaption><b>{escape(one.title)}</b> {escape(one.description)}</figcaption>\n{one.svg}\n"
        f"<details><summary>The same as numbers</summary>{table(one.table)}</details>\n</figure>\n"
    )


def linked(text: str) -> str:
    """Return an escaped text in which web addresses can be followed."""
    parts, end = [], 0
    for match in _URL.finditer(text):
        address = escape(match[0])
        parts += [
            escape(text[end : match.start()]),
            f'<a href="{address}" rel="noopener noreferrer">{address}</a>',
        ]
        end = match.end()
    return "".join([*parts, escape(text[end:])])


def table(one: Table, first: str = "", trails: tuple[tuple[str, ...], ...] = ()) -> str:
    """Return a table with its caption, headings that sort, and numbers that open their trail."""
    kinds = [_kind([cells[place] for _, cells in one.rows]) for place in range(len(one.columns))]
    heads = "".join(_heading(one, place, kind) for place, kind in enumerate(kinds))
    rows = "".join(
        _row(one, place, kinds, trails[place] if trails else ()) for place in range(len(one.rows))
    )
    note = f'<p class="note">{escape(one.note)}</p>' if one.note else ""
    corner = escape(first) or '<span class="hidden">row</span>'
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(one.title)}">'
        f'<table><caption dir="auto">{escape(one.title)}</caption>\n<thead><tr>'
        f'<th scope="col"><button type="button" class="sort">{corner}</button></th>{heads}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>{note}\n"
    )


def _heading(one: Table, place: int, kind: str) -> str:
    mark = _LOWEST if place == one.lowest_column else ""
    return (
        f'<th scope="col" dir="auto" class="{kind}"><button type="button" class="sort">'
        f"{escape(one.columns[place])}</button>{mark}</th>"
    )


_LOWEST = ' <span class="mark">lowest median</span>'


def _row(one: Table, place: int, kinds: Sequence[str], trails: Sequence[str]) -> str:
    name, cells = one.rows[place]
    style = ' class="total"' if place in one.emphasis else ""
    mark = _LOWEST if place == one.lowest_row else ""
    filled = "".join(
        _cell(cell, kinds[i], trails[i] if trails else "") for i, cell in enumerate(cells)
    )
    return f'<tr{style}><th scope="row" dir="auto">{escape(name)}{mark}</th>{filled}</tr>\n'


def _cell(cell: Cell, kind: str, trail: str) -> str:
    text = linked(cell.text)
    if trail:
        text = f'<button type="button" class="trail" data-trail="{escape(trail)}">{text}</button>'
    between = f" <small>({escape(cell.between)})</small>" if cell.between else ""
    style = 'class="number"' if kind == "number" else 'dir="auto"'
    return f"<td {style}>{text}{between}</td>"


def _kind(cells: Sequence[Cell]) -> str:
    """Return how a column is set: numbers to the right, texts as they are read."""
    numbers = all(_NUMBER.fullmatch(cell.text) or cell.text in {"–", "n/a"} for cell in cells)
    return "number" if numbers else "text"
