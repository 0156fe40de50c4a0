"""Points evaluated as arrays: the same numbers as each point built anew, whatever is varied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import lca
from lca.errors import InputError, UnknownNameError
from lca.scenario import Scenario
from lca.sweeps import blocks
from lca.sweeps.aggregates import aggregate, edges, merge, merged, spelled
from lca.sweeps.designs import design
from lca.sweeps.planning import plan
from lca.sweeps.polynomials import Corners, evaluate, inside
from lca.sweeps.statistics import probability_lower, quantiles, statistics
from lca.sweeps.sweeping import Sweep, SweepRow, sweep
from lca.terms import Draws

Data = dict[str, Any]
DRAWS = 128
PUE = ["sites.here.pue=1.1..1.5"]


def example(name: str) -> Scenario:
    """Return an example scenario."""
    return lca.load(ROOT / "scenarios" / f"{name}.yaml")


def by_hand(found: Sweep, row: SweepRow) -> lca.Ledger:
    """Return a row's ledger, from the scenario patched and evaluated afresh."""
    changes = {one.name: value for one, value in zip(found.axes, row.values, strict=True)}
    patched = found.job.scenario.patch(changes, "by hand")
    job = found.job
    return lca.evaluate(
        patched, samples=job.samples, seed=job.seed, embodied_model=job.embodied_model
    )


def worst(found: Sweep, every: int) -> float:
    """Return the largest relative error of a statistic over some rows, held against `by_hand`."""
    errors = [0.0]
    for row in found.rows[::every]:
        ledger = by_hand(found, row)
        for name, numbers in row.total.items():
            known = ledger.total(name)
            size = abs(known.central)  # of a number without spread the standard error is rounding
            for key, expected in known.statistics().items():
                if isinstance(expected, float):
                    value = float(numbers[key])
                    errors.append(abs(value - expected) / max(abs(expected), 1e-3 * size))
    return max(errors)


@pytest.mark.parametrize(
    ("name", "over", "smooth"),
    [
        ("inference_fleet_eu", ["sites.frankfurt.pue=1.1..1.6", "fleet.chat.utilization=10%..90%",
                                "fleet.chat.power.busy=300 W..700 W"], (0, 1, 2)),
        ("inference_fleet_eu", ["assumptions.grid_path.decline=1%..8%",
                                "sites.frankfurt.pue=1.1..1.4"], (0, 1)),
        ("inference_fleet_eu", ["fleet.chat.lifetime=3 years..6 years"], ()),
        ("inference_fleet_eu", ["fleet.chat.site=frankfurt,lulea", "sites.lulea.pue=1.0..1.4"], (1,)),
        ("workstation", ["fleet.desks.utilization=1%..50%"], (0,)),
        ("chat_service", ["sites.frankfurt.pue=1.1..1.5"], (0,)),
        ("training_program", ["assumptions.grid_path.decline=0%..10%"], (0,)),
    ],
)  # fmt: skip
def test_an_array_of_points_is_each_point_built_anew(
    name: str, over: list[str], smooth: tuple[int, ...]
) -> None:
    """Linear or not, of one axis or three: within 1e-12, by arrays wherever that is possible."""
    found = sweep(example(name), over, design="sobol", points=32, samples=DRAWS)
    assert found.job.smooth == smooth
    assert worst(found, 9) < 1e-12


def test_five_axes_are_fitted_from_few_corners_and_checked_inside() -> None:
    """Beyond four axes not all corners are built; points stay right."""
    over = [
        "sites.frankfurt.pue=1.1..1.6",
        "fleet.chat.utilization=10%..90%",
        "fleet.chat.power.busy=300 W..700 W",
        "sites.frankfurt.wue=0 L/kWh..2 L/kWh",
        "sites.frankfurt.contract.share=0%..100%",
    ]
    found = sweep(example("inference_fleet_eu"), over, design="sobol", points=64, samples=DRAWS)
    assert found.job.smooth == (0, 1, 2, 3, 4)
    assert len(Corners(5).sets) == 16 < 2**5
    assert worst(found, 13) < 1e-12


def test_a_factor_is_held_by_its_identity() -> None:
    """An input below the scenario takes the values of an axis, in its own unit."""
    scenario = example("inference_fleet_eu")
    known = sorted({f.identity for f in lca.evaluate(scenario, samples=0).factors()})
    assert "chat-utilization" in known
    held = sweep(scenario, ["chat-utilization=20%,50%,70%"], samples=DRAWS)
    path = sweep(scenario, ["fleet.chat.utilization=20%,50%,70%"], samples=DRAWS)
    np.testing.assert_allclose(held.numbers, path.numbers, rtol=1e-12)
    with pytest.raises(UnknownNameError, match='did you mean "chat-utilization"'):
        sweep(scenario, ["chat-utilisation=20%,50%"], samples=0)


def test_a_wrong_template_is_not_used(small: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that is wrong at the point inside is not believed: all rows are built anew, and it is said."""
    right = sweep(lca.load(small), PUE, design="sobol", points=64, samples=8)
    blocks._WORKERS.clear()
    totals = blocks.Template.totals
    monkeypatch.setattr(
        blocks.Template, "totals", lambda self, at: [x * (1 + at[:, :1]) for x in totals(self, at)]
    )
    found = sweep(lca.load(small), PUE, design="sobol", points=64, samples=8)
    assert found.remarks == ("points are built anew: a check inside their range failed",)
    np.testing.assert_allclose(found.numbers, right.numbers, rtol=1e-12)


def test_a_page_whose_checked_point_differs_is_built_anew(
    small: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrays that are wrong only at points of a design are found out in their page."""
    right = sweep(lca.load(small), PUE, design="sobol", points=64, samples=8)
    blocks._WORKERS.clear()
    totals = blocks.Template.totals
    monkeypatch.setattr(
        blocks.Template,
        "totals",
        lambda self, at: [x * (1 + (len(at) > 1) * 1e-9) for x in totals(self, at)],
    )
    found = sweep(lca.load(small), PUE, design="sobol", points=64, samples=8)
    (remark,) = found.remarks
    assert "points from 0 on are built anew: the check of point" in remark
    np.testing.assert_allclose(found.numbers, right.numbers, rtol=1e-12)


def test_a_sobol_design_is_its_seed_and_can_begin_anywhere() -> None:
    """Any stretch of points is the same stretch of the whole; another seed is another design."""
    over = ["a.b=0..10", "a.c=x,y,z", "a.d=1 kg..2 kg"]
    whole = design(over, "sobol", 256, 1)
    np.testing.assert_array_equal(whole.columns(0, 256)[100:117], whole.columns(100, 117))
    assert not np.array_equal(design(over, "sobol", 256, 2).columns(0, 8), whole.columns(0, 8))
    columns = whole.columns(0, 256)
    assert set(columns[:, 1]) == {0.0, 1.0, 2.0}
    halves, _ = np.histogram(columns[:, 0], 16, (0, 10))
    assert set(halves) == {16}


@pytest.mark.parametrize(
    ("over", "kind", "points", "message"),
    [
        (["a.b=0..1"], "sobol", None, "needs a number of points"),
        (["a.b=0,1"], "cross", 8, "needs a number of points"),
        (["a.b=0..1"], "cross", None, "needs a number of values"),
        (["a.b=0 kg..1 W"], "sobol", 8, "one unit for both ends"),
        (["a.b=0..1"], "sobol", 1 << 31, "accepted are 1 to"),
        (["a.b=0,1"], "grid", None, "no design"),
    ],
)
def test_a_design_that_cannot_be_is_refused(
    over: list[str], kind: str, points: int | None, message: str
) -> None:
    """What does not fit is told with what is accepted."""
    with pytest.raises(InputError, match=message):
        design(over, kind, points, 1)


def test_a_value_that_is_not_accepted_is_told_with_its_point(small: Data) -> None:
    """Values are checked one by one; what is wrong only between two ends names the point."""
    with pytest.raises(InputError, match=r"sites\.here\.pue=0\.5: .*less than 1"):
        sweep(lca.load(small), ["sites.here.pue=1.1,0.5"], samples=0)
    with pytest.raises(InputError, match=r"whole number .* \(at the point"):
        sweep(lca.load(small), ["fleet.chat.count=8..16"], design="sobol", points=8, samples=0)


@settings(deadline=None, max_examples=25)
@given(
    coefficients=st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=8),
    axes=st.integers(1, 3),
)
def test_corners_give_back_what_is_linear_in_each_axis(
    coefficients: list[float], axes: int
) -> None:
    """A function that is linear in each axis is the polynomial read off its corners."""
    corners = Corners(axes)
    own = {powers: np.array([c]) for powers, c in zip(corners.powers, coefficients, strict=False)}
    values = evaluate(own.items(), corners.coordinates)
    found = dict(zip(corners.powers, corners.coefficients(values), strict=True))
    points = np.stack([inside(axes, k) for k in range(5)])
    scale = 1e-12 * max(1.0, *map(abs, coefficients))
    np.testing.assert_allclose(
        evaluate(found.items(), points), evaluate(own.items(), points), atol=scale
    )


@pytest.mark.parametrize("count", [1, 2, 7, 2048, 2049])
def test_quantiles_of_rows_are_those_of_numpy(count: int) -> None:
    """Sorted or partly sorted, few draws or many: the same numbers as numpy's percentile."""
    draws = np.random.default_rng(1).lognormal(size=(3, count))
    expected = np.percentile(draws, (5, 50, 95), axis=1)
    np.testing.assert_array_equal(np.stack(quantiles(draws)), expected)


def test_statistics_of_rows_are_those_of_an_estimate() -> None:
    """A row has the statistics that the same samples have anywhere else; ties count half."""
    samples = np.random.default_rng(2).normal(size=(4, 65))
    expected = lca.Estimate(samples[2], "kg").statistics()
    found = dict(zip(("central", "median", "mean", "p5", "p95", "standard_error"), statistics(samples)[2], strict=True))  # fmt: skip
    assert found == pytest.approx({k: v for k, v in expected.items() if k != "unit"}, rel=1e-13)
    assert probability_lower(np.array([[0.0, -1.0, 0.0, 1.0, 1.0]])).tolist() == [0.375]


def test_aggregates_of_pages_are_those_of_all_points(small: Data) -> None:
    """Merged moments, histogram, best points and marginals are what one pass over all would give."""
    over = ["sites.here.pue=1.1..1.5:9", "sites.here.region=DE,SE,FR"]
    found = sweep(lca.load(small), over, samples=16)
    job, numbers, coded = found.job, found.numbers, found.coded
    cuts = [(0, 5), (5, 6), (6, 20), (20, 27)]
    parts = [aggregate(job, a, coded[a:b], numbers[a:b]) for a, b in cuts]
    whole = merged(parts)
    medians = np.array([row.per_unit["gwp100"]["median"] for row in found.rows], dtype=float)
    known = spelled(whole["moments"]["gwp100_location_per_unit_median"])
    assert known["count"] == whole["points"] == 27
    assert known["mean"] == pytest.approx(medians.mean(), rel=1e-13)
    assert known["standard_deviation"] == pytest.approx(medians.std(), rel=1e-12)
    assert (known["min"], known["max"]) == (medians.min(), medians.max())
    assert [point for _, point in whole["best"]] == np.argsort(medians)[:10].tolist()
    for name, count in whole["histogram"].items():
        low, high = edges(name)
        assert ((medians >= low) & (medians < high)).sum() == count
    sweden = spelled(whole["marginals"]["sites.here.region"]["1"])
    assert sweden["mean"] == pytest.approx(medians[1::3].mean(), rel=1e-13)
    left = merge(merge(parts[0], parts[1]), parts[2])
    assert merge(left, parts[3]) == whole


def test_both_accounts_stand_side_by_side() -> None:
    """A job of both accounts has the columns of each, equal to those of each alone."""
    scenario = example("inference_fleet_eu")
    over = {"sites.frankfurt.pue": [1.1, 1.3]}
    both = sweep(scenario, over, bases=("market", "location"), samples=DRAWS)
    for basis in ("market", "location"):
        alone = sweep(scenario, over, bases=(basis,), samples=DRAWS)
        places = [k for k, column in enumerate(both.job.columns) if column.basis == basis]
        np.testing.assert_array_equal(both.numbers[:, places], alone.numbers)
    assert not np.array_equal(both.numbers[:, 1], alone.numbers[:, 1])


def test_the_draws_of_a_sweep_are_those_of_an_evaluation(small: Data) -> None:
    """A job's scenario as written has the totals of `lca.evaluate`, draw by draw."""
    small["sites"]["here"]["pue"] = {"low": "1.1", "mode": "1.2", "high": "1.5"}
    job, _ = plan(lca.load(small), ["fleet.chat.utilization=20%,40%"], samples=32, seed=5)
    written = job.totals(job.written(Draws(32, 5)))[0]
    expected = lca.evaluate(lca.load(small), samples=32, seed=5).total().samples
    np.testing.assert_array_equal(written, expected)
