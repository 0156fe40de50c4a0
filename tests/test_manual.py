"""The manual: its generated pages are those of the code, its blocks run, its links lead somewhere."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT / "tools"))
command_pages, deciding, docstrings, formula_pages, gallery = (
    importlib.import_module(f"manual_pages.{name}")
    for name in ("command_pages", "deciding", "docstrings", "formula_pages", "gallery")
)
mathml, page_outputs, reference_pages, running, schema_pages, text = (
    importlib.import_module(f"manual_pages.{name}")
    for name in ("mathml", "page_outputs", "reference_pages", "running", "schema_pages", "text")
)

PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
HAND_WRITTEN = [name for name in page_outputs.names() if name not in page_outputs.ELSEWHERE]
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
WRITE = "python tools/manual.py --write"


def written(name: str) -> str:
    """Return a page as it is in the tree."""
    return (DOCS / name).read_text(encoding="utf-8")


def prose(name: str) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", written(name), flags=re.DOTALL | re.MULTILINE)


# Generated pages


@pytest.mark.parametrize(
    "writer",
    [formula_pages, command_pages, schema_pages, reference_pages],
    ids=lambda w: w.__name__,
)
def test_generated_pages_are_those_of_the_code(writer: Any) -> None:
    """Formulas, commands, schemas and lists are written again, to the character."""
    stale = [name for name, page in writer.pages().items() if written(name) != page]
    assert not stale, WRITE


def test_every_formula_file_stands_on_one_method_page() -> None:
    """Every file of the formulas and allocation rules belongs to one topic."""
    listed = [room for topic in formula_pages.topics() for room in topic["rooms"]]
    files = [
        f"{folder}.{path.stem}"
        for folder in ("formulas", "allocations")
        for path in (ROOT / "lca" / folder).glob("*.py")
        if path.stem != "__init__"
    ]
    assert sorted(listed) == sorted(files)


def formulas() -> Iterator[Any]:
    """Yield every formula that has an equation."""
    for topic in formula_pages.topics():
        for room in topic["rooms"]:
            yield from formula_pages.members(importlib.import_module(f"lca.{room}"))


@pytest.mark.parametrize(
    "function", list(formulas()), ids=lambda f: f"{f.__module__[4:]}.{f.__name__}"
)
def test_a_formula_page_says_what_goes_in_and_out(function: Any) -> None:
    """A formula has one line, a unit for every symbol and for its result, and a drawable equation."""
    found = docstrings.describe(function)
    assert found.summary.endswith(".")
    assert all(one.name and one.unit and one.meaning for one in found.symbols)
    assert all(one.unit for one in found.gives)
    assert mathml.render(found.equation) is not None, found.equation


def test_equations_are_drawn_as_they_are_meant() -> None:
    """Fractions, powers and roots keep the order of the plain notation, with brackets where needed."""
    drawn = mathml.render("y = (a + b) / c * d^(n - 1) - sqrt(x) * (u - v)")
    sum_over_c = "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mi>c</mi></mrow></mfrac>"
    power = "<msup><mrow><mi>d</mi></mrow><mrow><mi>n</mi><mo>−</mo><mn>1</mn></mrow></msup>"
    root = "<mrow><mo>√</mo><mo>(</mo><mi>x</mi><mo>)</mo></mrow>"
    rest = "<mrow><mo>(</mo><mi>u</mi><mo>−</mo><mi>v</mi><mo>)</mo></mrow>"
    assert f"{sum_over_c}<mo>·</mo>{power}<mo>−</mo>{root}<mo>·</mo>{rest}" in drawn


def test_what_cannot_be_drawn_stays_text() -> None:
    """An equation out of plain notation is not guessed at."""
    assert mathml.render("a + (b") is None
    assert mathml.render("(1 - R1) Ev + R1 A Erec") is None


def test_what_decides_is_what_sensitivity_says() -> None:
    """The page on what decides has the figures of the workstations as they come out now."""
    asked = list(deciding.found(["workstation"]))
    assert len(asked) == 2
    assert all(deciding.section(one).strip() in written("what-decides.md") for one in asked), WRITE


@pytest.mark.parametrize("name", gallery.names())
def test_an_example_of_the_gallery_runs_as_shown(name: str) -> None:
    """The script prints and draws what its page shows."""
    stale = [file for file, page in gallery.files(name).items() if written(file) != page]
    assert not stale, WRITE


def test_the_gallery_lists_its_scripts() -> None:
    """The list names every script."""
    assert all(
        f"({name.replace('_', '-')}.md)" in written("gallery/index.md") for name in gallery.names()
    )


# Blocks


@pytest.mark.parametrize("name", page_outputs.running())
def test_a_page_shows_what_its_blocks_print(name: str) -> None:
    """Commands and snippets of a page run, and print what stands below them."""
    assert page_outputs.fresh(name) == written(name), WRITE


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_a_block_runs_or_says_why_not(name: str) -> None:
    """Every block runs, holds no command, or stands behind the reason why it is not run."""
    known = running.RUN | running.PASSIVE
    blocks = list(running.BLOCK.finditer(written(name)))
    silent = [b["body"] for b in blocks if b["language"] not in known and b["how"] != "not run"]
    fences = len(re.findall(r"^```", written(name), flags=re.MULTILINE))
    inside = sum(2 + 2 * bool(b["output"]) for b in blocks)
    assert (silent, fences) == ([], inside)


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_no_command_hides_in_plain_text(name: str) -> None:
    """A block of text or an indented one holds no command and no Python."""
    blocks = [b["body"] for b in running.BLOCK.finditer(written(name)) if b["language"] == "text"]
    indented = re.findall(r"\n\n(?:    [^\n]+\n)+", prose(name))
    lines = "\n".join([*blocks, *indented]).splitlines()
    assert not [
        line for line in lines if re.match(r"\s*(\$ |lca [a-z]+ |import lca|from lca)", line)
    ]


def test_a_block_that_fails_is_told() -> None:
    """A command that ends with another code than 0 must be said to be refused, and must be."""
    wrong = "```console\n$ lca show no-such-device\n```"
    with pytest.raises(running.PageError, match="ended with 3"):
        running.rendered(wrong)
    assert "no-such-device" in running.rendered(f"<!-- refused: shown -->\n{wrong}")
    with pytest.raises(running.PageError, match="nothing was refused"):
        running.rendered("<!-- refused: shown -->\n```console\n$ lca --version\n```")
    with pytest.raises(running.PageError, match="division by zero"):
        running.rendered("```python\n1 / 0\n```")


# Links and navigation


def anchors(name: str) -> set[str]:
    """Return the anchors of a page's headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(name), flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(text.anchor(plain))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_links_of_a_page_lead_somewhere(name: str) -> None:
    """Every link to another page, to a heading and to a picture resolves."""
    broken = []
    for target in (*LINK.findall(prose(name)), *PICTURE.findall(prose(name))):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        place = (DOCS / name).parent / path if path else DOCS / name
        if not place.is_file() or (
            anchor and anchor not in anchors(place.resolve().relative_to(DOCS.resolve()).as_posix())
        ):
            broken.append(target)
    assert not broken


def entries(nav: Any) -> Iterator[str]:
    """Yield every page that the navigation names."""
    if isinstance(nav, str):
        yield nav
    for one in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
        yield from entries(one)


def test_every_page_is_in_the_navigation() -> None:
    """The navigation names each page once, and none that is not there."""
    config = tomllib.loads((DOCS / "zensical.toml").read_text(encoding="utf-8"))
    assert sorted(entries(config["project"]["nav"])) == PAGES


# The site


class Requests(HTMLParser):
    """Collects what a browser would fetch from elsewhere when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses of scripts, styles, fonts, pictures and frames."""
        given = dict(attrs)
        fetched = [given.get("src"), given.get("data"), given.get("poster"), given.get("srcset")]
        if tag == "link":
            fetched.append(given.get("href"))
        self.found += [a for a in fetched if a and re.match(r"(https?:)?//", a)]
        self.found += re.findall(r"url\(['\"]?((?:https?:)?//[^)'\"]+)", given.get("style") or "")


@pytest.mark.slow
def test_the_site_is_built_and_asks_no_network(tmp_path: Path) -> None:
    """A strict build warns of nothing, and no page, style or script fetches anything from elsewhere."""
    pytest.importorskip("zensical")
    importlib.import_module("manual_pages.site").build(tmp_path / "site")
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > len(PAGES)
    for page in pages:
        reader = Requests()
        reader.feed(page.read_text(encoding="utf-8"))
        assert not reader.found, page
    for style in (tmp_path / "site").rglob("*.css"):
        assert not re.search(
            r"(@import|url\()\s*['\"]?(https?:)?//", style.read_text(encoding="utf-8")
        )
    formula = (tmp_path / "site/method/water/index.html").read_text(encoding="utf-8")
    assert '<math display="block"' in formula
    assert "<svg" in (tmp_path / "site/gallery/region/index.html").read_text(encoding="utf-8")
