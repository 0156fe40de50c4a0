"""Make a workload record of settled windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lca.measure.ranks import rank
from lca.measure.records import WindowRecord, Work, WorkloadRecord, per_unit, quality_of
from lca.measure.surroundings import host, software

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lca.measure.ledger import Ledger, Window

__all__ = ["Run", "record"]


@dataclass(frozen=True, slots=True)
class Run:
    """What a record says of a run besides its energy.

    Parameters
    ----------
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

    status: str
    workload: str
    work: Work
    repeats: int
    started: str
    stop: float
    windows: Sequence[Window]
    blocks: Sequence[tuple[int, Window]]
    idle: str
    share: float | None
    metrics: Mapping[str, float | None]
    remarks: Sequence[str]


def record(ledger: Ledger, root: Window, run: Run) -> WorkloadRecord:
    """Return the record of a run whose windows are settled.

    Parameters
    ----------
    ledger : Ledger
        Where the readings are.
    root : Window
        The whole run.
    run : Run
        What else there is to say.

    """
    devices = ledger.records(root, run.share)
    quality, why = quality_of(devices)
    place = rank()
    ranked = {place.variable: str(place.local)} if place.variable else {}
    found = WorkloadRecord(
        workload=run.workload,
        work=Work(run.work.amount * run.repeats, run.work.unit),
        repeats=run.repeats,
        started=run.started,
        duration=run.stop - root.start,
        software=software(),
        host={**host(), **ranked},
        devices=devices,
        windows=tuple(_part(ledger, root, window, run) for window in run.windows),
        idle=run.idle,
        metrics=dict(run.metrics),
        quality=quality,
        status=run.status,
        reasons=tuple(dict.fromkeys([*why, *run.remarks])),
    )
    spread = _spread(ledger, run)
    return replace(found, energy_per_unit=per_unit(found.total, found.work, spread))


def _part(ledger: Ledger, root: Window, window: Window, run: Run) -> WindowRecord:
    """Return a named part as it stands in the record."""
    stop = window.start if window.stop is None else window.stop
    return WindowRecord(
        name=window.name,
        begins=window.start - root.start,
        duration=stop - window.start,
        energy=ledger.total(window, run.idle, run.share),
        quality=quality_of(ledger.records(window))[0],
    )


def _spread(ledger: Ledger, run: Run) -> tuple[float, ...]:
    """Return energy per unit of work (J) in each block of repeats, after the idle policy."""
    energies = [(ledger.total(block, run.idle, run.share), rounds) for rounds, block in run.blocks]
    return tuple(
        energy.value / (rounds * run.work.amount)
        for energy, rounds in energies
        if energy.value is not None
    )
