"""Shared random numbers: what is drawn depends on seed and identity, and on nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import lca
from lca import uncertain, values
from lca.terms import Draws, Factor, Node, product, total
from lca.uncertain import Distribution, draw, midpoints

ROOT = Path(__file__).parents[1]

PRINT_DIGEST = """
import hashlib, sys, lca
ledger = lca.evaluate(lca.load(sys.argv[1]), samples=512, seed=7)
digest = hashlib.sha256()
for labels in ((), ("stage", "year"), ("asset", "component")):
    for row in ledger.by(*labels):
        digest.update(repr(row.labels).encode() + row.estimate.samples.tobytes())
digest.update(repr([ledger.warnings, ledger.sources()]).encode())
print(digest.hexdigest())
"""


def digest_in_a_new_process(hash_seed: str) -> str:
    """Evaluate an example in a fresh interpreter and return a hash of all bytes."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", PRINT_DIGEST, "scenarios/inference_fleet_eu.yaml"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_same_seed_gives_the_same_bytes_in_every_process() -> None:
    """Results do not depend on the process or on the order of Python's sets."""
    first, second = (digest_in_a_new_process(seed) for seed in ("1", "4242"))
    assert len(first) == hashlib.sha256().digest_size * 2
    assert first == second


def test_another_seed_gives_other_draws_and_the_same_central_estimate(
    small: dict[str, Any],
) -> None:
    """The seed moves the draws; sample 0 is the central estimate and stays."""
    scenario = lca.load(small)
    one, two = (lca.evaluate(scenario, samples=64, seed=seed).total() for seed in (1, 2))
    assert one.central == two.central
    alone = lca.evaluate(scenario, samples=0).total()
    assert alone.central == pytest.approx(one.central, rel=1e-14)
    assert not np.any(one.draws == two.draws)


def test_sample_zero_is_every_factor_at_its_central_value(small: dict[str, Any]) -> None:
    """The first sample of each factor is what its distribution calls central."""
    ledger = lca.evaluate(lca.load(small), samples=8)
    uncertain_ones = [f for f in ledger.factors() if not f.distribution.is_exact]
    assert len(uncertain_ones) > 10
    for factor in uncertain_ones:
        assert ledger.draws.array(factor)[0] == factor.distribution.central


def test_adding_an_uncertain_factor_changes_no_other_draw(small: dict[str, Any]) -> None:
    """A second fleet with inputs of its own leaves every draw of the first as it was, bit by bit."""
    alone = lca.evaluate(lca.load(small), samples=256, seed=5)
    small["fleet"] = {
        "before": {
            "device": "nvidia-l4",
            "count": 3,
            "lifetime": "4 years",
            "site": "far",
            "utilization": "30% ± 20%",
        },
        **small["fleet"],
    }
    small["sites"] = {"far": {"region": "PL", "pue": "1.5 ± 0.2"}, **small["sites"]}
    small["assumptions"] = {"embodied_model": alone.embodied_model}
    both = lca.evaluate(lca.load(small), samples=256, seed=5)
    shared = {f.identity: f for f in alone.factors()}
    for factor in both.factors():
        if factor.identity in shared:
            assert np.array_equal(both.draws.array(factor), alone.draws.array(factor))
    totals = {row.labels[0]: row.estimate.samples for row in both.by("asset")}
    np.testing.assert_allclose(totals["chat"], alone.total().samples, rtol=1e-12)


def test_equal_identities_move_together_and_others_do_not() -> None:
    """Two factors of one identity have the same draws; of two identities, uncorrelated ones."""
    draws = Draws(4096, 3)
    spread = uncertain.lognormal(1.0, 1.5)
    one, same, other = (
        draws.array(Factor("spread", spread, "", identity=identity)) for identity in ("a", "a", "b")
    )
    assert np.array_equal(one, same)
    assert abs(np.corrcoef(one[1:], other[1:])[0, 1]) < 4 / np.sqrt(4096)


def server(name: str, use: float, made: float, own: str) -> Node:
    """Return an invented server: shared grid, fab and utilization, and small parts of its own.

    With ``own`` set, the shared factors get an identity per server: independent draws.
    """
    wide, narrow = uncertain.lognormal(1.0, 1.35), uncertain.lognormal(1.0, 1.037)

    def shared(what: str) -> Factor:
        return Factor(what, wide, "", identity=f"{what}{own and name}")

    def private(what: str) -> Factor:
        return Factor(what, narrow, "", identity=f"{what}-{name}")

    operation = product(
        "operation",
        "kgCO2e",
        size=Factor("size", use, "kgCO2e"),
        grid=shared("grid"),
        utilization=shared("utilization"),
        part=private("power"),
    )
    manufacture = product(
        "manufacture",
        "kgCO2e",
        size=Factor("size", made, "kgCO2e"),
        fab=shared("fab"),
        part=private("bill-of-materials"),
    )
    return total("footprint", {"operation": operation, "manufacture": manufacture})


def probability_second_lower(own: str) -> float:
    """Return how often the second invented server is the lower one."""
    draws = Draws(1 << 14, 1)
    first = draws.array(server("first", 5000, 2000, own))
    second = draws.array(server("second", 4560, 1830, own))
    return float((second[1:] < first[1:]).mean())


def test_what_options_share_cancels_in_their_difference() -> None:
    """The same marginals: a toss-up with independent draws, near certain with shared ones."""
    assert probability_second_lower(own="yes") == pytest.approx(0.58, abs=0.02)
    assert probability_second_lower(own="") == pytest.approx(0.99, abs=0.005)


def test_a_comparison_is_paired(small: dict[str, Any]) -> None:
    """One device more of sixteen is higher in every draw, though the intervals overlap widely."""
    small["options"] = {"one-more": {"fleet.chat.count": 9}}
    found = lca.compare(lca.load({**small, "functional_unit": []}), samples=512, methods=False)
    assert found.pair("base", "one-more").probability_first_lower == 1.0
    a, b = found.values["base"], found.values["one-more"]
    assert a.percentile(95) > b.percentile(5)


N = 1 << 12
Z95 = stats.norm.ppf(0.95)
QUANTILES: list[tuple[Any, str, Any]] = [
    ("10 kg ± 2 kg", "kg", stats.norm(10, 2 / Z95)),
    ({"mean": "10 kg", "sd": "1 kg"}, "kg", stats.norm(10, 1)),
    ({"median": "2 kg", "gsd": 1.7}, "kg", stats.lognorm(np.log(1.7), scale=2)),
    (
        {"p5": "1 kg", "p95": "9 kg"},
        "kg",
        stats.lognorm(np.log(9) / (2 * Z95), scale=3),
    ),
    ({"low": "1 kg", "mode": "2 kg", "high": "5 kg"}, "kg", stats.triang(0.25, 1, 4)),
    (
        {"low": "1 kg", "mode": "2 kg", "high": "5 kg", "distribution": "pert"},
        "kg",
        stats.beta(1 + 4 * 0.25, 1 + 4 * 0.75, 1, 4),
    ),
    ({"low": "1 kg", "high": "3 kg"}, "kg", stats.uniform(1, 2)),
]


@pytest.mark.parametrize(("written", "unit", "reference"), QUANTILES, ids=lambda x: str(x)[:40])
def test_quantiles_are_those_of_the_named_distribution(
    written: object, unit: str, reference: Any
) -> None:
    """Every distribution that can be written has the quantile function of its name."""
    distribution = values.read(written, unit).distribution
    probability = np.linspace(0.001, 0.999, 999)
    np.testing.assert_allclose(
        distribution.quantile(probability), reference.ppf(probability), rtol=1e-9, atol=1e-9
    )


def test_a_two_piece_lognormal_has_the_three_quantiles_asked_for() -> None:
    """Its 5 %, 50 % and 95 % quantiles are its parameters, and each half is a lognormal."""
    found = values.read({"p5": "1 kg", "median": "2 kg", "p95": "8 kg"}, "kg").distribution
    np.testing.assert_allclose(found.quantile(np.array([0.05, 0.5, 0.95])), [1, 2, 8], rtol=1e-9)
    upper = stats.lognorm(np.log(4) / Z95, scale=2)
    np.testing.assert_allclose(found.quantile(np.array([0.7, 0.99])), upper.ppf([0.7, 0.99]))


def test_a_choice_has_its_weights_and_samples_their_order_statistics() -> None:
    """One value in four is the rarer one; empirical quantiles follow Hazen's rule."""
    choice = values.read({"values": ["1 kg", "2 kg"], "weights": [1, 3]}, "kg").distribution
    assert (draw(choice, "x", N, 0)[1:] == 1).mean() == 0.25
    seen = values.read({"samples": ["1 kg", "2 kg", "4 kg"]}, "kg").distribution
    probability = np.array([0.1, 0.5, 0.7, 0.9])
    np.testing.assert_allclose(
        seen.quantile(probability), stats.mstats.mquantiles([1, 2, 4], probability, 0.5, 0.5)
    )


def test_tails_are_cut_at_the_physical_range() -> None:
    """A share stays between 0 and 1 whatever its interval says."""
    share = values.read("95% ± 10%", "", 0.0, 1.0).distribution
    drawn = draw(share, "share", N, 0)
    assert drawn.max() == 1.0
    assert (drawn < 0.95).mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("kind", uncertain.KINDS)
@pytest.mark.parametrize("samples", [500, 1 << 15, 40_000, 65_537])
def test_draws_are_one_from_each_equal_slice_of_probability(kind: str, samples: int) -> None:
    """Sorted, the draws of every kind are the quantiles at the mid-points of n slices."""
    distribution = _example(kind)
    drawn = np.sort(draw(distribution, "any", samples, 9)[1:])
    expected = np.sort(distribution.quantile(midpoints(samples)))
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)


@pytest.mark.parametrize("samples", [1 << 15, 40_000])
def test_long_streams_are_in_no_order(samples: int) -> None:
    """Drawn in blocks or whole, two factors are uncorrelated over the whole and over each half."""
    one, two = (draw(uncertain.uniform(0, 1), name, samples, 2)[1:] for name in ("a", "b"))
    half = samples // 2
    for part in (slice(None), slice(half), slice(half, None)):
        size = one[part].size
        assert abs(np.corrcoef(one[part], two[part])[0, 1]) < 4 / np.sqrt(size)
        assert one[part].mean() == pytest.approx(0.5, abs=4 * 0.29 / np.sqrt(size))
        assert abs(np.corrcoef(one[part][1:], one[part][:-1])[0, 1]) < 4 / np.sqrt(size)


@pytest.mark.parametrize("samples", [0, 64, 1 << 15])
def test_totals_are_the_sum_over_lines_of_activity_times_intensity(
    samples: int, small: dict[str, Any]
) -> None:
    """What the ledger sums in its factored form is what a plain loop over lines sums."""
    ledger = lca.evaluate(lca.load(small), samples=samples, seed=3)
    plain = np.zeros(1 + samples)
    for line in ledger.lines:
        if line.indicator == "gwp100" and line.basis in {"both", "location"}:
            for year, amount in enumerate(line.spread):
                node = line.intensity[min(year, len(line.intensity) - 1)]
                plain += amount * ledger.draws.array(node)
    np.testing.assert_allclose(ledger.total().samples, plain, rtol=1e-11)


def _example(kind: str) -> Distribution:
    parameters = {
        "exact": (2.0,),
        "normal": (5.0, 1.0),
        "lognormal": (2.0, 1.5),
        "two_piece": (1.0, 2.0, 8.0),
        "triangular": (1.0, 2.0, 5.0),
        "pert": (1.0, 2.0, 5.0),
        "uniform": (1.0, 3.0),
        "choice": (1.0, 2.0, 0.5, 0.5),
        "empirical": (1.0, 2.0, 4.0),
    }
    return Distribution(kind, parameters[kind])


def test_means_converge_faster_than_by_plain_sampling() -> None:
    """Over seeds, the mean of a sum of three factors varies far less than that of random draws."""
    spreads = [
        uncertain.lognormal(1.0, 1.5),
        uncertain.triangular(0, 1, 3),
        uncertain.uniform(0, 2),
    ]
    node = total("sum", {str(i): Factor(str(i), d, "") for i, d in enumerate(spreads)})
    product_node = product("product", "", a=node, b=Factor("3", spreads[0], ""))
    n = 256
    stratified, plain = [], []
    for seed in range(60):
        stratified.append(Draws(n, seed).array(product_node)[1:].mean())
        u = np.random.default_rng(seed).random((4, n))
        parts = [d.quantile(row) for d, row in zip([*spreads, spreads[0]], u, strict=True)]
        plain.append(((parts[0] + parts[1] + parts[2]) * parts[3]).mean())
    assert np.var(stratified) < np.var(plain) / 10
    assert np.mean(stratified) == pytest.approx(np.mean(plain), rel=0.02)
