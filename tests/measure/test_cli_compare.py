"""`lca measure compare`: two records, or two commands in turns, and both reasons to doubt a ratio."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lca import cli
from lca.measure.compare_records import joined
from lca.measure.records import DeviceRecord, EnergyPerUnit, Work, WorkloadRecord
from measure.stand_in import boards
from measure.stand_in.trace import Trace

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]
BOARD = Trace(boards=(boards.hopper(power=((0.0, 250.0),)),))


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process; children's output is captured, too."""
    monkeypatch.setenv("COLUMNS", "80")

    def answer(*words: str) -> tuple[int, str, str]:
        code = cli.main(words)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return answer


def made(value: float | None = 10.0, spread: float = 0.1, **changes: Any) -> WorkloadRecord:
    """Return a record of 10 J a token, known to a tenth, on one board."""
    low, high = (value or 10.0) * (1 - spread), (value or 10.0) * (1 + spread)
    repeats = tuple((value or 10.0) * f for f in (0.999, 1.0, 1.001))
    board = DeviceRecord(
        "gpu0", "NVIDIA L40S", "GPU-1", None, value, low, high, "counter", coverage=1.0
    )
    record = WorkloadRecord(
        "chat", Work(1.0, "token"), 1, duration=1.0, devices=(board,), quality="measured"
    )
    each = EnergyPerUnit(value, low, high, "token", repeats)
    return replace(record, **{"energy_per_unit": each, **changes})


@pytest.fixture
def compared(run: Run, tmp_path: Path) -> Callable[..., Any]:
    """Save two records, compare them, and return exit code and JSON."""

    def compare(first: WorkloadRecord, second: WorkloadRecord) -> tuple[int, Any, str]:
        first.save(tmp_path / "a.yaml")
        second.save(tmp_path / "b.yaml")
        files = (str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"))
        code, out, err = run("measure", "compare", *files, "--json")
        return code, json.loads(out) if out else None, err

    return compare


def test_a_difference_beyond_both_doubts_counts(compared: Callable[..., Any]) -> None:
    """Half the energy, known to a tenth each: between 0.41 and 0.61."""
    code, found, _ = compared(made(10.0), made(5.0))
    assert code == 0
    assert found["ratio"] == pytest.approx(0.5)
    assert found["instrument"]["low"] == pytest.approx(4.5 / 11)
    assert found["instrument"]["high"] == pytest.approx(5.5 / 9)
    assert found["repeats"]["low"] < 0.5 < found["repeats"]["high"]
    assert (found["verdict"], found["cautions"]) == ("lower", [])


def test_a_narrow_spread_does_not_outvote_the_instrument(compared: Callable[..., Any]) -> None:
    """Five percent less with equal repeats, by meters that may be a tenth off: undecided."""
    _, found, _ = compared(made(10.0), made(9.5))
    assert found["repeats"]["high"] < 1 < found["instrument"]["high"]
    assert found["verdict"] == "undecided"


def test_without_repeats_there_is_no_verdict(compared: Callable[..., Any]) -> None:
    """One run says nothing of the next."""
    each = EnergyPerUnit(5.0, 4.9, 5.1, "token")
    _, found, _ = compared(made(10.0), made(5.0, energy_per_unit=each))
    assert (found["repeats"], found["verdict"]) == (None, "undecided")
    assert "fewer than 3 repeats" in found["cautions"][0]


def test_states_that_differ_are_named(compared: Callable[..., Any]) -> None:
    """Heat, limit, clocks, throttling, and a quality that paid for the saving."""
    first, second = made(metrics={"accuracy": 0.9}), made(metrics={"accuracy": 0.8})
    states = {"temperature": 40.0, "power_limit": 350.0, "clocks": {"sm": 1900.0}}
    changed = {"temperature": 70.0, "power_limit": 300.0, "clocks": {"sm": 1500.0}}
    changed |= {"throttled": {"thermal": 0.3}}
    first = replace(first, devices=(replace(first.devices[0], **states),))  # type: ignore[arg-type]
    second = replace(second, devices=(replace(second.devices[0], **changed),))  # type: ignore[arg-type]
    _, found, _ = compared(first, second)
    text = "\n".join(found["cautions"])
    for part in ("accuracy", "40 °C and 70 °C", "350 W and 300 W", "1900 and 1500 MHz", "30%"):
        assert part in text


def test_two_commands_are_measured_in_turns(
    stand_in_process: Callable[[Trace], Any], tmp_path: Path
) -> None:
    """A, B, B, A, A, B: each as often as the other; the longer one takes more."""
    machine, log = stand_in_process(BOARD), tmp_path / "log"
    pairs = (("a", 0.3), ("b", 1.5))
    sides = [f"sh -c 'echo {name} >> {log}; sleep {time}'" for name, time in pairs]
    command = [sys.executable, str(ROOT / "cli.py"), "measure", "compare", *sides]
    options = ("--repeat", "3", "--cool-down", "10 ms", "--device", "0", "--json")
    done = subprocess.run(
        [*command, *options],
        env=machine.env,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert log.read_text().split() == ["a", "b", "b", "a", "a", "b"]
    found = json.loads(done.stdout)
    # A busy machine makes both longer by some time of its own, and scatters the repeats.
    assert found["ratio"] > 1
    # the shorter side's lower bound can be nothing on a busy machine: then no upper bound exists
    high = found["instrument"]["high"]
    assert found["instrument"]["low"] < found["ratio"] < (math.inf if high is None else high)
    decided = min(found["instrument"]["low"], found["repeats"]["low"]) > 1
    assert found["verdict"] == ("higher" if decided else "undecided")


def test_a_command_that_fails_is_not_compared(run: Run) -> None:
    """Its exit code is passed on, and there is no ratio."""
    code, out, err = run("measure", "compare", "false", "true", "-q", "--json")
    assert (code, out) == (1, "")
    assert "ratio" not in err


def test_rounds_join_into_one_record() -> None:
    """Energy, bounds, time and work add up; a round without a value leaves none."""
    whole = joined([made(10.0), made(12.0), made(11.0)])
    assert whole.total.value == pytest.approx(33)
    assert (whole.total.low, whole.total.high) == pytest.approx((29.7, 36.3))
    assert (whole.work.amount, whole.duration, whole.repeats) == (3.0, 3.0, 3)
    assert whole.energy_per_unit is not None
    assert whole.energy_per_unit.repeats == (10.0, 12.0, 11.0)
    assert joined([made(10.0), made(None)]).total.value is None


def test_records_of_different_work_are_not_compared(compared: Callable[..., Any]) -> None:
    """A token is no sample."""
    code, _, err = compared(made(), made(work=Work(1.0, "sample")))
    assert code == 3
    assert "count different work" in err
