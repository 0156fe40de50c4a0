"""Install the built wheel under every Python found, alone and at its oldest dependencies, and use it.

Run ``python tools/matrix.py`` for all, ``--floor`` for the oldest dependencies under this Python
alone. Needs a package index. Each environment gets the wheel and what it requires, no extra; a
short session of commands must then give the numbers of the checkout, and a feature that needs an
extra must name it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST, NEWEST = (3, 11), (3, 20)
NEWEST_OF_THE_FLOOR = (3, 12)
"""The newest Python for which the oldest dependencies have wheels."""
DEVICES = ("nvidia-h100-sxm5-80gb", "amd-instinct-mi300x", "google-tpu-v6e-trillium")
COMPARE = ("compare", *DEVICES, "--region", "FR", "--json")
SCENARIO = "procurement"
EXTRAS = {
    "pdf": ("report", "mine.yaml", "-o", "report.pdf"),
    "xlsx": ("report", "mine.yaml", "-o", "report.xlsx"),
    "serve": ("serve", "--no-open", "--port", "0"),
    "telemetry": ("import", "telemetry", "power.csv"),
    "parquet": ("sweep", "mine.yaml", "--over", "period=2027,2028", "-o", "sweep.parquet"),
}
"""A command that needs an extra, by the extra that its message must name."""
USED = (
    ("init", SCENARIO, "-o", "mine.yaml"),
    ("check", "mine.yaml"),
    ("run", "mine.yaml", "-o", "result.json", "-o", "result.csv", "-o", "result.md", "--quiet"),
    ("report", "mine.yaml", "-o", "report.html", "--quiet"),
    ("why", "mine.yaml"),
    ("list", "gpu"),
    ("doctor",),
    ("validate", "--published", "--json"),
)


class Failed(Exception):
    """A command of the session did not do what it should."""


def main() -> int:
    """Try each environment; return how many did not pass."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--floor", action="store_true", help="the oldest dependencies alone")
    parser.add_argument("--python", action="append", help="an interpreter to use; repeatable")
    asked = parser.parse_args()
    if asked.floor and not asked.python and sys.version_info[:2] > NEWEST_OF_THE_FLOOR:
        print("skipped: the oldest dependencies have no wheels for this Python")
        return 0
    pythons = asked.python or [sys.executable] if asked.floor else asked.python or [*interpreters()]
    with tempfile.TemporaryDirectory() as folder:
        wheel = built(Path(folder))
        return sum(not passes(*trial, wheel) for trial in trials(pythons, floor_only=asked.floor))


def trials(pythons: list[str], *, floor_only: bool) -> Iterator[tuple[str, bool]]:
    """Yield an interpreter, and whether it gets the oldest dependencies."""
    if not floor_only:
        yield from ((python, False) for python in pythons)
    yield pythons[0], True  # the oldest releases have wheels for the oldest Python only


def interpreters() -> Iterator[str]:
    """Yield one interpreter of each version that the package admits, oldest first."""
    folders = [Path(text) for text in os.environ.get("PATH", "").split(os.pathsep) if text]
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [*sorted(versions.glob("*/bin")), *folders]
    for minor in range(OLDEST[1], NEWEST[1]):
        name = f"python{OLDEST[0]}.{minor}"
        found = [folder / name for folder in folders if (folder / name).exists()]
        if found:
            yield str(found[0])


def built(folder: Path) -> Path:
    """Return the wheel made from the sdist made from the checkout, as an index would have it."""
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run([*build, "-t", "sdist"], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    quietly([*wheel, str(sdist)])
    (found,) = folder.glob("*.whl")
    return found


def floors() -> list[str]:
    """Return each direct requirement at the oldest version that pyproject.toml admits."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [re.sub(r">=", "==", text) for text in project["dependencies"]]


def passes(python: str, oldest: bool, wheel: Path) -> bool:
    """Install the wheel under an interpreter, use it, and say how that went."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        try:
            label = installed(python, folder, [str(wheel), *(floors() if oldest else [])])
            session(folder)
        except (Failed, subprocess.CalledProcessError) as failure:
            print(f"FAILED  {python}{' (oldest)' if oldest else ''}: {failure}")
            return False
    print(f"passed  {label}")
    return True


def installed(python: str, folder: Path, wanted: list[str]) -> str:
    """Make an environment with what is wanted; return its versions in words."""
    subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
    pip = [str(folder / "venv/bin/python"), "-m", "pip", "--disable-pip-version-check"]
    quietly([*pip, "install", "--quiet", *wanted])
    listed = subprocess.run([*pip, "list", "--format=json"], check=True, capture_output=True)
    version = {entry["name"].lower(): entry["version"] for entry in json.loads(listed.stdout)}
    named = ("click", "numpy", "pandas", "pint", "pydantic", "pyyaml", "rich", "scipy")
    run = subprocess.run([python, "--version"], check=True, capture_output=True, text=True)
    return f"{run.stdout.strip()}: " + ", ".join(f"{name} {version[name]}" for name in named)


def quietly(command: list[str]) -> None:
    """Run a command; raise with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"{' '.join(command)}: {done.stderr[-2000:]}"
        raise Failed(msg)


def session(folder: Path) -> None:
    """Use the installed program as a newcomer would; raise what went wrong."""
    here = json.loads(call(folder, *COMPARE).stdout)
    same(here, json.loads(in_checkout(*COMPARE)))
    for command in USED:
        call(folder, *command)
    (folder / "power.csv").write_text("time,gpu,power_w\n0,a,100\n", encoding="utf-8")
    for extra, command in EXTRAS.items():
        done = call(folder, *command, code=3)
        if f"lca[{extra}]" not in done.stderr or "Traceback" in done.stderr:
            msg = f"lca {' '.join(command)} should name lca[{extra}]: {done.stderr.strip()}"
            raise Failed(msg)


def call(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the installed ``lca`` away from the checkout; raise if it ends with another code."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LCA_"))}
    program = str(folder / "venv/bin/lca")
    done = subprocess.run(
        [program, *arguments], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )
    if done.returncode != code:
        msg = f"lca {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}"
        raise Failed(msg)
    return done


def in_checkout(*arguments: str) -> str:
    """Run ``lca`` of the checkout; return what it prints."""
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def same(here: object, there: object, path: str = "") -> None:
    """Raise where two results differ: numbers by more than rounding, all else at all."""
    if isinstance(there, dict) and isinstance(here, dict) and here.keys() == there.keys():
        for key in there:
            same(here[key], there[key], f"{path}.{key}")
    elif isinstance(there, list) and isinstance(here, list) and len(here) == len(there):
        for index, (ours, theirs) in enumerate(zip(here, there, strict=True)):
            same(ours, theirs, f"{path}[{index}]")
    elif isinstance(there, float) and isinstance(here, float):
        if not math.isclose(here, there, rel_tol=1e-9, abs_tol=1e-12):
            msg = f"{path}: {here} where the checkout gives {there}"
            raise Failed(msg)
    elif here != there:
        msg = f"{path}: {here!r} where the checkout gives {there!r}"
        raise Failed(msg)


if __name__ == "__main__":
    sys.exit(main())
