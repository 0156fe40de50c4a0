"""Comparisons: who is lower, how sure, by how much, and by which methods."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import lca
from lca.comparison import Comparison, stage_differences
from lca.errors import ScenarioError

Data = dict[str, Any]


def compared(data: Data, samples: int = 512, **how: Any) -> Comparison:
    """Compare the options of a scenario."""
    return lca.compare(lca.load(data), samples=samples, seed=1, **how)


@pytest.fixture
def three(small: Data) -> Data:
    """Return a base with two options: one surely higher, one nearly the same."""
    small["options"] = {
        "wasteful": {"sites.here.pue": "1.6"},
        "near": {"fleet.chat.mass": "3.05 kg"},
    }
    return small


def test_probabilities_are_shares_of_draws(three: Data) -> None:
    """Being best sums to one over options, each rank is taken once, pairs are counted by draw."""
    found = compared(three, methods=False)
    assert sum(found.probability_best.values()) == pytest.approx(1)
    ranks = np.array(list(found.ranks.values()))
    np.testing.assert_allclose(ranks.sum(axis=0), 1)
    np.testing.assert_allclose(ranks.sum(axis=1), 1)
    for a, b in itertools.permutations(found.values, 2):
        lower = (found.values[a].draws < found.values[b].draws).mean()
        tied = (found.values[a].draws == found.values[b].draws).mean()
        assert found.pair(a, b).probability_first_lower == pytest.approx(lower + tied / 2)
    assert found.probability_best["wasteful"] == 0


def test_the_best_option_of_each_draw_is_counted_once(three: Data) -> None:
    """Shares are those of an independent count over the table of draws."""
    found = compared(three, methods=False)
    table = np.stack([value.draws for value in found.values.values()])
    winners = np.bincount(table.argmin(axis=0), minlength=3) / table.shape[1]
    np.testing.assert_allclose(list(found.probability_best.values()), winners)


def test_equal_options_tie(small: Data) -> None:
    """An option that changes nothing is lower in half of the draws, with no difference."""
    small["options"] = {"same": {"sites.here.pue": "1.2"}}
    found = compared(small, methods=False)
    assert found.probability_best == {"base": 0.5, "same": 0.5}
    pair = found.pair("base", "same")
    assert pair.probability_first_lower == 0.5
    assert not pair.difference.samples.any()
    assert "cannot be told apart" in str(found)


def test_a_pair_reads_both_ways(three: Data) -> None:
    """The difference of b and a is minus that of a and b; probabilities add to one."""
    found = compared(three, methods=False)
    one, other = found.pair("base", "wasteful"), found.pair("wasteful", "base")
    np.testing.assert_array_equal(one.difference.samples, -other.difference.samples)
    assert one.probability_first_lower + other.probability_first_lower == pytest.approx(1)
    with pytest.raises(KeyError, match="nowhere"):
        found.pair("base", "nowhere")


def test_a_difference_is_taken_draw_by_draw(three: Data) -> None:
    """PUE 1.6 in place of 1.2 adds a third to facility energy: a third of operation, draw by draw."""
    found = compared(three, methods=False)
    pair = found.pair("wasteful", "base")
    base = found.ledgers[0]
    operation = next(r.estimate for r in base.by("stage") if r.labels == ("operation",))
    expected = (operation.samples / 3) / base.units().samples
    np.testing.assert_allclose(pair.difference.samples, expected, rtol=1e-9)


def test_stages_explain_the_difference(three: Data) -> None:
    """By stage, the lowest option less the next: a heavier device costs transport and end of life."""
    found = compared(three, methods=False)
    assert found.order[0] == "base"
    assert found.order[1] == "near"
    by_stage = stage_differences(found)
    assert by_stage["operation"] == pytest.approx(0, abs=1e-12)
    assert by_stage["transport"] < 0
    assert by_stage["end_of_life"] < 0


def test_one_embodied_model_serves_all_options(small: Data) -> None:
    """With an H200, which has no published figure, the H100 is calculated too, by the same model."""
    small["options"] = {"h200": {"fleet.chat.device": "nvidia-h200-sxm-141gb"}}
    assert {led.embodied_model for led in compared(small, 0, methods=False).ledgers} == {
        "calibrated"
    }
    small["options"] = {"b200": {"fleet.chat.device": "nvidia-b200-sxm-180gb"}}
    assert {led.embodied_model for led in compared(small, 0, methods=False).ledgers} == {"vendor"}


def test_options_that_ask_for_models_of_their_own_are_told(three: Data) -> None:
    """Where options name different embodied models, one serves all, and the comparison says which."""
    agreed = compared(three | {"assumptions": {"embodied_model": "act"}}, methods=False)
    assert not any("embodied models" in text for text in agreed.cautions)
    three["options"]["near"]["assumptions.embodied_model"] = "act"
    (caution,) = (t for t in compared(three, methods=False).cautions if "embodied models" in t)
    assert "near: act" in caution
    assert "vendor serves all here" in caution


def test_the_verdict_counts_method_choices(three: Data) -> None:
    """Every embodied model, end-of-life rule and account is tried; the ranking's hold is stated."""
    found = compared(three)
    choices = {(m.embodied_model, m.end_of_life, m.basis) for m in found.methods}
    assert len(choices) == len(found.methods) == 5 * 4 * 2
    held = sum(m.best == found.order[0] for m in found.methods)
    assert f"{held} of 40" in str(found)


def test_drivers_are_factors_that_move_the_difference(small: Data) -> None:
    """When only electricity differs, what decides is electricity, and correlations are bounded."""
    small["sites"]["there"] = {"region": "PL", "pue": "1.2"}
    small["options"] = {"poland": {"fleet.chat.site": "there"}}
    found = compared(small, 2048, methods=False)
    assert found.drivers
    assert abs(found.drivers[0].correlation) > 0.5
    assert found.drivers[0].identity.startswith("generation/")
    sizes = [abs(driver.correlation) for driver in found.drivers]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] <= 1


def test_the_market_account_is_compared_when_asked(small: Data) -> None:
    """A full wind contract wins on the market-based account and changes nothing on the other."""
    contract = {"kind": "ppa", "share": "100%", "source": "wind"}
    small["options"] = {"contract": {"sites.here.contract": contract}}
    location = compared(small, methods=False)
    market = compared(small, methods=False, basis="market")
    assert location.pair("base", "contract").probability_first_lower == 0.5
    assert market.pair("contract", "base").probability_first_lower == 1.0


def test_options_of_different_units_are_not_compared(small: Data) -> None:
    """A result per device-year and one per EFLOP have no common order."""
    small["options"] = {"other": {"functional_unit": ["device year"]}}
    with pytest.raises(ScenarioError, match="different functional units"):
        compared(small)


def test_a_single_scenario_without_options_is_not_a_comparison(small: Data) -> None:
    """The message says what to add."""
    with pytest.raises(ScenarioError, match="nothing to compare"):
        compared(small)


def test_an_option_without_the_work_is_refused(small: Data) -> None:
    """Nothing is divided by zero: the option that delivers none of the unit is named."""
    small["functional_unit"] = ["1000 requests"]
    small["fleet"]["chat"]["serves"] = {"requests": "100 request/h"}
    small["options"] = {"silent": {"fleet.chat.serves": {}}}
    with pytest.raises(ScenarioError, match="option silent provides no"):
        compared(small)


def test_scenarios_from_two_files_are_compared_under_their_names(small: Data) -> None:
    """Two scenarios of one title keep apart, and share draws."""
    one, two = lca.load(small), lca.load({**small, "title": "small"})
    found = lca.compare(one, two, samples=64, methods=False)
    assert len(found.values) == 2
    assert found.pairs[0].probability_first_lower == 0.5


def test_many_options_are_compared_with_the_lowest_and_among_the_lowest(
    monkeypatch: pytest.MonkeyPatch, small: dict[str, Any]
) -> None:
    """Pairs grow with the number of options, not its square; what is left out is said."""
    monkeypatch.setattr("lca.comparison._MOST_TRIED", 3)
    named = {f"at {share}%": {"fleet.chat.utilization": f"{share}%"} for share in range(20, 50, 5)}
    found = lca.compare(lca.load({**small, "options": named}), samples=64)
    lowest, near = found.order[0], set(found.order[:3])
    pairs = {frozenset((pair.first, pair.second)) for pair in found.pairs}
    assert len(pairs) == len(found.pairs) == 3 + len(found.order) - 3
    assert all(pair <= near or lowest in pair for pair in pairs)
    assert any("of the lowest with each other one" in text for text in found.cautions)
    last, before = found.order[-1], found.order[-2]
    assert found.pair(before, last).difference.median < 0


def test_options_of_different_periods_make_a_report(small: dict[str, Any]) -> None:
    """Curves that do not cover the same years are drawn, but never said to pass each other."""
    from lca.report.paper.sections import build

    scenario = lca.load({**small, "options": {"longer": {"period": "2027-2032"}}})
    found = lca.compare(scenario, samples=64, methods=False)
    assert build(scenario, found.ledgers, found).section("verdict").blocks
