"""The energy of several devices together, after the idle policy, and how good it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lca.measure.integrate import Energy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lca.measure.records import DeviceRecord

__all__ = ["quality_of", "total"]

MODELED_SHARE = 0.1
"""Share of modeled energy from which a total is called modeled."""


def total(devices: Iterable[DeviceRecord], idle: str, duration: float) -> Energy:
    """Return the energy of devices together (J), after the idle policy.

    A device without a value leaves the total without one, but inside its bounds.
    """
    parts = [_attributed(device, idle, duration) for device in devices]
    if not parts:
        return Energy(None, 0.0, math.inf, 0.0, "none", ("nothing was measured",))
    values = [part.value for part in parts]
    known = [value for value in values if value is not None]
    return Energy(
        value=sum(known) if len(known) == len(values) else None,
        low=sum(part.low for part in parts),
        high=sum(part.high for part in parts),
        coverage=min(part.coverage for part in parts),
        method=_joint_method([part.method for part in parts]),
        reasons=tuple(dict.fromkeys(reason for part in parts for reason in part.reasons)),
    )


def _attributed(device: DeviceRecord, idle: str, duration: float) -> Energy:
    """Return what of a device's energy (J) the idle policy gives to the workload."""
    energy, low, high = device.energy, device.low, device.high
    reasons = tuple(f"{device.id}: {reason}" for reason in device.reasons)
    if idle == "share":
        energy = None if energy is None else energy * device.share
        low, high = low * device.share, high * device.share
    elif idle == "above_idle" and device.idle_power is None:
        energy, low = None, 0.0
        reasons += (f"{device.id}: its idle power was not measured, so nothing is deducted",)
    elif idle == "above_idle" and device.idle_power is not None:
        base = device.idle_power * duration
        energy = None if energy is None else energy - base
        low, high = low - base, high - base
    return Energy(energy, low, high, device.coverage, device.method, reasons)


def _joint_method(methods: list[str]) -> str:
    """Return the weakest of several methods."""
    for method in ("none", "model", "power", "counter"):
        if method in methods:
            return method
    return "none"


def quality_of(devices: Iterable[DeviceRecord]) -> tuple[str, tuple[str, ...]]:
    """Return ``measured``, ``modeled`` or ``none`` for devices together, and why.

    A total of which models give more than a tenth is modeled.
    """
    known = [device for device in devices if device.energy is not None]
    if not known:
        return "none", ("no device has a measured or modeled energy",)
    modeled = [device for device in known if device.method == "model"]
    if not modeled:
        return "measured", ()
    energy = sum(device.energy or 0.0 for device in known)
    part = sum(device.energy or 0.0 for device in modeled)
    share = part / energy if energy > 0 else 1.0
    names = ", ".join(device.id for device in modeled)
    reason = f"{share:.0%} of the energy is modeled, not measured: {names}"
    return ("modeled" if share > MODELED_SHARE else "measured"), (reason,)
