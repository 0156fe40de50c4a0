"""Replacing devices: break-even, paths over years, and what the answer may claim."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

import lca
from lca.errors import ScenarioError
from lca.formulas.break_even_time import break_even_periods
from lca.library import Library, packaged_scenarios
from lca.optimize import replacement
from lca.optimize.answer import Answer, Choice
from lca.optimize.break_even import BreakEven, break_even_times, crossing
from lca.optimize.questions.refresh import solve
from lca.optimize.replacement import BEFORE, Span
from lca.scenario import Scenario
from lca.scenario.questions.refresh import Refresh, findings

DRAWS = 256

# Li B. et al., Toward Sustainable HPC, SC 2023: repository boringlee24/sc23-sustainability at 6e2329a6,
# energies per day of the same work, embodied of the new device in grams, grid in g/kWh, horizon 1,825
# days; break-even (days) and saving at the horizon (percent) by the authors' own formula.
SC23 = {
    "P100 to V100, nlp": (2.345773592819839, 1.8336973008366404, 24683.58, 400, 120.5, 20.39),
    "P100 to A100, cv": (2.297810571741488, 0.9873210009293063, 41937.91, 200, 160.0, 52.03),
    "V100 to A100, candle": (2.918078612656404, 1.3715330831131818, 41937.91, 20, 1355.9, 13.62),
}
HORIZON = 1825


def asked(**changes: Any) -> dict[str, Any]:
    """Return a small question: old A100s in Germany, and one candidate."""
    raw: dict[str, Any] = {
        "schema": 1,
        "title": "small refresh",
        "period": "2027-2030",
        "functional_unit": ["EFLOP peak"],
        "sites": {"hall": {"region": "DE", "pue": "1.3"}},
        "fleet": {
            "old": {
                "device": "nvidia-a100-sxm4-80gb",
                "count": {"2022": 128},
                "lifetime": "9 years",
                "replace": "no",
                "site": "hall",
                "utilization": "60%",
            }
        },
        "optimize": {
            "refresh": {
                "fleet": "old",
                "candidates": {"b200": {"device": "nvidia-b200-sxm-180gb", "lifetime": "5 years"}},
            }
        },
    }
    for path, value in changes.items():
        *steps, last = path.split("__")
        place = raw
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
    return raw


def answer(raw: dict[str, Any]) -> Answer:
    """Solve a question on few draws."""
    return solve(lca.load(raw), samples=DRAWS, seed=3)


def own_total(scenario: Scenario, choice: Choice, objective: str = "gwp100") -> float:
    """Evaluate a choice as anybody would."""
    return (
        lca.evaluate(scenario.patch(choice.patches, "chosen"), samples=0).total(objective).central
    )


@pytest.mark.parametrize("case", SC23.values(), ids=SC23)
def test_published_upgrades_break_even_on_the_published_day(case: tuple[float, ...]) -> None:
    """Three upgrades of SC 2023, by day, by Brent's method and by the closed form."""
    old, new, embodied, grid, day, saving = case
    daily = (old - new) * grid
    by_day = break_even_times(np.array([embodied]), np.full((HORIZON, 1), daily))
    assert by_day[0] == pytest.approx(day, rel=0.005)
    assert crossing(lambda days: daily * days, embodied, HORIZON) == pytest.approx(day, rel=0.005)
    assert break_even_periods(embodied, daily, 0.0) == pytest.approx(day, rel=0.005)
    kept = old * grid * HORIZON
    assert 100 * (daily * HORIZON - embodied) / kept == pytest.approx(saving, rel=0.005)


def test_the_published_dashboard_upgrade_breaks_even_after_160_days() -> None:
    """200 W by 160 W at 40 % of the time, 400 g/kWh, 24,684 g: 160.7 days (SC 2023, dashboard.py)."""
    daily = (200 - 160) * 24 * 0.4 / 1000 * 400
    assert break_even_times(np.array([24684.0]), np.full((365, 1), daily))[0] == pytest.approx(
        160.7, rel=0.001
    )


@pytest.mark.parametrize(("grid", "saving"), [(400, 0.007), (20, 0.13)])
def test_the_saving_that_justifies_half_as_many_boards_again(grid: float, saving: float) -> None:
    """1,312 kg and 5.6 kW a board, 5 years: 0.7 % at 400 g/kWh, 13 % at 20 (draft study, 2026)."""
    yearly = 5.6 * 8760 * grid / 1000
    years = break_even_periods(0.5 * 1312, saving * yearly, 0.0)
    assert years == pytest.approx(5.0, rel=0.05)


@pytest.mark.parametrize(("decline", "burden"), [(0.0, 3.0), (0.05, 3.0), (0.2, 2.0), (0.2, 4.4)])
def test_a_cleaner_grid_follows_the_closed_form(decline: float, burden: float) -> None:
    """Exponential decline in fine steps, by pieces and by Brent's method, gives the closed form."""
    steps, years = 2000, 40
    time = np.arange(steps * years + 1) / steps
    rate = -math.log1p(-decline)
    cumulative = time if rate == 0 else (1 - np.exp(-rate * time)) / rate
    expected = float(break_even_periods(burden, 1.0, decline))
    fine = break_even_times(np.array([burden]), np.diff(cumulative)[:, None])[0] / steps
    assert fine == pytest.approx(expected, rel=1e-6)
    found = crossing(
        lambda t: t if rate == 0 else (1 - math.exp(-rate * t)) / rate, burden, float(years)
    )
    assert found == pytest.approx(expected, rel=1e-9)


def test_a_grid_that_becomes_clean_too_soon_means_never() -> None:
    """All savings of an exponential decline are S / lambda; a larger burden is never paid back."""
    limit = 1 / -math.log1p(-0.2)
    assert math.isinf(break_even_periods(limit * 1.001, 1.0, 0.2))
    assert math.isfinite(break_even_periods(limit * 0.999, 1.0, 0.2))
    assert math.isinf(break_even_periods(1.0, -1.0, 0.2))
    assert math.isinf(crossing(lambda t: 1 - math.exp(-t), 1.01, 500.0))


def test_draws_break_even_as_one_by_one() -> None:
    """Years that save, lose or do nothing: as a walk through the years of each draw."""
    random = np.random.default_rng(5)
    saved, burden = random.normal(0.4, 1.0, (8, 3000)), random.normal(1.0, 1.0, 3000)
    saved[2, :50] = 0.0

    def walk(spent: float, years: list[float]) -> float:
        for number, year in enumerate(years):
            if spent <= 0:
                return float(number)
            if year >= spent:
                return number + spent / year
            spent -= year
        return math.inf

    expected = [walk(max(b, 0.0), saved[:, i].tolist()) for i, b in enumerate(burden.tolist())]
    assert break_even_times(burden, saved) == pytest.approx(np.array(expected))


def test_never_is_said_and_counted() -> None:
    """Draws that never break even count against the probability, and show in the interval."""
    found = BreakEven(2.0, np.array([1.0, 2.0, 3.0, math.inf, math.inf]))
    assert found.within(3.0) == pytest.approx(0.6)
    assert str(found) == "3.0 years (90 %: 1.0 to never)"
    assert str(BreakEven(math.inf, np.full(4, math.inf))) == "never"


def chains(spans: list[Span], position: int, years: int) -> list[tuple[int, ...]]:
    """List every chain of spans from a position to the end."""
    if position == years:
        return [()]
    return [
        (number, *rest)
        for number, span in enumerate(spans)
        if span.start == position
        for rest in chains(spans, span.end, years)
    ]


def problem(years: int, seed: int, objectives: int) -> tuple[list[Span], Any, list[Any]]:
    """Return spans of two devices, random costs, and all paths with their costs."""
    spans = replacement.all_spans(years, {"a": (0, 3), "b": (1, 2)}, years, lambda _: True)
    costs = np.random.default_rng(seed).uniform(1, 10, (len(spans), objectives))
    whole = [costs[list(chain)].sum(axis=0) for chain in chains(spans, BEFORE, years)]
    return spans, costs, whole


@pytest.mark.parametrize("seed", range(6))
def test_the_best_paths_are_those_of_all_paths(seed: int) -> None:
    """Dynamic programming returns the lowest twelve of every path there is."""
    spans, costs, every = problem(5, seed, 1)
    found = [path.costs[0] for path in replacement.best_paths(spans, costs, 5, 12)[:12]]
    assert found == pytest.approx(sorted(float(c[0]) for c in every)[:12])


@pytest.mark.parametrize("seed", range(6))
def test_the_front_of_paths_is_that_of_all_paths(seed: int) -> None:
    """No path that is undominated in two costs is missed."""
    spans, costs, every = problem(4, seed, 2)
    front = {
        tuple(np.round(one, 9))
        for one in every
        if not any((other <= one).all() and (other < one).any() for other in every)
    }
    paths = replacement.undominated_paths(replacement.best_paths(spans, costs, 4, 1))
    assert {tuple(np.round(path.costs, 9)) for path in paths} == front


def test_the_best_path_of_every_draw_is_that_of_the_draw_alone() -> None:
    """All draws at once give what each gives by itself."""
    spans, _, _ = problem(5, 0, 1)
    costs = np.random.default_rng(1).uniform(1, 10, (len(spans), 40))
    alone = [replacement.best_paths(spans, costs[:, [i]], 5, 1)[0].costs[0] for i in range(40)]
    assert replacement.lowest(spans, costs, 5) == pytest.approx(alone)


def test_a_device_serves_no_longer_than_it_lives() -> None:
    """No span is longer than a life, none begins before a device can be bought."""
    spans = replacement.all_spans(3, {"a": (2, 2)}, 6, lambda _: True)
    assert max(span.end for span in spans if span.start == BEFORE) == 3
    assert all(s.start >= 2 and s.end - s.start <= 2 for s in spans if s.start != BEFORE)


def test_the_objective_is_the_total_of_the_chosen_scenario() -> None:
    """Every choice told, evaluated afresh, gives the figure it was told with."""
    raw = asked(
        optimize__refresh__candidates__h200={"device": "nvidia-h200-sxm-141gb"},
        period="2027-2029",
        indicators=["gwp100", "water"],
        sites__hall__wue="1.8 L/kWh",
    )
    scenario, found = lca.load(raw), answer(raw)
    assert found.evaluated == pytest.approx(found.best.values["gwp100"], rel=1e-6)
    for choice in (found.best, found.usual, *found.front, *found.alternatives):
        for objective, value in choice.values.items():
            assert own_total(scenario, choice, objective) == pytest.approx(value, rel=1e-6)


def test_the_choice_is_the_lowest_of_all_paths_evaluated_as_scenarios() -> None:
    """Keep, or replace once in each year: no such scenario is lower than the choice."""
    raw = asked()
    scenario, found = lca.load(raw), answer(raw)
    new = found.best.patches[next(key for key in found.best.patches if "b200" in key)]
    totals = [own_total(scenario, found.usual)]
    for year in range(2027, 2031):
        entry = new | {"count": {str(year): 18}, "lifetime": "5 years"}
        patches = {
            **found.usual.patches,
            "fleet.old.lifetime": f"{year - 2022} years",
            "fleet.new": entry,
        }
        totals.append(lca.evaluate(scenario.patch(patches, "once"), samples=0).total().central)
    assert found.best.values["gwp100"] == pytest.approx(min(totals), rel=1e-9)


def test_the_shipped_question_is_answered_for_a_manager() -> None:
    """Counts, device, year, break-even with interval, and probability stand in the verdict."""
    found = solve(lca.load(packaged_scenarios() / "keep_or_replace_a100.yaml"), samples=DRAWS)
    first = found.verdict[0]
    assert first.startswith("Replacing the 128 NVIDIA A100 SXM4 80 GB by 18 NVIDIA B200")
    assert "in 2027 pays back its manufacture after 0.15 years (90 %: " in first
    assert "within its life in over 99% of draws" in first
    assert found.usual.name == "keep"
    assert any("cost is not known" in remark for remark in found.remarks)


def test_equal_work_is_whole_devices_that_are_used_less() -> None:
    """128 A100 of 312 TFLOP/s are 17.75 B200 of 2,250: 18, at 98.6 % of the utilization."""
    found = answer(asked())
    new = next(value for key, value in found.best.patches.items() if "b200" in key)
    assert new["count"] == {"2027": 18}
    assert float(new["utilization"]["value"]) == pytest.approx(0.6 * 128 * 312 / (18 * 2250))


def test_a_utilization_of_its_own_is_kept_and_its_work_is_told() -> None:
    """Per useful FLOP, 18 B200 at 30 % do half of what the A100 do at 60 %: 36 are asked for."""
    raw = asked(
        functional_unit="EFLOP useful", optimize__refresh__candidates__b200__utilization="30%"
    )
    found = answer(raw)
    assert found.best.name == "36 b200 in 2027"
    assert any("it does 101.4% of the old devices' work" in remark for remark in found.remarks)


def test_too_few_devices_for_the_work_are_refused() -> None:
    """Five B200 cannot do what 128 A100 do at 60 %: they would work more than all the time."""
    with pytest.raises(ScenarioError, match=r"candidates\.b200\.count: so few devices .* 213%"):
        answer(asked(optimize__refresh__candidates__b200__count=5))


def test_spans_of_one_device_share_its_draws() -> None:
    """Uncertain power of the old devices is the same in every path: regret is of paths, not of luck."""
    power = {"busy": {"low": "200 W", "mode": "300 W", "high": "400 W", "quality": "assumed"}}
    raw = asked(fleet__old__power=power)
    scenario, found = lca.load(raw), answer(raw)
    ledger = lca.evaluate(
        scenario.patch(found.usual.patches, "keep"),
        samples=DRAWS,
        seed=3,
        embodied_model="calibrated",
    )
    assert ledger.total().draws == pytest.approx(found.usual.estimates["gwp100"].draws)
    kept = next(row for row in found.regret if row.choice == "keep")
    over = found.usual.estimates["gwp100"].draws - found.best.estimates["gwp100"].draws
    assert kept.mean >= over.mean() - 1e-6
    late = answer(raw | {"optimize": {"refresh": {**raw["optimize"]["refresh"], "years": [2030]}}})
    saved = late.usual.estimates["gwp100"].draws - late.best.estimates["gwp100"].draws
    power_alone = late.usual.estimates["gwp100"].draws.std()
    assert saved.std() < 0.5 * power_alone


def test_what_is_sunk_does_not_move_the_decision_and_is_shown() -> None:
    """Manufacture of the old devices changes the inventory, not the choice."""
    sunk, new = (answer(asked(fleet__old__embodied=how)) for how in ("sunk", "new"))
    assert sunk.best.values == new.best.values
    assert sunk.best.name == new.best.name
    assert sunk.facts == new.facts
    assert "sunk, left out of the decision" in sunk.facts
    assert any("taken as sunk" in remark for remark in new.remarks)


def test_a_clean_grid_and_little_work_keep_the_old_devices() -> None:
    """At 1 g/kWh making new devices is never paid back: keep, and say how unlikely it is."""
    raw = asked(
        sites__hall__grid={"value": "1 gCO2e/kWh"},
        fleet__old__utilization="5%",
    )
    found = answer(raw)
    assert found.best.name == "keep"
    assert found.verdict[0].startswith("Keep the 128 NVIDIA A100")
    assert "never" in found.verdict[0]
    assert "under 1% of draws" in found.verdict[0]


def test_more_candidates_and_more_years_are_never_worse() -> None:
    """The optimum falls, or stays, with every freedom that is added."""
    slow = {"h200": {"device": "nvidia-h200-sxm-141gb"}}
    both = slow | {"b200": {"device": "nvidia-b200-sxm-180gb"}}
    late = answer(
        asked(optimize__refresh__candidates=slow, optimize__refresh__years=[2029])
    ).best.values["gwp100"]
    once = answer(asked(optimize__refresh__candidates=slow)).best.values["gwp100"]
    free = answer(asked(optimize__refresh__candidates=both)).best.values["gwp100"]
    assert free < once < late


def test_devices_that_come_later_are_not_bought_before() -> None:
    """A candidate of 2029 is bought in 2029 at the earliest."""
    raw = asked(optimize__refresh__candidates__b200__from_year=2029)
    assert answer(raw).best.name == "18 b200 in 2029"


def test_a_fleet_that_is_bought_again_is_business_as_usual_as_written() -> None:
    """Where the scenario replaces like by like, that is business as usual, and one of the paths."""
    raw = asked(fleet__old__lifetime="7 years", fleet__old__replace="yes")
    found = answer(raw)
    assert found.usual.name == "as written"
    assert own_total(lca.load(raw), found.usual) == pytest.approx(found.usual.values["gwp100"])
    assert any(
        row[0].endswith("old-again in 2027") for row in found.tables["Break-even of replacing"]
    )
    assert found.best.values["gwp100"] <= found.usual.values["gwp100"]


def test_a_fleet_that_ends_within_the_period_is_followed() -> None:
    """Old devices that end with 2028 are replaced then at the latest."""
    raw = asked(fleet__old__lifetime="7 years", sites__hall__grid={"value": "1 gCO2e/kWh"})
    found = answer(raw)
    assert found.best.name == "18 b200 in 2029"
    assert found.usual.name == "keep as long as they live"
    assert found.usual.values == found.best.values
    assert "That is business as usual" in found.verdict[1]


def test_nothing_that_follows_in_time_is_told() -> None:
    """Old devices end with 2028 and the candidate comes in 2030: there is no path."""
    raw = asked(fleet__old__lifetime="7 years", optimize__refresh__candidates__b200__from_year=2030)
    with pytest.raises(ScenarioError, match="ends within the period and no candidate can follow"):
        answer(raw)


@pytest.mark.parametrize("improvement", ["10%", {"low": "5%", "mode": "10%", "high": "15%"}])
def test_coming_hardware_draws_less(improvement: object) -> None:
    """A yearly improvement of 10 % lowers the power of a purchase two years on by 19 %."""
    raw = asked(
        optimize__refresh__candidates__b200__improvement=improvement,
        optimize__refresh__years=[2029],
        assumptions__power_model={"busy_fraction": "70%", "idle_fraction": "10%"},
    )
    scenario, found = lca.load(raw), answer(raw)
    new = next(key for key in found.best.patches if "b200-2029" in key)
    entry = found.best.patches[new]
    today = {key: value for key, value in entry.items() if key != "power"}
    energies = [
        lca.evaluate(scenario.patch({**found.best.patches, new: one}, "power"), samples=0).by(
            "asset", "component", indicator="it_energy"
        )
        for one in (entry, today)
    ]
    less, more = (
        next(r.estimate.central for r in rows if r.labels == ("b200-2029", "accelerator"))
        for rows in energies
    )
    assert less / more == pytest.approx(0.81, rel=0.003)
    assert found.evaluated == pytest.approx(found.best.values["gwp100"], rel=1e-6)


def test_a_bound_that_no_path_keeps_is_named_with_the_least() -> None:
    """One kilogram for four years cannot be kept; the message says what can."""
    with pytest.raises(ScenarioError, match=r"keeps gwp100 <= 1 kgCO2e \(the least .* tCO2e\)"):
        answer(asked(optimize__constraints="gwp100 <= 1 kgCO2e"))


def clean_and_wet(**changes: Any) -> dict[str, Any]:
    """Return a question where keeping emits less and replacing takes less water."""
    changes = {"indicators": ["gwp100", "water"], "sites__hall__wue": "1.8 L/kWh"} | changes
    return asked(sites__hall__grid={"value": "1 gCO2e/kWh"}, **changes)


def test_carbon_and_water_trade_off_on_the_front() -> None:
    """On a clean grid keeping emits less, replacing takes less water: both stand on the front."""
    front = answer(clean_and_wet()).front
    assert front[0].name == "keep"
    assert front[-1].name == "18 b200 in 2027"
    water = [choice.values["water"] for choice in front]
    assert water == sorted(water, reverse=True)


def test_a_bound_holds_the_optimum_back_and_is_named() -> None:
    """Less water than keeping takes forces a replacement; the bound is told as binding."""
    free = answer(clean_and_wet())
    most = 0.9 * free.best.values["water"]
    held = answer(clean_and_wet(optimize__constraints=f"water <= {most:.0f} L"))
    assert held.best.values["gwp100"] > free.best.values["gwp100"]
    assert held.best.values["water"] <= most
    assert [one.name for one in held.binding] == [f"water <= {most:.0f} L"]


def test_bounds_that_conflict_are_named_together() -> None:
    """As little carbon as keeping and as little water as replacing: each is possible, not both."""
    keep, *_, replaced = answer(clean_and_wet()).front
    bounds = [
        f"gwp100 <= {keep.values['gwp100'] * 1.001:.0f} kgCO2e",
        f"water <= {replaced.values['water'] * 1.001:.0f} L",
    ]
    with pytest.raises(ScenarioError, match=r"these together: gwp100 <= .*; water <= "):
        answer(clean_and_wet(optimize__constraints=bounds))


def test_an_objective_that_is_not_known_is_refused() -> None:
    """Costs without prices are no objective, and are never taken as 0."""
    with pytest.raises(ScenarioError, match="cost is not known for this scenario"):
        answer(asked(optimize__objective="cost"))


PRICES = {
    "electricity": "0.15 EUR/kWh",
    "devices": {"nvidia-b200-sxm-180gb": {"value": "30000 EUR", "quality": "assumed"}},
}


def test_cost_stands_beside_carbon_where_all_has_a_price() -> None:
    """With prices, both are on the front, a saved tonne has a price, and cost can be the objective."""
    changes = {
        "prices": PRICES,
        "fleet__old__host": "none",
        "optimize__refresh__candidates__b200__settings": {"host": "none"},
    }
    green, cheap = (
        answer(asked(optimize__objective=objective, **changes)) for objective in ("gwp100", "cost")
    )
    scenario = lca.load(asked(**changes))
    assert own_total(scenario, green.best, "cost") == pytest.approx(green.best.values["cost"])
    assert cheap.evaluated == pytest.approx(own_total(scenario, cheap.best, "cost"))
    assert cheap.best.values["cost"] <= green.best.values["cost"]
    assert green.saved is not None
    assert green.saved.unit == "EUR/tCO2e"
    extra = green.best.values["cost"] - green.usual.values["cost"]
    saved = green.usual.values["gwp100"] - green.best.values["gwp100"]
    assert green.saved.cost == pytest.approx(1000 * extra / saved)


def test_a_missing_price_is_told_and_not_taken_as_free() -> None:
    """Without the price of the candidate cost is unknown for all, although that of keeping is known."""
    found = answer(asked(prices={"electricity": "0.15 EUR/kWh"}))
    assert "cost" not in found.usual.values
    assert any("purchase of nvidia-b200-sxm-180gb" in remark for remark in found.remarks)


def test_regret_is_against_the_best_path_of_each_draw() -> None:
    """Shares of draws stay within one, regret is never negative, the choice comes first."""
    found = answer(asked(fleet__old__utilization={"low": "1%", "mode": "5%", "high": "90%"}))
    assert all(row.mean >= 0 and row.p95 >= 0 for row in found.regret)
    assert sum(row.best for row in found.regret) <= 1 + 1e-9
    assert {found.best.name, "keep"} <= {row.choice for row in found.regret}


def test_the_break_even_is_burden_over_yearly_saving_on_a_constant_grid() -> None:
    """Constant grid, exact use: the first year's balance tells the time of the central estimate."""
    from lca.optimize import replacement_break_even as module
    from lca.optimize import replacement_entries as entries
    from lca.terms import Draws

    scenario = lca.load(asked(sites__hall__grid={"value": "400 gCO2e/kWh"}))
    question = scenario.model.optimize.refresh  # type: ignore[union-attr]
    assert question is not None
    old = entries.read_old(scenario, question)
    successors = entries.read_successors(scenario, question, old)
    found = module.break_evens(
        scenario, old, successors, [("b200", 0)], Draws(DRAWS, 0), "calibrated"
    )
    payback = found.paybacks["b200", 0]
    ratio = payback.burden / payback.saved[0]
    assert np.ptp(payback.saved[:, 0]) == pytest.approx(0, abs=1e-6)
    assert payback.time.central == pytest.approx(ratio[0])
    assert payback.time.draws == pytest.approx(ratio[1:])


BROKEN = {
    "unknown fleet": ({"fleet": "odl", "candidates": {"x": {"device": "nvidia-b200-sxm-180gb"}}}, 'no fleet "odl"; did you mean'),
    "no candidate": ({"fleet": "old", "candidates": {}}, "at least one candidate"),
    "unknown device": ({"fleet": "old", "candidates": {"x": {"device": "nvidia-b200-sxm"}}}, "nvidia-b200-sxm"),
    "year outside": ({"fleet": "old", "years": [2035], "candidates": {"x": {"device": "nvidia-b200-sxm-180gb"}}}, "2035 is not within the period 2027-2030"),
    "dotted name": ({"fleet": "old", "candidates": {"b2.5": {"device": "nvidia-b200-sxm-180gb"}}}, "a name without dots"),
    "misspelt setting": ({"fleet": "old", "candidates": {"x": {"device": "nvidia-b200-sxm-180gb", "settings": {"hosst": "none"}}}}, 'no key "hosst" here; did you mean "host"'),
    "wrong setting": ({"fleet": "old", "candidates": {"x": {"device": "nvidia-b200-sxm-180gb", "settings": {"host_power": "5 kg"}}}}, '"kg" is not a unit of power'),
    "own field": ({"fleet": "old", "candidates": {"x": {"device": "nvidia-b200-sxm-180gb", "settings": {"count": 3}}}}, '"count" does not belong to settings'),
}  # fmt: skip


@pytest.mark.parametrize(("question", "message"), BROKEN.values(), ids=BROKEN)
def test_what_does_not_fit_the_scenario_is_found(
    question: dict[str, Any], message: str, library: Library
) -> None:
    """Each mistake of the question is found, with what is accepted."""
    model = lca.load(asked()).model
    found = [text for _, text in findings(Refresh.model_validate(question), model, library)]
    assert any(message in text for text in found)


def test_a_fleet_of_several_purchases_is_to_be_split(library: Library) -> None:
    """One lifetime cannot retire purchases of two years at once."""
    raw = asked(fleet__old__count={"2022": 64, "2023": 64})
    raw.pop("optimize")
    question = Refresh.model_validate(
        {"fleet": "old", "candidates": {"x": {"device": "nvidia-b200-sxm-180gb"}}}
    )
    found = [text for _, text in findings(question, lca.load(raw).model, library)]
    assert any("bought in one year before the period" in text for text in found)


def test_without_a_unit_of_work_a_count_is_asked_for() -> None:
    """How many devices do the same work is not guessed."""
    raw = asked(functional_unit="MWh")
    with pytest.raises(ScenarioError, match="how many devices do the work is not known"):
        answer(raw)
    raw["optimize"]["refresh"]["candidates"]["b200"]["count"] = 20
    found = answer(raw)
    assert found.best.name == "20 b200 in 2027"
    assert any("not checked" in remark for remark in found.remarks)


def test_a_published_path_that_ends_is_not_extrapolated() -> None:
    """Grid points to 2030 let the break-even look to 2030, and say so."""
    points = {str(year): str(1 - 0.05 * (year - 2020)) for year in range(2020, 2031)}
    found = answer(asked(sites__hall__grid_path={"points": points}))
    assert any("known to 2030; nothing is extrapolated" in remark for remark in found.remarks)


def test_draws_are_shared_so_equal_samples_give_equal_answers() -> None:
    """The same seed gives the same answer; choices are compared on the same draws."""
    first, second = answer(asked()), answer(asked())
    assert first.regret == second.regret
    pairs = itertools.pairwise(first.regret)
    assert all(a.mean <= b.mean for a, b in pairs)
