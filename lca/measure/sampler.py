"""The one thread that reads meters while a program runs."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Sampler"]


class Sampler:
    """One thread that calls a function at an even pace until it is stopped.

    Parameters
    ----------
    function : callable
        What is called.
    interval : float
        Time between two calls (s).
    """

    def __init__(self, function: Callable[[], None], interval: float) -> None:
        self._function, self._interval = function, interval
        # Held until the end: waiting for a bare lock touches less than waiting for an event.
        self._end = threading.Lock()
        self._end.acquire()
        self._thread = threading.Thread(target=self._run, name="lca-measure", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the call in progress."""
        with suppress(RuntimeError):  # it has ended already
            self._end.release()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        """Call at an even pace; a call that is late does not make the next ones hurry."""
        function, interval = self._function, self._interval
        wait, clock = self._end.acquire, time.monotonic
        due = clock() + interval
        while not wait(True, max(0.0, due - clock())):
            function()
            due = max(due + interval, clock())
