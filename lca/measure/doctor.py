"""Read every meter live, and say whether what it says can be true.

A meter that answers is not yet a meter that measures: a board that draws 0 W, a counter that
does not move, a reading beyond the board's own limit are found here, before a long run is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lca.measure.integrate import Energy, Sample
    from lca.measure.meters import Opened
    from lca.measure.reading import Meter, MeterDevice

LEAST_POWER = {"gpu": 2.0, "module": 10.0, "package": 0.5, "dram": 0.05}
"""Power (W) that a device which is switched on does not fall below (assumed)."""

SECONDS = 1.5
"""How long each meter is read: fifteen steps of the slowest counter."""

_UNMEASURED = (
    "nothing on this machine measures energy: records will be modeled or say none; "
    "lca measure --require measured refuses that (exit code 5)"
)


@dataclass(frozen=True, slots=True)
class Check:
    """What one device said.

    Attributes
    ----------
    id, name, scope, method, hardware
        Which device, and how it is read.
    power
        Mean power (W) while it was read; None where that could not be told.
    low, high
        Bounds of that power (W).
    state
        ``ok``, ``odd`` (it answers what cannot be true) or ``failed`` (it does not answer).
    remarks
        Why, and what to do; what a record will say about this device.
    health
        Clocks, temperature, limit, what holds the clocks down; () where it does not tell.
    """

    id: str
    name: str
    scope: str
    method: str
    hardware: str | None
    power: float | None
    low: float
    high: float
    state: str
    remarks: tuple[str, ...] = ()
    health: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """All meters of a machine, and why others are missing."""

    checks: tuple[Check, ...]
    missing: tuple[str, ...]

    @property
    def quality(self) -> str:
        """What a record made now would be: ``measured``, ``modeled`` or ``none``."""
        usable = [check for check in self.checks if check.state == "ok"]
        if any(check.method != "model" for check in usable):
            return "measured"
        return "modeled" if usable else "none"

    @property
    def advice(self) -> tuple[str, ...]:
        """What the reader should know of the whole."""
        return () if self.quality == "measured" else (_UNMEASURED,)

    def data(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "quality": self.quality,
            "devices": [_data(check) for check in self.checks],
            "missing": list(self.missing),
            "advice": list(self.advice),
        }


def _data(check: Check) -> dict[str, Any]:
    """Return a check as plain data with units in the keys; what is infinite is null."""
    return {
        "id": check.id,
        "name": check.name,
        "hardware": check.hardware,
        "scope": check.scope,
        "method": check.method,
        "state": check.state,
        "power_W": check.power,
        "low_W": check.low,
        "high_W": check.high if math.isfinite(check.high) else None,
        "remarks": list(check.remarks),
        "health": check.health,
    }


def examine(
    opened: Opened,
    *,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Report:
    """Read all opened meters for a while, together.

    Parameters
    ----------
    opened
        The meters, and why others are missing.
    seconds
        How long.
    clock, sleep
        Monotonic time (s) and how to wait; for tests.
    """
    pairs = [(meter, device) for meter in opened.meters for device in meter.devices()]
    readings = _watch(pairs, seconds, clock, sleep)
    checks = [
        _check(meter, device, *reading)
        for (meter, device), reading in zip(pairs, readings, strict=True)
    ]
    return Report(tuple(checks), opened.missing)


Reading = tuple[list["Sample"], str, float, float]


def _watch(
    pairs: Sequence[tuple[Meter, MeterDevice]],
    seconds: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> list[Reading]:
    """Return each device's samples, why it was lost, and when reading began and ended."""
    from lca.measure.reading import Lost

    samples: list[list[Sample]] = [[] for _ in pairs]
    lost = [""] * len(pairs)
    began = clock()
    pause = min([0.1, *(device.interval for _, device in pairs)])
    while pairs:
        for number, (meter, device) in enumerate(pairs):
            found = None if lost[number] else meter.read(device)
            if isinstance(found, Lost):
                lost[number] = found.reason
            elif found is not None:
                samples[number].append(found)
        if clock() - began >= seconds:
            break
        sleep(pause)
    ended = max([clock(), *(one[-1].time for one in samples if one)])
    return [(one, why, began, ended) for one, why in zip(samples, lost, strict=True)]


def _check(
    meter: Meter, device: MeterDevice, samples: list[Sample], lost: str, began: float, ended: float
) -> Check:
    """Return what a device said in a second and a half, and whether it can be true."""
    if samples:
        began, ended = samples[0].time, samples[-1].time
    length = max(ended - began, 1e-9)
    if lost or len(samples) < 2:
        state, power, low, high = "failed", None, 0.0, math.inf
        remarks: tuple[str, ...] = (_why_lost(lost),)
    else:
        energy = meter.settle(device, samples, began, ended)
        power = None if energy.value is None else energy.value / length
        low, high = energy.low / length, energy.high / length
        state, remarks = _judge(device, energy, power, low)
    return Check(
        device.id,
        device.name,
        device.scope,
        device.method,
        device.hardware,
        power,
        low,
        high,
        state,
        (*remarks, *device.notes),
        _health(meter, device),
    )


def _why_lost(reason: str) -> str:
    """Return that a device does not answer, and what to do."""
    return (
        f"it does not answer: {reason or 'no reading'}; "
        "see the kernel's log (dmesg), reset the board or restart the machine"
    )


def _judge(
    device: MeterDevice, energy: Energy, power: float | None, low: float
) -> tuple[str, tuple[str, ...]]:
    """Return whether a reading can be true, and what is odd about it."""
    if power is None:
        return "odd", energy.reasons or ("it answered, but too little to tell a power",)
    least = LEAST_POWER.get(device.scope, 0.0)
    if power < least:
        what = "0 W is no reading" if power <= 0 else f"below {least:g} W"
        return "odd", (
            f"{power:.3g} W cannot be true: {what}; the sensor may be stuck",
            *energy.reasons,
        )
    if low > device.maximum_power:
        limit = f"above the {device.maximum_power:.0f} W that it cannot exceed"
        return "odd", (f"{power:.0f} W cannot be true: {limit}", *energy.reasons)
    return "ok", energy.reasons


def _health(meter: Meter, device: MeterDevice) -> dict[str, Any]:
    """Return the state of a device as plain data, {} where it does not tell."""
    found = meter.health(device)
    if found is None:
        return {}
    known = {
        "clocks_MHz": dict(found.clocks),
        "temperature_C": found.temperature,
        "power_limit_W": found.power_limit,
        "throttled": list(found.throttled),
    }
    return {name: value for name, value in known.items() if value not in (None, {}, [])}
