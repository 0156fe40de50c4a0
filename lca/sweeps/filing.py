"""Filing: finished blocks in a folder beside the file, and the whole file when all are there.

Beside ``sweep.parquet`` stands the folder ``sweep.parquet.parts`` while the sweep runs: a manifest
that says which sweep it is, and each finished block as a file of its own, put there whole under its
pages. Whatever ends a sweep, what is in the folder is whole, and the same command goes on from there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np

from lca.document import write_atomically
from lca.errors import DocumentError, LcaError, Problem, ScenarioError
from lca.files import reason, replacing
from lca.sweeps import parquet
from lca.sweeps.aggregates import merged
from lca.sweeps.blocks import Block
from lca.sweeps.job import Job
from lca.sweeps.sweeping import MOST_ROWS, Progress, Sweep

PARTS = ".parts"
_MANIFEST = "manifest.json"
_LOCK = ".lock"
_PAGES = "pages-*.parquet"
_NAME = re.compile(r"pages-(\d+)-(\d+)\.parquet")
_SPOKEN = {
    "scenario": "its contents differ",
    "factors": "the data behind it differ",
    "lca_version": "it was made by another version",
}
_Found = TypeVar("_Found")


def swept_to_file(
    job: Job,
    remarks: tuple[str, ...],
    run: Any,
    pages: int,
    file: Path,
    fresh: bool,
    progress: Progress,
) -> Sweep:
    """Evaluate what is missing, and put the whole into a file.

    Raises
    ------
    ScenarioError
        If another sweep stands under the name.
    DocumentError
        If it cannot be written; finished blocks are kept.
    """
    parquet.required()
    folder = file.with_name(file.name + PARTS)
    if fresh:
        _told(file, lambda: _discard(file, folder))
    if _finished(job, file, folder):
        return _read(job, remarks, file)
    _told(file, lambda: _open(job, folder))
    with _locked(folder):
        _work(job, run, pages, file, folder, progress)
        _told(file, lambda: _assemble(job, file, folder))
    shutil.rmtree(folder)
    return _read(job, remarks, file)


def _told(file: Path, work: Callable[[], _Found]) -> _Found:
    """Do something with files; say in one line what the system refuses."""
    try:
        return work()
    except DocumentError as error:
        message = error.problems[0].message
    except OSError as error:
        message = f"cannot be written: {reason(error)}"
    folder = file.with_name(file.name + PARTS)
    kept = f"; finished blocks are kept in {folder.name}" if any(folder.glob(_PAGES)) else ""
    raise DocumentError(Problem("", message + kept, str(file)))


def _discard(file: Path, folder: Path) -> None:
    if folder.is_dir():
        with _locked(folder):
            shutil.rmtree(folder)
    file.unlink(missing_ok=True)


def _finished(job: Job, file: Path, folder: Path) -> bool:
    """Return whether the file is this sweep, whole.

    Raises
    ------
    ScenarioError
        If it is another sweep, or no sweep at all.
    """
    if folder.is_dir() or not file.exists():
        return False
    known = parquet.metadata(file)
    if known.get("lca.sweep") == job.digest:
        return True
    what = "another sweep" if "lca.sweep" in known else "no sweep"
    old = json.loads(known.get("lca", "{}"))
    raise _refused(job, old, f"{file} is {what}", "--fresh replaces it")


def _open(job: Job, folder: Path) -> None:
    """Make the folder, or check that the one there is of this sweep."""
    manifest = folder / _MANIFEST
    if manifest.is_file():
        try:
            old = json.loads(manifest.read_text("utf-8"))
        except ValueError:
            old = {}
        if old != job.identity:
            raise _refused(job, old, f"{folder} holds an unfinished sweep that is another one", "--fresh discards it")  # fmt: skip
        return
    folder.mkdir(exist_ok=True)
    write_atomically(manifest, json.dumps(job.identity, indent=1, sort_keys=True) + "\n")


def _refused(job: Job, old: dict[str, Any], what: str, way: str) -> ScenarioError:
    new = job.identity
    other = [
        _SPOKEN.get(key) or f"{key} {_short(old[key])}, now {_short(new[key])}"
        for key in new
        if key in old and old[key] != new[key]
    ]
    why = f" ({'; '.join(other)})" if other else ""
    return ScenarioError(f"{what}{why}; give another name, or {way}")


def _short(value: object) -> str:
    text = json.dumps(value) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder alone; the system lets go of it however the process ends."""
    with (folder / _LOCK).open("a") as opened:
        if not _hold(opened):
            msg = f"{folder} is in use: another process runs this sweep"
            raise LcaError(msg)
        yield


def _hold(opened: IO[str]) -> bool:
    try:
        import fcntl
    except ModuleNotFoundError:  # no such locks on this system
        return True
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _work(job: Job, run: Any, pages: int, file: Path, folder: Path, progress: Progress) -> None:
    known = [part for part in _parts(folder) if _kept_whole(job, *part)]
    done = sum(job.span(stop - 1)[1] - job.span(start)[0] for start, stop, _ in known)
    if progress:
        progress(done, job.design.points)
    spans = list(_missing(job, known, pages))
    if not spans:
        return
    for block in run(job, spans):
        _told(file, lambda block=block: _keep(job, block, folder))  # type: ignore[misc]
        done += block.coded.shape[0]
        if progress:
            progress(done, job.design.points)


def _parts(folder: Path) -> list[tuple[int, int, Path]]:
    """Return the finished blocks in the order of their pages; none overlap."""
    found = []
    for path in folder.iterdir():
        match = _NAME.fullmatch(path.name)
        if match:
            found.append((int(match[1]), int(match[2]), path))
        elif path.suffix == ".tmp":
            path.unlink(missing_ok=True)  # of a process that was killed while writing
    return sorted(found)


def _kept_whole(job: Job, start: int, stop: int, path: Path) -> bool:
    """Return whether a block is all there and of this sweep; what a broken disk left of it goes."""
    points = job.span(stop - 1)[1] - job.span(start)[0] if start < stop <= job.pages else -1
    if parquet.metadata(path).get("lca.sweep") == job.digest and parquet.length(path) == points:
        return True
    path.unlink()
    return False


def _missing(job: Job, known: list[tuple[int, int, Path]], pages: int) -> Iterator[tuple[int, int]]:
    place = 0
    for start, stop, _ in [*known, (job.pages, job.pages, Path())]:
        yield from ((k, min(k + pages, start)) for k in range(place, start, pages))
        place = stop


def _keep(job: Job, block: Block, folder: Path) -> None:
    """Put a block into the folder, whole or not at all."""
    name = f"pages-{block.start:09d}-{block.stop:09d}.parquet"
    beside = {
        "aggregates": json.dumps(block.aggregates),
        "warnings": json.dumps([block.warnings, block.remarks]),
    }
    shape = parquet.schema(job, beside)
    first = job.span(block.start)[0]
    _put(
        folder / name,
        iter([parquet.table(job, first, block.coded, block.numbers, shape)]),
        shape,
    )


def _put(path: Path, tables: Any, shape: Any) -> None:
    """Write a Parquet file beside its place, and move it there when it is whole."""
    with replacing(path) as temporary:
        parquet.write(temporary, tables, shape)


def _assemble(job: Job, file: Path, folder: Path) -> None:
    """Put all blocks together, in the order of their pages."""
    pa = parquet.required()
    parts = _parts(folder)
    beside = [parquet.metadata(path) for _, _, path in parts]
    aggregate = merged(a for one in beside for a in json.loads(one["aggregates"]))
    said = [json.loads(one["warnings"]) for one in beside]
    extra = {
        "lca.aggregate": json.dumps(aggregate),
        "lca.warnings": json.dumps(list(dict.fromkeys(text for one in said for text in one[0]))),
        "lca.remarks": json.dumps(list(dict.fromkeys(text for one in said for text in one[1]))),
    }
    shape = parquet.schema(job, extra)
    tables = (pa.parquet.read_table(path).replace_schema_metadata(shape.metadata) for _, _, path in parts)  # fmt: skip
    _put(file, tables, shape)


def _read(job: Job, remarks: tuple[str, ...], file: Path) -> Sweep:
    """Return a finished sweep from its file: all rows of a small one, the best of a large one."""
    known = parquet.metadata(file)
    aggregate = json.loads(known["lca.aggregate"])
    whole = job.design.points <= MOST_ROWS
    kept = range(job.design.points) if whole else [point for _, point in aggregate["best"]]
    coded = np.concatenate([job.design.columns(k, k + 1) for k in kept]) if not whole else job.design.columns(0, job.design.points)  # fmt: skip
    return Sweep(
        job,
        aggregate,
        coded,
        parquet.read_numbers(file, job, None if whole else list(kept)),
        tuple(kept),
        tuple(json.loads(known["lca.warnings"])),
        (*remarks, *json.loads(known["lca.remarks"])),
        str(file),
    )
