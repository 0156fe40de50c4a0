"""Answers, explanations, disagreements and tables: texts of users stay texts in every file of theirs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hostile import ESCAPES, FORMULAS, Tags
from telemetry_files import samples, steady, table

import lca
from lca import document, optimize
from lca.cli import main
from lca.library import packaged_folder, packaged_scenarios
from lca.optimize.answer import Answer
from lca.report import answer_pages, answer_paper
from lca.report.sensitivity_result import write_csv
from lca.telemetry import roll_up
from lca.telemetry.writing import write

MARKUP = '"><img src=x onerror=alert(1)><script>alert(2)</script> *b* [j](http://k)'
_RAW = re.compile(r"(?<!\\)<(?:script|img)|(?<!\\)\]\(http|(?<!\\)\*b")


def _harmless(page: str, scripts: int) -> bool:
    tags = Tags(page)
    handlers = [name for name in tags.attributes if name.startswith("on")]
    return "onerror" in page and tags.names.count("script") == scripts and not (
        handlers or "img" in tags.names
    )  # fmt: skip


@cache
def _attacked() -> dict[str, Any]:
    """Return the example of a replacement whose title, site, fleet, option and candidate attack."""
    source = packaged_scenarios() / "keep_or_replace_a100.yaml"
    data: Any = document.parse(source.read_text(encoding="utf-8"), str(source)).data
    fleet = {MARKUP: data["fleet"]["old"] | {"site": MARKUP}}
    part = data["optimize"]["refresh"]
    asked = part | {"fleet": MARKUP, "candidates": {MARKUP: part["candidates"]["b200"]}}
    attacked: dict[str, Any] = data | {
        "title": MARKUP,
        "question": MARKUP,
        "base_name": MARKUP,
        "sites": {MARKUP: data["sites"]["own-hall"]},
        "fleet": fleet,
        "options": {f"{MARKUP} other": {"assumptions.boundary": "module"}},
        "optimize": {"refresh": asked},
    }
    return attacked


@cache
def _answer() -> Answer:
    solve: Callable[..., Answer] = optimize.refresh
    return solve(lca.load(_attacked()), samples=64, seed=1)


def test_an_answer_holds_the_attack() -> None:
    """The verdict names the candidate that was chosen."""
    assert any(MARKUP in sentence for sentence in _answer().verdict)


def test_no_name_becomes_html_on_the_page_of_an_answer() -> None:
    """The page has its own script and block of data alone, no picture element and no handler."""
    assert _harmless(answer_paper.page(_answer()), scripts=2)


def test_no_name_becomes_markdown_in_an_answer() -> None:
    """Verdict, lists and tables alike: no tag, no link and no emphasis of a user survives."""
    text = answer_pages.markdown(_answer())
    assert "onerror" in text
    assert not _RAW.search(text)


def test_no_name_becomes_html_in_an_explanation(tmp_path: Path) -> None:
    """The tree of an explanation needs no script, and gets none from a name."""
    file, page = tmp_path / "s.yaml", tmp_path / "why.html"
    file.write_text(document.dump(_attacked()), encoding="utf-8")
    assert main(["why", str(file), "--samples", "16", "-q", "-o", str(page)]) == 0
    assert _harmless(page.read_text(encoding="utf-8"), scripts=0)


@pytest.fixture(scope="module")
def disagreement(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Explain a device of the user's own, whose name, note and source attack; return the folder."""
    folder = tmp_path_factory.mktemp("attack")
    text = (packaged_folder() / "gpu" / "nvidia-l40s.yaml").read_text(encoding="utf-8")
    data: Any = document.parse(text, "nvidia-l40s.yaml").data
    data |= {
        "id": "own",
        "name": MARKUP,
        "vendor": MARKUP,
        "source": "mine",
        "corrections": [MARKUP],
    }
    source = {"title": MARKUP, "publisher": MARKUP, "year": 2025, "note": MARKUP,
              "url": 'http://k/"onclick=alert(1)', "licence": MARKUP, "seen": "opened"}  # fmt: skip
    (folder / "gpu").mkdir()
    (folder / "gpu" / "own.yaml").write_text(document.dump(data), encoding="utf-8")
    (folder / "sources.yaml").write_text(document.dump({"mine": source}), encoding="utf-8")
    files = [word for end in ("html", "md") for word in ("-o", str(folder / f"page.{end}"))]
    words = ["explain-difference", "own", "--db", str(folder), "--samples", "0", "-q", *files]
    assert main(words) == 0
    return folder


def test_no_name_becomes_html_in_a_disagreement(disagreement: Path) -> None:
    """Name and source of a user's own device are shown as they are written."""
    assert _harmless((disagreement / "page.html").read_text(encoding="utf-8"), scripts=2)


def test_no_name_becomes_markdown_in_a_disagreement(disagreement: Path) -> None:
    """The verdict names the device, and nothing of the name is markup."""
    text = (disagreement / "page.md").read_text(encoding="utf-8")
    assert "onerror" in text
    assert not _RAW.search(text)


@pytest.mark.parametrize("start", FORMULAS)
def test_no_heading_of_csv_is_a_formula(start: str) -> None:
    """A sweep is headed by what was varied, which a user may have named."""
    (head, _row) = csv.reader(io.StringIO(write_csv([{start: 1.0}])))
    assert head[0].startswith("'")


@pytest.mark.parametrize("job", [text for text in FORMULAS if not text[0].isspace()])
def test_no_cell_of_a_roll_up_is_a_formula(job: str, tmp_path: Path) -> None:
    """A job may be called by what a spreadsheet would run, whichever sign it begins with."""
    rows = samples(steady(100), 60, job_id=job)
    found = roll_up([table(tmp_path / "s.csv", rows)], ("job",))
    write(found, tmp_path / "jobs.csv")
    (_head, cells) = csv.reader((tmp_path / "jobs.csv").read_text(encoding="utf-8").splitlines())
    assert cells[0] == f"'{job}"


def _silent(text: str) -> bool:
    return "title" in text and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)


def test_no_name_of_a_scenario_reaches_a_terminal_as_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option called by a bell and a window's title is listed by its letters alone."""
    file = tmp_path / "s.yaml"
    named = _attacked() | {"options": {ESCAPES: {"assumptions.boundary": "module"}}}
    file.write_text(document.dump(named), encoding="utf-8")
    assert main(["check", str(file)]) == 0
    assert _silent(capsys.readouterr().out)


def test_no_name_of_a_device_reaches_a_terminal_as_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever writes samples of a fleet does not write to the screen of who sums them."""
    file = table(tmp_path / "s.csv", samples(steady(100), 60, device="\x1b]0;title\x07"))
    assert main(["import", "telemetry", str(file), "-q"]) == 0
    assert _silent(capsys.readouterr().out)
