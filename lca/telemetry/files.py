"""Finds the files that a person names, and says what each of them is."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from lca.errors import InputError, Problem, did_you_mean

__all__ = ["found", "kind_of"]

KINDS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".txt": "slurm",
    ".psv": "slurm",
}
"""Kind of a file by its ending; a text file that begins as sacct does is of Slurm."""

_MARKS = "*?["
_HEAD = 4096


def found(names: Sequence[str]) -> list[Path]:
    """Return the files that names and patterns stand for, each once, in the order of their names.

    Raises
    ------
    InputError
        With every name that stands for nothing, or for a folder.
    """
    problems: list[Problem] = []
    files: dict[Path, None] = {}
    for name in names:
        files |= dict.fromkeys(_matching(name, problems))
    if problems:
        raise InputError(problems)
    return sorted(files)


def _matching(name: str, problems: list[Problem]) -> list[Path]:
    """Return the files of a name; what is wrong with it is added to the problems."""
    if Path(name).is_file():
        matches = [name]
    else:
        has_marks = any(mark in name for mark in _MARKS)
        # a pattern may begin anywhere, which Path.glob cannot do
        matches = sorted(glob.glob(name, recursive=True)) if has_marks else [name]  # noqa: PTH207
    if not matches:
        problems.append(Problem("", "no file matches this pattern", name))
    for match in matches:
        wrong = _wrong(Path(match))
        if wrong:
            problems.append(Problem("", wrong, match))
    return [Path(match).resolve() for match in matches]


def _wrong(path: Path) -> str:
    """Return why a file cannot be read, "" where it can."""
    if path.is_dir():
        return f"is a folder; name the files in it, such as '{path}/*.parquet'"
    if not path.exists():
        near = did_you_mean(path.name, _beside(path))
        return f"no such file{near}"
    if not os.access(path, os.R_OK):
        return "no permission to read this file"
    if any(mark in str(path.resolve()) for mark in _MARKS):
        return "a name with *, ? or [ cannot be told from a pattern; rename the file"
    return ""


def _beside(path: Path) -> list[str]:
    try:
        return sorted(other.name for other in path.parent.iterdir())[:1000]
    except OSError:
        return []


def kind_of(path: Path) -> str:
    """Return ``parquet``, ``csv``, ``json`` or ``slurm``.

    Raises
    ------
    InputError
        The file is of none of them.
    """
    name = path.name.lower()
    kind = next((kind for end, kind in KINDS.items() if name.endswith(end)), "")
    if not name.endswith(".gz") and kind in {"", "csv", "slurm"} and _is_slurm(path):
        return "slurm"
    if kind in {"", "slurm"}:
        endings = ", ".join(end for end, known in KINDS.items() if known != "slurm")
        message = f"not a file of samples (one of: {endings}), nor what sacct -P prints"
        raise InputError(Problem("", message, str(path)))
    return kind


def _is_slurm(path: Path) -> bool:
    """Whether a file begins with the heading of ``sacct --parsable``."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).split(b"\n", 1)[0]
    except OSError:
        return False
    return b"|" in head and b"JobID" in head
