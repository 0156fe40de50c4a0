"""Run a command or a workload inside a measurement, with a line of progress on a terminal."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from lca.commands._measured import joules
from lca.errors import InputError, LcaError, UnitError, quoted

if TYPE_CHECKING:
    from lca.commands._shared import Settings
    from lca.measure.records import WindowRecord, WorkloadRecord
    from lca.measure.windows import Measurement
    from lca.measure.workloads import Outcome

_PERIOD = 0.5
_MISSING, _NOT_EXECUTABLE, _SIGNALED = 127, 126, 128


class NotStarted(LcaError):
    """The command to be measured does not exist."""

    exit_code = _MISSING


def check_program(program: tuple[str, ...]) -> None:
    """Refuse a command that cannot be found, before anything is measured.

    Raises
    ------
    NotStarted
        As a shell does, with exit code 127.
    """
    name = program[0] if program else ""
    if shutil.which(name) is None:
        msg = f"there is no command {quoted(name)} to measure"
        raise NotStarted(msg)


def measure_program(
    program: tuple[str, ...], asked: dict[str, Any], settings: Settings
) -> tuple[int, WorkloadRecord, LcaError | None]:
    """Measure a command.

    Returns
    -------
    int
        Its exit code; that of the first run that failed.
    WorkloadRecord
        The record, whatever the exit code.
    LcaError or None
        Why the record cannot be accepted or saved.
    """
    measurement = _measurement(_name(program), asked, asked["work"] or "1 run", asked["devices"])
    output = sys.stderr if settings.as_json else None
    code = 0
    with _progress(measurement, settings):
        for _ in measurement.runs():
            code = _run(program, output)
            if code:
                break
    record, failure = _stopped(measurement)
    if code:
        record = replace(
            record, reasons=(*record.reasons, f"the command ended with exit code {code}")
        )
    return code, record, failure


def compare_programs(
    programs: Sequence[tuple[str, ...]], asked: dict[str, Any], settings: Settings
) -> tuple[int, list[WorkloadRecord]]:
    """Measure two commands in turns, with a pause before each round.

    Returns
    -------
    int
        The exit code of the first run that failed; nothing is run after it.
    list of WorkloadRecord
        The rounds of each command, joined.
    """
    from lca.measure import compare_records

    rounds: list[list[WorkloadRecord]] = [[], []]
    alone = asked | {"save": None, "repeat": 1}
    for turn in compare_records.order(max(asked["repeat"], compare_records.FEWEST)):
        time.sleep(asked["cool_down"])
        code, record, failure = measure_program(programs[turn], alone, settings)
        if failure is not None:
            raise failure
        if code:
            return code, []
        rounds[turn].append(record)
    return 0, [compare_records.joined(one) for one in rounds]


def _name(program: tuple[str, ...]) -> str:
    """Return what a command is called in its record: the program and script, no folders."""
    words = [os.path.basename(word) for word in program[:2]]  # noqa: PTH119 - a word, not a path
    return " ".join(words)[:80]


def _run(program: tuple[str, ...], output: Any) -> int:
    """Run a command to its end and return its exit code; signals are left to it."""
    try:
        child = subprocess.Popen(program, stdout=output)
    except OSError as error:
        click.echo(f"{program[0]}: {error.strerror}", err=True)
        return _NOT_EXECUTABLE
    with _forwarded(child):
        while True:
            try:
                code = child.wait()
            except KeyboardInterrupt:
                continue  # the terminal told the command, too; it decides how to end
            return code if code >= 0 else _SIGNALED - code


@contextmanager
def _forwarded(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand a request to terminate on to the command, so that its record is still written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def measure_workload(
    name: str, asked: dict[str, Any], settings: Settings
) -> tuple[WorkloadRecord, LcaError | None]:
    """Measure a built-in workload: prepared before, repeated as often as asked."""
    from lca.measure import workloads
    from lca.measure.records import Work

    member = workloads.load(name)
    place, measured = _places(asked["devices"])
    prepared = member.build(asked["size"], place)
    measurement = _measurement(name, asked, "1 run", measured)
    outcome = None
    try:
        with _progress(measurement, settings):
            for _ in measurement.runs():
                outcome = prepared.run(measurement.window)
    except BaseException:
        measurement.close()
        raise
    if outcome is None:
        msg = f"workload {name} did not run"
        raise LcaError(msg)
    measurement.work = Work(outcome.amount, outcome.unit)
    measurement.metrics.update(_metrics(outcome))
    record, failure = _stopped(measurement)
    return _with_merged(record, asked["size"]), failure


def _places(devices: tuple[str, ...]) -> tuple[str, tuple[str, ...] | None]:
    """Return where a workload runs, and what is measured meanwhile."""
    import torch

    asked = devices[0] if devices else ("cuda" if torch.cuda.is_available() else "cpu")
    if asked == "cpu":
        return "cpu", ("cpu",)
    place = f"cuda:{asked}" if asked.isdecimal() else asked
    if not place.startswith("cuda"):
        msg = f"--device {asked}: a workload runs on cpu, cuda or cuda:N"
        raise InputError(msg)
    number = place.partition(":")[2] or str(torch.cuda.current_device())
    return place, tuple(dict.fromkeys((number, *devices[1:], "cpu")))


def _measurement(
    name: str, asked: dict[str, Any], work: str, devices: tuple[str, ...] | None
) -> Measurement:
    """Return the measurement that is asked for, its meters open.

    Raises
    ------
    MeasurementUnavailable
        Nothing can be measured, and that is required.
    """
    from lca.measure.windows import Measurement

    try:
        made = Measurement(
            name,
            work=work,
            devices=devices or None,
            repeat=asked["repeat"],
            at_least=asked["at_least"],
            idle=asked["idle"],
            share=asked["share"],
            require=asked["require"],
            save=asked["save"],
        )
    except UnitError as error:
        msg = f"--at-least or --work: {error.problems[0].message}"
        raise InputError(msg) from None
    return made.open()


def _stopped(measurement: Measurement) -> tuple[WorkloadRecord, LcaError | None]:
    """End a measurement; return its record, and why it cannot be accepted or saved."""
    failure = None
    try:
        measurement.close()
    except LcaError as error:
        failure = error
    if measurement.record is None:
        raise failure or LcaError("the measurement ended without a record")
    return measurement.record, failure


def _metrics(outcome: Outcome) -> dict[str, float]:
    """Return what the work was worth: quality of the whole and of each part, operations."""
    found = {outcome.quality.name: outcome.quality.value}
    if outcome.baseline is not None:
        found |= {f"{part.name}: {part.quality.name}": part.quality.value for part in outcome.parts}
    if outcome.flops is not None:
        found[f"flop per {outcome.unit}"] = outcome.flops / outcome.amount
    return found | {name: value for name, value in outcome.figures.items() if value is not None}


def _with_merged(record: WorkloadRecord, size: str) -> WorkloadRecord:
    """Return a record whose windows of one name are added up, and which says what is in it."""
    names = list(dict.fromkeys(window.name for window in record.windows))
    merged = tuple(_merged([w for w in record.windows if w.name == name]) for name in names)
    inside = sum(window.duration for window in merged) / (record.duration or 1.0)
    remarks = [f"size {size}"]
    if inside < 0.98:
        remarks.append(
            f"{1 - inside:.0%} of the measured time lies outside the windows: preparing "
            "and judging are inside the energy"
        )
    return replace(record, windows=merged, reasons=(*record.reasons, *remarks))


def _merged(windows: list[WindowRecord]) -> WindowRecord:
    """Return windows of one name as one: bounds add up, a value only where all have one."""
    first = windows[0]
    if len(windows) == 1:
        return first
    duration = sum(window.duration for window in windows)
    values = [window.energy.value for window in windows]
    known = [value for value in values if value is not None]
    reasons = dict.fromkeys(r for w in windows for r in w.energy.reasons)
    energy = replace(
        first.energy,
        value=sum(known) if len(known) == len(values) else None,
        low=sum(window.energy.low for window in windows),
        high=sum(window.energy.high for window in windows),
        coverage=sum(w.energy.coverage * w.duration for w in windows) / (duration or 1.0),
        reasons=(f"{len(windows)} windows added up", *list(reasons)[:3]),
    )
    return replace(first, duration=duration, energy=energy)


@contextmanager
def _progress(measurement: Measurement, settings: Settings) -> Iterator[None]:
    """Show seconds, watts and joules while something runs, on a terminal only."""
    if settings.quiet or not sys.stderr.isatty():
        yield
        return
    ended = threading.Event()

    def show() -> None:
        while not ended.wait(_PERIOD):
            sys.stderr.write(f"\r{_line(*measurement.live())}\x1b[K")
            sys.stderr.flush()

    thread = threading.Thread(target=show, name="lca-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _line(seconds: float, watts: float | None, energy: float | None) -> str:
    """Return the line of progress; what is not known yet is a dash, not a zero."""
    power = "– W" if watts is None else f"{watts:.0f} W"
    return f"{seconds:.0f} s  {power}  {'– J' if energy is None else joules(energy)}"
