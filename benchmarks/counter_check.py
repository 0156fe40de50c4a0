"""Compare a board's energy counter with its instant power, from readings of both.

The power sensor of some boards sees only a part of the time, such as 25 of each 100 ms. Whether
their counter sees all of it is not documented. A load of 5 ms in each 100 ms that slides through
every phase tells: a counter that integrates everything shows the same power whatever the phase,
one that samples shows too much in some blocks and too little in others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from measure.stand_in.trace import Reading

__all__ = ["BLOCK", "Comparison", "compared"]

BLOCK = 1.0
"""Length of a block whose mean powers are compared (s): some steps of any known counter."""

Power = Callable[[float, float], float | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the counter and the instant power of a board say of the same time.

    Parameters
    ----------
    seconds : float
        Time between the first and the last tick of the counter.
    counter, instant : float or None
        Energy (J) by each; None where the board does not have it.
    counter_spread, instant_spread : float or None
        Largest less smallest mean power of a block, by the mean of all.
    step : float or None
        Median time between two ticks of the counter (s).

    """

    seconds: float
    counter: float | None
    instant: float | None
    counter_spread: float | None
    instant_spread: float | None
    step: float | None

    @property
    def ratio(self) -> float | None:
        """Return energy by the counter over energy by the instant power."""
        if self.counter is None or not self.instant:
            return None
        return self.counter / self.instant


def compared(readings: Sequence[Reading], block: float = BLOCK) -> Comparison:
    """Return what a board's readings say, from the first tick of its counter to the last.

    Parameters
    ----------
    readings : sequence of Reading
        In order of time; those that are like the one before may be left out.
    block : float
        Length of a block (s).

    """
    ticks = _ticks(readings)
    if len(ticks) < 2:
        begun, ended = readings[0].time, readings[-1].time
        instant = _energy(readings, begun, ended)
        spread = _spread(lambda a, b: _energy(readings, a, b), _blocks(begun, ended, block))
        return Comparison(ended - begun, None, instant, None, spread, None)
    (begun, first), (ended, last) = ticks[0], ticks[-1]
    lengths = sorted(b[0] - a[0] for a, b in pairwise(ticks))
    blocks = _blocks(begun, ended, block)
    return Comparison(
        ended - begun,
        last - first,
        _energy(readings, begun, ended),
        _tick_spread(ticks, block),
        _spread(lambda a, b: _energy(readings, a, b), blocks),
        lengths[len(lengths) // 2],
    )


def _ticks(readings: Sequence[Reading]) -> list[tuple[float, float]]:
    """Return when the counter was first seen to show each of its values, and the value (J).

    Its first value is left out: when the counter began to show it was not seen.
    """
    known = [(one.time, one.counter) for one in readings if one.counter is not None]
    return [(b[0], b[1]) for a, b in pairwise(known) if b[1] != a[1]]


def _energy(readings: Sequence[Reading], begin: float, end: float) -> float | None:
    """Return the integral of the instant power (J), each value held until the next."""
    known = [(one.time, one.instant) for one in readings if one.instant is not None]
    if not known:
        return None
    spans = pairwise([*known, (max(end, known[-1][0]), 0.0)])
    return sum(
        max(0.0, min(until, end) - max(since, begin)) * watts
        for (since, watts), (until, _) in spans
    )


def _blocks(begin: float, end: float, length: float) -> list[tuple[float, float]]:
    """Return whole blocks of a time."""
    count = int((end - begin) / length + 1e-9)
    return [(begin + i * length, begin + (i + 1) * length) for i in range(count)]


def _spread(energy: Power, blocks: Sequence[tuple[float, float]]) -> float | None:
    """Return how much the energies of blocks differ, by their mean."""
    found = [energy(begin, end) for begin, end in blocks]
    return _range([value for value in found if value is not None])


def _tick_spread(ticks: Sequence[tuple[float, float]], block: float) -> float | None:
    """Return how much the mean powers between ticks differ that are about a block apart."""
    powers, last = [], ticks[0]
    for tick in ticks[1:]:
        if tick[0] - last[0] >= block:
            powers.append((tick[1] - last[1]) / (tick[0] - last[0]))
            last = tick
    return _range(powers)


def _range(values: Sequence[float]) -> float | None:
    """Return largest less smallest by the mean; None for fewer than two."""
    mean = sum(values) / len(values) if values else 0.0
    return (max(values) - min(values)) / mean if len(values) > 1 and mean > 0 else None
