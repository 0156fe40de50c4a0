"""The time of day of a run: when it began, and whether the clock was set meanwhile.

Times and energies of a record come from a clock that nobody sets. The time of day only dates it;
where the two part, the date is doubtful, and so is whether ranks ran at the same time.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

__all__ = ["WallClock"]

_TOLERANCE = 2.0
"""Time by which the clocks may part unsaid (s)."""
_STEERED = 1e-3
"""Share of the run by which they may part unsaid, where the time of day alone is steered."""


class WallClock:
    """The time of day at the start of a run, and what happened to it since.

    Attributes
    ----------
    started : str
        Date and time in UTC, ISO 8601.

    """

    def __init__(self) -> None:
        self._begin, self._steady = time.time(), time.monotonic()
        self.started = datetime.fromtimestamp(self._begin, UTC).isoformat(timespec="milliseconds")

    def remarks(self) -> tuple[str, ...]:
        """Return what a record must say of its date: nothing if the clocks agree."""
        lasted = time.monotonic() - self._steady
        moved = time.time() - self._begin - lasted
        if abs(moved) <= _TOLERANCE + _STEERED * lasted:
            return ()
        way = "forward" if moved > 0 else "back"
        return (
            f"the clock of this machine was set {way} by {abs(moved):.0f} s during the run, or the "
            "machine slept: started is by the clock as it was; duration and energy do not rest on it",
        )
