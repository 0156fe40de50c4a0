"""`lca doctor`: every meter read live, and what cannot be true is said."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lca import cli
from lca.commands.doctor import _state
from lca.measure import doctor
from lca.measure.doctor import Report
from lca.measure.meters import Opened
from lca.measure.nvml import NvmlMeter
from measure.stand_in import boards
from measure.stand_in.powercap import Powercap
from measure.stand_in.trace import Board, Fault, Trace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def examined(stand_in: Any) -> Callable[..., Report]:
    """Examine boards on a manual clock."""

    def examine(*of: Board) -> Report:
        stand_in.play(Trace(boards=of))
        stand_in.sleep(10.0)
        meter = NvmlMeter(None, stand_in.now, {})
        try:
            return doctor.examine(Opened((meter,)), clock=stand_in.now, sleep=stand_in.sleep)
        finally:
            meter.close()

    return examine


def test_a_board_that_works_is_ok(examined: Callable[..., Report]) -> None:
    """Its power is that of the trace, its state and hardware are told."""
    report = examined(boards.hopper(power=((0.0, 250.0),)))
    check = report.checks[0]
    assert (check.state, check.method, report.quality) == ("ok", "counter", "measured")
    assert check.low <= 250 <= check.high
    assert check.power == pytest.approx(250, rel=0.1)
    assert check.hardware == "nvidia-h100-sxm5-80gb"
    assert check.health["power_limit_W"] > 100


def test_a_board_that_draws_nothing_is_odd(examined: Callable[..., Report]) -> None:
    """0 W is no reading of a board that is switched on."""
    report = examined(boards.hopper(power=((0.0, 0.0),)))
    assert report.checks[0].state == "odd"
    assert "0 W is no reading" in report.checks[0].remarks[0]
    assert report.quality == "none"


def test_a_power_beyond_the_limit_is_odd(examined: Callable[..., Report]) -> None:
    """A counter in the wrong unit shows here."""
    board = boards.hopper(power=((0.0, 300.0),))
    report = examined(replace(board, counter_gain=10.0))
    assert report.checks[0].state == "odd"
    assert "cannot exceed" in report.checks[0].remarks[0]


def test_a_board_that_is_lost_has_failed_and_the_other_is_read(
    examined: Callable[..., Report],
) -> None:
    """With what to do; the rest of the report stands."""
    steady = boards.hopper(power=((0.0, 250.0),))
    gone = replace(steady, faults=(Fault("all", "gpu_is_lost", 10.5),))
    report = examined(steady, gone)
    assert [check.state for check in report.checks] == ["ok", "failed"]
    assert "does not answer" in report.checks[1].remarks[0]
    assert report.checks[1].power is None


def test_a_processor_s_counters_are_read(powercap: Powercap) -> None:
    """Package and memory by their own zones."""
    from lca.measure.rapl import RaplMeter

    clock = [100.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds
        powercap.add("package", 60.0 * seconds)
        powercap.add("dram", 8.0 * seconds)

    meter = RaplMeter(root=powercap.root, clock=lambda: clock[0])
    report = doctor.examine(Opened((meter,)), clock=lambda: clock[0], sleep=sleep)
    found = {check.scope: check.power for check in report.checks}
    assert found == {"package": pytest.approx(60, rel=0.05), "dram": pytest.approx(8, rel=0.05)}


def test_without_any_meter_nothing_is_claimed() -> None:
    """The state is none, and the reader is told what that means."""
    report = doctor.examine(Opened((), ("no driver",)))
    assert report.quality == "none"
    assert report.data()["missing"] == ["no driver"]
    assert "exit code 5" in report.advice[0]


def test_the_command_says_why_a_meter_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """On a machine without a driver: the reason and what to do, as text and as JSON."""
    assert cli.main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert "NVIDIA boards:" in text
    assert cli.main(["doctor", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["quality"] in {"measured", "modeled", "none"}
    assert any("NVIDIA boards" in reason for reason in data["missing"])


def test_a_state_is_told_with_its_unit() -> None:
    """Heat, limit and clocks as a reader writes them."""
    assert _state("temperature_C", 45.0) == "temperature: 45 °C"
    assert _state("power_limit_W", 700.0) == "power limit: 700 W"
    assert _state("clocks_MHz", {"sm": 1755.0, "memory": 2619.0}) == (
        "clocks: sm 1755, memory 2619 MHz"
    )
    assert _state("throttled", ["power cap"]) == "throttled: power cap"


def test_the_command_reads_the_boards_of_a_process_of_its_own(
    stand_in_process: Callable[[Trace], Any],
) -> None:
    """Through the loader, as on a real machine."""
    machine = stand_in_process(Trace(boards=(boards.hopper(power=((0.0, 321.0),)),)))
    command = [sys.executable, str(ROOT / "cli.py"), "doctor", "--json", "--require", "measured"]
    done = subprocess.run(
        command, env=machine.env, check=True, capture_output=True, text=True, timeout=60
    )
    board = json.loads(done.stdout)["devices"][0]
    assert board["low_W"] <= 321 <= board["high_W"]
    assert board["state"] == "ok"
