"""The best power limit: traced curves, what pushes it up, bounds, and what the answer may claim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import lca
from lca.errors import ScenarioError
from lca.library import Library, packaged_scenarios
from lca.optimize.answer import Answer
from lca.optimize.power_curve import Bound, best_limit, curves, price
from lca.optimize.questions.power_cap import solve
from lca.optimize.written_values import scaled, written
from lca.scenario.questions.power_cap import PowerCap, findings
from lca.terms import Draws, Factor, product
from lca.uncertain import Distribution
from lca.values import read
from lca.workloads.levers_power_cap import BOARDS, jobs

DRAWS = 256
FAMILIES = [*BOARDS, "hopper"]


def asked(**changes: Any) -> dict[str, Any]:
    """Return a small question: V100s that train in Germany."""
    raw: dict[str, Any] = {
        "schema": 1,
        "title": "small cap",
        "period": "2027-2030",
        "functional_unit": ["EFLOP useful"],
        "sites": {"hall": {"region": "DE", "pue": "1.3"}},
        "fleet": {
            "training": {
                "device": "nvidia-tesla-v100-sxm2-32gb",
                "count": 64,
                "lifetime": "4 years",
                "site": "hall",
                "utilization": "80%",
                "serves": {"flop_utilization": "38%"},
            }
        },
        "optimize": {"power_cap": {"fleet": "training"}},
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


def limit_of(found: Answer) -> float:
    """Read the limit of the choice from its name."""
    name = found.best.name
    return 1.0 if name == "no cap" else float(name.removeprefix("cap ").removesuffix("%")) / 100


def test_the_curve_at_a_traced_limit_is_the_mean_of_the_traces() -> None:
    """V100 at 150 of 250 W: the mean over all 68 jobs of time and of energy."""
    traced = np.array([job.at(0.6) for job in jobs("volta")])
    assert curves("volta").mean(0.6) == pytest.approx(traced.mean(axis=0))
    assert np.stack(curves("volta").at(0.6), axis=1) == pytest.approx(traced)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_a_limit_nothing_changes(family: str) -> None:
    """At the highest limit time, energy and power are those of the jobs themselves."""
    found = curves(family)
    assert found.mean(1.0) == pytest.approx((1.0, 1.0))
    assert found.power(1.0) == pytest.approx(1.0)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("time_part", [0.0, 0.2, 1.0, 5.0])
def test_the_best_limit_is_that_of_a_search(family: str, time_part: float) -> None:
    """No bounded search from any measured limit finds a lower weighted sum."""
    found = curves(family)

    def cost(limit: float) -> float:
        time, energy = found.mean(limit)
        return float(energy + time_part * time)

    searched = min(
        minimize_scalar(cost, bounds=(low, high), method="bounded").fun
        for low, high in zip(found.limits[:-1], found.limits[1:], strict=True)
    )
    best = best_limit(found, 1.0, time_part)
    assert best is not None
    assert cost(best) <= searched + 1e-9


@pytest.mark.parametrize("family", FAMILIES)
def test_the_more_time_costs_the_higher_the_limit(family: str) -> None:
    """Embodied emissions and idle hosts go with time: their weight never lowers the limit."""
    found = [best_limit(curves(family), 1.0, part) or 0.0 for part in (0.0, 0.1, 0.5, 2.0, 20.0)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_a_slowdown_bound_is_met_exactly_and_has_a_price() -> None:
    """At the bound the time is the bound; one more percent is worth the slope of the curve."""
    found = curves("volta")
    bound = Bound("slowdown", 0.0, 1.0, 1.02)
    limit = best_limit(found, 1.0, 0.05, [bound])
    assert limit is not None
    assert float(found.mean(limit)[0]) == pytest.approx(1.02)
    wider = best_limit(found, 1.0, 0.05, [Bound("slowdown", 0.0, 1.0, 1.0201)])
    assert wider is not None
    time, energy = (np.array(found.mean(x)) for x in (limit, wider))
    change = (energy[1] + 0.05 * energy[0]) - (time[1] + 0.05 * time[0])
    assert price(found, 1.0, 0.05, bound, limit) == pytest.approx(change / 0.0001, rel=1e-4)


def test_a_tighter_bound_is_never_better() -> None:
    """Emissions fall, or stay, with every slowdown that is accepted more."""
    values = [
        answer(asked(optimize__power_cap__slowdown=s)).best.values["gwp100"]
        for s in ("0%", "1%", "3%", "10%", "50%")
    ]
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0]


def test_the_objective_is_that_of_the_chosen_scenario() -> None:
    """Emissions per unit of work of the chosen scenario, times the work without a cap."""
    for changes in (
        {},
        {"fleet__training__utilization": {"low": "40%", "mode": "70%", "high": "90%"}},
    ):
        raw = asked(**changes)
        scenario, found = lca.load(raw), answer(raw)
        before = lca.evaluate(scenario, samples=0)
        assert before.total().central == pytest.approx(found.usual.values["gwp100"], rel=1e-9)
        for choice in (found.best, *found.alternatives):
            after = lca.evaluate(scenario.patch(choice.patches, "capped"), samples=0)
            same_work = after.per("EFLOP useful").central * before.units().central
            assert same_work == pytest.approx(choice.values["gwp100"], rel=1e-6)
        assert found.evaluated == pytest.approx(found.best.values["gwp100"], rel=1e-6)


def test_tokens_and_requests_are_work_as_well() -> None:
    """A fleet whose throughput is given is capped per token; its throughput falls in the choice."""
    raw = asked(
        functional_unit="1 million tokens",
        fleet__training__serves={
            "throughput": {"low": "1e6 token/h", "mode": "2e6 token/h", "high": "3e6 token/h"}
        },
    )
    found = answer(raw)
    assert found.evaluated == pytest.approx(found.best.values["gwp100"], rel=1e-6)
    assert "fleet.training.serves.throughput" in found.best.patches


def test_embodied_emissions_push_the_limit_up() -> None:
    """Sunk devices are capped lower than new ones that serve for a year only."""
    sunk = answer(asked(fleet__training__embodied="sunk", fleet__training__host_power="0 W"))
    new = answer(asked(fleet__training__lifetime="3 months", fleet__training__host_power="0 W"))
    assert limit_of(sunk) < limit_of(new)


def test_a_clean_grid_pushes_the_limit_up() -> None:
    """With little emitted per kWh, time bears the manufacture: at 5 g/kWh the limit is higher."""
    dirty, clean = (
        answer(
            asked(
                sites__hall__grid={"value": f"{grid} gCO2e/kWh"}, fleet__training__host_power="0 W"
            )
        )
        for grid in (800, 5)
    )
    assert limit_of(dirty) < limit_of(clean)


def test_nothing_to_save_means_no_cap() -> None:
    """Where electricity emits nothing, time is all that counts, and the answer is not to cap."""
    found = answer(asked(sites__hall__grid={"value": "0 gCO2e/kWh"}))
    assert found.best.name == "no cap"
    assert found.best.patches == {}
    assert found.verdict[0].startswith("Do not cap the power")


def test_the_table_names_what_decides() -> None:
    """Counting more that goes with time never lowers the limit."""
    rows = answer(asked(fleet__training__lifetime="1 year")).tables["What decides the limit"][1:]
    limits = [1.0 if t == "no cap" else float(t[4:-1]) for _, t in rows[:3]]
    assert limits == sorted(limits)


def test_devices_without_traces_get_those_of_others_and_a_remark() -> None:
    """No trace of an H100 is packaged: the pooled jobs stand in, and the answer says so."""
    found = solve(lca.load(packaged_scenarios() / "power_cap_h100.yaml"), samples=DRAWS)
    assert any("no traces of nvidia-h100" in remark for remark in found.remarks)
    assert any("jobs of 2022 and before" in remark for remark in found.remarks)
    assert [one.name for one in found.binding] == ["slowdown <= 0.03"]
    assert found.binding[0].price is not None
    assert found.binding[0].price < 0
    assert "it takes 3.0% longer" in found.verdict[0]
    own = answer(asked())
    assert not any("no traces" in remark for remark in own.remarks)


def test_each_draw_is_of_one_job() -> None:
    """Where energy of busy devices is all, a cap changes a draw by the energy ratio of one job."""
    found = answer(
        asked(
            fleet__training__embodied="sunk",
            fleet__training__host_power="0 W",
            fleet__training__power={"idle": "0 W", "busy": "200 W"},
            sites__hall__grid={"value": "100 kgCO2e/kWh"},
        )
    )
    best, usual = (one.estimates["gwp100"].draws for one in (found.best, found.usual))
    _, energy = curves("volta").at(limit_of(found))
    away = np.abs((best / usual)[:, None] - energy)
    assert away.min(axis=1).max() < 1e-3
    assert set(away.argmin(axis=1).tolist()) == set(range(energy.size))


def test_regrets_share_the_draws_among_the_choices() -> None:
    """Shares of draws add up to one, and regret is never negative."""
    found = answer(asked())
    assert sum(row.best for row in found.regret) == pytest.approx(1.0)
    assert min(row.mean for row in found.regret) >= 0


def test_a_limit_for_every_job_saves_at_least_as_much() -> None:
    """The fact on tuning job by job is never below what one limit saves."""
    found = answer(asked())
    one = 1 - found.best.values["gwp100"] / found.usual.values["gwp100"]
    own = float(found.facts["saving with a limit of its own for every job"].rstrip("%")) / 100
    assert own >= one - 0.0005


def test_cost_is_an_objective_where_all_has_a_price() -> None:
    """With prices, the cheapest limit is found, and carbon and cost stand beside each other."""
    prices = {
        "electricity": "0.15 EUR/kWh",
        "devices": {"nvidia-tesla-v100-sxm2-32gb": {"value": "8000 EUR", "quality": "assumed"}},
    }
    changes = {"prices": prices, "fleet__training__host": "none"}
    green, cheap = (
        answer(asked(optimize__objective=objective, **changes)) for objective in ("gwp100", "cost")
    )
    assert cheap.unit == "EUR"
    assert cheap.best.values["cost"] < green.best.values["cost"]
    assert limit_of(cheap) > limit_of(green)
    assert cheap.evaluated == pytest.approx(cheap.best.values["cost"], rel=1e-6)
    assert len(green.front) > 1
    assert green.saved is not None
    assert green.saved.quadrant in {"saves both", "costs to save"}


def test_a_missing_price_is_told_and_not_taken_as_free() -> None:
    """Without the price of the host, cost is not an objective, and the remark says what is missing."""
    prices = {"electricity": "0.15 EUR/kWh"}
    found = answer(asked(prices=prices))
    assert "cost" not in found.best.values
    assert any(remark.startswith("cost is not known: purchase of") for remark in found.remarks)


def test_the_lowest_limit_of_a_board_is_kept() -> None:
    """No limit below the one that is given is chosen, or told."""
    found = answer(asked(optimize__power_cap__lowest="85%"))
    assert limit_of(found) >= 0.85
    assert all(float(one.name[4:-1]) >= 85 for one in found.alternatives if one.name != "no cap")


def test_no_slowdown_is_told_as_what_forbids_a_cap() -> None:
    """Where a bound leaves no room, the verdict does not say that a cap would not pay."""
    found = answer(asked(optimize__power_cap__slowdown="0%"))
    assert found.verdict == ("Do not cap the power: slowdown <= 0 leaves no room for a cap.",)


def test_a_deadline_is_a_slowdown() -> None:
    """103 hours for work of 100 hours is what a slowdown of 3 % is."""
    hours = {"optimize__power_cap__deadline": "103 h", "optimize__power_cap__work_time": "100 h"}
    by_deadline = answer(asked(**hours)).best.values
    assert by_deadline == answer(asked(optimize__power_cap__slowdown="3%")).best.values


def test_a_bound_that_no_limit_keeps_is_named_with_the_least() -> None:
    """Four years of 64 devices on one kilogram: the message says which bound, and what is possible."""
    with pytest.raises(ScenarioError, match=r"no power limit keeps gwp100 <= 1 kgCO2e \(the least"):
        answer(asked(optimize__constraints="gwp100 <= 1 kgCO2e"))


def test_bounds_that_conflict_are_named_together() -> None:
    """Little slowdown and the emissions of a deep cap cannot both be."""
    deep = answer(asked()).best.values["gwp100"]
    raw = asked(
        optimize__constraints=f"gwp100 <= {deep * 1.001:.0f} kgCO2e",
        optimize__power_cap__slowdown="0.1%",
    )
    with pytest.raises(ScenarioError, match=r"slowdown <= 0\.001 .* and gwp100 <= .* together"):
        answer(raw)


def test_without_a_unit_of_work_nothing_is_answered() -> None:
    """Capacity is not work: per EFLOP peak a cap would look free."""
    with pytest.raises(ScenarioError, match="no functional unit tells how much this fleet does"):
        answer(asked(functional_unit="EFLOP peak"))


BROKEN = {
    "unknown fleet": ({"fleet": "trainig"}, 'no fleet "trainig"; did you mean "training"'),
    "deadline alone": ({"fleet": "training", "deadline": "5 h"}, "deadline and work_time belong together"),
    "deadline too early": ({"fleet": "training", "deadline": "5 h", "work_time": "6 h"}, "a cap never makes it faster"),
    "both bounds": ({"fleet": "training", "deadline": "6 h", "work_time": "6 h", "slowdown": "1%"}, "give slowdown or deadline"),
}  # fmt: skip


@pytest.mark.parametrize(("question", "message"), BROKEN.values(), ids=BROKEN)
def test_what_does_not_fit_the_scenario_is_found(
    question: dict[str, Any], message: str, library: Library
) -> None:
    """Each mistake of the question is found, with what is accepted."""
    model = lca.load(asked()).model
    found = [text for _, text in findings(PowerCap.model_validate(question), model, library)]
    assert any(message in text for text in found)


SHAPES = [
    Distribution("exact", (2.0,)),
    Distribution("triangular", (1.0, 2.0, 4.0)),
    Distribution("pert", (1.0, 2.0, 4.0)),
    Distribution("uniform", (1.0, 3.0)),
    Distribution("lognormal", (2.0, 1.2)),
    Distribution("two_piece", (1.0, 2.0, 4.0)),
    Distribution("normal", (2.0, 0.1)),
    Distribution("choice", (1.0, 2.0, 1.0, 3.0)),
    Distribution("empirical", (1.0, 2.0, 4.0)),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.kind)
def test_what_is_written_is_read_as_it_was(shape: Distribution) -> None:
    """Every kind of distribution comes back from its text, and so do its draws."""
    node = product(
        "power",
        "kW",
        share=Factor("share", shape, "", identity="s"),
        rated=Factor("rated", 0.7, "kW"),
    )
    back = read(scaled(node, 0.5), "kW").factor("power", "other")
    draws = Draws(64, 1)
    assert draws.array(back) == pytest.approx(draws.array(node) * 0.5)
    assert written(shape, "kW", {"identity": ""}).keys() & {"identity"} == set()
