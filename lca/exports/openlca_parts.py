"""Pieces of an openLCA file: quantities, flows, exchanges, processes, the impact method."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np

from lca.exports.case import NAMESPACE
from lca.uncertain import Array

FOLDERS = (
    "flows",
    "processes",
    "unit_groups",
    "flow_properties",
    "lcia_categories",
    "lcia_methods",
)
_Z95 = 1.6448536269514722
"""Standard score of the 95th percentile."""
_QUANTITIES = {
    "items": ("Number of items (lca)", "item"),
    "device-hours": ("Device-hours (lca)", "device*h"),
    "emissions": ("Greenhouse gases, GWP100 (lca)", "kg CO2e"),
}

Entity = dict[str, Any]


def identity(*words: str) -> str:
    """Return the id of a fixed piece."""
    return str(uuid.uuid5(NAMESPACE, "/".join(words)))


def reference(entity: Mapping[str, Any], quantity: str) -> Entity:
    """Return a reference to a flow, with the quantity it is counted in beside it."""
    return {key: entity[key] for key in ("@type", "@id", "name")} | {"quantity": quantity}


def _unit(quantity: str) -> Entity:
    return {"@type": "Unit", "@id": identity("unit", quantity), "name": _QUANTITIES[quantity][1]}


def _property(quantity: str) -> Entity:
    name = _QUANTITIES[quantity][0]
    return {"@type": "FlowProperty", "@id": identity("property", quantity), "name": name}


def flow(identifier: str, name: str, quantity: str, kind: str = "PRODUCT_FLOW") -> Entity:
    """Return a flow that is counted in one of the quantities."""
    return {
        "@type": "Flow",
        "@id": identifier,
        "name": name,
        "flowType": kind,
        "flowProperties": [
            {
                "@type": "FlowPropertyFactor",
                "isRefFlowProperty": True,
                "conversionFactor": 1.0,
                "flowProperty": _property(quantity),
            }
        ],
    }


_EMITTED = flow(
    identity("flow", "emission"), "Greenhouse gases, CO2e", "emissions", "ELEMENTARY_FLOW"
)
EMISSION = reference(_EMITTED, "emissions")
"""The one elementary flow: kilograms of CO2e, undivided by gas, as the sources give them."""


def exchange(
    number: int,
    item: Mapping[str, Any],
    amount: float,
    *,
    is_input: bool = True,
    is_reference: bool = False,
) -> Entity:
    """Return an exchange of a flow with what it is counted in and who provides it."""
    quantity = item["quantity"]
    found: Entity = {
        "@type": "Exchange",
        "internalId": number,
        "amount": amount,
        "isAvoidedProduct": False,
        "isInput": is_input,
        "isQuantitativeReference": is_reference,
        "flow": {key: item[key] for key in ("@type", "@id", "name")},
        "unit": _unit(quantity),
        "flowProperty": _property(quantity),
    }
    if is_input:
        found["defaultProvider"] = {"@type": "Process", "@id": item["provider"]}
    return found


def lognormal(samples: Array) -> Entity:
    """Return the lognormal distribution with the median and 90 % interval of samples, if there is one.

    Parameters
    ----------
    samples
        Array of shape ``(1 + n,)``; the first is the central estimate.
    """
    if samples.size < 2:
        return {}
    low, middle, high = (float(x) for x in np.percentile(samples[1:], (5, 50, 95)))
    if not 0 < low < high:
        return {}
    spread = math.exp(math.log(high / low) / (2 * _Z95))
    return {
        "uncertainty": {
            "@type": "Uncertainty",
            "distributionType": "LOG_NORMAL_DISTRIBUTION",
            "geomMean": middle,
            "geomSd": spread,
        }
    }


def process(identifier: str, name: str, exchanges: list[Entity], about: str) -> Entity:
    """Return a unit process."""
    return {
        "@type": "Process",
        "@id": identifier,
        "name": name,
        "description": about,
        "category": "lca",
        "processType": "UNIT_PROCESS",
        "lastInternalId": len(exchanges),
        "exchanges": exchanges,
    }


def quantities() -> dict[str, Entity]:
    """Return unit groups, flow properties, the emission, and a method that adds it up."""
    found: dict[str, Entity] = {f"flows/{EMISSION['@id']}.json": _EMITTED}
    for quantity, (name, _) in _QUANTITIES.items():
        group = identity("group", quantity)
        unit = _unit(quantity) | {"isRefUnit": True, "conversionFactor": 1.0}
        kind = "PHYSICAL_QUANTITY"
        found[f"unit_groups/{group}.json"] = {
            "@type": "UnitGroup",
            "@id": group,
            "name": f"Units of {name}",
            "defaultFlowProperty": _property(quantity),
            "units": [unit],
        }
        found[f"flow_properties/{_property(quantity)['@id']}.json"] = _property(quantity) | {
            "flowPropertyType": kind,
            "unitGroup": {"@type": "UnitGroup", "@id": group, "name": f"Units of {name}"},
        }
    return found | _method()


def _method() -> dict[str, Entity]:
    category = {
        "@type": "ImpactCategory",
        "@id": identity("category", "gwp100"),
        "name": "Greenhouse gases, GWP100",
        "refUnit": "kg CO2e",
        "impactFactors": [
            {
                "@type": "ImpactFactor",
                "value": 1.0,
                "flow": {key: EMISSION[key] for key in ("@type", "@id", "name")},
                "unit": _unit("emissions"),
                "flowProperty": _property("emissions"),
            }
        ],
    }
    method = {
        "@type": "ImpactMethod",
        "@id": identity("method"),
        "name": "lca: greenhouse gases",
        "impactCategories": [{key: category[key] for key in ("@type", "@id", "name")}],
    }
    return {
        f"lcia_categories/{category['@id']}.json": category,
        f"lcia_methods/{method['@id']}.json": method,
    }
