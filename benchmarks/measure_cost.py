"""What measuring costs: import, start and stop, sampling; on the stand-in library, no GPU.

Prints a table of figure, target and verdict. Import is a ratio to ``import torch`` taken in
turns; the rest is the time of this process while it measures one board of the stand-in.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from measuring import ROOT, process

IMPORT = "import time; t = time.perf_counter(); import {0}; print(time.perf_counter() - t)"
TARGETS: dict[str, float | None] = {
    "import lca.measure / import torch": 0.05,
    "start + stop (ms)": 0.5,
    "begin + end of a window (ms)": 0.5,
    "CPU share at the pace of a counter, 4 Hz (%)": 0.1,
    "CPU share at 10 Hz (%)": 0.1,
    "a thread that wakes at 10 Hz and does nothing (%)": None,
    "a thread that wakes and asks the driver once (%)": None,
    "10 Hz / a thread that does nothing": None,
    "10 Hz / a thread that asks the driver once": None,
    "CPU share with a partial record a second (%)": 1.0,
    "child processes": 0.0,
}


def import_ratio(rounds: int = 5) -> float | None:
    """Return the import time of the meters as a share of torch's, None without torch."""
    if importlib.util.find_spec("torch") is None:
        return None
    times = [
        [float(process("-c", IMPORT.format(name))) for name in ("lca.measure", "torch")]
        for _ in range(rounds)
    ]
    ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
    return ours / theirs


def windows(rounds: int = 300) -> tuple[float, float]:
    """Return the median time (s) of start and stop, and of a window inside."""
    import lca.measure

    measurement = lca.measure("cost", devices=[0]).open()
    whole, part = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        measurement.start()
        measurement.stop()
        whole.append(time.perf_counter() - begun)
    measurement.start()
    for _ in range(rounds):
        begun = time.perf_counter()
        measurement.end(measurement.begin("part"))
        part.append(time.perf_counter() - begun)
    measurement.close()
    return statistics.median(whole), statistics.median(part)


def sampling(seconds: float, interval: float | None = None, save: Path | None = None) -> float:
    """Return the share of a core that sampling takes while the program sleeps."""
    from lca.measure.nvml import NvmlMeter
    from lca.measure.windows import Measurement

    meter = NvmlMeter([0], interval=interval)
    with Measurement("cost", meters=[meter], save=save):
        return share(seconds)


def share(seconds: float) -> float:
    """Return the share of a core (%) that this process takes while it sleeps."""
    busy, begun = time.process_time(), time.perf_counter()
    time.sleep(seconds)
    return 100 * (time.process_time() - busy) / (time.perf_counter() - begun)


def waking(seconds: float, function: Callable[[], object] = lambda: None) -> float:
    """Return the share of a core (%) of a thread that sleeps, calls a function, and so on."""
    ended = threading.Event()

    def run() -> None:
        """Wake at 10 Hz, as plainly as a thread can."""
        while not ended.is_set():
            time.sleep(0.1)
            function()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        return share(seconds)
    finally:
        ended.set()
        thread.join()


def asking(seconds: float) -> float:
    """Return the share of a core (%) of a thread that makes one bare call into the driver."""
    import pynvml

    pynvml.nvmlInit()
    handle = pynvml.nvmlDeviceGetHandleByIndex(0)
    call, energy = pynvml.nvmlLib.nvmlDeviceGetTotalEnergyConsumption, ctypes.c_ulonglong()
    try:
        return waking(seconds, partial(call, handle, ctypes.byref(energy)))
    finally:
        pynvml.nvmlShutdown()


def in_turns(seconds: float, rounds: int = 5) -> list[float]:
    """Return the median shares (%) of four ways to wake, taken in turns on a busy machine."""
    ways = (sampling, partial(sampling, interval=0.1), waking, asking)
    shares = [[way(seconds / rounds) for way in ways] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*shares, strict=True)]


def children() -> int:
    """Return how many child processes this process has."""
    tasks = Path("/proc/self/task").glob("*/children")
    return sum(len(task.read_text(encoding="ascii").split()) for task in tasks)


def measure(seconds: float) -> None:
    """Print the figures of this process, one a line."""
    whole, part = windows()
    slow, fast, bare, call = in_turns(seconds)
    print(whole * 1e3, part * 1e3, slow, fast, bare, call, fast / bare, fast / call, sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        print(sampling(seconds, save=Path(folder) / "record.yaml"))
    print(children())


def main(seconds: float = 20.0) -> None:
    """Build the stand-in, measure in a child that finds it, and print the table."""
    sys.path.insert(0, str(ROOT / "tests"))
    from measure.stand_in.build import compile_library
    from measure.stand_in.trace import Trace

    with tempfile.TemporaryDirectory() as folder:
        compile_library(Path(folder))
        trace = Trace().write(Path(folder) / "trace.txt")
        environment = {
            **os.environ,
            "LD_LIBRARY_PATH": folder,
            "LCA_STAND_IN_TRACE": str(trace),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, __file__, "--child", str(seconds)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found = [import_ratio(), *map(float, done.stdout.split())]
    for (name, target), value in zip(TARGETS.items(), found, strict=True):
        if value is None:
            print(f"{name:52} not compared: torch is not installed")
            continue
        if target is None:
            print(f"{name:52} {value:8.4f}")
            continue
        verdict = "met" if value <= target else "MISSED"
        print(f"{name:52} {value:8.4f}  target {target:g}  {verdict}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        measure(float(sys.argv[2]))
    else:
        main(*map(float, sys.argv[1:2]))
