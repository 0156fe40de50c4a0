"""Energy of a window from readings of a counter or of power, with bounds that hold.

Times are seconds of a monotonic clock, energies joules, powers watts. `Energy.low` and
`Energy.high` hold for every course of power between 0 and `maximum_power` that a sensor
of the stated step, period and window could have turned into these readings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Energy", "Sample", "from_counter", "from_power"]

RESOLUTION = 0.001
"""A counter is read in whole millijoules (J), power in whole milliwatts (W)."""
_LATE = 5.0
"""Periods without a reading after which time counts as not measured."""
_SLACK = 1e-9
"""Times closer than this are the same (s)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Readings of one device at one time; None where a field cannot be read.

    Parameters
    ----------
    time : float
        Monotonic time (s).
    energy : float, optional
        Counter (J).
    power : float, optional
        Instantaneous power (W).
    average : float, optional
        Power averaged by the device (W).

    """

    time: float
    energy: float | None = None
    power: float | None = None
    average: float | None = None


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of a window (J) and how it is known.

    Parameters
    ----------
    value : float or None
        Best estimate of what was measured; None if nothing tells.
    low, high : float
        Bounds of the true energy of the whole window; `high` may be infinite.
    coverage : float
        Share of the window that was measured, 0 to 1.
    method : str
        ``counter``, ``power``, ``model`` or ``none``.
    reasons : tuple of str
        Why it is missing, partial or doubtful.

    """

    value: float | None
    low: float
    high: float
    coverage: float
    method: str
    reasons: tuple[str, ...] = ()

    @property
    def bound(self) -> float:
        """Largest distance (J) that the truth can have from the value, or from the middle."""
        if self.value is None:
            return (self.high - self.low) / 2
        return max(self.high - self.value, self.value - self.low)


def from_counter(
    samples: Sequence[Sample],
    start: float,
    stop: float,
    *,
    step: float,
    maximum_power: float,
    gain: float = 0.0,
) -> Energy:
    """Return the energy between two times from a counter.

    A counter shows the energy up to its last update. What it does not show yet, at either
    edge, is bounded by the next update where one was read, else by step x power. A counter
    that falls was reset: that gap is bridged by power and bounded by maximum power.

    Parameters
    ----------
    samples : sequence of Sample
        Readings in order of time; those just before and after the window sharpen its edges.
    start, stop : float
        Edges of the window (s).
    step : float
        Longest time between two updates of the counter (s).
    maximum_power : float
        Power that the device does not exceed, averaged over a step (W); may be infinite.
    gain : float
        Largest relative error of the sensor.

    Returns
    -------
    Energy
        Without a value if the window is shorter than two steps, or was never read.

    """
    read = [sample for sample in samples if sample.energy is not None]
    inside = [x for x in read if start - _SLACK <= x.time <= stop + _SLACK]
    length = stop - start
    if len(inside) < 2 or length <= 0:
        return _unread(length, maximum_power, "counter")
    first, last = inside[0], inside[-1]
    before = next((x for x in reversed(read) if x.time < first.time), None)
    behind = [x for x in read if x.time > last.time]
    ledger = _count(inside, maximum_power * (1 + gain))
    hidden_first = _hidden(first, before, inside[1:] + behind, step, maximum_power)
    hidden_last = _hidden(last, inside[-2], behind, step, maximum_power)
    unread = (first.time - start) + (stop - last.time)
    low = ledger.low / (1 + gain) - hidden_first / (1 - gain) - RESOLUTION
    high = (ledger.high + hidden_last) / (1 - gain) + _times(maximum_power, unread) + RESOLUTION
    low, high = max(0.0, low), min(high, _times(maximum_power, length))
    ages = [_age(first, before, inside[1:], step), _age(last, inside[-2], behind, step)]
    value = ledger.value
    if ages[0] is not None and ages[1] is not None:
        value += ledger.value / (last.time - first.time) * (ages[1] - ages[0])
    return Energy(
        value=None if length < 2 * step - _SLACK else min(max(value, low), high),
        low=low,
        high=max(low, high),
        coverage=_share(length - _lapse(unread, step), length),
        method="counter",
        reasons=(
            *_too_short(length, step),
            *ledger.reasons,
            *_lost(start, first.time, last.time, stop, step),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Ledger:
    """What a counter shows between its first and its last reading (J)."""

    value: float
    low: float
    high: float
    reasons: tuple[str, ...]


def _count(samples: Sequence[Sample], maximum_power: float) -> _Ledger:
    """Add up the differences of a counter; bridge those that cannot be its own."""
    value = low = high = 0.0
    resets: list[tuple[Sample, Sample]] = []
    counted = counted_time = 0.0
    for a, b in pairwise(samples):
        difference = _energy(b) - _energy(a)
        most = _times(maximum_power, b.time - a.time)
        if difference < 0:
            resets.append((a, b))
            continue
        counted, counted_time = counted + difference, counted_time + b.time - a.time
        low += difference
        # A counter this small may have begun anew unseen since the reading before.
        high += max(difference, most) if _energy(b) <= most < math.inf else difference
    value = counted
    rate = counted / counted_time if counted_time > 0 else None
    for a, b in resets:
        most = _times(maximum_power, b.time - a.time)
        seen = _energy(b) if _energy(b) <= most else 0.0
        low, high = low + seen, high + most
        value += min(max(_bridge(a, b, rate), seen), most)
    return _Ledger(value, low, high, tuple(_reset(samples[0], a, b) for a, b in resets))


def _bridge(a: Sample, b: Sample, rate: float | None) -> float:
    """Return the energy (J) between two readings from their power, else from the mean rate."""
    powers = [x.power if x.power is not None else x.average for x in (a, b)]
    known = [power for power in powers if power is not None]
    mean = sum(known) / len(known) if known else rate
    return 0.0 if mean is None else mean * (b.time - a.time)


def _hidden(
    edge: Sample,
    before: Sample | None,
    after: Sequence[Sample],
    step: float,
    maximum_power: float,
) -> float:
    """Bound the energy (J) that a counter hides at an edge, by the readings around it.

    A change since the reading before says that the last update is younger than that
    reading. The first reading behind a later update shows all that was hidden.
    """
    time = step
    if before is not None and before.energy != edge.energy:
        time = min(step, edge.time - before.time)
    energy = _times(maximum_power, time)
    shown = _energy(edge)
    for later in after:
        difference = _energy(later) - shown
        if difference < 0:
            break
        if difference > 0 or later.time - edge.time >= step:
            return min(energy, difference + RESOLUTION)
    return energy


def _age(edge: Sample, before: Sample | None, after: Sequence[Sample], step: float) -> float | None:
    """Estimate the age (s) of the update that an edge shows; None if nothing tells closely."""
    near = step / 2
    if before is not None and before.energy != edge.energy and edge.time - before.time < near:
        return (edge.time - before.time) / 2
    for earlier, later in pairwise([edge, *after]):
        if later.energy != edge.energy:
            close = later.time - earlier.time < near
            since = (later.time + earlier.time) / 2 - edge.time
            return max(0.0, step - since) if close else None
    return None


def from_power(
    samples: Sequence[Sample],
    start: float,
    stop: float,
    *,
    period: float,
    window: float,
    gain: float = 0.05,
    maximum_power: float = math.inf,
) -> Energy:
    """Return the energy between two times from readings of power.

    The value holds each reading until the next (time-weighted; equal readings count). The
    bounds trust only what the sensor saw: it publishes every `period` the mean power of the
    last `window`. Time that it did not see lies between zero and maximum power.

    Parameters
    ----------
    samples : sequence of Sample
        Readings in order of time; `power` is used, else `average`.
    start, stop : float
        Edges of the window (s).
    period, window : float
        Time between two updates, and time that one update averages over (s).
    gain : float
        Largest relative error of the sensor.
    maximum_power : float
        Power that the device does not exceed (W); may be infinite.

    """
    length = stop - start
    read = [sample for sample in samples if start - _SLACK <= sample.time <= stop + _SLACK]
    read = [sample for sample in read if _power(sample) is not None]
    if not read or length <= 0:
        return _unread(length, maximum_power, "power")
    limit = _LATE * period
    value, covered = _hold(read, start, stop, limit)
    certain = [x for x in read if x.time - period - window >= start - _SLACK]
    seen, time = _seen(certain, period, window)
    low = max(0.0, seen - RESOLUTION * time) / (1 + gain)
    high = (seen + RESOLUTION * time) / (1 - gain) + _times(maximum_power, length - time)
    high = max(low, min(high, _times(maximum_power, length)))
    return Energy(
        value=None if length < 2 * period - _SLACK else min(max(value, low), high),
        low=low,
        high=high,
        coverage=_share(covered, length),
        method="power",
        reasons=(*_too_short(length, period), *_gaps(read, start, stop, limit)),
    )


def _hold(
    samples: Sequence[Sample], start: float, stop: float, limit: float
) -> tuple[float, float]:
    """Return energy (J) and measured time (s): each reading holds until the next one.

    The first reading also holds back to the start. After `limit` without a reading, time
    counts as not measured, so that the last reading of a lost board does not go on.
    """
    edges = [start, *(sample.time for sample in samples[1:]), stop]
    value = covered = 0.0
    for sample, (begin, end) in zip(samples, pairwise(edges), strict=True):
        early = min(sample.time - begin, limit)
        late = end - sample.time
        held = max(early, 0.0) + (late if late <= limit else 0.0)
        value += (_power(sample) or 0.0) * held
        covered += held
    return value, covered


def _seen(samples: Sequence[Sample], period: float, window: float) -> tuple[float, float]:
    """Return energy (J) and time (s) of updates that certainly do not overlap."""
    if window > period:
        return _tiles(samples, period, window)
    energy = time = 0.0
    for run in _runs(samples, period):
        # Readings closer than a period miss no update, and equal ones may be one update.
        updates = math.floor((run[-1].time - run[0].time) / period) + 1
        energy += (_power(run[0]) or 0.0) * updates * window
        time += updates * window
    return energy, time


def _runs(samples: Sequence[Sample], period: float) -> list[list[Sample]]:
    """Split readings where a new update is certain: another value, or a period later."""
    runs: list[list[Sample]] = []
    for sample in samples:
        last = runs[-1][-1] if runs else None
        same = last is not None and _power(last) == _power(sample)
        if last is not None and same and sample.time - last.time < period:
            runs[-1].append(sample)
        else:
            runs.append([sample])
    return runs


def _tiles(samples: Sequence[Sample], period: float, window: float) -> tuple[float, float]:
    """Return energy (J) and time (s) of long averages, chosen so that none overlap.

    Two readings a time t apart are at least floor(t / period) updates apart.
    """
    energy = time = 0.0
    last = -math.inf
    for sample in samples:
        apart = sample.time - last
        if apart == math.inf or math.floor(apart / period) * period >= window - _SLACK:
            energy += (_power(sample) or 0.0) * window
            time += window
            last = sample.time
    return energy, time


def _energy(sample: Sample) -> float:
    """Return a counter reading that is known to exist (J)."""
    return sample.energy or 0.0


def _power(sample: Sample) -> float | None:
    """Return the instantaneous power, else the average (W)."""
    return sample.average if sample.power is None else sample.power


def _times(power: float, time: float) -> float:
    """Return power x time (J); infinite power for no time is nothing."""
    return power * time if time > 0 else 0.0


def _share(part: float, whole: float) -> float:
    """Return a share between 0 and 1."""
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0


def _lapse(time: float, step: float) -> float:
    """Return time without readings (s), if it is more than the step between two."""
    return time if time > step else 0.0


def _unread(length: float, maximum_power: float, method: str) -> Energy:
    """Return what can be said of a window without readings."""
    most = _times(maximum_power, length)
    return Energy(None, 0.0, most, 0.0, method, ("no reading inside the window",))


def _too_short(length: float, step: float) -> tuple[str, ...]:
    """Return the reason why a window is too short, if it is."""
    if length >= 2 * step - _SLACK:
        return ()
    text = f"the window of {length * 1e3:.3g} ms is shorter than two steps of the meter"
    return (f"{text} ({step * 1e3:.3g} ms each); repeat the work to fill {2 * step:.3g} s",)


def _reset(begin: Sample, a: Sample, b: Sample) -> str:
    """Describe a reset between two readings."""
    when = a.time - begin.time
    gap = (b.time - a.time) * 1e3
    return f"the counter was reset {when:.3g} s after the start; {gap:.0f} ms bridged by power"


def _lost(start: float, first: float, last: float, stop: float, step: float) -> tuple[str, ...]:
    """Describe time without readings at the edges of a window."""
    found = []
    if first - start > step:
        found.append(f"no reading in the first {first - start:.3g} s")
    if stop - last > step:
        found.append(
            f"no reading from {last - start:.3g} s on; the last {stop - last:.3g} s"
            " are not measured"
        )
    return tuple(found)


def _gaps(samples: Sequence[Sample], start: float, stop: float, limit: float) -> tuple[str, ...]:
    """Describe time without readings of power."""
    times = [start, *(sample.time for sample in samples), stop]
    return tuple(
        f"no reading from {a - start:.3g} s to {b - start:.3g} s; that time is not measured"
        for a, b in pairwise(times)
        if b - a > limit
    )
