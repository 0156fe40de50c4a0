"""Readings of a device, energies with their bounds, and what both kinds of integration share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

__all__ = [
    "RESOLUTION",
    "SLACK",
    "Energy",
    "Sample",
    "energy_of",
    "part_of",
    "too_short",
    "unread_window",
]

RESOLUTION = 0.001
"""A counter is read in whole millijoules (J), power in whole milliwatts (W)."""
SLACK = 1e-9
"""Times closer than this are the same (s)."""


class Sample(NamedTuple):
    """Readings of one device at one time; None where a field cannot be read.

    Parameters
    ----------
    time : float
        Monotonic time (s).
    energy : float, optional
        Counter (J).
    power : float, optional
        Instantaneous power (W).
    average : float, optional
        Power averaged by the device (W).

    """

    time: float
    energy: float | None = None
    power: float | None = None
    average: float | None = None


@dataclass(frozen=True, slots=True)
class Energy:
    """Energy of a window (J) and how it is known.

    Parameters
    ----------
    value : float or None
        Best estimate of what was measured; None if nothing tells.
    low, high : float
        Bounds of the true energy of the whole window; `high` may be infinite.
    coverage : float
        Share of the window that was measured, 0 to 1.
    method : str
        ``counter``, ``power``, ``model`` or ``none``.
    reasons : tuple of str
        Why it is missing, partial or doubtful.

    """

    value: float | None
    low: float
    high: float
    coverage: float
    method: str
    reasons: tuple[str, ...] = ()

    @property
    def bound(self) -> float:
        """Largest distance (J) that the truth can have from the value, or from the middle."""
        if self.value is None:
            return (self.high - self.low) / 2
        return max(self.high - self.value, self.value - self.low)


def energy_of(power: float, time: float) -> float:
    """Return power x time (J); infinite power for no time is nothing."""
    return power * time if time > 0 else 0.0


def part_of(part: float, whole: float) -> float:
    """Return a share between 0 and 1."""
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0


def unread_window(length: float, maximum_power: float, method: str) -> Energy:
    """Return what can be said of a window without readings."""
    most = energy_of(maximum_power, length)
    return Energy(None, 0.0, most, 0.0, method, ("no reading inside the window",))


def too_short(length: float, step: float) -> tuple[str, ...]:
    """Return the reason why a window is too short, if it is."""
    if length >= 2 * step - SLACK:
        return ()
    text = f"the window of {length * 1e3:.3g} ms is shorter than two steps of the meter"
    return (f"{text} ({step * 1e3:.3g} ms each); repeat the work to fill {2 * step:.3g} s",)
