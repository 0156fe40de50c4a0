"""Fixtures of the meters: a driver library and a powercap tree whose truth is known.

``stand_in``: the library in this process, on a manual clock; pynvml finds it by itself::

    def test_counter(stand_in):
        trace = stand_in.play(Trace(boards=(boards.hopper(power=((0, 250), (3, 700))),)))
        pynvml.nvmlInit()
        stand_in.set_time(2.0)  # or stand_in.sleep(0.5); stand_in.now()
        ...  # read through pynvml or lca.measure
        stand_in.integral(0.0, 2.0)  # J, all boards; board=0 for one

Hand ``clock=stand_in.now`` and ``sleep=stand_in.sleep`` to what is tested. For code that waits
for the counter to move, ``stand_in.library.advance_per_call(0.001)`` makes every read take a
millisecond; ``stand_in.library.calls()`` counts reads and ``.users()`` open ``nvmlInit``.
``stand_in.library.use_real_clock(time.monotonic())`` lets time run.

``play(board, ...)``: the same with pynvml initialized; returns the handle of the first board.

``stand_in_process(trace)``: a `ChildMachine` for child processes, on the real clock: its ``env``
goes to `subprocess.run`, its ``origin`` is 0 of the trace on ``time.monotonic()``, and
``machine.now()`` is the time of the trace.

``powercap``: a fake ``/sys/class/powercap`` at ``powercap.root`` with a package and a DRAM zone:
``powercap.add("package", 12.5)`` adds J and wraps, ``powercap.deny("package")`` takes the
permission away (also from root), ``powercap.joules("package")`` is the true sum of what was added.

Outside these fixtures the library is loaded too, and says that there is no driver, so that a
test means the same on a machine with a board. Tests marked ``gpu`` want the real one: run them in
a process of their own (``pytest -m gpu``), since a library once loaded stays.

`measure.stand_in.record` writes what real boards say as a trace that ``stand_in.play`` plays back.

from measure.stand_in import boards; from measure.stand_in.trace import Trace, Board, Fault
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pynvml
import pytest

from measure.stand_in.build import (
    NO_COMPILER,
    Library,
    StandIn,
    compile_library,
    find_compiler,
    may_skip,
)
from measure.stand_in.powercap import Powercap
from measure.stand_in.trace import Board, Trace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def library_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the stand-in library once; without a compiler fail, or skip where that is asked."""
    if find_compiler() is None:
        (pytest.skip if may_skip() else pytest.fail)(NO_COMPILER)
    return compile_library(tmp_path_factory.mktemp("stand_in"))


@pytest.fixture(scope="session")
def nvml_library(library_path: Path) -> Library:
    """Load the stand-in library into this process, as a machine without a driver."""
    return Library(library_path)


@pytest.fixture(autouse=True)
def no_real_board(request: pytest.FixtureRequest) -> None:
    """Let no test see a board of the machine it happens to run on."""
    wanted = request.node.get_closest_marker("gpu")
    if wanted is None and not (may_skip() and find_compiler() is None):
        request.getfixturevalue("nvml_library")


@pytest.fixture
def stand_in(nvml_library: Library, tmp_path: Path) -> Iterator[StandIn]:
    """Return the stand-in library in this process, on a manual clock."""
    yield StandIn(nvml_library, tmp_path)
    nvml_library.unload()


@pytest.fixture
def play(stand_in: StandIn) -> Iterator[Callable[..., Any]]:
    """Play boards and return the handle of the first, with pynvml initialized."""
    started = []

    def start(*some: Board) -> Any:
        stand_in.play(Trace(boards=some))
        pynvml.nvmlInit()
        started.append(True)
        return pynvml.nvmlDeviceGetHandleByIndex(0)

    yield start
    for _ in started:
        pynvml.nvmlShutdown()


@dataclass(frozen=True, slots=True)
class ChildMachine:
    """What a child process needs to find the stand-in library, and when its trace began."""

    env: dict[str, str]
    origin: float
    trace: Trace

    def now(self) -> float:
        """Return the time of the trace."""
        return time.monotonic() - self.origin


@pytest.fixture
def stand_in_process(library_path: Path, tmp_path: Path) -> Callable[[Trace], ChildMachine]:
    """Return a function that makes the environment of child processes for a trace."""

    def make(trace: Trace) -> ChildMachine:
        file, origin = trace.write(tmp_path / "process_trace.txt"), time.monotonic()
        hidden = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "LD_PRELOAD")
        env = {name: value for name, value in os.environ.items() if name not in hidden}
        env["LD_LIBRARY_PATH"] = str(library_path.parent)
        env["LCA_STAND_IN_TRACE"], env["LCA_STAND_IN_ORIGIN"] = str(file), repr(origin)
        env["PYTHONPATH"] = str(ROOT)
        return ChildMachine(env, origin, trace)

    return make


@pytest.fixture
def powercap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Powercap:
    """Return a fake powercap tree with one package and its DRAM."""
    return Powercap.make(tmp_path / "powercap", monkeypatch)
