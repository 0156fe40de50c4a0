"""Compare energy meters where the truth is known: error, bounds and cost, side by side.

Each meter runs in a process of its own, on the stand-in for ``libnvidia-ml.so.1`` that the tests
use, whose boards draw what a trace says. CodeCarbon, Zeus and joules (the package
``landauer-gap``) are compared where they are installed; nothing of this project needs them::

    python -m venv rivals
    rivals/bin/pip install . codecarbon zeus landauer-gap
    rivals/bin/python benchmarks/meters.py

Calls take time, so the truth is a range: what was drawn between the returns of start and stop,
and between their calls. An error is the distance outside that range. For lca the table also says
whether its interval holds the truth.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the stand-in lives with the tests

from measure.stand_in import boards as known  # noqa: E402
from measure.stand_in.build import compile_library  # noqa: E402
from measure.stand_in.trace import Board, Trace, Watts  # noqa: E402

BEGIN = 2.5
"""Time of the trace (s) at which windows begin; until then the meters get ready."""
METERS = ("lca", "lca_aligned", "codecarbon", "zeus", "joules")
SHORT = 0.05
TRIALS = 5
LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Case:
    """One row: boards, the length of the window (s), and which boards the process may see."""

    name: str
    boards: tuple[Board, ...]
    length: float
    visible: str | None = None
    trials: int = 1

    def counted(self) -> list[Board]:
        """Return the boards whose energy a meter should report."""
        return [one for one in Trace(boards=self.boards).boards if self.visible in {None, one.uuid}]


def cases(length: float) -> list[Case]:
    """Return the rows: the cases in which meters have been seen to fail."""
    middle = BEGIN + length / 2
    bursts: Watts = tuple(
        (k / 20, (700.0, 100.0)[k % 2]) for k in range(int(40 * (length + BEGIN)))
    )
    phases: Watts = ((0.0, 100.0), (BEGIN + length / 3, 400.0), (BEGIN + 2 * length / 3, 200.0))
    steady, pascal = known.hopper(), known.pascal(((0.0, 150.0),))
    two = (known.hopper(((0.0, 200.0),)), steady)
    second = Trace(boards=two).boards[1].uuid
    return [
        Case("steady 250 W", (steady,), length),
        Case("2 boards, 200 + 250 W", two, length),
        Case("700/100 W at 50 ms", (known.hopper(bursts),), length),
        Case("three phases", (known.hopper(phases),), length),
        Case("no counter, steady 150 W", (pascal,), length),
        Case("no counter, phases", (known.pascal(phases),), length),
        Case("counter reset half-way", (replace(steady, resets=(middle,)),), length),
        Case("board lost half-way", (replace(steady, lost=middle),), length),
        Case("old driver: power call alone", (known.old_driver(phases),), length),
        Case("visible: second of 2, by UUID", two, length, visible=second),
        Case("50 ms window", (known.hopper(((0.0, 300.0),)),), SHORT, trials=TRIALS),
    ]


def machine(folder: Path, case: Case) -> dict[str, str]:
    """Return the environment of a process that sees the boards of a case."""
    trace = Trace(boards=case.boards).write(folder / "trace.txt")
    hidden = {"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER"}
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env["LD_LIBRARY_PATH"], env["LCA_STAND_IN_TRACE"] = str(folder), str(trace)
    env["PATH"] = f"{folder}{os.pathsep}{env['PATH']}"  # CodeCarbon looks for an nvidia-smi
    env["PYTHONPATH"] = str(ROOT)
    if case.visible:
        env["CUDA_VISIBLE_DEVICES"] = case.visible
    return env


def observe(meter: str, length: float, env: dict[str, str]) -> dict[str, Any]:
    """Run one meter over one window; return what it said and when it was asked."""
    script = str(Path(__file__).with_name("meter_window.py"))
    command = [sys.executable, script, meter, repr(BEGIN), repr(length)]
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return {"failure": "no answer"}
    try:
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError):
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")


def truth(case: Case, seen: dict[str, Any]) -> tuple[float, float]:
    """Return the least and the most J that a right answer may be."""
    begun, started, stopping, stopped = seen["times"]
    lost = min((one.lost for one in case.counted() if one.lost), default=stopped)
    inner, outer = (started, min(stopping, lost)), (begun, stopped)
    low, high = (sum(one.integral(*span) for one in case.counted()) for span in (inner, outer))
    return low, high


def cell(case: Case, answers: Sequence[dict[str, Any]]) -> str:
    """Return what a meter is worth in a case, in a few characters."""
    texts = [_answer(case, one) for one in answers]
    errors = [_error(case, one) for one in answers]
    known_errors = [error for error in errors if error is not None]
    if len(answers) == 1 or not known_errors:
        return texts[0] if len(set(texts)) == 1 else f"{texts[0]} ..."
    return f"{min(known_errors):+.0%} to {max(known_errors):+.0%}"


def _error(case: Case, seen: dict[str, Any]) -> float | None:
    """Return the distance outside the truth, relative to its nearer end; None without a value."""
    if seen.get("joules") is None:
        return None
    low, high = truth(case, seen)
    if low <= 0:  # on a busy machine the window may begin after the board has gone
        return None
    nearest = min(max(seen["joules"], low), high)
    return float(seen["joules"] - nearest) / nearest


def _answer(case: Case, seen: dict[str, Any]) -> str:
    """Return one answer as text."""
    if "failure" in seen:
        return str(seen["failure"])
    if truth(case, seen)[0] <= 0:
        return "began too late"
    error = _error(case, seen)
    text = "no value" if error is None else f"{error:+.1%}".replace("-0.0%", "+0.0%")
    if seen.get("low") is None:
        return text
    low, high = truth(case, seen)
    holds = seen["low"] <= high and seen["high"] >= low
    mark = "in" if holds else "NOT IN"
    return f"{text} {mark} {seen['low']:.0f}..{seen['high']:.0f} J"


def installed(names: Sequence[str]) -> Iterator[str]:
    """Yield the meters that can be imported here; say which cannot."""
    packages = {"lca_aligned": "lca"}
    for name in names:
        package = packages.get(name, name)
        code = f"import {package}"
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        if done.returncode:
            print(f"{name}: left out, `{code}` fails here", file=sys.stderr)
        else:
            yield name


def compare(names: Sequence[str], folder: Path, length: float) -> None:
    """Print the table of errors, each row as soon as it is known; the meters run side by side."""
    print(f"\n{'error':<31}" + "".join(f"{name:<27}" for name in names))
    with ThreadPoolExecutor(len(names)) as together:
        for case in cases(length):
            env = machine(folder, case)
            row = together.map(partial(_cell, case, env), names)
            print(f"{case.name:<31}" + "".join(f"{text:<27}" for text in row), flush=True)


def _cell(case: Case, env: dict[str, str], name: str) -> str:
    """Return what one meter is worth in a case."""
    return cell(case, [observe(name, case.length, env) for _ in range(case.trials)])


COSTS = (
    ("import", "s", 1.0),
    ("first start and stop", "ms", 1e3),
    ("later start and stop", "ms", 1e3),
    ("processor share", "%", 100.0),
    ("threads", "", 1.0),
    ("children", "", 1.0),
)


def charge(names: Sequence[str], folder: Path, length: float) -> None:
    """Print what each meter costs on a steady board."""
    case = Case("steady", (known.hopper(),), length)
    env = machine(folder, case)
    runs = {name: [observe(name, length, env) for _ in range(3)] for name in names}
    print(f"\n{'cost (median of 3)':<31}" + "".join(f"{name:<27}" for name in names))
    for what, unit, scale in COSTS:
        values = [
            statistics.median(run.get("cost", {}).get(what, float("nan")) for run in runs[name])
            for name in names
        ]
        texts = [f"{value * scale:.3g} {unit}" for value in values]
        print(f"{what:<31}" + "".join(f"{text:<27}" for text in texts))
    seconds = _torch()
    said = "torch is not installed" if seconds is None else f"import torch takes {seconds:.2f} s"
    print(f"({said})")


def _torch() -> float | None:
    """Return the seconds that ``import torch`` takes, None without torch."""
    code = "import time; t = time.perf_counter(); import torch; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return None if done.returncode else float(done.stdout)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6.0, help="length of the windows")
    parser.add_argument("--meters", nargs="+", choices=METERS, default=METERS)
    given = parser.parse_args()
    names = list(installed(given.meters))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compile_library(folder)
        program = folder / "nvidia-smi"
        program.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
        program.chmod(0o755)
        compare(names, folder, given.seconds)
        charge(names, folder, given.seconds)


if __name__ == "__main__":
    main()
