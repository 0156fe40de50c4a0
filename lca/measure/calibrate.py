"""Calibrate a node: what its wall draws beside what its meters see.

Counters of boards and packages miss fans, power supplies and the rest of the board. Paired
readings of a wall meter give two numbers of one machine, ``wall = scale × measured + offset ×
time``, fitted by least relative squares; each reading left out in turn says how far they err.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lca import document, units
from lca.errors import InputError, Problem, UnitError

if TYPE_CHECKING:
    from lca.measure.integrate import Energy
    from lca.measure.records import WorkloadRecord

LEAST = 4
"""Readings below which nothing is fitted: two numbers, and two readings to judge them by."""

_KILOWATT = 1e-3
"""A watt in kW."""

SAME_POWER = 1.05
"""Highest over lowest mean power below which scale and offset cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One run with both meters.

    Attributes
    ----------
    measured
        What the machine's own meters counted (J).
    wall
        What the wall meter counted (J).
    time
        How long (s).
    scopes
        What the machine's own meters cover, such as ``gpu`` and ``package``; () where unsaid.
    """

    measured: float
    wall: float
    time: float
    scopes: tuple[str, ...] = ()

    @property
    def power(self) -> float:
        """Mean measured power (W)."""
        return self.measured / self.time


@dataclass(frozen=True, slots=True)
class Calibration:
    """The node model of one machine, with how far it erred on readings it had not seen.

    Attributes
    ----------
    scale
        Wall energy per measured energy.
    offset
        Power drawn beside that (W).
    bound
        Largest relative error of a reading that was left out of the fit.
    typical
        Mean relative error of the readings left out.
    readings
        How many readings it rests on.
    power
        Lowest and highest mean measured power of the readings (W): outside is extrapolation.
    scopes
        What the meters of the readings cover.
    source
        The file of readings, with the beginning of its SHA-256.
    """

    scale: float
    offset: float
    bound: float
    typical: float
    readings: int
    power: tuple[float, float]
    scopes: tuple[str, ...] = ()
    source: str = ""

    def wall(self, measured: float, time: float) -> float:
        """Return the wall energy (J) of a measured energy (J) over a time (s)."""
        return self.scale * measured + self.offset * time

    def covers(self, power: float) -> bool:
        """Whether a mean power (W) lies among those of the readings."""
        return self.power[0] <= power <= self.power[1]

    def save(self, path: str | Path) -> None:
        """Write the calibration as YAML, atomically."""
        document.write_atomically(path, document.dump(self.data()))

    def data(self) -> dict[str, Any]:
        """Return the calibration as it stands in a file: text with units."""
        low, high = self.power
        return {
            "schema": "1",
            "scale": f"{self.scale:.6g}",
            "offset": f"{self.offset:.6g} W",
            "bound": f"{100 * self.bound:.4g}%",
            "typical": f"{100 * self.typical:.4g}%",
            "readings": str(self.readings),
            "power": {"low": f"{low:.6g} W", "high": f"{high:.6g} W"},
            "scopes": list(self.scopes),
            "source": self.source,
        }


def fit(readings: Sequence[Reading], source: str = "") -> Calibration:
    """Fit the node model, and judge it by leaving each reading out in turn.

    Raises
    ------
    InputError
        If there are too few readings, or they are of different meters.
    """
    _check(readings)
    scale, offset = _solve(readings)
    errors = [_left_out(readings, number) for number in range(len(readings))]
    powers = [reading.power for reading in readings]
    return Calibration(
        scale,
        offset,
        max(errors),
        sum(errors) / len(errors),
        len(readings),
        (min(powers), max(powers)),
        readings[0].scopes,
        source,
    )


def _check(readings: Sequence[Reading]) -> None:
    """Refuse readings that cannot tell scale and offset."""
    if len(readings) < LEAST:
        msg = (
            f"{len(readings)} readings; a calibration needs {LEAST} or more, "
            "at several loads from idle to full"
        )
        raise InputError(msg)
    scopes = {reading.scopes for reading in readings}
    if len(scopes) > 1:
        found = "; ".join(sorted(", ".join(one) or "unsaid" for one in scopes))
        msg = f"the readings are of different meters ({found}); calibrate one set at a time"
        raise InputError(msg)


def _solve(readings: Sequence[Reading]) -> tuple[float, float]:
    """Return scale and offset that make the sum of squared relative errors least.

    Neither can be negative: a node draws what its parts draw, and more. Where all readings have
    one power the two cannot be told apart, and the scale alone is fitted.
    """
    import numpy as np
    from scipy.optimize import lsq_linear

    rows = np.array([(r.measured / r.wall, r.time / r.wall) for r in readings])
    if not tells_apart(readings):
        only = float(rows[:, 0].sum() / (rows[:, 0] ** 2).sum())
        return only, 0.0
    size = np.abs(rows).max(axis=0)
    found = lsq_linear(rows / size, np.ones(len(rows)), bounds=(0, np.inf), tol=1e-14).x / size
    return float(found[0]), float(found[1])


def tells_apart(readings: Iterable[Reading]) -> bool:
    """Whether the readings differ enough in power to tell scale and offset apart."""
    powers = [reading.power for reading in readings]
    return max(powers) > SAME_POWER * min(powers)


def _left_out(readings: Sequence[Reading], number: int) -> float:
    """Return the relative error on one reading of the model fitted to the others."""
    one = readings[number]
    scale, offset = _solve([*readings[:number], *readings[number + 1 :]])
    return abs(scale * one.measured + offset * one.time - one.wall) / one.wall


def apply(
    calibration: Calibration, energy: Energy, time: float
) -> tuple[float | None, float, float]:
    """Return wall energy with its bounds (J) from a measured energy over a time (s).

    The instrument's bound is carried through, and widened by the largest error of a reading that
    was left out.
    """
    middle = None if energy.value is None else calibration.wall(energy.value, time)
    low = calibration.wall(energy.low, time) * max(0.0, 1 - calibration.bound)
    high = calibration.wall(energy.high, time) * (1 + calibration.bound)
    return middle, low, high


def applied(calibration: Calibration, record: WorkloadRecord) -> WorkloadRecord:
    """Return a record with its energy at the wall beside that of its devices.

    Raises
    ------
    InputError
        If the readings were of other meters, or counted energy otherwise.
    """
    scopes = tuple(sorted({device.scope for device in record.devices}))
    if calibration.scopes and calibration.scopes != scopes:
        msg = (
            f"the calibration is of {', '.join(calibration.scopes)}, the record of "
            f"{', '.join(scopes) or 'nothing'}: measure the same devices"
        )
        raise InputError(msg)
    if record.idle != "total" or record.quality != "measured":
        what = f"idle policy {record.idle}" if record.idle != "total" else record.quality
        msg = f"a calibration applies to measured totals, and this record is: {what}"
        raise InputError(msg)
    value, low, high = apply(calibration, record.total, record.duration)
    found = {
        "source": calibration.source,
        "scale": f"{calibration.scale:.6g}",
        "offset": f"{calibration.offset:.6g} W",
        "bound": f"{100 * calibration.bound:.4g}%",
        "low": f"{low:.9g} J",
    }
    found |= {} if value is None else {"energy": f"{value:.9g} J"}
    found |= {"high": f"{high:.9g} J"} if math.isfinite(high) else {}
    return replace(
        record, calibration=found, reasons=(*record.reasons, *_beyond(calibration, record))
    )


def _beyond(calibration: Calibration, record: WorkloadRecord) -> Iterator[str]:
    """Say so where a record drew more or less than any reading did."""
    value = record.total.value
    if value is None or record.duration <= 0 or calibration.covers(value / record.duration):
        return
    low, high = calibration.power
    yield (
        f"calibration beyond its readings: {value / record.duration:.0f} W measured, "
        f"readings from {low:.0f} to {high:.0f} W; its bound does not hold there"
    )


def load(path: str | Path) -> Calibration:
    """Read a calibration that was saved.

    Raises
    ------
    InputError
        With every mistake of the file.
    """
    text = document.read(path)
    problems: list[Problem] = []

    def take(canonical: str, *steps: str) -> float:
        """Return the quantity at a place of the file, in its canonical unit."""
        found: Any = text.data
        for step in steps:
            found = found.get(step) if isinstance(found, dict) else None
        try:
            return units.parse(str("" if found is None else found), canonical)
        except UnitError as error:
            problems.append(text.problem(steps, error.problems[0].message))
            return math.nan

    watt = _KILOWATT
    power = (take("kW", "power", "low") / watt, take("kW", "power", "high") / watt)
    scale, offset = take("", "scale"), take("kW", "offset") / watt
    bound, typical, count = take("", "bound"), take("", "typical"), take("", "readings")
    if problems:
        raise InputError(problems)
    scopes = text.data.get("scopes")
    listed = tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else ()
    source = str(text.data.get("source") or "")
    return Calibration(scale, offset, bound, typical, int(count), power, listed, source)
