"""Record what the boards of this machine say, as a trace that the stand-in plays back.

On a machine with boards, from the checkout::

    PYTHONPATH=tests python -m measure.stand_in.record --seconds 10 h100.txt

The header names driver, board and date. UUIDs are not written: they are those of the trace.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pynvml

from measure.stand_in.trace import Board, Reading, Trace

__all__ = ["record"]

ARCHITECTURES = {
    2: "kepler",
    3: "maxwell",
    4: "pascal",
    5: "volta",
    6: "turing",
    7: "ampere",
    8: "ada",
    9: "hopper",
    10: "blackwell",
}


def record(
    seconds: float,
    interval: float = 0.005,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Trace:
    """Return what all boards say for some seconds, read every `interval` seconds.

    Parameters
    ----------
    seconds, interval : float
        How long, and how often; the counter's step is 20-100 ms, so 5 ms shows its ticks.
    clock, sleep : callable
        Monotonic time (s), and how to wait.

    """
    pynvml.nvmlInit()
    try:
        count = pynvml.nvmlDeviceGetCount()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(count)]
        readings = _follow(handles, seconds, interval, clock, sleep)
        made = map(_board, handles, readings)
        return Trace(
            boards=tuple(made),
            driver=pynvml.nvmlSystemGetDriverVersion(),
            nvml=pynvml.nvmlSystemGetNVMLVersion(),
            cuda=pynvml.nvmlSystemGetCudaDriverVersion_v2(),
            date=datetime.now(UTC).date().isoformat(),
            origin="recorded",
        )
    finally:
        pynvml.nvmlShutdown()


def _follow(
    handles: Sequence[Any],
    seconds: float,
    interval: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> list[list[Reading]]:
    """Return the readings of each board; a reading like the one before it is left out."""
    begun = clock()
    readings: list[list[Reading]] = [[] for _ in handles]
    while (now := clock() - begun) <= seconds:
        for handle, known in zip(handles, readings, strict=True):
            fresh = _read(handle, clock() - begun)
            if not known or _values(known[-1]) != _values(fresh):
                known.append(fresh)
        sleep(max(0.0, interval - (clock() - begun - now)))
    return readings


def _values(reading: Reading) -> tuple[float | None, ...]:
    """Return what a reading says, without its time."""
    return reading.counter, reading.instant, reading.average


def _read(handle: Any, now: float) -> Reading:
    """Return what a board says now; None for what it cannot say."""
    wanted = [pynvml.NVML_FI_DEV_POWER_INSTANT, pynvml.NVML_FI_DEV_POWER_AVERAGE]
    try:
        fields = [
            None if one.nvmlReturn else one.value.uiVal / 1e3
            for one in pynvml.nvmlDeviceGetFieldValues(handle, wanted)
        ]
    except pynvml.NVMLError:
        fields = [None, None]
    try:
        counter = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1e3
    except pynvml.NVMLError:
        counter = None
    return Reading(round(now, 6), counter, fields[0], fields[1])


def _board(handle: Any, readings: Sequence[Reading]) -> Board:
    """Return a recorded board."""
    low, high = pynvml.nvmlDeviceGetPowerManagementLimitConstraints(handle)
    return Board(
        power=(),
        name=pynvml.nvmlDeviceGetName(handle),
        architecture=ARCHITECTURES[pynvml.nvmlDeviceGetArchitecture(handle)],
        counter=any(one.counter is not None for one in readings),
        instant=any(one.instant is not None for one in readings),
        average=any(one.average is not None for one in readings),
        limit=pynvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1e3,
        limit_minimum=low / 1e3,
        limit_maximum=high / 1e3,
        temperature=pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU),
        clock=pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_SM),
        clock_maximum=pynvml.nvmlDeviceGetMaxClockInfo(handle, pynvml.NVML_CLOCK_SM),
        memory=pynvml.nvmlDeviceGetMemoryInfo(handle).total >> 20,
        readings=tuple(readings),
    )


def main() -> None:
    """Record to the file that the arguments name."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--interval", type=float, default=0.005)
    given = parser.parse_args()
    record(given.seconds, given.interval).write(given.file)


if __name__ == "__main__":
    main()
