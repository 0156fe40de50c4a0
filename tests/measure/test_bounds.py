"""For any course of power, the reported interval holds the true energy."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lca.measure.integrate import Energy, Sample, from_counter, from_power

MAXIMUM = 700.0
LENGTH = 12.0


class Course:
    """Piecewise constant power with its exact integral."""

    def __init__(self, durations: list[float], powers: list[float]) -> None:
        self.edges = [0.0, *accumulate(durations)]
        self.powers = [*powers, powers[-1]]
        parts = [
            power * (b - a) for power, (a, b) in zip(powers, pairwise(self.edges), strict=True)
        ]
        self.sums = [0.0, *accumulate(parts)]

    def until(self, time: float) -> float:
        """Return the energy (J) from 0 to a time (s)."""
        if time <= 0:
            return 0.0
        i = min(bisect_right(self.edges, time) - 1, len(self.powers) - 1)
        return self.sums[i] + self.powers[i] * (time - self.edges[i])

    def between(self, a: float, b: float) -> float:
        """Return the energy (J) between two times (s)."""
        return self.until(b) - self.until(a)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Return bursts, plateaus and steps between 0 and maximum power."""
    if draw(st.booleans()):
        on, off = draw(st.floats(0.002, 0.2)), draw(st.floats(0.002, 0.2))
        high, low = draw(st.floats(0, MAXIMUM)), draw(st.floats(0, MAXIMUM))
        count = math.ceil(LENGTH / (on + off))
        return Course([on, off] * count, [high, low] * count)
    powers = draw(st.lists(st.floats(0, MAXIMUM), min_size=1, max_size=12))
    count = len(powers)
    parts = draw(st.lists(st.floats(0.01, 1.0), min_size=count, max_size=count))
    return Course([part * LENGTH / sum(parts) for part in parts], powers)


@st.composite
def readings(draw: st.DrawFn, start: float, stop: float, spacing: float) -> list[float]:
    """Return times of readings: both edges, and a jittering sampler between them."""
    jitters = draw(st.lists(st.floats(0.7, 1.6), min_size=3, max_size=7))
    times, i = [start], 0
    while times[-1] + spacing * jitters[i % len(jitters)] < stop:
        times.append(times[-1] + spacing * jitters[i % len(jitters)])
        i += 1
    return [*times, stop]


def _grid(time: float, period: float, phase: float) -> float:
    """Return the last update of a sensor at or before a time."""
    return math.floor((time - phase) / period) * period + phase


def _check(energy: Energy, truth: float) -> None:
    slack = 1e-6 * max(1.0, truth)
    assert energy.low - slack <= truth <= energy.high + slack
    if energy.value is not None:
        assert abs(energy.value - truth) <= energy.bound + slack


windows = st.tuples(st.floats(1.0, 4.0), st.floats(0.02, 6.0))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), course=courses(), window=windows)
def test_counter_bounds_hold_the_truth(
    data: st.DataObject, course: Course, window: tuple[float, float]
) -> None:
    """A counter of any step and phase, reset and lost at any time, bounds the truth."""
    start, stop = window[0], window[0] + window[1]
    step = data.draw(st.sampled_from([0.02, 0.05, 0.1]))
    phase = data.draw(st.floats(0, step))
    gain = data.draw(st.sampled_from([-0.05, 0.0, 0.05]))
    offset = data.draw(st.sampled_from([0.0, 50.0, 1e6]))
    reset = data.draw(st.one_of(st.none(), st.floats(0.5, 8.0)))
    loss = data.draw(st.one_of(st.none(), st.floats(0.5, 12.0)))
    blind = data.draw(st.one_of(st.none(), st.floats(0.5, 8.0)))
    origin = data.draw(st.sampled_from([0.0, 12345.678]))

    def read(time: float) -> Sample:
        seen = max(0.0, _grid(time, step, phase))
        dark = blind is not None and blind <= time < blind + 0.7
        if (loss is not None and time >= loss) or dark:
            return Sample(origin + time)
        if reset is not None and time >= reset:
            joules = course.between(reset, max(reset, seen)) * (1 + gain)
        else:
            joules = offset + course.until(seen) * (1 + gain)
        return Sample(origin + time, energy=math.floor(joules * 1000) / 1000)

    times = data.draw(readings(start, stop, 0.1))
    if data.draw(st.booleans()):
        times = [start - 0.05, start - 0.01, *times, stop + 0.03, stop + 0.15]
    energy = from_counter(
        [read(time) for time in times],
        origin + start,
        origin + stop,
        step=step,
        maximum_power=MAXIMUM,
        gain=0.05,
    )
    _check(energy, course.between(start, stop))


SENSORS = [(0.1, 0.025), (0.1, 0.1), (0.1, 1.0), (0.02, 0.01)]


@settings(max_examples=150, deadline=None)
@given(data=st.data(), course=courses(), window=windows, sensor=st.sampled_from(SENSORS))
def test_power_bounds_hold_the_truth(
    data: st.DataObject,
    course: Course,
    window: tuple[float, float],
    sensor: tuple[float, float],
) -> None:
    """A sensor of any kind, phase and gain, blind or lost at any time, bounds the truth."""
    start, stop = window[0], window[0] + window[1]
    period, seen = sensor
    phase = data.draw(st.floats(0, period))
    gain = data.draw(st.floats(-0.05, 0.05))
    loss = data.draw(st.one_of(st.none(), st.floats(0.5, 12.0)))
    blind = data.draw(st.one_of(st.none(), st.floats(0.5, 8.0)))

    def read(time: float) -> Sample:
        dark = blind is not None and blind <= time < blind + 0.7
        if (loss is not None and time >= loss) or dark:
            return Sample(time)
        last = _grid(time, period, phase)
        watts = course.between(last - seen, last) / seen * (1 + gain)
        return Sample(time, power=math.floor(watts * 1000) / 1000)

    times = data.draw(readings(start, stop, max(0.018, 0.9 * period)))
    energy = from_power(
        [read(time) for time in times],
        start,
        stop,
        period=period,
        window=seen,
        gain=0.05,
        maximum_power=MAXIMUM,
    )
    _check(energy, course.between(start, stop))


@pytest.mark.parametrize("method", ["counter", "power"])
def test_bounds_without_a_known_maximum_are_infinite_above(method: str) -> None:
    """Where nothing limits the power, nothing limits what was not seen."""
    samples = [Sample(0.1 * i, energy=25.0 * i, power=250.0) for i in range(61)]
    if method == "counter":
        energy = from_counter(samples, 0.0, 6.0, step=0.1, maximum_power=math.inf)
    else:
        energy = from_power(samples, 0.0, 6.0, period=0.1, window=0.025, maximum_power=math.inf)
    assert energy.high == math.inf
    assert energy.value == pytest.approx(1500.0)
