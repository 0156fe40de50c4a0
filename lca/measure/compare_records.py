"""Compare two records: the ratio of their energies, and both reasons to doubt it.

How much repeats differ is one thing, how far the instrument can be off is another: a thousand
repeats of a meter that is 5 % high are still 5 % high. Both are stated, and a difference counts
only where it is beyond both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lca.errors import InputError

if TYPE_CHECKING:
    from lca.measure.records import DeviceRecord, EnergyPerUnit, WorkloadRecord

CONFIDENCE = 0.95
"""Share of repeated experiments whose interval holds the true ratio, where errors are normal."""

FEWEST = 3
"""Repeats of each record below which their spread says nothing."""

_WARMER = 5.0
_FASTER = 1.02
_THROTTLED = 0.01


@dataclass(frozen=True, slots=True)
class RecordComparison:
    """The energy per unit of a second record over that of a first.

    Attributes
    ----------
    ratio
        Second over first; None where one of them has no value.
    instrument
        Lowest and highest ratio that the bounds of both meters allow.
    repeats
        Interval of the ratio by the spread of the repeats; None where there are too few.
    unit
        What both are per.
    verdict
        ``lower``, ``higher`` or ``undecided``: of the second against the first.
    cautions
        Why they might not be comparable.
    """

    ratio: float | None
    instrument: tuple[float, float]
    repeats: tuple[float, float] | None
    unit: str
    verdict: str
    cautions: tuple[str, ...]


def compare(first: WorkloadRecord, second: WorkloadRecord) -> RecordComparison:
    """Compare two records of the same kind of work.

    Raises
    ------
    InputError
        If they count different work, or energy by different idle policies.
    """
    one, other = _per_unit(first), _per_unit(second)
    _check(first, second)
    ratio = None
    if one.value is not None and other.value is not None and one.value > 0:
        ratio = other.value / one.value
    instrument = _divide(other.low, one.high), _divide(other.high, one.low)
    repeats = interval(one.repeats, other.repeats)
    cautions = tuple(_cautions(first, second, repeats))
    return RecordComparison(
        ratio, instrument, repeats, one.unit, _verdict(instrument, repeats), cautions
    )


def joined(rounds: Sequence[WorkloadRecord]) -> WorkloadRecord:
    """Return rounds of one program, measured one after the other, as one record.

    Energy, bounds, time and work add up; each round with a value is a repeat.

    Raises
    ------
    InputError
        If there is no round.
    """
    from lca.measure.records import Work, per_unit, quality_of

    if not rounds:
        msg = "there is no round to compare"
        raise InputError(msg)
    first = rounds[0]
    names = dict.fromkeys(device.id for one in rounds for device in one.devices)
    devices = tuple(_summed(name, rounds) for name in names)
    values = [one.energy_per_unit.value for one in rounds if one.energy_per_unit is not None]
    quality, reasons = quality_of(devices)
    whole = replace(
        first,
        work=Work(sum(one.work.amount for one in rounds), first.work.unit),
        repeats=sum(one.repeats for one in rounds),
        duration=sum(one.duration for one in rounds),
        devices=devices,
        windows=(),
        quality=quality,
        reasons=(f"{len(rounds)} rounds added up", *reasons),
    )
    repeats = tuple(value for value in values if value is not None)
    return replace(whole, energy_per_unit=per_unit(whole.total, whole.work, repeats))


def _summed(name: str, rounds: Sequence[WorkloadRecord]) -> DeviceRecord:
    """Return one device over all rounds; a round without it leaves no value and no upper bound."""
    found = [device for one in rounds for device in one.devices if device.id == name]
    complete = len(found) == len(rounds)
    energies = [device.energy for device in found]
    known = [energy for energy in energies if energy is not None]
    heat = [device.temperature for device in found if device.temperature is not None]
    duration = sum(one.duration for one in rounds) or 1.0
    covered = sum(
        device.coverage * one.duration
        for one in rounds
        for device in one.devices
        if device.id == name
    )
    return replace(
        found[0],
        energy=sum(known) if complete and len(known) == len(rounds) else None,
        low=sum(device.low for device in found),
        high=sum(device.high for device in found) if complete else math.inf,
        coverage=min(1.0, covered / duration),
        temperature=max(heat, default=None),
        reasons=tuple(dict.fromkeys(reason for device in found for reason in device.reasons)),
    )


def order(rounds: int) -> Iterator[int]:
    """Yield whose turn it is, 0 or 1: the two change places each round, so that drift cancels.

    Examples
    --------
    >>> list(order(3))
    [0, 1, 1, 0, 0, 1]
    """
    for number in range(rounds):
        yield from (0, 1) if number % 2 == 0 else (1, 0)


def _per_unit(record: WorkloadRecord) -> EnergyPerUnit:
    """Return energy per unit of work, which must be there."""
    if record.energy_per_unit is None:
        msg = f"record of {record.workload} has no energy per unit: nothing to compare"
        raise InputError(msg)
    return record.energy_per_unit


def _check(first: WorkloadRecord, second: WorkloadRecord) -> None:
    """Refuse records that do not measure the same thing."""
    pairs = {
        "count different work": (first.work.unit, second.work.unit),
        "have different idle policies": (first.idle, second.idle),
    }
    for what, (left, right) in pairs.items():
        if left != right:
            msg = f"the records {what} ({left} and {right}): they cannot be compared"
            raise InputError(msg)


def _divide(numerator: float, denominator: float) -> float:
    """Return a quotient of bounds; nothing bounds it where the denominator may be zero."""
    if math.isinf(denominator):
        return 0.0
    return math.inf if denominator <= 0 else max(0.0, numerator) / denominator


def interval(first: Sequence[float], second: Sequence[float]) -> tuple[float, float] | None:
    """Return the interval of the ratio of means, second over first, or None for few repeats.

    Logarithms of means, their variances by the delta method, degrees of freedom by Welch and
    Satterthwaite.

    References
    ----------
    1. Welch, B. L. (1947). The generalization of "Student's" problem when several different
       population variances are involved. Biometrika 34(1-2).
    """
    if min(len(first), len(second)) < FEWEST or min(*first, *second) <= 0:
        return None
    from scipy.stats import t

    parts = [_log_variance(values) for values in (first, second)]
    variance = sum(parts)
    middle = math.log(_mean(second) / _mean(first))
    if variance == 0:
        return math.exp(middle), math.exp(middle)
    counts = (len(first), len(second))
    freedom = variance**2 / sum(v**2 / (n - 1) for v, n in zip(parts, counts, strict=True))
    width = float(t.ppf((1 + CONFIDENCE) / 2, freedom)) * math.sqrt(variance)
    return math.exp(middle - width), math.exp(middle + width)


def _log_variance(values: Sequence[float]) -> float:
    """Return the variance of the logarithm of a mean."""
    mean = _mean(values)
    spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return spread / len(values) / mean**2


def _mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean."""
    return sum(values) / len(values)


def _verdict(instrument: tuple[float, float], repeats: tuple[float, float] | None) -> str:
    """Return what is beyond both doubts; without repeats nothing is."""
    if repeats is None:
        return "undecided"
    if max(instrument[1], repeats[1]) < 1:
        return "lower"
    return "higher" if min(instrument[0], repeats[0]) > 1 else "undecided"


def _cautions(
    first: WorkloadRecord, second: WorkloadRecord, repeats: tuple[float, float] | None
) -> Iterator[str]:
    """Say what weakens the comparison."""
    if repeats is None:
        yield f"fewer than {FEWEST} repeats with a value in one record: no repeat interval, no verdict"
    for name, record in (("first", first), ("second", second)):
        if record.quality != "measured":
            yield f"the {name} record is {record.quality}, not measured"
        if record.status != "complete":
            yield f"the {name} record is {record.status}"
    if first.workload != second.workload:
        yield f"different workloads: {first.workload} and {second.workload}"
    if first.calibration != second.calibration:
        yield "node calibrations differ; energy of the metered devices is compared"
    yield from _metrics(first, second)
    yield from _devices(first.devices, second.devices)


def _metrics(first: WorkloadRecord, second: WorkloadRecord) -> Iterator[str]:
    """Yield how the quality of the results differs: energy saved may have been paid with it."""
    for name in sorted(set(first.metrics) & set(second.metrics)):
        left, right = first.metrics[name], second.metrics[name]
        if left is None or right is None:
            continue  # what does not exist in one of them does not differ
        if not math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-12):
            yield f"{name} differs: {left:.4g} and {right:.4g}"


def _devices(first: Sequence[DeviceRecord], second: Sequence[DeviceRecord]) -> Iterator[str]:
    """Say how the devices of two records differ."""
    kinds = [sorted(device.name or device.id for device in side) for side in (first, second)]
    if kinds[0] != kinds[1]:
        yield f"different devices: {', '.join(kinds[0])} and {', '.join(kinds[1])}"
        return
    order = sorted(first, key=_place), sorted(second, key=_place)
    for left, right in zip(*order, strict=True):
        yield from _states(left, right)


def _place(device: DeviceRecord) -> tuple[str, str]:
    """Return what devices are ordered by."""
    return device.name or device.id, device.id


def _states(left: DeviceRecord, right: DeviceRecord) -> Iterator[str]:
    """Yield how the state of one device differed between two runs."""
    if left.method != right.method:
        yield f"{left.id}: method {left.method} and {right.method}"
    if left.power_limit != right.power_limit:
        yield f"{left.id}: power limit {_watts(left.power_limit)} and {_watts(right.power_limit)}"
    heat = (left.temperature, right.temperature)
    if heat[0] is not None and heat[1] is not None and abs(heat[0] - heat[1]) > _WARMER:
        yield f"{left.id}: {heat[0]:.0f} °C and {heat[1]:.0f} °C; let it cool down between runs"
    for domain in sorted(set(left.clocks) & set(right.clocks)):
        low, high = sorted((left.clocks[domain], right.clocks[domain]))
        if high > _FASTER * low:
            yield f"{left.id}: {domain} clock {left.clocks[domain]:.0f} and {right.clocks[domain]:.0f} MHz"
    for side in (left, right):
        held = {reason: share for reason, share in side.throttled.items() if share > _THROTTLED}
        for reason, share in held.items():
            yield f"{side.id}: throttled {share:.0%} of the time by {reason}"


def _watts(limit: float | None) -> str:
    """Return a power limit as text."""
    return "unknown" if limit is None else f"{limit:.0f} W"
