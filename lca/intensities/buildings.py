"""The share of a data center's construction that one device bears, by boundary algebra."""

from __future__ import annotations

from lca.formulas.embodied import shared_footprint
from lca.library import constants
from lca.library.models import Device, Footprint, Server
from lca.sources import Quality
from lca.terms import Factor, Node, product
from lca.uncertain import exact


def building_share(device: Device, host: Server | None) -> Node | None:
    """Return a device's share of the building: building less device less host share.

    It exists only where a device is published at the building boundary and at the card or module
    boundary, and its host at the host boundary, for the same stages; elsewhere None.
    """
    whole = _figure(device.footprints, ("building",))
    own = _figure(device.footprints, ("card", "module"))
    hosted = _figure(host.footprints, ("host",)) if host else None
    if whole is None or own is None or hosted is None or host is None:
        return None
    if not whole.stages == own.stages == hosted.stages or not host.accelerator_slots:
        return None
    share = shared_footprint(hosted.value.central, float(host.accelerator_slots))
    rest = float(whole.value.central - own.value.central - share)
    return _rest(device, whole, rest) if rest > 0 else None


def _rest(device: Device, whole: Footprint, rest: float) -> Node:
    figure = Factor(
        "published_footprint",
        exact(rest),
        "kgCO2e",
        identity=f"{device.id}/footprint/building",
        source=whole.source,
        quality=Quality.DERIVED,
        note="published at the building boundary, less the device and its share of the host",
    )
    spread = constants("defaults").value("published_spread", "")
    own = spread.factor("published_spread", f"published/{device.id}/building")
    return product("building_footprint", "kgCO2e", published_footprint=figure, published_spread=own)


def _figure(footprints: tuple[Footprint, ...], boundaries: tuple[str, ...]) -> Footprint | None:
    found = (f for f in footprints if f.indicator == "gwp100" and f.boundary in boundaries)
    return next((f for f in found if "manufacture" in f.stages), None)
