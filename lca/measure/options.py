"""Options of a measurement: what they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lca.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["check", "listed", "seconds"]

POLICIES = ("total", "above_idle", "share")


def check(idle: str, require: str | None, repeat: int, share: float | None) -> None:
    """Refuse options that mean nothing."""
    from lca.errors import did_you_mean

    if idle not in POLICIES:
        msg = f"idle={idle!r} is none of {', '.join(POLICIES)}{did_you_mean(idle, POLICIES)}"
        raise InputError(msg)
    if require not in {None, "measured"}:
        msg = f'require={require!r} is not known; "measured" refuses models'
        raise InputError(msg)
    if repeat < 1:
        msg = f"repeat={repeat} is not a positive whole number"
        raise InputError(msg)
    if share is not None and not 0 < share <= 1:
        msg = f"share={share:g} is not between 0 and 1"
        raise InputError(msg)


def listed(devices: Sequence[str | int] | str | int | None) -> Sequence[str | int] | None:
    """Return the names of devices as a list, also where a single one was given."""
    return [devices] if isinstance(devices, str | int) else devices


def seconds(given: str | float | None) -> float:
    """Return seconds of a time with its unit, or of a number."""
    if given is None:
        return 0.0
    if isinstance(given, str):
        from lca import units

        return units.parse(given, "s")
    return float(given)
