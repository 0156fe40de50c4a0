"""Freight of one device from factory to site, symbolically."""

from __future__ import annotations

from typing import cast

from lca.formulas.transport import transport_footprint
from lca.library import constants
from lca.scenario.models import EndOfLife, Transport
from lca.terms import Factor, Node, apply, product
from lca.values import read

MODES = ("plane", "boat", "truck")


def freight(mass: Factor, route: Transport) -> dict[str, Node]:
    """Return the emissions of moving one device, by mode (kgCO2e).

    A scenario that names any distance names the whole route; otherwise the default route holds.
    """
    file = constants("freight")
    ratio = file.factor("packaging_ratio", "")
    given = {mode: getattr(route, mode) for mode in MODES if getattr(route, mode) is not None}
    if given:
        legs = {
            mode: value.factor("transport_distance", f"assumptions.transport.{mode}")
            for mode, value in given.items()
        }
    else:
        legs = _default_route()
    return {
        mode: apply(
            transport_footprint,
            device_mass=mass,
            packaging_ratio=ratio,
            transport_distance=distance,
            freight_intensity=file.factor(
                f"modes.{mode}.freight_intensity.gwp100", "kgCO2e/(kg*km)", "freight_intensity"
            ),
        )
        for mode, distance in legs.items()
    }


def host_freight(mass: Factor, route: Transport) -> dict[str, Node]:
    """Return the emissions of moving one host: the scenario's route, or makers' sheets per mass."""
    if any(getattr(route, mode) is not None for mode in MODES):
        return freight(mass, route)
    per_mass = constants("freight").factor("host_transport_per_mass", "kgCO2e/kg")
    node = product("transport_footprint", "kgCO2e", transport_per_mass=per_mass, server_mass=mass)
    return {"published": node}


def _default_route() -> dict[str, Factor]:
    file = constants("freight")
    name = str(file.raw("default_route"))
    legs = cast("list[dict[str, object]]", file.raw(f"routes.{name}.legs"))
    return {
        str(leg["mode"]): read(leg["transport_distance"], "km").factor(
            "transport_distance", f"freight/{name}/{leg['mode']}"
        )
        for leg in legs
    }


def collection(mass: Factor, choices: EndOfLife) -> Node:
    """Return the emissions of collecting one scrapped device by truck (kgCO2e)."""
    file = constants("freight")
    if choices.distance is not None:
        distance = choices.distance.factor("transport_distance", "assumptions.end_of_life.distance")
    else:
        legs = cast("list[dict[str, object]]", constants("end_of_life").raw("collection_route"))
        distance = read(legs[0]["transport_distance"], "km").factor(
            "transport_distance", "end_of_life/collection"
        )
    return apply(
        transport_footprint,
        device_mass=mass,
        packaging_ratio=Factor("packaging_ratio", 1.0, "", role="decision"),
        transport_distance=distance,
        freight_intensity=file.factor(
            "modes.truck.freight_intensity.gwp100", "kgCO2e/(kg*km)", "freight_intensity"
        ),
    )
