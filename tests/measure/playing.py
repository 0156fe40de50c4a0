"""Let a ledger measure a trace on the stand-in's manual clock, as the sampler thread would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lca.measure.integrate import Energy
from lca.measure.ledger import Ledger, Window
from lca.measure.nvml import NvmlMeter
from lca.measure.records import DeviceRecord, total
from measure.stand_in.build import StandIn
from measure.stand_in.trace import Trace

JITTER = (1.0, 1.013, 0.991, 1.004, 1.038)
"""Times between two readings are never exactly equal; as multiples of the interval."""


@dataclass(frozen=True, slots=True)
class Played:
    """What was measured, and the truth."""

    devices: tuple[DeviceRecord, ...]
    energy: Energy
    truth: float


def play(
    stand_in: StandIn,
    trace: Trace,
    start: float,
    stop: float,
    *,
    wanted: Sequence[str | int] | None = None,
    environment: Mapping[str, str] | None = None,
    counted: Sequence[int] | None = None,
) -> Played:
    """Measure a trace from one time to another; `counted` are the boards whose truth counts."""
    stand_in.play(trace)
    meter = NvmlMeter(wanted, stand_in.now, environment or {})
    ledger = Ledger([meter], stand_in.now)
    stand_in.set_time(start)
    window = ledger.open("run")
    sample_until(stand_in.set_time, ledger, start, stop)
    ledger.close(window)
    meter.close()
    boards = range(len(trace.boards)) if counted is None else counted
    truth = sum(stand_in.integral(start, stop, board) for board in boards)
    return played(ledger, window, truth)


def played(ledger: Ledger, window: Window, truth: float) -> Played:
    """Return a window that is settled, with its truth."""
    devices = ledger.records(window)
    return Played(devices, total(devices, "total", 0.0), truth)


def sample_until(
    set_time: Callable[[float], None], ledger: Ledger, start: float, stop: float
) -> None:
    """Read at the pace that the ledger asks for, a little unevenly, until a time."""
    pace = ledger.interval or 0.1
    now, i = start, 0
    while (now := now + pace * JITTER[i % len(JITTER)]) < stop:
        set_time(now)
        ledger.sample(due=True)
        i += 1
    set_time(stop)
