"""What is left when something fails: the code, the disk, the process, the clock, the meter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lca.errors import DocumentError, MeasurementUnavailable
from lca.measure.meters import open_meters
from lca.measure.partial_file import SLOWEST, PartialFile
from lca.measure.records import load
from lca.measure.windows import Measurement
from measure.playing import play
from measure.stand_in import boards
from measure.stand_in.build import StandIn
from measure.stand_in.trace import Fault, Trace
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


def test_error_of_the_measured_code_passes_and_leaves_a_record(
    run: Callable[..., Measurement], steady: Steady
) -> None:
    """What the code raised is raised; the record of the time before it is kept."""
    m = run()

    def fail() -> None:
        with m:
            steady.sleep(1.0)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    assert m.record.total.value == pytest.approx(100.0)
    assert "the measured code raised ZeroDivisionError" in m.record.reasons


def test_nothing_measured_is_none_with_reasons() -> None:
    """Without any meter the record has no energy at all, and says so."""
    with Measurement("nothing", meters=[]) as m:
        pass
    assert m.energy is None
    assert m.record.quality == "none"
    assert m.record.total.value is None
    assert m.record.reasons == ("no device has a measured or modeled energy",)


def test_required_measurement_is_refused_without_meters(steady: Steady) -> None:
    """``require="measured"`` raises before the run where only models exist, with exit code 5."""
    model = replace(steady.device, method="model")
    steady.device = model
    m = Measurement("strict", require="measured", meters=[steady])
    with pytest.raises(MeasurementUnavailable, match="nothing on this machine") as refusal:
        m.start()
    assert refusal.value.exit_code == 5


def test_required_measurement_is_refused_when_the_window_was_too_short(
    run: Callable[..., Measurement], steady: Steady
) -> None:
    """A record without a value is not measured; it is kept for a look."""
    steady.device = replace(steady.device, step=0.1)
    m = run(require="measured")
    m.start()
    steady.sleep(0.05)
    with pytest.raises(MeasurementUnavailable, match="shorter than two steps"):
        m.stop()
    assert m.record.quality == "none"


def test_date_may_jump(
    run: Callable[..., Measurement], steady: Steady, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is set back an hour in mid-window changes neither duration nor energy."""
    with run() as m:
        steady.sleep(1.0)
        before = time.time()
        monkeypatch.setattr(time, "time", lambda: before - 3600.0)
        steady.sleep(1.0)
    assert m.record.duration == pytest.approx(2.0)
    assert m.record.total.value == pytest.approx(200.0)


def test_unwritable_file_keeps_the_record(
    run: Callable[..., Measurement], steady: Steady, tmp_path: Path
) -> None:
    """A record that cannot be saved is an error, and still there."""
    m = run(save=tmp_path / "missing" / "record.yaml")
    m.start()
    steady.sleep(1.0)
    with pytest.raises(DocumentError, match="cannot be written"):
        m.stop()
    assert m.record.total.value == pytest.approx(100.0)


def test_partial_records_that_cannot_be_saved_do_not_stop_the_run(
    run: Callable[..., Measurement], steady: Steady, tmp_path: Path
) -> None:
    """Without room for the partial record the measurement goes on, and says so in its own."""
    folder = tmp_path / "later"
    m = run(save=folder / "record.yaml")
    m.start()
    steady.sleep(1.0)
    deadline = time.monotonic() + 20
    while not m.remarks and time.monotonic() < deadline:
        time.sleep(0.02)
    folder.mkdir()
    record = m.stop()
    assert record.total.value == pytest.approx(100.0)
    assert "a partial record could not be saved" in record.reasons[-1]
    assert load(folder / "record.yaml").status == "complete"


KILLED = """
import time
import lca.measure
from measure.steady import Steady

meter = Steady()
meter.clock = time.monotonic
meter.read = lambda device: __import__("lca.measure.integrate", fromlist=["Sample"]).Sample(
    time.monotonic(), energy=1e6 + 100.0 * time.monotonic()
)
with lca.measure("killed", save=PATH, meters=[meter]):
    print("started", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start a process that measures for a minute."""
    file = tmp_path / "record.yaml"
    code = textwrap.dedent(KILLED).replace("PATH", repr(str(file)))
    tests = Path(__file__).parents[1]
    path = os.pathsep.join([str(tests), str(tests.parent)])
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    with child:
        yield child, file
        child.kill()


def test_a_killed_process_leaves_a_partial_record(
    doomed: tuple[subprocess.Popen[str], Path],
) -> None:
    """After SIGKILL the file is a readable record, at most about a second old."""
    child, file = doomed
    assert child.stdout.readline() == "started\n"
    begun = time.monotonic()
    time.sleep(2.0)
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    lived = time.monotonic() - begun
    record = load(file)
    assert record.status == "partial"
    assert record.quality == "measured"
    assert record.duration > lived - 1.5  # a second, and what a busy machine adds
    assert record.total.value == pytest.approx(100.0 * record.duration, rel=0.2)


@pytest.mark.parametrize("pace", [0.018, 0.1, 0.25, 0.3, SLOWEST])
def test_partial_records_are_less_than_a_second_apart(tmp_path: Path, pace: float) -> None:
    """However the ticks of the sampling thread fall, early or late, a second is never lost."""
    now, saved = 0.0, []
    partial = PartialFile(tmp_path / "r.yaml", lambda: now, pace)
    for tick in range(int(20 / pace)):
        now = tick * pace + (0.01, -0.008, 0.0)[tick % 3] * (pace > 0.02)
        if partial.due():
            saved.append(now)
    apart = [after - before for before, after in pairwise(saved)]
    assert min(apart) > 0.5
    assert max(apart) < 0.9


FULL = """
import resource, time, lca.measure
from lca.errors import DocumentError
from measure.steady import Steady

meter = Steady()
m = lca.measure("full", save=PATH, meters=[meter], clock=meter.clock)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
m.start()
meter.sleep(3.0)
while not m.remarks:
    time.sleep(0.02)
try:
    m.stop()
except DocumentError as error:
    print(error)
print(m.record.total.value, m.record.reasons[-1])
"""


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """Where no byte more can be written the measurement goes on and ends with a plain error."""
    file = tmp_path / "record.yaml"
    file.write_text("what was there\n", encoding="utf-8")
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", FULL.replace("PATH", repr(str(file)))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    refusal, kept = done.stdout.splitlines()[0], done.stdout.splitlines()[-1]
    assert "cannot be written" in refusal
    assert kept.startswith("300.")
    assert "a partial record could not be saved" in kept
    assert file.read_text(encoding="utf-8") == "what was there\n"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("error", ["gpu_is_lost", "unknown"])
def test_an_outage_is_bridged_by_the_counter(stand_in: StandIn, error: str) -> None:
    """A board that does not answer for three seconds and comes back has lost nothing."""
    board = replace(boards.hopper(), faults=(Fault("all", error, 3.0, 6.0),))
    device = played(stand_in, board)
    assert device.energy == pytest.approx(2500.0, rel=0.01)
    assert device.low <= 2500.0 <= device.high
    lost = [reason for reason in device.reasons if "did not answer" in reason]
    assert bool(lost) is (error == "gpu_is_lost")


def test_an_outage_without_a_counter_is_a_gap(stand_in: StandIn) -> None:
    """Power that was not read is not made up: the gap is named, and is inside the bounds."""
    board = replace(boards.pascal(((0.0, 150.0),)), faults=(Fault("all", "gpu_is_lost", 3.0, 6.0),))
    device = played(stand_in, board)
    assert device.energy < 1500.0 * 0.8
    assert device.low <= 1500.0 <= device.high
    assert device.coverage == pytest.approx(0.65, abs=0.1)
    assert any("is not measured" in reason for reason in device.reasons)


def played(stand_in: StandIn, board: Any) -> Any:
    """Return what is measured of a board in ten seconds."""
    return play(stand_in, Trace((board,)), 1.0, 11.0).devices[0]


def test_a_board_that_may_not_be_opened_is_named(stand_in: StandIn) -> None:
    """One board without permission is left out with its reason; its neighbor is measured."""
    closed = replace(boards.hopper(), faults=(Fault("handle", "no_permission"),))
    stand_in.play(Trace((closed, boards.hopper())))
    opened = open_meters(clock=stand_in.now)
    opened.close()
    ids = [device.id for meter in opened.meters for device in meter.devices()]
    assert "gpu1" in ids
    assert any("board 0: no permission" in reason for reason in opened.missing)


def test_no_board_that_may_be_opened(stand_in: StandIn) -> None:
    """Where no board may be opened the reason is the permission, not the visibility."""
    closed = replace(boards.hopper(), faults=(Fault("handle", "no_permission"),))
    stand_in.play(Trace((closed,)))
    opened = open_meters(clock=stand_in.now)
    opened.close()
    told = [reason for reason in opened.missing if reason.startswith("NVIDIA")]
    assert len(told) == 1
    assert "no permission" in told[0]
