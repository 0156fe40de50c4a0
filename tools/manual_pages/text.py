"""Markdown out of plain parts: tables, cells and anchors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MARK = "<!-- This page is generated: python tools/manual.py --write -->"

_SPECIAL = re.compile(r"([<>|*\[\]])")
_CODE = re.compile(r"(`+[^`]+`+)")


def cell(text: object) -> str:
    """Return a text for a table's cell: one line, nothing in it a mark by accident."""
    return inline(" ".join(str(text).split()))


def inline(text: str) -> str:
    """Return a text with its marks made harmless, outside of code; code may not end a cell."""
    parts = _CODE.split(text)
    return "".join(
        part.replace("|", "\\|") if part.startswith("`") else _SPECIAL.sub(r"\\\1", part)
        for part in parts
    )


def code(text: object) -> str:
    """Return a text as code that fits a cell."""
    fence = "``" if "`" in str(text) else "`"
    return f"{fence}{text}{fence}".replace("|", "\\|")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def fence(text: str, language: str = "text") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def page(title: str, *parts: str) -> str:
    """Return a generated page: its mark, its title, its parts."""
    body = "\n\n".join(part.strip("\n") for part in parts if part.strip())
    return f"{MARK}\n\n# {title}\n\n{body}\n"


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets, on the forges and in the built site."""
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return re.sub(r"[ \-]+", "-", plain).strip("-")


def from_restructured(text: str) -> str:
    """Return a docstring's text as Markdown: literals and numbers of references."""
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    return re.sub(r"\s*\[(\d+)\]_", r" [\1]", text)
