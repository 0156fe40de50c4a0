"""The same samples in other files, another order, other batches and threads: the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from telemetry_files import (
    START,
    Sample,
    holds,
    numbers,
    parquet,
    rolled,
    samples,
    steady,
    table,
)

from lca.telemetry import Asked, kernel, passes, roll_up


def test_files_order_and_row_groups_do_not_matter(tmp_path: Path) -> None:
    """Split, shuffled or grouped otherwise, the answer is the same to the last byte."""
    rows = samples(lambda t: 200 + t % 97, 5000, 1.7, job="a", hostname="n1")
    rows += samples(lambda t: 90 + t % 11, 5000, 1.1, device="GPU-2", job="b", hostname="n2")
    by = ("device", "job", "hour")
    whole = numbers(roll_up([parquet(tmp_path / "whole.parquet", rows)], by))
    groups = roll_up([parquet(tmp_path / "groups.parquet", rows, 4096)], by)
    shuffled = sorted(rows, key=lambda row: hash((row["timestamp"] * 7919 % 1009, row["uuid"])))
    order = roll_up([parquet(tmp_path / "order.parquet", shuffled)], by)
    timed = sorted(rows, key=lambda row: row["timestamp"])
    in_time = roll_up([parquet(tmp_path / "time.parquet", timed)], by)
    for number, part in enumerate((rows[:1000], rows[1000:4321], rows[4321:])):
        parquet(tmp_path / f"part{number}.parquet", part)
    split = roll_up([str(tmp_path / "part*.parquet")], by)
    text = roll_up([table(tmp_path / "same.csv", rows)], by)
    assert split.files == 3
    for other in (groups, order, in_time, split, text):
        assert numbers(other) == whole


def turns(seconds: int = 300) -> list[Sample]:
    """Return four boards that take turns, over the turn of an hour, with a change of job."""
    rows = [
        row
        for number in range(4)
        for row in samples(lambda t: 200 + t % 97, seconds, 1.1, f"GPU-{number}", 3500 + number / 9)
    ]
    rows.sort(key=lambda row: row["timestamp"])
    return [row | {"job": f"job{place * 3 // len(rows)}"} for place, row in enumerate(rows)]


@pytest.mark.parametrize(("batch", "threads"), [(1, 1), (7, 3), (64, 2)])
def test_batches_and_threads_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int, threads: int
) -> None:
    """Cut between any two samples, by any number of threads, the answer is the same bytes."""
    by = ("device", "job", "hour")
    file = parquet(tmp_path / "s.parquet", turns())
    whole = numbers(roll_up([file], by))
    monkeypatch.setattr(passes, "BATCH", batch)
    monkeypatch.setattr(passes, "_EACH", 0)
    monkeypatch.setattr(passes, "_LEAST_ROWS", 150)
    monkeypatch.setattr(kernel, "_BLOCK", 5)
    assert numbers(roll_up([file], by, Asked(threads=threads))) == whole


def test_boards_that_take_turns_are_not_sorted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in order of time is read as it stands, and says what each board alone says."""
    rows = turns()
    alone = [
        rolled(tmp_path, [row for row in rows if row["uuid"] == f"GPU-{n}"]).rows[0] for n in (0, 3)
    ]
    monkeypatch.setattr(passes, "sort", lambda *_: pytest.fail("sorted"))
    found = rolled(tmp_path, rows).rows
    assert [found[0], found[3]] == alone


def test_a_step_back_is_seen_at_any_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock set back between two batches, or two threads, is told as inside one."""
    file = parquet(
        tmp_path / "s.parquet",
        samples(steady(200), 600) + samples(steady(200), 400, begin=300.3),
    )
    whole = numbers(roll_up([file]))
    assert "times go back in the file" in str(whole)
    monkeypatch.setattr(passes, "_EACH", 0)
    monkeypatch.setattr(passes, "_LEAST_ROWS", 601)
    monkeypatch.setattr(passes, "BATCH", 100)
    assert numbers(roll_up([file], asked=Asked(threads=2))) == whole


def test_sums_of_a_batch_are_those_of_its_pairs() -> None:
    """Every pair is in the sums, or among those that need a closer look; none twice."""
    rule = kernel.Rule(counter=False, highest=5000.0, gap=None)
    time = np.array([0, 1, 2, 4, 9, 10, 3600, 3601]) * 1_000_000
    ones = np.ones(8, np.uint64)
    batch = kernel.Samples(ones, ones, time, np.array([1.0, 2, 3, 4, 5, 6, 7, 8]))
    seen = kernel.look(batch, rule, 0)
    assert int(seen.sums["n"].sum()) + len(seen.pairs["t"]) == 7
    assert list(seen.pairs["t"]) == [3_600_000_000]
    assert int(seen.sums["lo"].sum()) == (1 + 2 + 3 * 2 + 4 * 5 + 5 + 7) * 10**6
    assert int(seen.sums["hi"].sum()) == (2 + 3 + 4 * 2 + 5 * 5 + 6 + 8) * 10**6
    assert [int(seen.sums["n"][seen.sums["b"] == b].sum()) for b in (0, 1, 4)] == [4, 1, 1]


def test_more_memory_is_disk(tmp_path: Path) -> None:
    """With little memory, samples in no order are sorted on disk: the same answer, nothing left."""
    rng = np.random.default_rng(1)
    count = 240_000
    order = rng.permutation(count)
    columns = {
        "timestamp": START * 10**6 + (order // 8) * 1_000_000,
        "gpu": order % 8,
        "power_w": 100.0 + order % 8,
    }
    file = tmp_path / "s.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), file)
    (tmp_path / "spill").mkdir()
    little = Asked(memory="40MB", folder=tmp_path / "spill", threads=1)
    found = roll_up([file], ("hour",), little)
    assert found.total.energy == pytest.approx((100 * 8 + 28) * (count / 8 - 1))
    assert numbers(found) == numbers(roll_up([file], ("hour",)))
    assert list((tmp_path / "spill").iterdir()) == []


def test_samples_in_two_files_count_once(tmp_path: Path) -> None:
    """Two files that overlap by half an hour hold one board, and each row says what was left out."""
    rows = samples(steady(250), 7200)
    parquet(tmp_path / "a.parquet", rows[:5000])
    parquet(tmp_path / "b.parquet", rows[3200:])
    found = roll_up([str(tmp_path / "*.parquet")])
    holds(found.total, 250 * 7200)
    assert found.total.samples == 7201
    assert "1800 samples at a time that has one already: counted once" in found.total.reasons


def test_contradicting_samples_widen_the_bounds(tmp_path: Path) -> None:
    """Of two powers at one time the highest is used, and the lowest is inside the bounds."""
    rows = samples(steady(400), 600)
    rows += samples(steady(100), 10, begin=300)
    row = rolled(tmp_path, rows).total
    holds(row, 400 * 600)
    assert row.low <= 400 * 590 * 0.94 + 100 * 10
    assert any("11 samples contradict" in reason for reason in row.reasons)
