"""Text: a report as one paragraph for a paper, with its main sources below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.report.paper.blocks import Report
from lca.report.paper.letters import one_line
from lca.report.paper.statement import main_sources, pieces

SUFFIX = ".txt"


def render(report: Report) -> str:
    """Return the paragraph of a report, and its sources numbered as it cites them."""
    sources = main_sources(report.result)
    numbers = {source["key"]: place for place, source in enumerate(sources, start=1)}
    said = []
    for piece in pieces(report.result):
        cited = ", ".join(str(numbers[key]) for key in piece.cites)
        said.append(f"{piece.text} [{cited}]." if cited else _closed(piece.text))
    listed = [f"[{numbers[source['key']]}] {_line(source)}" for source in sources]
    return "\n".join(
        [one_line(" ".join(said)), *([""] if listed else []), *map(one_line, listed), ""]
    )


def _closed(text: str) -> str:
    return text if text.endswith((".", "?", "!", "。", "؟")) else f"{text}."


def _line(source: Mapping[str, Any]) -> str:
    """Return a reference with its address and the line that its licence asks for."""
    asked = source["attribution"]
    parts = [source["citation"], source["url"], asked if asked != source["citation"] else ""]
    return ". ".join(part for part in parts if part)
