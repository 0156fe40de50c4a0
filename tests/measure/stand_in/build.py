"""Build the stand-in library with the machine's C compiler, and talk to its own functions."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from measure.stand_in.trace import Trace

__all__ = ["NO_COMPILER", "Library", "compile_library", "find_compiler", "may_skip"]

SONAME = "libnvidia-ml.so.1"
SOURCES = ("nvml.c", "health.c", "trace.c")
FLAGS = ("-shared", "-fPIC", "-O1", "-std=c11", "-Wall", "-Wextra", "-Werror", "-pthread")
HERE = Path(__file__).parent
NO_COMPILER = (
    "no C compiler (gcc, cc or clang) is on the PATH, and these tests need one to build their"
    " stand-in for libnvidia-ml.so.1; install gcc, or leave these tests out on purpose with"
    " LCA_WITHOUT_COMPILER=1"
)


def find_compiler() -> str | None:
    """Return the C compiler of this machine, or None."""
    named = os.environ.get("CC")
    return next(filter(None, map(shutil.which, filter(None, (named, "gcc", "cc", "clang")))), None)


def may_skip() -> bool:
    """Whether the person who runs the tests said that there is no compiler."""
    return os.environ.get("LCA_WITHOUT_COMPILER") == "1"


def compile_library(folder: Path) -> Path:
    """Build the library in a folder; return its path.

    Raises
    ------
    RuntimeError
        If there is no compiler, or it refuses the source.
    """
    compiler = find_compiler()
    if compiler is None:
        raise RuntimeError(NO_COMPILER)
    target = folder / SONAME
    sources = [str(HERE / name) for name in SOURCES]
    command = [compiler, *FLAGS, f"-Wl,-soname,{SONAME}", *sources, "-o", str(target), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"{' '.join(command)} failed:\n{done.stderr}"
        raise RuntimeError(msg)
    return target


class Library:
    """The stand-in library in this process, with its clock in the hands of a test.

    Once it is loaded, whoever asks the loader for ``libnvidia-ml.so.1`` gets it, so the
    unmodified ``pynvml`` does. Without a trace it answers as a machine without a driver does.

    Parameters
    ----------
    path : Path
        What `compile_library` returned.

    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._library = ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
        self._library.stand_in_error.restype = ctypes.c_char_p
        for name in ("stand_in_now", "stand_in_true_energy"):
            getattr(self._library, name).restype = ctypes.c_double
        self._library.stand_in_calls.restype = ctypes.c_long
        self.unload()

    def load(self, path: Path) -> None:
        """Load a trace file; the clock stands at 0 and moves only when told.

        Raises
        ------
        ValueError
            If the library cannot read it; the message names the line.
        """
        if self._library.stand_in_load(os.fsencode(path)):
            raise ValueError(self._library.stand_in_error().decode())
        self.set_time(0.0)
        self.advance_per_call(0.0)

    def unload(self) -> None:
        """Forget the trace: from now on there is no driver."""
        self._library.stand_in_unload()

    def now(self) -> float:
        """Return the time of the trace in s."""
        return float(self._library.stand_in_now())

    def set_time(self, seconds: float) -> None:
        """Put the manual clock to a time of the trace."""
        self._library.stand_in_set_time(ctypes.c_double(seconds))

    def advance(self, seconds: float) -> None:
        """Move the manual clock forward."""
        self._library.stand_in_advance(ctypes.c_double(seconds))

    def advance_per_call(self, seconds: float) -> None:
        """Let every call that asks a board something take this long on the manual clock."""
        self._library.stand_in_advance_per_call(ctypes.c_double(seconds))

    def use_real_clock(self, origin: float) -> None:
        """Let time run: 0 of the trace is `origin` of ``time.monotonic()``."""
        self._library.stand_in_use_clock(ctypes.c_double(origin))

    def true_energy(self, board: int, start: float, stop: float) -> float:
        """Return the J that a board draws between two times, as the library integrates it."""
        begin, end = ctypes.c_double(start), ctypes.c_double(stop)
        return float(self._library.stand_in_true_energy(board, begin, end))

    def calls(self) -> int:
        """Return how many calls have asked a board something since the trace was loaded."""
        return int(self._library.stand_in_calls())

    def users(self) -> int:
        """Return how many ``nvmlInit`` are not yet followed by their ``nvmlShutdown``."""
        return int(self._library.stand_in_users())


class StandIn:
    """What a test holds: the library in this process, and the trace that it plays.

    Parameters
    ----------
    library : Library
        The loaded library.
    folder : Path
        Where traces are written for it.

    """

    def __init__(self, library: Library, folder: Path) -> None:
        self.library = library
        self._file = folder / "trace.txt"
        self.trace = Trace(boards=())

    def play(self, trace: Trace) -> Trace:
        """Play a trace from time 0 on the manual clock; return it."""
        self.library.load(trace.write(self._file))
        self.trace = trace
        return trace

    def now(self) -> float:
        """Return the time of the trace: the clock to hand to what is tested."""
        return self.library.now()

    def sleep(self, seconds: float) -> None:
        """Move the clock forward at once: the ``sleep`` to hand to what is tested."""
        self.library.advance(seconds)

    def set_time(self, seconds: float) -> None:
        """Put the clock to a time."""
        self.library.set_time(seconds)

    def integral(self, start: float, stop: float, board: int | None = None) -> float:
        """Return the true J of a board, or of all, between two times."""
        if board is None:
            return self.trace.integral(start, stop)
        return self.trace.boards[board].integral(start, stop)
