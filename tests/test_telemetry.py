"""Roll-ups of samples against closed-form truth, one test for each fault of telemetry."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from telemetry_files import (
    KWH,
    START,
    Sample,
    holds,
    rolled,
    samples,
    steady,
    table,
)

from lca.errors import InputError
from lca.telemetry import roll_up
from lca.telemetry.writing import result

HOUR = 3600.0
H100 = "NVIDIA H100 80GB HBM3"


# Closed forms


def test_steady_power_is_power_times_time(tmp_path: Path) -> None:
    """300 W for two hours are 600 Wh, wholly measured."""
    found = rolled(tmp_path, samples(steady(300)))
    holds(found.total, 300 * 2 * HOUR)
    assert (found.total.coverage, found.total.gaps, found.total.samples) == (1, 0, 7201)
    assert found.total.reasons == ()


def test_a_ramp_is_integrated_without_error(tmp_path: Path) -> None:
    """Between samples lies a trapezoid: a line is integrated exactly, whatever the hour."""
    found = rolled(tmp_path, samples(lambda t: 100 + t / 20, 7200, 7.0), by="hour")
    last = 7.0 * round(7200 / 7)
    holds(found.total, 100 * last + last**2 / 40)
    holds(found.rows[0], 100 * HOUR + HOUR**2 / 40)


def test_a_wave_lies_between_both_ways_of_holding(tmp_path: Path) -> None:
    """Holding the sample before and that behind are both inside the bounds."""
    wave = lambda t: 300 + 200 * math.sin(t / 40)  # noqa: E731
    rows = samples(wave, 3600, 10.0)
    powers = [row["power_w"] for row in rows]
    row = rolled(tmp_path, rows).total
    assert row.low <= 10 * sum(powers[:-1]) <= row.high
    assert row.low <= 10 * sum(powers[1:]) <= row.high
    truth = 300 * 3600 - 200 * 40 * (math.cos(90) - 1)
    holds(row, truth, 1e-2)


def test_hours_devices_and_jobs_sum_to_the_total(tmp_path: Path) -> None:
    """However it is summed, the parts are the whole to the last microjoule."""
    rows = samples(lambda t: 200 + t % 97, 4000, 3.7, job="a")
    rows += samples(lambda t: 90 + t % 11, 4000, 2.3, device="GPU-2", begin=900, job="b")
    total = rolled(tmp_path, rows).total.energy
    for by in ("hour", "device,job,hour", "host"):
        parts = [row.energy for row in rolled(tmp_path, rows, by=by).rows]
        assert math.fsum(x or 0 for x in parts) == pytest.approx(total, rel=1e-12)


def test_doubling_power_doubles_energy(tmp_path: Path) -> None:
    """Energy and both bounds are linear in power."""
    once = rolled(tmp_path, samples(lambda t: 200 + t % 97, 3600)).total
    twice = rolled(tmp_path, samples(lambda t: 2 * (200 + t % 97), 3600)).total
    assert once.energy is not None
    assert twice.energy == pytest.approx(2 * once.energy, rel=1e-9)
    assert twice.low == pytest.approx(2 * once.low, rel=1e-9)
    assert twice.high == pytest.approx(2 * once.high, rel=1e-9)


# Gaps and clocks


def test_a_gap_is_bounded_and_not_filled(tmp_path: Path) -> None:
    """Half an hour without a sample is not measured: it lies between nothing and the board's limit."""
    rows = [
        row
        for row in samples(steady(500), 7200, modelName=H100)
        if not 1800 < row["timestamp"] / 1e6 - START < 3600
    ]
    row = rolled(tmp_path, rows).total
    assert row.energy == pytest.approx(500 * 5400)
    assert row.low <= 500 * 5400 <= 500 * 7200 <= row.high
    assert row.high == pytest.approx(1.06 * (500 * 5400 + 770 * 1800), rel=1e-6)
    assert (row.coverage, row.gaps) == (0.75, 1)
    assert row.reasons == ("1 gap: 1800 s are not measured, and in the bounds alone",)


def test_a_gap_of_hours_is_divided_among_them(tmp_path: Path) -> None:
    """Hours wholly inside a gap stand in the table, as not measured."""
    rows = samples(steady(500), 600) + samples(steady(500), 600, begin=4 * 3600)
    found = rolled(tmp_path, rows, by="hour")
    assert [row.energy for row in found.rows][1:4] == [None, None, None]
    assert [row.coverage for row in found.rows] == [pytest.approx(1 / 6), 0, 0, 0, 1]


def test_what_is_a_gap_can_be_said(tmp_path: Path) -> None:
    """A minute between samples is a gap if a person says so, and none if the samples say so."""
    rows = samples(steady(100), 3600, 60.0)
    assert rolled(tmp_path, rows).total.coverage == 1
    assert rolled(tmp_path, rows, gap=30.0).total.energy is None


def test_each_device_has_its_own_idea_of_a_gap(tmp_path: Path) -> None:
    """Half a minute is usual for one board and a gap for another."""
    rows = samples(steady(100), 3600, 30.0) + samples(steady(100), 1800, 1.0, device="GPU-2")
    rows += samples(steady(100), 1700, 1.0, device="GPU-2", begin=1900)
    found = rolled(tmp_path, rows)
    assert [row.gaps for row in found.rows] == [0, 1]
    assert [board.interval for board in found.boards] == [30, 1]


def test_a_leap_of_the_clock_is_no_time(tmp_path: Path) -> None:
    """A clock that leaps two years on has measured two hours, and it is told."""
    rows = samples(steady(200), 3600) + samples(steady(200), 3600, begin=2 * 365 * 86400.0)
    found = rolled(tmp_path, rows)
    holds(found.total, 200 * 7200)
    assert "or its clock leaped" in found.notes[0]


def test_a_clock_set_back_is_in_the_upper_bound(tmp_path: Path) -> None:
    """Ten minutes that the clock repeats are drawn twice, and no sum over times can see it."""
    rows = samples(steady(200), 3600) + samples(steady(200), 3000, begin=3000.3)
    found = rolled(tmp_path, rows)
    assert found.total.low <= 200 * 6600 <= found.total.high
    assert "times go back in the file" in found.notes[0]


def test_time_is_read_in_every_form(tmp_path: Path) -> None:
    """Seconds, milliseconds, micro- and nanoseconds since 1970, dates with and without a zone."""
    rows = samples(steady(300), 600, 10.0)
    forms = {
        "s": lambda t: t // 10**6,
        "ms": lambda t: t // 1000,
        "us": lambda t: t,
        "ns": lambda t: t * 1000,
        "float": lambda t: f"{t / 1e6:.3f}",
        "date": lambda t: f"2026-01-01 00:{(t // 10**6 - START) // 60:02}:{(t // 10**6) % 60:02}",
        "zone": lambda t: (
            f"2026-01-01T02:{(t // 10**6 - START) // 60:02}:{(t // 10**6) % 60:02}+02:00"
        ),
    }
    for name, form in forms.items():
        written = [row | {"timestamp": form(row["timestamp"])} for row in rows]
        found = roll_up([table(tmp_path / f"{name}.csv", written)], ("hour",))
        holds(found.total, 300 * 600)
        assert found.rows[0].keys == {"hour": "2026-01-01T00:00Z"}, name


def test_only_the_time_that_is_asked_for_is_read(tmp_path: Path) -> None:
    """Samples before and after are neither summed nor counted as faults."""
    rows = samples(steady(300), 3600)
    begin = START * 10**6 + 600 * 10**6
    part = rolled(tmp_path, rows, since=begin, until=begin + 600 * 10**6).total
    holds(part, 300 * 600)
    assert (part.samples, part.reasons) == (601, ())
    with pytest.raises(InputError, match="no sample in the time"):
        rolled(tmp_path, rows, until=START * 10**6 - 1)


# Values that are none


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (math.nan, "without a reading"),
        (-50.0, "below zero"),
        (9000.0, "higher than a board can draw"),
    ],
)
def test_a_value_that_is_none_is_not_used(tmp_path: Path, wrong: float, reason: str) -> None:
    """A power that is no number, negative or too high counts as no sample, and is told."""
    rows = samples(steady(300), 3600)
    for place in (100, 2000):
        rows[place]["power_w"] = wrong
    row = rolled(tmp_path, rows).total
    holds(row, 300 * 3600)
    assert row.samples == 3599
    assert [text for text in row.reasons if text.startswith("2 samples") and reason in text]


def test_what_is_too_high_can_be_said(tmp_path: Path) -> None:
    """A node of 8 kW is no board; where it is meant, it is measured."""
    rows = samples(steady(8000), 60)
    assert rolled(tmp_path, rows).total.energy is None
    holds(rolled(tmp_path, rows, highest=10_000.0).total, 8000 * 60)


def test_a_device_without_a_reading_is_not_measured(tmp_path: Path) -> None:
    """It stands in the table, without an energy: not with zero."""
    rows = samples(steady(300), 600) + samples(steady(math.nan), 600, device="GPU-2")
    found = rolled(tmp_path, rows)
    assert [row.energy for row in found.rows][1:] == [None]
    assert "no sample is a reading" in found.rows[1].reasons


def test_a_single_sample_says_nothing(tmp_path: Path) -> None:
    """One sample has no duration."""
    row = rolled(tmp_path, samples(steady(300), 0)).total
    assert row.energy is None
    assert row.reasons == ("a single sample says nothing of energy",)


# Who is who


def test_one_index_on_two_hosts_is_two_devices(tmp_path: Path) -> None:
    """GPU 0 of one host is never merged with GPU 0 of another."""
    rows = [
        {"timestamp": row["timestamp"], "Hostname": host, "gpu": 0, "power_w": watts}
        for host, watts in (("n1", 100.0), ("n2", 300.0))
        for row in samples(steady(0), 600)
    ]
    found = rolled(tmp_path, rows)
    assert [row.keys["device"] for row in found.rows] == ["n1/0", "n2/0"]
    assert [row.energy for row in found.rows] == [pytest.approx(60_000), pytest.approx(180_000)]


def test_a_board_in_slices_counts_once(tmp_path: Path) -> None:
    """Each MIG instance repeats the board's power: it is counted once, with or without the board."""
    board = samples(steady(400), 600, GPU_I_ID="")
    slices = [row | {"GPU_I_ID": name} for row in board for name in ("1", "2", "3")]
    for rows in (board + slices, slices):
        found = rolled(tmp_path, rows)
        holds(found.total, 400 * 600)
        assert found.total.devices == 1


def test_energy_goes_to_the_job_that_ran(tmp_path: Path) -> None:
    """The second between two jobs belongs to the first, and is in the bounds of both."""
    rows = samples(steady(200), 600, job="a") + samples(steady(400), 600, begin=601, job="b")
    found = rolled(tmp_path, rows, by="job")
    first, second = found.rows
    assert first.energy == pytest.approx(200 * 600 + 300)
    assert second.energy == pytest.approx(400 * 600)
    assert second.high >= 400 * 600 + 400


# Counters


def counted(seconds: int = 7200, watts: float = 250.0, **more: object) -> list[Sample]:
    """Return readings of a counter (mJ) that began long ago."""
    rows = samples(steady(watts), seconds, **more)  # type: ignore[arg-type]
    for number, row in enumerate(rows):
        del row["power_w"]
        row["energy_mJ"] = 10**12 + round(number * watts * 1000)
    return rows


def test_a_counter_is_read_in_millijoules(tmp_path: Path) -> None:
    """Its difference is the energy, by the hour too."""
    found = rolled(tmp_path, counted(), by="hour")
    holds(found.total, 250 * 7200)
    assert found.total.methods == ("counter",)
    holds(found.rows[0], 250 * 3600)


def test_a_counter_knows_the_energy_of_a_gap(tmp_path: Path) -> None:
    """What a board drew while nobody read is in its counter: measured, though not by the hour."""
    rows = counted()
    found = rolled(tmp_path, rows[:1000] + rows[6000:], by="hour")
    holds(found.total, 250 * 7200)
    assert found.total.coverage == 1
    assert all(row.low <= 250 * 3600 <= row.high for row in found.rows[:2])


def test_a_counter_that_restarts_is_bridged(tmp_path: Path) -> None:
    """After a reset nothing is negative: a second is bridged by the mean rate, and bounded."""
    rows = counted()
    before = rows[3000]["energy_mJ"] - 100
    for row in rows[3000:]:
        row["energy_mJ"] -= before
    row = rolled(tmp_path, rows).total
    holds(row, 250 * 7200)
    assert row.reasons == ("the counter was reset 1 time; bridged by its mean rate",)


def test_a_counter_that_wraps_goes_on(tmp_path: Path) -> None:
    """A counter of 32 bits begins anew at 2^32 mJ: the difference goes round."""
    rows = counted()
    for row in rows:
        row["energy_mJ"] = (row["energy_mJ"] - 10**12 + 2**32 - 777_000) % 2**32
    row = rolled(tmp_path, rows).total
    holds(row, 250 * 7200)
    assert row.reasons == ("the counter wrapped around 1 time",)


def test_a_leap_of_a_counter_is_no_energy(tmp_path: Path) -> None:
    """A rise that no board can make is bridged, not added."""
    rows = counted()
    for row in rows[3000:]:
        row["energy_mJ"] += 10**11
    row = rolled(tmp_path, rows).total
    holds(row, 250 * 7200)
    assert "faster than a board can draw" in row.reasons[0]


def test_a_counter_is_preferred_and_checked(tmp_path: Path) -> None:
    """Where power and counter differ by more than a tenth, the counter stands and it is told."""
    rows = counted()
    fine = rolled(tmp_path, [row | {"power_w": 255.0} for row in rows])
    off = rolled(tmp_path, [row | {"power_w": 500.0} for row in rows])
    for found in (fine, off):
        holds(found.total, 250 * 7200)
        assert found.total.methods == ("counter",)
    assert fine.notes == ()
    assert off.notes == ("GPU-1: power says 2 times what its counter says",)


def test_a_counter_that_covers_little_gives_way_to_power(tmp_path: Path) -> None:
    """A counter that was read in a quarter of the time is not preferred."""
    rows = [
        row | {"power_w": 250.0, "energy_mJ": row["energy_mJ"] if n < 1800 else None}
        for n, row in enumerate(counted())
    ]
    found = rolled(tmp_path, rows)
    holds(found.total, 250 * 7200)
    assert found.total.methods == ("power",)


def test_kilowatt_hours_of_a_board(tmp_path: Path) -> None:
    """What is shown is joules divided by 3.6 million."""
    data = result(rolled(tmp_path, samples(steady(500), 7200)))
    assert data["total"]["energy"] == pytest.approx(500 * 7200 / KWH)
