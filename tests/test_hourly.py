"""Hourly series: the packaged years, and what the quality gate repairs, tells and refuses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lca import document, hourly
from lca.errors import InputError
from lca.factors.files import _REFUSED_LICENCES
from lca.hourly.packaged import FOLDER

HEADING = "timestamp_utc,carbon_intensity_lifecycle_gCO2e_per_kWh"
Rows = list[list[str]]
# energy-weighted means that the delivered tables state, lifecycle and direct, g/kWh
PUBLISHED = {
    "de_2019": (326.0, 263.8),
    "us_caiso_2022": (254.9, 179.6),
    "us_ercot_2022": (353.1, 285.1),
    "us_pjm_2022": (367.0, 298.8),
}


def week(hours: int = 24 * 14, start: str = "2022-01-01T00:00") -> Rows:
    """Return rows of a smooth series: time and g/kWh."""
    times = np.datetime64(start, "s") + np.arange(hours) * np.timedelta64(3600, "s")
    values = 300 + 80 * np.sin(np.arange(hours) * 2 * np.pi / 24)
    return [[f"{t}Z", f"{v:.2f}"] for t, v in zip(times, values, strict=True)]


def written(folder: Path, rows: Rows, heading: str = HEADING) -> Path:
    """Write rows as a CSV."""
    path = folder / "grid.csv"
    path.write_text("\n".join([heading, *map(",".join, rows)]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", hourly.names())
def test_a_packaged_year_is_whole_and_passes_the_gate_untouched(name: str) -> None:
    """8,760 hours, one after the other, nothing repaired and nothing out of range."""
    year = hourly.packaged(name)
    assert year.hours == 8760
    assert (np.diff(year.times).astype(int) == 3600).all()
    assert year.report.lines() == []
    assert ((year.intensity("lifecycle") > 0.05) & (year.intensity("lifecycle") < 0.6)).all()


@pytest.mark.parametrize("name", hourly.names())
def test_a_packaged_year_has_the_means_that_its_publisher_states(name: str) -> None:
    """Energy-weighted means of both boundaries, recomputed from generation and intensity."""
    year = hourly.packaged(name)
    weights = sum(year.generation.values())
    for kind, expected in zip(("lifecycle", "direct"), PUBLISHED[name], strict=True):
        mean = np.average(year.intensity(kind), weights=weights) * 1000
        assert mean == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize("name", hourly.names())
def test_a_packaged_year_says_where_it_comes_from(name: str) -> None:
    """Hash, licence that permits packaging, publisher, columns and attribution stand beside it."""
    about = document.read(FOLDER / f"{name}.yaml").data
    raw = (FOLDER / f"{name}.csv.gz").read_bytes()
    assert about["sha256"] == hashlib.sha256(raw).hexdigest()
    assert not any(word in str(about["licence"]) for word in _REFUSED_LICENCES)
    year = hourly.packaged(name)
    assert year.attribution
    assert year.accounting.startswith("production")
    columns = about["columns"]
    assert isinstance(columns, dict)
    assert {f"gen_{source}_MWh" for source in year.generation} <= set(columns)


def test_the_packaged_years_stay_small() -> None:
    """Four years take about one megabyte of the wheel."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_100_000


def test_a_year_turned_to_new_year_keeps_its_hours() -> None:
    """Germany's local year begins an hour early; turned, that hour is the last."""
    year = hourly.packaged("de_2019")
    turned = year.from_new_year()
    assert str(turned.times[0]) == "2019-01-01T00:00:00"
    assert turned.intensity("direct")[-1] == year.intensity("direct")[0]
    assert turned.intensity("direct")[0] == year.intensity("direct")[1]


def test_a_clean_file_is_read_as_it_stands(tmp_path: Path) -> None:
    """No repair, kgCO2e per kWh, and UTC."""
    rows = week()
    series = hourly.read(written(tmp_path, rows))
    assert (series.report.lines(), series.zone, series.hours) == ([], "UTC", len(rows))
    assert series.intensity("lifecycle")[5] == pytest.approx(float(rows[5][1]) / 1000)


def gap(rows: Rows) -> Rows:
    """Leave two hours out."""
    return rows[:50] + rows[52:]


def blank(rows: Rows) -> Rows:
    """Leave a cell empty."""
    rows[50][1] = ""
    return rows


def spike(rows: Rows) -> Rows:
    """Write a number that no grid has."""
    rows[50][1] = "9000"
    return rows


def negative(rows: Rows) -> Rows:
    """Write a negative intensity."""
    rows[50][1] = "-3"
    return rows


def dropout(rows: Rows) -> Rows:
    """Let two hours fall to a tenth."""
    rows[50][1] = rows[51][1] = "30"
    return rows


def duplicate(rows: Rows) -> Rows:
    """Write a row twice."""
    return [*rows[:51], rows[50], *rows[51:]]


def disorder(rows: Rows) -> Rows:
    """Swap two rows."""
    rows[50], rows[51] = rows[51], rows[50]
    return rows


@pytest.mark.parametrize(
    ("spoil", "kind", "line"),
    [
        (gap, "gap", 52),
        (blank, "gap", 52),
        (spike, "range", 52),
        (negative, "range", 52),
        (dropout, "dropout", 52),
        (duplicate, "duplicate", 53),
        (disorder, "order", 53),
    ],
)
def test_a_mistake_is_repaired_and_told_with_its_line(
    spoil: Callable[[Rows], Rows], kind: str, line: int, tmp_path: Path
) -> None:
    """The repaired series is near the true one, and the report names kind and line."""
    truth = hourly.read(written(tmp_path, week())).intensity("lifecycle")
    series = hourly.read(written(tmp_path, spoil(week())))
    assert series.hours == truth.size
    assert series.intensity("lifecycle") == pytest.approx(truth, abs=0.012)
    assert (kind, line) in [(one.kind, one.line) for one in series.report.repairs]
    assert all("grid.csv:" in text for text in series.report.lines())


def test_a_long_gap_takes_the_same_hours_of_the_days_around(tmp_path: Path) -> None:
    """A missing half day is filled with the shape of the day, not with a straight line."""
    truth = hourly.read(written(tmp_path, week(24 * 40))).intensity("lifecycle")
    series = hourly.read(written(tmp_path, week(24 * 40)[:100] + week(24 * 40)[112:]))
    assert series.intensity("lifecycle") == pytest.approx(truth, abs=1e-6)
    assert series.filled.sum() == 12
    assert any("days around" in text for text in series.report.lines())


def test_quarter_hours_are_averaged_and_told(tmp_path: Path) -> None:
    """Four quarter-hours make an hour."""
    rows = [
        [f"{t[:13]}:{m:02d}:00Z", str(float(v) + m)] for t, v in week() for m in (0, 15, 30, 45)
    ]
    series = hourly.read(written(tmp_path, rows))
    assert series.hours == len(week())
    assert series.intensity("lifecycle")[3] == pytest.approx((float(week()[3][1]) + 22.5) / 1000)
    assert [one.kind for one in series.report.repairs] == ["step"]


def local_year() -> Rows:
    """Return a year of local times: an hour is missing in March, and one is twice in November."""
    rows = [[t.removesuffix("Z"), v] for t, v in week(8760)]
    march, november = 24 * (31 + 28 + 12) + 2, 24 * (304 + 5) + 1
    shifted = [[str(np.datetime64(t) + np.timedelta64(1, "h")), v] for t, v in rows[march:november]]
    return rows[:march] + shifted + rows[november:]


def test_daylight_saving_is_undone_and_told(tmp_path: Path) -> None:
    """Local times become standard time: no gap in spring, no second hour in autumn."""
    heading = HEADING.replace("_utc", "")
    series = hourly.read(written(tmp_path, local_year(), heading))
    truth = hourly.read(written(tmp_path, week(8760)))
    assert series.zone == "local"
    assert series.intensity("lifecycle") == pytest.approx(truth.intensity("lifecycle"))
    assert {one.kind for one in series.report.repairs} == {"daylight saving"}


def test_times_with_an_offset_become_utc(tmp_path: Path) -> None:
    """Offsets are taken off, daylight saving or not."""
    rows = [[f"{t.removesuffix('Z')}+01:00", v] for t, v in week()]
    series = hourly.read(written(tmp_path, rows))
    assert str(series.times[0]) == "2021-12-31T23:00:00"


def test_a_flat_stretch_is_told_and_left(tmp_path: Path) -> None:
    """Two days without any change are a remark, not a repair."""
    rows = week()
    for row in rows[100:160]:
        row[1] = "300"
    report = hourly.read(written(tmp_path, rows)).report
    assert report.repairs == ()
    assert [one.kind for one in report.remarks] == ["flat"]


def test_a_column_that_is_not_read_is_told(tmp_path: Path) -> None:
    """A price column is named, not silently dropped."""
    rows = [[*row, "45"] for row in week()]
    report = hourly.read(written(tmp_path, rows, f"{HEADING},price")).report
    assert 'column "price" is not read' in report.lines()[0]


@pytest.mark.parametrize(
    ("rows", "heading", "message"),
    [
        (week()[:100] + week()[140:], HEADING, "grid.csv:102: 40 hours of the lifecycle"),
        ([r for n, r in enumerate(week(960)) if n % 24], HEADING, "at most 2% are filled"),
        ([[t, str(float(v) / 1000)] for t, v in week()], HEADING, "looks like kg/kWh"),
        ([[t, str(float(v) * 1000)] for t, v in week()], HEADING, "looks like g/MWh"),
        ([*week(), [week()[-1][0], "1"]], HEADING, "stands twice with different numbers"),
        ([[t[:10], v] for t, v in week()][::24], HEADING, "at least 24 hours, found 14 rows"),
        (week(), "time,carbon", "no column of time"),
        (week(), "timestamp_utc,carbon_intensity", "no column of carbon intensity"),
        ([[t, "high"] for t, _ in week()], HEADING, 'expected a number such as 312.5, found "high"'),
        ([["soon", v] for _, v in week()], HEADING, "expected a time such as"),
        ([["x"], *week()], HEADING, "grid.csv:2: expected 2 cells"),
        (local_year(), HEADING, "the times are called UTC"),
        ([[t, ""] for t, _ in week()], HEADING, "has no number at all"),
        (week(), f"{HEADING.split(',', maxsplit=1)[0]},{HEADING.split(',', maxsplit=1)[0]}", "twice in the heading"),
    ],
)  # fmt: skip
def test_what_cannot_be_repaired_is_refused(
    rows: Rows, heading: str, message: str, tmp_path: Path
) -> None:
    """The message says file, line, what was found and what is accepted."""
    with pytest.raises(InputError) as caught:
        hourly.read(written(tmp_path, rows, heading))
    assert message in str(caught.value)


def test_a_lifecycle_intensity_of_nothing_is_a_missing_number(tmp_path: Path) -> None:
    """Ten hours of zero are refilled and told, also where they are most of a half day."""
    rows = week(24 * 28)
    for row in rows[50:60]:
        row[1] = "0"
    found = hourly.read(written(tmp_path, rows))
    assert found.intensity("lifecycle").min() > 0.2
    assert len([one for one in found.report.repairs if one.kind == "range"]) == 10


def test_a_cell_beyond_all_bounds_is_refused_with_its_line(tmp_path: Path) -> None:
    """What the reader of CSV refuses is told as a mistake of the file."""
    rows = [*week(), ["x" * 200_000, "1"]]
    with pytest.raises(InputError, match=r"grid.csv:338: cannot be read as CSV"):
        hourly.read(written(tmp_path, rows))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, and files that are not there, are told without a traceback."""
    path = tmp_path / "grid.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        hourly.read(path)
    with pytest.raises(InputError, match="cannot be read"):
        hourly.read(tmp_path / "none.csv")
    (tmp_path / "bad.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(InputError, match="cannot be read"):
        hourly.read(tmp_path / "bad.csv.gz")


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    """A packaged year and a file beside the scenario are found by name; others are not."""
    with pytest.raises(InputError, match='did you mean "de_2019"'):
        hourly.find("de2019")
    written(tmp_path, week())
    assert hourly.find("grid.csv", tmp_path).hours == len(week())
    with pytest.raises(InputError, match="no file"):
        hourly.find("gird.csv", tmp_path)
