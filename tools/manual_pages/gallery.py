"""The gallery: scripts that run as they stand, with what they print and draw."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import runpy
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from manual_pages.text import DOCS, fence, page

FOLDER = DOCS / "gallery"
_ORDER = (
    "paired_comparison",
    "lifetimes",
    "region",
    "embodied_models",
    "refresh",
    "crossing",
    "sensitivity_of_a_difference",
    "pareto_front",
    "measured_record",
    "inference_of_a_model",
)
_INTRODUCTION = """\
Each example is a script below `docs/gallery` that runs as it stands, by the Python interface and the
packaged scenarios. What it prints and draws is what you see: the tests run every one again.
"""
_LIGHT, _DARK = "#ffffff", "#14181d"
_STYLE = (
    "<style>@media (prefers-color-scheme:dark){{{ink}.f-soft{{fill:#a3adb8}}.f-paper{{fill:{paper}}}"
    ".s-line{{stroke:#3a434d}}.s-ink{{stroke:#e6e9ed}}.s-soft{{stroke:#a3adb8}}}}</style>"
)


class Example(NamedTuple):
    """A script, what it printed, and its pictures by file name."""

    title: str
    words: str
    code: str
    printed: str
    pictures: dict[str, str]


def names() -> list[str]:
    """Return the scripts in the order of the gallery; new ones come last."""
    found = sorted(path.stem for path in FOLDER.glob("*.py"))
    return [n for n in _ORDER if n in found] + [n for n in found if n not in _ORDER]


def pages() -> dict[str, str]:
    """Return the pages and pictures of all examples, and the list of them."""
    made: dict[str, str] = {"gallery/index.md": _index()}
    for name in names():
        made |= files(name)
    return made


def files(name: str) -> dict[str, str]:
    """Run one example and return its page and its pictures."""
    found = run(name)
    slug = name.replace("_", "-")
    shown = [f"![{_described(svg)}]({slug}-{file})" for file, svg in found.pictures.items()]
    text = page(
        found.title, found.words, *shown, fence(found.printed, "text"),
        "## The script", f"`docs/gallery/{name}.py`:", fence(found.code, "python"),
    )  # fmt: skip
    pictures = {f"gallery/{slug}-{file}": _alone(svg) for file, svg in found.pictures.items()}
    return {f"gallery/{slug}.md": text, **pictures}


@cache
def run(name: str) -> Example:
    """Run a script in a folder of its own."""
    script = FOLDER / f"{name}.py"
    source = script.read_text(encoding="utf-8")
    title, words = _said(source)
    stream = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(sys.stdout):
            runpy.run_path(str(script), run_name="__main__")
        drawn = {
            file.name: file.read_text(encoding="utf-8") for file in sorted(Path().glob("*.svg"))
        }
    code = source.split('"""\n', 1)[1].strip()
    return Example(title, words, code, stream.getvalue(), drawn)


def _index() -> str:
    lines = [f"- **[{title}]({slug}.md).** {words}" for title, slug, words in _told()]
    return page("Gallery", _INTRODUCTION, "\n".join(lines))


def _told() -> list[tuple[str, str, str]]:
    told = []
    for name in names():
        title, words = _said((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
        first = " ".join(words.split()).partition(". ")[0].rstrip(".") + "."
        told.append((title, name.replace("_", "-"), first))
    return told


def _said(source: str) -> tuple[str, str]:
    """Return title and text of a script's docstring."""
    title, _, words = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    return title.rstrip("."), words.strip()


def _described(svg: str) -> str:
    found = re.search(r"<title[^>]*>(.*?)</title>", svg, re.DOTALL)
    return " ".join(found[1].split()) if found else "picture"


def _alone(svg: str) -> str:
    """Return a picture that can stand outside of the site: on a ground of its own, light or dark."""
    if "<style>" in svg:
        return svg + "\n" * (not svg.endswith("\n"))
    head, _, rest = svg.partition(">")
    ink = ".f-ink{fill:#e6e9ed}.ground{fill:#14181d}"
    style = _STYLE.format(ink=ink, paper=_DARK)
    ground = f'<rect class="ground" width="100%" height="100%" fill="{_LIGHT}"/>'
    return f"{head}>{style}{ground}{rest}\n"
