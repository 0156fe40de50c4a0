"""Power caps from traces: worked numbers, draws, the best cap, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lca.errors import InputError
from lca.terms import Draws
from lca.terms import factors as leaves
from lca.workloads import levers, levers_power_cap


@pytest.mark.parametrize("family", levers_power_cap.BOARDS)
def test_the_published_power_cap_figures_follow_from_the_traces(family: str) -> None:
    """Median over jobs of the least energy at no more than 5 % slowdown; the lowest of all."""
    case = next(c for c in levers.card("power-cap").cases if c.validity.devices == (family,))
    jobs = levers_power_cap.jobs(family)
    best = [min(e for t, e in zip(j.time, j.energy, strict=True) if t <= 1.05) for j in jobs]
    assert case.effect is not None
    assert float(np.median(best)) == pytest.approx(case.effect.central, abs=1e-4)
    assert min(min(job.energy) for job in jobs) == pytest.approx(case.effect.best, abs=1e-4)


@pytest.mark.parametrize("family", [*levers_power_cap.BOARDS, "hopper"])
def test_without_a_cap_nothing_changes(family: str) -> None:
    """At the highest limit time and energy are those of the job itself."""
    found = levers_power_cap.effect(family, 1.0)
    assert Draws(64, 0).array(found.time) == pytest.approx(1.0)
    assert Draws(64, 0).array(found.energy) == pytest.approx(1.0)


def test_a_traced_limit_gives_the_trace() -> None:
    """V100, CIFAR-100, ShuffleNet v2, batch 1024, Adadelta at 100 of 250 W: 1.481 and 0.686."""
    name = ("V100", "cifar100", "shufflenetv2", "1024", "adadelta")
    job = next(job for job in levers_power_cap.jobs("volta") if job.name == name)
    assert job.at(0.4) == pytest.approx((1.48117, 0.6855))


def test_between_limits_a_straight_line_is_taken() -> None:
    """Halfway between two limits lies the mean of their ratios."""
    job = levers_power_cap.jobs("volta")[0]
    low, high = job.at(0.5), job.at(0.6)
    assert job.at(0.55) == pytest.approx([(a + b) / 2 for a, b in zip(low, high, strict=True)])


def test_time_and_energy_of_a_draw_are_of_one_job() -> None:
    """Every drawn pair, the central one included, is a traced job's."""
    found = levers_power_cap.effect("volta", 0.6)
    draws = Draws(256, 5)
    drawn = zip(draws.array(found.time).tolist(), draws.array(found.energy).tolist(), strict=True)
    assert set(drawn) <= set(found.pairs)


def test_the_central_job_of_a_cap_is_near_both_medians() -> None:
    """At 70 % of the limit a V100 takes about 15 % less energy and 5 % more time."""
    found = levers_power_cap.effect("volta", 0.7)
    central = [float(Draws(0, 0).array(node)[0]) for node in (found.time, found.energy)]
    assert central == pytest.approx(np.median(np.array(found.pairs), axis=0), rel=0.03)


@pytest.mark.parametrize("family", [*levers_power_cap.BOARDS, "hopper"])
def test_the_best_cap_saves_within_the_slowdown_and_more_if_more_is_accepted(family: str) -> None:
    """Median time stays within what is accepted, energy is not above that without a cap."""
    time, energy = np.median(
        levers_power_cap.effect(family, levers_power_cap.best_cap(family)).pairs, axis=0
    )
    assert time <= 1.05
    assert energy < 1
    slow = levers_power_cap.effect(family, levers_power_cap.best_cap(family, 1.0))
    assert np.median(slow.pairs, axis=0)[1] <= energy
    with pytest.raises(InputError, match=r"slowdown -0\.1"):
        levers_power_cap.best_cap(family, -0.1)


def test_power_of_a_cap_is_energy_over_time() -> None:
    """In every draw; and it stays below the power without a cap."""
    found = levers_power_cap.effect("volta", 0.6)
    draws = Draws(64, 2)
    power = draws.array(found.power)
    assert power == pytest.approx(draws.array(found.energy) / draws.array(found.time))
    assert float(np.median(power)) < 0.9


def test_a_deep_cap_can_cost_energy() -> None:
    """At half the limit some traced jobs of every board use more than without a cap."""
    for family in levers_power_cap.BOARDS:
        assert max(energy for _, energy in levers_power_cap.effect(family, 0.5).pairs) > 1


def test_a_board_without_traces_is_said_to_have_none() -> None:
    """A Hopper gets the four traced boards together, with a remark."""
    found = levers_power_cap.effect("hopper", 0.7)
    assert "no traces of hopper" in found.remarks[0]
    assert len(found.pairs) > len(levers_power_cap.effect("volta", 0.7).pairs)
    assert {leaf.source for leaf in leaves(found.energy)} == {"zeus-nsdi-2023"}


@pytest.mark.parametrize(("family", "cap"), [("volta", 0.2), ("pascal", 0.45), ("volta", 1.2)])
def test_a_cap_beyond_the_traces_is_refused_with_their_range(family: str, cap: float) -> None:
    """The lowest limit that was run is named."""
    lowest = {"volta": "0.4", "pascal": "0.5"}[family]
    with pytest.raises(InputError, match=f"run from {lowest} to 1"):
        levers_power_cap.effect(family, cap)
