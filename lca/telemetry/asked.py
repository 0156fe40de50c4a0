"""What a person asks of a roll-up, and the limits it works within."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lca.errors import InputError, UnitError, did_you_mean, quoted

__all__ = [
    "BY",
    "HOUR",
    "MOST_POWER",
    "Asked",
    "read_by",
    "read_memory",
    "read_moment",
    "read_pairs",
    "read_power",
]

BY = ("device", "host", "job", "hour")
"""What energy can be summed by."""

HOUR = 3_600_000_000
"""An hour in microseconds."""

MOST_POWER = 1e6
"""Highest power (W) for which the sum of an hour, in µJ, is a whole number below 2^53."""

_MEMORY = re.compile(r"\s*([\d.]+)\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the files do not say.

    Attributes
    ----------
    columns
        Name of a column by its role, such as ``{"power": "POWER"}``.
    units
        Unit by role, such as ``{"power": "mW"}``.
    hardware
        Id of the boards in the hardware database, where the files do not name them.
    gap
        Time (s) between two samples beyond which nothing is known; None for five times the
        usual one of each device.
    highest
        Power (W) above which a sample is no reading of a board; at most `MOST_POWER`.
    since, until
        First and last time (µs since 1970) of the samples that are read; None for all.
    memory
        Memory that the engine may use before it writes to ``folder``, such as ``2GB``.
    folder
        Where it may write temporary files; the system's by default.
    threads
        How many; as many as there are processors by default.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    hardware: str = ""
    gap: float | None = None
    highest: float = 5000.0
    since: int | None = None
    until: int | None = None
    memory: str = ""
    folder: Path | None = None
    threads: int | None = None


def read_by(text: str) -> tuple[str, ...]:
    """Return what to sum by, from a text such as ``device,hour``.

    Raises
    ------
    InputError
        There is no such heading, or one stands twice.

    Examples
    --------
    >>> read_by("job, hour")
    ('job', 'hour')
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in BY:
            hint = did_you_mean(name, BY)
            msg = f"--by: no {quoted(name)}{hint} (one or more of: {','.join(BY)})"
            raise InputError(msg)
    if not names or len(set(names)) < len(names):
        msg = f"--by {quoted(text)}: name each of {','.join(BY)} at most once, and at least one"
        raise InputError(msg)
    return names


def read_pairs(texts: tuple[str, ...], option: str, roles: tuple[str, ...]) -> dict[str, str]:
    """Return pairs such as ``power=mW`` as a mapping.

    Raises
    ------
    InputError
        One is no pair, or of a role that there is not.
    """
    found: dict[str, str] = {}
    for text in texts:
        role, sign, value = text.partition("=")
        if not sign or not value.strip():
            msg = f"{option} {quoted(text)}: write ROLE=NAME, such as power=mW"
            raise InputError(msg)
        if role.strip() not in roles:
            hint = did_you_mean(role.strip(), roles)
            msg = f"{option}: no role {quoted(role)}{hint} (one of: {', '.join(roles)})"
            raise InputError(msg)
        found[role.strip()] = value.strip()
    return found


def read_memory(text: str) -> str:
    """Return an amount of memory, such as ``2 GB``, as the engine writes it.

    Raises
    ------
    UnitError
        It is no such amount.

    Examples
    --------
    >>> read_memory("2 GB")
    '2GB'
    """
    match = _MEMORY.fullmatch(text)
    if match is None:
        msg = f"{quoted(text)} is not an amount of memory; write for example 2GB or 512MB"
        raise UnitError(msg)
    return f"{match[1]}{match[2]}"


def read_moment(text: str, option: str) -> int:
    """Return a date, or a date and time, as µs since 1970; without a zone it is UTC.

    Raises
    ------
    InputError
        It is neither.

    Examples
    --------
    >>> read_moment("2026-01-01T01:00+01:00", "--from")
    1767225600000000
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        msg = f"{option} {quoted(text)}: write a date such as 2026-01-31 or 2026-01-31T08:00Z"
        raise InputError(msg) from None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round((zoned - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)


def read_power(text: str) -> float:
    """Return the power (W) above which a sample is no reading.

    Raises
    ------
    UnitError
        It is no power.
    InputError
        It is none that a board could have.
    """
    from lca import units

    watts = units.parse(text, "W")
    if not 0 < watts <= MOST_POWER:
        msg = f"--highest {quoted(text)}: write a power above nothing and up to {MOST_POWER / 1e6:g} MW"
        raise InputError(msg)
    return float(watts)
