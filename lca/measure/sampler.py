"""The one thread that reads meters while a program runs."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Sampler"]


class Sampler:
    """One thread that calls a function at an even pace until it is stopped."""

    def __init__(self, function: Callable[[], None], interval: float) -> None:
        self._function, self._interval = function, interval
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lca-measure", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the call in progress."""
        self._end.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        """Call at an even pace; a call that is late does not make the next ones hurry."""
        due = time.monotonic() + self._interval
        while not self._end.wait(max(0.0, due - time.monotonic())):
            self._function()
            due = max(due + self._interval, time.monotonic())
