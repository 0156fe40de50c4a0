"""The build: whole from the sdist, and the same bytes wherever and whenever it is made."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("lca", "hardware_db", "scenarios", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")

pytestmark = pytest.mark.slow


def build(source: Path, target: Path, kind: str, mask: int = 0o022) -> Path:
    """Build a wheel or an sdist from a folder, under a mask of permissions."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, umask=mask)
    (built,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return Path(built)


def copy(target: Path, moment: int) -> Path:
    """Copy what the package is built from to another folder, with another time on every file."""
    target.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=LEFT_OUT)
        else:
            shutil.copy(source, target / name)
    for path in target.rglob("*"):
        os.utime(path, (moment, moment))
    return target


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Copy the sources twice: to two folders, with two times."""
    folder = tmp_path_factory.mktemp("sources")
    return copy(folder / "one", 1_700_000_000), copy(folder / "another place", 1_800_000_000)


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_the_build_is_reproducible(kind: str, sources: tuple[Path, Path], tmp_path: Path) -> None:
    """Two folders, two times, two masks of permissions: the same bytes."""
    digests = set()
    for number, (source, mask) in enumerate(zip(sources, (0o022, 0o077), strict=True)):
        built = build(source, tmp_path / str(number), kind, mask)
        digests.add(hashlib.sha256(built.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_the_wheel_of_the_sdist_is_the_wheel(sources: tuple[Path, Path], tmp_path: Path) -> None:
    """Nothing that the wheel needs is missing from the sdist."""
    sdist = build(sources[0], tmp_path / "sdist", "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    direct = build(sources[0], tmp_path / "direct", "wheel")
    again = build(unpacked, tmp_path / "again", "wheel")
    with zipfile.ZipFile(direct) as one, zipfile.ZipFile(again) as other:
        assert one.namelist() == other.namelist()
        assert all(one.read(name) == other.read(name) for name in one.namelist())
