"""Make a fake ``/sys/class/powercap``: zones with counters that wrap, and files that refuse."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

__all__ = ["Powercap"]

RANGE = 262_143_328_850
"""Largest value of the counter in microjoules, as Intel's server packages have it."""
ZONES = {"package": ("intel-rapl:0", "package-0"), "dram": ("intel-rapl:0:0", "dram")}


@dataclass
class Powercap:
    """A powercap tree and the J that were really added to each zone.

    Parameters
    ----------
    root : Path
        Folder that stands for ``/sys/class/powercap``.
    monkeypatch : pytest.MonkeyPatch
        What undoes refused permissions after the test.
    folders : dict
        Folder of each zone, by its short name.

    """

    root: Path
    monkeypatch: pytest.MonkeyPatch
    folders: dict[str, Path] = field(default_factory=dict)
    _added: dict[str, float] = field(default_factory=dict)
    _denied: set[str] = field(default_factory=set)

    @classmethod
    def make(
        cls,
        root: Path,
        monkeypatch: pytest.MonkeyPatch,
        zones: Mapping[str, tuple[str, str]] = ZONES,
    ) -> Powercap:
        """Make a tree with some zones: short name to folder and the name that the kernel gives."""
        (root / "intel-rapl").mkdir(parents=True)
        (root / "intel-rapl" / "enabled").write_text("1\n", encoding="ascii")
        tree = cls(root, monkeypatch)
        for short, (folder, name) in zones.items():
            tree.add_zone(short, folder, name)
        return tree

    def add_zone(self, short: str, folder: str, name: str, *, start: int = 1_000_000) -> None:
        """Add a zone, such as ``add_zone("second", "intel-rapl:1", "package-1")``."""
        path = self.root / folder
        path.mkdir()
        self.folders[short] = path
        self._added[short] = 0.0
        self._write(short, "name", name)
        self._write(short, "max_energy_range_uj", RANGE)
        self._write(short, "energy_uj", start)

    def add(self, short: str, joules: float) -> None:
        """Let a zone draw some J; its counter wraps as the kernel's does."""
        wrap = int((self.folders[short] / "max_energy_range_uj").read_text(encoding="ascii"))
        self._added[short] += joules
        self.set_counter(short, (self.counter(short) + round(joules * 1e6)) % (wrap + 1))

    def joules(self, short: str) -> float:
        """Return the J that were added to a zone since the tree was made."""
        return self._added[short]

    def counter(self, short: str) -> int:
        """Return what the counter of a zone shows, in microjoules."""
        with self.folders[short].joinpath("energy_uj").open("rb", buffering=0) as file:
            return int(file.read())

    def set_counter(self, short: str, microjoules: int) -> None:
        """Put the counter of a zone to a value."""
        self._write(short, "energy_uj", microjoules)

    def set_range(self, short: str, microjoules: int) -> None:
        """Set the value after which the counter of a zone starts again from 0."""
        self._write(short, "max_energy_range_uj", microjoules)

    def remove(self, short: str) -> None:
        """Take a zone away, as a kernel that unloads its driver does."""
        for file in self.folders[short].iterdir():
            file.unlink()
        self.folders[short].rmdir()

    def deny(self, short: str) -> None:
        """Refuse to open the counter of a zone, to everyone: root's powers do not count."""
        self._denied.add(str(self.folders[short] / "energy_uj"))
        guarded = _refusing(self._denied, io.open)
        self.monkeypatch.setattr(io, "open", guarded)
        self.monkeypatch.setattr("builtins.open", guarded)
        self.monkeypatch.setattr(os, "open", _refusing(self._denied, os.open))

    def _write(self, short: str, name: str, value: object) -> None:
        (self.folders[short] / name).write_text(f"{value}\n", encoding="ascii")


def _refusing(denied: set[str], opener: Callable[..., Any]) -> Callable[..., Any]:
    """Return an ``open`` that refuses some files with the error that the kernel gives."""

    def guarded(path: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(path, (str, os.PathLike)) and os.fspath(path) in denied:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))
        return opener(path, *arguments, **options)

    return guarded
