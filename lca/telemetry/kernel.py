"""Sums between neighbors, in numpy: what lies between two samples of one device, job and hour.

A batch of samples in the order of their file is put in order of its devices, each device keeping
the order of the file, so that the sample before is the row before. What is plain - two samples of
one job, within one hour, the second after the first - is summed here; all else is handed on: where
the samples of a device begin and end (`Seen.ends`), and pairs that need a closer look (`Seen.pairs`).

Sums are whole numbers (µJ, mJ, µs) held as float64: those of one device and hour are below 2^53, so
that no sum is rounded and none depends on the order of adding (`lca.telemetry.asked.MOST_POWER`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lca.telemetry.asked import HOUR

__all__ = ["BUCKET", "COUNTER_STEP", "Rule", "Samples", "Seen", "by_device", "joined",
           "look"]  # fmt: skip

BUCKET = 20
"""Times between samples are told apart by steps of two to this many microseconds (1.05 s)."""
COUNTER_STEP = 100_000
"""Longest time between two updates of a counter (µs), as in the meter's table of sensors."""

_BLOCK = 1 << 15
"""Rows that are summed at once: few enough that they stay in the processor's cache."""
_FEW = 256
_TURNS = 64
"""A batch whose device changes more often than every so many rows is put in order of devices."""

Array = NDArray[Any]
Columns = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Rule:
    """How samples of a measure are summed.

    Attributes
    ----------
    counter
        Whether values are readings of a counter (mJ), or powers (W).
    highest
        Power (W) that no board exceeds.
    gap
        Time (s) that makes a gap; None where the usual time of each device does.
    """

    counter: bool
    highest: float
    gap: float | None

    def bucket(self, time: Array) -> Array:
        """Return the bucket of times (µs) between samples."""
        found = time >> BUCKET if self.gap is None else time > round(self.gap * 1e6)
        return found.astype(np.int64, copy=False)


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples: device and job as hashes, time (µs), value (W or mJ), each of shape (rows,)."""

    d: Array
    j: Array
    t: Array
    v: Array

    def __len__(self) -> int:
        return len(self.d)

    def at(self, rows: Any) -> Self:
        """Return some of the rows."""
        return type(self)(self.d[rows], self.j[rows], self.t[rows], self.v[rows])


@dataclass(frozen=True, slots=True)
class Seen:
    """What a batch says, column by column.

    Attributes
    ----------
    sums
        ``d, j, h, b, n, lo, hi, s``: pairs of a device, job, hour and bucket of time; their number,
        energy by the lower and by the higher sample (µJ, or mJ of a counter), and time (µs).
    ends
        ``d, j, t, v, kind, place``: where the samples of a device begin (0) and end (1), and the
        number of the row, which rises with the order of the file within a device.
    pairs
        ``d, j, t, v, j0, t0, v0``: neighbors over the turn of an hour or job, or of a doubtful
        counter.
    backward
        How many samples are not after the one before.
    """

    sums: Columns
    ends: Columns
    pairs: Columns
    backward: int


def by_device(batch: Samples, known: Array) -> Samples:
    """Return a batch with each device's samples together, in the order of the file.

    Parameters
    ----------
    batch
        Samples in the order of their file.
    known
        Hash of every device there is, sorted.
    """
    turns = np.count_nonzero(batch.d[1:] != batch.d[:-1])
    if turns * _TURNS <= len(batch):
        return batch
    return batch.at(np.argsort(_short(batch.d, known), kind="stable"))


def _short(d: Array, known: Array) -> Array:
    """Return numbers that tell devices apart: 16 bits of their hashes if these do, which sort fastest."""
    for shift in range(0, 49, 4):
        parts = (known >> np.uint64(shift)).astype(np.uint16)
        if len(np.unique(parts)) == len(known):
            return (d >> np.uint64(shift)).astype(np.uint16)
    codes = np.searchsorted(known, d)
    return codes.astype(np.uint16) if len(known) <= 1 << 16 else codes


def look(batch: Samples, rule: Rule, place: int) -> Seen:
    """Return what a batch of at least one sample says.

    Parameters
    ----------
    batch
        As `by_device` returns it.
    rule
        How to sum.
    place
        Number of its first row, in the order of the file.
    """
    sums, special = [], [np.zeros(0, np.int64)]
    for first in range(1, len(batch), _BLOCK):
        rows = slice(first - 1, min(first + _BLOCK, len(batch)))
        found, left = _summed(batch.at(rows), rule)
        sums.append(found)
        special.append(left + first)
    places = np.concatenate(special)
    same = batch.d[places] == batch.d[places - 1]
    onward = same & (batch.t[places] > batch.t[places - 1])
    begins = np.concatenate(([0], places[~onward]))
    return Seen(
        joined(sums),
        _ends(batch, begins, place),
        _pairs(batch, places[onward]),
        int(np.count_nonzero(same & ~onward)),
    )


def _summed(rows: Samples, rule: Rule) -> tuple[Columns, Array]:
    """Return the sums of plain pairs, and the places of all others (0 is the first pair)."""
    time, hour = rows.t[1:] - rows.t[:-1], rows.t // HOUR
    same = rows.d[1:] == rows.d[:-1]
    same &= rows.j[1:] == rows.j[:-1]
    same &= hour[1:] == hour[:-1]
    plain = same & (time > 0)
    if rule.counter:
        plain &= _rises(rows.v, time, rule)
    special = np.flatnonzero(~plain)
    time[special] = 0
    runs = np.concatenate(([0], np.flatnonzero(~same)))
    values = _energies(rows.v, time, special, rule)
    found = _grouped(runs, rule.bucket(time), special, values)
    # the first pair of a run leads into it, but for that of a batch which begins within one
    first = (runs + ~same[runs])[found.pop("run")]
    return {"d": rows.d[first], "j": rows.j[first], "h": hour[first]} | found, special


def _rises(v: Array, time: Array, rule: Rule) -> Array:
    """Whether a counter rose, by no more than a board can make, and cannot have begun anew."""
    most = rule.highest / 1e3 * (time + COUNTER_STEP)
    rise = v[1:] - v[:-1]
    fine: Array = (rise >= 0) & (rise <= most) & (v[1:] > most)
    return fine


def _energies(v: Array, time: Array, special: Array, rule: Rule) -> Columns:
    """Return energy by the lower and by the higher sample of each pair (µJ or mJ), and its time."""
    if rule.counter:
        rise = (v[1:] - v[:-1]).astype(np.float64)
        rise[special] = 0
        return {"lo": rise, "hi": rise, "s": time}
    span = time.astype(np.float64)
    low, high = np.minimum(v[1:], v[:-1]), np.maximum(v[1:], v[:-1])
    for end in (low, high):
        np.rint(np.multiply(end, span, out=end), out=end)
    return {"lo": low, "hi": high, "s": time}


def _grouped(runs: Array, bucket: Array, special: Array, values: Columns) -> Columns:
    """Return the sums of values by run and bucket, and how many pairs they are of.

    Parameters
    ----------
    runs
        Places where runs of one device, job and hour begin; the first is 0, perhaps twice.
    bucket
        Bucket of each pair's time.
    special
        Places that do not count; their values are 0.
    values
        Whole numbers, of which the sums are made.
    """
    usual = _usual(bucket)
    bucket[special] = usual
    lengths = np.diff(runs, append=len(bucket))
    count = lengths - np.bincount(_run_of(special, runs), minlength=len(runs))
    sums = {"n": count} | {name: _by_run(value, runs, lengths) for name, value in values.items()}
    other = np.flatnonzero(bucket != usual)
    apart = _apart(_run_of(other, runs), bucket[other], {n: v[other] for n, v in values.items()})
    for name, sum_ in sums.items():
        np.subtract.at(sum_, apart["run"], apart[name])
    there = np.flatnonzero(sums["n"])
    plain = {"run": there, "b": np.full(len(there), usual)}
    plain |= {name: sum_[there] for name, sum_ in sums.items()}
    return {name: np.concatenate((plain[name], apart[name])) for name in plain}


def _usual(bucket: Array) -> int:
    """Return the commonest of some buckets; the sums are the same whichever it is."""
    found, count = np.unique(bucket[:: len(bucket) // _FEW + 1], return_counts=True)
    return int(found[count.argmax()])


def _run_of(places: Array, runs: Array) -> Array:
    """Return the run of each place."""
    return np.searchsorted(runs, places, side="right") - 1


def _by_run(value: Array, runs: Array, lengths: Array) -> Array:
    """Return the sums of whole numbers by run; of an empty one, 0."""
    summed = np.add.reduceat(value, runs).astype(np.int64)
    summed[lengths == 0] = 0
    return summed


def _apart(run: Array, bucket: Array, values: Columns) -> Columns:
    """Return the sums of some pairs by run and bucket."""
    width = int(bucket.max(initial=0)) + 1
    keys, place, count = np.unique(run * width + bucket, return_inverse=True, return_counts=True)
    sums = {
        name: np.bincount(place, value, len(keys)).astype(np.int64)
        for name, value in values.items()
    }
    return {"run": keys // width, "b": keys % width, "n": count, **sums}


def joined(parts: Sequence[Columns]) -> Columns:
    """Return columns one behind another; those that are lacking are empty."""
    names = max((list(one) for one in parts), key=len, default=[])
    return {name: np.concatenate([one[name] for one in parts if one]) for name in names}


def _ends(batch: Samples, begins: Array, place: int) -> Columns:
    """Return where samples of a device begin, and the samples before: where they end."""
    rows = np.concatenate((begins, begins[1:] - 1, [len(batch) - 1]))
    some = batch.at(rows)
    kind = np.repeat([0, 1], len(begins))
    return {"d": some.d, "j": some.j, "t": some.t, "v": some.v, "kind": kind, "place": rows + place}


def _pairs(batch: Samples, places: Array) -> Columns:
    """Return pairs of neighbors, by the place of the second."""
    second, first = batch.at(places), batch.at(places - 1)
    return {
        "d": second.d, "j": second.j, "t": second.t, "v": second.v,
        "j0": first.j, "t0": first.t, "v0": first.v,
    }  # fmt: skip
