"""Counters and powers become energies: values, edges, and reasons."""

from __future__ import annotations

import math

import pytest

from lca.measure.integrate import Energy, Sample, from_counter, from_power


def counted(energies: list[float | None], spacing: float = 0.1) -> list[Sample]:
    """Return readings of a counter at an even pace."""
    return [Sample(i * spacing, energy=energy) for i, energy in enumerate(energies)]


def counter(samples: list[Sample], start: float, stop: float, **changes: float) -> Energy:
    """Return the energy of a counter with a step of 0.1 s and at most 500 W."""
    options = {"step": 0.1, "maximum_power": 500.0, **changes}
    return from_counter(samples, start, stop, **options)


def test_counter_takes_the_difference() -> None:
    """Ten steps of 25 J are 250 J."""
    energy = counter(counted([1e6 + 25.0 * i for i in range(11)]), 0.0, 1.0)
    assert energy.value == pytest.approx(250.0)
    assert energy.coverage == 1.0
    assert energy.reasons == ()


def test_edges_are_bounded_by_the_step() -> None:
    """What the last reading hides is at most step x power; at the first, the next update tells."""
    energy = counter(counted([1e6 + 25.0 * i for i in range(11)]), 0.0, 1.0)
    assert energy.low == pytest.approx(225.0, abs=0.01)
    assert energy.high == pytest.approx(300.0, abs=0.01)


def test_readings_at_the_ticks_narrow_the_bounds() -> None:
    """Readings just before and behind the ticks leave a bound of a few milliseconds."""
    inside = [Sample(0.1 * i, energy=1e6 + 25.0 * i) for i in range(11)]
    edges = [Sample(-0.001, energy=1e6 - 25.0), *inside, Sample(1.1, energy=1e6 + 275.0)]
    energy = counter(edges, 0.0, 1.0)
    assert energy.low == pytest.approx(249.5, abs=0.01)
    assert energy.high == pytest.approx(275.0, abs=0.01)


def test_gain_of_the_sensor_widens_the_bounds() -> None:
    """A sensor that may be 5 % off has truths 5 % off."""
    exact = counter(counted([1e6 + 25.0 * i for i in range(101)]), 0.0, 10.0)
    doubted = counter(counted([1e6 + 25.0 * i for i in range(101)]), 0.0, 10.0, gain=0.05)
    assert doubted.low < exact.low / 1.04
    assert doubted.high > exact.high * 1.04


def test_reset_is_bridged_by_power() -> None:
    """The gap of a reset is filled with the power that was read, and the reason says when."""
    samples = [
        Sample(0.1 * i, energy=1e6 + 25.0 * i if i < 6 else 25.0 * (i - 6), power=250.0)
        for i in range(11)
    ]
    energy = counter(samples, 0.0, 1.0)
    assert energy.value == pytest.approx(250.0)
    assert energy.reasons == (
        "the counter was reset 0.5 s after the start; 100 ms bridged by power",
    )


def test_reset_without_power_is_bridged_by_the_mean_rate() -> None:
    """Without any power reading the rest of the window tells the rate."""
    samples = counted([1e6 + 25.0 * i if i < 6 else 25.0 * (i - 6) for i in range(11)])
    assert counter(samples, 0.0, 1.0).value == pytest.approx(250.0)


def test_missing_readings_inside_lose_nothing() -> None:
    """A counter that was silent shows everything when it answers again."""
    energies = [1e6, *[None] * 9, 1e6 + 250.0]
    energy = counter(counted(energies), 0.0, 1.0)
    assert energy.value == pytest.approx(250.0)
    assert energy.coverage == 1.0


def test_lost_counter_keeps_its_part() -> None:
    """After the last reading nothing is counted, and all of it is in the upper bound."""
    energies = [*[1e6 + 25.0 * i for i in range(6)], *[None] * 5]
    energy = counter(counted(energies), 0.0, 1.0)
    assert energy.value == pytest.approx(125.0)
    assert energy.coverage == pytest.approx(0.5)
    assert energy.high == pytest.approx(125.0 + 50.0 + 250.0, abs=0.01)
    assert energy.reasons == ("no reading from 0.5 s on; the last 0.5 s are not measured",)


def test_window_without_readings_has_no_value() -> None:
    """Nothing read is no value, between nothing and full power for the whole time."""
    energy = counter([], 0.0, 2.0)
    assert (energy.value, energy.low, energy.high) == (None, 0.0, 1000.0)
    assert energy.reasons == ("no reading inside the window",)


def test_window_below_two_steps_is_refused() -> None:
    """A window of 150 ms over a counter of 100 ms has bounds but no value."""
    energy = counter([Sample(0.0, energy=1e6), Sample(0.15, energy=1e6 + 25.0)], 0.0, 0.15)
    assert energy.value is None
    assert energy.low <= 37.5 <= energy.high
    assert "shorter than two steps" in energy.reasons[0]


def test_equal_powers_are_not_duplicates() -> None:
    """A steady power of 150 W for 2 s is 300 J although every reading is the same."""
    samples = [Sample(0.1 * i, power=150.0) for i in range(21)]
    energy = from_power(samples, 0.0, 2.0, period=0.1, window=0.1, maximum_power=300.0)
    assert energy.value == pytest.approx(300.0)
    assert energy.low <= 300.0 <= energy.high


def test_powers_are_weighted_by_time() -> None:
    """Readings count for the time until the next one, however uneven."""
    samples = [Sample(0.0, power=100.0), Sample(0.3, power=200.0), Sample(0.4, power=100.0)]
    energy = from_power(samples, 0.0, 0.6, period=0.1, window=0.1, maximum_power=300.0)
    assert energy.value == pytest.approx(30.0 + 20.0 + 20.0)


def test_average_stands_in_for_instantaneous_power() -> None:
    """A board that tells only averages is integrated from those."""
    samples = [Sample(0.1 * i, average=80.0) for i in range(51)]
    energy = from_power(samples, 0.0, 5.0, period=0.1, window=1.0, maximum_power=300.0)
    assert energy.value == pytest.approx(400.0)
    assert energy.low <= 400.0 <= energy.high


def test_a_sensor_that_sees_a_quarter_bounds_the_rest() -> None:
    """Of a steady 400 W of which 25 % is seen, the rest lies between 0 and full power."""
    samples = [Sample(0.09 * i, power=400.0) for i in range(112)]
    energy = from_power(samples, 0.0, 9.99, period=0.1, window=0.025, gain=0.0, maximum_power=700.0)
    assert energy.low == pytest.approx(0.25 * 4000, rel=0.05)
    assert energy.high == pytest.approx(0.25 * 4000 + 0.75 * 7000, rel=0.05)


def test_time_without_power_is_not_covered() -> None:
    """A second without readings is not measured and not filled."""
    samples = [Sample(0.1 * i, power=100.0) for i in range(31) if not 10 <= i < 20]
    energy = from_power(samples, 0.0, 3.0, period=0.1, window=0.1, maximum_power=300.0)
    assert energy.coverage == pytest.approx(1.9 / 3)
    assert energy.value == pytest.approx(190.0)
    assert energy.reasons == ("no reading from 0.9 s to 2 s; that time is not measured",)


def test_bound_is_the_larger_side() -> None:
    """The bound of a value is its distance from the farther end of the interval."""
    assert Energy(100.0, 90.0, 130.0, 1.0, "counter").bound == 30.0
    assert Energy(None, 10.0, 30.0, 0.0, "none").bound == 10.0
    assert Energy(5.0, 0.0, math.inf, 1.0, "power").bound == math.inf
