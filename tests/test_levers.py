"""Levers of a scenario: runs on shared draws, what backfires, what gets no number, and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lever_scenarios import SAMPLES, answers, fleet, found, relative, training

import lca
from lca.levers import LeverResult, rank
from lca.levers.changing import changed
from lca.levers.paths import Change
from lca.levers.results import NEEDS_VALUE, NOT_POSSIBLE
from lca.terms import Draws
from lca.workloads import levers
from lca.workloads.levers_power_cap import effect

ROOT = Path(__file__).parents[1]

__all__ = ["answers", "fleet", "training"]


# --- runs -------------------------------------------------------------------------------------


def test_a_run_is_the_scenario_with_the_change(fleet: dict[str, Any]) -> None:
    """What a lever saves is what an option with the same change saves on the same draws."""
    base = lca.load(fleet)
    (result,) = found(base, "region", tries={"region": ["SE"]})
    ledgers = [
        lca.evaluate(one, samples=SAMPLES, seed=0)
        for one in (base, base.patch({"sites.here.region": "SE"}, "there"))
    ]
    before, after = (ledger.total() for ledger in ledgers)
    assert result.effect is not None
    assert result.effect.change.samples == pytest.approx(after.samples - before.samples)
    assert result.patches == {"sites.here.region": "SE"}


def test_the_scenario_is_not_changed(fleet: dict[str, Any]) -> None:
    """Ranking leaves contents and footprint of the scenario as they were."""
    base = lca.load(fleet)
    digest, total = base.digest(), lca.evaluate(base, samples=SAMPLES).total().samples
    rank(base, samples=SAMPLES)
    assert base.digest() == digest
    assert lca.evaluate(base, samples=SAMPLES).total().samples == pytest.approx(total)


def test_a_lever_that_lowers_overhead_alone_saves_in_every_draw(fleet: dict[str, Any]) -> None:
    """Both runs share their draws: a lower PUE saves with probability one, wide as totals are."""
    fleet["sites"]["here"]["pue"] = {"low": "1.15", "mode": "1.3", "high": "1.6"}
    fleet["fleet"]["chat"]["utilization"] = {"low": "20%", "mode": "50%", "high": "90%"}
    result = next(one for one in found(fleet, "shared-resources") if one.label == "pue 1.1")
    assert result.verdict == levers.SAVES
    assert result.effect is not None
    assert result.effect.probability_saves == 1.0


def test_a_value_already_reached_is_not_tried(fleet: dict[str, Any]) -> None:
    """A site with a PUE of 1.05 gains nothing from 1.1, and is not raised to it."""
    fleet["sites"]["here"]["pue"] = "1.05"
    result = next(one for one in found(fleet, "shared-resources") if "pue" in one.label)
    assert (result.verdict, result.effect) == (NOT_POSSIBLE, None)
    assert "1.1 or lower already" in result.reason


def test_a_dirtier_region_backfires(fleet: dict[str, Any]) -> None:
    """From Germany, Sweden saves and Poland adds; savings come first."""
    results = found(fleet, "region", tries={"region": ["PL", "SE"]})
    assert [(one.label, one.verdict) for one in results] == [
        ("region SE", levers.SAVES),
        ("region PL", levers.BACKFIRES),
    ]


def test_longer_life_saves_what_is_made_and_nothing_else(fleet: dict[str, Any]) -> None:
    """Seven years instead of five: two sevenths of manufacture, transport and end of life."""
    base = lca.load(fleet)
    (result,) = found(base, "longer-life")
    assert result.patches == {"fleet.chat.lifetime": "7.0 year"}
    rows = lca.evaluate(base, samples=SAMPLES).by("stage")
    stages = {row.labels[0]: row.estimate.central for row in rows}
    made = stages["manufacture"] + stages["transport"] + stages["end_of_life"]
    assert result.effect is not None
    assert result.effect.change.central == pytest.approx(-made * 2 / 7, rel=1e-6)


def test_renewable_supply_leaves_the_location_based_account_alone(fleet: dict[str, Any]) -> None:
    """The number is of the market-based account, whichever account is asked for, and says so."""
    base = lca.load(fleet)
    (result,) = found(base, "renewable-supply")
    assert result.basis == "market"
    assert result.verdict == levers.SAVES
    assert "location-based account" in " ".join(result.remarks)
    bought = base.patch(dict(result.patches), "bought")
    before, after = (lca.evaluate(one, samples=SAMPLES).total() for one in (base, bought))
    assert after.samples == pytest.approx(before.samples, rel=1e-12)


def test_where_amounts_differ_runs_are_compared_per_unit(fleet: dict[str, Any]) -> None:
    """More work of the same devices raises the total, and lowers what a token emits."""
    result = next(one for one in found(fleet, "shared-resources") if "utilization" in one.label)
    assert result.effect is not None
    assert result.effect.compared == "1 million tokens"
    assert result.verdict == levers.SAVES


def test_without_a_unit_of_work_more_work_is_not_judged(small: dict[str, Any]) -> None:
    """A device year says nothing about how much is done in it."""
    result = next(one for one in found(small, "shared-resources") if "utilization" in one.label)
    assert result.effect is None
    assert "functional unit of work" in result.reason


def test_a_longer_life_that_does_more_work_needs_a_unit(fleet: dict[str, Any]) -> None:
    """Devices that are not bought again do more in a longer life: totals say nothing."""
    fleet["fleet"]["chat"] |= {"replace": "no", "lifetime": "3 years"}
    (result,) = found(fleet, "longer-life")
    assert result.effect is not None
    assert result.effect.compared == "1 million tokens"
    assert result.verdict == levers.SAVES
    del fleet["functional_unit"]
    (result,) = found(fleet, "longer-life")
    assert (result.verdict, result.effect) == (NOT_POSSIBLE, None)
    assert "give one, such as device year" in result.reason


def test_switching_off_keeps_the_work(fleet: dict[str, Any]) -> None:
    """Four fifths of the time at five quarters of the utilization: the same tokens, less idling."""
    result = next(one for one in found(fleet, "scale-to-zero") if "powered" in one.label)
    assert result.patches["fleet.chat.utilization"] == "75%"
    assert result.effect is not None
    assert result.effect.compared == ""
    assert result.verdict == levers.SAVES


# --- models of AI work ------------------------------------------------------------------------


def test_fp8_backfires_at_a_small_batch_and_saves_at_a_large_one(answers: dict[str, Any]) -> None:
    """A model measured in both precisions: the run follows the measurements, not one ratio."""
    (small,) = found(answers, "fp8")
    answers["work"]["answer"]["answer"]["batch"] = 128
    (large,) = found(answers, "fp8")
    assert relative(small).median > 0.1
    assert relative(large).median < 0
    assert small.way == large.way == "rerun"


def test_a_run_that_disagrees_with_published_pairs_says_so(answers: dict[str, Any]) -> None:
    """Where the model alone does not tell, the published verdict stands beside its number."""
    answers["models"]["vision"] = {"preset": "llama-3.1-70b"}
    answers["work"]["answer"]["answer"]["modality"] = "text"
    (result,) = found(answers, "fp8")
    assert result.published == levers.BACKFIRES != result.verdict
    assert any("published figures say that it backfires" in one for one in result.remarks)


def test_a_larger_batch_saves_and_multiplies_what_is_written(answers: dict[str, Any]) -> None:
    """Twice and four times the batch; a distribution keeps its shape."""
    answers["work"]["answer"]["answer"]["batch"] = {"low": 4, "mode": 6, "high": 8}
    four, two = found(answers, "serving-batch")
    assert two.patches["work.answer.answer.batch"] == {"low": "8", "mode": "12", "high": "16"}
    assert (four.label, two.label) == ("batch x4", "batch x2")
    assert relative(four).median < relative(two).median < 0


def test_reasoning_takes_more_for_the_same_requests(answers: dict[str, Any]) -> None:
    """Ten times the tokens for as many requests backfires; nobody divides by the tokens."""
    answers["functional_unit"] = ["1 million tokens", "1 million requests"]
    (result,) = found(answers, "reasoning")
    assert result.verdict == levers.BACKFIRES
    assert relative(result).median > 3


def test_longer_answers_need_requests(answers: dict[str, Any]) -> None:
    """Of a fixed amount of tokens, longer answers are fewer answers: nothing to compare."""
    del answers["work"]["answer"]["requests"]
    answers["work"]["answer"]["tokens"] = "1e12 tokens"
    answers["functional_unit"] = ["1 million tokens"]
    (result,) = found(answers, "reasoning")
    assert (result.verdict, result.effect) == (NOT_POSSIBLE, None)
    assert "say requests" in result.reason


def test_a_lever_outside_its_evidence_gets_no_number_though_asked_for(
    answers: dict[str, Any],
) -> None:
    """Distillation was published for small models on processors; an option runs it all the same."""
    (result,) = found(answers, "distillation", tries={"student": ["qwen3-8b"]})
    assert (result.verdict, result.effect) == (levers.OUT_OF_RANGE, None)
    assert "write an option" in result.reason


def test_a_model_of_experts_is_tried_where_it_is_named(answers: dict[str, Any]) -> None:
    """A preset becomes a model of the scenario, and its replicas get the devices they need."""
    answers["models"]["vision"] = {"preset": "llama-3.1-405b"}
    answers["work"]["answer"]["answer"] |= {"modality": "text", "devices_per_replica": 8}
    (asked,) = found(answers, "mixture-of-experts")
    assert (asked.verdict, asked.effect) == (NEEDS_VALUE, None)
    (tried,) = found(answers, "mixture-of-experts", tries={"sparse_model": ["mixtral-8x7b"]})
    assert tried.patches["models.mixtral-8x7b"] == {"preset": "mixtral-8x7b"}
    assert tried.verdict == levers.SAVES
    assert any("equal quality" in one for one in tried.remarks)


def test_measured_power_does_not_follow_a_lever(answers: dict[str, Any]) -> None:
    """Power that the user gives was measured at this batch: another batch is refused."""
    answers["work"]["answer"]["power"] = {"busy": "700 W"}
    for result in found(answers, "serving-batch"):
        assert result.verdict == NOT_POSSIBLE
        assert "work.answer.power.busy is given" in result.reason


def test_a_batch_beyond_memory_is_told_and_not_computed(answers: dict[str, Any]) -> None:
    """What the scenario refuses is listed with its message."""
    (result,) = found(answers, "serving-batch", tries={"batch": ["1e7"]})
    assert (result.verdict, result.effect) == (NOT_POSSIBLE, None)
    assert "does not fit" in result.reason


def test_a_newer_device_needs_an_instance_of_the_same_provider(answers: dict[str, Any]) -> None:
    """On an AWS instance the B200 of AWS is taken; a device that AWS has not is refused."""
    del answers["work"]["answer"]["device"]
    answers["work"]["answer"] |= {"instance": "aws-p5.48xlarge"}
    answers["work"]["answer"]["answer"] |= {"devices_per_replica": 8}
    (result,) = found(answers, "newer-hardware")
    assert result.patches["work.answer.instance"] == "aws-p6-b200.48xlarge"
    (result,) = found(answers, "newer-hardware", tries={"device": ["amd-instinct-mi300x"]})
    assert result.verdict == NOT_POSSIBLE
    assert "aws has no instance with amd-instinct-mi300x" in result.reason


def test_a_power_cap_lengthens_training_and_lowers_its_energy(training: dict[str, Any]) -> None:
    """Hours and power move together; half the limit is slower than the best one."""
    best, half = (
        found(training, "power-cap", tries={"cap": [value]})[0] for value in ("best", "50%")
    )
    assert relative(best).median < 0
    assert set(best.patches) == {"work.train (power cap)"}
    assert half.label == "cap 50% of the limit"
    assert relative(half).samples != pytest.approx(relative(best).samples)


def test_a_capped_run_occupies_its_machines_for_longer(training: dict[str, Any]) -> None:
    """Manufacture borne rises by the time ratio of the traced job, draw by draw."""
    base = lca.load(training)
    capped = changed(base, Change("cap", caps={"work.train": 0.5}))
    made = [
        next(row.estimate for row in ledger.by("stage") if row.labels == ("manufacture",))
        for ledger in (lca.evaluate(one, samples=SAMPLES, seed=0) for one in (base, capped))
    ]
    slower = Draws(SAMPLES, 0).array(effect("volta", 0.5).time)
    assert made[1].samples / made[0].samples == pytest.approx(slower)
    assert slower.max() > 1.1


def test_a_cap_below_the_traces_is_refused(training: dict[str, Any]) -> None:
    """Nobody ran a V100 at a tenth of its limit."""
    (result,) = found(training, "power-cap", tries={"cap": ["10%"]})
    assert (result.verdict, result.effect) == (NOT_POSSIBLE, None)
    assert "traces of V100 run from 0.4 to 1" in result.reason


# --- services ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service() -> list[LeverResult]:
    """Return the levers of the chat service that is planned from demand."""
    return rank(lca.load(ROOT / "scenarios" / "chat_service.yaml"), samples=SAMPLES)


def test_levers_of_a_service_change_its_machines(service: list[LeverResult]) -> None:
    """Fewer replicas in reserve and a longer life save; a cleaner region saves most."""
    saves = {one.label for one in service if one.verdict == levers.SAVES}
    assert {"redundancy 0%", "lifetime +2 years", "region SE"} <= saves
    assert service[0].label == "region SE"


def test_a_batch_that_load_decides_is_not_doubled(service: list[LeverResult]) -> None:
    """There is no written batch to start from, and the message says what to do."""
    batches = [one for one in service if one.card.id == "serving-batch"]
    assert {one.verdict for one in batches} == {NOT_POSSIBLE}
    assert all("--try batch=VALUE" in one.reason for one in batches)
