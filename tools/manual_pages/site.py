"""Build the site: pages are copied, equations and pictures set into them, and zensical does the rest."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from manual_pages.mathml import render
from manual_pages.text import DOCS

CONFIG = "zensical.toml"
_EQUATION = re.compile(r"^```equation\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PICTURE = re.compile(r"^!\[([^\]]*)\]\(([^)\s]+\.svg)\)$", re.MULTILINE)
_TITLED = re.compile(r"^```(console|usage|pycon)\b", re.MULTILINE)
_LANGUAGES = {"usage": "text", "pycon": "pycon", "console": "console"}
_UNUSED = ("*.py", "*.toml", "*.yaml", "sitemap.xml.gz")


def build(target: Path) -> None:
    """Build the site into a folder, which is made anew.

    Raises
    ------
    subprocess.CalledProcessError
        If zensical refuses a page, or warns of one.
    """
    with tempfile.TemporaryDirectory() as name:
        stage = Path(name) / "docs"
        shutil.copytree(DOCS, stage, ignore=shutil.ignore_patterns("site", ".cache"))
        for page in stage.rglob("*.md"):
            page.write_text(_prepared(page), encoding="utf-8")
        for pattern in _UNUSED[:1]:
            for file in stage.rglob(pattern):
                file.unlink()
        command = [sys.executable, "-m", "zensical", "build", "--strict", "-f", str(stage / CONFIG)]
        subprocess.run(command, check=True)
        _move(stage / "site", target)


def _move(made: Path, target: Path) -> None:
    for pattern in _UNUSED:
        for file in made.rglob(pattern):
            file.unlink()
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(made, target)


def _prepared(page: Path) -> str:
    """Return a page with equations as MathML and pictures as part of it."""
    text = page.read_text(encoding="utf-8")
    text = _EQUATION.sub(lambda found: render(found[1]) or f"```text\n{found[1]}```", text)
    text = _PICTURE.sub(lambda found: _figure(page, found), text)
    return _TITLED.sub(lambda found: f"```{_LANGUAGES[found[1]]}", text)


def _figure(page: Path, found: re.Match[str]) -> str:
    """Return a picture as a figure whose colors follow the page's."""
    drawing = (page.parent / found[2]).read_text(encoding="utf-8")
    drawing = re.sub(r"<\?xml.*?\?>|<style>.*?</style>", "", drawing, flags=re.DOTALL).strip()
    unique = Path(found[2]).stem
    drawing = re.sub(r'(id|aria-labelledby)="([^"]*)"', lambda m: _apart(m, unique), drawing)
    caption = f"<figcaption>{found[1]}</figcaption>" if found[1] else ""
    return f'<figure class="picture">{caption}{" ".join(drawing.split())}</figure>'


def _apart(found: re.Match[str], unique: str) -> str:
    names = " ".join(f"{unique}-{name}" for name in found[2].split())
    return f'{found[1]}="{names}"'
