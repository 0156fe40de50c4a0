"""What a tool prints where its total holds more than the model: the stages that it adds.

BoaviztAPI adds delivery and end of life to a card; here both are stages of their own.
"""

from __future__ import annotations

import math
from typing import Any, cast

from lca.disagreement.formulas import value
from lca.formulas.end_of_life import treatment_footprint
from lca.formulas.transport import transport_footprint
from lca.intensities.embodied import Embodied
from lca.library import constants
from lca.library.models import Device, Server
from lca.terms import total
from lca.values import read

__all__ = ["as_printed"]


def as_printed(made: Embodied, device: Device | Server) -> dict[str, Any] | None:
    """Return the total that a tool prints, with what it adds; None where it adds nothing.

    Parameters
    ----------
    made
        A device by one model.
    device
        Its mass decides delivery and treatment.

    Returns
    -------
    dict or None
        ``tool``, ``total`` (kgCO2e), ``adds`` by stage (kgCO2e), and ``published``, the figure that
        the tool is on record with for this device, None where there is none.
    """
    if made.model != "boavizta" or isinstance(device, Server):
        return None
    adds = {"transport": _delivery(_mass(device)), "end_of_life": _treatment(_mass(device))}
    whole = value(total("whole", made.parts)) + sum(adds.values())
    known = [one.value.central for one in device.estimates if one.source == "boaviztapi-model"]
    published = known[0] if known else None
    return {"tool": "BoaviztAPI", "total": whole, "adds": adds, "published": published}


def _mass(device: Device) -> float:
    if device.mass.board is not None:
        return device.mass.board.central
    return constants("boavizta").value("gpu.defaults.device_mass", "kg").central


def _delivery(mass: float) -> float:
    file = constants("boavizta")
    legs = cast("list[dict[str, object]]", file.raw("gpu.routes"))
    return math.fsum(
        transport_footprint(
            mass,
            1.0,
            read(leg["transport_distance"], "km").central,
            file.value(f"freight.{leg['mode']}.gwp100", "kgCO2e/(kg*km)").central,
        )
        for leg in legs
    )


def _treatment(mass: float) -> float:
    per_mass = constants("boavizta").value("gpu.treatment_intensity.gwp100", "kgCO2e/kg")
    return float(treatment_footprint(mass, 1.0, per_mass.central))
