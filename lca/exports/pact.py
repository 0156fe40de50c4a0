"""PACT 3.0: the cradle-to-gate footprint of one device, for exchange with customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.exports import pact_rules
from lca.exports.case import Case
from lca.exports.meta import Meta, require
from lca.exports.product import (
    LEFT_OUT,
    Product,
    boundary,
    comment,
    extra,
    read_product,
    reference_period,
    sources_of,
)
from lca.exports.writing import as_json, decimal

NAME = "pact"
SUFFIX = ".json"
NOTE = f"{LEFT_OUT} This is an implementation of PACT, neither certified nor endorsed by it."
SPEC_VERSION = "3.0.3"
_ASKED = (
    "company_name",
    "company_ids",
    "product_name",
    "product_ids",
    "product_mass",
    "fossil_carbon_content",
    "exempted_emissions_percent",
    "primary_data_share",
    "ipcc_characterization_factors",
    "cross_sectoral_standards",
)
_QUALITY = ("technological", "geographical", "temporal")


def build(case: Case) -> dict[str, Any]:
    """Return the footprint of one device.

    Raises
    ------
    InputError
        If there is no product, its manufacture is not known, or its author's facts are missing.
    """
    product = read_product(case, NAME)
    require(case.meta, _ASKED, NAME)
    meta = case.meta
    description = f"{product.device} with its share of a host, {product.entry} of {case.title}"
    return {
        "id": case.identifier(),
        "specVersion": SPEC_VERSION,
        "created": case.created(),
        "status": "Active",
        "companyName": meta.text("company_name"),
        "companyIds": meta.get("company_ids"),
        "productDescription": meta.text("product_description") or description,
        "productIds": meta.get("product_ids"),
        "productNameCompany": meta.text("product_name"),
        "comment": comment(product),
        "pcf": _pcf(case, product),
        **_extension(case, product),
    }


def _extension(case: Case, product: Product) -> dict[str, Any]:
    """Return interval and parts, where the author publishes our schema of them: PACT asks its URL."""
    url = case.meta.text("extension_schema")
    entry = {"specVersion": "2.0.0", "dataSchema": url, "data": extra(case, product)}
    return {"extensions": [entry]} if url else {}


def _pcf(case: Case, product: Product) -> dict[str, Any]:
    meta, amount = case.meta, decimal(product.footprint.central)
    start, end = reference_period(case)
    secondary = [{"name": name, "version": year} for name, year in sources_of(case, product)]
    return {
        "declaredUnitOfMeasurement": "piece",
        "declaredUnitAmount": "1",
        "productMassPerDeclaredUnit": decimal(meta.get("product_mass")),
        "referencePeriodStart": start,
        "referencePeriodEnd": end,
        "boundaryProcessesDescription": boundary(product),
        "pcfExcludingBiogenicUptake": amount,
        "pcfIncludingBiogenicUptake": amount,
        "fossilGhgEmissions": amount,
        "fossilCarbonContent": decimal(meta.get("fossil_carbon_content")),
        "packagingEmissionsIncluded": False,
        "ccsTechnologicalCO2CaptureIncluded": False,
        "ipccCharacterizationFactors": [meta.text("ipcc_characterization_factors")],
        "crossSectoralStandards": meta.get("cross_sectoral_standards"),
        "exemptedEmissionsPercent": decimal(meta.get("exempted_emissions_percent")),
        "primaryDataShare": decimal(meta.get("primary_data_share")),
        **({"secondaryEmissionFactorSources": secondary} if secondary else {}),
        **_optional(meta),
    }


def _optional(meta: Meta) -> dict[str, Any]:
    """Return fields that stand only where the author gives them: region, data quality."""
    found: dict[str, Any] = {}
    if meta.get("production_region"):
        found["geographyRegionOrSubregion"] = meta.text("production_region")
    ratings = [meta.get(f"{name}_dqr") for name in _QUALITY]
    if all(rating is not None for rating in ratings):
        pairs = zip(_QUALITY, ratings, strict=True)
        found["dqi"] = {f"{name}DQR": decimal(rating) for name, rating in pairs}
    return found


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what breaks the rules of PACT."""
    return pact_rules.problems(document)


def write(document: Mapping[str, Any]) -> str:
    """Return the footprint as JSON text."""
    return as_json(document)
