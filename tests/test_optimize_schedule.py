"""Running jobs in cleaner hours: brute force, closed forms, dominance, the ledger, mistakes."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lca
from lca.errors import ScenarioError
from lca.library import packaged_scenarios
from lca.optimize.questions import schedule
from lca.optimize.shifting import (
    Array,
    Field,
    Plan,
    Task,
    first_come,
    fully_flexible,
    overloads,
    solve,
)
from lca.optimize.shifting_capacity import NoRoom

HOURS = 24


def field(cost: Array | list[float], capacity: float = np.inf) -> Field:
    """Return one place with a cost by hour and the same capacity in all of them."""
    rows = np.atleast_2d(np.asarray(cost, dtype=float))
    return Field(rows, np.full(rows.shape, capacity), np.zeros(len(rows)))


def task(hours: int, window: tuple[int, int], kind: str = "uninterruptible", **more: Any) -> Task:
    """Return a job of 1 kW."""
    given: dict[str, Any] = {"name": "job", "power": 1.0, **more}
    return Task(given.pop("name"), given.pop("power"), hours, window[0], window[1], kind, **given)


def days(seed: int, hours: int = HOURS) -> Array:
    """Return a random cost by hour."""
    return np.random.default_rng(seed).uniform(0.1, 0.6, hours)


def value(plan: Plan, where: Field, *tasks: Task) -> float:
    """Return the emissions of a plan."""
    return plan.carbon(where, tasks)


def test_an_uninterruptible_job_takes_the_lowest_sliding_sum() -> None:
    """Against every start."""
    where, job = field(days(1)), task(5, (3, 20))
    every = [where.cost[0, s : s + 5].sum() for s in range(3, 16)]
    assert value(solve(where, [job]), where, job) == pytest.approx(min(every))


def test_an_interruptible_job_takes_its_cleanest_hours() -> None:
    """Against every choice of hours."""
    where, job = field(days(2, 12)), task(4, (1, 11), "interruptible")
    every = [where.cost[0, list(c)].sum() for c in itertools.combinations(range(1, 11), 4)]
    assert value(solve(where, [job]), where, job) == pytest.approx(min(every))


def test_an_elastic_job_takes_the_hours_of_most_work_per_kilogram() -> None:
    """Against every number of machines in every hour, work being whole at three hours."""
    gains = (1.0, 1.0, 0.5)
    where, job = field(days(3, 5)), task(3, (0, 5), "elastic", gains=gains)
    work = np.concatenate(([0.0], np.cumsum(gains)))
    every = (
        sum(n * c for n, c in zip(machines, where.cost[0], strict=True))
        for machines in itertools.product(range(4), repeat=5)
        if sum(work[n] for n in machines) >= 3
    )
    found = solve(where, [job])
    best_of_whole = min(every)
    assert value(found, where, job) <= best_of_whole + 1e-9
    done = sum(work[int(p)] + (p % 1) * gains[min(int(p), 2)] for p in found.load(where)[0])
    assert done == pytest.approx(3)


def test_an_elastic_job_on_one_machine_is_an_interruptible_one() -> None:
    """A speed-up of nothing but the first machine changes nothing."""
    where = field(days(4))
    one, other = task(6, (2, 20), "elastic"), task(6, (2, 20), "interruptible")
    assert value(solve(where, [one]), where, one) == pytest.approx(
        value(solve(where, [other]), where, other)
    )


@pytest.mark.parametrize("seed", range(6))
def test_whole_jobs_with_capacity_are_those_of_brute_force(seed: int) -> None:
    """Three jobs that cannot run side by side, against all starts of all of them."""
    where = field(days(seed, 10), 2.0)
    jobs = [task(3, (0, 9), power=1.2), task(2, (1, 10), power=1.0), task(4, (0, 10), power=0.9)]
    best = np.inf
    for starts in itertools.product(*(range(j.release, j.deadline - j.hours + 1) for j in jobs)):
        load = np.zeros(10)
        for start, job in zip(starts, jobs, strict=True):
            load[start : start + job.hours] += job.power
        if (load <= 2.0 + 1e-9).all():
            best = min(best, float(load @ where.cost[0]))
    found = solve(where, jobs)
    assert not overloads(found, where)
    assert value(found, where, *jobs) <= best * (1 + found.gap) + 1e-9
    assert value(found, where, *jobs) >= best - 1e-9


def test_merging_jobs_of_equal_window_is_exact() -> None:
    """Ten jobs together emit what the program without merging does: each with a window of its own name."""
    where = field(days(7), 6.0)
    same = [task(3, (2, 14), "interruptible", power=1 + n / 10) for n in range(5)]
    apart = [
        task(3, (2, 14), "elastic", power=one.power, gains=(1.0, 1e-9 * (n + 1)))
        for n, one in enumerate(same)
    ]
    assert value(solve(where, same), where, *same) == pytest.approx(
        value(solve(where, apart), where, *apart), rel=1e-6
    )


def test_an_elastic_job_with_capacity_meets_its_work() -> None:
    """Two elastic jobs share a capacity: all work is done and no hour is overdrawn."""
    where = field(days(8), 2.0)
    jobs = [
        task(6, (0, 12), "elastic", gains=(1.0, 0.8)),
        task(5, (4, 16), "elastic", gains=(1.0, 0.6)),
    ]
    found = solve(where, jobs)
    assert not overloads(found, where)
    free = solve(field(where.cost), jobs)
    assert value(found, where, *jobs) >= value(free, where, *jobs)


def queue_of(kind: str, seed: int = 0, count: int = 30) -> list[Task]:
    """Return a random queue over ten days."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        hours = int(random.integers(1, 9))
        start = int(random.integers(0, 240 - hours - 30))
        end = start + hours + int(random.integers(0, 30))
        found.append(task(hours, (start, end), kind, power=float(random.integers(1, 9))))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_more_freedom_is_never_worse(seed: int) -> None:
    """Run through, pause, more machines, any hour: each emits no more than the one before."""
    where = field(days(seed, 240))
    jobs = queue_of("uninterruptible", seed)
    pausing = queue_of("interruptible", seed)
    chain = [
        value(first_come(where, jobs), where, *jobs),
        value(solve(where, jobs), where, *jobs),
        value(solve(where, pausing), where, *pausing),
        fully_flexible(where, pausing),
    ]
    assert chain == sorted(chain, reverse=True)


@pytest.mark.parametrize("kind", ["uninterruptible", "interruptible"])
def test_more_capacity_is_never_worse(kind: str) -> None:
    """From just enough to no limit, emissions fall or stay."""
    jobs = queue_of(kind, 1)
    found = []
    for capacity in (16.0, 24.0, 40.0, np.inf):
        where = field(days(1, 240), capacity)
        plan = solve(where, jobs)
        assert not overloads(plan, where)
        found.append(value(plan, where, *jobs))
    assert all(later <= before * 1.0021 for before, later in itertools.pairwise(found))


def test_the_price_of_capacity_is_what_one_kilowatt_more_saves() -> None:
    """The sum of the hourly prices against solving again with a little more."""
    jobs = queue_of("interruptible", 2)
    here, more = field(days(2, 240), 17.0), field(days(2, 240), 17.001)
    plan = solve(here, jobs)
    assert plan.prices is not None
    saved = value(plan, here, *jobs) - value(solve(more, jobs), more, *jobs)
    assert plan.prices.sum() == pytest.approx(saved / 0.001, rel=1e-3)


def test_jobs_that_do_not_fit_say_how_much_is_needed() -> None:
    """Two jobs of 1 kW in one hour need twice a capacity of 1 kW."""
    jobs = [task(1, (5, 6)), task(1, (5, 6))]
    with pytest.raises(NoRoom) as caught:
        solve(field(days(0), 1.0), jobs)
    assert caught.value.factor == pytest.approx(2)


def test_an_exponentially_cleaner_grid_puts_every_job_last() -> None:
    """Where each hour is cleaner than the one before, jobs end at their deadline: a closed form."""
    where, job = field(0.4 * np.exp(-0.05 * np.arange(48))), task(6, (4, 40), "interruptible")
    ratio = np.exp(-0.05)
    closed = 0.4 * ratio**34 * (1 - ratio**6) / (1 - ratio)
    assert value(solve(where, [job]), where, job) == pytest.approx(closed)
    through = task(6, (4, 40))
    assert value(solve(where, [through]), where, through) == pytest.approx(closed)


def test_slack_helps_short_jobs_most_and_pausing_never_hurts() -> None:
    """Dodge et al., Measuring the Carbon Intensity of AI in Cloud Instances (FAccT 2022), Table 4.

    Their series are not public; what they order holds on ours: with 24 h of slack, the saving falls
    from a job of 6 h to one of 192 h, pausing is never worse than starting later, and a job of
    192 h gains a few percent at most.
    """
    from lca import hourly

    cost = hourly.packaged("us_ercot_2022").intensity("lifecycle")
    where = field(cost)
    savings = {}
    for kind in ("uninterruptible", "interruptible"):
        for hours in (6, 36, 192):
            jobs = [task(hours, (s, s + hours + 24), kind) for s in range(0, 8400, 168)]
            before = value(first_come(where, jobs), where, *jobs)
            savings[kind, hours] = 1 - value(solve(where, jobs), where, *jobs) / before
    for kind in ("uninterruptible", "interruptible"):
        assert savings[kind, 6] > savings[kind, 36] > savings[kind, 192]
    assert all(savings["interruptible", h] >= savings["uninterruptible", h] for h in (6, 36, 192))
    assert savings["uninterruptible", 192] < 0.05


def question(**asked: Any) -> dict[str, Any]:
    """Return a scenario that asks for a schedule."""
    given = {"site": "hall", "series": "us_caiso_2022", **asked}
    return {
        "schema": 1,
        "period": "2027",
        "functional_unit": ["device year"],
        "sites": {"hall": {"region": "US", "pue": "1.2", "transmission_loss": "5%"}},
        "work": {"tune": {"it_energy": "73 MWh", "site": "hall"}},
        "optimize": {"schedule": given},
    }


NIGHTLY = {"work": "tune", "duration": "4 h", "release": "2 h", "every": "24 h", "slack": "12 h"}


def test_the_energy_of_jobs_ties_to_the_ledger() -> None:
    """On a flat grid of the annual mean, jobs emit what the ledger says of the work they stand for."""
    from lca import hourly

    mean = float(hourly.packaged("us_caiso_2022").intensity("lifecycle").mean())
    scenario = lca.load(question(jobs={"tune": {**NIGHTLY, "times": 300}}))
    answer = schedule.solve(scenario, samples=16)
    grid = {"value": f"{mean!r} kgCO2e/kWh"}
    ledger = lca.evaluate(
        scenario.patch({"sites.hall.grid": grid, "optimize": None}, "flat"), samples=0
    )
    rows = {row.labels[0]: row.estimate.central for row in ledger.by("asset")}
    rate = rows["tune"] / 73_000 / mean
    assert rate == pytest.approx(1.2 / 0.95)
    assert answer.facts["IT energy"] == "73,000 kWh"
    intensity = hourly.packaged("us_caiso_2022").intensity("lifecycle")
    starts = 2 + 24 * np.arange(300)
    usual = sum(intensity[s : s + 4].sum() for s in starts) * 73_000 / 1200 * rate
    assert answer.usual.values["gwp100"] == pytest.approx(usual, rel=1e-6)
    best = sum(min(intensity[s + k : s + k + 4].sum() for k in range(13)) for s in starts)
    assert answer.best.values["gwp100"] == pytest.approx(best * 73_000 / 1200 * rate, rel=1e-6)


def test_an_answer_has_all_its_parts() -> None:
    """Verdict with number and probability, regret over draws, bound, both accounts, remarks."""
    jobs = {"tune": {**NIGHTLY, "kind": "interruptible"}}
    answer = schedule.solve(lca.load(question(jobs=jobs, capacity="50 kW")), samples=256)
    assert answer.question == "schedule"
    assert "%" in answer.verdict[0]
    assert "of the draws" in answer.verdict[0]
    assert "at most" in answer.verdict[1]
    assert answer.evaluated is None
    assert {one.choice for one in answer.regret} >= {"shifted", "run on release"}
    assert sum(one.best for one in answer.regret) == pytest.approx(1)
    assert answer.best.estimates["gwp100"].central == pytest.approx(answer.best.values["gwp100"])
    assert answer.saved is not None
    assert answer.saved.quadrant == "cost not known"
    assert any("location-based" in text for text in answer.remarks)
    assert any("marginal" in text for text in answer.remarks)


def test_a_contract_without_hours_leaves_nothing_to_save_on_the_market_account() -> None:
    """With all electricity under contract, the market-based account does not move with the hour."""
    asked = question(jobs={"tune": NIGHTLY})
    contract = {"kind": "ppa", "share": "100%", "intensity": "0.02 kgCO2e/kWh"}
    asked["sites"]["hall"]["contract"] = contract
    answer = schedule.solve(lca.load(asked), samples=0)
    assert answer.facts["saving on the market-based account"].startswith("none")


def test_capacity_by_hour_of_day_is_kept() -> None:
    """24 values close the hall at night: nothing runs while its capacity is 0."""
    jobs = {"tune": {**NIGHTLY, "kind": "interruptible"}}
    closed = ["0 kW" if hour < 8 else "100 kW" for hour in range(24)]
    scenario = lca.load(question(jobs=jobs, capacity=closed))
    answer = schedule.solve(scenario, samples=0)
    starts = [row[2] for row in answer.tables["jobs that save most"][1:]]
    assert all(int(stamp[11:13]) >= 8 for stamp in starts)


def test_jobs_are_read_from_a_file_beside_the_scenario(tmp_path: Path) -> None:
    """A CSV with units in its heading does what inline jobs do."""
    inline = {"a": {"power": "3 kW", "duration": "2 h", "release": "5 h", "slack": "9 h"}}
    expected = schedule.solve(lca.load(question(jobs=inline)), samples=0)
    rows = "name,power_kW,duration_h,release_h,slack_h,kind\na,3,2,5,9,uninterruptible\n"
    (tmp_path / "queue.csv").write_text(rows, encoding="utf-8")
    lca.load(question(jobs_file="queue.csv")).save(tmp_path / "s.yaml")
    answer = schedule.solve(lca.load(tmp_path / "s.yaml"), samples=0)
    assert answer.best.values == expected.best.values


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("name,power,duration_h\na,3,2\n", 'no column "power" is read; did you mean "power_kW"'),
        ("name,power_kW,duration_h\na,much,2\n", "queue.csv:2: power"),
        ("name,power_kW,duration_h,kind\na,3,2,sometimes\n", "queue.csv:2: kind"),
        ("name,duration_h\na,2\n", "give exactly one of: power, it_energy, work"),
    ],
)
def test_a_mistake_in_the_file_of_jobs_is_told_with_its_line(
    rows: str, message: str, tmp_path: Path
) -> None:
    """File, line, what was found and what is accepted."""
    (tmp_path / "queue.csv").write_text(rows, encoding="utf-8")
    lca.load(question(jobs_file="queue.csv")).save(tmp_path / "s.yaml")
    with pytest.raises(ScenarioError) as caught:
        schedule.solve(lca.load(tmp_path / "s.yaml"), samples=0)
    assert message in str(caught.value)


ONE = {"power": "30 kW", "duration": "4 h", "release": "2 h"}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"jobs": {"a": ONE}, "series": "us_caiso"}, 'did you mean "us_caiso_2022"'),
        ({"jobs": {"a": ONE}, "site": "hal"}, 'no site "hal"; did you mean "hall"'),
        ({"jobs": {"a": {**ONE, "work": "x"}}}, "give exactly one of"),
        ({"jobs": {"a": {"work": "tun", "duration": "1 h"}}}, 'no work "tun"; did you mean "tune"'),
        ({"jobs": {"a": {**ONE, "deadline": "4 h"}}}, "only 2 h from its release"),
        ({"jobs": {"a": {**ONE, "deadline": "9000 h"}}}, "the series has 8760 h"),
        ({"jobs": {"a": {**ONE, "kind": "elastic"}}}, "needs speed_up"),
        ({"jobs": {"a": {**ONE, "kind": "elastic", "speed_up": ["1", "1.2"]}}}, "must fall"),
        ({"jobs": {"a": {**ONE, "every": "24 h", "times": 900}}}, "room for 365"),
        ({"jobs": {"a": ONE}, "capacity": ["1 kW", "2 kW"]}, "24 by hour of the day"),
        ({"jobs": {"a": {**ONE, "times": 2}}, "capacity": "40 kW"}, "1.500 times the capacity"),
        ({"jobs": {"a": {**ONE, "times": 2}}, "capacity": "20 kW"}, "finds no room"),
        ({"jobs": {}}, "there are no jobs"),
        ({"jobs": {"a": ONE}, "series": []}, "expected at least one series"),
        ({"jobs": {"a": ONE}, "intensity": "marginal"}, "has no marginal intensity"),
    ],
)
def test_a_mistake_in_the_question_is_told(asked: dict[str, Any], message: str) -> None:
    """What was found, what is accepted, the nearest name."""
    with pytest.raises(lca.errors.InputError) as caught:
        schedule.solve(lca.load(question(**asked)), samples=0)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"objective": "cost"}, "makes gwp100 low, and no other objective"),
        ({"constraints": ["power <= 1 kW"]}, "this question knows no constraints"),
    ],
)
def test_what_hours_cannot_keep_to_is_refused(more: dict[str, Any], message: str) -> None:
    """Another objective or a constraint is never left out in silence."""
    asked = question(jobs={"a": ONE})
    asked["optimize"] |= more
    with pytest.raises(ScenarioError, match=message):
        schedule.solve(lca.load(asked), samples=0)


def test_a_scenario_that_does_not_ask_is_told_how() -> None:
    """The section that is missing is named."""
    asked = question(jobs={"a": ONE}) | {"optimize": {}}
    with pytest.raises(ScenarioError, match="add optimize"):
        schedule.solve(lca.load(asked))


def test_the_shipped_queue_is_answered_in_four_grids() -> None:
    """Every grid has a saving below its bound; California's is larger than PJM's."""
    scenario = lca.load(packaged_scenarios() / "shift_training_queue.yaml")
    answer = schedule.solve(scenario, samples=256)
    rows = answer.tables["each grid on its own"][1:]
    savings = {row[0]: (float(row[3].split()[0]), float(row[4].split()[0])) for row in rows}
    assert len(savings) == 4
    assert all(0 < saving < bound for saving, bound in savings.values())
    assert savings["California ISO 2022"] > savings["PJM, eastern United States 2022"]
