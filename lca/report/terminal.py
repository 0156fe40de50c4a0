"""The terminal: a result as a page that reads well at 80 columns."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from lca.report import cost_tables, phase_tables, sentences, tables
from lca.report.paper.letters import visible
from lca.report.tables import Table

_MOST = 6
_GUTTER = 2
_NAMES = 26


def render(result: Mapping[str, Any], width: int = 80) -> str:
    """Return a result as text without color, for tests and files."""
    stream = io.StringIO()
    show(result, Console(file=stream, width=width, no_color=True, highlight=False))
    return stream.getvalue()


def show(result: Mapping[str, Any], console: Console) -> None:
    """Print a result: verdict, tables, what decides it, and what it rests on."""
    _heading(result, console)
    print_table(tables.stage_table(result), console)
    chances = tables.probability_table(result)
    phases = phase_tables.phase_table(result)
    costs, totals = cost_tables.cost_table(result), tables.total_table(result)
    for table in (phases, costs, totals, chances, tables.group_table(result)):
        if table is not None:
            print_table(table, console)
    print_section("What decides it", sentences.decides(result), console)
    print_section("Method choices", sentences.method_lines(result), console)
    print_section("Cautions", sentences.caution_lines(result), console)
    print_section("Fallbacks", result["fallbacks"], console)
    notes = [
        *phase_tables.overtaking_lines(result),
        *sentences.other_unit_lines(result),
        *sentences.central_lines(result),
    ]
    print_section("Notes", notes, console)
    print_section(
        _counted("Not counted", result["missing"]), sentences.missing_lines(result), console
    )
    _assumed(result, console)
    paragraph(sentences.draws_line(result), console, style="dim")


def _heading(result: Mapping[str, Any], console: Console) -> None:
    title = result["title"] or result["scenario"]
    paragraph(title, console, style="bold")
    if result["question"]:
        paragraph(result["question"], console, style="italic")
    console.print()
    if result["comparison"]:
        paragraph(result["comparison"]["verdict"], console, style="bold green")
        console.print()


def _counted(title: str, entries: Sequence[object]) -> str:
    return f"{title} ({len(entries)})"


def print_section(title: str, lines: Iterable[str], console: Console) -> None:
    """Print a titled list, the first lines of it, or nothing if it is empty."""
    shown = list(lines)
    if not shown:
        return
    paragraph(title, console, style="bold")
    for line in shown[: 2 * _MOST]:
        paragraph(line, console, indent="  " if not line.startswith("  ") else "    ")
    if len(shown) > 2 * _MOST:
        paragraph(f"… and {len(shown) - 2 * _MOST} more", console, indent="  ", style="dim")
    console.print()


def _assumed(result: Mapping[str, Any], console: Console) -> None:
    """Name what was assumed in one paragraph; reports in a file list it in full."""
    uncertain_first = sorted(result["assumptions"], key=lambda entry: entry["p5"] == entry["p95"])
    names = list(dict.fromkeys(entry["what"] for entry in uncertain_first))
    if not names:
        return
    more = f"; and {len(names) - _MOST} more" if len(names) > _MOST else ""
    paragraph(_counted("Assumed, not published", names), console, style="bold")
    paragraph("; ".join(names[:_MOST]) + more + ". All with values: -o FILE.md", console, "  ")
    console.print()


def paragraph(text: str, console: Console, indent: str = "", style: str = "") -> None:
    """Print a text wrapped to the console, never taken for markup."""
    wide = textwrap.wrap(
        text.strip(),
        max(20, console.width),
        initial_indent=indent,
        subsequent_indent=indent + ("  " if indent else ""),
        break_long_words=False,
        break_on_hyphens=False,
    )
    console.print(Text(visible("\n".join(wide)), style=style), soft_wrap=True)


def print_table(table: Table, console: Console) -> None:
    """Print a table; if it is too wide, intervals go below their medians, names are folded.

    Numbers are never cut: a table that still does not fit is printed wider than the terminal.
    """
    paragraph(table.title, console, style="bold")
    layout = _layout(table, " ")
    if _width(layout) > console.width:
        layout = _layout(table, "\n")
    heading, rows = _folded(layout, console.width)
    shown = RichTable(box=None, pad_edge=False, padding=(0, _GUTTER, 0, 0), show_header=False)
    for number in range(len(heading)):
        shown.add_column(justify="left" if number == 0 else "right", no_wrap=True)
    shown.add_row(*(Text(visible(text), style="dim") for text in heading))
    for number, row in enumerate(rows):
        shown.add_row(
            *(Text(visible(text), style=_style(table, number, i)) for i, text in enumerate(row))
        )
    width = console.width
    console.width = max(width, _width((heading, rows)))
    console.print(shown)
    console.width = width
    if table.note:
        paragraph(table.note, console, style="dim")
    console.print()


Layout = tuple[list[str], list[list[str]]]


def _layout(table: Table, by: str) -> Layout:
    heading = ["", *table.columns]
    if table.lowest_column is not None:
        heading[table.lowest_column + 1] += "\n(lowest)"
    rows = [[name, *(cell.joined(by) for cell in cells)] for name, cells in table.rows]
    if table.lowest_row is not None:
        rows[table.lowest_row][0] += " (lowest)"
    return heading, rows


def _width(layout: Layout) -> int:
    heading, rows = layout
    numbers = [max(_longest(row[i]) for row in rows) for i in range(1, len(heading))]
    names = [max(map(len, _words(text)), default=0) for text in heading[1:]]
    first = min(max((_longest(row[0]) for row in rows), default=0), _NAMES)
    columns = [max(a, b) for a, b in zip(numbers, names, strict=True)] if rows else names
    return first + sum(columns) + _GUTTER * len(columns)


def _folded(layout: Layout, width: int) -> Layout:
    """Fold headings to the width of their numbers, and row names to what is left."""
    heading, rows = layout
    columns = [
        max([_longest(row[i]) for row in rows] + [max(map(len, _words(heading[i])), default=0)])
        for i in range(1, len(heading))
    ]
    left = width - sum(columns) - _GUTTER * len(columns)
    room = max(left, *(max(map(len, _words(row[0])), default=1) for row in rows), 12)
    spare = max(0, (width - min(room, max(_longest(r[0]) for r in rows)) - sum(columns)))
    extra = max(0, spare // max(1, len(columns)) - _GUTTER)
    top = [""] + [_fold(text, columns[i] + extra) for i, text in enumerate(heading[1:])]
    return top, [[_fold(row[0], room), *row[1:]] for row in rows]


def _words(text: str) -> list[str]:
    """Return the parts at which a name may be folded: after a hyphen, underscore or blank."""
    return text.replace("-", "- ").replace("_", "_ ").split()


def _longest(text: str) -> int:
    return max(map(len, text.split("\n")))


def _fold(text: str, width: int) -> str:
    """Fold a name at hyphens and blanks so that it fits a width."""
    lines: list[str] = []
    for given in text.split("\n"):
        current = ""
        for word in given.replace("-", "-\0").replace("_", "_\0").replace(" ", " \0").split("\0"):
            if current and len((current + word).rstrip()) > width:
                lines.append(current.rstrip())
                current = word
            else:
                current += word
        lines.append(current.rstrip())
    return "\n".join(lines)


def _style(table: Table, row: int, column: int) -> str:
    if table.lowest_column is not None and column == table.lowest_column + 1:
        return "green"
    if table.lowest_row == row:
        return "green"
    return "bold" if row in table.emphasis else ""
