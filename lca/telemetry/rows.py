"""One row of a roll-up: its energy, bounds, coverage, and the reasons to doubt it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lca.telemetry.cells import COUNTS

__all__ = ["Row", "data_of", "read_row"]

_TEXTS = {
    "resets": "the counter was reset {count}; bridged by its mean rate",
    "wraps": "the counter wrapped around {count}",
    "odd": "the counter rose faster than a board can draw {count}; bridged by its mean rate",
    "missing": "{count} without a reading",
    "negative": "{count} below zero, not used",
    "implausible": "{count} higher than a board can draw, not used",
    "untimed": "{count} without a time, not used",
    "doubles": "{count} at a time that has one already: counted once",
    "conflicts": "{count} contradict another of that time: the highest is used",
}
_TIMES = ("resets", "wraps", "odd")
_MICRO = 1e6


@dataclass(frozen=True, slots=True)
class Row:
    """Energy of a device, job or hour.

    Attributes
    ----------
    keys
        Its headings, such as ``{"device": "GPU-1", "hour": "2026-11-22T08:00Z"}``.
    energy
        J; None where nothing was measured.
    low, high
        Bounds of the true energy (J).
    covered, span
        Measured time, and the whole time with its gaps, of all devices together (s).
    samples, gaps
        How many.
    methods
        ``power``, ``counter`` or both.
    reasons
        Why it is missing, partial or doubtful.
    """

    keys: Mapping[str, str]
    energy: float | None
    low: float
    high: float
    covered: float
    span: float
    samples: int
    gaps: int
    devices: int
    methods: tuple[str, ...]
    reasons: tuple[str, ...] = ()

    @property
    def coverage(self) -> float:
        """Share of the time that was measured, 0 to 1."""
        return self.covered / self.span if self.span > 0 else 0.0

    @property
    def power(self) -> float | None:
        """Mean power of one device while it was measured (W)."""
        if self.energy is None or self.covered <= 0:
            return None
        return self.energy / self.covered


def read_row(by: Sequence[str], values: Sequence[Any]) -> Row:
    """Return a row from what the engine summed (µJ, µs)."""
    rest = values[len(by) :]
    middle, low, high, covered, span = (float(x or 0) / _MICRO for x in rest[:5])
    counts = dict(zip(COUNTS, (int(x or 0) for x in rest[5 : 5 + len(COUNTS)]), strict=True))
    keys = {name: _key(name, value) for name, value in zip(by, values, strict=False)}
    return Row(
        keys=keys,
        energy=middle / 2 if covered > 0 else None,
        low=max(0.0, low),
        high=high,
        covered=covered,
        span=span,
        samples=counts["samples"],
        gaps=counts["gaps"],
        devices=int(rest[-1] or 0),
        methods=tuple(rest[-2] or ()),
        reasons=tuple(_reasons(counts, covered, span)),
    )


def _key(name: str, value: Any) -> str:
    if name == "hour":
        return datetime.fromtimestamp(value * 3600, UTC).strftime("%Y-%m-%dT%H:%MZ")
    return str(value)


def _reasons(counts: Mapping[str, int], covered: float, span: float) -> Iterator[str]:
    """Yield why a row is missing, partial or doubtful."""
    if span > covered:
        gaps = (
            f"{counts['gaps']} gap{'' if counts['gaps'] == 1 else 's'}" if counts["gaps"] else "gap"
        )
        yield f"{gaps}: {span - covered:.6g} s are not measured, and in the bounds alone"
    if span <= 0 and counts["samples"]:
        yield "a single sample says nothing of energy"
    if not counts["samples"]:
        yield "no sample is a reading"
    for name, text in _TEXTS.items():
        if counts[name]:
            unit = "time" if name in _TIMES else "sample"
            count = f"{counts[name]} {unit}{'' if counts[name] == 1 else 's'}"
            yield text.format(count=count)


def data_of(row: Row) -> dict[str, Any]:
    """Return a row as plain data, energy in kWh."""
    kwh = 3.6e6
    return {
        **row.keys,
        "energy": None if row.energy is None else row.energy / kwh,
        "low": row.low / kwh,
        "high": row.high / kwh,
        "coverage": row.coverage,
        "power": row.power,
        "hours": row.covered / 3600,
        "samples": row.samples,
        "gaps": row.gaps,
        "devices": row.devices,
        "method": "+".join(row.methods) or "none",
        "reasons": list(row.reasons),
    }
