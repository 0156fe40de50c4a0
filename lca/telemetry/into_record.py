"""A roll-up as a workload record: what a scenario uses by ``record:``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from lca.errors import InputError
from lca.measure.records import DeviceRecord, Work, WorkloadRecord, per_unit, quality_of, total
from lca.telemetry.rollup import Rollup
from lca.telemetry.rows import Row

__all__ = ["record_of"]

HOUR = 3600.0


def record_of(found: Rollup, work: str = "", name: str = "fleet telemetry") -> WorkloadRecord:
    """Return a record of all devices of a roll-up, each with its energy and bounds.

    Parameters
    ----------
    found
        The roll-up; whatever it is summed by, the record holds its devices.
    work
        What was done meanwhile, such as ``1.2e9 tokens``; by default the unit of work is an hour
        of one device, and the record says what such an hour takes.

    Raises
    ------
    InputError
        Nothing was measured.

    Notes
    -----
    Its duration is the mean time that a device was measured or in a gap, so that devices times
    duration are the device-hours of the fleet, even if devices came and went.
    """
    measured = [row for row in found.devices if row.span > 0]
    if not any(row.energy is not None for row in measured):
        msg = "nothing was measured: there is no record to write"
        raise InputError(msg)
    hours = sum(row.span for row in measured) / HOUR
    done = Work.read(work) if work else Work(hours, "device-hour")
    parts = tuple(_devices(found, measured))
    duration = hours * HOUR / len(parts)
    quality, reasons = quality_of(parts)
    return WorkloadRecord(
        workload=name,
        work=done,
        started=_started(found),
        duration=duration,
        software={"telemetry": f"{found.files} file{'' if found.files == 1 else 's'}"},
        devices=parts,
        energy_per_unit=per_unit(total(parts, "total", duration), done),
        quality=quality,
        reasons=(
            "rolled up from samples; the duration is the mean of the devices",
            *reasons,
            *found.notes,
        ),
    )


def _started(found: Rollup) -> str:
    """Return the time of the first sample, "" if none is known."""
    first = min((board.first for board in found.boards), default=None)
    return (
        "" if first is None else datetime.fromtimestamp(first, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    )


def _devices(found: Rollup, rows: list[Row]) -> Iterator[DeviceRecord]:
    """Yield the devices of a record."""
    boards = {board.label: board for board in found.boards}
    for number, row in enumerate(rows):
        label = row.keys["device"]
        board = boards.get(label)
        yield DeviceRecord(
            id=f"{found.scope}{number}",
            name=board.model if board and board.model else label,
            uuid=label,
            hardware=board.hardware if board else None,
            energy=row.energy,
            low=row.low,
            high=row.high,
            method="none" if row.energy is None else row.methods[0],
            scope=found.scope,
            coverage=row.coverage,
            reasons=row.reasons,
        )
