"""Blocks of a report as HTML; every text is escaped here and nowhere else."""

from __future__ import annotations

import re
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
        f'<figcaption><b>{escape(one.title)}</b> {escape(one.description)}</figcaption>\n{one.svg}\n'
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
    heads = "".join(_heading(name, i == one.lowest_column) for i, name in enumerate(one.columns))
    rows = "".join(
        _row(one, place, trails[place] if trails else ()) for place in range(len(one.rows))
    )
    note = f'<p class="note">{escape(one.note)}</p>' if one.note else ""
    corner = escape(first) or '<span class="hidden">row</span>'
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(one.title)}">'
        f'<table><caption dir="auto">{escape(one.title)}</caption>\n<thead><tr>'
        f'<th scope="col"><button type="button" class="sort">{corner}</button></th>{heads}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></div>{note}\n"
    )


def _heading(name: str, is_lowest: bool) -> str:
    mark = _LOWEST if is_lowest else ""
    return (
        f'<th scope="col" dir="auto"><button type="button" class="sort">{escape(name)}</button>'
        f"{mark}</th>"
    )


_LOWEST = ' <span class="mark">lowest</span>'


def _row(one: Table, place: int, trails: tuple[str, ...]) -> str:
    name, cells = one.rows[place]
    style = ' class="total"' if place in one.emphasis else ""
    mark = _LOWEST if place == one.lowest_row else ""
    filled = "".join(
        _cell(cell, trails[i] if trails else "", i == one.lowest_column)
        for i, cell in enumerate(cells)
    )
    return f'<tr{style}><th scope="row" dir="auto">{escape(name)}{mark}</th>{filled}</tr>\n'


def _cell(cell: Cell, trail: str, is_lowest: bool) -> str:
    kind = "number" if _NUMBER.fullmatch(cell.text) or cell.text in {"–", "n/a"} else "text"
    text = linked(cell.text)
    if trail:
        text = f'<button type="button" class="trail" data-trail="{escape(trail)}">{text}</button>'
    between = f' <span class="interval">{escape(cell.between)}</span>' if cell.between else ""
    best = " best" if is_lowest else ""
    return f'<td class="{kind}{best}" dir="auto">{text}{between}</td>'
