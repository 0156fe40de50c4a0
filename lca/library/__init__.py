"""Reads ``hardware_db`` and the users' own folders into frozen records, one file at a time.

A device is found by its file name, so a comparison of three devices reads three files.
User folders come first and may replace or add entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from lca import document
from lca.errors import HardwareError, Problem, UnknownNameError, did_you_mean, nearest, quoted
from lca.library.checking import name_problems, source_problems, validate
from lca.library.models import (
    KINDS,
    Cpu,
    Device,
    Entry,
    Instance,
    Process,
    Server,
    SourceEntry,
    Technology,
)
from lca.library.places import is_file_within
from lca.sources import SCENARIO, Quality, Source
from lca.terms import Factor
from lca.values import Value, read

_LONGEST_ID = 200
DEVICE_KINDS = ("gpu", "tpu", "accelerator")
_Kind = TypeVar("_Kind", bound=Entry)
_Made = TypeVar("_Made")


@cache
def packaged_folder() -> Path:
    """Return the folder of the packaged database: in the wheel, or beside it in a checkout."""
    inside = Path(__file__).parents[1] / "hardware_db"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "hardware_db"


@cache
def packaged_scenarios() -> Path:
    """Return the folder of the example scenarios: in the wheel, or beside it in a checkout."""
    inside = Path(__file__).parents[1] / "scenarios"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "scenarios"


class Library:
    """Devices, hosts, technologies and sources, from one or more folders.

    Parameters
    ----------
    folders
        User folders, laid out as ``hardware_db``; searched before the packaged database.
    """

    def __init__(self, folders: tuple[Path, ...] = ()) -> None:
        for folder in folders:
            _check_folder(folder)
        self.folders = (*folders, packaged_folder())
        self._entries: dict[tuple[str, str], Entry] = {}
        self._paths: dict[tuple[str, str], Path] = {}
        self._memo: dict[tuple[str, ...], Any] = {}
        self._sources: dict[str, Source] | None = None

    def ids(self, kind: str) -> list[str]:
        """Return the ids of a kind, sorted.

        Raises
        ------
        UnknownNameError
            If there is no such kind.
        """
        if kind not in KINDS:
            msg = f'no kind "{kind}"{did_you_mean(kind, KINDS)} (one of: {", ".join(KINDS)})'
            raise UnknownNameError(msg)
        names = {path.stem for folder in self.folders for path in (folder / kind).glob("*.yaml")}
        return sorted(names)

    def entries(self, kind: str) -> Iterator[Entry]:
        """Yield all entries of a kind."""
        for name in self.ids(kind):
            yield self.entry(kind, name)

    def entry(self, kind: str, name: str) -> Entry:
        """Return one entry.

        Raises
        ------
        UnknownNameError
            If no file has that id; the nearest is named.
        HardwareError
            If its file has mistakes, all of them.
        """
        key = (kind, name)
        if key not in self._entries:
            path = self._path(kind, name)
            if path is None:
                raise UnknownNameError(self._unknown(kind, name))
            if not path.is_relative_to(packaged_folder()):
                self._check_own(path, kind)
            self._entries[key] = _load(path, kind, path.stat().st_mtime_ns)
        return self._entries[key]

    def _check_own(self, path: Path, kind: str) -> None:
        """Refuse a user's file with mistakes; a source or a host that nobody knows is one, too."""
        text = document.read(path)
        wrong = [
            *source_problems(text, self.sources),
            *name_problems(text, self._exists, self._unknown),
        ]
        try:
            _load(path, kind, path.stat().st_mtime_ns)
        except HardwareError as error:
            wrong += error.problems
        if wrong:
            raise HardwareError(wrong)

    def once(self, key: tuple[str, ...], make: Callable[[], _Made]) -> _Made:
        """Return what follows from entries alone, made the first time: scenarios share devices."""
        if key not in self._memo:
            self._memo[key] = make()
        made: _Made = self._memo[key]
        return made

    def _path(self, kind: str, name: str) -> Path | None:
        if (kind, name) not in self._paths:
            found = self._looked_up(kind, name)
            if found is None:
                return None
            self._paths[kind, name] = found
        return self._paths[kind, name]

    def _looked_up(self, kind: str, name: str) -> Path | None:
        if not _is_file_name(name):
            return None
        paths = ((folder, folder / kind / f"{name}.yaml") for folder in self.folders)
        return next((path for folder, path in paths if _is_there(path, folder)), None)

    def _exists(self, kind: str, name: str) -> bool:
        kinds = DEVICE_KINDS if kind == "device" else (kind,)
        return any(self._path(one, name) is not None for one in kinds)

    def _unknown(self, kind: str, name: str) -> str:
        """Say that nothing of a kind has a name; the nearest is named."""
        kinds = DEVICE_KINDS if kind == "device" else (kind,)
        names = {other: one for one in kinds for other in self.ids(one)}
        near = nearest(name, names)
        where = names.get(near or "", kinds[0])
        return f"no {kind} {quoted(name)}{did_you_mean(name, names)} (lca list {where})"

    def find(self, name: str) -> Entry:
        """Return the entry of any kind with this id."""
        for kind in KINDS:
            if self._path(kind, name) is not None:
                return self.entry(kind, name)
        names = [other for kind in KINDS for other in self.ids(kind)]
        msg = f'nothing is called "{name}"{did_you_mean(name, names)} (lca list gpu)'
        raise UnknownNameError(msg)

    def device(self, name: str) -> Device:
        """Return a GPU, TPU or other accelerator."""
        for kind in DEVICE_KINDS:
            if self._path(kind, name) is not None:
                return self._typed(kind, name, Device)
        raise UnknownNameError(self._unknown("device", name))

    def cpu(self, name: str) -> Cpu:
        """Return a processor."""
        return self._typed("cpu", name, Cpu)

    def server(self, name: str) -> Server:
        """Return a server, host or baseboard."""
        return self._typed("server", name, Server)

    def instance(self, name: str) -> Instance:
        """Return a cloud instance type."""
        return self._typed("instance", name, Instance)

    def technology(self, name: str) -> Technology:
        """Return a memory or storage technology."""
        kind = "memory" if self._path("memory", name) else "storage"
        return self._typed(kind, name, Technology)

    def process(self, name: str) -> Process:
        """Return a semiconductor process; a node that stands for another is followed."""
        found = self._typed("process", name, Process)
        return self.process(found.stands_for) if found.stands_for else found

    def _typed(self, kind: str, name: str, model: type[_Kind]) -> _Kind:
        entry = self.entry(kind, name)
        if not isinstance(entry, model):
            msg = f'"{name}" is not a {kind}'
            raise UnknownNameError(msg)
        return entry

    @property
    def sources(self) -> dict[str, Source]:
        """The bibliography, user entries included."""
        if self._sources is None:
            found = {SCENARIO.key: SCENARIO}
            for folder in reversed(self.folders):
                file = folder / "sources.yaml"
                if _is_there(file, folder):
                    found |= _bibliography(file, file.stat().st_mtime_ns)
            self._sources = found
        return self._sources


def _is_there(path: Path, folder: Path) -> bool:
    """Whether a file is there; a link in a user's folder must not lead out of it.

    Raises
    ------
    HardwareError
        It does: a folder that came from elsewhere would show files that are none of its own.
    """
    if folder == packaged_folder() or not path.is_file():
        return path.is_file()
    if not is_file_within(path, folder):
        msg = f"a link that leads out of the folder {quoted(folder)}; put the file itself there"
        raise HardwareError(Problem("", msg, str(path)))
    return True


def _is_file_name(name: str) -> bool:
    """Whether an id can be the name of a file, and of no other folder's."""
    apart = "/" not in name and "\\" not in name and not name.startswith(".")
    return apart and name.isprintable() and 0 < len(name.encode()) <= _LONGEST_ID


def _check_folder(folder: Path) -> None:
    """Refuse a user's folder that holds nothing of the kind: it would be silently ignored."""
    if not folder.is_dir():
        msg = f"no folder {quoted(folder)}; a database folder has sub-folders such as gpu"
        raise HardwareError(msg)
    known = ("sources.yaml", "workload", *KINDS)
    if not any((folder / name).exists() for name in known):
        msg = f"nothing in the folder {quoted(folder)}; put files into sub-folders (one of: {', '.join(KINDS)})"
        raise HardwareError(msg)


@lru_cache(maxsize=4096)
def _load(path: Path, kind: str, _changed: int) -> Entry:
    text = document.read(path)
    entry = validate(KINDS[kind], text, HardwareError)
    wrong = [
        text.problem((key,), message)
        for key, message in (
            ("id", f'the id must be the file name, "{path.stem}"'),
            ("kind", f'the kind must be the folder, "{kind}"'),
        )
        if getattr(entry, key) != (path.stem if key == "id" else kind)
    ]
    if wrong:
        raise HardwareError(wrong)
    return entry


@lru_cache(maxsize=64)
def _bibliography(path: Path, _changed: int) -> dict[str, Source]:
    text = document.read(path)
    found: dict[str, Source] = {}
    problems: list[Problem] = []
    for key in text.data:
        try:
            entry = validate(SourceEntry, text, HardwareError, at=(key,))
        except HardwareError as error:
            problems += error.problems
        else:
            found[key] = Source(key=key, **entry.model_dump())
    if problems:
        raise HardwareError(problems)
    return found


class FactorFile:
    """Cited values of one factor file, read by dotted path with the unit they should have.

    Parameters
    ----------
    topic
        ``defaults``, or a file of ``lca/factors/embodied`` such as ``calibrated``.
    """

    def __init__(self, topic: str) -> None:
        folder = Path(__file__).parents[1] / "factors"
        path = (
            folder / f"{topic}.yaml"
            if topic == "defaults"
            else folder / "embodied" / f"{topic}.yaml"
        )
        self.topic, self.data = topic, document.read(path).data
        self._values: dict[tuple[str, str], Value] = {}
        self._factors: dict[tuple[str, str, str], Factor] = {}

    def raw(self, path: str) -> object:
        """Return what is written at a path, or None."""
        found: object = self.data
        for step in path.split("."):
            if not isinstance(found, dict) or step not in found:
                return None
            found = found[step]
        return found

    def value(self, path: str, unit: str) -> Value:
        """Return a cited value; the file's source and quality hold where it names none.

        Raises
        ------
        LookupError
            If the file has no such value.
        """
        key = (path, unit)
        if key not in self._values:
            raw = self.raw(path)
            if raw is None:
                msg = f"no value {path} in the {self.topic} factors"
                raise LookupError(msg)
            read_value = read(raw, unit, lower=0.0)
            self._values[key] = read_value.cited(
                str(self.data.get("source", "")), Quality(str(self.data.get("quality", "declared")))
            )
        return self._values[key]

    def factor(self, path: str, unit: str, name: str = "") -> Factor:
        """Return a cited value as a factor, identified by file and path."""
        key = (path, unit, name)
        if key not in self._factors:
            self._factors[key] = self.value(path, unit).factor(
                name or path.rsplit(".", 1)[-1], f"{self.topic}/{path}"
            )
        return self._factors[key]


@cache
def constants(topic: str) -> FactorFile:
    """Return a factor file, read once."""
    return FactorFile(topic)


__all__ = [
    "DEVICE_KINDS",
    "FactorFile",
    "Library",
    "Quality",
    "constants",
    "packaged_folder",
    "packaged_scenarios",
]
