"""What a meter is: devices that can be read, and what one reading tells."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from lca.measure.integrate import Energy, Sample, from_counter, from_power

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Health", "Lost", "Meter", "MeterDevice", "settle"]

DISAGREEMENT = 0.1
"""Relative difference of counter and power from which a record says so."""


@dataclass(frozen=True, slots=True)
class MeterDevice:
    """One device that a meter can read.

    Parameters
    ----------
    id : str
        Name within a record: ``gpu0``, ``package0``.
    uuid : str or None
        Identity that does not change with the order of devices.
    name : str
        What the device calls itself.
    scope : str
        ``gpu``, ``module`` (GPU with its CPU), ``package``, ``dram``.
    method : str
        ``counter``, ``power`` or ``model``.
    step : float
        Longest time between two updates of the counter (s).
    period, window : float
        Time between two updates of power, and time that one averages over (s).
    maximum_power : float
        Power that it does not exceed, averaged over a step (W).
    gain : float
        Largest relative error of the sensor.
    interval : float
        Time between two readings (s).
    share : float
        Share of the device that is visible to this process, such as a MIG slice.
    hardware : str, optional
        Id in the hardware database.
    notes : tuple of str
        What a record must say about this device.

    """

    id: str
    uuid: str | None
    name: str
    scope: str
    method: str
    step: float = 0.1
    period: float = 0.1
    window: float = 0.1
    maximum_power: float = math.inf
    gain: float = 0.0
    interval: float = 0.1
    share: float = 1.0
    hardware: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """A device that cannot be read any more, and why."""

    time: float
    reason: str


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a device: clocks (MHz), temperature (°C), power limit (W), held down by."""

    clocks: Mapping[str, float] = field(default_factory=dict)
    temperature: float | None = None
    power_limit: float | None = None
    throttled: tuple[str, ...] = ()


class Meter(Protocol):
    """Something that reads devices."""

    def devices(self) -> tuple[MeterDevice, ...]:
        """Return what can be read."""

    def read(self, device: MeterDevice) -> Sample | Lost:
        """Return one reading; fields that fail are None, a device that is gone is lost."""

    def health(self, device: MeterDevice) -> Health | None:
        """Return the state of a device, if it tells."""

    def settle(
        self, device: MeterDevice, samples: Sequence[Sample], start: float, stop: float
    ) -> Energy:
        """Return the energy of a device between two times."""

    def close(self) -> None:
        """Release the driver."""


def settle(device: MeterDevice, samples: Sequence[Sample], start: float, stop: float) -> Energy:
    """Return the energy of a device from its counter, else from its power.

    Where both can be read they are compared, and a difference of over a tenth is a reason.
    """
    power = from_power(
        samples,
        start,
        stop,
        period=device.period,
        window=device.window,
        gain=device.gain,
        maximum_power=device.maximum_power,
    )
    if device.method != "counter":
        return power
    counter = from_counter(
        samples,
        start,
        stop,
        step=device.step,
        maximum_power=device.maximum_power,
        gain=device.gain,
    )
    return _with_reasons(counter, _disagreement(counter, power, stop - start, device.step))


def _disagreement(counter: Energy, power: Energy, length: float, step: float) -> tuple[str, ...]:
    """Say that counter and power differ, if they do by more than their edges explain."""
    if counter.value is None or power.value is None or power.value <= 0:
        return ()
    ratio = counter.value / power.value
    if abs(ratio - 1) <= DISAGREEMENT + 2 * step / length:
        return ()
    return (
        f"the counter says {counter.value:.4g} J, power x time {power.value:.4g} J"
        f" (ratio {ratio:.2f}); power may have missed bursts, or the counter may be wrong",
    )


def _with_reasons(energy: Energy, reasons: tuple[str, ...]) -> Energy:
    """Return an energy with more reasons."""
    from dataclasses import replace

    return replace(energy, reasons=(*energy.reasons, *reasons)) if reasons else energy
