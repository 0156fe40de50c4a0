"""The report as a document: its sections, what stands in them, and which writer takes a file."""

from __future__ import annotations

from pathlib import Path

import pytest

import lca
from lca import report
from lca.errors import DocumentError
from lca.report.paper import sections
from lca.report.paper.blocks import Listing, Paragraph, Picture, Report, TableBlock
from lca.report.paper.study import Study
from lca.scenario import Scenario

ROOT = Path(__file__).parent.parent
IDS = (
    "verdict", "goal", "scope", "results", "comparison", "sensitivity", "quality", "inputs",
    "standards", "limits", "again", "glossary",
)  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the procurement scenario."""
    return lca.load(ROOT / "scenarios" / "procurement.yaml")


@pytest.fixture(scope="module")
def study(scenario: Scenario) -> Study:
    """Return it compared on a few draws."""
    found = lca.compare(scenario, samples=256, methods=False)
    return Study(scenario, found.ledgers, found, sections.Settings(command="lca report x.yaml"))


@pytest.fixture(scope="module")
def made(study: Study) -> Report:
    """Return its report."""
    return study.report


def _texts(made: Report, name: str) -> str:
    blocks = made.section(name).blocks
    words = [block.text for block in blocks if isinstance(block, Paragraph)]
    return " ".join([*words, *(x for b in blocks if isinstance(b, Listing) for x in b.items)])


def test_the_sections_are_those_of_a_full_report_with_the_verdict_first(made: Report) -> None:
    """Twelve parts stand in a fixed order, and none is empty."""
    assert tuple(one.id for one in made.sections) == IDS
    assert all(one.blocks for one in made.sections)
    first = made.sections[0].blocks[0]
    assert isinstance(first, Paragraph)
    assert first.text == made.result["comparison"]["verdict"]


def test_every_picture_of_a_comparison_is_there(made: Report) -> None:
    """Ranges, stages, contributions, cumulative, probabilities, break-even and tornado are drawn."""
    names = {b.name for s in made.sections for b in s.blocks if isinstance(b, Picture)}
    assert names == {
        "ranges", "stages", "contributions", "cumulative", "probabilities", "break-even", "tornado"
    }  # fmt: skip


def test_every_input_is_listed_with_its_source(made: Report, study: Study) -> None:
    """What entered the result stands in the table of inputs, as often as it has a value."""
    tables = [b.table for b in made.section("inputs").blocks if isinstance(b, TableBlock)]
    listed = {cells[-1].text for _, cells in tables[0].rows}
    assert {key for ledger in study.ledgers for key in ledger.sources()} <= listed


def test_the_report_never_claims_conformity(made: Report) -> None:
    """It is prepared with reference to standards; a comparison names its limit."""
    words = " ".join(_texts(made, one.id) for one in made.sections)
    assert "repared with reference to" in words
    assert "compliant" not in words
    assert "ISO 14044" in _texts(made, "limits")


def test_attribution_lines_of_all_sources_are_in_it(made: Report) -> None:
    """What licences ask for is passed on."""
    words = _texts(made, "inputs")
    lines = {one["attribution"] for one in made.result["sources"]} - {""}
    assert lines
    assert all(line in words for line in lines)


def test_a_scenario_without_options_has_no_comparison(scenario: Scenario) -> None:
    """A single account says its total in a sentence, and nothing of other products."""
    data = {key: value for key, value in scenario.data.items() if key != "options"}
    alone = lca.load(data)
    made = sections.build(alone, [lca.evaluate(alone, samples=64)], None)
    assert "comparison" not in {one.id for one in made.sections}
    assert "tCO2e" in _texts(made, "verdict")


def test_a_saved_result_can_be_reported(study: Study) -> None:
    """From plain data alone come all sections that need no ledger, without trails and sliders."""
    made = sections.assemble(study.result)
    assert {one.id for one in made.sections} == set(IDS)
    assert {b.name for x in made.sections for b in x.blocks if isinstance(b, Picture)} == {
        "ranges", "stages", "probabilities"
    }  # fmt: skip
    assert not made.trails
    assert not made.sliders


def test_missing_indicators_are_told_and_not_drawn_as_zero(scenario: Scenario) -> None:
    """An indicator without factors is named as not counted; the report is made all the same."""
    asked = scenario.patch({"indicators": ["gwp100", "water", "adp_elements"]}, "asked")
    found = lca.compare(asked, samples=64, methods=False)
    made = sections.build(asked, found.ledgers, found)
    assert found.ledgers[0].missing
    assert all(gap.what in _texts(made, "scope") for gap in found.ledgers[0].missing)


def test_a_file_name_says_which_writer_takes_it(study: Study, tmp_path: Path) -> None:
    """Plain results and whole reports are told apart by the ending; the nearest one is named."""
    assert str(report.find_writer(tmp_path / "x.HTML")(study)).startswith("<!doctype html>")
    assert str(report.find_writer("x.json")(study)).startswith("{")
    assert all(callable(report.find_writer(f"x{ending}")) for ending in (".pdf", ".xlsx"))
    with pytest.raises(DocumentError, match=r"no report format \.htm; did you mean \"\.html\""):
        report.find_writer("x.htm")


def test_the_fact_sheet_is_a_selection_of_the_report(scenario: Scenario, study: Study) -> None:
    """The short form keeps the verdict and carries neither trails nor sliders."""
    sheet = Study(scenario, study.ledgers, study.comparison, study.settings, is_short=True).report
    assert sheet.sections[0].id == "verdict"
    assert len(sheet.sections) < len(study.report.sections)
    assert not sheet.trails
