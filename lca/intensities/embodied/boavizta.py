"""Boavizta's published formula of a card, for carbon."""

from __future__ import annotations

from lca.intensities import boavizta
from lca.intensities.embodied.pieces import Embodied, NotApplicableError
from lca.library import Library
from lca.library.models import Device
from lca.values import Value


def build(device: Device, library: Library, mass: Value | None) -> Embodied:
    """Return a device's manufacture by this model."""
    del library, mass
    try:
        parts = boavizta.parts(device, "gwp100")
    except LookupError as error:
        raise NotApplicableError(str(error)) from None
    return Embodied(
        "boavizta",
        parts,
        "card",
        note="Boavizta's published formula; it counts stacked memory as one planar die and so lies high for HBM",
    )
