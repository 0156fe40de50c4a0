"""The explanation of a disagreement for the terminal and as a file: one function a format."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from lca.errors import DocumentError, did_you_mean
from lca.report import as_json, html
from lca.report.csv_table import safe
from lca.report.explain_difference import LEGEND, assemble, step_table, verdict, waterfall
from lca.report.markdown import plain, section, table_lines, title_line
from lca.report.paper.blocks import Block, Listing, Paragraph, TableBlock
from lca.report.pictures.waterfall import standalone
from lca.report.terminal import paragraph, print_section, print_table

__all__ = ["find_format", "show"]

Found = Mapping[str, Any]


def find_format(path: str) -> Callable[[Found], str]:
    """Return the format that a file's name asks for.

    Raises
    ------
    DocumentError
        If there is none of that suffix.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _FORMATS:
        hint = did_you_mean(suffix, _FORMATS)
        msg = f"{path}: no format {suffix or 'without a suffix'}{hint} (one of: {', '.join(_FORMATS)})"
        raise DocumentError(msg)
    return _FORMATS[suffix]


def show(found: Found, console: Console) -> None:
    """Print the verdict, the models side by side, and the steps of each pair."""
    report = assemble(found)
    paragraph(report.title, console, style="bold")
    console.print()
    for sentence in verdict(found):
        paragraph(sentence, console, style="bold green")
    console.print()
    for block in report.section("models").blocks:
        _print(block, console)
    for pair in found["pairs"]:
        print_table(step_table(pair), console)
    paragraph(LEGEND, console, style="dim")
    paragraph(
        "Values, units and sources of both sides: -o FILE.html, .md or .csv; picture: -o FILE.svg",
        console,
        style="dim",
    )


def _print(block: Block, console: Console) -> None:
    if isinstance(block, TableBlock):
        print_table(block.table, console)
    elif isinstance(block, Listing):
        print_section(block.title, block.items, console)


def _markdown(found: Found) -> str:
    return "\n".join(_lines(found)).rstrip() + "\n"


def _lines(found: Found) -> Iterator[str]:
    report = assemble(found)
    yield from title_line(report.title)
    for part in report.sections:
        for block in part.blocks:
            if isinstance(block, Paragraph):
                yield from (plain(block.text), "")
            elif isinstance(block, TableBlock):
                yield from table_lines(block.table)
            elif isinstance(block, Listing):
                yield from section(block.title or part.title, block.items)
            else:
                yield from table_lines(block.table)


def _csv(found: Found) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=_COLUMNS, lineterminator="\n")
    writer.writeheader()
    rows = (_row(pair, step) for pair in found["pairs"] for step in pair["steps"])
    writer.writerows({key: safe(value) for key, value in row.items()} for row in rows)
    return text.getvalue()


_COLUMNS = (
    "from", "to", "path", "why", "amount_kgCO2e",
    "from_value", "from_unit", "from_sources", "to_value", "to_unit", "to_sources",
)  # fmt: skip


def _row(pair: Found, step: Found) -> dict[str, Any]:
    row = {"from": pair["from"], "to": pair["to"], "path": step["path"], "why": step["why"]}
    row["amount_kgCO2e"] = step["amount"]
    for end in ("from", "to"):
        side = step[end]
        row[f"{end}_value"] = "" if side is None else side["value"]
        row[f"{end}_unit"] = "" if side is None else side["unit"]
        keys = [] if side is None else [one["source"] for one in side["inputs"] if one["source"]]
        row[f"{end}_sources"] = " ".join(dict.fromkeys(keys))
    return row


def _svg(found: Found) -> str:
    picture = waterfall(found)
    return "" if picture is None else standalone(picture)


def _html(found: Found) -> str:
    return html.write(assemble(found))


_FORMATS: dict[str, Callable[[Found], str]] = {
    ".html": _html,
    ".md": _markdown,
    ".json": as_json.render,
    ".csv": _csv,
    ".svg": _svg,
}
