"""Try every writer on disks that take nothing, and say what happened.

``python -m faults.disks FOLDER KIND...`` makes a folder of each kind, each in a process of its own, and
prints a line of JSON for each kind of disk and of file: the refusal, and whether the old file is whole
and alone. ``full`` and ``read_only`` mount a file system of their own: run them under `PRIVATE`, so
that nobody else sees it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from faults.writers import Write, contents, writers
from lca.errors import LcaError

PRIVATE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
"""A command before a command: what that mounts is seen by nobody else."""
OLD = b"old content\n"
REPORTS = (".json", ".csv", ".md", ".html", ".xlsx")
NAMES = (*(f"report{x}" for x in REPORTS), "record.yaml", "calibration.yaml", "scenario.yaml")


def may_mount(folder: Path) -> bool:
    """Whether a file system of one's own can be mounted here."""
    words = [*PRIVATE, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _mounted(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)


def _full(folder: Path) -> None:
    _filled_with_old(folder)
    try:
        with (folder / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"0" * 4096)
    except OSError:
        return


def _read_only(folder: Path) -> None:
    _filled_with_old(folder)
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)


def _limited(folder: Path) -> None:
    _filled_with_old(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, resource.RLIM_INFINITY))


def _closed(folder: Path) -> None:
    _filled_with_old(folder)
    folder.chmod(0o555)
    if os.geteuid() == 0:  # whom no permission binds
        os.setuid(65534)


def _vanished(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def _filled_with_old(folder: Path) -> None:
    for name in NAMES:
        (folder / name).write_bytes(OLD)


KINDS: dict[str, Callable[[Path], None]] = {
    "full": _full,
    "read_only": _read_only,
    "limited": _limited,
    "closed": _closed,
    "vanished": _vanished,
}
MOUNTED = {"full", "read_only"}


def tried(kind: str, folder: Path, made: Mapping[str, Write]) -> None:
    """Write every kind of file, and print what came of it."""
    folder.mkdir()
    if kind in MOUNTED:
        _mounted(folder)
    KINDS[kind](folder)
    before = _names(folder)
    for name, write in made.items():
        try:
            write(folder / name)
            told = ""
        except LcaError as refusal:
            told = str(refusal)
        intact = not before or (folder / name).read_bytes() == OLD
        found = {"name": name, "told": told, "intact": intact, "alone": _names(folder) == before}
        print(json.dumps({"disk": kind, **found}), flush=True)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def main(place: Path, kinds: Sequence[str]) -> None:
    """Try disks of some kinds, each in a process of its own."""
    made = writers(contents(REPORTS), "new")
    for kind in kinds:
        child = os.fork()
        if child == 0:
            tried(kind, place / kind, made)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
