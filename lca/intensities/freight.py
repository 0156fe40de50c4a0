"""Freight of one device from factory to site, symbolically."""

from __future__ import annotations

from functools import cache
from typing import cast

from lca.formulas.transport import transport_footprint
from lca.library import constants
from lca.library.models import INDICATOR_UNITS
from lca.scenario.assumption_models import EndOfLife, Transport
from lca.terms import Factor, Node, Term, product
from lca.values import read

MODES = ("plane", "boat", "truck")


def freight(mass: Factor, route: Transport, indicator: str = "gwp100") -> dict[str, Node]:
    """Return what moving one device takes, by mode, in the unit of the indicator.

    A scenario that names any distance names the whole route; otherwise the default route holds.
    """
    given = {mode: getattr(route, mode) for mode in MODES if getattr(route, mode) is not None}
    legs = {
        mode: value.factor("transport_distance", f"assumptions.transport.{mode}")
        for mode, value in given.items()
    }
    ratio = constants("freight").factor("packaging_ratio", "")
    return {
        mode: _leg(mode, mass, ratio, distance, indicator)
        for mode, distance in (legs or _default_route()).items()
    }


def _leg(mode: str, mass: Factor, ratio: Factor, distance: Factor, indicator: str) -> Node:
    unit = INDICATOR_UNITS[indicator]
    inputs = {
        "device_mass": mass,
        "packaging_ratio": ratio,
        "transport_distance": distance,
        "freight_intensity": _intensity(mode, indicator, f"{unit}/(kg*km)"),
    }
    return Term("transport_footprint", transport_footprint, inputs, unit)


def _intensity(mode: str, indicator: str, unit: str) -> Factor:
    if indicator == "gwp100":
        path = f"modes.{mode}.freight_intensity.gwp100"
        return constants("freight").factor(path, unit, "freight_intensity")
    return constants("boavizta").factor(f"freight.{mode}.{indicator}", unit, "freight_intensity")


def host_freight(mass: Factor, route: Transport) -> dict[str, Node]:
    """Return the emissions of moving one host: the scenario's route, or makers' sheets per mass."""
    if any(getattr(route, mode) is not None for mode in MODES):
        return freight(mass, route)
    per_mass = constants("freight").factor("host_transport_per_mass", "kgCO2e/kg")
    node = product("transport_footprint", "kgCO2e", transport_per_mass=per_mass, server_mass=mass)
    return {"published": node}


@cache
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


@cache
def _default_collection() -> Factor:
    legs = cast("list[dict[str, object]]", constants("end_of_life").raw("collection_route"))
    distance = read(legs[0]["transport_distance"], "km")
    return distance.factor("transport_distance", "end_of_life/collection")


def collection(mass: Factor, choices: EndOfLife, indicator: str = "gwp100") -> Node:
    """Return what collecting one scrapped device by truck takes, in the indicator's unit."""
    if choices.distance is not None:
        distance = choices.distance.factor("transport_distance", "assumptions.end_of_life.distance")
    else:
        distance = _default_collection()
    unpacked = Factor("packaging_ratio", 1.0, "", role="decision")
    return _leg("truck", mass, unpacked, distance, indicator)
