"""The stand-in library itself: what it reports is what its trace says, through plain pynvml."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pynvml
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measure.conftest import ChildMachine
from measure.stand_in import boards, build
from measure.stand_in.build import StandIn
from measure.stand_in.strategies import MOMENTS, steps
from measure.stand_in.trace import Board, Slice, Trace

PHASES = ((0.0, 100.0), (1.0, 700.0), (1.05, 100.0), (2.5, 400.0))
INSTANT, AVERAGE, TOTAL, ENERGY = 186, 185, 83, 191
MODULE = 1
KEEP_FIXTURE = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@KEEP_FIXTURE
@given(power=steps(), start=MOMENTS, stop=MOMENTS)
def test_library_and_python_integrate_alike(
    stand_in: StandIn, power: tuple[tuple[float, float], ...], start: float, stop: float
) -> None:
    """Two programs that share no line agree on the truth."""
    stand_in.play(Trace(boards=(Board(power=power),)))
    truth = stand_in.integral(start, stop, board=0)
    assert stand_in.library.true_energy(0, start, stop) == pytest.approx(truth, abs=1e-5)


# Counter and sensors


@KEEP_FIXTURE
@given(
    power=steps(),
    times=st.lists(MOMENTS, min_size=1, max_size=8),
    step=st.integers(1, 200),
    phase=st.integers(0, 200),
    resets=st.lists(st.integers(1, 9000), max_size=2),
)
def test_counter_is_the_truth_at_its_last_update(
    stand_in: StandIn,
    power: tuple[tuple[float, float], ...],
    times: list[float],
    step: int,
    phase: int,
    resets: list[int],
) -> None:
    """The counter shows the energy up to its last update, cut to whole mJ, from its last reset."""
    board = Board(
        power=power,
        counter_step=step / 1000,
        counter_phase=phase / 1000,
        resets=tuple(reset / 1000 for reset in resets),
    )
    stand_in.play(Trace(boards=(board,)))
    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    for time in times:
        stand_in.set_time(time)
        shown = pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
        expected = board.reported_counter(time) * 1000
        assert expected - 1.001 <= shown <= expected + 0.001
    pynvml.nvmlShutdown()


@KEEP_FIXTURE
@given(
    power=steps(),
    times=st.lists(MOMENTS, min_size=1, max_size=8),
    period=st.integers(1, 200),
    window=st.integers(0, 1500),
    phase=st.integers(0, 200),
    gain=st.floats(0.9, 1.1),
)
def test_power_is_the_mean_of_the_window_before_the_last_update(
    stand_in: StandIn,
    power: tuple[tuple[float, float], ...],
    times: list[float],
    period: int,
    window: int,
    phase: int,
    gain: float,
) -> None:
    """Instant and average fields show the window that ends at their last update, in mW."""
    board = Board(
        power=power,
        period=period / 1000,
        window=window / 1000,
        phase=phase / 1000,
        average_window=(window + 100) / 1000,
        gain=gain,
    )
    stand_in.play(Trace(boards=(board,)))
    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    for time in times:
        stand_in.set_time(time)
        instant, average = pynvml.nvmlDeviceGetFieldValues(handle, [INSTANT, AVERAGE])
        assert instant.value.uiVal == pytest.approx(board.reported_instant(time) * 1000, abs=0.51)
        assert average.value.uiVal == pytest.approx(board.reported_average(time) * 1000, abs=0.51)
    pynvml.nvmlShutdown()


def test_counter_moves_in_steps(play: Callable[..., Any], stand_in: StandIn) -> None:
    """At 250 W and a step of 100 ms the counter gains 25,000 mJ at once, and nothing between."""
    handle = play(Board(power=((0.0, 250.0),), counter_start=0.0))
    shown = []
    for time in (0.0, 0.05, 0.0999, 0.1, 0.1999, 0.2):
        stand_in.set_time(time)
        shown.append(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle))
    assert shown == [0, 0, 0, 25_000, 25_000, 50_000]


def test_sensor_without_a_window_shows_the_moment(
    play: Callable[..., Any], stand_in: StandIn
) -> None:
    """A step that falls on an update is seen by that update."""
    handle = play(Board(power=((0.0, 100.0), (0.5, 300.0)), window=0.0))
    shown = []
    for time in (0.499, 0.5):
        stand_in.set_time(time)
        (instant,) = pynvml.nvmlDeviceGetFieldValues(handle, [INSTANT])
        shown.append(instant.value.uiVal)
    assert shown == [100_000, 300_000]


def test_part_time_sensor_misses_what_falls_between(
    play: Callable[..., Any], stand_in: StandIn
) -> None:
    """A load of 50 ms of each 100 ms that the sensor never looks at is invisible to it."""
    load = tuple(
        (k / 20 + 0.00, 700.0 if k % 2 == 0 else 100.0) for k in range(40)
    )  # 700 W in the first half of each update, 100 W in the second
    handle = play(boards.hopper(load))
    stand_in.set_time(1.0)
    (instant,) = pynvml.nvmlDeviceGetFieldValues(handle, [INSTANT])
    assert instant.value.uiVal == 100_000
    assert stand_in.integral(0.0, 1.0) == pytest.approx(400.0)


def test_scale_errors_are_those_asked_for(play: Callable[..., Any], stand_in: StandIn) -> None:
    """A counter 2 % high and sensors 5 % low say 102 J and 95 W for 100."""
    handle = play(Board(power=((0.0, 100.0),), counter_start=0.0, counter_gain=1.02, gain=0.95))
    stand_in.set_time(1.0)
    assert pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) == 102_000
    assert pynvml.nvmlDeviceGetPowerUsage(handle) == 95_000


def test_each_board_has_its_own_truth(play: Callable[..., Any], stand_in: StandIn) -> None:
    """Two boards of 200 W and 250 W report themselves, and together 450 J a second."""
    play(Board(power=((0.0, 200.0),)), Board(power=((0.0, 250.0),)))
    stand_in.set_time(1.0)
    handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(2)]
    assert [pynvml.nvmlDeviceGetPowerUsage(handle) for handle in handles] == [200_000, 250_000]
    assert stand_in.integral(0.0, 1.0) == pytest.approx(450.0)
    assert stand_in.integral(0.0, 1.0, board=1) == pytest.approx(250.0)


def test_module_scope_is_another_power(play: Callable[..., Any], stand_in: StandIn) -> None:
    """On a superchip the module scope covers the CPU; the board scope does not."""
    handle = play(boards.grace_hopper(((0.0, 300.0),), module=((0.0, 520.0),)))
    stand_in.set_time(2.0)
    assert pynvml.nvmlDeviceGetC2cModeInfoV(handle).isC2cEnabled == 1
    wanted = [INSTANT, (INSTANT, MODULE), (AVERAGE, MODULE), (ENERGY, MODULE)]
    values = pynvml.nvmlDeviceGetFieldValues(handle, wanted)
    assert [value.value.uiVal for value in values[:3]] == [300_000, 520_000, 520_000]
    assert values[3].value.ullVal == 1_000_000 + 1_040_000


def test_power_call_shows_the_field_of_its_generation(
    play: Callable[..., Any], stand_in: StandIn
) -> None:
    """Shortly after a step the power call of an H100 still averages; that of an A100 does not."""
    step = ((0.0, 100.0), (1.0, 300.0))
    hopper = play(boards.hopper(step), boards.ampere(step))
    stand_in.set_time(1.25)
    ampere = pynvml.nvmlDeviceGetHandleByIndex(1)
    assert pynvml.nvmlDeviceGetPowerUsage(hopper) == 140_000
    assert pynvml.nvmlDeviceGetPowerUsage(ampere) == 300_000


def test_counter_may_count_the_module(play: Callable[..., Any], stand_in: StandIn) -> None:
    """On some superchips the plain counter is that of the module; its field then is too."""
    board = boards.grace_hopper(((0.0, 300.0),), module=((0.0, 520.0),))
    handle = play(replace(board, counter_scope="module", counter_start=0.0))
    stand_in.set_time(2.0)
    total, energy = pynvml.nvmlDeviceGetFieldValues(handle, [TOTAL, ENERGY])
    assert pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) == total.value.ullVal == 1_040_000
    assert energy.value.ullVal == 600_000


def test_scope_that_a_board_lacks_is_not_supported(play: Callable[..., Any]) -> None:
    """A plain board has no module and no memory power."""
    handle = play(boards.hopper())
    values = pynvml.nvmlDeviceGetFieldValues(handle, [(INSTANT, 1), (AVERAGE, 2), (ENERGY, 1)])
    assert {value.nvmlReturn for value in values} == {pynvml.NVML_ERROR_NOT_SUPPORTED}


# Identity and health


def test_boards_are_found_by_uuid_index_and_bus(play: Callable[..., Any]) -> None:
    """Index, UUID and PCI bus id lead to the same board."""
    play(boards.hopper(), boards.ada())
    second = pynvml.nvmlDeviceGetHandleByIndex(1)
    uuid = pynvml.nvmlDeviceGetUUID(second)
    bus = pynvml.nvmlDeviceGetPciInfo(second).busId
    assert pynvml.nvmlDeviceGetCount() == 2
    assert pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByUUID(uuid)) == "NVIDIA L40S"
    assert pynvml.nvmlDeviceGetIndex(pynvml.nvmlDeviceGetHandleByPciBusId(bus)) == 1
    with pytest.raises(pynvml.NVMLError_NotFound):
        pynvml.nvmlDeviceGetHandleByUUID("GPU-unknown")
    with pytest.raises(pynvml.NVMLError_InvalidArgument):
        pynvml.nvmlDeviceGetHandleByIndex(2)


def test_uuids_of_boards_differ_in_their_first_characters() -> None:
    """A prefix of a UUID is enough to name one of sixteen boards."""
    starts = {board.uuid[:5] for board in Trace(boards=(Board(),) * 16).boards}
    assert len(starts) == 16


def test_driver_says_its_versions(play: Callable[..., Any]) -> None:
    """Driver, library and CUDA versions are those of the trace."""
    play(boards.hopper())
    assert pynvml.nvmlSystemGetDriverVersion() == "550.54.15"
    assert pynvml.nvmlSystemGetNVMLVersion() == "12.550.54.15"
    assert pynvml.nvmlSystemGetCudaDriverVersion_v2() == 12_040


def test_health_is_what_the_trace_says(play: Callable[..., Any], stand_in: StandIn) -> None:
    """Clocks, temperature, limits, memory, processes and throttling come from the board."""
    handle = play(
        replace(
            boards.hopper(),
            throttled=((1.0, 2.0, "sw_power_cap"), (1.5, 2.0, "hw_thermal")),
            processes=((41, 1000), (42, 24)),
        )
    )
    assert pynvml.nvmlDeviceGetArchitecture(handle) == pynvml.NVML_DEVICE_ARCH_HOPPER
    assert pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU) == 45
    assert pynvml.nvmlDeviceGetTemperatureV(handle, pynvml.NVML_TEMPERATURE_GPU) == 45
    assert pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_SM) == 1755
    assert pynvml.nvmlDeviceGetMaxClockInfo(handle, pynvml.NVML_CLOCK_SM) == 1980
    assert pynvml.nvmlDeviceGetEnforcedPowerLimit(handle) == 700_000
    assert pynvml.nvmlDeviceGetPowerManagementLimit(handle) == 700_000
    assert pynvml.nvmlDeviceGetPowerManagementLimitConstraints(handle) == [200_000, 700_000]
    assert pynvml.nvmlDeviceGetUtilizationRates(handle).gpu == 100
    assert pynvml.nvmlDeviceGetMemoryInfo(handle).used == 1024 * 2**20
    assert pynvml.nvmlDeviceGetPersistenceMode(handle) == 1
    processes = pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
    assert [(one.pid, one.usedGpuMemory) for one in processes] == [
        (41, 1000 * 2**20),
        (42, 24 * 2**20),
    ]
    reasons = []
    for time in (0.5, 1.2, 1.7, 2.0):
        stand_in.set_time(time)
        reasons.append(pynvml.nvmlDeviceGetCurrentClocksEventReasons(handle))
    assert reasons == [0, 0x4, 0x44, 0]
    assert pynvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle) == 0


def test_mig_device_has_no_power_of_its_own(play: Callable[..., Any]) -> None:
    """A MIG device leads to its board, which alone has a counter and a sensor."""
    handle = play(replace(boards.hopper(), mig=(Slice("MIG-aaaa", 3), Slice("MIG-bbbb", 4))))
    slice_ = pynvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, 1)
    assert pynvml.nvmlDeviceGetMigMode(handle) == [1, 1]
    assert pynvml.nvmlDeviceGetMaxMigDeviceCount(handle) == 7
    assert pynvml.nvmlDeviceGetUUID(slice_) == "MIG-bbbb"
    assert pynvml.nvmlDeviceGetAttributes_v2(slice_).gpuInstanceSliceCount == 4
    parent = pynvml.nvmlDeviceGetDeviceHandleFromMigDeviceHandle(slice_)
    assert pynvml.nvmlDeviceGetUUID(parent) == pynvml.nvmlDeviceGetUUID(handle)
    for call in (pynvml.nvmlDeviceGetTotalEnergyConsumption, pynvml.nvmlDeviceGetPowerUsage):
        with pytest.raises(pynvml.NVMLError_NotSupported):
            call(slice_)
    with pytest.raises(pynvml.NVMLError_NotFound):
        pynvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, 2)
    with pytest.raises(pynvml.NVMLError_NotSupported):
        pynvml.nvmlDeviceGetUtilizationRates(handle)


# Clock


def test_reads_may_take_time(play: Callable[..., Any], stand_in: StandIn) -> None:
    """With 1 ms a read, whoever waits for the counter to move gets there without sleeping."""
    handle = play(Board(counter_start=0.0))
    stand_in.library.advance_per_call(0.001)
    reads = 0
    while pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) == 0 and reads < 1000:
        reads += 1
    assert reads == 99
    assert stand_in.now() == pytest.approx(0.1)


def test_child_process_sees_the_same_truth(
    stand_in_process: Callable[[Trace], ChildMachine],
) -> None:
    """A child finds the library by itself, on the real clock, and its counter holds the truth."""
    machine = stand_in_process(Trace(boards=(Board(power=((0.0, 250.0),), counter_start=0.0),)))
    code = (
        "import pynvml; pynvml.nvmlInit();"
        " handle = pynvml.nvmlDeviceGetHandleByIndex(0);"
        " print(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle))"
    )
    before = machine.now()
    done = subprocess.run(
        [sys.executable, "-c", code], env=machine.env, capture_output=True, text=True, check=True
    )
    after = machine.now()
    (board,) = machine.trace.boards
    assert board.integral(0, before) - 25 <= int(done.stdout) / 1000 <= board.integral(0, after)


# The compiler


def test_missing_compiler_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a compiler the message names what to install and how to leave the tests out."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(RuntimeError, match=r"install gcc.*LCA_WITHOUT_COMPILER=1"):
        build.compile_library(tmp_path)


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("", False), ("0", False)])
def test_tests_are_left_out_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, value: str, *, allowed: bool
) -> None:
    """Only LCA_WITHOUT_COMPILER=1 lets the tests skip."""
    monkeypatch.setenv("LCA_WITHOUT_COMPILER", value)
    assert build.may_skip() is allowed
