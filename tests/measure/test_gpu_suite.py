"""What is done on a machine with a board: complete, in pieces, and sound in what it compares."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lca.measure import workloads
from measure.stand_in import boards
from measure.stand_in.trace import Reading, Trace

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
STEP = 0.1
"""Time between two ticks of the counter, and two values of the power (s)."""


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Return a function that imports a script as the suite's scripts import each other."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def burst(begin: float, end: float) -> float:
    """Return the seconds of a time that lie in bursts of 5 ms, each 1 ms later than the last."""
    count = int(end / 0.101) + 2
    times = (k * 0.101 for k in range(count))
    return sum(max(0.0, min(t + 0.005, end) - max(t, begin)) for t in times)


def readings(seen: float) -> list[Reading]:
    """Return ten seconds of a board that idles at 100 W and bursts to 700 W.

    Its counter adds up what its sensor sees in the last `seen` seconds of each step.
    """
    found, counter = [], 0.0
    for k in range(1, 101):
        end = k * STEP
        watts = 100 + 600 * burst(end - seen, end) / seen
        counter += watts * STEP
        found.append(Reading(end, counter, watts))
    return found


def test_a_counter_that_sees_everything_is_steady_over_all_phases(
    script: Callable[[str], Any],
) -> None:
    """Bursts that slide give the same power in each second."""
    found = script("counter_check").compared(readings(seen=STEP))
    assert found.counter_spread < 0.05
    assert found.step == pytest.approx(STEP)
    assert found.counter / found.seconds == pytest.approx(100 + 600 * 0.005 / 0.101, rel=0.02)


def test_a_counter_that_sees_a_part_of_the_time_is_not(script: Callable[[str], Any]) -> None:
    """One that sees 25 ms of 100 ms has seconds with four times the bursts, and some with none."""
    assert script("counter_check").compared(readings(seen=0.025)).counter_spread > 0.5


def test_counter_and_power_are_compared_over_the_same_time(script: Callable[[str], Any]) -> None:
    """A steady board draws as much by either."""
    steady = [Reading(k / 10, 25.0 * k, 250.0) for k in range(50)]
    found = script("counter_check").compared(steady)
    assert found.ratio == pytest.approx(1.0)
    assert found.seconds == pytest.approx(4.8)


def test_a_board_without_a_counter_has_no_ratio(script: Callable[[str], Any]) -> None:
    """What cannot be compared is None, not one."""
    found = script("counter_check").compared([Reading(k / 10, None, 250.0) for k in range(50)])
    assert (found.counter, found.ratio, found.counter_spread) == (None, None, None)
    assert found.instant == pytest.approx(250 * 4.9)


def test_the_suite_has_every_workload_and_every_comparison(
    script: Callable[[str], Any], tmp_path: Path
) -> None:
    """Marked tests, idle power, traces, the large product and all workloads in full size."""
    made = script("gpu_suite").steps(tmp_path, 20.0)
    steps = {step.name: step.command for step in made}
    assert set(workloads.names()) < set(steps)
    assert {"tests", "machine", "doctor", "idle", "traces", "products"} < set(steps)
    command = " ".join(steps["bert_finetune"])
    assert "--size full" in command
    assert "--require measured" in command


@pytest.fixture
def suite(stand_in_process: Callable[[Trace], Any], tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs the suite on a board that draws 250 W."""
    machine = stand_in_process(Trace(boards=(boards.hopper(power=((0.0, 250.0),)),)))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        """Run it into the folder ``out``."""
        command = (sys.executable, str(BENCHMARKS / "gpu_suite.py"), str(tmp_path / "out"), *words)
        return subprocess.run(command, env=machine.env, capture_output=True, text=True, check=False)

    return run


def test_what_is_done_is_not_done_again(suite: Callable[..., Any], tmp_path: Path) -> None:
    """The second call has nothing to do, and says nothing."""
    first, second = suite("--only", "doctor"), suite("--only", "doctor")
    assert (first.returncode, first.stdout) == (0, "doctor ...\n"), first.stderr
    assert (second.returncode, second.stdout) == (0, "")
    assert json.loads((tmp_path / "out" / "doctor.json").read_text())["quality"] == "measured"


def test_a_step_without_time_is_left_for_the_next_call(suite: Callable[..., Any]) -> None:
    """An exit code of its own says that there is more to do."""
    found = suite("--only", "doctor", "--within", "1")
    assert (found.returncode, found.stdout) == (75, "no time for: doctor\n")


def test_a_step_that_fails_is_said_and_kept(suite: Callable[..., Any], tmp_path: Path) -> None:
    """Here a workload that needs CUDA: its code and where to read why."""
    found = suite("--only", "mlp_tiny")
    assert found.returncode == 1
    assert "failed with 5: see logs/mlp_tiny.txt" in found.stdout
    assert "no device" in (tmp_path / "out" / "logs" / "mlp_tiny.txt").read_text()


def test_a_wrong_step_is_refused(suite: Callable[..., Any]) -> None:
    """With what there is."""
    found = suite("--only", "trace")
    assert found.returncode == 2
    assert "traces" in found.stderr
