"""Sweeps in files: whole or not there, the same bytes however they were computed, and never mixed up."""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import lca
from lca import document
from lca.cli import group as cli
from lca.errors import DocumentError, LcaError, ScenarioError
from lca.report.sweep_result import sweep_result, sweep_table
from lca.sweeps import filing, parquet, planning, schedulers
from lca.sweeps.blocks import Block
from lca.sweeps.job import Job
from lca.sweeps.planning import plan
from lca.sweeps.sweeping import sweep

Data = dict[str, Any]
OVER = ("sites.here.region=DE,SE", "sites.here.pue=1.1..1.6", "fleet.chat.utilization=20%..80%")
POINTS = 320
"""Five pages, where pages are as small as they can be."""

SAMPLES = 64
MANY = {"design": "sobol", "points": POINTS, "samples": SAMPLES, "seed": 3}


@pytest.fixture(scope="module", autouse=True)
def _small_pages() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "PAGE", 1)
        yield


@pytest.fixture(scope="module")
def scenario() -> lca.Scenario:
    """Return a small scenario with two unknowns."""
    return lca.load(
        {
            "schema": 1,
            "title": "small",
            "period": "2027-2028",
            "sites": {"here": {"region": "DE", "pue": "1.2"}},
            "fleet": {"chat": {"device": "nvidia-h100-sxm5-80gb", "count": 8, "lifetime": "5 years",
                               "site": "here", "utilization": "60%",
                               "power": {"idle": "100 W", "busy": "600 W"}}},
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def whole(scenario: lca.Scenario, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of the sweep, computed in one process and one block."""
    file = tmp_path_factory.mktemp("whole") / "sweep.parquet"
    sweep(scenario, OVER, file=file, **MANY)
    return file.read_bytes()


def same(file: Path, whole: bytes) -> bool:
    """Return whether a file is the whole sweep, and nothing is left beside it."""
    beside = [one.name for one in file.parent.iterdir() if one.name.startswith((file.name, "."))]
    return file.read_bytes() == whole and beside == [file.name]


SLOWLY = """
import sys, time
from lca.sweeps import planning, schedulers
from lca.cli import main

planning.PAGE, at_once = 1, schedulers.here

def here(job, spans):
    for block in at_once(job, spans):
        yield block
        time.sleep(0.3)

schedulers.here = here
sys.exit(main())
"""
"""A program that waits after each block."""


class Stopped(Exception):
    """Stands for whatever ends a process."""


def stopped_after(blocks: int) -> Any:
    """Return a scheduler that ends after some blocks."""

    def run(job: Job, spans: Any) -> Iterator[Block]:
        for count, block in enumerate(schedulers.here(job, spans)):
            if count == blocks:
                raise Stopped
            yield block

    return run


@pytest.mark.parametrize("block", [1, 100, 100_000])
def test_the_size_of_blocks_changes_no_byte(
    scenario: lca.Scenario, whole: bytes, tmp_path: Path, block: int
) -> None:
    """One page a block, two, or all: the same file."""
    file = tmp_path / "sweep.parquet"
    sweep(scenario, OVER, file=file, block=block, **MANY)
    assert same(file, whole)


def test_the_number_of_workers_changes_no_byte(
    scenario: lca.Scenario, whole: bytes, tmp_path: Path
) -> None:
    """Two processes give the file that one gives."""
    file = tmp_path / "sweep.parquet"
    sweep(scenario, OVER, file=file, block=1, workers=2, **MANY)
    assert same(file, whole)


def test_a_stopped_sweep_goes_on(
    scenario: lca.Scenario, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done is kept and not done again, with blocks of another size too."""
    file = tmp_path / "sweep.parquet"
    with monkeypatch.context() as patch:
        patch.setattr("lca.sweeps.sweeping.chosen", lambda *_: stopped_after(2))
        with pytest.raises(Stopped):
            sweep(scenario, OVER, file=file, block=1, **MANY)
    assert not file.exists()
    told: list[tuple[int, int]] = []
    sweep(scenario, OVER, file=file, block=100, progress=lambda *at: told.append(at), **MANY)
    assert told[0] == (128, POINTS)
    assert told[-1] == (POINTS, POINTS)
    assert same(file, whole)


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGKILL, -signal.SIGKILL, ""),
        (signal.SIGINT, 130, "the same command goes on from there"),
    ],
)
def test_a_killed_or_interrupted_sweep_goes_on(
    whole: bytes, scenario: lca.Scenario, tmp_path: Path, number: int, code: int, said: str
) -> None:
    """After kill -9 or Ctrl-C between two blocks the same command gives the same file."""
    scenario.save(tmp_path / "small.yaml")
    file = tmp_path / "sweep.parquet"
    words = ["sweep", str(tmp_path / "small.yaml"), *(w for o in OVER for w in ("--over", o)),
             "--design", "sobol", "--points", str(POINTS), "--samples", str(SAMPLES), "--seed", "3",
             "--block", "1", "-o", str(file)]  # fmt: skip
    folder = tmp_path / "sweep.parquet.parts"
    with subprocess.Popen([sys.executable, "-c", SLOWLY, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:  # fmt: skip
        deadline = time.monotonic() + 300
        while not list(folder.glob("pages-*")) and time.monotonic() < deadline:
            assert child.poll() is None
            time.sleep(0.005)
        child.send_signal(number)
        _, complaint = child.communicate(timeout=300)
    assert child.returncode == code
    assert said in complaint.decode()
    assert list(folder.glob("pages-*"))
    assert not file.exists()
    (folder / ".0123456789abcdef.tmp").write_bytes(b"half a block")
    shown = CliRunner().invoke(cli, words)
    assert shown.exit_code == 0, shown.output
    (tmp_path / "small.yaml").unlink()
    assert same(file, whole)


def _torn(part: Path) -> None:
    part.write_bytes(part.read_bytes()[:1000])


def _of_another(part: Path) -> None:
    pq.write_table(pq.read_table(part).replace_schema_metadata({}), part)


def _too_short(part: Path) -> None:
    pq.write_table(pq.read_table(part).slice(1), part)


@pytest.mark.parametrize("broken", [_torn, _of_another, _too_short])
def test_a_block_that_is_not_whole_is_computed_again(
    broken: Callable[[Path], None], scenario: lca.Scenario, whole: bytes, tmp_path: Path
) -> None:
    """A disk that lost the end of a block, or a file that is none of its: that block alone goes."""
    file = tmp_path / "sweep.parquet"

    def stop(done: int, _: int) -> None:
        if done >= POINTS / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(scenario, OVER, file=file, block=1, progress=stop, **MANY)
    broken(min((tmp_path / "sweep.parquet.parts").glob("pages-*.parquet")))
    sweep(scenario, OVER, file=file, **MANY)
    assert same(file, whole)


def test_a_finished_sweep_is_read_not_computed(
    scenario: lca.Scenario, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same sweep under the same name is there already; its rows come from the file."""
    file = tmp_path / "sweep.parquet"
    file.write_bytes(whole)
    monkeypatch.setattr("lca.sweeps.sweeping.chosen", lambda *_: stopped_after(0))
    found = sweep(scenario, OVER, file=file, **MANY)
    assert found.complete
    monkeypatch.undo()
    np.testing.assert_array_equal(found.numbers, sweep(scenario, OVER, **MANY).numbers)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 4}, "seed 3, now 4"),
        ({"samples": 32}, "samples 64, now 32"),
        ({"points": 128}, "points 320, now 128"),
    ],
)
def test_another_sweep_under_the_name_is_refused(
    scenario: lca.Scenario,
    whole: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Data,
    message: str,
) -> None:
    """Another seed, other draws or points: neither a finished nor an unfinished sweep is mixed up."""
    file = tmp_path / "sweep.parquet"
    file.write_bytes(whole)
    with pytest.raises(ScenarioError, match=f"is another sweep .*{message}.*--fresh"):
        sweep(scenario, OVER, file=file, **(MANY | change))
    file.unlink()
    monkeypatch.setattr("lca.sweeps.sweeping.chosen", lambda *_: stopped_after(1))
    with pytest.raises(Stopped):
        sweep(scenario, OVER, file=file, block=1, **MANY)
    with pytest.raises(ScenarioError, match=f"unfinished sweep .*{message}.*--fresh"):
        sweep(scenario, OVER, file=file, **(MANY | change))


def test_another_scenario_under_the_name_is_refused_unless_it_is_to_be_replaced(
    scenario: lca.Scenario, whole: bytes, tmp_path: Path
) -> None:
    """A changed scenario is told, and so is a file that is no sweep; --fresh replaces both."""
    file = tmp_path / "sweep.parquet"
    file.write_bytes(whole)
    other = scenario.replace("fleet.chat.lifetime", "4 years")
    with pytest.raises(ScenarioError, match="its contents differ"):
        sweep(other, OVER, file=file, **MANY)
    file.write_text("my diary")
    with pytest.raises(ScenarioError, match="is no sweep"):
        sweep(scenario, OVER, file=file, **MANY)
    assert file.read_text() == "my diary"
    sweep(scenario, OVER, file=file, fresh=True, **MANY)
    assert same(file, whole)


def test_two_processes_never_run_one_sweep(
    scenario: lca.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one process holds the folder, another is refused."""
    monkeypatch.setattr("lca.sweeps.sweeping.chosen", lambda *_: stopped_after(0))
    file = tmp_path / "sweep.parquet"
    with pytest.raises(Stopped):
        sweep(scenario, OVER, file=file, **MANY)
    folder = file.with_name(file.name + filing.PARTS)
    with filing._locked(folder), pytest.raises(LcaError, match="in use"):
        sweep(scenario, OVER, file=file, **MANY)


def test_a_full_disk_is_told_in_one_line_and_what_is_done_is_kept(
    scenario: lca.Scenario, whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No space left: one line; with space again the sweep goes on."""
    file, written = tmp_path / "sweep.parquet", parquet.write

    def full(path: Path, tables: Any, shape: Any) -> None:
        written(path, tables, shape)
        if len(list(path.parent.glob("pages-*"))) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(parquet, "write", full)
        with pytest.raises(DocumentError, match="No space left on device; finished blocks") as told:
            sweep(scenario, OVER, file=file, block=1, **MANY)
    assert "\n" not in str(told.value)
    folder = file.with_name(file.name + filing.PARTS)
    assert len(list(folder.glob("pages-*"))) == 2
    assert not list(folder.glob("*.tmp"))
    sweep(scenario, OVER, file=file, **MANY)
    assert same(file, whole)


def test_a_place_that_cannot_be_written_is_told(scenario: lca.Scenario, tmp_path: Path) -> None:
    """A folder that does not exist is told before anything is computed, in one line."""
    with pytest.raises(
        DocumentError, match=r"nowhere/s\.parquet: cannot be written: No such file or directory$"
    ):
        sweep(scenario, OVER, file=tmp_path / "nowhere" / "s.parquet", **MANY)


def test_the_file_says_what_it_holds(scenario: lca.Scenario, whole: bytes, tmp_path: Path) -> None:
    """Fields have units and sentences; the file has scenario, seed, draws, version and aggregates."""
    file = tmp_path / "sweep.parquet"
    file.write_bytes(whole)
    shape = pq.read_schema(file)
    known = {key.decode(): value.decode() for key, value in shape.metadata.items()}
    assert known["lca.scenario"] == scenario.digest()
    assert (known["lca.seed"], known["lca.samples"]) == ("3", str(SAMPLES))
    assert known["lca.lca_version"] == lca.__version__
    assert json.loads(known["lca.aggregate"])["points"] == POINTS
    fields = {field.name: field.metadata for field in shape}
    assert fields["gwp100_location_total_median"][b"unit"] == b"kgCO2e"
    assert fields["fleet.chat.utilization"][b"unit"] == b"%"
    assert all(field[b"description"] for field in fields.values())
    rows = pq.read_table(file, columns=["point", "sites.here.region", "sites.here.pue"]).to_pydict()
    assert rows["point"] == list(range(POINTS))
    assert set(rows["sites.here.region"]) == {"DE", "SE"}
    assert 1.1 <= min(rows["sites.here.pue"]) < max(rows["sites.here.pue"]) <= 1.6


def test_what_is_not_delivered_is_null_not_zero(tmp_path: Path, small: Data) -> None:
    """A point that delivers no functional unit has no number per unit, and is never the lowest."""
    file = tmp_path / "sweep.parquet"
    small["functional_unit"] = ["EFLOP useful"]
    over = {"fleet.chat.utilization": ["0%", "60%"]}
    found = sweep(lca.load(small), over, samples=4, file=file)
    table = pq.read_table(file)
    assert table["gwp100_location_per_unit_median"].null_count == 1
    assert table["gwp100_location_total_median"].null_count == 0
    assert [bool(row.per_unit) for row in found.rows] == [False, True]
    assert found.lowest == 1
    result = sweep_result(lca.load(small), found)
    assert result["rows"][0]["difference"] is result["rows"][0]["probability_lower"] is None
    label, cells = sweep_table(result).rows[0]
    assert label == "0%"
    assert {cell.text for cell in cells} == {"–"}


def test_changed_data_are_another_sweep(scenario: lca.Scenario) -> None:
    """The identity of a sweep holds a digest of the factors below the scenario."""
    job, _ = plan(scenario, OVER, kind="sobol", points=8)
    other = lca.load(scenario.data)
    text = document.dump(other.data)
    assert hashlib.sha256(text.encode()).hexdigest()
    again, _ = plan(other, OVER, kind="sobol", points=8)
    assert again.factors == job.factors
    changed, _ = plan(scenario.replace("sites.here.region", "SE"), OVER, kind="sobol", points=8)
    assert changed.factors != job.factors


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, scenario: lca.Scenario, tmp_path: Path) -> None:  # fmt: skip
    """Without pyarrow or distributed the message says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(LcaError, match=r"pip install 'lca\[parquet\]'"):
        sweep(scenario, OVER, file=tmp_path / "a.parquet", **MANY)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(LcaError, match=r"pip install 'lca\[cluster\]'"):
        sweep(scenario, OVER, scheduler="tcp://127.0.0.1:1", **MANY)


def test_a_worker_process_that_is_killed_is_told_and_nothing_is_lost(
    scenario: lca.Scenario, whole: bytes, tmp_path: Path
) -> None:
    """A worker that the system ends stops the sweep with a sentence; the same command goes on."""
    file = tmp_path / "sweep.parquet"

    def kill(done: int, _: int) -> None:
        if done:
            for child in multiprocessing.active_children():
                os.kill(child.pid or 0, signal.SIGKILL)

    with pytest.raises(LcaError, match=r"a worker process ended .* run the same command again"):
        sweep(scenario, OVER, file=file, block=1, workers=2, progress=kill, **MANY)
    assert list(file.with_name(file.name + filing.PARTS).glob("pages-*"))
    sweep(scenario, OVER, file=file, **MANY)
    assert same(file, whole)
