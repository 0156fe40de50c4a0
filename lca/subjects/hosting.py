"""Which host carries a device, and how much of it: for fleets, services and work alike."""

from __future__ import annotations

from lca.intensities.context import Context
from lca.library.models import Device, Instance, Server
from lca.sources import Quality
from lca.terms import Factor
from lca.values import Value


def host_of(context: Context, device: Device, asked: str | None) -> tuple[Server | None, Factor]:
    """Return the host of a device and one device's share of it; what is not known is reported."""
    name = asked if asked is not None else device.host
    none = Factor("host_share", 0.0, "", role="decision")
    if context.model.assumptions.boundary == "module" or name == "none":
        return None, none
    if not name:
        context.miss(
            "gwp100",
            "manufacture",
            f"host of {device.id}",
            "no host of this device is known; name one with host:",
        )
        return None, none
    host = context.library.server(name)
    slots = device.host_slots if asked is None and device.host_slots else host.accelerator_slots
    if not slots:
        context.miss(
            "gwp100",
            "manufacture",
            f"host {name}",
            "it has no accelerator slots: a share cannot be formed",
        )
        return None, none
    return host, Factor(
        "host_share",
        1 / slots,
        "",
        source=host.source,
        quality=Quality.DECLARED,
        note=f"one of {slots} accelerators of {name}",
    )


def instance_share(instance: Instance, by_slots: Factor) -> Factor:
    """Return one device's share of the host by what the instance type states, else by slots."""
    if instance.host_share is None:
        return by_slots
    stated = instance.host_share.central
    if stated / instance.count == by_slots.distribution.central:
        return by_slots
    return Factor(
        "host_share",
        stated / instance.count,
        "",
        identity=f"{instance.id}/host_share",
        source=instance.source,
        quality=Quality.DECLARED,
        note=f"{instance.name} has {stated:.0%} of a host for {instance.count} accelerators",
    )


def warn_decision(context: Context, where: str, name: str, given: Value | None) -> None:
    """Say so where a decision is written as a distribution: decisions are never sampled."""
    if given is not None and not given.distribution.is_exact:
        context.warn(f"{where}.{name} is a decision and is not sampled: its central value is used")
