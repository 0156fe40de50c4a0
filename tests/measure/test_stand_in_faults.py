"""The faults of the stand-in library: each fails as the real driver does, and only where asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pynvml
import pytest

from measure.stand_in import boards
from measure.stand_in.build import Library, StandIn
from measure.stand_in.trace import Board, Fault, Trace

INSTANT, AVERAGE, TOTAL, ENERGY = 186, 185, 83, 191


def test_reset_starts_the_counter_from_nothing(play: Callable[..., Any], stand_in: StandIn) -> None:
    """After a reset the counter holds only what was drawn since, and so falls."""
    handle = play(Board(power=((0.0, 100.0),), resets=(1.25,)))
    shown = []
    for time in (1.2, 1.26, 1.3, 2.25):
        stand_in.set_time(time)
        shown.append(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle))
    assert shown == [1_120_000, 0, 5_000, 95_000]


@pytest.mark.parametrize(
    ("error", "exception"),
    [("gpu_is_lost", pynvml.NVMLError_GpuIsLost), ("unknown", pynvml.NVMLError_Unknown)],
)
def test_outage_ends(
    play: Callable[..., Any],
    stand_in: StandIn,
    error: str,
    exception: type[pynvml.NVMLError],
) -> None:
    """During an outage every call fails; afterwards the counter has gone on counting."""
    handle = play(
        Board(power=((0.0, 100.0),), counter_start=0.0, faults=(Fault("all", error, 1.0, 2.0),))
    )
    for time in (1.0, 1.999):
        stand_in.set_time(time)
        for call in (pynvml.nvmlDeviceGetTotalEnergyConsumption, pynvml.nvmlDeviceGetPowerUsage):
            with pytest.raises(exception):
                call(handle)
    stand_in.set_time(2.0)
    assert pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) == 200_000


def test_lost_board_stays_lost(play: Callable[..., Any], stand_in: StandIn) -> None:
    """Once a board has fallen off the bus, not even its handle can be had again."""
    handle = play(Board(lost=3.0), Board())
    stand_in.set_time(2.999)
    assert pynvml.nvmlDeviceGetPowerUsage(handle) == 250_000
    for time in (3.0, 1e6):
        stand_in.set_time(time)
        with pytest.raises(pynvml.NVMLError_GpuIsLost):
            pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
        with pytest.raises(pynvml.NVMLError_GpuIsLost):
            pynvml.nvmlDeviceGetHandleByIndex(0)
    other = pynvml.nvmlDeviceGetHandleByIndex(1)
    assert pynvml.nvmlDeviceGetPowerUsage(other) == 250_000


def test_board_under_an_old_driver_has_neither_counter_nor_fields(play: Callable[..., Any]) -> None:
    """A board before Volta under a driver before 530 answers the power call alone."""
    handle = play(boards.old_driver(((0.0, 150.0),)))
    with pytest.raises(pynvml.NVMLError_NotSupported):
        pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    values = pynvml.nvmlDeviceGetFieldValues(handle, [INSTANT, AVERAGE, TOTAL, ENERGY])
    assert {value.nvmlReturn for value in values} == {pynvml.NVML_ERROR_NOT_SUPPORTED}
    assert pynvml.nvmlDeviceGetPowerUsage(handle) == 150_000


def test_pascal_has_no_counter(play: Callable[..., Any]) -> None:
    """A board before Volta shows power by call and by instant field, and no energy."""
    handle = play(boards.pascal(((0.0, 150.0),)))
    values = pynvml.nvmlDeviceGetFieldValues(handle, [INSTANT, AVERAGE, TOTAL, ENERGY])
    assert [value.nvmlReturn for value in values] == [0, 3, 3, 3]
    assert values[0].value.uiVal == pynvml.nvmlDeviceGetPowerUsage(handle) == 150_000


def test_board_without_any_power(play: Callable[..., Any]) -> None:
    """A board may have no sensor at all."""
    handle = play(replace(boards.pascal(), usage="none"))
    with pytest.raises(pynvml.NVMLError_NotSupported):
        pynvml.nvmlDeviceGetPowerUsage(handle)


@pytest.mark.parametrize(
    ("field", "fault"),
    [(INSTANT, "instant"), (AVERAGE, "average"), (TOTAL, "counter"), (ENERGY, "energy")],
)
def test_one_field_can_fail_alone(play: Callable[..., Any], field: int, fault: str) -> None:
    """A field that fails says so in its own result, and leaves the others alone."""
    handle = play(replace(boards.hopper(), faults=(Fault(fault, "timeout"),)))
    values = pynvml.nvmlDeviceGetFieldValues(handle, [INSTANT, AVERAGE, TOTAL, ENERGY])
    failed = [value.fieldId for value in values if value.nvmlReturn]
    assert failed == [field]


def test_no_permission_for_a_board(stand_in: StandIn) -> None:
    """A board that the user may not open refuses its handle; its neighbor does not."""
    closed = replace(boards.hopper(), faults=(Fault("handle", "no_permission"),))
    stand_in.play(Trace(boards=(closed, boards.hopper())))
    pynvml.nvmlInit()
    with pytest.raises(pynvml.NVMLError_NoPermission):
        pynvml.nvmlDeviceGetHandleByIndex(0)
    assert pynvml.nvmlDeviceGetPowerUsage(pynvml.nvmlDeviceGetHandleByIndex(1)) == 250_000
    pynvml.nvmlShutdown()


@pytest.mark.parametrize(
    ("failure", "exception"),
    [
        ("driver_not_loaded", pynvml.NVMLError_DriverNotLoaded),
        ("no_permission", pynvml.NVMLError_NoPermission),
        ("library_not_found", pynvml.NVMLError_LibraryNotFound),
        ("lib_rm_version_mismatch", pynvml.NVMLError_LibRmVersionMismatch),
    ],
)
def test_init_fails_as_the_driver_does(
    stand_in: StandIn, failure: str, exception: type[pynvml.NVMLError]
) -> None:
    """Without a driver, or without the right to it, nothing begins."""
    stand_in.play(Trace(boards=(), failure=failure))
    with pytest.raises(exception):
        pynvml.nvmlInit()


def test_without_a_trace_there_is_no_driver(nvml_library: Library) -> None:
    """Between tests the loaded library answers as a machine without a driver does."""
    with pytest.raises(pynvml.NVMLError_LibraryNotFound):
        pynvml.nvmlInit()
    assert nvml_library.users() == 0


def test_calls_before_init_are_refused(play: Callable[..., Any], stand_in: StandIn) -> None:
    """After the last shutdown nothing answers until the next init."""
    handle = play(boards.hopper())
    pynvml.nvmlShutdown()
    assert stand_in.library.users() == 0
    with pytest.raises(pynvml.NVMLError_Uninitialized):
        pynvml.nvmlDeviceGetPowerUsage(handle)
    pynvml.nvmlInit()
    assert pynvml.nvmlDeviceGetPowerUsage(handle) == 250_000
