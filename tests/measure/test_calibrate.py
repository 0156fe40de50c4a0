"""Node calibration: two numbers of one machine, and how far they err on what they have not seen."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lca.errors import InputError
from lca.measure import calibrate
from lca.measure import readings as files
from lca.measure.calibrate import Calibration, Reading, fit
from lca.measure.integrate import Energy
from lca.measure.records import DeviceRecord, WorkloadRecord

POWERS = (60.0, 120.0, 250.0, 400.0, 610.0)


def readings(scale: float = 1.17, offset: float = 43.0, noise: float = 0.0) -> list[Reading]:
    """Return readings of a machine that obeys the node model, with relative noise."""
    draw = random.Random(5)
    found = []
    for number, power in enumerate(POWERS):
        time = 100.0 * (number + 1)
        wall = (scale * power * time + offset * time) * (1 + noise * draw.uniform(-1, 1))
        found.append(Reading(power * time, wall, time))
    return found


def written(rows: str, folder: Path) -> Path:
    """Write a file of readings."""
    file = folder / "readings.csv"
    file.write_text(rows, encoding="utf-8")
    return file


def test_a_machine_that_obeys_the_model_is_found_exactly() -> None:
    """Scale and offset are recovered, and nothing that was left out is missed."""
    found = fit(readings())
    assert found.scale == pytest.approx(1.17, rel=1e-9)
    assert found.offset == pytest.approx(43.0, rel=1e-9)
    assert found.bound < 1e-9


def test_the_bound_is_the_largest_error_of_a_reading_left_out() -> None:
    """Refitting without each reading in turn, by hand, gives the bound and the typical error."""
    given = readings(noise=0.05)
    found = fit(given)
    errors = []
    for number, one in enumerate(given):
        other = fit([*given[:number], *given[number + 1 :]])
        errors.append(abs(other.wall(one.measured, one.time) / one.wall - 1))
    assert found.bound == pytest.approx(max(errors), rel=1e-9)
    assert found.typical == pytest.approx(sum(errors) / len(errors), rel=1e-9)


def test_errors_are_relative_so_that_a_long_run_does_not_decide_alone() -> None:
    """One long run with a wall reading 20 % high moves the fit no more than a short one would."""
    base = readings()
    off = base[0]
    wrong = Reading(off.measured, 1.2 * off.wall, off.time)
    longer = Reading(1000 * off.measured, 1200 * off.wall, 1000 * off.time)
    assert fit([wrong, *base[1:]]).scale == pytest.approx(fit([longer, *base[1:]]).scale, rel=1e-9)


def test_neither_number_can_be_negative() -> None:
    """A wall meter that reads less at low power gives an offset of zero, not a negative one."""
    given = [Reading(p * 10, p * 10 * (1.0 + p / 2000), 10) for p in POWERS]
    found = fit(given)
    assert found.offset == pytest.approx(0.0, abs=1e-9)
    assert found.scale > 1
    assert found.bound > 0.05


def test_readings_of_one_power_fit_the_scale_alone() -> None:
    """Where scale and offset cannot be told apart, all is booked on the scale."""
    given = [Reading(100.0 * t, 150.0 * t, t) for t in (10.0, 20.0, 30.0, 40.0)]
    found = fit(given)
    assert (found.scale, found.offset) == (pytest.approx(1.5), 0.0)
    assert not calibrate.tells_apart(given)
    assert not found.covers(300.0)


def test_too_few_readings_are_refused() -> None:
    """Two numbers cannot be judged by two readings."""
    with pytest.raises(InputError, match="3 readings; a calibration needs 4 or more"):
        fit(readings()[:3])


def test_readings_of_different_meters_are_refused() -> None:
    """A calibration of boards does not mix with one of boards and packages."""
    given = readings()
    mixed = [Reading(r.measured, r.wall, r.time, ("gpu",)) for r in given[:2]] + given[2:]
    with pytest.raises(InputError, match="different meters"):
        fit(mixed)


def test_applying_carries_the_instrument_s_bound_and_widens_it() -> None:
    """Bounds grow by the largest error left out; an energy without a value stays without one."""
    made = Calibration(1.2, 50.0, 0.05, 0.02, 8, (60.0, 600.0))
    measured = Energy(1000.0, 900.0, 1100.0, 1.0, "counter", ())
    value, low, high = calibrate.apply(made, measured, 10.0)
    assert value == pytest.approx(1700.0)
    assert low == pytest.approx((1.2 * 900 + 500) * 0.95)
    assert high == pytest.approx((1.2 * 1100 + 500) * 1.05)
    none = Energy(None, 900.0, 1100.0, 1.0, "counter", ("short",))
    assert calibrate.apply(made, none, 10.0)[0] is None


def test_a_file_states_its_units_in_the_heading_or_behind_each_number(tmp_path: Path) -> None:
    """Watt-hours and joules, seconds and minutes, all give the same readings."""
    heading = "wall [Wh],measured [J],time [s],comment\n"
    first = written(heading + "10,18000,60,idle\n20,36000,120,\n", tmp_path)
    one = files.read(first)
    second = written("wall,measured,time\n36 kJ,5 Wh,1 minute\n72 kJ,10 Wh,2 minutes\n", tmp_path)
    assert [r.wall for r in one] == pytest.approx([36000.0, 72000.0])
    for left, right in zip(one, files.read(second), strict=True):
        assert (left.wall, left.measured, left.time) == pytest.approx(
            (right.wall, right.measured, right.time)
        )


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """A bad unit, an empty cell and a negative number, each with its line."""
    rows = "wall [Wh],measured [J],time [s]\n10 kg,100,10\n10,,10\n10,-5,10\n"
    with pytest.raises(InputError) as refusal:
        files.read(written(rows, tmp_path))
    text = str(refusal.value)
    assert "readings.csv:2: wall:" in text
    assert "readings.csv:3: measured is empty" in text
    assert "readings.csv:4: measured" in text


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """The nearest heading is suggested."""
    with pytest.raises(InputError, match='no column "time"'):
        files.read(written("wall [Wh],measured [J],times [s]\n1,1,1\n", tmp_path))


def test_a_saved_calibration_reads_back(tmp_path: Path) -> None:
    """What is written is what is read."""
    made = fit(readings(noise=0.05), "readings.csv sha256:0123")
    made.save(tmp_path / "c.yaml")
    found = calibrate.load(tmp_path / "c.yaml")
    for name in ("scale", "offset", "bound", "typical"):
        assert getattr(found, name) == pytest.approx(getattr(made, name), rel=1e-3)
    assert (found.readings, found.source) == (5, "readings.csv sha256:0123")
    assert found.power == pytest.approx(made.power)


def test_a_broken_calibration_says_every_mistake(tmp_path: Path) -> None:
    """Each with its place in the file."""
    file = tmp_path / "c.yaml"
    file.write_text("schema: 1\nscale: 1.1\noffset: 43 kg\nbound: 5%\ntypical: 2%\nreadings: 8\n")
    with pytest.raises(InputError) as refusal:
        calibrate.load(file)
    assert "c.yaml:3:" in str(refusal.value)
    assert "power.low" in str(refusal.value)


def test_a_wrong_scale_shows_in_the_bound() -> None:
    """A machine whose loss grows with load is not of the model: the bound says by how much."""
    given = [Reading(p * 10, 10 * (p + 0.002 * p * p + 20), 10) for p in POWERS]
    found = fit(given)
    assert 0.05 < found.bound < 1
    worst = max(abs(found.wall(r.measured, r.time) / r.wall - 1) for r in given)
    assert worst < found.bound
    assert math.isfinite(found.typical)


def saved(folder: Path, name: str, **changes: Any) -> None:
    """Save a measured record of 1 kJ in ten seconds on one board."""
    board = DeviceRecord("gpu0", energy=1000.0, low=990.0, high=1010.0, method="counter")
    record = WorkloadRecord(name, duration=10.0, devices=(board,), quality="measured")
    replace(record, **changes).save(folder / f"{name}.yaml")


def test_readings_can_name_records(tmp_path: Path) -> None:
    """Energy, time and scopes come from the record, relative to the file."""
    saved(tmp_path, "train")
    found = files.read(written("record,wall [Wh]\ntrain.yaml,0.5\n", tmp_path))
    assert found == [Reading(1000.0, pytest.approx(1800.0), 10.0, ("gpu",))]


def test_a_modeled_record_is_no_reading(tmp_path: Path) -> None:
    """A wall meter is not compared with a guess; the line is told."""
    saved(tmp_path, "guess", quality="modeled")
    with pytest.raises(InputError, match=r"readings.csv:2: .*guess.yaml is modeled"):
        files.read(written("record,wall [Wh]\nguess.yaml,0.5\n", tmp_path))
