"""What is installed here: versions of the libraries, extras that are missing, hashes of the data.

Two people whose results differ compare these first. Only the standard library is needed.
"""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import lca
from lca.factors import sidecar, tables
from lca.factors.files import ROOT as FACTORS
from lca.library import packaged_folder, packaged_scenarios

_EXTRA = re.compile(r"""extra\s*==\s*['"]([\w-]+)['"]""")
_NAME = re.compile(r"[\w.-]+")
_FOR_DEVELOPERS = "dev"
_DATA = {".yaml", ".csv", ".gz", ".json"}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A library that the package requires.

    Attributes
    ----------
    name
        Its name on package indexes.
    version
        The installed version; None where it is not installed.
    extras
        The extras that bring it; none for what is always required.
    """

    name: str
    version: str | None
    extras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A folder of data as it lies on this machine.

    Attributes
    ----------
    name
        What it is: ``hardware_db``, ``factors``, ``scenarios``, or a folder of the user's own.
    files
        How many files count.
    sha256
        Hash of their names and contents, in the order of the names.
    changed
        Tables that are not what their sidecar says they were when they were taken over.
    """

    name: str
    files: int
    sha256: str
    changed: tuple[str, ...] = ()


def distributions() -> tuple[Distribution, ...]:
    """Return every library that the package or one of its extras requires, with its version."""
    wanted: dict[str, set[str]] = {}
    for text in metadata.requires("lca") or ():
        name = _NAME.match(text)
        extra = _EXTRA.search(text)
        if name:
            wanted.setdefault(name[0].lower(), set()).add(extra[1] if extra else "")
    return tuple(
        Distribution(name, _version(name), () if "" in extras else tuple(sorted(extras)))
        for name, extras in sorted((name, found) for name, found in wanted.items())
        if extras != {_FOR_DEVELOPERS}
    )


def data_sets(folders: tuple[Path, ...] = ()) -> tuple[DataSet, ...]:
    """Return the packaged data and a user's own folders, each with its hash."""
    own = tuple(_data_set(str(folder), folder) for folder in folders)
    return (
        _data_set("hardware_db", packaged_folder()),
        _data_set("factors", FACTORS, tuple(_changed())),
        _data_set("scenarios", packaged_scenarios()),
        *own,
    )


def report(folders: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Return what is installed as plain data."""
    return {
        "lca": lca.__version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": [
            {"name": one.name, "version": one.version, "extras": _shown(one)}
            for one in distributions()
        ],
        "data": [
            {
                "name": one.name,
                "files": one.files,
                "sha256": one.sha256,
                "changed": list(one.changed),
            }
            for one in data_sets(folders)
        ],
    }


def _shown(library: Distribution) -> list[str]:
    return [extra for extra in library.extras if extra != _FOR_DEVELOPERS]


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _data_set(name: str, folder: Path, changed: tuple[str, ...] = ()) -> DataSet:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in _DATA and path.is_file())
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return DataSet(name, len(paths), digest.hexdigest(), changed)


def _changed() -> Iterator[str]:
    for table in tables():
        path = FACTORS / f"{table}.csv"
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != sidecar(table).sha256:
            yield table
