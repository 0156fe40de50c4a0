"""The fact sheet: of a report, what fits two pages and still says where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lca.report import sentences
from lca.report.paper.blocks import Block, Listing, Paragraph, Picture, Report, Section, TableBlock
from lca.report.paper.letters import aspect
from lca.report.tables import Table

_ROWS, _ITEMS, _COLUMNS, _LETTERS = 10, 3, 8, 320
_MOST_ITEMS = {"sensitivity": 6, "limits": 7}
_SECTIONS: dict[str, tuple[type[Block], ...]] = {
    "verdict": (Paragraph, TableBlock, Listing),
    "scope": (Listing,),
    "results": (Picture, TableBlock),
    "comparison": (TableBlock,),
    "sensitivity": (Listing,),
    "limits": (Listing,),
    "again": (TableBlock,),
}
_ONE_OF_A_KIND = frozenset({"results", "comparison", "limits"})


def select(report: Report) -> Report:
    """Return the report with the sections of a fact sheet: long lists and tables are cut.

    What is cut says how much is left to the full report; nothing that limits the verdict is left out
    without that word.
    """
    sections = (
        Section(section.id, section.title, tuple(_blocks(section)))
        for section in report.sections
        if section.id in _SECTIONS
    )
    kept = tuple(section for section in sections if section.blocks)
    return replace(report, sections=(*kept, _sources(report)), trails={}, sliders={})


def _blocks(section: Section) -> Iterator[Block]:
    kinds = _SECTIONS[section.id]
    chosen = [block for block in section.blocks if isinstance(block, kinds) and not _is_tall(block)]
    if section.id in _ONE_OF_A_KIND:
        chosen = [
            next(x for x in chosen if isinstance(x, k)) for k in dict.fromkeys(map(type, chosen))
        ]
    for block in chosen:
        if isinstance(block, Listing):
            yield replace(block, items=_cut_list(block.items, _MOST_ITEMS.get(section.id, _ITEMS)))
        elif isinstance(block, TableBlock):
            yield TableBlock(_cut_table(block.table), (), block.first_column)
        else:
            yield block


def _is_tall(block: Block) -> bool:
    return isinstance(block, Picture) and aspect(block.svg) > 1


def _cut_list(items: Sequence[str], most: int) -> tuple[str, ...]:
    shown = [_shortened(item) for item in items[:most]]
    left = len(items) - len(shown)
    return (*shown, f"and {left} more in the full report") if left else tuple(shown)


def _shortened(text: str) -> str:
    if len(text) <= _LETTERS:
        return text
    return text[:_LETTERS].rsplit(" ", 1)[0] + " … (in the full report)"


def _cut_table(table: Table) -> Table:
    """Return a table with its first rows and columns, the lowest and the totals among them."""
    kept = _kept(len(table.rows), _ROWS, [table.lowest_row, *table.emphasis])
    columns = _kept(len(table.columns), _COLUMNS, [table.lowest_column])
    gone = len(table.rows) - len(kept), len(table.columns) - len(columns)
    left = [
        f"{count} more {what} in the full report."
        for count, what in zip(gone, ("rows", "columns"), strict=True)
        if count
    ]
    rows = [table.rows[row] for row in kept]
    return Table(
        table.title,
        tuple(table.columns[i] for i in columns),
        tuple((_shortened(name), tuple(cells[i] for i in columns)) for name, cells in rows),
        lowest_column=_place(table.lowest_column, columns),
        lowest_row=_place(table.lowest_row, kept),
        emphasis=tuple(kept.index(row) for row in table.emphasis if row in kept),
        note=" ".join(text for text in (table.note, *left) if text),
    )


def _kept(count: int, most: int, wanted: Sequence[int | None]) -> list[int]:
    """Return the first positions up to a number, those wanted always among them."""
    first = [place for place in wanted if place is not None][:most]
    others = (place for place in range(count) if place not in first)
    return sorted(
        [*first, *(place for place, _ in zip(others, range(most - len(first)), strict=False))]
    )


def _place(wanted: int | None, kept: Sequence[int]) -> int | None:
    return kept.index(wanted) if wanted in kept else None


def _sources(report: Report) -> Section:
    """Return the section on what the numbers rest on: counts, and the lines that licences ask for."""
    result = report.result
    found = result["sources"]
    counts = Paragraph(
        f"{len(found)} sources are named in the full report and in the attached result; "
        f"{len(result['assumptions'])} inputs are assumed, not published; "
        f"{len(result['missing'])} parts are not counted. {sentences.draws_line(result)}"
    )
    asked = list(dict.fromkeys(s["attribution"] for s in found if s["attribution"]))
    lines = Paragraph(" · ".join(asked), "note")
    return Section("sources", "What it rests on", (counts, lines) if asked else (counts,))
