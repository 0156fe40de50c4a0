"""The cases at which the meters in use fail, against a known truth.

Each board's counter moves every 100 ms. Energy that a meter reports must lie near the truth,
and the truth must lie in the reported bounds, for windows that begin at any phase of the step.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from measure.playing import Played, play
from measure.stand_in import boards
from measure.stand_in.build import StandIn
from measure.stand_in.trace import Fault, Slice, Trace

PHASES = (1.0, 1.033, 1.09)
"""Starts of windows, at different phases of the counter's step (s)."""


def check(measured: Played, tolerance: float) -> None:
    """Demand that the value is near the truth, and that the bounds hold it."""
    assert measured.energy.low <= measured.truth <= measured.energy.high
    assert measured.energy.value == pytest.approx(measured.truth, rel=tolerance)
    assert abs(measured.energy.value - measured.truth) <= measured.energy.bound


@pytest.mark.parametrize("start", PHASES)
def test_steady_power_of_one_board(stand_in: StandIn, start: float) -> None:
    """A steady 250 W for 6 s is 1500 J, whatever the phase of the counter."""
    measured = play(stand_in, Trace((boards.hopper(),)), start, start + 6)
    check(measured, 0.018)
    assert measured.devices[0].method == "counter"
    assert measured.devices[0].hardware == "nvidia-h100-sxm5-80gb"


def test_two_boards_add_up(stand_in: StandIn) -> None:
    """Boards of 200 W and 250 W together are 2700 J in 6 s, not their mean."""
    pair = Trace((boards.hopper(((0, 200),)), boards.hopper(((0, 250),))))
    measured = play(stand_in, pair, 1.0, 7.0)
    check(measured, 1e-6)
    assert [device.energy for device in measured.devices] == pytest.approx([1200.0, 1500.0])


def burst(
    on: float = 0.05, off: float = 0.05, until: float = 20.0
) -> tuple[tuple[float, float], ...]:
    """Return 700 W and 100 W in turn."""
    count = int(until / (on + off))
    edges = [(i * (on + off), i * (on + off) + on) for i in range(count)]
    return tuple(step for a, b in edges for step in ((a, 700.0), (b, 100.0)))


@pytest.mark.parametrize("phase", [0.0, 0.03, 0.05, 0.08])
def test_bursts_between_the_looks_of_a_part_time_sensor(stand_in: StandIn, phase: float) -> None:
    """Bursts that the power sensor never sees are in the counter, and the contrast is told."""
    board = replace(boards.hopper(burst()), phase=phase)
    measured = play(stand_in, Trace((board,)), 1.0, 7.0)
    check(measured, 1e-6)
    told = any("power may have missed bursts" in r for r in measured.devices[0].reasons)
    seen = board.reported_instant(3.0)
    assert told == (abs(400 / seen - 1) > 0.15)


@pytest.mark.parametrize("phase", [0.0, 0.03, 0.05, 0.08])
def test_bursts_without_a_counter_are_within_wide_bounds(stand_in: StandIn, phase: float) -> None:
    """Where only a part-time sensor tells, the bounds say how little it saw."""
    board = replace(boards.hopper(burst()), phase=phase, counter=False)
    measured = play(stand_in, Trace((board,)), 1.0, 7.0)
    assert measured.energy.low <= measured.truth <= measured.energy.high
    assert abs(measured.energy.value - measured.truth) <= measured.energy.bound
    assert measured.devices[0].method == "power"


PHASED = ((0.0, 60.0), (2.0, 150.0), (3.0, 300.0), (4.0, 90.0), (5.0, 60.0))


@pytest.mark.parametrize("start", PHASES)
def test_phases_of_power(stand_in: StandIn, start: float) -> None:
    """Three phases of a second each are all counted."""
    check(play(stand_in, Trace((boards.hopper(PHASED),)), start, start + 6), 0.01)


@pytest.mark.parametrize("start", PHASES)
def test_steady_power_before_volta(stand_in: StandIn, start: float) -> None:
    """A board without a counter that draws a steady 150 W used 900 J in 6 s, not nothing."""
    measured = play(stand_in, Trace((boards.pascal(((0, 150),)),)), start, start + 6)
    check(measured, 1e-4)
    assert measured.devices[0].method == "power"
    assert measured.devices[0].coverage == pytest.approx(1.0)


@pytest.mark.parametrize("start", PHASES)
def test_phases_before_volta(stand_in: StandIn, start: float) -> None:
    """Steps of power are held until the next reading, and edges count."""
    check(play(stand_in, Trace((boards.pascal(PHASED),)), start, start + 6), 0.01)


@pytest.mark.parametrize("when", [5.0, 5.05, 6.87])
def test_counter_reset_inside_a_window(stand_in: StandIn, when: float) -> None:
    """A counter that starts again from 0 loses nothing, and the record says so."""
    board = replace(boards.hopper(), resets=(when,), counter_start=1e6)
    measured = play(stand_in, Trace((board,)), 1.0, 13.0)
    check(measured, 0.01)
    assert any("reset" in reason for reason in measured.devices[0].reasons)


def test_board_lost_at_half_time(stand_in: StandIn) -> None:
    """A lost board leaves the half that was measured, with the reason and the rest as bound."""
    board = replace(boards.hopper(), lost=7.0)
    measured = play(stand_in, Trace((board,)), 1.0, 13.0)
    device = measured.devices[0]
    assert device.energy == pytest.approx(1500.0, rel=0.05)
    assert device.coverage == pytest.approx(0.5, abs=0.025)
    assert device.low <= measured.truth <= device.high
    assert any("lost" in reason for reason in device.reasons)
    assert any("not measured" in reason for reason in device.reasons)


def test_board_without_a_counter_lost_at_half_time(stand_in: StandIn) -> None:
    """The last power of a lost board does not go on for ever."""
    board = replace(boards.pascal(((0, 150),)), lost=7.0)
    device = play(stand_in, Trace((board,)), 1.0, 13.0).devices[0]
    assert device.energy == pytest.approx(900.0, rel=0.02)
    assert device.coverage == pytest.approx(0.5, abs=0.01)
    assert device.low <= 1800.0 <= device.high


def test_counter_that_fails_for_a_while(stand_in: StandIn) -> None:
    """A counter that does not answer for two seconds still covers them when it does."""
    board = replace(boards.hopper(), faults=(Fault("counter", "unknown", 3.0, 5.0),))
    check(play(stand_in, Trace((board,)), 1.0, 7.0), 1e-6)


@pytest.mark.parametrize("part", [None, 12])
def test_visible_devices_by_uuid(stand_in: StandIn, part: int | None) -> None:
    """CUDA_VISIBLE_DEVICES with a UUID, or its beginning, selects that board and no other."""
    pair = Trace((boards.hopper(((0, 200),)), boards.hopper(((0, 250),))))
    wanted = pair.boards[1].uuid[:part]
    environment = {"CUDA_VISIBLE_DEVICES": wanted}
    measured = play(stand_in, pair, 1.0, 7.0, environment=environment, counted=[1])
    check(measured, 1e-6)
    assert [device.uuid for device in measured.devices] == [pair.boards[1].uuid]


@pytest.mark.parametrize("start", [1.0, 1.02, 1.049, 1.051, 1.08])
def test_a_window_of_half_a_step_has_no_value(stand_in: StandIn, start: float) -> None:
    """50 ms between two updates of a counter have a bound and no value, and say what to do."""
    measured = play(stand_in, Trace((boards.hopper(((0, 300),)),)), start, start + 0.05)
    device = measured.devices[0]
    assert device.energy is None
    assert device.method == "none"
    assert device.low <= 15.0 <= device.high < math.inf
    assert any("shorter than two steps" in reason for reason in device.reasons)
    assert any("repeat the work" in reason for reason in device.reasons)


def test_superchip_is_measured_as_a_module(stand_in: StandIn) -> None:
    """A GH200 counts 400 W of its module; its processor is in it and is not added again."""
    measured = play(stand_in, Trace((boards.grace_hopper(),)), 1.0, 7.0)
    assert measured.energy.value == pytest.approx(2400.0)
    assert measured.devices[0].scope == "module"
    assert measured.energy.low <= 2400.0 <= measured.energy.high


def test_mig_slice_is_its_whole_board_with_its_share(stand_in: StandIn) -> None:
    """A MIG device has no meter: the board is measured whole, and its share is stated."""
    board = replace(boards.hopper(), mig=(Slice("MIG-aaaa", 3), Slice("MIG-bbbb", 1)))
    environment = {"CUDA_VISIBLE_DEVICES": "MIG-aaaa"}
    measured = play(stand_in, Trace((board,)), 1.0, 7.0, environment=environment)
    check(measured, 1e-6)
    assert measured.devices[0].share == pytest.approx(3 / 7)
    assert any("MIG slice" in reason for reason in measured.devices[0].reasons)


@pytest.mark.parametrize(("gain", "flagged"), [(1.0, False), (1.05, False), (1.2, True)])
def test_counter_and_power_are_compared(stand_in: StandIn, gain: float, flagged: bool) -> None:
    """A counter that is 20 % off the power field is flagged with the ratio; 5 % is not."""
    board = replace(boards.ada(), counter_gain=gain)
    device = play(stand_in, Trace((board,)), 1.0, 61.0).devices[0]
    told = [reason for reason in device.reasons if "ratio" in reason]
    assert bool(told) is flagged
    if flagged:
        assert "ratio 1.20" in told[0]


def test_throttling_is_a_share_of_the_time(stand_in: StandIn) -> None:
    """A board held down by heat for half of the window says so, with clock and temperature."""
    board = replace(boards.hopper(), throttled=((6.0, 11.0, "hw_thermal"),))
    device = play(stand_in, Trace((board,)), 1.0, 11.0).devices[0]
    assert device.throttled == pytest.approx({"thermal, hardware": 0.5}, abs=0.1)
    assert device.clocks["sm"] == 1755.0
    assert (device.temperature, device.power_limit) == (45.0, 700.0)
