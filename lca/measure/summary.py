"""Make a workload record of settled windows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lca.measure.ranks import rank
from lca.measure.records import WindowRecord, Work, WorkloadRecord, per_unit, quality_of
from lca.measure.surroundings import host, software

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lca.measure.ledger import Ledger, Window

__all__ = ["record"]


def record(
    ledger: Ledger,
    root: Window,
    *,
    status: str,
    workload: str,
    work: Work,
    repeats: int,
    started: str,
    stop: float,
    windows: Sequence[Window],
    blocks: Sequence[tuple[int, Window]],
    idle: str,
    share: float | None,
    metrics: Mapping[str, float],
    remarks: Sequence[str],
) -> WorkloadRecord:
    """Return the record of a run whose windows are settled.

    Parameters
    ----------
    ledger : Ledger
        Where the readings are.
    root : Window
        The whole run.
    status : str
        ``complete`` or ``partial``.
    work : Work
        Work of one repeat.
    stop : float
        End of the run, or now (s, monotonic).
    windows : sequence of Window
        Named parts that have ended.
    blocks : sequence of (int, Window)
        Blocks of repeats, with their number.
    workload, repeats, started, idle, share, metrics, remarks
        As they stand in the record.

    """
    devices = ledger.records(root, share)
    quality, why = quality_of(devices)
    place = rank()
    ranked = {place.variable: str(place.local)} if place.variable else {}
    found = WorkloadRecord(
        workload=workload,
        work=Work(work.amount * repeats, work.unit),
        repeats=repeats,
        started=started,
        duration=stop - root.start,
        software=software(),
        host={**host(), **ranked},
        devices=devices,
        windows=tuple(_part(ledger, root, window) for window in windows),
        idle=idle,
        metrics=dict(metrics),
        quality=quality,
        status=status,
        reasons=tuple(dict.fromkeys([*why, *remarks])),
    )
    spread = _spread(ledger, blocks, work.amount)
    return replace(found, energy_per_unit=per_unit(found.total, found.work, spread))


def _part(ledger: Ledger, root: Window, window: Window) -> WindowRecord:
    """Return a named part as it stands in the record."""
    stop = window.start if window.stop is None else window.stop
    return WindowRecord(
        name=window.name,
        begins=window.start - root.start,
        duration=stop - window.start,
        energy=ledger.total(window),
        quality=quality_of(ledger.records(window))[0],
    )


def _spread(
    ledger: Ledger, blocks: Sequence[tuple[int, Window]], amount: float
) -> tuple[float, ...]:
    """Return energy per unit of work (J) in each block of repeats."""
    values = [(ledger.total(block).value, rounds) for rounds, block in blocks]
    return tuple(value / (rounds * amount) for value, rounds in values if value is not None)
