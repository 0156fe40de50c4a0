"""The record of a run that still goes on, in its file: what is left after an abrupt end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.errors import LcaError
from lca.measure.records import save

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from lca.measure.records import WorkloadRecord

__all__ = ["SLOWEST", "PartialFile"]

SAVE_INTERVAL = 0.7
"""Time between two partial records (s)."""
SLOWEST = 0.4
"""Longest time between two looks at the file (s): with it, and the time to write a record, two
records are less than a second apart."""


class PartialFile:
    """A file that holds a partial record, at most a second old.

    Parameters
    ----------
    path : path
        The file; it is replaced whole or not at all.
    clock : callable
        Monotonic time (s).
    pace : float
        Time between two calls of `due` (s), more or less.
    """

    def __init__(
        self, path: str | os.PathLike[str], clock: Callable[[], float], pace: float
    ) -> None:
        self._path, self._clock = path, clock
        self._early = pace / 2  # a call that comes a little early must not wait for the next one
        self._time = 0.0

    def due(self) -> bool:
        """Whether it is time to save again; if it is, the pause begins anew."""
        now = self._clock()
        if now + self._early < self._time:
            return False
        self._time = now + SAVE_INTERVAL
        return True

    def save(self, record: WorkloadRecord) -> str:
        """Write a record; return what is wrong instead of ending the run, else nothing."""
        try:
            save(record, self._path)
        except LcaError as error:
            return f"a partial record could not be saved: {error}"
        return ""
