"""Run a command inside a measurement, with a line of progress on a terminal."""

from __future__ import annotations

import os
import shutil
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
from lca.commands._relay import Relay
from lca.errors import InputError, LcaError, UnitError, quoted

if TYPE_CHECKING:
    from pathlib import Path

    from lca.commands._shared import Settings
    from lca.measure.records import WorkloadRecord
    from lca.measure.windows import Measurement

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
    work = asked["work"] or "1 run"
    measurement = open_measurement(_name(program), asked, work, asked["devices"])
    output = sys.stderr if settings.as_json else None
    code = 0
    with progress(measurement, settings), Relay() as relay:
        for _ in measurement.runs():
            code = _run(program, output, relay)
            if code or relay.interrupted:
                break
        record, failure = stopped(measurement)
    told = [f"the command ended with exit code {code}"] if code else []
    if relay.interrupted:
        told.append("the measurement was interrupted")
    return code, replace(record, reasons=(*record.reasons, *told)), failure


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


def _run(program: tuple[str, ...], output: Any, relay: Relay) -> int:
    """Run a command to its end and return its exit code; signals are left to it."""
    try:
        child = subprocess.Popen(program, stdout=output)
    except OSError as error:
        click.echo(f"{program[0]}: {error.strerror}", err=True)
        return _NOT_EXECUTABLE
    relay.to(child)
    code = child.wait()
    relay.to(None)
    return code if code >= 0 else _SIGNALED - code


def seconds(text: str | None, option: str) -> float:
    """Return the seconds of an option; 0 where it is not given.

    Raises
    ------
    InputError
        It is no time, or a negative one.
    """
    from lca.measure import options

    try:
        found = options.seconds(text)
    except UnitError as error:
        msg = f"{option}: {error.problems[0].message}"
        raise InputError(msg) from None
    if found < 0:
        msg = f"{option}: {quoted(text or '')} is negative; write for example 5 s"
        raise InputError(msg)
    return found


def open_measurement(
    name: str, asked: dict[str, Any], work: str, devices: tuple[str, ...] | None
) -> Measurement:
    """Return the measurement that is asked for, its meters open.

    Raises
    ------
    MeasurementUnavailable
        Nothing can be measured, and that is required.
    """
    from lca.measure.windows import Measurement

    at_least = seconds(asked["at_least"], "--at-least")
    try:
        made = Measurement(
            name,
            work=work,
            devices=devices or None,
            repeat=asked["repeat"],
            at_least=at_least,
            idle=asked["idle"],
            share=asked["share"],
            require=asked["require"],
            save=asked["save"],
        )
    except UnitError as error:
        msg = f"--work: {error.problems[0].message}"
        raise InputError(msg) from None
    return made.open()


def check_save(path: Path | None) -> None:
    """Refuse a file that cannot be written before hours of work have been measured.

    Raises
    ------
    InputError
        Its folder does not exist, or nothing may be written there.
    """
    if path is None or (path.exists() and not path.is_file()):
        return
    folder = path.resolve().parent
    if not folder.is_dir():
        msg = f"--save {path}: the folder {path.parent} does not exist; nothing was run"
        raise InputError(msg)
    if not os.access(folder, os.W_OK | os.X_OK):
        msg = f"--save {path}: nothing can be written into {path.parent}; nothing was run"
        raise InputError(msg)


def stopped(measurement: Measurement) -> tuple[WorkloadRecord, LcaError | None]:
    """End a measurement; return its record, and why it cannot be accepted or saved."""
    failure = None
    try:
        measurement.close()
    except LcaError as error:
        failure = error
    if measurement.record is None:
        raise failure or LcaError("the measurement ended without a record")
    return measurement.record, failure


@contextmanager
def progress(measurement: Measurement, settings: Settings) -> Iterator[None]:
    """Show seconds, watts and joules while something runs, on a terminal only."""
    if settings.quiet or not sys.stderr.isatty():
        yield
        return
    ended = threading.Event()

    def show() -> None:
        """Write the line anew until it has ended."""
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
