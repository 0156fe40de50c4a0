r"""LaTeX: a report as one paragraph for a paper, and BibTeX entries of its main sources.

The file can be read by ``\input`` as it stands: it writes ``lca-sources.bib`` beside the paper and
cites it. Texts are data: every character that means something to TeX is written as itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lca.report.paper.blocks import Report
from lca.report.paper.letters import one_line
from lca.report.paper.statement import main_sources, pieces

SUFFIX = ".tex"
_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\texttt{\symbol{34}}",  # \textquotedbl exists in encoding T1 alone
    "`": r"\textasciigrave{}",
    "−": r"$-$",
    "≈": r"$\approx$",
    "→": r"$\rightarrow$",
    "µ": r"$\mu$",
    "–": "--",
    "…": r"\ldots{}",
}
_GASES = re.compile(r"CO2e\b")
_KEY = re.compile(r"[^A-Za-z0-9.:-]+")
_URL = re.compile(r"[\\{}\s]")
_LATIN = 0x24F


def escape(text: str) -> str:
    """Return a text in one line in which nothing is TeX."""
    kept = "".join(_SIGNS.get(letter, letter) for letter in one_line(text))
    return _GASES.sub(r"CO\\textsubscript{2}e", kept)


def render(report: Report) -> str:
    """Return the paragraph of a report with its citations, after the entries that it cites."""
    body = " ".join(_cited(piece.text, piece.cites) for piece in pieces(report.result))
    return "\n".join([*_heading(body), *_bibliography(report.result), body, ""])


def _cited(text: str, keys: tuple[str, ...]) -> str:
    if not keys:
        return escape(text)
    return rf"{escape(text)}~\cite{{{','.join(map(key_of, keys))}}}."


def _heading(body: str) -> Iterator[str]:
    yield r"% One paragraph; add \bibliography{lca-sources} where the references stand."
    if any(ord(letter) > _LATIN for letter in body):
        yield "% Some letters are not Latin: typeset it with XeLaTeX or LuaLaTeX and a font that has them."


def _bibliography(result: Mapping[str, Any]) -> Iterator[str]:
    sources = main_sources(result)
    if sources:
        yield r"\begin{filecontents*}[overwrite]{lca-sources.bib}"
        for source in sources:
            yield from _entry(source)
        yield r"\end{filecontents*}"


def _entry(source: Mapping[str, Any]) -> Iterator[str]:
    fields = {
        "author": f"{{{escape(source.get('publisher', ''))}}}" if source.get("publisher") else "",
        "title": f"{{{escape(source.get('title') or source['citation'])}}}",
        "year": escape(source.get("year", "")),
        "howpublished": escape(source.get("locator", "")),
        "url": _address(source["url"]),
        "note": escape(source["attribution"]),
    }
    yield f"@misc{{{key_of(source['key'])},"
    yield from (f"  {name} = {{{value}}}," for name, value in fields.items() if value)
    yield "}"


def key_of(name: str) -> str:
    """Return a source's key as BibTeX accepts it."""
    return _KEY.sub("-", name)


def _address(url: str) -> str:
    return _URL.sub(lambda found: f"%{ord(found[0]):02X}", url) if url.isascii() else escape(url)
