"""The workbook: what it computes is what the ledger says, and it goes on being so when changed."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from functools import cache
from typing import Any

import openpyxl
import pytest
from conftest import ROOT
from spreadsheet import Workbook

import lca
from lca.comparison import Comparison, compare
from lca.errors import DocumentError
from lca.evaluation import evaluate
from lca.ledger import Ledger
from lca.report.xlsx import render
from lca.report.xlsx.content import MOST_LINES
from lca.report.xlsx.expressions import Cell, NotLiveError, trace
from lca.report.xlsx.names import Names, slug
from lca.report.xlsx.summary import FIRST_ROW
from lca.scenario import Scenario

STUDIES = ("procurement", "inference_fleet_eu", "keep_or_replace_a100", "training_bloom")
CHANGES = (
    ("procurement", "fleet.cluster.lifetime", "3 years", "fleet_cluster_lifetime", 3.0),
    ("procurement", "fleet.cluster.lifetime", "2.5 years", "fleet_cluster_lifetime", 2.5),
    ("procurement", "fleet.cluster.count", 100, "fleet_cluster_count", 100),
    ("procurement", "fleet.cluster.utilization", "33%", "cluster_utilization", 0.33),
    ("procurement", "sites.colocation.pue", "1.31", "sites_colocation_pue", 1.31),
    ("inference_fleet_eu", "fleet.chat.lifetime", "4 years", "fleet_chat_lifetime", 4.0),
    ("inference_fleet_eu", "fleet.chat.utilization", "70%", "chat_utilization", 0.7),
    ("inference_fleet_eu", "sites.frankfurt.pue", "1.4", "sites_frankfurt_pue", 1.4),
    ("keep_or_replace_a100", "fleet.old.lifetime", "6 years", "fleet_old_lifetime", 6.0),
    ("keep_or_replace_a100", "sites.own-hall.pue", "1.1", "sites_own_hall_pue", 1.1),
    ("training_bloom", "work.training.lifetime", "4 years", "work_training_lifetime", 4.0),
    ("training_bloom", "work.training.device_hours", "500000 h", "work_training_device_hours", 5e5),
    ("training_bloom", "sites.jean-zay.pue", "1.5", "sites_jean_zay_pue", 1.5),
)
NASTY = (
    "=1+1",
    "+SUM(A1)",
    "-2",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "{=1}",
    "http://x.example",
)


def evaluated(scenario: Scenario, samples: int) -> tuple[Sequence[Ledger], Comparison | None]:
    """Return the ledgers of a scenario, and its comparison where it has options."""
    if len(list(scenario.options())) < 2:
        return (evaluate(scenario, samples=samples),), None
    found = compare(scenario, samples=samples, methods=False)
    return found.ledgers, found


@cache
def made(name: str) -> bytes:
    """Return the workbook of an example."""
    scenario = lca.load(ROOT / "scenarios" / f"{name}.yaml")
    return render(scenario, *evaluated(scenario, 64))


@cache
def unchanged(name: str) -> Workbook:
    """Return the workbook of an example, read once for all tests that change nothing in it."""
    return Workbook(made(name))


def book_of(data: dict[str, Any]) -> Workbook:
    """Return the workbook of a scenario that is given as data."""
    scenario = lca.load(data)
    return Workbook(render(scenario, *evaluated(scenario, 16)))


def agrees(book: Workbook, ledgers: Sequence[Ledger]) -> None:
    """Demand the totals of the ledgers on the first sheet."""
    for row, ledger in enumerate(ledgers, FIRST_ROW):
        assert ledger.name.startswith(str(book.cell("Summary", row, 1)))
        assert book.cell("Summary", row, 2) == pytest.approx(ledger.total().central, rel=1e-9)
        if ledger.functional_units:
            assert book.cell("Summary", row, 6) == pytest.approx(ledger.per().central, rel=1e-9)


def agrees_everywhere(book: Workbook, ledgers: Sequence[Ledger]) -> None:
    """Demand every indicator, account and view of the ledgers, as the sheet Checks lists them."""
    options = [book.cell("Summary", row, 1) for row in range(FIRST_ROW, FIRST_ROW + len(ledgers))]
    found = 0
    for row in book.rows("Checks", 6):
        what, _, account = str(row[0]).partition("lca gave: ")
        if not account:
            continue
        indicator, basis, view = account.rsplit(", ", 2)
        ledger = ledgers[options.index(row[1])]
        known = indicator if ledger.knows(indicator) else f"unit:{indicator}"
        total = ledger.total(known, basis=basis, view=view).central
        assert row[3] == pytest.approx(total, rel=1e-9), (what, account, row[1])
        found += 1
    assert found >= 4 * len(ledgers)


@pytest.mark.parametrize("name", STUDIES)
def test_every_formula_computes_what_it_has_cached(name: str) -> None:
    """Whatever program opens the workbook shows the same numbers before and after computing."""
    book, cached = (
        unchanged(name),
        openpyxl.load_workbook(io.BytesIO(made(name)), data_only=True),
    )
    count = 0
    for sheet in book.book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                count += 1
                known = cached[sheet.title][cell.coordinate].value
                found = book.cell(sheet.title, cell.row, cell.column)
                if isinstance(known, str):
                    assert found == known, (sheet.title, cell.coordinate)
                else:
                    close = pytest.approx(known, rel=1e-9, abs=1e-6)
                    assert found == close, (sheet.title, cell.coordinate)
    assert count > 200


@pytest.mark.parametrize("name", STUDIES)
def test_totals_by_formula_are_those_of_the_ledger(name: str) -> None:
    """Computed from the inputs by a second program, the totals agree to a billionth."""
    scenario = lca.load(ROOT / "scenarios" / f"{name}.yaml")
    agrees(unchanged(name), evaluated(scenario, 0)[0])


@pytest.mark.parametrize(("name", "path", "written", "cell", "value"), CHANGES)
def test_a_changed_cell_gives_what_the_changed_scenario_gives(
    name: str, path: str, written: object, cell: str, value: float
) -> None:
    """Lifetime, count, utilization, PUE and hours work in the workbook as they do in lca."""
    book = Workbook(made(name))
    before = book.cell("Summary", FIRST_ROW, 2)
    book.change(cell, value)
    scenario = lca.load(ROOT / "scenarios" / f"{name}.yaml").replace(path, written)
    ledgers = evaluated(scenario, 0)[0]
    agrees(book, ledgers)
    agrees_everywhere(book, ledgers)
    assert book.cell("Summary", FIRST_ROW, 2) != before
    states = {row[2] for row in book.rows("Checks", 6)}
    assert states == {"OK", "inputs changed"}


def test_costs_follow_the_prices_and_the_count(small: dict[str, Any]) -> None:
    """Prices are inputs like others; discounted amounts follow the rate and what is bought."""
    small["prices"] = {"discount": "5%", "devices": {"nvidia-h100-sxm5-80gb": "30000 EUR"}}
    book = book_of(small)
    book.change("prices_discount", 0.08)
    book.change("fleet_chat_count", 20)
    small["prices"]["discount"], small["fleet"]["chat"]["count"] = "8%", 20
    rows = [row for row in book.rows("Checks", 6) if "present_cost" in str(row[0])]
    ledger = evaluate(lca.load(small), samples=0)
    booked = ledger.total("present_cost", view="inventory").central
    found = next(row[3] for row in rows if str(row[0]).endswith("inventory"))
    assert found == pytest.approx(booked, rel=1e-9)


@pytest.mark.parametrize(
    ("work", "key", "value"),
    [
        ({"instance": "aws-p5.48xlarge", "ownership": "cloud"}, "instance_hours", 120),
        ({"device": "nvidia-h100-sxm5-80gb", "runs_per_year": 3}, "device_hours", 5000),
    ],
)
def test_changed_hours_of_work_give_what_the_changed_scenario_gives(
    small: dict[str, Any], work: dict[str, Any], key: str, value: float
) -> None:
    """Hours of instances and of devices can be changed in the workbook, too."""
    small["functional_unit"] = "device year"
    small["work"] = {"job": {"phase": "training", "site": "here", **work, key: "900 h"}}
    book = book_of(small)
    book.change(f"work_job_{key}", value)
    changed = lca.load(small).replace(f"work.job.{key}", f"{value} h")
    agrees(book, evaluated(changed, 0)[0])


@pytest.mark.parametrize("name", STUDIES)
def test_every_line_of_the_examples_is_a_live_formula(name: str) -> None:
    """No activity and no intensity of these studies had to stay a value."""
    rows = list(unchanged(name).rows("Lines", 6))
    assert {row[14] for row in rows} == {"formula"}
    assert {row[15] for row in rows} == {"formula"}


@pytest.mark.parametrize("name", STUDIES)
def test_every_check_holds(name: str) -> None:
    """Sums, shares, PUE and the comparison with lca are checked in the workbook itself."""
    rows = list(unchanged(name).rows("Checks", 6))
    assert {row[2] for row in rows} == {"OK"}
    kinds = {str(row[0]).split(":")[0] for row in rows}
    assert {
        "stages sum to all lines",
        "years sum to all lines",
        "workbook gives what lca gave",
        "facility energy is IT energy times PUE, once",
        "shares of the stages sum to one",
    } <= kinds


def test_a_broken_sum_is_seen_by_the_checks() -> None:
    """A stage that somebody writes over no longer sums to the lines, and the sheet says so."""
    book = Workbook(made("training_bloom"))
    results = book.book["Results"]
    row = next(r for r in range(1, 40) if results.cell(r, 1).value == 1)
    results.cell(row, 3).value = 1.0
    states = {line[0]: line[2] for line in book.rows("Checks", 6)}
    assert states["stages sum to all lines"] == "not OK"


def test_activity_that_is_planned_stays_a_value_and_says_so(small: dict[str, Any]) -> None:
    """Where the straight line does not hold, the row tells that its activity is a value."""
    small["assumptions"] = {"amortize": "by_hours"}
    small["fleet"]["chat"]["lifetime_hours"] = "30000 h"
    book = book_of(small)
    said = {row[14] for row in book.rows("Lines", 6) if row[4] == "manufacture"}
    assert said == {"value kept: more than a straight line of lifetime and count (spread view)"}
    assert "only in part" in str(book.cell("Summary", 6, 1))
    agrees(book, [evaluate(lca.load(small), samples=0)])


def test_inputs_are_named_validated_and_cited() -> None:
    """A reader finds each input by name, with its source as a comment and its range enforced."""
    book = unchanged("procurement")
    sheet = book.book["Inputs"]
    count = sheet.max_row - 5
    assert len(book.names) == count == len(sheet.data_validations.dataValidation)
    assert all(sheet.cell(row, 3).comment.text for row in range(6, sheet.max_row + 1))
    row = int(book.names["sites_colocation_pue"][1][1:])
    assert [sheet.cell(row, place).value for place in (3, 4, 5)] == [1.2, "1", "triangular"]
    low, middle, high = (sheet.cell(row, place).value for place in (6, 7, 8))
    assert 1.15 < low < middle < high < 1.35


def test_an_option_follows_the_first_until_it_is_written_over() -> None:
    """Options that share a decision share its cell; the option with its own keeps its own."""
    book = Workbook(made("inference_fleet_eu"))
    book.change("fleet_chat_lifetime", 4.0)
    values = {
        name: book.range("Inputs", "!".join(book.names[name]))[0]
        for name in book.names
        if name.startswith("fleet_chat_lifetime")
    }
    assert values["fleet_chat_lifetime_north"] == 4.0
    assert values["fleet_chat_lifetime_early"] == 3.0


def test_texts_of_users_are_never_formulas_or_links(small: dict[str, Any]) -> None:
    """Title, question, options and assets that begin like formulas are written as texts."""
    small["title"], small["question"] = NASTY[0], NASTY[1]
    small["base_name"] = NASTY[3]
    small["options"] = {name: {"fleet.chat.count": 9} for name in (NASTY[2], *NASTY[4:])}
    scenario = lca.load(small)
    data = render(scenario, *evaluated(scenario, 16))
    found: set[str] = set()
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in NASTY:
                    assert (cell.data_type, cell.hyperlink) == ("s", None)
                    found.add(str(cell.value))
    assert found == set(NASTY)
    agrees(Workbook(data), evaluated(scenario, 0)[0])


@pytest.mark.parametrize(
    "title", ["采购训练加速器 — 德国", "شراء مسرعات التدريب", "a & b < c > 'd' \"e\""]
)
def test_titles_of_any_script_are_kept(small: dict[str, Any], title: str) -> None:
    """A Chinese or Arabic title arrives as it was written."""
    small["title"] = title
    book = book_of(small)
    assert book.cell("Summary", 1, 1) == title
    assert book.book.properties.title == title


def test_an_indicator_without_figures_is_never_zero(small: dict[str, Any]) -> None:
    """Mineral resources of electricity are not packaged: the cell says so and is no number."""
    small["indicators"] = ["gwp100", "adp_elements", "water"]
    book = book_of(small)
    rows = list(book.rows("Results"))
    start = next(i for i, row in enumerate(rows) if str(row[0]).startswith("mineral resources"))
    heads, row = rows[start + 1], rows[start + 2]
    assert row[heads.index("operation")] == "not known"
    assert "never counted as 0" not in str(book.cell("Summary", 7, 1))
    assert "nothing missing is counted as 0" in str(book.cell("Summary", 7, 1))
    assert row[heads.index("recovery credit")] is None


def test_many_options_are_bounded(small: dict[str, Any]) -> None:
    """Of 500 options the first lines are formulas; the others keep totals, and that is said."""
    small["options"] = {f"n{i}": {"fleet.chat.count": i} for i in range(1, 500)}
    scenario = lca.load(small)
    ledgers = tuple(evaluate(option, samples=0) for option in scenario.options())
    data = render(scenario, ledgers, None)
    book = Workbook(data)
    assert len(ledgers) == 500
    assert book.book["Lines"].max_row <= MOST_LINES + 6
    assert "more options are too many" in str(book.cell("Lines", 2, 1))
    assert len(data) < 4_000_000
    agrees(book, ledgers)


def test_charts_are_native_and_described() -> None:
    """Two charts are drawn by the spreadsheet from its own cells, with words for who cannot see."""
    with zipfile.ZipFile(io.BytesIO(made("procurement"))) as archive:
        names = archive.namelist()
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert sum(name.startswith("xl/charts/chart") for name in names) == 2
    assert "Stacked bars" in drawing
    assert not any(name.startswith("xl/externalLinks") for name in names)


def test_equal_input_gives_equal_bytes() -> None:
    """A workbook has no date and no chance in it."""
    scenario = lca.load(ROOT / "scenarios" / "training_bloom.yaml")
    assert render(scenario, *evaluated(scenario, 64)) == made("training_bloom")


def test_sources_carry_licence_and_attribution() -> None:
    """What a licence asks to be said is said in the workbook."""
    scenario = lca.load(ROOT / "scenarios" / "procurement.yaml")
    wanted = {line for line in _attributions(scenario) if line}
    cells = {cell for row in unchanged("procurement").rows("Sources") for cell in row}
    assert len(wanted) > 1
    assert wanted <= cells


def _attributions(scenario: Scenario) -> list[str]:
    from lca.report.result import run_result

    result = run_result(scenario, evaluated(scenario, 0)[0], full=False)
    return [entry["attribution"] for entry in result["sources"]]


def test_without_the_package_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The extra is named; nobody sees a traceback of an import."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    scenario = lca.load(ROOT / "scenarios" / "training_bloom.yaml")
    with pytest.raises(DocumentError, match=r"pip install 'lca\[xlsx\]'"):
        render(scenario, *evaluated(scenario, 0))


@pytest.mark.parametrize(
    ("text", "name"),
    [("sites.hall.pue", "sites_hall_pue"), ("hbm3", "hbm3_"), ("7nm", "_7nm"), ("电", "input")],
)
def test_names_are_no_addresses(text: str, name: str) -> None:
    """A spreadsheet takes neither an address nor a sign for a name."""
    assert slug(text) == name


def test_names_differ_whatever_their_case() -> None:
    """Spreadsheets do not tell A from a in names."""
    names = Names()
    assert len({names.take(text).lower() for text in ("pue", "PUE", "p-u-e", "Pue")}) == 4


def test_long_names_differ_although_they_are_cut() -> None:
    """Two long paths with one beginning still name two cells."""
    names = Names()
    assert len({names.take("a" * 200 + end) for end in "bcd"}) == 3


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (lambda a, b: a - (b - 1), "a-(b-1)"),
        (lambda a, b: a / (b * 2), "a/(b*2)"),
        (lambda a, b: (a + b) * -2.5, "(a+b)*(-2.5)"),
        (lambda a, b: (-a) ** b, "(0-a)^b"),
        (lambda a, b: a ** (b**2), "a^(b^2)"),
        (lambda a, b: (a**b) ** 2, "(a^b)^2"),
    ],
)
def test_a_formula_is_written_down_as_it_is_computed(formula: Any, text: str) -> None:
    """Brackets stand where the spreadsheet's own precedence would compute something else."""
    assert trace(formula, {"a": "a", "b": "b"}) == text


def test_a_formula_that_chooses_is_not_guessed() -> None:
    """A branch cannot be followed on cells, so the value is kept."""
    with pytest.raises(NotLiveError, match="chooses"):
        trace(lambda a: a if a else 0.0, {"a": "a"})
    assert Cell("a").text == "a"
