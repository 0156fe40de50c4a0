"""Energy of a window from readings of an energy counter, with bounds that hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from lca.measure.energies import (
    RESOLUTION,
    SLACK,
    Energy,
    Sample,
    energy_of,
    part_of,
    too_short,
    unread_window,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["from_counter"]


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
    inside = [x for x in read if start - SLACK <= x.time <= stop + SLACK]
    length = stop - start
    if len(inside) < 2 or length <= 0:
        return unread_window(length, maximum_power, "counter")
    first, last = inside[0], inside[-1]
    edges = _edges(read, inside, step, maximum_power)
    ledger = _count(inside, maximum_power * (1 + gain))
    unread = (first.time - start) + (stop - last.time)
    most = energy_of(maximum_power, length)
    low = ledger.low / (1 + gain) - edges.hidden_first / (1 - gain) - RESOLUTION
    high = (ledger.high + edges.hidden_last) / (1 - gain) + RESOLUTION
    low, high = max(0.0, low), min(high + energy_of(maximum_power, unread), most)
    value = ledger.value + _drift(ledger.value, last.time - first.time, edges.shift)
    lost = _lost(start, first.time, last.time, stop, step)
    return Energy(
        value=None if length < 2 * step - SLACK else min(max(value, low), high),
        low=low,
        high=max(low, high),
        coverage=part_of(length - _lapse(unread, step), length),
        method="counter",
        reasons=(*too_short(length, step), *ledger.reasons, *lost),
    )


def _drift(energy: float, time: float, shift: float) -> float:
    """Return the energy (J) of a shift in time (s), at the mean power between two readings."""
    return energy / time * shift if shift else 0.0


@dataclass(frozen=True, slots=True)
class _Edges:
    """What a counter hides at its first and last reading (J), and how the two differ in age (s)."""

    hidden_first: float
    hidden_last: float
    shift: float


def _edges(
    read: Sequence[Sample], inside: Sequence[Sample], step: float, maximum_power: float
) -> _Edges:
    """Look at the first and the last reading of a window, with those around them."""
    first, last = inside[0], inside[-1]
    before = next((x for x in reversed(read) if x.time < first.time), None)
    behind = [x for x in read if x.time > last.time]
    ages = [_age(first, before, inside[1:], step), _age(last, inside[-2], behind, step)]
    known = [age for age in ages if age is not None]
    return _Edges(
        _hidden(first, before, [*inside[1:], *behind], step, maximum_power),
        _hidden(last, inside[-2], behind, step, maximum_power),
        known[1] - known[0] if len(known) == len(ages) else 0.0,
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
        most = energy_of(maximum_power, b.time - a.time)
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
        most = energy_of(maximum_power, b.time - a.time)
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
    energy = energy_of(maximum_power, time)
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


def _energy(sample: Sample) -> float:
    """Return a counter reading that is known to exist (J)."""
    return sample.energy or 0.0


def _lapse(time: float, step: float) -> float:
    """Return time without readings (s), if it is more than the step between two."""
    return time if time > step else 0.0


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
