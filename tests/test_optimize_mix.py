"""Mixes of accelerators: who reads prompts and who writes answers, within a latency target."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import lca
from lca.errors import ScenarioError
from lca.optimize.answer import Answer
from lca.optimize.mix_program import Work, assignment
from lca.optimize.mix_rates import PHASES, predicted
from lca.optimize.programs import solve
from lca.optimize.questions.mix import solve as decide
from lca.scenario import Scenario
from lca.scenario.questions.mix import findings
from lca.uncertain import Array

EXACT = 1e-6
CLASSES = {
    "short": {
        "rate": "60000 request/h",
        "prompt_tokens": "200 token/request",
        "output_tokens": "150 token/request",
    },
    "long": {
        "rate": "9000 request/h",
        "prompt_tokens": "4000 token/request",
        "output_tokens": "600 token/request",
    },
}
TYPES = {
    "h100": {
        "device": "nvidia-h100-sxm5-80gb",
        "lifetime": "5 years",
        "devices_per_replica": 4,
    },
    "a100": {
        "device": "nvidia-a100-sxm4-80gb",
        "lifetime": "5 years",
        "devices_per_replica": 4,
        "standing": 64,
    },
}


def scenario(constraints: tuple[str, ...] = (), **mix: Any) -> Scenario:
    """Return a scenario that asks for a mix."""
    asked = {
        "model": "assistant",
        "site": "here",
        "latency": "50 ms",
        "classes": CLASSES,
        "types": TYPES,
        **mix,
    }
    return lca.load(
        {
            "schema": 1,
            "title": "asked",
            "period": "2027-2028",
            "indicators": ["gwp100", "water"],
            "sites": {"here": {"region": "SE", "pue": "1.2", "wue": "1 L/kWh"}},
            "models": {"assistant": {"preset": "llama-3.1-70b"}},
            "work": {"tune": {"it_energy": "2 MWh", "site": "here"}},
            "optimize": {"constraints": list(constraints), "mix": asked},
            "uncertainty": {"samples": 256, "seed": 3},
        }
    )


def answer(constraints: tuple[str, ...] = (), **mix: Any) -> Answer:
    """Answer a mix question."""
    return decide(scenario(constraints, **mix))


def least(constraints: tuple[str, ...] = (), **mix: Any) -> float:
    """Return the objective of the optimum."""
    return answer(constraints, **mix).best.values["gwp100"]


def test_every_choice_evaluated_afresh_gives_its_values() -> None:
    """The optimum, the best single type and the alternatives are what the ledger says of them."""
    base, found = scenario(), answer()
    for one in (found.best, found.usual, *found.front, *found.alternatives):
        ledger = lca.evaluate(base.patch(one.patches, one.name), samples=0)
        for indicator, value in one.values.items():
            assert ledger.total(indicator).central == pytest.approx(value, rel=EXACT)
    assert found.evaluated == pytest.approx(found.best.values["gwp100"], rel=EXACT)


def test_a_mix_is_never_worse_than_the_best_single_type() -> None:
    """Business as usual is the best single type, and the choice is at most that."""
    found = answer()
    assert "single type" in found.facts["business as usual"]
    assert found.best.values["gwp100"] <= found.usual.values["gwp100"] * (1 + EXACT)


def test_more_freedom_is_never_worse() -> None:
    """Prompts apart from answers, one more type, a later token: none raises the optimum."""
    base = least()
    assert base <= least(apart="no") * (1 + EXACT)
    assert base <= least(types={"h100": TYPES["h100"]}) * (1 + EXACT)
    assert least(latency="100 ms") <= base * (1 + EXACT)


def test_prompt_and_answer_together_are_on_one_type() -> None:
    """Where phases are not apart, both of a class have the same shares."""
    rows = answer(apart="no").tables["What serves what"][1:]
    for reading, writing in itertools.pairwise(rows[::1]):
        if reading[0] == writing[0]:
            assert reading[2:] == writing[2:]


def test_a_type_that_is_too_slow_serves_nothing_of_it() -> None:
    """What misses the latency target is not used for that class, and the reason is told."""
    rates, reasons = predicted(scenario(), scenario().model.optimize.mix)  # type: ignore[union-attr, arg-type]
    assert set(rates) == set(itertools.product(CLASSES, TYPES))
    assert not reasons
    slow = answer(latency="25 ms")
    told = [remark for remark in slow.remarks if "a100 cannot answer" in remark]
    assert told
    assert "latency target" in told[0]
    assert all(row[3] == "too slow" for row in slow.tables["What serves what"][1:])


def test_no_type_in_time_is_refused_with_the_reason_of_each() -> None:
    """A target that nothing meets names every type and its shortest step."""
    with pytest.raises(ScenarioError) as refused:
        least(latency="1 ms")
    text = str(refused.value)
    assert {one.path for one in refused.value.problems} == {
        "optimize.mix.classes.short",
        "optimize.mix.classes.long",
    }
    assert "h100: latency target 1 ms" in text


def test_prompts_that_take_too_long_to_read_are_refused() -> None:
    """A limit on the first token excludes types that read the prompt too slowly."""
    with pytest.raises(ScenarioError, match="times as long as first_token accepts"):
        least(first_token="1 ms")


def test_what_stands_there_is_sunk_and_bounded() -> None:
    """Devices that stand there cost no manufacture, and no more of them than there are is used."""
    found = answer()
    entries = [one for key, one in found.best.patches.items() if key == "fleet.a100"]
    assert all(entry["embodied"] == "sunk" and entry["count"] <= 64 for entry in entries)
    new = {**TYPES, "a100": {key: v for key, v in TYPES["a100"].items() if key != "standing"}}
    fewer = {**new, "a100": {**new["a100"], "most": 64}}
    assert least() <= least(types=fewer) * (1 + EXACT)


def test_peaks_need_more_devices_and_no_more_work() -> None:
    """A peak of twice the mean raises the optimum, but less than twofold."""
    flat = scenario().model.optimize
    assert flat is not None
    base = lca.evaluate(scenario(), samples=0).total().central
    even, peaky = least() - base, least(peak="2") - base
    assert even < peaky < 2 * even


def test_a_limit_that_cannot_be_kept_is_told_with_what_it_would_need() -> None:
    """Too few devices for the demand conflict with the classes, and nothing else."""
    with pytest.raises(ScenarioError, match="the mix cannot keep devices <= 4 device") as refused:
        least(("devices <= 4 device",))
    paths = {problem.path for problem in refused.value.problems}
    assert "optimize.constraints.0" in paths
    assert any(path.startswith("optimize.mix.classes") for path in paths)


def random_work(buckets: int, kinds: int, seed: int) -> tuple[Work, Array, list[tuple[str, str]]]:
    """Return random work, what one of each column costs, and names of buckets."""
    draws = np.random.default_rng(seed)
    busy = draws.uniform(0.2, 1.6, (buckets, kinds))
    busy[draws.random(busy.shape) < 0.2] = np.nan
    busy[:, 0] = draws.uniform(0.5, 2.0, buckets)
    work = Work(busy, np.ones(kinds), np.ones_like(busy), np.full(kinds, np.inf), 1.2)
    costs = np.concatenate([draws.uniform(1, 3, kinds), (np.nan_to_num(busy) * 2).ravel()])
    names = [(f"class {row // 2}", PHASES[row % 2]) for row in range(buckets)]
    return work, costs, names


@pytest.mark.parametrize("seed", range(4))
def test_the_optimum_is_that_of_trying_every_count_of_replicas(seed: int) -> None:
    """For all counts of three types the best shares are found; none is below the optimum."""
    work, costs, names = random_work(4, 3, seed)
    program = assignment(work, names, apart=True)
    found = solve(program, costs)
    assert found is not None
    tried = []
    for counts in itertools.product(range(7), repeat=3):
        fixed = program.copy()
        fixed.lower[:3], fixed.upper[:3] = list(counts), list(counts)
        fixed.whole = [False] * fixed.size
        one = solve(fixed, costs)
        if one is not None:
            tried.append(one.objective)
    assert found.objective == pytest.approx(min(tried), rel=EXACT)


def test_shares_of_a_bucket_add_up_and_fit_capacity() -> None:
    """Every bucket is served whole, and no type is busier in the peak than it has replicas."""
    work, costs, names = random_work(10, 4, 9)
    found = solve(assignment(work, names, apart=True), costs)
    assert found is not None
    replicas, shares = found.values[:4], found.values[4:].reshape(10, 4)
    assert shares.sum(axis=1) == pytest.approx(np.ones(10))
    needed = (np.nan_to_num(work.busy) * shares).sum(axis=0) * work.headroom
    assert (needed <= replicas + 1e-6).all()
    assert not shares[np.isnan(work.busy)].any()


def test_regret_is_over_shared_draws() -> None:
    """The shares in which choices are best add up to one."""
    found = answer()
    assert len(found.regret) >= 2
    assert sum(one.best for one in found.regret) == pytest.approx(1)


@pytest.mark.parametrize(
    ("mix", "path", "message"),
    [
        ({"model": "asistant"}, ("model",), 'did you mean "assistant"'),
        ({"site": "mars"}, ("site",), "one of: here"),
        ({"classes": {}}, ("classes",), "at least one"),
        (
            {"types": {"x": {"device": "nvidia-h100-smx", "lifetime": "5 years"}}},
            ("types", "x", "device"),
            "did you mean",
        ),
    ],
)
def test_names_that_lead_nowhere_are_found(
    mix: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    """A wrong model, site or device is a finding with its path."""
    base = scenario()
    asked = {
        "model": "assistant",
        "site": "here",
        "latency": "50 ms",
        "classes": CLASSES,
        "types": TYPES,
        **mix,
    }
    record = type(base.model.optimize.mix).model_validate(asked)  # type: ignore[union-attr]
    assert message in dict(findings(record, base.model, base.library))[path]


def test_a_scenario_that_does_not_ask_is_told_so() -> None:
    """Without the section the question has no answer, and the message names it."""
    base = scenario().patch({"optimize": None}, "silent")
    with pytest.raises(ScenarioError, match=r"optimize\.mix"):
        decide(base)
