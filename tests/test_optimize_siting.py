"""Running jobs elsewhere: brute force, published regions, migration, capacity, mistakes."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lca
from lca.errors import InputError, ScenarioError
from lca.library import packaged_scenarios
from lca.optimize.questions import siting
from lca.optimize.shifting import Field, Task, first_come, overloads, solve

HEADING = "timestamp_utc,carbon_intensity_lifecycle_gCO2e_per_kWh"


def field(seed: int, capacity: float = np.inf, move: float = 0.0) -> Field:
    """Return two places of ten hours."""
    cost = np.random.default_rng(seed).uniform(0.1, 0.6, (2, 10))
    return Field(cost, np.full((2, 10), capacity), np.full(2, move))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("move", [0.0, 0.3])
def test_whole_jobs_in_two_places_are_those_of_brute_force(seed: int, move: float) -> None:
    """Two jobs, every start in every place, with capacity and a price of moving."""
    where = field(seed, 1.5, move)
    jobs = [
        Task("a", 1.0, 3, 0, 9, "uninterruptible"),
        Task("b", 1.0, 4, 1, 10, "uninterruptible", home=1),
    ]
    options = [
        [(place, start) for place in (0, 1) for start in range(j.release, j.deadline - j.hours + 1)]
        for j in jobs
    ]
    best = np.inf
    for choice in itertools.product(*options):
        load, carbon = np.zeros((2, 10)), 0.0
        for (place, start), job in zip(choice, jobs, strict=True):
            load[place, start : start + job.hours] += 1
            carbon += where.cost[place, start : start + job.hours].sum() + move * (
                place != job.home
            )
        if (load <= 1.5).all():
            best = min(best, carbon)
    found = solve(where, jobs)
    assert not overloads(found, where)
    assert best - 1e-9 <= found.carbon(where, jobs) <= best * (1 + found.gap) + 1e-9


def test_pausing_jobs_share_two_places_no_worse_than_in_one() -> None:
    """A second place never hurts, and moving is paid for."""
    where = field(3, 2.0, 0.05)
    jobs = [Task(f"{n}", 1.0, 5, 0, 10, "interruptible") for n in range(3)]
    found = solve(where, jobs)
    usual = first_come(where, jobs)
    closed = Field(where.cost + np.array([[0.0], [100.0]]), where.capacity, where.move)
    at_home = solve(closed, jobs).carbon(where, jobs)
    assert not overloads(found, where)
    assert found.carbon(where, jobs) <= at_home + 1e-9 <= usual.carbon(where, jobs) + 2e-9
    assert found.load(where).sum() == pytest.approx(15)


def flat(folder: Path, name: str, grams: float) -> None:
    """Write a week of one intensity."""
    times = np.datetime64("2022-01-01T00", "s") + np.arange(168) * np.timedelta64(3600, "s")
    rows = "\n".join(f"{time}Z,{grams}" for time in times)
    (folder / f"{name}.csv").write_text(f"{HEADING}\n{rows}\n", encoding="utf-8")


def question(places: dict[str, Any], **asked: Any) -> dict[str, Any]:
    """Return a scenario of two sites without overhead that asks where to run a job."""
    site = {"region": "US", "pue": "1.0", "transmission_loss": "0%"}
    job = {"it_energy": "37.3 kWh", "duration": "36 h", "slack": "24 h"}
    given: dict[str, Any] = {"places": places, "jobs": {"bert": job}, **asked}
    return {
        "schema": 1,
        "period": "2027",
        "functional_unit": ["device year"],
        "sites": {"worst": site, "best": {**site, "pue": "1.0"}},
        "work": {"other": {"it_energy": "1 kWh", "site": "worst"}},
        "optimize": {"siting": given},
    }


PLACES = {
    "worst": {"site": "worst", "series": "worst.csv"},
    "best": {"site": "best", "series": "best.csv"},
}


def asked_in(folder: Path, scenario: dict[str, Any]) -> lca.Scenario:
    """Save a scenario beside its series, and load it."""
    flat(folder, "worst", 755)
    flat(folder, "best", 200)
    lca.load(scenario).save(folder / "s.yaml")
    return lca.load(folder / "s.yaml")


def test_the_published_choice_of_a_region_is_reproduced(tmp_path: Path) -> None:
    """Dodge et al., Measuring the Carbon Intensity of AI in Cloud Instances (FAccT 2022), 5.1.

    BERT on 37.3 kWh: 7 kg in the least and 26 kg in the most carbon-intensive region, at about 200
    and 755 g/kWh; within the 9 % that their rounded figures leave open.
    """
    answer = siting.solve(asked_in(tmp_path, question(PLACES)), samples=0)
    assert answer.usual.values["gwp100"] == pytest.approx(26, rel=0.09)
    assert answer.best.values["gwp100"] == pytest.approx(7, rel=0.09)
    assert answer.facts["jobs that move"] == "1 of 1"


def test_a_move_that_emits_more_than_it_saves_is_not_made(tmp_path: Path) -> None:
    """At 30 kg a move the job stays; at 10 kg it goes, and the move is counted."""
    stays = question(PLACES, migration={"carbon": "30 kgCO2e"})
    goes = question(PLACES, migration={"carbon": "10 kgCO2e"})
    there = siting.solve(asked_in(tmp_path, stays), samples=0)
    away = siting.solve(asked_in(tmp_path, goes), samples=0)
    assert there.facts["jobs that move"] == "0 of 1"
    assert away.best.values["gwp100"] == pytest.approx(37.3 * 0.2 + 10)


def test_the_overhead_of_a_site_counts(tmp_path: Path) -> None:
    """A PUE of 4 undoes a grid that is almost four times cleaner."""
    scenario = question(PLACES)
    scenario["sites"]["best"]["pue"] = "4.0"
    answer = siting.solve(asked_in(tmp_path, scenario), samples=0)
    assert answer.facts["jobs that move"] == "0 of 1"


def test_local_hours_are_not_laid_beside_others(tmp_path: Path) -> None:
    """Times with daylight saving and without an offset are refused: their hour is not known."""
    clock = np.datetime64("2022-01-01T00", "s") + np.arange(8760) * np.timedelta64(3600, "s")
    clock[1706:7418] += np.timedelta64(3600, "s")
    rows = "\n".join(f"{time},300" for time in clock)
    scenario = asked_in(tmp_path, question(PLACES))
    heading = HEADING.replace("_utc", "")
    (tmp_path / "best.csv").write_text(f"{heading}\n{rows}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="local standard time"):
        siting.solve(scenario, samples=0)


def test_the_shipped_queue_is_sited() -> None:
    """California takes most, moving and shifting beat shifting at home, and the rest is told."""
    scenario = lca.load(packaged_scenarios() / "shift_training_queue.yaml")
    answer = siting.solve(scenario, samples=256)
    values = {one.choice: one for one in answer.regret}
    assert values["sited and shifted"].mean < values["shifted at home only"].mean
    assert answer.best.details["california"] != "0% of the energy"
    assert any("different years" in text for text in answer.remarks)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"places": {}}, "no places"),
        ({"places": {"a": {"site": "wrst", "series": "de_2019"}}}, 'did you mean "worst"'),
        ({"places": {"a": {"site": "worst", "series": "de_2018"}}}, 'did you mean "de_2019"'),
        ({"places": {"a": {"site": "worst", "series": "no.csv"}}}, "no file"),
        ({"places": PLACES, "migration": {}}, "give it_energy or carbon"),
        (
            {"places": PLACES, "jobs": {"x": {"power": "1 kW", "duration": "1 h", "home": "bst"}}},
            'no place "bst"; did you mean "best"',
        ),
    ],
)
def test_a_mistake_in_the_question_is_told(asked: dict[str, Any], message: str) -> None:
    """What was found, what is accepted, the nearest name."""
    with pytest.raises(InputError) as caught:
        siting.solve(lca.load(question(**asked)), samples=0)
    assert message in str(caught.value)


def test_a_scenario_that_does_not_ask_is_told_how() -> None:
    """The section that is missing is named."""
    with pytest.raises(ScenarioError, match="add optimize"):
        siting.solve(lca.load(question(PLACES) | {"optimize": {}}))
