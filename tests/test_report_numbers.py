"""What makes a report quick changes no number: the short way and the long way agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lca
from lca import allocations
from lca.comparison import compare
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.intensities.embodied import builders
from lca.ledger import BASES, Ledger, Line
from lca.methods import MethodChoice, method_choices
from lca.report import as_json
from lca.report.line_numbers import LineNumbers
from lca.report.paper import extras
from lca.report.paper.sections import Settings
from lca.report.paper.study import Study
from lca.report.xlsx import render, writer
from lca.scenario import Scenario
from lca.terms import Draws, Factor
from lca.uncertain import exact, lognormal

SCENARIOS = Path(__file__).parents[1] / "scenarios"
RULE = "assumptions.end_of_life.rule"
USE = {"lifetime": "5 years", "utilization": "5%"}


def scenario_of(name: str) -> Scenario:
    """Return an example scenario."""
    return lca.load(SCENARIOS / f"{name}.yaml")


# Lines


def line(*nodes: Factor, activity: tuple[float, ...]) -> Line:
    """Return a line of some intensities, one a year."""
    labels = ("x", "accelerator", "operation", "busy", "inference", "gwp100", "s", "FR", "both")
    return Line(*labels, "device*h", nodes, activity, activity)


RATE = Factor("rate", lognormal(0.4, 1.7), "kgCO2e/h")
OTHER = Factor("other", lognormal(0.3, 1.2), "kgCO2e/h")
CREDIT = Factor("credit", lognormal(2.0, 1.5), "kgCO2e/h")
LINES = (
    line(RATE, activity=(3.7, 0.1, 11.0)),
    line(RATE, activity=(0.0, 1e-9, 0.0)),
    line(RATE, OTHER, activity=(1.0, 2.0, 3.0)),
    line(CREDIT, activity=(-2.0, -0.5, 0.0)),
    line(CREDIT, activity=(-2.0, 5.0, 0.0)),
    line(Factor("fixed", exact(0.2), "kgCO2e/h"), activity=(1.0, 0.3, 0.7)),
    line(RATE, activity=(0.0, 0.0, 0.0)),
)


@pytest.mark.parametrize("samples", [0, 1, 2, 20, 21, 1000, 20480])
def test_a_lines_numbers_are_those_of_its_draws_to_the_last_bit(samples: int) -> None:
    """Percentiles taken from an intensity's ranks are those of the line's own draws."""
    ledger = Ledger("x", (2027, 2028, 2029), LINES, Draws(samples, 3))
    numbers = LineNumbers(ledger)
    for one in LINES:
        assert numbers.of(one, one.spread)["total"] == summed(ledger, one).statistics()


def summed(ledger: Ledger, one: Line) -> Estimate:
    """Return the total of a line, year by year from zero."""
    last, total = len(one.intensity) - 1, 0.0 * ledger.draws.array(one.intensity[0])
    for year, amount in enumerate(one.spread):
        total = total + amount * ledger.draws.array(one.intensity[min(year, last)])
    return Estimate(total, "kgCO2e")


def test_years_without_activity_are_not_told() -> None:
    """By year stand the activity and the central intensity of the years that have any."""
    found = LineNumbers(Ledger("x", (2027, 2028, 2029), LINES, Draws(8, 0))).of(LINES[1], LINES[1].spread)  # fmt: skip
    assert found["by_year"] == {"2028": [1e-9, pytest.approx(0.4)]}


# Method choices


def every_choice(options: tuple[Scenario, ...], unit: str) -> Iterator[MethodChoice]:
    """Yield each choice the long way: every option evaluated whole."""
    point = Draws(0, 0)
    for rule in allocations.names():
        changed = [option.patch({RULE: rule}, option.name) for option in options]
        for model in builders():
            ledgers = [evaluate(one, draws=point, embodied_model=model) for one in changed]
            for basis in BASES:
                values = [
                    (one.per(unit, basis=basis) if unit else one.total(basis=basis)).central
                    for one in ledgers
                ]
                best = ledgers[values.index(min(values))].name
                mixed = any(one.fallbacks for one in ledgers)
                yield MethodChoice(model, rule, basis, best, mixed)


@pytest.mark.parametrize(
    ("name", "is_per_unit"), [("procurement", True), ("keep_or_replace_a100", False)]
)
def test_method_choices_are_those_of_whole_evaluations(name: str, is_per_unit: bool) -> None:
    """What no method touches is taken from the ledgers at hand, and every choice comes out alike."""
    options = tuple(scenario_of(name).options())
    unit = options[0].functional_units[0].text if is_per_unit else ""
    ledgers = [evaluate(one, samples=8) for one in options]
    assert list(method_choices(options, ledgers, unit)) == list(every_choice(options, unit))


def test_method_choices_that_change_the_lowest_are_found() -> None:
    """Where embodied models disagree about the lowest option, the choices say so."""
    devices = ("nvidia-h100-sxm5-80gb", "amd-instinct-mi300x")
    scenario = lca.load(
        {
            "schema": "1",
            "functional_unit": "PFLOP peak",
            "period": "2027-2029",
            "sites": {"s": {"region": "SE"}},
            "fleet": {"x": {"device": devices[0], "count": 8, "site": "s", **USE}},
            "options": {name: {"fleet.x.device": name} for name in devices[1:]},
        }
    )
    options = tuple(scenario.options())
    ledgers = [evaluate(one, samples=0) for one in options]
    found = list(method_choices(options, ledgers, "PFLOP peak"))
    assert found == list(every_choice(options, "PFLOP peak"))
    assert len({choice.best for choice in found}) > 1


# Writers


@pytest.mark.parametrize(
    "data",
    [
        {"a": 1.5, "b": [1, 2.0, -0.0, 1e300, True, None], "c": {}, "d": [], "e": ("x", ["y"])},
        {"电": '"\\\n\t\u2028', "": [{}, [], [[]], {"x": {"y": [{"z": 0}]}}]},
        {1: "a", None: "b", False: "c", 2.5: "d"},
        [],
        "text",
        3,
    ],
)
def test_json_is_the_text_of_the_standard_library(data: Any) -> None:
    """Saved results can be compared byte by byte with what any other program indents by two."""
    assert as_json.dump(data) == json.dumps(data, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_not_finite_is_no_json(number: float) -> None:
    """What JSON has no word for is refused, however deep it stands."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json.dump({"a": [{"b": number}]})


def test_an_object_that_is_no_plain_data_is_no_json() -> None:
    """Only texts, numbers, lists and mappings are written."""
    with pytest.raises(TypeError, match="not JSON serializable"):
        as_json.dump({"a": object()})


def test_formulas_are_what_the_package_itself_would_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving out the search for the newest functions leaves every byte of a workbook."""
    scenario = scenario_of("inference_fleet_eu")
    found = compare(scenario, samples=16, methods=False)
    quick = render(scenario, found.ledgers, found)
    monkeypatch.setattr(writer, "plain_worksheet", lambda module: module.worksheet.Worksheet)
    assert quick == render(scenario, found.ledgers, found)


@pytest.fixture(scope="module")
def study() -> Study:
    """Return an evaluated scenario."""
    scenario = scenario_of("procurement")
    found = compare(scenario, samples=16, methods=False)
    return Study(scenario, found.ledgers, found, Settings())


def test_paper_has_all_that_the_screen_has_but_what_moves(study: Study) -> None:
    """A PDF is made without trails and sliders, and says the same in every section."""
    page, paper = study.page, study.report
    assert page.trails["numbers"]
    assert page.sliders["inputs"]
    assert (paper.trails, paper.sliders) == ({}, {})
    assert [one.title for one in paper.sections] == [one.title for one in page.sections]
    assert paper.result["lines"][0]["total"]["median"] is not None


@pytest.mark.parametrize(
    ("limit", "words"), [("_MOST_LINES", "lines are more than 1"), ("_MOST_OPTIONS", "more than 1")]
)
def test_a_page_that_is_too_large_for_sliders_says_so(
    study: Study, limit: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no room for sliders, one sentence stands in their place."""
    from lca.report import html

    monkeypatch.setattr(extras, limit, 1)
    large = Study(study.scenario, study.ledgers, study.comparison, study.settings)
    assert large.page.sliders == {}
    assert words in large.page.no_sliders
    assert large.page.no_sliders in html.write(large.page)
    assert 'class="sliders"' not in html.write(large.page)
