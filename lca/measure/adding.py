"""Add up the records of the ranks of one job, no device counted twice."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from lca.errors import InputError
from lca.measure.records import DeviceRecord, Work, WorkloadRecord, per_unit
from lca.measure.totals import quality_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["add"]


def add(records: Iterable[WorkloadRecord]) -> WorkloadRecord:
    """Return the sum of the records of the ranks of one job.

    Work adds up. A device that several ranks measured (same UUID, at times that overlap) counts
    once, with the record that measured it longest; at different times each of them counts.

    Raises
    ------
    InputError
        There is no record; their work, idle policy or calibration differ in kind; or idle
        power would be deducted from one device at several times.
    """
    ranks = list(records)
    _check_addable(ranks)
    devices, doubled = _distinct(ranks)
    first = ranks[0]
    _check_idle(first, devices)
    work = Work(sum(rank.work.amount for rank in ranks), first.work.unit)
    duration = _duration(ranks)
    quality, reasons = quality_of(devices)
    joined = replace(
        first,
        work=work,
        started=min(rank.started for rank in ranks),
        duration=duration,
        devices=devices,
        host={**first.host, "ranks": str(len(ranks))},
        windows=(),
        quality=quality,
        status="complete" if all(rank.status == "complete" for rank in ranks) else "partial",
        reasons=(*reasons, *doubled),
    )
    return replace(joined, energy_per_unit=per_unit(joined.total, work))


def _check_addable(ranks: list[WorkloadRecord]) -> None:
    """Refuse records that cannot be added."""
    if not ranks:
        msg = "there is no record to add"
        raise InputError(msg)
    for name in ("idle", "calibration"):
        if any(getattr(rank, name) != getattr(ranks[0], name) for rank in ranks):
            msg = f"these records differ in {name}; measure all ranks alike before adding them"
            raise InputError(msg)
    units = sorted({rank.work.unit for rank in ranks})
    if len(units) > 1:
        msg = f"these records count different work: {', '.join(units)}"
        raise InputError(msg)


def _distinct(ranks: list[WorkloadRecord]) -> tuple[tuple[DeviceRecord, ...], tuple[str, ...]]:
    """Return every device once, and a remark for each that was measured more than once."""
    kept: list[tuple[WorkloadRecord, DeviceRecord]] = []
    doubled = []
    for rank in ranks:
        for device in rank.devices:
            place = next((i for i, one in enumerate(kept) if _same(one, (rank, device))), None)
            if place is None:
                kept.append((rank, device))
                continue
            doubled.append(f"{device.name or device.id} was measured twice and counts once")
            if _measured_time(*kept[place]) < _measured_time(rank, device):
                kept[place] = (rank, device)
    return tuple(device for _, device in kept), tuple(dict.fromkeys(doubled))


def _measured_time(rank: WorkloadRecord, device: DeviceRecord) -> float:
    """Return the time (s) in which a device was measured."""
    return rank.duration * device.coverage


def _same(
    one: tuple[WorkloadRecord, DeviceRecord], other: tuple[WorkloadRecord, DeviceRecord]
) -> bool:
    """Whether two records hold the same energy: one device, at times that overlap."""
    (rank, device), (other_rank, other_device) = one, other
    if device.uuid is None or device.uuid != other_device.uuid:
        return False
    return _overlap(rank, other_rank)


def _overlap(one: WorkloadRecord, other: WorkloadRecord) -> bool:
    """Whether two records were measured at the same time, or may have been."""
    spans = (_span(one), _span(other))
    if spans[0] is None or spans[1] is None:
        return True
    return max(spans[0][0], spans[1][0]) < min(spans[0][1], spans[1][1])


def _span(record: WorkloadRecord) -> tuple[float, float] | None:
    """Return begin and end of a record (s); None if it does not say when it began."""
    try:
        begin = datetime.fromisoformat(record.started).timestamp()
    except ValueError:
        return None
    return begin, begin + record.duration


def _duration(records: Sequence[WorkloadRecord]) -> float:
    """Return the time (s) in which any of some records was measured."""
    spans = [span for span in map(_span, records) if span is not None]
    if len(spans) < len(records):
        return max(record.duration for record in records)
    time, end = 0.0, -math.inf
    for begin, stop in sorted(spans):
        time += max(0.0, stop - max(begin, end))
        end = max(end, stop)
    return time


def _check_idle(first: WorkloadRecord, devices: Sequence[DeviceRecord]) -> None:
    """Refuse to deduct idle power where one device was measured at several times."""
    uuids = [device.uuid for device in devices if device.uuid is not None]
    if first.idle == "above_idle" and len(set(uuids)) < len(uuids):
        msg = (
            "one device was measured at several times; with idle: above_idle only records of"
            " the same time can be added"
        )
        raise InputError(msg)
