"""Measurements: windows, repeats, policies and refusals."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import lca.measure
from lca.errors import InputError, UnknownNameError
from lca.measure import windows
from lca.measure.nvml import NvmlMeter
from lca.measure.windows import Measurement
from measure.stand_in import boards
from measure.stand_in.build import StandIn
from measure.stand_in.trace import Trace
from measure.steady import Steady


@pytest.fixture
def steady() -> Steady:
    """Return a board of 100 W."""
    return Steady()


@pytest.fixture
def run(steady: Steady) -> Callable[..., Measurement]:
    """Return a function that makes a measurement of the board of 100 W."""

    def make(**options: Any) -> Measurement:
        return Measurement(
            "test", meters=[steady], clock=steady.clock, sleep=steady.sleep, **options
        )

    return make


@pytest.fixture(autouse=True)
def one_rank(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no launcher's variable of the machine decide."""
    for name in ("LOCAL_RANK", "SLURM_LOCALID", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)


def test_context_manager_measures(run: Callable[..., Measurement], steady: Steady) -> None:
    """100 W for 3 s are 300 J, as a quantity, per unit of work, and inside the bounds."""
    with run(work="60 samples") as m:
        steady.sleep(3.0)
    assert m.energy.to("J").magnitude == pytest.approx(300.0)
    assert m.record.duration == pytest.approx(3.0)
    assert m.record.energy_per_unit.value == pytest.approx(5.0)
    assert m.record.energy_per_unit.unit == "sample"
    assert m.record.total.low <= 300.0 <= m.record.total.high
    assert m.record.quality == "measured"


def test_the_package_itself_measures() -> None:
    """``lca.measure(...)`` is a measurement, as ``lca.measure.measure(...)`` is."""
    assert isinstance(lca.measure("name"), Measurement)
    assert isinstance(lca.measure.measure("name"), Measurement)


def test_start_and_stop_are_idempotent(run: Callable[..., Measurement], steady: Steady) -> None:
    """A second start or stop changes nothing."""
    m = run()
    m.start()
    steady.sleep(1.0)
    m.start()
    first = m.stop()
    steady.sleep(1.0)
    assert m.stop() is first
    assert first.total.value == pytest.approx(100.0)


def test_a_measurement_can_start_again(run: Callable[..., Measurement], steady: Steady) -> None:
    """After a stop a new start begins a new record."""
    m = run()
    m.start()
    steady.sleep(1.0)
    m.stop()
    m.start()
    steady.sleep(2.0)
    assert m.stop().total.value == pytest.approx(200.0)


def test_stop_without_start_is_refused(run: Callable[..., Measurement]) -> None:
    """There is no record of a measurement that never ran."""
    with pytest.raises(InputError, match="never started"):
        run().stop()


def test_decorator_measures_each_call(run: Callable[..., Measurement], steady: Steady) -> None:
    """A decorated function returns its result and keeps the measurement of its last call."""

    @run(work="10 items")
    def work(seconds: float) -> str:
        steady.sleep(seconds)
        return "done"

    assert work(1.0) == "done"
    assert work.measurement.record.total.value == pytest.approx(100.0)
    work(2.0)
    assert work.measurement.record.total.value == pytest.approx(200.0)
    assert work.__name__ == "work"


def test_measured_takes_the_name_of_the_function(steady: Steady) -> None:
    """``@measured`` names the workload as the function is named."""

    @lca.measure.measured(meters=[steady], clock=steady.clock)
    def tokenize() -> None:
        steady.sleep(1.0)

    tokenize()
    assert tokenize.measurement.record.workload == "tokenize"


def test_windows_nest_and_overlap(run: Callable[..., Measurement], steady: Steady) -> None:
    """Parts have their own energy, whether inside one another or crossing."""
    with run() as m:
        with m.window("outer"):
            steady.sleep(1.0)
            with m.window("inner"):
                steady.sleep(2.0)
        left = m.begin("left")
        steady.sleep(1.0)
        right = m.begin("right")
        steady.sleep(1.0)
        m.end(left)
        steady.sleep(3.0)
        m.end(right)
    found = {w.name: (w.begins, w.energy.value) for w in m.record.windows}
    assert found["outer"] == pytest.approx((0.0, 300.0))
    assert found["inner"] == pytest.approx((1.0, 200.0))
    assert found["left"] == pytest.approx((3.0, 200.0))
    assert found["right"] == pytest.approx((4.0, 400.0))
    assert m.record.window("inner").duration == pytest.approx(2.0)
    with pytest.raises(UnknownNameError, match='did you mean "inner"'):
        m.record.window("iner")


def test_windows_of_threads_do_not_disturb_each_other(run: Callable[..., Measurement]) -> None:
    """Many threads may open and close windows at once."""
    with run() as m:
        barrier = threading.Barrier(4)

        def part(name: str) -> None:
            barrier.wait(10)
            for _ in range(20):
                with m.window(name):
                    pass

        threads = [threading.Thread(target=part, args=(f"part{i}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    names = [window.name for window in m.record.windows]
    assert {name: names.count(name) for name in names} == {f"part{i}": 20 for i in range(4)}


def test_window_outside_a_measurement_is_refused(run: Callable[..., Measurement]) -> None:
    """A part needs a whole."""
    with pytest.raises(InputError, match="not running"), run().window("part"):
        pass


def test_open_windows_end_with_the_measurement(
    run: Callable[..., Measurement], steady: Steady
) -> None:
    """A part that was never ended ends with the whole."""
    with run() as m:
        m.begin("part")
        steady.sleep(2.0)
    assert m.record.window("part").energy.value == pytest.approx(200.0)


def test_short_body_is_repeated_until_long_enough(stand_in: StandIn) -> None:
    """A body of 50 ms that uses 15 J gets its value from 5 s of repeats."""
    stand_in.play(Trace((boards.hopper(((0, 300),)),)))
    stand_in.set_time(1.0)
    meter = NvmlMeter(clock=stand_in.now, environment={})
    with Measurement(
        "short", work="1 query", at_least="5 s", meters=[meter], clock=stand_in.now
    ) as m:
        for _ in m.runs():
            stand_in.sleep(0.05)
    meter.close()
    assert m.record.duration >= 5.0
    assert m.repeats in {100, 101}
    per = m.record.energy_per_unit
    assert per.value == pytest.approx(15.0, rel=0.02)
    assert per.low <= 15.0 <= per.high
    assert len(per.repeats) >= 4
    assert per.repeats == pytest.approx([15.0] * len(per.repeats), rel=0.1)


def test_repeat_multiplies_the_work(run: Callable[..., Measurement], steady: Steady) -> None:
    """Four rounds of ten items are forty items."""
    with run(work="10 items", repeat=4) as m:
        for _ in m.runs():
            steady.sleep(0.5)
    assert (m.record.repeats, m.record.work.amount) == (4, 40.0)
    assert m.record.energy_per_unit.value == pytest.approx(5.0)


def test_rounds_that_began_are_counted(run: Callable[..., Measurement], steady: Steady) -> None:
    """Whoever leaves four rounds in the second one did the work of two."""
    with run(work="10 items", repeat=4) as m:
        for done in m.runs():
            steady.sleep(1.0)
            if done == 1:
                break
    assert (m.record.repeats, m.record.work.amount) == (2, 20.0)


def test_one_device_may_be_named_without_a_list(stand_in: StandIn) -> None:
    """``devices="0"`` and ``devices=0`` mean what ``devices=[0]`` means."""
    stand_in.play(Trace((boards.hopper(), boards.hopper())))
    for name in ("1", 1, [1]):
        m = Measurement("one", devices=name, clock=stand_in.now, sleep=stand_in.sleep).start()
        assert [device.id for device in m.stop().devices] == ["gpu1"]
        m.close()


def test_alignment_narrows_the_bounds(stand_in: StandIn) -> None:
    """A second that begins and ends at ticks of the counter is known far better."""
    found = {}
    for align in (False, True):
        stand_in.play(Trace((replace(boards.hopper(), counter_phase=0.037),)))
        stand_in.set_time(1.0)
        meter = NvmlMeter(clock=stand_in.now, environment={})
        m = Measurement("a", align=align, meters=[meter], clock=stand_in.now, sleep=stand_in.sleep)
        m.start()
        begun = stand_in.now()
        for _ in range(10):
            stand_in.sleep(0.1)
        found[align] = m.stop().devices[0]
        truth = stand_in.integral(begun, begun + 1.0)
        meter.close()
        assert found[align].low <= truth <= found[align].high
    width = {align: device.high - device.low for align, device in found.items()}
    assert width[True] < 0.6 * width[False]
    assert found[True].energy == pytest.approx(250.0, rel=0.02)


def test_idle_power_is_measured_and_deducted(
    run: Callable[..., Measurement], steady: Steady
) -> None:
    """Above idle, a board that draws no more than before used nothing; the record shows both."""
    with run(idle="above_idle") as m:
        steady.sleep(3.0)
    device = m.record.devices[0]
    assert device.idle_power == pytest.approx(100.0)
    assert device.energy == pytest.approx(300.0)
    assert m.record.total.value == pytest.approx(0.0, abs=1e-6)
    assert m.record.idle == "above_idle"


def test_share_of_a_board_is_attributed(run: Callable[..., Measurement], steady: Steady) -> None:
    """With a share of a quarter the board is measured whole and a quarter counts."""
    with run(idle="share", share=0.25) as m:
        steady.sleep(4.0)
    assert m.record.devices[0].energy == pytest.approx(400.0)
    assert m.record.total.value == pytest.approx(100.0)
    assert m.record.energy_per_unit.value == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"idle": "totl"}, 'did you mean "total"'),
        ({"require": "exact"}, '"measured" refuses models'),
        ({"repeat": 0}, "not a positive whole number"),
        ({"share": 1.5}, "not between 0 and 1"),
        ({"work": "many"}, 'write for example "1200 samples"'),
        ({"work": "-1 samples"}, "not an amount of work"),
        ({"at_least": "5 kg"}, '"kg" is not a unit'),
    ],
)
def test_options_that_mean_nothing_are_refused(
    run: Callable[..., Measurement], options: dict[str, Any], message: str
) -> None:
    """Each wrong option says what is accepted."""
    with pytest.raises(InputError, match=message):
        run(**options)


def test_health_is_in_the_record(run: Callable[..., Measurement], steady: Steady) -> None:
    """Clocks, temperature, limit and the share of throttled time stand beside the energy."""
    with run() as m:
        steady.sleep(2.0)
    device = m.record.devices[0]
    assert device.clocks == {"sm": 1500.0}
    assert (device.temperature, device.power_limit) == (60.0, 200.0)
    assert device.throttled == {"power cap": 1.0}


def test_other_ranks_do_not_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rank 3 of a node counts its work, and leaves the meters to rank 0."""
    monkeypatch.setenv("LOCAL_RANK", "3")
    with Measurement("rank", work="5 items") as m:
        pass
    assert m.record.devices == ()
    assert m.record.work.amount == 5.0
    assert "rank 0 of this node measures" in m.record.reasons[-1]


def test_sampling_goes_on_in_one_thread(stand_in: StandIn) -> None:
    """On the real clock one thread reads at about 10 Hz, and ends with the measurement."""
    stand_in.play(Trace((boards.hopper(),)))
    stand_in.library.use_real_clock(time.monotonic())
    meter = NvmlMeter(clock=time.monotonic, environment={})
    before = threading.active_count()
    with Measurement("real", meters=[meter]) as m:
        assert threading.active_count() == before + 1
        time.sleep(0.7)
        seconds, watts, joules = m.live()
    meter.close()
    assert threading.active_count() == before
    assert joules == pytest.approx(watts * seconds)
    device = m.record.devices[0]
    assert device.low <= 250.0 * m.record.duration <= device.high
    assert device.energy == pytest.approx(250.0 * m.record.duration, abs=26.0)


def test_importing_is_light() -> None:
    """``import lca.measure`` brings neither numpy, pint, torch, pynvml nor yaml."""
    code = (
        "import sys, lca.measure; "
        "heavy = {'numpy', 'pint', 'torch', 'pynvml', 'yaml', 'pydantic', 'pandas'}; "
        "print(', '.join(heavy & set(sys.modules)))"
    )
    root = Path(windows.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.strip()) == (0, "", "")


@pytest.mark.parametrize(
    ("options", "whole", "part"),
    [({"idle": "share", "share": 0.25}, 100.0, 50.0), ({"idle": "above_idle"}, 0.0, 0.0)],
)
def test_parts_and_repeats_follow_the_idle_policy(
    run: Callable[..., Measurement],
    steady: Steady,
    options: dict[str, Any],
    whole: float,
    part: float,
) -> None:
    """What is attributed of the whole is attributed of its windows and blocks alike."""
    with run(repeat=2, **options) as m:
        for _ in m.runs():
            with m.window("part"):
                steady.sleep(2.0)
    record = m.record
    assert record.total.value == pytest.approx(whole, abs=1e-6)
    assert record.window("part").energy.value == pytest.approx(part, abs=1e-6)
    assert record.energy_per_unit.repeats == pytest.approx([whole / 2] * 2, abs=1e-6)
