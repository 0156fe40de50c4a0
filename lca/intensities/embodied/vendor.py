"""The maker's own figure, raised to the module where it was published for a bare card."""

from __future__ import annotations

from lca.formulas import calibrated
from lca.intensities.embodied.pieces import Embodied, NotApplicableError, constant, is_manufacture
from lca.intensities.masses import device_mass
from lca.library import Library, constants
from lca.library.models import Device, Footprint
from lca.sources import Quality
from lca.terms import Factor, Node, apply, product
from lca.uncertain import exact
from lca.values import Value


def build(device: Device, library: Library, mass: Value | None) -> Embodied:
    """Return a device's manufacture by this model."""
    published = [
        f for f in device.footprints if is_manufacture(f) and f.boundary in {"module", "card"}
    ]
    if not published:
        msg = "no published footprint of this device at the module or card boundary"
        raise NotApplicableError(msg)
    best = min(published, key=lambda f: (f.boundary != "module", len(f.stages)))
    spread = (
        constants("defaults")
        .value("published_spread", "")
        .factor("published_spread", f"published/{device.id}")
    )
    whole = _whole(best) if not best.parts else best.parts
    parts: dict[str, Node] = {
        name: _published(device, name, value, best, spread) for name, value in whole.items()
    }
    note, boundary = best.note, str(best.boundary)
    if "card" in device.form_factor.lower():
        boundary = "module"  # a card that plugs into a host has no baseboard to share
    if best.boundary == "card" and _has_baseboard(device):
        boundary = "module"
        parts["baseboard"] = _baseboard(device, mass)
        note = f"{note}; the share of the baseboard is added by the calibrated model"
    return Embodied("vendor", parts, boundary, tuple(best.stages), note)


def _whole(footprint: Footprint) -> dict[str, Value]:
    return {"device": footprint.value}


def _published(
    device: Device, name: str, value: Value, footprint: Footprint, spread: Factor
) -> Node:
    figure = value.cited(footprint.source, Quality(footprint.quality)).factor(
        "published_footprint", f"{device.id}/footprint/{name}"
    )
    return product(
        f"{name}_footprint", "kgCO2e", published_footprint=figure, published_spread=spread
    )


def _has_baseboard(device: Device) -> bool:
    return (
        any(word in device.form_factor for word in ("SXM", "OAM")) and device.mass.board is not None
    )


def _baseboard(device: Device, mass: Value | None) -> Node:
    """Return the board and switches that a bare module lacks: module mass less card mass."""
    shared, card = device_mass(device, mass), device.mass.board
    extra = max(0.0, shared.distribution.central - (card.central if card else 0.0))
    rest = Factor(
        "device_mass",
        exact(extra),
        "kg",
        identity=f"{device.id}/mass/baseboard",
        source=shared.source,
        quality=Quality.DERIVED,
        note="module with its share of a baseboard, less the bare module",
    )
    return apply(
        calibrated.board_footprint,
        name="baseboard_footprint",
        board_carbon_per_mass=constant("board_carbon_per_mass", "kgCO2e/kg"),
        device_mass=rest,
    )


def has_vendor_figure(device: Device, boundary: str = "module") -> bool:
    """Whether a maker publishes the manufacture of this device for exactly this boundary."""
    return any(is_manufacture(f) and f.boundary == boundary for f in device.footprints)
