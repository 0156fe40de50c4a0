"""Describe boards and what they draw; write it for the stand-in library, and integrate it.

A trace is a text of ``key value`` lines. Lines before the first ``board`` are about the machine
(driver, date, origin); each ``board`` begins one board. Its `power` lines are a step function:
the watts hold until the next line, the first also before it and the last for ever. A recorder
writes the same format from a real board, with ``origin recorded`` and one `reading` line a read
instead of power lines; the stand-in then repeats what the board said (see `Reading`).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

__all__ = ["Board", "Fault", "Reading", "Slice", "Trace", "Watts", "read"]

Watts = tuple[tuple[float, float], ...]
"""A step function: (seconds, watts), in order of time."""
Usage = Literal["average", "instant", "none"]
BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Some calls fail with an error for a while.

    Parameters
    ----------
    call : str
        ``all``, ``handle``, ``counter``, ``power``, ``fields``, ``instant``, ``average``,
        ``energy`` (the field), ``limit``, ``temperature``, ``clock``, ``utilization``,
        ``throttle``, ``memory``, ``processes``, ``identity`` or ``mig``.
    error : str
        Name of the error: ``gpu_is_lost``, ``unknown``, ``not_supported``, ``no_permission``,
        ``timeout``, ``reset_required``.
    start, stop : float
        Seconds of the trace; ``stop`` itself is past the fault.

    """

    call: str
    error: str
    start: float = 0.0
    stop: float = math.inf


@dataclass(frozen=True, slots=True)
class Slice:
    """One MIG device: its UUID, compute slices of seven, and memory in MiB."""

    uuid: str
    slices: int = 1
    memory: int = 10_240


@dataclass(frozen=True, slots=True)
class Reading:
    """What a real board said at a time: counter in J, powers in W, None where it had no answer."""

    time: float
    counter: float | None = None
    instant: float | None = None
    average: float | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """One board: who it is, what it draws, and how its sensors and counter see it.

    Parameters
    ----------
    power : tuple of (seconds, watts)
        What it really draws.
    uuid, name, architecture : str
        Identity; a trace fills an empty UUID with one of its own.
    counter, counter_step, counter_phase, counter_start, counter_gain, counter_scope
        Whether it has an energy counter; the seconds between its updates and the time of one
        update; the J it shows at time 0; its scale error; ``gpu`` or ``module``.
    instant, period, window, phase
        Whether it has the instant field; the s between its updates, the s that each update
        averages (backward), and the time of one update.
    average, average_period, average_window
        The same for the average field.
    gain : float
        Scale error of both power fields.
    usage : str
        What ``nvmlDeviceGetPowerUsage`` returns: ``average``, ``instant`` or ``none``.
    resets : tuple of float
        Times at which the counter starts again from 0.
    lost : float, optional
        Time from which the board is gone for good.
    faults : tuple of Fault
        Calls that fail for a while.
    module, memory_power : tuple of (seconds, watts)
        What the scopes ``module`` and ``memory`` draw; empty where there is no such scope.
    c2c : bool, optional
        Whether the chip-to-chip link is on (GH200, GB200); None where it is not supported.
    mig : tuple of Slice
        MIG devices; with any of them MIG mode is on.
    limit, limit_minimum, limit_maximum : float
        Power limits in W.
    temperature, utilization, clock, clock_maximum, memory
        °C, %, MHz, MHz and MiB, all constant.
    throttled : tuple of (start, stop, reason)
        When clocks were held back: ``gpu_idle``, ``applications_clocks``, ``sw_power_cap``,
        ``hw_slowdown``, ``sync_boost``, ``sw_thermal``, ``hw_thermal`` or ``hw_power_brake``.
    processes : tuple of (pid, MiB)
        Compute processes on the board.
    readings : tuple of Reading
        What a real board said; then counter and powers repeat it and the model is not used.

    """

    power: Watts = ((0.0, 250.0),)
    uuid: str = ""
    name: str = "NVIDIA H100 80GB HBM3"
    architecture: str = "hopper"
    counter: bool = True
    counter_step: float = 0.1
    counter_phase: float = 0.0
    counter_start: float = 1000.0
    counter_gain: float = 1.0
    counter_scope: Literal["gpu", "module"] = "gpu"
    instant: bool = True
    period: float = 0.1
    window: float = 0.025
    phase: float = 0.0
    average: bool = True
    average_period: float = 0.1
    average_window: float = 1.0
    gain: float = 1.0
    usage: Usage = "average"
    resets: tuple[float, ...] = ()
    lost: float | None = None
    faults: tuple[Fault, ...] = ()
    module: Watts = ()
    memory_power: Watts = ()
    c2c: bool | None = None
    mig: tuple[Slice, ...] = ()
    limit: float = 700.0
    limit_minimum: float = 200.0
    limit_maximum: float = 700.0
    temperature: int = 45
    utilization: int = 100
    clock: int = 1755
    clock_maximum: int = 1980
    memory: int = 81_559
    throttled: tuple[tuple[float, float, str], ...] = ()
    processes: tuple[tuple[int, int], ...] = ()
    readings: tuple[Reading, ...] = ()

    def integral(self, start: float, stop: float) -> float:
        """Return the J that the board draws between two times: the truth, in closed form.

        Raises
        ------
        ValueError
            For a recorded board, whose truth nobody knows.
        """
        if not self.power:
            msg = "what a recorded board really drew is not known; there is no integral"
            raise ValueError(msg)
        return _integral(self.power, _nanoseconds(start), _nanoseconds(stop))

    def watts(self, time: float) -> float:
        """Return the W that the board draws at a time."""
        return _watts(self.power, _nanoseconds(time))

    def reported_counter(self, time: float) -> float:
        """Return the J that the counter shows at a time, before it is cut to whole mJ."""
        now = _nanoseconds(time)
        tick = _tick(now, self.counter_step, self.counter_phase)
        past = [_nanoseconds(reset) for reset in self.resets if _nanoseconds(reset) <= now]
        origin, shown = (max(past), 0.0) if past else (0, self.counter_start)
        drawn = self.module if self.counter_scope == "module" else self.power
        seen = _integral(drawn, origin, tick)  # negative until the first update after a reset
        return max(0.0, shown + self.counter_gain * seen)

    def reported_instant(self, time: float) -> float:
        """Return the W that the instant field shows at a time, before rounding to mW."""
        return self._mean(time, self.period, self.window)

    def reported_average(self, time: float) -> float:
        """Return the W that the average field shows at a time, before rounding to mW."""
        return self._mean(time, self.average_period, self.average_window)

    def _mean(self, time: float, period: float, window: float) -> float:
        """Return the mean power of the window that ends at the last update."""
        stop = _tick(_nanoseconds(time), period, self.phase)
        start = stop - _nanoseconds(window)
        if start == stop:
            return self.gain * _watts(self.power, stop)
        return self.gain * _integral(self.power, start, stop) * BILLION / (stop - start)


@dataclass(frozen=True, slots=True)
class Trace:
    """Some boards in one machine, and the driver that shows them.

    Parameters
    ----------
    boards : tuple of Board
        In the order of the driver's index.
    driver, nvml : str
        Versions of the driver and of its library.
    cuda : int
        CUDA version of the driver, 12040 for 12.4.
    date, origin : str
        When, and ``synthetic`` or ``recorded``.
    failure : str, optional
        Error that ``nvmlInit`` returns: ``driver_not_loaded``, ``no_permission``,
        ``library_not_found`` or ``lib_rm_version_mismatch``.

    """

    boards: tuple[Board, ...] = (Board(),)
    driver: str = "550.54.15"
    nvml: str = "12.550.54.15"
    cuda: int = 12_040
    date: str = "2026-01-01"
    origin: str = "synthetic"
    failure: str | None = None

    def __post_init__(self) -> None:
        named = tuple(
            board if board.uuid else replace(board, uuid=_uuid(index))
            for index, board in enumerate(self.boards)
        )
        object.__setattr__(self, "boards", named)

    def integral(self, start: float, stop: float) -> float:
        """Return the J that all boards together draw between two times."""
        return math.fsum(board.integral(start, stop) for board in self.boards)

    def text(self) -> str:
        """Return the trace as the stand-in reads it."""
        head = [("lca-trace", 1)] + [
            (item.name, value)
            for item in fields(self)
            if item.name != "boards" and (value := getattr(self, item.name)) is not None
        ]
        lines = [f"{key} {value}" for key, value in head]
        for index, board in enumerate(self.boards):
            lines += ["", f"board {index}", *_lines(board)]
        return "\n".join(lines) + "\n"

    def write(self, path: Path) -> Path:
        """Write the trace to a file; return its path."""
        path.write_text(self.text(), encoding="utf-8")
        return path


def read(path: Path) -> Trace:
    """Read a trace that was written or recorded."""
    machine: dict[str, Any] = {}
    boards: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("#")[0].strip().partition(" ")
        if key == "board":
            boards.append({})
        elif key and key != "lca-trace":
            _take(boards[-1] if boards else machine, key, value.strip())
    made = tuple(_board(given) for given in boards)
    machine["cuda"] = int(machine.get("cuda", 0))
    return Trace(boards=made, **machine)


_SERIES = {"power", "module", "memory_power", "throttled", "processes", "resets"}
_RECORDS: dict[str, type] = {"faults": Fault, "mig": Slice, "readings": Reading}


def _lines(board: Board) -> list[str]:
    """Return the lines of one board."""
    lines = []
    for item in fields(board):
        value = getattr(board, item.name)
        if isinstance(value, tuple):
            lines += [f"{item.name} {_row(entry)}" for entry in value]
        elif value is not None:
            lines.append(f"{item.name} {_word(value)}")
    return lines


def _row(entry: Any) -> str:
    """Return one entry of a list as words."""
    if isinstance(entry, (Fault, Slice, Reading)):
        entry = [getattr(entry, item.name) for item in fields(entry)]
    return " ".join(map(_word, entry if isinstance(entry, Sequence) else [entry]))


def _word(value: object) -> str:
    """Return a value as one word."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _take(given: dict[str, Any], key: str, value: str) -> None:
    """Add one line to what is known."""
    if key in _SERIES or key in _RECORDS:
        given.setdefault(key, []).append([_value(word) for word in value.split()])
    elif key in {"uuid", "name", "architecture", "driver", "nvml", "date", "origin", "failure"}:
        given[key] = value
    else:
        given[key] = _value(value)


def _value(word: str) -> Any:
    """Return what a word stands for."""
    if word in {"yes", "no", "-"}:
        return {"yes": True, "no": False, "-": None}[word]
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _board(given: dict[str, Any]) -> Board:
    """Return a board from its lines."""
    for key, rows in given.items():
        if key in _RECORDS:
            given[key] = tuple(_RECORDS[key](*row) for row in rows)
        elif key == "resets":
            given[key] = tuple(row[0] for row in rows)
        elif key in _SERIES:
            given[key] = tuple(map(tuple, rows))
    return Board(**{"power": (), **given})


def _uuid(index: int) -> str:
    """Return a UUID whose first characters tell the boards apart."""
    return f"GPU-{index:x}a7e51de-57ad-4d1e-b0a2-d0000000000{index:x}"


def _nanoseconds(seconds: float) -> int:
    """Return seconds as whole ns, so that updates fall on exact times."""
    return round(seconds * BILLION)


def _tick(now: int, step: float, phase: float) -> int:
    """Return the time of the last update at or before `now`, all in ns."""
    start, every = _nanoseconds(phase), _nanoseconds(step)
    return start + (now - start) // every * every


def _watts(steps: Watts, now: int) -> float:
    """Return the value of a step function at a time in ns."""
    at = bisect_right([_nanoseconds(time) for time, _ in steps], now) - 1
    return steps[max(at, 0)][1]


def _integral(steps: Watts, start: int, stop: int) -> float:
    """Return the J of a step function between two times in ns; negative if they are swapped."""
    if stop < start:
        return -_integral(steps, stop, start)
    inner = [_nanoseconds(time) for time, _ in steps[1:]]
    edges = [start, *(time for time in inner if start < time < stop), stop]
    return math.fsum(_watts(steps, a) * (b - a) / BILLION for a, b in pairwise(edges))
