"""Long measurements are settled block by block."""

from __future__ import annotations

import pytest

from lca.measure.ledger import BLOCK, Ledger
from lca.measure.nvml import NvmlMeter
from measure.playing import sample_until
from measure.stand_in import boards
from measure.stand_in.build import StandIn
from measure.stand_in.trace import Trace
from measure.steady import Steady


@pytest.fixture
def steady() -> Steady:
    """Return a board of 100 W."""
    return Steady()


def test_long_measurements_keep_few_readings(steady: Steady) -> None:
    """Hours of readings are settled block by block, without losing energy or bounds."""
    ledger = Ledger([steady], steady.clock)
    window = ledger.open("long")
    for _ in range(3 * BLOCK):
        steady.sleep(0.1)
        ledger.sample()
    ledger.close(window)
    truth = 3 * BLOCK * 10.0
    device = ledger.records(window)[0]
    assert device.energy == pytest.approx(truth)
    assert device.low <= truth <= device.high
    assert device.coverage == pytest.approx(1.0)
    assert len(window.settled["gpu0"]) >= 2


def test_long_measurements_with_power_only(stand_in: StandIn) -> None:
    """The same holds for a board without a counter, sampled every 18 ms for two minutes."""
    stand_in.play(Trace((boards.pascal(((0, 150), (60, 90))),)))
    meter = NvmlMeter(clock=stand_in.now, environment={})
    ledger = Ledger([meter], stand_in.now)
    window = ledger.open("long")
    sample_until(stand_in.set_time, ledger, 0.0, 120.0)
    ledger.close(window)
    device = ledger.records(window)[0]
    meter.close()
    truth = stand_in.integral(0.0, 120.0)
    assert device.energy == pytest.approx(truth, rel=1e-3)
    assert device.low <= truth <= device.high


@pytest.mark.parametrize("late", [0.0, 0.004, 0.02, 0.04])
def test_a_tick_that_comes_early_is_not_passed_over(steady: Steady, late: float) -> None:
    """A device is read at every tick of its interval, however unevenly a busy machine wakes."""
    ledger = Ledger([steady], steady.clock)
    begun, before = steady.time, steady.reads
    for tick in range(1, 101):
        steady.time = begun + 0.1 * tick + (late if tick % 2 else 0.0)
        ledger.sample_due()
    assert steady.reads - before == 100
