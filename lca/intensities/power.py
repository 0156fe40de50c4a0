"""Electric power of devices and hosts, symbolically: idle and busy, per device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from lca.formulas import operation
from lca.intensities.context import Context, default
from lca.library.models import Device, Server
from lca.scenario.models import Fleet, Work
from lca.sources import Quality
from lca.terms import Factor, Node, Term, apply
from lca.values import Value


@dataclass(frozen=True, slots=True)
class Draw:
    """Power of one component per device: while it has no work, and while it works (kW)."""

    component: str
    idle: Node
    busy: Node


def device_draw(context: Context, device: Device, use: Fleet | Work, where: str) -> Draw | None:
    """Return the power of a device: given, measured, or a share of its thermal design power.

    A device whose power is neither given nor rated is reported missing, and None returned.
    """
    idle = _state_power(context, device, use, where, "idle")
    busy = _state_power(context, device, use, where, "busy")
    if idle is None or busy is None:
        context.miss("gwp100", "operation", device.id, "neither its power nor its rating is known")
        return None
    return Draw("accelerator", idle, busy)


def _state_power(
    context: Context, device: Device, use: Fleet | Work, where: str, state: str
) -> Node | None:
    given, known = getattr(use.power, state), getattr(device.power, state)
    if given is not None:
        return cast("Value", given).factor(f"{state}_power", f"{where}.power.{state}")
    if known is not None:
        return cited(known, device).factor(f"{state}_power", f"{device.id}/power/{state}")
    if device.power.tdp is None:
        return None
    name = f"{state}_fraction"
    own = getattr(context.model.assumptions.power_model, name)
    inputs: dict[str, Node] = {
        "thermal_design_power": cited(device.power.tdp, device).factor(
            "thermal_design_power", f"{device.id}/power/tdp"
        ),
        name: default(name, own, f"assumptions.power_model.{name}"),
    }
    formula = operation.idle_power if state == "idle" else operation.busy_power
    return Term(f"{state}_power", formula, inputs)


def host_draw(
    context: Context, host: Server | None, share: Factor, use: Fleet | Work, where: str
) -> Draw | None:
    """Return one device's share of its host's power, or None where no host or figure exists."""
    if use.host_power is not None:
        power = use.host_power.factor("host_power", f"{where}.host_power")
        shared = apply(operation.shared_host_power, host_power=power, host_share=share)
        return Draw("host", shared, shared)
    if host is None:
        return None
    busy, idle = host.power.busy or host.power.maximum, host.power.idle
    if busy is None and idle is None:
        context.miss("gwp100", "operation", host.id, "no power of this host is known")
        return None
    return Draw(
        "host", _state(host, idle, busy, "idle", share), _state(host, busy, idle, "busy", share)
    )


def _state(
    host: Server, known: Value | None, other: Value | None, state: str, share: Factor
) -> Node:
    value = known or other
    if value is None:
        msg = f"host {host.id} has no power"
        raise LookupError(msg)
    power: Node = cited(value, host).factor("host_power", f"{host.id}/power/{state}")
    if known is None and state == "idle":
        power = apply(
            operation.idle_power,
            name="host_power",
            thermal_design_power=power,
            idle_fraction=default("host_idle_share"),
        )
    return apply(
        operation.shared_host_power, name=f"{state}_host_power", host_power=power, host_share=share
    )


def cited(value: Value, entry: Device | Server) -> Value:
    """Return a value of a file with the file's own source where it names none."""
    return value.cited(entry.source, Quality.DECLARED)
