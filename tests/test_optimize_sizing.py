"""Solar, wind and battery: closed forms, the balance of every hour, the ledger, dominance, mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import lca
from lca import factors, hourly
from lca.errors import InputError, ScenarioError
from lca.library import packaged_scenarios
from lca.optimize.energy_system import BUILT, Design, Limit, System, design
from lca.optimize.questions import sizing

HOURS = 240


def system(**changes: Any) -> System:
    """Return ten days with a day of sun, wind that comes and goes, and a dirty evening."""
    hours = np.arange(HOURS)
    sun = np.maximum(0, np.sin((hours % 24 - 6) * np.pi / 12))
    wind = 0.5 + 0.4 * np.sin(hours / 17)
    grid = 0.3 + 0.2 * (hours % 24 > 17)
    given = System(
        np.full(HOURS, 100.0),
        grid,
        {"solar": sun, "wind": wind},
        {"solar": 9.0, "wind": 14.0, "battery": 0.8},
        {"solar": 1e4, "wind": 1e4, "battery": 1e4},
        0.95,
        0.9,
        2.0,
    )
    return replace(given, **changes)


def check_hours(found: Design, given: System) -> None:
    """Assert that every hour is served and that the battery keeps to what it is."""
    own = sum(found.built[name] * profile for name, profile in given.profiles.items())
    served = own + found.grid + found.discharged - found.charged
    assert (served >= given.load - 1e-6).all()
    change = given.charge * found.charged - found.discharged / given.discharge
    assert np.roll(found.stored, -1) == pytest.approx(found.stored + change, abs=1e-5)
    size = found.built["battery"]
    assert found.stored.max() <= size + 1e-6
    assert max(found.charged.max(), found.discharged.max()) <= size / given.hours + 1e-6


def test_every_hour_is_served_and_the_battery_is_cyclic() -> None:
    """Balance, state of charge with efficiencies, power of the battery, ends as full as it began."""
    given = system()
    found = design(given)
    check_hours(found, given)
    built = sum(found.built[name] * given.embodied[name] for name in BUILT)
    assert found.value == pytest.approx(built + found.grid @ given.grid)


def test_solar_alone_is_built_until_its_last_kilowatt_saves_what_it_emits() -> None:
    """Closed form: by hours of one level of sun, more is built while yield times grid is above embodied."""
    grid = np.full(HOURS, 0.4)
    profile = np.where(np.arange(HOURS) % 2 == 0, 1.0, 0.0)
    only = {"solar": 1e4, "wind": 0.0, "battery": 0.0}
    worth = profile.sum() * 0.4
    for embodied, expected in ((worth * 0.99, 100.0), (worth * 1.01, 0.0)):
        given = system(
            grid=grid, profiles={"solar": profile}, maximum=only, embodied={"solar": embodied}
        )
        assert design(given).built["solar"] == pytest.approx(expected, abs=1e-6)


def test_a_battery_alone_moves_clean_hours_into_dirty_ones() -> None:
    """Closed form: one clean and one dirty hour a cycle; it is worth its losses, or it is not built."""
    dirty = np.where(np.arange(HOURS) % 2 == 0, 0.1, 0.6)
    only = {"solar": 0.0, "wind": 0.0, "battery": 1e4}
    gain = HOURS / 2 * (0.9 * 0.6 - 0.1 / 0.95)
    for embodied, expected in ((gain * 0.99, 100 / 0.9), (gain * 1.01, 0.0)):
        given = system(
            grid=dirty, profiles={}, maximum=only, embodied={"battery": embodied}, hours=0.5
        )
        assert design(given).built["battery"] == pytest.approx(expected, abs=1e-6)


def test_more_freedom_is_never_worse() -> None:
    """Each thing that can be built more lowers the total or leaves it."""
    allowed = dict.fromkeys(BUILT, 0.0)
    values = [design(system(maximum=allowed)).value]
    for name in BUILT:
        allowed = {**allowed, name: 1e4}
        values.append(design(system(maximum=allowed)).value)
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(100 * system().grid.sum())


def test_a_cleaner_grid_never_adds() -> None:
    """The optimum falls with the grid, and less is built."""
    here, cleaner = design(system()), design(system(grid=system().grid * 0.3))
    assert cleaner.value < here.value
    assert sum(cleaner.built.values()) < sum(here.built.values())


def test_the_price_of_a_bound_is_what_one_unit_more_saves() -> None:
    """Shadow prices of a maximum and of the load against solving again."""
    given = system(maximum={"solar": 50.0, "wind": 20.0, "battery": 30.0})
    found = design(given)
    for name in ("solar", "wind"):
        more = design(replace(given, maximum={**given.maximum, name: given.maximum[name] + 0.01}))
        expected = (more.value - found.value) / 0.01
        assert found.prices.get(f"maximum of {name}", 0.0) == pytest.approx(expected, rel=1e-4)
    loaded = design(replace(given, load=given.load + 0.01))
    assert found.load_price.sum() == pytest.approx((loaded.value - found.value) / 0.01, rel=1e-4)


def test_a_limit_is_kept_and_priced() -> None:
    """At most a tenth of the electricity from the grid costs emissions, and has a price."""
    given = system(embodied={"solar": 60.0, "wind": 90.0, "battery": 3.0})
    limit = Limit("grid", {}, 1.0, 0.1 * float(given.load.sum()))
    found = design(given, (limit,))
    assert found.grid.sum() <= limit.bound * (1 + 1e-9)
    assert found.value > design(given).value
    assert found.prices["grid"] < 0


def question(**asked: Any) -> dict[str, Any]:
    """Return a scenario that asks what to build."""
    given = {"site": "hall", "series": "us_ercot_2022", "load": "100 kW", **asked}
    return {
        "schema": 1,
        "period": "2027",
        "functional_unit": ["device year"],
        "sites": {"hall": {"region": "US", "pue": "1.2", "transmission_loss": "5%"}},
        "work": {"run": {"it_energy": "876 MWh", "site": "hall"}},
        "optimize": {"sizing": given},
    }


def test_with_nothing_built_a_year_is_that_of_the_ledger() -> None:
    """A flat load on the annual mean: 100 kW for 8,760 h are the 876 MWh of the work entry."""
    mean = float(hourly.packaged("us_ercot_2022").intensity("lifecycle").mean())
    scenario = lca.load(question(battery={}))
    answer = sizing.solve(scenario, samples=0)
    flat = {"sites.hall.grid": {"value": f"{mean!r} kgCO2e/kWh"}, "optimize": None}
    ledger = lca.evaluate(scenario.patch(flat, "flat"), samples=0)
    assert answer.usual.values["gwp100"] == pytest.approx(ledger.total().central, rel=1e-6)


def test_solar_without_a_figure_of_its_own_is_charged_its_published_range() -> None:
    """One kW emits the life-cycle median times the kWh it can generate, year by year of life."""
    answer = sizing.solve(lca.load(question(solar={})), samples=0)
    source = factors.generation_source("solar", "lifecycle")
    yearly = hourly.packaged("us_ercot_2022").profile("solar").sum() * source.central
    assert float(answer.tables["what is built"][1][2]) == pytest.approx(yearly, rel=0.01)


def test_an_answer_has_all_its_parts() -> None:
    """Verdict, regret, alternatives without each thing, price of load, score, and what it stands for."""
    asked = question(
        solar={"embodied": "1500 kgCO2e/kW", "maximum": "300 kW"}, battery={"maximum": "500 kWh"}
    )
    answer = sizing.solve(lca.load(asked), samples=256)
    assert "of the draws" in answer.verdict[0]
    assert {one.choice for one in answer.regret} == {
        "build",
        "grid alone",
        "no solar",
        "no battery",
    }
    assert any(one.name.startswith("one kW more of load") for one in answer.binding)
    assert answer.best.estimates["gwp100"].central == pytest.approx(answer.best.values["gwp100"])
    assert answer.best.values["gwp100"] < answer.usual.values["gwp100"]
    assert "carbon-free share by the hour" in answer.facts
    assert any("perfect foresight" in text for text in answer.remarks)
    assert any("cost is not known" in text for text in answer.remarks)


def test_with_prices_there_is_an_exact_front_of_carbon_and_cost() -> None:
    """From the lowest carbon to the grid alone, cost falls as carbon rises, and a tonne has a price."""
    asked = question(solar={"price": "2000 EUR/kW", "lifetime": "25 years", "maximum": "400 kW"})
    asked["prices"] = {"electricity": "0.08 EUR/kWh"}
    answer = sizing.solve(lca.load(asked), samples=0)
    points = [(one.values["gwp100"], one.values["cost"]) for one in answer.front]
    assert len(points) >= 3
    assert points == sorted(points)
    assert [cost for _, cost in points] == sorted((cost for _, cost in points), reverse=True)
    assert answer.saved is not None
    assert answer.saved.unit == "EUR/tCO2e"
    assert answer.saved.quadrant in {"costs to save", "saves both"}


def test_a_constraint_on_the_carbon_free_share_is_kept() -> None:
    """Asked for 90 % by the hour, the design has it; asked for what cannot be, it says so."""
    asked = question(solar={}, wind={}, battery={})
    asked["optimize"]["sizing"]["solar"]["embodied"] = "4000 kgCO2e/kW"
    asked["optimize"]["sizing"]["wind"]["embodied"] = "9000 kgCO2e/kW"
    asked["optimize"]["constraints"] = ["carbon_free_share >= 80%"]
    answer = sizing.solve(lca.load(asked), samples=0)
    share = float(answer.facts["carbon-free share by the hour"].split(", ")[1].split("%")[0])
    assert share >= 79.9
    asked["optimize"]["constraints"] = [
        "carbon_free_share >= 80%",
        "solar <= 1 kW",
        "wind <= 1 kW",
        "battery <= 1 kWh",
    ]
    with pytest.raises(ScenarioError, match=r"no design|cannot be kept"):
        sizing.solve(lca.load(asked), samples=0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({}, "nothing can be built"),
        ({"solar": {}, "series": "ercot"}, 'did you mean "us_ercot_2022"'),
        ({"solar": {}, "site": "hal"}, 'did you mean "hall"'),
        (
            {"solar": {"embodied": "1 kgCO2e/kW", "intensity": "1 gCO2e/kWh"}},
            "give embodied or intensity",
        ),
        ({"battery": {"charge_efficiency": "120%"}}, "more than 100%"),
        ({"battery": {"size": "3 kWh"}}, "size"),
        ({"solar": {}, "load": "0 kW"}, "a load of 0 kW needs nothing"),
    ],
)
def test_a_mistake_in_the_question_is_told(asked: dict[str, Any], message: str) -> None:
    """What was found, what is accepted, the nearest name."""
    with pytest.raises(InputError) as caught:
        sizing.solve(lca.load(question(**asked)), samples=0)
    assert message in str(caught.value)


def test_the_shipped_example_builds_and_saves() -> None:
    """Solar, wind and battery are built; wind is held back by its maximum, and most is saved."""
    scenario = lca.load(packaged_scenarios() / "solar_and_battery.yaml")
    answer = sizing.solve(scenario, samples=256)
    assert answer.best.values["gwp100"] < 0.5 * answer.usual.values["gwp100"]
    assert any(one.name == "maximum of wind" for one in answer.binding)
