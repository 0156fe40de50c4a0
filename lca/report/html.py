"""HTML: the whole report in one file that needs nothing else and asks nothing of any network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from lca.report.paper.blocks import Report, Section
from lca.report.paper.html_blocks import block
from lca.report.paper.html_sliders import sliders_section
from lca.report.paper.letters import one_line

SUFFIX = ".html"
_ASSETS = Path(__file__).parent / "paper" / "assets"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def render(result: Mapping[str, Any]) -> str:
    """Return a saved result as a page: without inputs, trails, pictures of draws and sliders."""
    from lca.report.paper.sections import assemble

    return write(assemble(result))


def write(report: Report) -> str:
    """Return a report as a page."""
    return "".join(_page(report))


def opening(title: str) -> str:
    """Return the beginning of a page up to the end of its style."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(one_line(title))}</title>\n<style>{_asset('report.css')}</style>\n"
    )


def _page(report: Report) -> Iterator[str]:
    yield opening(report.title)
    yield '</head>\n<body>\n<a class="skip" href="#verdict">Skip to the verdict</a>\n'
    yield from _head(report)
    sections = list(_sections(report))
    yield '<div class="columns">\n'
    yield _contents([(name, title) for name, title, _ in sections])
    yield f"<main>\n{_on_trails(report)}"
    for number, (name, title, body) in enumerate(sections, 1):
        yield (
            f'<section id="{name}" aria-labelledby="{name}-title">\n'
            f'<h2 id="{name}-title"><span class="number">{number}</span> {escape(title)}</h2>\n'
            f"{body}</section>\n"
        )
    yield "</main>\n</div>\n"
    yield _foot(report)


def _on_trails(report: Report) -> str:
    """Say which numbers open how they were made."""
    told, options = report.trails.get("told", ()), report.result.get("options", ())
    if not told:
        return ""
    text = "Underlined numbers open how they were made: lines, formulas, inputs and sources."
    if len(told) < len(options):
        text += (
            f" So that the page stays small this holds for {len(told)} of {len(options)} options, the lowest; "
            "lca why SCENARIO --option NAME tells the rest."
        )
    return f'<p class="note screen">{text}</p>\n'


def _head(report: Report) -> Iterator[str]:
    meta = dict(report.meta)
    question = meta.pop("question", "")
    yield f'<header class="top">\n<h1 dir="auto">{escape(one_line(report.title))}</h1>\n'
    if question:
        yield f'<p class="question" dir="auto">{escape(one_line(question))}</p>\n'
    yield '<p class="meta">'
    yield " · ".join(f"{escape(name)}: {escape(one_line(text))}" for name, text in meta.items())
    yield "</p>\n</header>\n"


def _sections(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield id, title and body of each section; the sliders stand behind the comparison."""
    after = "comparison" if any(s.id == "comparison" for s in report.sections) else "results"
    for section in report.sections:
        yield section.id, section.title, _body(section)
        if section.id == after and (report.sliders or report.no_sliders):
            yield "what-if", "What if", _what_if(report)


def _what_if(report: Report) -> str:
    """Return the sliders, or why there are none."""
    if report.sliders:
        return sliders_section(report.sliders)
    return f'<p class="note">{escape(report.no_sliders)}</p>\n'


def _body(section: Section) -> str:
    return "".join(block(one) for one in section.blocks)


def _contents(sections: list[tuple[str, str]]) -> str:
    items = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in sections)
    return f'<nav aria-label="Contents"><h2>Contents</h2><ol>{items}</ol></nav>\n'


def _foot(report: Report) -> str:
    result = report.result
    data = {"trails": report.trails, "sliders": report.sliders}
    inputs = result.get("inputs_hash", "")
    made = f" from inputs <code>{escape(inputs[:16])}</code>" if inputs else ""
    return (
        f"<footer><p>Made by lca {escape(result['lca_version'])}{made}.</p></footer>\n"
        '<dialog id="trail" aria-labelledby="trail-title"><form method="dialog">'
        '<h2 id="trail-title"></h2><button class="close" aria-label="Close">×</button></form>'
        '<div class="body"></div></dialog>\n'
        f'<script type="application/json" id="data">{_embedded(data)}</script>\n'
        f"<script>{_asset('sliders.js')}{_asset('report.js')}</script>\n</body>\n</html>\n"
    )


def _embedded(data: Mapping[str, Any]) -> str:
    """Return data as JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, code)
    return text


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
