"""Files of samples whose energy is known in closed form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from lca.telemetry import Asked, Rollup, Row, roll_up
from lca.telemetry.writing import result

START = 1_767_225_600
"""2026-01-01T00:00:00Z."""
KWH = 3.6e6

Sample = dict[str, Any]


def samples(
    power: Callable[[float], float],
    seconds: float = 7200,
    step: float = 1.0,
    device: str = "GPU-1",
    begin: float = 0.0,
    **more: Any,
) -> list[Sample]:
    """Return samples of one board from ``begin`` on, its last one included."""
    count = round(seconds / step)
    times = [begin + number * step for number in range(count + 1)]
    return [
        {"timestamp": round((START + t) * 1e6), "uuid": device, "power_w": float(power(t)), **more}
        for t in times
    ]


def steady(watts: float) -> Callable[[float], float]:
    """Return a power that does not change."""
    return lambda _time: watts


def parquet(path: Path, rows: Sequence[Sample], group: int = 2048) -> Path:
    """Write samples as Parquet."""
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    pyarrow.parquet.write_table(pyarrow.table(columns), path, row_group_size=group)
    return path


def csv_text(rows: Iterable[Sample]) -> str:
    """Return samples as the text of a CSV file."""
    listed = list(rows)
    lines = [",".join(listed[0])]
    lines += [",".join("" if x is None else str(x) for x in row.values()) for row in listed]
    return "\n".join(lines) + "\n"


def table(path: Path, rows: Iterable[Sample]) -> Path:
    """Write samples as CSV."""
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def rolled(path: Path, rows: list[Sample], by: str = "device", **asked: object) -> Rollup:
    """Roll up samples through a Parquet file."""
    file = parquet(path / "s.parquet", rows)
    return roll_up([file], tuple(by.split(",")), Asked(**asked))  # type: ignore[arg-type]


def holds(row: Row, truth: float, tolerance: float = 1e-6) -> None:
    """Demand that the bounds hold the truth (J), and that the middle is near it."""
    assert row.low <= truth <= row.high
    assert row.energy == pytest.approx(truth, rel=tolerance)


def numbers(found: Rollup) -> object:
    """Return all that a roll-up says, but for how many files it was read from."""
    return result(found) | {"files": 0}
