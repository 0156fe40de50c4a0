"""Model the power of processors from their load, where nothing measures it.

The curve is concave: a processor at half load draws far more than half of what full load
adds, as published curves of servers do. It is a model, its interval is wide, and a record
that rests on it is labeled as modeled.
"""

from __future__ import annotations

import csv
import os
import re
import time
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from lca.errors import MeasurementUnavailable
from lca.measure import devices
from lca.measure.integrate import Energy, Sample, from_counter
from lca.measure.reading import Health, Lost, MeterDevice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["CpuModel", "Processor", "find_processor", "identify", "power_at"]

KNOWN = (0.4, 1.6)
"""Range around the curve for a processor of the database (assumed from that spread)."""
UNKNOWN = (0.15, 3.0)
"""Range for a processor that is not in the database (assumed)."""
WATTS_PER_THREAD = 4.0
"""Thermal design power per thread where nothing is known (W, assumed)."""
STEP = 0.1
"""Shortest time between two readings that tell a load (s); ticks are 0.01 s."""
INTERVAL = 1.0


@dataclass(frozen=True, slots=True)
class Processor:
    """What is known of the processors of this machine.

    Parameters
    ----------
    name : str
        As the system calls it.
    hardware : str or None
        Id in the hardware database.
    power : float
        Thermal design power of the visible threads together (W).
    factors : (float, float)
        Range around the curve.
    notes : tuple of str
        How the power was found.

    """

    name: str
    hardware: str | None
    power: float
    factors: tuple[float, float]
    notes: tuple[str, ...]


def power_at(load: float, rated: float) -> float:
    """Return the power (W) of a processor at a load between 0 and 1.

    Examples
    --------
    >>> power_at(0.5, 200.0)
    150.0
    """
    load = min(max(load, 0.0), 1.0)
    for (a, low), (b, high) in pairwise(_curve()):
        if load <= b:
            return rated * (low + (high - low) * (load - a) / (b - a))
    return rated * _curve()[-1][1]


@cache
def _curve() -> tuple[tuple[float, float], ...]:
    """Return pairs of load and share of thermal design power, by load."""
    path = Path(__file__).with_name("load_curve.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple((float(row["load"]), float(row["share"])) for row in csv.DictReader(file))


class CpuModel:
    """The processors of this machine, modeled from the load of the whole machine.

    Raises
    ------
    MeasurementUnavailable
        The system does not tell its load.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        stat: Path = Path("/proc/stat"),
        processor: Processor | None = None,
    ) -> None:
        self._clock, self._stat = clock, stat
        self._processor = processor or find_processor()
        self._last = (clock(), *self._ticks())
        self._joules = 0.0

    def devices(self) -> tuple[MeterDevice, ...]:
        """Return one device: all processors together."""
        known = self._processor
        return (
            MeterDevice(
                id="cpu",
                uuid=None,
                name=known.name,
                scope="package",
                method="model",
                step=STEP,
                maximum_power=power_at(1.0, known.power) * known.factors[1],
                interval=INTERVAL,
                hardware=known.hardware,
                notes=known.notes,
            ),
        )

    def read(self, _device: MeterDevice) -> Sample | Lost:
        """Return the energy of the model since its beginning (J)."""
        now = self._clock()
        try:
            busy, whole = self._ticks()
        except MeasurementUnavailable as error:
            return Lost(now, str(error))
        then, busy_then, whole_then = self._last
        passed = whole - whole_then
        load = (busy - busy_then) / passed if passed > 0 else 0.0
        self._joules += power_at(load, self._processor.power) * (now - then)
        self._last = (now, busy, whole)
        return Sample(now, energy=self._joules)

    def health(self, _device: MeterDevice) -> Health | None:
        """Return None: the model knows only load."""
        return None

    def settle(
        self, device: MeterDevice, samples: Sequence[Sample], start: float, stop: float
    ) -> Energy:
        """Return the modeled energy between two times, in the range of the model."""
        most = device.maximum_power
        found = from_counter(samples, start, stop, step=STEP, maximum_power=most)
        low, high = self._processor.factors
        value = found.value
        if value is None:
            return Energy(None, 0.0, most * (stop - start), 0.0, "model", found.reasons)
        reasons = ("modeled from the load of the whole machine, not measured",)
        return Energy(
            value=value,
            low=value * low,
            high=max(value, min(value * high, most * (stop - start))),
            coverage=found.coverage,
            method="model",
            reasons=(*reasons, *found.reasons),
        )

    def close(self) -> None:
        """Release nothing."""

    def _ticks(self) -> tuple[int, int]:
        """Return busy and all ticks of the machine since it started."""
        try:
            with self._stat.open(encoding="ascii") as file:
                numbers = [int(text) for text in file.readline().split()[1:9]]
            idle = numbers[3] + numbers[4]
        except (OSError, ValueError, IndexError) as error:
            msg = f"the load of the processors cannot be read from {self._stat}: {error}"
            raise MeasurementUnavailable(msg) from None
        return sum(numbers) - idle, sum(numbers)


@cache
def find_processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> Processor:
    """Return the processors of this machine, with the database's power where it has them."""
    name, threads = identify(cpuinfo)
    hardware = hardware_id(name)
    if hardware is not None:
        from lca.library import Library

        entry = Library().cpu(hardware)
        if entry.power.tdp is not None and entry.threads is not None:
            rated = float(entry.power.tdp.central) * 1e3
            whole = entry.threads
            note = f"{rated:.0f} W for {whole} threads ({hardware}), {threads} visible"
            return Processor(name, hardware, rated * threads / whole, KNOWN, (note,))
    note = f"unknown processor: {WATTS_PER_THREAD:.0f} W for each of {threads} threads assumed"
    return Processor(name, None, WATTS_PER_THREAD * threads, UNKNOWN, (note,))


def hardware_id(name: str) -> str | None:
    """Return the id in the hardware database of a processor's own name, None if unknown.

    Examples
    --------
    >>> hardware_id("AMD EPYC 7763 64-Core Processor")
    'amd-epyc-7763'
    >>> hardware_id("Intel(R) Xeon(R) Platinum 8480+")
    'intel-xeon-platinum-8480'
    """
    text = re.sub(r"\((?:r|tm)\)|\bcpu\b|@.*|\+", " ", name.casefold())
    words = text.split()
    for known in devices.ids("cpu"):
        parts = known.split("-")
        # A family name such as "AMD EPYC" is part of many; the model number must be there.
        if words[: len(parts)] == parts and any(map(str.isdigit, parts[-1])):
            return known
    return None


def identify(cpuinfo: Path = Path("/proc/cpuinfo")) -> tuple[str, int]:
    """Return the name of the processor and the number of visible threads."""
    threads = os.cpu_count() or 1
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "unknown processor", threads
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return (match[1].strip() if match else "unknown processor"), threads
