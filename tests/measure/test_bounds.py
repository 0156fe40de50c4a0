"""For any course of power, the reported interval holds the true energy."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
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
    """Demand that the bounds hold the truth, and that the bound is the distance to it."""
    slack = 1e-6 * max(1.0, truth)
    assert energy.low - slack <= truth <= energy.high + slack
    if energy.value is not None:
        assert abs(energy.value - truth) <= energy.bound + slack


windows = st.tuples(st.floats(1.0, 4.0), st.floats(0.02, 6.0))


@dataclass(frozen=True, slots=True)
class Trouble:
    """When a sensor is lost for good, and from when it does not answer for a while (s)."""

    loss: float | None
    blind: float | None

    def at(self, time: float) -> bool:
        """Whether nothing can be read at a time."""
        if self.loss is not None and time >= self.loss:
            return True
        return self.blind is not None and self.blind <= time < self.blind + 0.7


troubles = st.builds(
    Trouble,
    loss=st.one_of(st.none(), st.floats(0.5, 12.0)),
    blind=st.one_of(st.none(), st.floats(0.5, 8.0)),
)


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter that moves every `step` from `phase` on, has begun at `offset`, and may be reset.

    Its `origin` is the time of the clock at time 0 of the course.
    """

    step: float
    phase: float
    gain: float
    offset: float
    reset: float | None
    origin: float
    trouble: Trouble

    def read(self, course: Course, time: float) -> Sample:
        """Return what it shows, in whole millijoules."""
        if self.trouble.at(time):
            return Sample(self.origin + time)
        seen = max(0.0, _grid(time, self.step, self.phase))
        if self.reset is not None and time >= self.reset:
            joules = course.between(self.reset, max(self.reset, seen)) * (1 + self.gain)
        else:
            joules = self.offset + course.until(seen) * (1 + self.gain)
        return Sample(self.origin + time, energy=math.floor(joules * 1000) / 1000)


counters = st.sampled_from([0.02, 0.05, 0.1]).flatmap(
    lambda step: st.builds(
        Counter,
        step=st.just(step),
        phase=st.floats(0, step),
        gain=st.sampled_from([-0.05, 0.0, 0.05]),
        offset=st.sampled_from([0.0, 50.0, 1e6]),
        reset=st.one_of(st.none(), st.floats(0.5, 8.0)),
        origin=st.sampled_from([0.0, 12345.678]),
        trouble=troubles,
    )
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), course=courses(), window=windows, seen=counters)
def test_counter_bounds_hold_the_truth(
    data: st.DataObject, course: Course, window: tuple[float, float], seen: Counter
) -> None:
    """A counter of any step and phase, reset and lost at any time, bounds the truth."""
    start, stop = window[0], window[0] + window[1]
    times = data.draw(readings(start, stop, 0.1))
    if data.draw(st.booleans()):
        times = [start - 0.05, start - 0.01, *times, stop + 0.03, stop + 0.15]
    energy = from_counter(
        [seen.read(course, time) for time in times],
        seen.origin + start,
        seen.origin + stop,
        step=seen.step,
        maximum_power=MAXIMUM,
        gain=0.05,
    )
    _check(energy, course.between(start, stop))


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor that every `period` from `phase` on shows the mean power of the last `window`."""

    period: float
    window: float
    phase: float
    gain: float
    trouble: Trouble

    def read(self, course: Course, time: float) -> Sample:
        """Return what it shows, in whole milliwatts."""
        if self.trouble.at(time):
            return Sample(time)
        last = _grid(time, self.period, self.phase)
        watts = course.between(last - self.window, last) / self.window * (1 + self.gain)
        return Sample(time, power=math.floor(watts * 1000) / 1000)


SENSORS = [(0.1, 0.025), (0.1, 0.1), (0.1, 1.0), (0.02, 0.01)]
sensors = st.sampled_from(SENSORS).flatmap(
    lambda kind: st.builds(
        Sensor,
        period=st.just(kind[0]),
        window=st.just(kind[1]),
        phase=st.floats(0, kind[0]),
        gain=st.floats(-0.05, 0.05),
        trouble=troubles,
    )
)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), course=courses(), window=windows, seen=sensors)
def test_power_bounds_hold_the_truth(
    data: st.DataObject, course: Course, window: tuple[float, float], seen: Sensor
) -> None:
    """A sensor of any kind, phase and gain, blind or lost at any time, bounds the truth."""
    start, stop = window[0], window[0] + window[1]
    times = data.draw(readings(start, stop, max(0.018, 0.9 * seen.period)))
    energy = from_power(
        [seen.read(course, time) for time in times],
        start,
        stop,
        period=seen.period,
        window=seen.window,
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
