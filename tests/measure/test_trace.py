"""Traces: their integral is the truth, and what is written is what is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pynvml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measure.stand_in import boards
from measure.stand_in.build import StandIn
from measure.stand_in.record import record
from measure.stand_in.strategies import MOMENTS, steps
from measure.stand_in.trace import Board, Fault, Reading, Slice, Trace, read

PHASES = ((0.0, 100.0), (1.0, 700.0), (1.05, 100.0), (2.5, 400.0))
INSTANT, AVERAGE = 186, 185


def test_integral_of_a_worked_trace() -> None:
    """100 W for 1 s, 700 W for 50 ms, 100 W for 1.45 s, 400 W for half a second: 480 J."""
    assert Board(power=PHASES).integral(0.0, 3.0) == pytest.approx(100 + 35 + 145 + 200)


def test_first_power_holds_before_the_trace_and_the_last_after_it() -> None:
    """A board draws something before the first line and after the last."""
    board = Board(power=PHASES)
    assert board.integral(-1.0, 0.0) == pytest.approx(100.0)
    assert board.integral(10.0, 12.0) == pytest.approx(800.0)


@settings(deadline=None)
@given(power=steps(), times=st.tuples(MOMENTS, MOMENTS, MOMENTS))
def test_integral_is_additive(
    power: tuple[tuple[float, float], ...], times: tuple[float, float, float]
) -> None:
    """Energy from a to c is energy from a to b and from b to c, in any order of the three."""
    first, middle, last = times
    board = Board(power=power)
    parts = board.integral(first, middle) + board.integral(middle, last)
    assert board.integral(first, last) == pytest.approx(parts, abs=1e-6)


@settings(deadline=None)
@given(power=steps(), start=MOMENTS, length=st.floats(0.001, 5.0))
def test_integral_lies_between_the_extremes(
    power: tuple[tuple[float, float], ...], start: float, length: float
) -> None:
    """No window holds more than its length at the highest power, or less than at the lowest."""
    watts = [value for _, value in power]
    energy = Board(power=power).integral(start, start + length)
    assert min(watts) * length - 1e-5 <= energy <= max(watts) * length + 1e-5


@pytest.mark.parametrize(
    "board",
    [
        boards.hopper(PHASES),
        boards.grace_hopper(),
        boards.pascal(),
        replace(boards.ada(), memory_power=((0.0, 30.0),), resets=(1.0, 2.5), lost=9.0),
        replace(boards.ampere(), mig=(Slice("MIG-a", 2),), faults=(Fault("all", "unknown", 1.0),)),
        replace(boards.volta(), throttled=((0.0, 1.0, "gpu_idle"),), processes=((1, 2),)),
        Board(power=(), readings=(Reading(0.0, 12.5, 100.0, None), Reading(0.5, None, 90.0, 80.0))),
    ],
)
def test_trace_survives_writing_and_reading(board: Board, tmp_path: Path) -> None:
    """What is written is read back as the same trace."""
    trace = Trace(boards=(board,), date="2026-11-22", failure="unknown")
    assert read(trace.write(tmp_path / "trace.txt")) == trace


def test_recorded_board_repeats_what_was_recorded(
    play: Callable[..., Any], stand_in: StandIn
) -> None:
    """A recording is played back as it was read; where the board had no answer, nor has this."""
    recorded = (Reading(0.0, 100.0, 80.0, None), Reading(0.5, 140.5, 81.25, None))
    handle = play(Board(power=(), readings=recorded))
    shown = []
    for time in (0.0, 0.499, 0.5, 7.0):
        stand_in.set_time(time)
        instant, average = pynvml.nvmlDeviceGetFieldValues(handle, [INSTANT, AVERAGE])
        counter = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
        shown.append((counter, instant.value.uiVal))
        assert average.nvmlReturn == pynvml.NVML_ERROR_NOT_SUPPORTED
    assert shown == [(100_000, 80_000)] * 2 + [(140_500, 81_250)] * 2


def test_recording_plays_back_what_it_heard(stand_in: StandIn) -> None:
    """A board recorded every millisecond and played back says the same at the same times."""
    original = replace(boards.ampere(PHASES), counter_step=0.02, clock=1200)
    stand_in.play(Trace(boards=(original, boards.pascal())))
    recorded = record(3.0, 0.001, clock=stand_in.now, sleep=stand_in.sleep)
    assert recorded.origin == "recorded"
    assert recorded.driver == stand_in.trace.driver
    stand_in.play(recorded)
    pynvml.nvmlInit()
    first, second = map(pynvml.nvmlDeviceGetHandleByIndex, range(2))
    assert pynvml.nvmlDeviceGetName(first) == original.name
    assert pynvml.nvmlDeviceGetClockInfo(first, pynvml.NVML_CLOCK_SM) == 1200
    for time in (0.0105, 0.5555, 1.0505, 2.9995):
        stand_in.set_time(time)
        counter = pynvml.nvmlDeviceGetTotalEnergyConsumption(first) / 1000
        (instant,) = pynvml.nvmlDeviceGetFieldValues(first, [INSTANT])
        assert counter == pytest.approx(original.reported_counter(time), abs=0.002)
        assert instant.value.uiVal / 1000 == pytest.approx(
            original.reported_instant(time), abs=0.001
        )
    with pytest.raises(pynvml.NVMLError_NotSupported):
        pynvml.nvmlDeviceGetTotalEnergyConsumption(second)
    pynvml.nvmlShutdown()


def test_recording_leaves_the_serial_numbers_out(stand_in: StandIn) -> None:
    """A recording may be published: it holds no UUID of a real board."""
    stand_in.play(Trace(boards=(Board(uuid="GPU-my-own-board"),)))
    text = record(0.01, clock=stand_in.now, sleep=stand_in.sleep).text()
    assert "my-own-board" not in text
    assert "name NVIDIA H100 80GB HBM3" in text


def test_recorded_board_has_no_known_truth() -> None:
    """What a real board drew is not known, so nobody may compare with it."""
    with pytest.raises(ValueError, match="recorded"):
        Board(power=(), readings=(Reading(0.0, 1.0),)).integral(0.0, 1.0)


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("colour red", 3),
        ("power 0", 3),
        ("power zero 250", 3),
        ("architecture hoper", 3),
        ("faults all lost 0 1", 3),
        ("power 1 250\npower 1 300", 4),
    ],
)
def test_library_refuses_a_line_it_does_not_know(
    stand_in: StandIn, tmp_path: Path, line: str, number: int
) -> None:
    """A mistake in a trace is told with its line, and the machine has no boards."""
    file = tmp_path / "broken.txt"
    file.write_text(f"lca-trace 1\nboard 0\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"broken\.txt:{number}: this line makes no sense"):
        stand_in.library.load(file)
    with pytest.raises(pynvml.NVMLError_LibraryNotFound):
        pynvml.nvmlInit()


@pytest.mark.parametrize("missing", ["uuid", "power"])
def test_library_refuses_an_incomplete_board(
    stand_in: StandIn, tmp_path: Path, missing: str
) -> None:
    """A board needs a UUID and a power."""
    lines = {"uuid": "uuid GPU-1", "power": "power 0 250"}
    del lines[missing]
    file = tmp_path / "broken.txt"
    file.write_text("\n".join(["lca-trace 1", "board 0", *lines.values()]), encoding="utf-8")
    with pytest.raises(ValueError, match="board 0 lacks"):
        stand_in.library.load(file)


def test_infinite_fault_is_written_so_that_both_sides_read_it() -> None:
    """A fault without an end is the word inf."""
    assert (
        "faults all unknown 1.0 inf"
        in Trace(boards=(Board(faults=(Fault("all", "unknown", 1.0),)),)).text()
    )
