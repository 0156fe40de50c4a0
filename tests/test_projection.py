"""Projection: curves are the ledger's own, crossings are solved lines, grids may leave their path."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import lca
from lca import factors
from lca.cli import main
from lca.errors import LcaError, ScenarioError, UnknownNameError
from lca.intensities.context import Context
from lca.library import constants
from lca.projection import Curve, Passage, Projection, cumulative
from lca.projection.passages import crossings, exhaustion, first_passage
from lca.terms import Draws
from lca.vocabulary import HOURS_PER_YEAR

Data = dict[str, Any]
H100 = "nvidia-h100-sxm5-80gb"
ROOT = Path(__file__).parents[1]
KEEP = ROOT / "scenarios" / "keep_or_replace_a100.yaml"


@pytest.fixture
def plain() -> Data:
    """Return eight sunk devices at 600 W on a grid of 100 g/kWh, and an option that buys new ones."""
    return {
        "schema": "1",
        "title": "keep or buy",
        "period": "2027-2031",
        "sites": {
            "here": {"region": "FR", "pue": "1", "grid": {"value": "100 gCO2e/kWh", "year": 2027}}
        },
        "fleet": {
            "chat": {
                "device": H100, "count": 8, "lifetime": "10 years", "site": "here", "host": "none",
                "utilization": "100%", "power": {"busy": "600 W"}, "embodied": "sunk",
            }
        },
        "assumptions": {"embodied_model": "vendor", "electricity": {"losses": "exclude"}},
        "base_name": "keep",
        "options": {"new": {"fleet.chat.embodied": "new", "fleet.chat.power.busy": "550 W"}},
    }  # fmt: skip


def project(data: Data, indicator: str = "gwp100", samples: int = 0, **more: Any) -> Projection:
    """Project a scenario as written."""
    return cumulative(lca.load(data), indicator, samples=samples, seed=3, **more)


def yearly(kilowatt: float) -> float:
    """Return what eight devices of a power emit in a year at 100 g/kWh."""
    return 8 * kilowatt * HOURS_PER_YEAR * 0.1


# times at which lines pass each other


def passes(times: list[float], *gaps: list[float]) -> list[float]:
    """Return the first passage of gaps that are given knot by knot."""
    return [float(x) for x in first_passage(np.array(times), np.array(gaps).T)]


def test_lines_cross_where_they_are_solved_to_cross() -> None:
    """A gap of 10 that falls by 4 a year closes after two and a half years."""
    assert passes([0, 1, 2, 3], [10, 6, 2, -2]) == pytest.approx([2.5])


def test_a_jump_crosses_at_its_time() -> None:
    """Equal times are a jump; what it closes is closed there."""
    assert passes([2027, 2027, 2028, 2028], [0, 5, 4, -1]) == [2028.0]


def test_lines_that_stay_apart_never_cross() -> None:
    """Nor do equal curves, which have no gap to close; never is infinite."""
    assert passes([0, 1, 2], [5, 4, 3], [0, 0, 0]) == [math.inf, math.inf]


def test_what_begins_below_is_below_as_it_begins() -> None:
    """A gap that opens below zero counts as closed then."""
    assert passes([0, 0, 1], [0, -3, 2]) == [0.0]


def test_quantiles_of_a_time_count_the_draws_without_one() -> None:
    """Three of four draws have a time: the median is one of them, the 95 % quantile is never."""
    passage = Passage(np.array([2028.0, 2027.5, 2028.5, 2029.5, math.inf]))
    assert passage.probability_never == 0.25
    assert passage.median == 2028.5
    assert passage.quantile(0.95) is None
    assert passage.by(2027) == 0.25
    assert passage.by(2028) == 0.5


def made(name: str, *draws: list[float]) -> Curve:
    """Return a curve of one year from its knots on each draw."""
    times = np.array([2027.0, 2027.0, 2028.0, 2028.0])
    return Curve(name, (2027,), times, np.array(draws).T, "kgCO2e", "")


def test_probabilities_of_a_crossing_are_shares_of_draws() -> None:
    """Of three draws one passes, one begins lower, one never gets there."""
    high = made("new", [0, 4, 5, 5], [0, 4, 5, 5], [0, 1, 2, 2], [0, 4, 9, 9])
    low = made("old", [0, 0, 9, 9], [0, 0, 9, 9], [0, 2, 9, 9], [0, 0, 8, 8])
    (found,) = crossings([low, high])
    assert (found.lower, found.higher) == ("new", "old")
    assert found.passage.times == pytest.approx([2027.5, 2027.5, 2027.0, math.inf])
    assert found.probability_from_start == pytest.approx(1 / 3)
    assert found.probability_lower_at_end == pytest.approx(2 / 3)
    assert "never in 33%" in str(found)


# scenarios solved by hand


def test_new_devices_pay_off_where_their_lines_cross(plain: Data) -> None:
    """What making them emits, over what 50 W less saves in a year, after the beginning of 2027."""
    plain["fleet"]["chat"]["power"]["busy"] = "800 W"
    ledger = lca.evaluate(lca.load(plain).options()[1], samples=0)
    stages = {row.labels[0]: row.estimate.central for row in ledger.by("stage", view="inventory")}
    made_and_moved = stages["manufacture"] + stages["transport"]
    assert stages["manufacture"] == pytest.approx(8 * 164)
    (found,) = project(plain).crossings
    assert (found.lower, found.higher) == ("new", "keep")
    expected = 2027 + made_and_moved / (yearly(0.8) - yearly(0.55))
    assert found.passage.central == pytest.approx(expected, rel=1e-12)


def test_a_saving_that_is_too_small_never_pays_off(plain: Data) -> None:
    """At 600 W against 599 W the period ends first."""
    plain["options"]["new"]["fleet.chat.power.busy"] = "599 W"
    (found,) = project(plain).crossings
    assert found.passage.central is None
    assert found.passage.probability_never == 1
    assert "never within the period in 100%" in str(found)


def test_a_purchase_counts_at_the_beginning_of_its_year(plain: Data) -> None:
    """The curve jumps by what is bought before the first hour of use."""
    curve = project(plain).curve("new")
    assert curve.times[:4].tolist() == [2027, 2027, 2028, 2028]
    assert curve.values[1, 0] > 8 * 164
    assert curve.values[2, 0] - curve.values[1, 0] == pytest.approx(yearly(0.55))


def test_a_budget_is_used_up_when_the_line_reaches_it(plain: Data) -> None:
    """Two and a half years of operation are gone in the middle of 2029; the rest is overspent."""
    kilograms = 2.5 * yearly(0.6)
    left = project(plain, budget=f"{kilograms!r} kgCO2e").budgets[0]
    assert left.option == "keep"
    assert left.passage.central == pytest.approx(2029.5)
    assert left.remaining.central == pytest.approx(-2.5 * yearly(0.6))


def test_the_budget_may_stand_in_the_scenario(plain: Data) -> None:
    """One ton more than is emitted is left to the kilogram, and never used up."""
    plain["budget"] = f"{5 * yearly(0.6) + 1000!r} kgCO2e"
    left = project(plain).budgets[0]
    assert left.remaining.central == pytest.approx(1000)
    assert left.passage.central is None


def test_the_chance_of_a_budget_is_the_share_of_draws_within_it(plain: Data) -> None:
    """Used up within the period in exactly the draws whose total is above it."""
    plain["fleet"]["chat"]["power"]["busy"] = {"low": "400 W", "high": "800 W"}
    found = project(plain, samples=400, budget=f"{5 * yearly(0.6)!r} kgCO2e")
    left, curve = found.budgets[0], found.curve("keep")
    above = (curve.total.draws > left.budget).mean()
    assert left.passage.probability == pytest.approx(above)
    assert 0.3 < above < 0.7
    assert exhaustion(curve, 1e12).passage.probability_never == 1


@pytest.mark.parametrize("view", ["inventory", "spread"])
def test_curves_are_the_ledgers_own_sums(view: str) -> None:
    """Each year's end is the sum of the ledger's years so far, draw by draw, for every option."""
    scenario = lca.load(KEEP)
    found = cumulative(scenario, samples=32, seed=1, view=view, spread=None)
    draws = Draws(32, 1)
    model = lca.evaluate(scenario, samples=0).embodied_model
    for option, curve in zip(scenario.options(), found.curves, strict=True):
        ledger = lca.evaluate(option, draws=draws, embodied_model=model)
        rows = {r.labels[0]: r.estimate.samples for r in ledger.by("year", view=view)}
        so_far = np.zeros(33)
        for year, estimate in curve.by_year.items():
            so_far = so_far + rows.get(str(year), 0.0)
            np.testing.assert_allclose(estimate.samples, so_far, rtol=1e-9)
        np.testing.assert_allclose(curve.total.samples, ledger.total(view=view).samples, rtol=1e-9)


# discounting


def test_emissions_are_discounted_only_if_asked(plain: Data) -> None:
    """At 10 % five even years count as their present value, and the label and a remark say so."""
    whole = project(plain).curve("keep").total
    asked = project(plain, discount="10%")
    worth = sum(1.1**-n for n in range(5))
    assert whole.central == pytest.approx(5 * yearly(0.6))
    assert asked.curve("keep").total.central == pytest.approx(yearly(0.6) * worth)
    assert "discounted at 0.1 a year to 2027" in asked.curve("keep").label
    assert any("discounted" in remark for remark in asked.remarks)


def test_cost_discounted_here_is_the_present_cost_of_the_ledger(plain: Data) -> None:
    """One rate, two doors, one number, draw by draw."""
    prices = {"electricity": "0.14 EUR/kWh ± 20%", "devices": {H100: "30000 EUR"}, "discount": "6%"}
    plain["prices"] = prices
    here = project(plain, "cost", 64, discount="6%").curve("new").total
    there = project(plain, "present_cost", 64).curve("new").total
    np.testing.assert_allclose(here.samples, there.samples, rtol=1e-12)
    assert here.unit == "EUR"


def test_a_cheaper_option_crosses_in_money_too(plain: Data) -> None:
    """Eight devices at 100 EUR are paid back by 50 W less each at 0.2 EUR/kWh."""
    plain["prices"] = {"electricity": "0.2 EUR/kWh", "devices": {H100: "100 EUR"}}
    (found,) = project(plain, "cost").crossings
    saved = 8 * 0.05 * HOURS_PER_YEAR * 0.2
    assert found.passage.central == pytest.approx(2027 + 800 / saved)


# grids that leave their path


def intensities(data: Data, site: str = "here", samples: int = 2000) -> np.ndarray[Any, Any]:
    """Return the grid intensity of a site on the draws, year by year."""
    context = Context(lca.load(data), "vendor")
    return np.array([Draws(samples, 3).array(node) for node in context.site(site).location])


def test_the_spread_of_a_path_grows_with_the_root_of_the_years(plain: Data) -> None:
    """None in the base year, 1.2 after one year, 1.2 squared after four."""
    plain["assumptions"]["grid_path"] = {"decline": "5%", "spread": "1.2"}
    values = np.log(intensities(plain)[:, 1:])
    wide = values.std(axis=1)
    assert wide[0] == pytest.approx(0, abs=1e-12)
    assert wide[1] == pytest.approx(math.log(1.2), rel=0.01)
    assert wide[4] == pytest.approx(2 * math.log(1.2), rel=0.01)


def test_a_spread_leaves_the_central_path(plain: Data) -> None:
    """The median of every year is what it was."""
    plain["assumptions"]["grid_path"] = {"points": {"2027": "1", "2031": "0.6"}}
    before = intensities(plain)[:, 0]
    plain["assumptions"]["grid_path"]["spread"] = "history"
    np.testing.assert_allclose(intensities(plain)[:, 0], before, rtol=1e-12)


def test_sites_of_a_country_leave_their_paths_together(plain: Data) -> None:
    """Two sites in France move alike in every draw; one in Spain does not."""
    plain["assumptions"]["grid_path"] = {"name": "constant", "spread": "1.3"}
    own = plain["sites"]["here"]
    plain["sites"] |= {"there": own | {}, "abroad": own | {"region": "ES"}}
    here, there, abroad = (intensities(plain, name)[-1] for name in ("here", "there", "abroad"))
    np.testing.assert_array_equal(here, there)
    assert abs(np.corrcoef(here[1:], abroad[1:])[0, 1]) < 0.1


def test_options_share_the_departure_of_a_grid(plain: Data) -> None:
    """Half the power emits half in every draw, however the grid moves."""
    plain["options"] = {"half": {"fleet.chat.power.busy": "300 W"}}
    keep, half = (curve.total.samples for curve in project(plain, samples=64).curves)
    assert np.unique(keep).size > 60
    np.testing.assert_allclose(half * 2, keep, rtol=1e-12)


def test_the_packaged_spread_is_what_grids_did() -> None:
    """Countries left a constant value by 1.12 per root year: 1 to 10 years ahead, 2000 to 2025."""
    series: dict[str, dict[int, float]] = {}
    for row in factors.rows("grid/owid_ember_annual"):
        if row["geography_type"] == "country":
            value = float(row["carbon_intensity_g_per_kWh"])
            series.setdefault(row["geography_code"], {})[int(row["year"])] = value
    packaged = constants("defaults").value("grid_path_spread", "").central
    for ahead in range(1, 11):
        moved = [
            abs(math.log(known[year + ahead] / known[year])) / math.sqrt(ahead)
            for known in series.values()
            for year in known
            if year - 5 in known and year + ahead in known
            and min(known[year - 5], known[year], known[year + ahead]) >= 20
        ]  # fmt: skip
        found = math.exp(np.quantile(moved, 0.9) / 1.645)
        assert found == pytest.approx(packaged, abs=0.02), ahead


def test_a_run_does_not_widen_grids_by_itself(plain: Data) -> None:
    """Only the projection adds the spread, says so, and can be told not to."""
    scenario = lca.load(plain)
    run = lca.evaluate(scenario, samples=64).total(view="inventory")
    assert np.unique(run.samples).size == 1
    told = cumulative(scenario, samples=64)
    assert np.unique(told.curve("keep").total.samples).size > 1
    assert any("history" in remark for remark in told.remarks)
    without = cumulative(scenario, samples=64, spread=None)
    np.testing.assert_allclose(without.curve("keep").total.samples, run.samples, rtol=1e-12)
    assert not any("depart" in remark for remark in without.remarks)


# floors, and nothing extrapolated


def falling(plain: Data, **site: object) -> float:
    """Return the last intensity (kg/kWh) of a grid that halves every year for thirty years."""
    plain |= {"period": "2027-2057"}
    plain["sites"]["here"] = {"region": "FR", "pue": "1"} | site
    plain["assumptions"]["grid_path"] = plain["assumptions"].get("grid_path", {"decline": "50%"})
    return float(intensities(plain, samples=0)[-1, 0])


def test_a_life_cycle_factor_does_not_fall_below_the_cleanest_source(plain: Data) -> None:
    """Building plants emits: the path ends at the central value of the cleanest source."""
    sources = [factors.generation_source(name) for name in factors.generation_sources()]
    assert falling(plain) == min(one.central for one in sources)


def test_a_direct_factor_has_no_floor(plain: Data) -> None:
    """Combustion may end altogether."""
    plain["assumptions"]["electricity"]["boundary"] = "direct"
    assert 0 < falling(plain, region="US") < 1e-6


def test_a_floor_of_ones_own_comes_first(plain: Data) -> None:
    """20 g/kWh is where this path ends."""
    plain["assumptions"]["grid_path"] = {"decline": "50%", "floor": "20 gCO2e/kWh"}
    assert falling(plain) == pytest.approx(0.020)


def test_a_grid_factor_of_ones_own_has_no_hidden_floor(plain: Data) -> None:
    """A stated 4 g/kWh is not raised to that of wind power."""
    grid = {"value": "4 gCO2e/kWh", "year": 2027}
    plain["assumptions"]["grid_path"] = {"decline": "1%"}
    assert falling(plain, grid=grid) == pytest.approx(0.004 * 0.99**30)


def test_years_before_a_published_path_are_said_to_be_kept(plain: Data) -> None:
    """The grid value of 2023 stays until the path begins in 2025, and a remark tells."""
    plain["sites"]["here"] = {"region": "US-VA", "pue": "1", "grid_path": "aeo2025_ref"}
    plain["assumptions"]["electricity"]["boundary"] = "direct"
    remarks = lca.evaluate(lca.load(plain), samples=0).warnings
    assert "aeo2025_ref begins in 2025: the grid of US-VA is kept at 2023 until then" in remarks


def test_a_path_that_ends_too_early_is_refused(plain: Data) -> None:
    """Points to 2030 do not serve a period to 2031."""
    plain["assumptions"]["grid_path"] = {"points": {"2027": "1", "2030": "0.6"}}
    with pytest.raises(ScenarioError, match="nothing is extrapolated"):
        project(plain)


# coming hardware


def test_devices_bought_later_need_less_power(plain: Data) -> None:
    """Eight of 2027, and eight of 2029 at 15 % less a year: 0.85 squared of the power."""
    plain |= {"options": {}}
    plain["fleet"]["chat"] |= {"count": {"2027": 8, "2029": 8}, "improvement": "15%"}
    ledger = lca.evaluate(lca.load(plain), samples=0)
    drawn = {r.labels[0]: r.estimate.central for r in ledger.by("year", indicator="it_energy")}
    assert drawn["2028"] == pytest.approx(8 * 0.6 * HOURS_PER_YEAR)
    assert drawn["2031"] == pytest.approx(8 * 0.6 * HOURS_PER_YEAR * (1 + 0.85**2))


def test_a_replacement_is_bought_improved(plain: Data) -> None:
    """Devices of two years, bought again in 2029, draw 0.9 squared from then on."""
    plain |= {"options": {}}
    plain["fleet"]["chat"] |= {"lifetime": "2 years", "improvement": "10%"}
    ledger = lca.evaluate(lca.load(plain), samples=0)
    drawn = {r.labels[0]: r.estimate.central for r in ledger.by("year", indicator="it_energy")}
    assert drawn["2029"] / drawn["2028"] == pytest.approx(0.9**2)
    assert drawn["2031"] / drawn["2028"] == pytest.approx(0.9**4)


def test_no_improvement_is_as_if_none_were_written(small: Data) -> None:
    """At 0 % every indicator is what it was, hosts and idling included."""
    before = lca.evaluate(lca.load(small), samples=16)
    small["fleet"]["chat"]["improvement"] = "0%"
    after = lca.evaluate(lca.load(small), samples=16)
    for indicator in ("gwp100", "it_energy", "facility_energy"):
        a, b = (ledger.total(indicator).samples for ledger in (before, after))
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_an_uncertain_improvement_widens_later_years_only(plain: Data) -> None:
    """10 to 20 % a year spreads what is bought in 2029, not what stands there."""
    plain |= {"options": {}}
    plain["fleet"]["chat"] |= {
        "count": {"2027": 8, "2029": 8}, "improvement": {"low": "10%", "high": "20%"},
    }  # fmt: skip
    ledger = lca.evaluate(lca.load(plain), samples=64)
    drawn = {r.labels[0]: r.estimate.draws.std() for r in ledger.by("year", indicator="it_energy")}
    assert drawn["2028"] == pytest.approx(0, abs=1e-9)
    assert drawn["2030"] > 100


# what is refused, and what is printed


REFUSED: dict[str, tuple[Callable[[Data], object], type[LcaError], str]] = {
    "unknown": (lambda d: project(d, "gwp10"), UnknownNameError, 'did you mean "gwp100"'),
    "not counted": (lambda d: project(d, "water"), ScenarioError, "add it to indicators"),
    "no prices": (lambda d: project(d, "cost"), ScenarioError, "nothing has a price"),
    "twice": (
        lambda d: project(d, "present_cost", discount="3%"), ScenarioError, "discounted already"
    ),
    "percent": (lambda d: project(d, discount="3"), LcaError, "write 3%"),
    "budget": (lambda d: project(d, budget="5 MWh"), LcaError, "is not a unit of emissions"),
    "debt": (lambda d: project(d, budget="-5 tCO2e"), LcaError, "is less than 0"),
    "spread": (lambda d: project(d, spread="0.5"), ScenarioError, "is less than 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_projected_is_refused_with_a_way_out(plain: Data, case: str) -> None:
    """The message names what was asked and what is accepted."""
    ask, error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        ask(plain)


def test_the_command_prints_a_page_of_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """Verdict, medians by year, crossings with never, and the budget fit the terminal."""
    code = main(["project", str(KEEP), "--samples", "256", "--budget", "500 tCO2e", "-q"])
    page = capsys.readouterr().out
    assert code == 0
    assert max(map(len, page.splitlines())) <= 80
    for text in (
        "adds up to the least by the end of 2030",
        "2029",
        "never",
        "Budget",
        "tCO2e left",
    ):
        assert text in page


def test_the_command_prints_what_its_schema_promises(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """JSON is as published; the table file has a row for each option and year."""
    table = tmp_path / "curves.csv"
    words = ["project", str(KEEP), "--samples", "64", "--budget", "500 tCO2e", "--json", "-q"]
    assert main([*words, "-o", str(table)]) == 0
    result = json.loads(capsys.readouterr().out)
    path = ROOT / "lca" / "schemas" / "projection.schema.json"
    schema = json.loads(path.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(result)) == []
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))
    assert len(rows) == len(result["options"]) * 4
    last = result["options"][-1]["cumulative"]["2030"]["median"]
    assert float(rows[-1]["median"]) == last


def test_the_command_refuses_a_format_it_does_not_have(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The two formats there are get named before anything is computed."""
    assert main(["project", str(KEEP), "-o", "curves.xlsx"]) == 2
    assert "end it with .csv or .json" in capsys.readouterr().err


def test_missing_prices_stand_beside_the_curve(plain: Data) -> None:
    """A projection of cost tells what has no price."""
    plain["prices"] = {"electricity": "0.14 EUR/kWh"}
    curve = project(plain, "cost").curve("new")
    assert any("no price is given" in gap for gap in curve.missing)
