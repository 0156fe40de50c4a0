"""Energy of a window from readings of power, with bounds that hold."""

from __future__ import annotations

import math
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

__all__ = ["from_power"]

_LATE = 5.0
"""Periods without a reading after which time counts as not measured."""


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
    read = [sample for sample in samples if start - SLACK <= sample.time <= stop + SLACK]
    read = [sample for sample in read if _power(sample) is not None]
    if not read or length <= 0:
        return unread_window(length, maximum_power, "power")
    limit = _LATE * period
    value, covered = _hold(read, start, stop, limit)
    certain = [x for x in read if x.time - period - window >= start - SLACK]
    seen, time = _seen(certain, period, window)
    low = max(0.0, seen - RESOLUTION * time) / (1 + gain)
    high = (seen + RESOLUTION * time) / (1 - gain) + energy_of(maximum_power, length - time)
    high = max(low, min(high, energy_of(maximum_power, length)))
    return Energy(
        value=None if length < 2 * period - SLACK else min(max(value, low), high),
        low=low,
        high=high,
        coverage=part_of(covered, length),
        method="power",
        reasons=(*too_short(length, period), *_gaps(read, start, stop, limit)),
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
        if apart == math.inf or math.floor(apart / period) * period >= window - SLACK:
            energy += (_power(sample) or 0.0) * window
            time += window
            last = sample.time
    return energy, time


def _power(sample: Sample) -> float | None:
    """Return the instantaneous power, else the average (W)."""
    return sample.average if sample.power is None else sample.power


def _gaps(samples: Sequence[Sample], start: float, stop: float, limit: float) -> tuple[str, ...]:
    """Describe time without readings of power."""
    times = [start, *(sample.time for sample in samples), stop]
    return tuple(
        f"no reading from {a - start:.3g} s to {b - start:.3g} s; that time is not measured"
        for a, b in pairwise(times)
        if b - a > limit
    )
