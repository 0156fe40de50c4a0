"""An explanation as a page: a tree that folds without any script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import lca
from lca.report import explanation_words as words
from lca.report import html
from lca.report.pages import citation
from lca.report.paper.html_blocks import linked
from lca.report.paper.letters import one_line

_OPEN = frozenset({"total", "stage"})


def page(found: Mapping[str, Any], depth: int | None = None) -> str:
    """Return an explanation as a page of HTML.

    Parameters
    ----------
    found
        What `lca.report.explanation.explanation` returns.
    depth
        How many levels below the total to write; by default all.
    """
    return "".join(_page(found, depth))


def _page(found: Mapping[str, Any], depth: int | None) -> Iterator[str]:
    title = f"{one_line(found['option'])}: {words.heading(found)}"
    yield html.opening(title)
    yield f'</head>\n<body>\n<header class="top"><h1 dir="auto">{escape(title)}</h1></header>\n'
    yield '<main class="top">\n<ul class="tree">'
    yield from _node(found["tree"], depth)
    yield "</ul>\n"
    if found["left_out"]:
        yield f'<p class="note">{found["left_out"]} smaller lines are left out (lca why --most N).</p>\n'
    if found["sources"]:
        items = "".join(_source(source) for source in found["sources"])
        yield f"<h2>Sources</h2>\n<ul>{items}</ul>\n"
    yield f"</main>\n<footer><p>Made by lca {escape(lca.__version__)}.</p></footer>\n</body>\n</html>\n"


def _node(node: Mapping[str, Any], depth: int | None) -> Iterator[str]:
    below = None if depth is None else depth - 1
    children = [] if depth == 0 else node["children"]
    if not children:
        yield f"<li>{_label(node)}</li>"
        return
    state = " open" if node["kind"] in _OPEN else ""
    yield f'<li><details{state}><summary>{_label(node)}</summary><ul class="tree">'
    for child in children:
        yield from _node(child, below)
    hidden = words.left_out(node)
    if hidden:
        yield f'<li><span class="say">{escape(hidden)}</span></li>'
    yield "</ul></details></li>"


def _label(node: Mapping[str, Any]) -> str:
    share = words.share(node)
    said = " · ".join(words.details(node))
    return (
        f'<b dir="auto">{escape(one_line(words.name(node)))}</b>: {escape(words.value(node))}'
        f"{f' · {escape(share)}' if share else ''}"
        f"{f'<span class=say dir=auto>{escape(one_line(said))}</span>' if said else ''}"
    )


def _source(source: Mapping[str, str]) -> str:
    address = f" {source['url']}" if source["url"] else ""
    return f'<li dir="auto">{linked(one_line(citation(source) + address))}</li>'
