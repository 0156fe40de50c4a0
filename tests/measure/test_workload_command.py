"""`lca measure WORKLOAD`: windows as long as the meter needs, and what a reader is told of them."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lca import cli
from lca.commands import _workload_table, measure
from lca.commands._run_workload import Ran, _judged, _merged, _places
from lca.measure import records, workloads
from lca.measure.integrate import Energy
from lca.measure.records import WindowRecord, Work, WorkloadRecord
from lca.measure.workloads import Outcome, Part, Quality, Rounds
from measure import workload_runs
from measure.stand_in import boards
from measure.stand_in.trace import Trace
from measure.workload_runs import built, needs_digits

torch = pytest.importorskip("torch", reason="workloads run on torch")
quiet = workload_runs.one_thread_and_no_network
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process, on a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def answer(*words: str) -> tuple[int, str, str]:
        code = cli.main(words)
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return answer


# Rounds


class Clock:
    """A clock that a window's work moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time (s)."""
        return self.now

    def work(self, seconds: float) -> None:
        """Take some time."""
        self.now += seconds


def test_a_window_is_filled_and_a_later_run_does_the_same_work() -> None:
    """Four rounds of 0.3 s fill a second; a second run does four as well, however quick it is."""
    clock = Clock()
    rounds = Rounds(1.0, clock)
    assert sum(1 for _ in rounds.of("asked") if clock.work(0.3) is None) == 4
    assert len(list(rounds.of("asked"))) == 4


def test_without_a_least_length_work_is_done_once() -> None:
    """Also where a window takes no time that the clock could see."""
    assert list(Rounds().of("asked")) == [0]


def test_windows_that_belong_together_take_the_same_number_of_rounds() -> None:
    """The shortest of the windows, 0.4 s a round, fills a second after three."""
    rounds = Rounds(1.0)
    assert not rounds.planned(("prefill", "decode"))
    rounds.plan({"prefill": 0.4, "decode": 0.9})
    assert len(list(rounds.of("prefill"))) == len(list(rounds.of("decode"))) == 3


@pytest.mark.parametrize(("at_least", "count"), [(0.0, 20), (30.0, 60)])
def test_a_very_short_window_does_not_make_all_of_them_endless(at_least: float, count: int) -> None:
    """All windows together take ten seconds, more only if that is asked for."""
    rounds = Rounds(1.0)
    rounds.plan({"prefill": 0.001, "decode": 0.499}, at_least)
    assert len(list(rounds.of("prefill"))) == count


@needs_digits
@pytest.mark.parametrize("name", ["int8", "pruning", "zlib_data", "mlp_tiny", "batch_sweep"])
def test_rounds_multiply_work_and_operations_and_leave_quality_alone(name: str) -> None:
    """Twice the rounds are twice the samples and operations, and the same model."""
    once = workload_runs.outcome(name)
    rounds = Rounds(1.0)
    rounds.plan({part.name: 0.6 for part in once.parts})
    twice = built(name).run(None, rounds)
    for one, two in zip(once.parts, twice.parts, strict=True):
        assert (one.rounds, two.rounds) == (1, 2)
        assert two.amount == 2 * one.amount
        assert two.flops == (None if one.flops is None else 2 * one.flops)
        assert two.quality == one.quality


def test_words_written_again_are_the_same_words() -> None:
    """Reading and writing several times leaves the cache as a single time does."""
    rounds = Rounds(1.0)
    rounds.plan({"prefill": 0.4, "decode": 0.9})
    result = built("gpt2_generate").run(None, rounds)
    assert [part.rounds for part in result.parts] == [3, 3]
    assert result.amount == 150
    assert result.quality.value == 1.0


# What is printed and kept


@needs_digits
def test_a_lever_has_joules_for_each_of_its_windows(run: Run, tmp_path: Path) -> None:
    """On a machine without meters modeled, with bounds, per sample, beside the accuracy."""
    file = tmp_path / "r.yaml"
    code, out, err = run("measure", "int8", "--device", "cpu", "--save", str(file))
    assert code == 0, err
    assert "no value" not in out
    assert max(map(len, out.splitlines())) <= 80
    heading = next(line for line in out.splitlines() if line.startswith("window"))
    assert heading.split()[-4:] == ["low", "high", "accuracy", "rounds"]
    found = records.load(file)
    for name in ("as trained", "int8"):
        window = found.window(name)
        assert window.quality == "modeled"
        assert window.energy.value is not None
        assert 0 < window.energy.low < window.energy.value < window.energy.high
        assert 0 < found.metrics[f"{name}: J per sample"] < window.energy.value


def test_a_lever_is_measured_on_a_board(run: Run, stand_in: Any) -> None:
    """Each window is ten steps of the counter or more, and 250 W lies between its bounds."""
    stand_in.play(Trace(boards=(boards.hopper(power=((0.0, 250.0),)),)))
    stand_in.library.use_real_clock(time.monotonic())
    code, out, err = run("measure", "zlib_data", "--device", "cpu", "--device", "0", "--json")
    assert code == 0, err
    data = json.loads(out)
    assert {device["method"] for device in data["devices"]} == {"counter", "model"}
    for window in data["windows"]:
        seconds = float(window["duration"].removesuffix(" s"))
        assert seconds >= 1.0
        assert float(window["low"].removesuffix(" J")) < 250 * seconds
        assert window["energy"] is not None


def test_a_prompt_is_read_as_often_as_the_meter_needs(run: Run) -> None:
    """Both windows have a value, although a prompt is read in a millisecond."""
    code, out, _ = run("measure", "gpt2_generate", "--device", "cpu")
    assert code == 0
    assert "no value" not in out
    rows = [line.split() for line in out.splitlines() if line.startswith(("prefill ", "decode "))]
    assert rows[0][-1] == rows[1][-1]
    assert int(rows[0][-1]) > 1


@pytest.mark.parametrize(
    ("devices", "place", "measured"),
    [
        ((), "cuda", ("1", "cpu")),
        (("cuda",), "cuda", ("1", "cpu")),
        (("cuda:0",), "cuda:0", ("0", "cpu")),
        (("0",), "cuda:0", ("0",)),
        (("0", "cpu"), "cuda:0", ("0", "cpu")),
        (("cpu", "0"), "cpu", ("cpu", "0")),
    ],
)
def test_where_a_workload_runs_says_what_is_measured(
    monkeypatch: pytest.MonkeyPatch,
    devices: tuple[str, ...],
    place: str,
    measured: tuple[str, ...],
) -> None:
    """An index names one board; cuda is a place to compute, whose processors work, too."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 1)
    assert _places(devices) == (place, measured)


def test_a_workload_on_a_gpu_that_is_not_there_is_a_state(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 5 and a reason, whatever way the GPU is named."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for device in ("cuda", "cuda:1", "0"):
        code, _, err = run("measure", "mlp_tiny", "--device", device)
        assert code == 5
        assert "no device" in err


class Lever:
    """A workload that pays back its price after as many uses as its costs say."""

    parameters = 0

    def flops(self) -> None:
        """Return None."""

    def run(self, window: Any = None, rounds: Any = None) -> Outcome:
        """Do nothing."""
        raise NotImplementedError

    def break_evens(self, by: str, cost: Any) -> dict[str, float | None]:
        """Return the break-even of a change."""
        return {
            f"break-even by {by}": workloads.break_even(cost["change"], cost["old"], cost["new"])
        }


def ran(old: float | None, new: float | None) -> Ran:
    """Return a lever whose windows took so much energy (J), each two rounds of ten samples."""
    names = {"old": old, "change": 12.0, "new": new}
    windows = tuple(
        WindowRecord(name, 0.0, 1.0, Energy(value, 1.0, 99.0, 1.0, "counter", ("too short",)))
        for name, value in names.items()
    )
    good = Quality("accuracy", 0.9, "higher")
    parts = tuple(Part(name, 20, "sample", 1.0, 40, good, rounds=2) for name in names)
    why = "a use costs no less than before"
    outcome = Outcome.of(parts, "old", {"break-even by time": None}, why)
    record = WorkloadRecord("lever", Work(60, "sample"), 1, duration=3.0, windows=windows)
    return _judged(record, outcome, Lever(), None)


def test_a_break_even_that_is_never_reached_is_said() -> None:
    """Never, with the reason: in the text, as null in JSON, and as a remark of the record."""
    found = ran(old=4.0, new=6.0)
    told = "never, because a use costs no less than before"
    assert found.absent == {"break-even by time": told, "break-even by energy": told}
    assert f"break-even by energy  {told}" in "\n".join(_workload_table.rows(found))
    data = measure._data(found.record)
    assert data["metrics"]["break-even by energy"] is None
    assert f"break-even by energy: {told}" in data["reasons"]


def test_a_break_even_in_joules_is_of_one_round() -> None:
    """12 J of change in two rounds, 3 J and 1 J for a use: paid back after three."""
    found = ran(old=6.0, new=2.0)
    assert found.record.metrics["break-even by energy"] == pytest.approx(6 / (3 - 1))
    assert found.record.metrics["old: J per sample"] == pytest.approx(0.3)


def test_a_break_even_of_a_window_without_energy_is_not_called_never() -> None:
    """What was not measured is not known."""
    found = ran(old=6.0, new=None)
    assert found.absent["break-even by energy"] == "not known, because a window has no energy"
    assert "new has no value: too short" in _workload_table.rows(found)


def test_a_window_that_is_too_short_is_told_with_the_option_that_fills_it() -> None:
    """A second of three is a quarter of what the meters need: four times as long does it."""
    found = replace(ran(old=6.0, new=None), length=4.0)
    told = "new has no value: too short; --at-least 12s does"
    assert told in _workload_table.rows(found)


def test_windows_of_one_name_add_up_only_if_all_have_a_value() -> None:
    """Bounds and times add up; a window that was refused leaves none."""
    one = WindowRecord("asked", 0.0, 1.0, Energy(4.0, 3.0, 5.0, 1.0, "counter"))
    whole = _merged([one, one])
    assert (whole.energy.value, whole.energy.low, whole.energy.high) == (8.0, 6.0, 10.0)
    assert whole.duration == 2.0
    short = replace(one, energy=Energy(None, 0.0, math.inf, 0.0, "none", ("too short",)))
    assert _merged([one, short]).energy.value is None
