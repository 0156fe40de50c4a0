"""Clocks that jump: energy and duration do not move, and the record says that its date is doubtful."""

from __future__ import annotations

from pathlib import Path

import pytest

from lca.measure import wall_clock
from lca.measure.records import load
from lca.measure.windows import Measurement
from measure.steady import Steady

HOUR = 3600.0


class Clocks:
    """The time of day and a steady clock, each of which a test moves."""

    def __init__(self) -> None:
        self.day, self.steady = 1_700_000_000.0, 50.0

    def time(self) -> float:
        """Return the time of day (s)."""
        return self.day

    def monotonic(self) -> float:
        """Return the steady time (s)."""
        return self.steady

    def pass_by(self, seconds: float) -> None:
        """Let time pass on both."""
        self.day += seconds
        self.steady += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """Return the clocks by which a record is dated."""
    made = Clocks()
    monkeypatch.setattr(wall_clock, "time", made)
    return made


@pytest.mark.parametrize(("jump", "way"), [(-HOUR, "back by 3600 s"), (HOUR, "forward by 3600 s")])
def test_a_jump_of_the_time_of_day_changes_no_energy_and_is_told(
    clocks: Clocks, tmp_path: Path, jump: float, way: str
) -> None:
    """Ten seconds at 100 W stay 1000 J in ten seconds, dated by the clock as it was."""
    steady, file = Steady(), tmp_path / "record.yaml"
    m = Measurement(meters=[steady], clock=steady.clock, sleep=steady.sleep, save=file)
    m.start()
    steady.sleep(5.0)
    clocks.pass_by(5.0)
    clocks.day += jump
    steady.sleep(5.0)
    clocks.pass_by(5.0)
    m.stop()
    record = load(file)
    assert record.total.value == pytest.approx(1000.0)
    assert record.duration == pytest.approx(10.0)
    assert record.started == "2023-11-14T22:13:20.000+00:00"
    assert [way in reason for reason in record.reasons].count(True) == 1


def test_clocks_that_agree_are_not_spoken_of(clocks: Clocks) -> None:
    """A second of correction, or a thousandth of a long run, is what clocks do."""
    clock = wall_clock.WallClock()
    clocks.pass_by(10.0)
    clocks.day += 1.0
    assert clock.remarks() == ()
    clocks.pass_by(10 * HOUR)
    clocks.day += 30.0
    assert clock.remarks() == ()
    clocks.day += 30.0
    assert len(clock.remarks()) == 1


def test_every_length_of_time_is_taken_from_a_clock_that_nobody_sets() -> None:
    """The time of day is asked for in one place of the measuring, to date a record."""
    room = Path(wall_clock.__file__).parent
    asking = [
        path.name
        for path in sorted(room.rglob("*.py"))
        if any(word in path.read_text("utf-8") for word in ("time.time(", "datetime.now("))
    ]
    assert asking == ["wall_clock.py"]
