"""Second lives: old devices flow from use to use, and only displaced demand is credited, apart."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pytest

import lca
from lca.errors import ScenarioError
from lca.optimize.answer import Answer
from lca.optimize.cascade import build, costs, displaced, displaced_ledger, flows
from lca.optimize.programs import relax
from lca.optimize.programs import solve as solved
from lca.optimize.questions.second_life import SCRAP, credits
from lca.optimize.questions.second_life import solve as decide
from lca.scenario import Scenario
from lca.scenario.questions.second_life import findings
from lca.terms import Draws

EXACT = 1e-6
RAW: dict[str, Any] = {
    "schema": 1,
    "title": "asked",
    "period": "2027-2030",
    "sites": {
        "clean": {"region": "NO", "pue": "1.2", "grid": {"value": "10 gCO2e/kWh"}},
        "dirty": {"region": "PL", "pue": "1.4", "grid": {"value": "700 gCO2e/kWh"}},
    },
    "fleet": {
        "old": {
            "device": "nvidia-a100-sxm4-80gb",
            "count": {2023: 6},
            "lifetime": "4 years",
            "site": "dirty",
            "embodied": "sunk",
            "replace": "no",
            "utilization": "60%",
        }
    },
    "optimize": {
        "second_life": {
            "fleet": "old",
            "released": {2027: 4, 2028: 2},
            "longest": "2 years",
            "tiers": {
                "batch": {
                    "site": "clean",
                    "utilization": "50%",
                    "demand": {2027: 3, 2028: 1},
                    "refurbish": "5 kWh",
                    "displaces": {
                        "device": "nvidia-h100-sxm5-80gb",
                        "lifetime": "5 years",
                        "devices": "1",
                        "rate": {"low": "60%", "mode": "80%", "high": "100%"},
                    },
                },
                "lab": {
                    "site": "clean",
                    "utilization": "10%",
                    "demand": 2,
                    "displaces": {
                        "device": "nvidia-a10",
                        "lifetime": "5 years",
                        "devices": "2",
                        "rate": "80% ± 10%",
                    },
                },
            },
        }
    },
    "uncertainty": {"samples": 256, "seed": 3},
}


def raw(**tiers: dict[str, Any]) -> dict[str, Any]:
    """Return the contents, with fields of tiers and of what they displace changed."""
    found = copy.deepcopy(RAW)
    for name, changes in tiers.items():
        tier = found["optimize"]["second_life"]["tiers"][name]
        tier["displaces"].update(changes.pop("displaces", {}))
        tier.update(changes)
    return found


def scenario(**tiers: dict[str, Any]) -> Scenario:
    """Return a scenario that asks for a second life."""
    return lca.load(raw(**tiers))


def answer(**tiers: dict[str, Any]) -> Answer:
    """Answer the question."""
    return decide(scenario(**tiers))


def least(**tiers: dict[str, Any]) -> float:
    """Return the objective of the optimum."""
    return answer(**tiers).best.values["gwp100"]


def rates(share: str) -> dict[str, dict[str, Any]]:
    """Return one displacement rate for both tiers."""
    return {name: {"displaces": {"rate": share}} for name in ("batch", "lab")}


def test_footprint_and_credit_afresh_give_the_objective() -> None:
    """The written scenario's ledger less the credits of a fresh ledger is the objective."""
    base, found = scenario(), answer()
    gross = lca.evaluate(base.patch(found.best.patches, "chosen"), samples=0).total().central
    credit = gross - found.best.values["gwp100"]
    assert credit > 0
    assert found.evaluated == pytest.approx(found.best.values["gwp100"], rel=EXACT)


def test_credits_are_never_inside_the_written_scenario() -> None:
    """No line of the chosen scenario is negative, and the credit is told on a line of its own."""
    base, found = scenario(), answer()
    ledger = lca.evaluate(base.patch(found.best.patches, "chosen"), samples=0)
    assert min(row.estimate.central for row in ledger.by("asset", "stage", "year")) >= 0
    assert found.facts["credit for displaced demand (apart)"].startswith("-")
    assert "footprint without credit" in found.facts


def test_the_optimum_is_that_of_trying_everything() -> None:
    """No other whole numbers of devices by tier and year, kept to their second life, are lower."""
    asked = scenario().model.optimize
    assert asked is not None
    assert asked.second_life is not None
    base = raw()
    base["period"] = "2027-2028"
    found = decide(lca.load(base))
    case = build(lca.load(base), asked.second_life, "gwp100")
    gain = case.used["gwp100"] - case.rate[:, None] * case.avoided["gwp100"]
    fit = case.refurbished["gwp100"]
    tried = []
    # serving in batch and lab in 2027; then in 2028: stayed or moved down, or newly released
    for b27, l27 in itertools.product(range(4), range(3)):
        if b27 + l27 > 4:
            continue
        for stay, down, keep in itertools.product(range(b27 + 1), range(b27 + 1), range(l27 + 1)):
            if stay + down > b27:
                continue
            for new_b, new_l in itertools.product(range(3), repeat=2):
                serving = np.array([[b27, stay + new_b], [l27, keep + down + new_l]])
                if new_b + new_l > 2 or (serving > case.demand).any():
                    continue
                arriving = np.array([[b27, new_b], [l27, down + new_l]])
                tried.append(float((gain * serving).sum() + (fit * arriving).sum()))
    lowest = min(tried) + case.fixed["gwp100"]
    assert found.best.values["gwp100"] == pytest.approx(lowest, rel=EXACT)


def test_nothing_displaced_means_nothing_gained() -> None:
    """At a displacement rate of zero, devices are scrapped at once: there is no credit for mere use."""
    found = answer(**rates("0%"))
    assert found.best.name == SCRAP
    assert not found.best.patches
    assert found.best is found.usual
    assert found.best.values == pytest.approx(found.usual.values)


def test_the_rate_from_which_it_pays_is_where_use_equals_credit() -> None:
    """Just above the rate that is told a second life is chosen; far below it, none."""
    told = answer(**rates("100%")).facts["displacement rate from which it pays"]
    share = float(told.rstrip("%")) / 100
    assert 0 < share < 1
    assert answer(**rates(f"{share + 0.2:.3f}")).best.patches
    assert answer(**rates(f"{share / 4:.3f}")).best.name == SCRAP


def test_dirty_electricity_ends_second_lives() -> None:
    """Where electricity is dirty the old devices use more than they displace."""
    dirty = {"site": "dirty", "displaces": {"devices": "0.3"}}
    assert answer(batch=dict(dirty), lab=dict(dirty)).best.name == SCRAP


def test_more_freedom_is_never_worse() -> None:
    """More work for old devices, a longer second life or a higher rate never raise the optimum."""
    base = least()
    assert least(batch={"demand": 6}) <= base + EXACT
    assert least(**rates("100%")) <= least(**rates("50%")) + EXACT
    longer = raw()
    longer["optimize"]["second_life"]["longest"] = "4 years"
    assert decide(lca.load(longer)).best.values["gwp100"] <= base + EXACT


def test_no_more_serve_than_have_work_were_released_and_live() -> None:
    """In every year demand, releases and the second life are kept."""
    rows = answer().tables["Devices in service"][1:]
    batch, lab = (np.array([int(row[place]) for row in rows]) for place in (2, 3))
    assert (batch <= [3, 1, 1, 1]).all()
    assert (lab <= 2).all()
    assert ((batch + lab) <= [4, 6, 2, 0]).all()


def test_whole_numbers_cost_nothing_against_the_relaxation() -> None:
    """Flows are whole by themselves: the relaxation has the same optimum."""
    asked = scenario().model.optimize
    assert asked is not None
    assert asked.second_life is not None
    case = build(scenario(), asked.second_life, "gwp100")
    program = flows(case)
    price = costs(case, program, "gwp100")
    whole, relaxed = solved(program.program, price), relax(program.program, price)
    assert whole is not None
    assert relaxed is not None
    assert whole.objective == pytest.approx(relaxed.objective, rel=EXACT)


def test_the_uncertain_rate_moves_the_credit() -> None:
    """Draws of the credit are those of the rate times those of what is displaced."""
    base = scenario()
    asked = base.model.optimize
    assert asked is not None
    assert asked.second_life is not None
    case = build(base, asked.second_life, "gwp100")
    plan = np.zeros_like(case.demand)
    plan[0, 0] = 1.0
    draws = Draws(256, 3)
    found = credits(case, (plan, plan), "gwp100", draws)
    ledger = displaced_ledger(base, asked.second_life, draws, case.embodied_model)
    whole = displaced(ledger, base, asked.second_life, "gwp100")[0, 0]
    share = found / whole
    assert share[0] == pytest.approx(0.8)
    assert share[1:].min() >= 0.6
    assert share[1:].max() <= 1.0
    assert share[1:].std() > 0.05


def test_regret_compares_with_scrapping() -> None:
    """Scrapping at once is business as usual and is among the choices compared."""
    found = answer()
    assert found.usual.name == SCRAP
    assert SCRAP in {one.choice for one in found.regret}
    assert sum(one.best for one in found.regret) == pytest.approx(1)


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"fleet": "olt"}, ("fleet",), 'did you mean "old"'),
        ({"released": 7}, ("released",), "7 are released, but old has 6"),
        ({"longest": "1.5 years"}, ("longest",), "whole years"),
        ({"tiers": {}}, ("tiers",), "at least one"),
    ],
)
def test_what_leads_nowhere_is_found(
    change: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    """A wrong name, too many devices or part of a year is a finding with its path."""
    base = scenario()
    contents = {**base.data["optimize"]["second_life"], **change}
    record = type(base.model.optimize.second_life).model_validate(contents)  # type: ignore[union-attr]
    assert message in dict(findings(record, base.model, base.library))[path]


def test_constraints_are_refused_where_none_apply() -> None:
    """A constraint is not silently ignored."""
    limited = raw()
    limited["optimize"]["constraints"] = ["gwp100 <= 5 tCO2e"]
    with pytest.raises(ScenarioError, match="take it out"):
        decide(lca.load(limited))
