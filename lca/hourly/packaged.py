"""The years that come with the package, and how a scenario names a series."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path

from lca import document
from lca.errors import UnknownNameError, did_you_mean, quoted
from lca.factors.files import ROOT
from lca.hourly.reading import from_text, read, unpacked
from lca.hourly.series import Series

FOLDER = ROOT / "hourly"
"""Where the packaged years are: ``<name>.csv.gz`` with ``<name>.yaml`` beside it."""

_SUFFIX = ".csv.gz"
_FILES = (".csv", ".csv.gz")


@cache
def names() -> tuple[str, ...]:
    """Return the names of the packaged years, sorted."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in FOLDER.glob(f"*{_SUFFIX}")))


@cache
def packaged(name: str) -> Series:
    """Return a packaged year.

    Raises
    ------
    UnknownNameError
        There is none of this name; the nearest is named.
    """
    if name not in names():
        hint = did_you_mean(name, names())
        msg = f"no packaged hourly series {quoted(name)}{hint} (one of: {', '.join(names())})"
        raise UnknownNameError(msg)
    path = FOLDER / f"{name}{_SUFFIX}"
    about = document.read(FOLDER / f"{name}.yaml").data
    found = from_text(unpacked(path).decode("utf-8"), path.name, name)
    return replace(
        found,
        source=str(about["source"]),
        attribution=str(about["attribution"]),
        note=str(about["note"]),
        label=str(about["label"]),
        accounting=str(about["accounting"]),
    )


def known(name: str, folder: Path | None) -> bool:
    """Tell whether `find` would find a series."""
    return name in names() or (folder is not None and _file(name, folder).is_file())


def find(name: str, folder: Path | None = None) -> Series:
    """Return a packaged year, or read the CSV of this name beside a scenario.

    Parameters
    ----------
    name
        Such as ``de_2019``, or ``my-grid.csv``.
    folder
        Folder of the scenario; None where it has no file.

    Raises
    ------
    InputError
        There is none, or it cannot be repaired.
    """
    if not name.endswith(_FILES):
        return packaged(name)
    path = _file(name, folder or Path())
    if not path.is_file():
        msg = f"no file {quoted(name)} beside the scenario; packaged series: {', '.join(names())}"
        raise UnknownNameError(msg)
    return _kept(path, path.stat().st_mtime_ns)


def _file(name: str, folder: Path) -> Path:
    return folder / name


@lru_cache(maxsize=16)
def _kept(path: Path, _changed: int) -> Series:
    return read(path)
