"""An explanation as a tree in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from lca.report import explanation_words as words
from lca.report.pages import citation
from lca.report.terminal import paragraph

_STYLES = {"total": "bold", "stage": "bold", "line": "dim"}


def show(found: Mapping[str, Any], console: Console, depth: int | None = None) -> None:
    """Print an explanation.

    Parameters
    ----------
    found
        What `lca.report.explanation.explanation` returns.
    depth
        How many levels below the total to show; by default all.
    """
    paragraph(words.heading(found), console, style="bold")
    whole = found["tree"]
    shown = Tree(_label(whole), guide_style="dim")
    _grow(shown, whole, depth)
    console.print(shown)
    console.print()
    if found["left_out"]:
        left = f"{found['left_out']} smaller lines are left out (--most N)"
        paragraph(left, console, style="dim")
    if found["sources"] and depth is None:
        paragraph("Sources", console, style="bold")
        for source in found["sources"]:
            paragraph(citation(source), console, "  ")


def _grow(branch: Tree, node: Mapping[str, Any], depth: int | None) -> None:
    if depth == 0:
        return
    below = None if depth is None else depth - 1
    for child in node["children"]:
        _grow(branch.add(_label(child)), child, below)
    hidden = words.left_out(node)
    if hidden:
        branch.add(Text(hidden, style="dim"))


def _label(node: Mapping[str, Any]) -> Text:
    text = Text(f"{words.name(node)}: ", style=_STYLES.get(node["kind"], ""))
    text.append(words.value(node))
    share = words.share(node)
    if share:
        text.append(f" · {share}", style="cyan")
    for said in words.details(node):
        text.append(f" {said}", style="dim")
    return text
