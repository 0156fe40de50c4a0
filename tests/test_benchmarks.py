"""Benchmarks: both sides of each comparison compute the same, and the page tells what was missed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from lca.estimates import percentiles
from lca.terms import Draws, total
from lca.uncertain import order_of_blocks

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import own_sides
import page
import problems
import sampling
import sensitivity
from bars import Figure
from pairs import PAIRS, Compared

LONG = 1 << 15
SERVER = {
    "power": 500.0,
    "lifetime": 1000.0,
    "intensity": 0.4,
    "ratio": 0.5,
    "parts": [
        {"name": "CPU", "units": 2, "impact": 9.0, "die_impact": 0.02, "die_size": 500.0},
        {
            "name": "RAM",
            "units": 4,
            "impact": 5.0,
            "die_impact": 2.0,
            "capacity": 32,
            "density": 1.25,
        },
        {
            "name": "SSD",
            "units": 1,
            "impact": 6.0,
            "die_impact": 2.0,
            "capacity": 100,
            "density": 50,
        },
        {"name": "POWER_SUPPLY", "units": 2, "impact": 24.0, "unit_weight": 3.0},
        {"name": "CASE", "units": 1, "impact": 150.0},
        {"name": "GPU", "units": 8, "terms": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]},
    ],
}


@pytest.mark.parametrize("activities", [1, 2, 12])
def test_the_supply_chain_as_terms_is_the_solution_of_its_matrix(activities: int) -> None:
    """What terms add up along the chain is what the system of equations gives."""
    chain = problems.supply(activities)
    found = Draws(0, 0).array(own_sides.chain_node(chain))[0]
    assert found == pytest.approx(chain.footprint(), rel=1e-12)


def test_draws_of_the_supply_chain_are_those_of_its_matrix() -> None:
    """Logarithms have the mean and deviation of matrices that are drawn and solved."""
    chain, count, random = problems.supply(8), 4000, np.random.default_rng(2)
    matrices = np.repeat(chain.matrix()[None], count, axis=0)
    for one in chain.exchanges:
        spread = random.normal(0, np.log(problems.EXCHANGE_GSD), count)
        matrices[:, one.supplier, one.consumer] *= np.exp(spread)
    emitted = chain.emissions * np.exp(
        random.normal(0, np.log(problems.EMISSION_GSD), (count, len(chain.emissions)))
    )
    solved = np.linalg.solve(matrices, np.eye(8)[-1][:, None])[..., 0]
    known = np.log((emitted * solved).sum(axis=1))
    drawn = np.log(Draws(count, 1).array(own_sides.chain_node(chain))[1:])
    assert drawn.mean() == pytest.approx(known.mean(), abs=4 * known.std() * np.sqrt(2 / count))
    assert drawn.std() == pytest.approx(known.std(), rel=4 / np.sqrt(count))


def test_a_server_is_the_sum_of_its_parts_by_the_peers_equations() -> None:
    """Every kind of part is computed from the numbers that the peer tells."""
    made, used = (Draws(0, 0).array(node)[0] for node in own_sides.server_node(SERVER))
    by_hand = (
        2 * (9 + 500 * 0.02)
        + 4 * (5 + 2 * 32 / 1.25)
        + (6 + 2 * 100 / 50)
        + 2 * 24 * 3
        + 150
        + 8 * (1 * 2 + 3 * 4 + 5 * 6 + 7 * 8)
    )
    assert made == pytest.approx(by_hand, rel=1e-12)
    assert used == pytest.approx(0.5 * 1000 * 0.5 * 0.4, rel=1e-12)


def test_a_request_is_that_of_the_published_method() -> None:
    """Energy by token and server, and the share of making both, written out for one answer."""
    given = {
        "alpha": 1e-6, "beta": -0.01, "gamma": 4e-5, "a": 7e-4, "b": 3e-4, "c": 0.02, "batch": 64,
        "gpu_memory": 80, "memory_overhead": 1.2, "bits": 16, "server_power": 1.2,
        "server_gpus": 8, "server_embodied": 5700, "gpu_embodied": 273, "lifetime": 94608000,
    }  # fmt: skip
    gpus, length = 8, 100.0  # 220 billion parameters of 2 bytes: 528 GB on boards of 80 GB
    seconds = length * (7e-4 * problems.ACTIVE + 3e-4 * 64 + 0.02)
    token = 1e-6 * np.exp(-0.01 * 64) * problems.ACTIVE + 4e-5
    energy = 1.2 * seconds / 3600 * gpus / 8 / 64 + gpus * length * token / 1000
    made = seconds / (94608000 * 64) * (gpus / 8 * 5700 + gpus * 273)
    (found,) = own_sides.requests(given, np.array([length]))
    assert found == pytest.approx(energy * problems.PUE * problems.INTENSITY + made, rel=1e-9)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_both_estimators_of_sobol_find_the_effects_derived_by_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ours and that of SALib come near the closed form on an eighth of the draws."""
    monkeypatch.setattr(sensitivity, "SAMPLES", 1024)
    true = sensitivity.closed_form()
    for found in (sensitivity.by_terms(sensitivity.model()), sensitivity.by_salib()):
        np.testing.assert_allclose(found, true, atol=0.03)


def test_the_sizing_program_is_the_one_that_the_peer_is_given() -> None:
    """One day, written out as plain dense rows, has the same optimum."""
    given, size = problems.hours(24), 24
    one, none, column = np.eye(size), np.zeros((size, size)), np.ones((size, 1))
    zero, power = 0 * column, column / problems.CHARGE_HOURS
    sources = np.stack((given.solar, given.wind), axis=1)
    upper = np.block(
        [
            [-sources, zero, -one, one, -one, none],
            [zero, zero, -column, none, none, none, one],
            [zero, zero, -power, none, one, none, none],
            [zero, zero, -power, none, none, one, none],
        ]
    )
    kept = np.block(
        [
            np.zeros((size, 3 + size)),
            -problems.CHARGE * one,
            one / problems.DISCHARGE,
            np.roll(one, 1, axis=1) - one,
        ]
    )
    built = [problems.SOLAR, problems.WIND, problems.BATTERY]
    cost = np.concatenate((built, given.grid, np.zeros(3 * size)))
    bound = np.concatenate((-given.load, np.zeros(3 * size)))
    found = linprog(cost, upper, bound, kept, np.zeros(size))
    assert own_sides.energy_system.design(own_sides.system(size)).value == pytest.approx(found.fun)


def test_a_million_draws_are_of_the_model_written_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Terms, random draws in numpy, and stratified draws in numpy have one mean."""
    monkeypatch.setattr(sampling, "SAMPLES", 20_000)
    means = [way().mean() for way in sampling.WAYS.values()]
    error = sampling.by_numpy().std() / np.sqrt(20_000)
    np.testing.assert_allclose(means, means[0], atol=5 * error)


def test_sides_that_do_not_agree_are_refused() -> None:
    """Another answer and another spread are told; the same ones are not."""
    known = {"answer": [2.0], "logs": [0.0, 1.0, 1000.0]}
    assert own_sides.agree("bw2calc", known, known) == ""
    assert "answers" in own_sides.agree("bw2calc", known, known | {"answer": [2.001]})
    assert "draws" in own_sides.agree("bw2calc", known, known | {"logs": [0.0, 1.5, 1000.0]})


def test_the_page_says_which_bars_are_missed_and_by_how_much() -> None:
    """A bar is met by clock and processor, by the processor alone, or missed; so is a ratio."""
    kept, missed = Figure("a", 0.1, 0.2, "s", 0.3), Figure("b", 0.2, 0.6, "s", 0.3)
    assert kept.verdict == "met"
    assert missed.verdict == "met by the processor's time; 2 times the bar by the clock"
    late = Figure("c", 0.45, 0.6, "s", 0.3).verdict
    assert (
        late == "missed: 1.50 times the bar by the processor's time, 2 times the bar by the clock"
    )
    assert "50: missed by 20%" in page.peer_row(Compared(PAIRS[0], 1e-6, 4e-5, 40, 30, 50))
    text = page.page("told", [], [kept, missed], ["torch"], "", 5)
    assert "`import lca` loads torch." in text
    assert page.bar_row(missed) in text


def test_draws_that_are_kept_are_those_that_are_drawn_again() -> None:
    """With room for all factors, for one, or for none, further scenarios get the same draws."""
    nodes = [sampling.node(share) for share in (1.0, 0.5)]
    known = [Draws(LONG, 3).array(node) for node in nodes]
    for budget in (0, 8 * (1 + LONG), 256 << 20):
        draws = Draws(LONG, 3, budget)
        for node, expected in zip(nodes, known, strict=True):
            np.testing.assert_array_equal(draws.array(node), expected)


def test_blocks_of_a_factor_are_one_order_turned_by_different_places() -> None:
    """Two factors are ordered apart; of each, a block begins where chance says."""
    (one, turns), (two, others) = (order_of_blocks(5, name, 40 * LONG) for name in ("a", "b"))
    assert sorted(one) == list(range(one.size))
    assert (one != two).mean() > 0.99
    pairs = {(b - a) % one.size for a, b in zip(turns, others, strict=True)}
    assert len(pairs) > 0.9 * len(turns)


def test_products_of_long_streams_have_the_variance_of_independent_factors() -> None:
    """Interactions are seen by turned blocks as by independent draws: none is missed or doubled."""
    node = total("whole", {"x": sampling.node()})
    spread = np.array([np.log(Draws(LONG, seed).array(node)[1:]).std() for seed in range(5)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "SAMPLES", 5 * LONG)
        independent = np.log(sampling.by_numpy()).std()
    assert spread.mean() == pytest.approx(independent, rel=4 / np.sqrt(2 * 5 * LONG))


@pytest.mark.parametrize("kind", ["smooth", "ties", "sorted", "constant", "short"])
def test_percentiles_of_many_values_are_those_of_numpy(kind: str) -> None:
    """Bit for bit, whatever the values, at the ends and in between."""
    random, size = np.random.default_rng(4), 150_001
    values = {
        "smooth": random.lognormal(size=size),
        "ties": random.integers(0, 5, size).astype(float),
        "sorted": np.sort(random.normal(size=size)),
        "constant": np.ones(size),
        "short": random.normal(size=100),
    }[kind]
    percents = (0, 0.1, 5, 17.3, 50, 95, 99.99, 100)
    np.testing.assert_array_equal(percentiles(values, percents), np.percentile(values, percents))


def test_percentiles_with_a_value_that_is_not_finite_are_not_known() -> None:
    """A missing value among many is not passed over."""
    values = np.ones(150_000)
    values[7] = np.nan
    assert np.isnan(percentiles(values, (5, 50, 95))).all()


def test_the_page_says_what_is_left_of_a_ratio_call_for_call() -> None:
    """A ratio of batches is told beside that of single calls, where those were measured."""
    found = Compared(PAIRS[1], 1e-7, 1.5e-3, 15000.0, 14000.0, 16000.0, 1e-4)
    told = page.page("told\n", [found], [], [], "", 5)
    assert "call for call, without draws, it is 15 (one evaluation of the default server" in told
    assert "call for call" not in page.page(
        "told\n", [found._replace(alone=float("nan"))], [], [], "", 5
    )
