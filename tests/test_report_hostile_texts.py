"""Texts of users stay texts: in no format of a report do they become markup, code or commands."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
from hostile import ESCAPES, FORMULAS, MARKUP, NAMED, Tags, places, put

import lca
from lca.errors import LcaError
from lca.report import csv_table, html, markdown, result, terminal, xlsx
from lca.report.paper import latex, pdf, plain_text
from lca.report.paper.sections import Settings
from lca.report.paper.study import Study
from lca.scenario import Scenario

BASE: dict[str, Any] = {
    "schema": 1,
    "title": "plain",
    "period": "2027-2028",
    "functional_unit": ["device year"],
    "sites": {"here": {"region": "DE"}},
    "models": {"small": {"preset": "llama-3.1-8b"}},
    "fleet": {
        "chat": {
            "device": "nvidia-h100-sxm5-80gb",
            "count": 8,
            "lifetime": "5 years",
            "site": "here",
            "utilization": "60%",
        }
    },
    "work": {"tune": {"phase": "optimization", "device": "nvidia-l40s", "device_hours": "100 h",
                      "ownership": "cloud", "site": "here"}},
    "options": {"other": {"sites.here.region": "FR"}},
}  # fmt: skip
NAMES = ("sites", "models", "fleet", "work", "options")


def _loads(data: Mapping[str, Any]) -> bool:
    """Whether a scenario is accepted; if not, it must be refused with words and no control signs."""
    said = ""
    try:
        lca.load(dict(data))
    except LcaError as refusal:
        said = str(refusal)
        if not said.strip():
            raise
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", said)
    return not said


@cache
def accepted() -> tuple[tuple[str, ...], ...]:
    """Return the places whose text is taken as it stands."""
    return tuple(path for path in places() if _loads(put(BASE, path, _value(path, MARKUP))))


def _value(path: tuple[str, ...], text: str) -> object:
    return [text] if path[-1] == NAMED else text


def attacked(text: str) -> Scenario:
    """Return a scenario with a text in every place and every name that takes it."""
    data: dict[str, Any] = BASE
    for path in accepted():
        tried = put(data, path, _value(path, text))
        data = tried if path[0] != "optimize" and _loads(tried) else data
    for name in NAMES:
        tried = _renamed(data, name, text)
        data = tried if _loads(tried) else data
    return lca.load(data)


def _renamed(data: Mapping[str, Any], kind: str, text: str) -> dict[str, Any]:
    """Return a scenario in which one entry is called by a text, and whatever points to it follows."""
    (old,) = data[kind]
    new = f"{text} {kind}"
    changed = {**data, kind: {new: data[kind][old]}}
    if kind == "sites":
        for owner in ("fleet", "work"):
            changed[owner] = {n: {**entry, "site": new} for n, entry in data[owner].items()}
    return changed


@cache
def study(text: str) -> Study:
    """Return the evaluated scenario of a text."""
    scenario = attacked(text)
    found = lca.compare(scenario, samples=64, methods=False)
    return Study(scenario, found.ledgers, found, Settings(command="lca report"))


def test_every_place_of_the_schema_is_tried() -> None:
    """The free texts are among the places read from the schema; most places refuse a text."""
    assert {("title",), ("question",), ("base_name",), ("models", NAMED, "name")} <= {*accepted()}
    assert len(accepted()) < len(places()) / 10


def test_every_name_takes_the_text_or_refuses_it() -> None:
    """Title and options at least carry the attack into the report."""
    found = attacked(MARKUP)
    assert found.model.title == MARKUP
    assert any(MARKUP in name for name in found.model.options)


def test_nothing_becomes_html() -> None:
    """A page has two scripts and a block of data, no picture element, and no handler of events."""
    tags = Tags(html.write(study(MARKUP).page))
    assert tags.names.count("script") == Tags(html.write(study("plain").page)).names.count("script")  # fmt: skip
    assert "img" not in tags.names
    assert not {name for name in tags.attributes if name.startswith("on")}


def _pictures() -> Iterator[str]:
    yield from re.findall(r"<svg.*?</svg>", html.write(study(MARKUP).page), re.DOTALL)


def test_pictures_stay_whole() -> None:
    """Each picture is well-formed XML without scripts, foreign objects or event handlers."""
    found = [ElementTree.fromstring(text) for text in _pictures()]
    assert found
    for element in (each for picture in found for each in picture.iter()):
        assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "image", "a"}
        assert not [name for name in element.attrib if name.startswith("on")]


def test_nothing_becomes_markdown() -> None:
    """No tag, no link and no emphasis of a user survives, and no heading begins in the middle."""
    text = markdown.render(study(MARKUP).result)
    assert not re.search(r"(?<!\\)<(?:script|img)", text)
    assert not re.search(r"(?<!\\)(?:\]\(http|[*$]b|\$d|&amp)", text)
    assert not re.search(r"^#panic", text, re.MULTILINE)


def test_nothing_becomes_tex() -> None:
    """Every command, group and comment sign of a user is written as itself."""
    text = latex.render(study(MARKUP).report)
    assert r"\textbackslash{}write18" in text
    for command in (r"\write18", r"\input", "^^41", " 5%"):
        assert command not in text


def test_nothing_becomes_typst() -> None:
    """The layout reads texts as data: what would stop it or bind a name only gets printed."""
    assert pdf.render(study(MARKUP).report).startswith(b"%PDF")


def test_a_paragraph_of_plain_text_is_one_line_a_user_cannot_break() -> None:
    """Line breaks in a title do not begin paragraphs of their own."""
    text = plain_text.render(study("one\n\nname").report)
    assert "one name" in text
    assert "one\n" not in text


@pytest.mark.parametrize("start", FORMULAS)
def test_no_cell_of_csv_is_a_formula(start: str) -> None:
    """What a spreadsheet would run, or find behind a tab or a line break, is marked as text."""
    text = csv_table.render(study(start).result)
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert cell[:1] not in {"=", "+", "@", "\t", "\r", "\n", "＝"}
            assert not cell.startswith("-") or re.fullmatch(r"-[\d.e+-]+", cell)


@pytest.mark.parametrize("start", FORMULAS)
def test_no_text_of_a_workbook_is_a_formula(start: str) -> None:
    """Formulas hold no text of a user; his texts are shared strings."""
    found = study(start)
    book = xlsx.render(found.scenario, found.ledgers, found.comparison)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        for name in parts.namelist():
            if name.endswith(".xml"):
                ElementTree.fromstring(parts.read(name))
        sheets = [parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n]
    formulas = [text for sheet in sheets for text in re.findall(r"<f>(.*?)</f>", sheet, re.DOTALL)]
    assert formulas
    assert not any("cmd|" in text or "SUM(1)" in text for text in formulas)


def test_no_escape_code_reaches_a_terminal() -> None:
    """Colors, titles and bells of a user are not sent to the terminal."""
    found = study(ESCAPES)
    pages = (
        terminal.render(result.compare_result(found.scenario, _compared(found))),
        plain_text.render(found.report),
        markdown.render(found.result),
    )
    for page in pages:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", page)


def _compared(found: Study) -> Any:
    assert found.comparison is not None
    return found.comparison
