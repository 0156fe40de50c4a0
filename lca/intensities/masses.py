"""Mass of a device with its share of a baseboard: given, published, or by form factor."""

from __future__ import annotations

from lca.library import constants
from lca.library.models import Device
from lca.sources import Quality
from lca.terms import Factor
from lca.values import Value


def device_mass(device: Device, given: Value | None = None) -> Factor:
    """Return the mass of one device as it is shipped into a host (kg).

    The order is: given in the scenario, module with its share of a baseboard, whole card (for a
    card that needs no baseboard), default of its form factor.
    """
    if given is not None:
        return given.factor("device_mass", f"{device.id}/mass/given")
    published = device.mass.module_share or device.mass.total
    if published is None and "card" in device.form_factor.lower():
        published = device.mass.board
    if published is not None:
        source = device.mass.source or device.source
        return published.cited(source, Quality.DECLARED).factor("device_mass", f"{device.id}/mass")
    form = (
        device.form_factor
        if constants("calibrated").raw(f"device_mass.{device.form_factor}")
        else "accelerator"
    )
    return (
        constants("calibrated")
        .value(f"device_mass.{form}", "kg")
        .factor("device_mass", f"form-factor/{form}/mass")
    )
