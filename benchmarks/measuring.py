"""Measure: seconds of calls and of whole processes, and the memory of a process."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Return the median wall-clock seconds of a call."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def clocks(call: Callable[[], object], repeats: int) -> dict[str, float]:
    """Return the median seconds of a call by the clock, and the least of the processor."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter(), time.process_time()
        call()
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    clock, busy = zip(*times, strict=True)
    return {"seconds": statistics.median(clock), "busy": min(busy)}


def process(*arguments: str) -> str:
    """Run this interpreter with arguments, in the checkout; return what it prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def program(*arguments: str) -> str:
    """Run ``lca`` in a process of its own."""
    code = "import sys; sys.argv[0] = 'lca'; from lca.cli import main; sys.exit(main())"
    return process("-c", code, *arguments)


def child(script: str, *arguments: str) -> dict[str, float]:
    """Run a script of this folder in a process of its own; return the numbers it prints."""
    return json.loads(process(str(Path(__file__).parent / script), *arguments))


def medians(script: str, repeats: int, *variants: tuple[str, ...]) -> list[dict[str, float]]:
    """Run a script several times with each variant of its arguments; return their medians.

    The variants take turns, so that a busy spell of the machine falls on all of them.
    """
    rounds = [[child(script, *variant) for variant in variants] for _ in range(repeats)]
    return [
        {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        for runs in zip(*rounds, strict=True)
    ]


def gigabytes() -> float:
    """Return the most memory that this process has held, in GB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def report(numbers: Mapping[str, Any]) -> None:
    """Print numbers for the process that asked."""
    print(json.dumps(numbers | {"memory": gigabytes()}))
