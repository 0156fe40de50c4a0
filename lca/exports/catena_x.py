"""Catena-X PCF 9.0.0: the cradle-to-gate footprint of one device in the form of that network."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from lca.errors import InputError
from lca.exports.case import Case
from lca.exports.meta import require
from lca.exports.product import (
    LEFT_OUT,
    Product,
    boundary,
    comment,
    read_product,
    reference_period,
    sources_of,
    weight,
)
from lca.exports.writing import as_json

NAME = "catena-x"
SUFFIX = ".json"
NOTE = LEFT_OUT
SPEC_VERSION = "urn:io.catenax.pcf:datamodel:version:9.0.0"
_CLOSE = 1e-9
_FIGURES = 12
_RATINGS = ("technological", "geographical", "temporal")
_ASKED = (
    "company_name",
    "company_ids",
    "product_name",
    "product_ids",
    "product_mass",
    "exempted_emissions_percent",
    "primary_data_share",
    "ipcc_characterization_factors",
    "cross_sectoral_standards",
    "sector_rules",
    "production_region",
    "validity_period_end",
    "pcf_type",
    "waste_incineration",
    "mass_balancing",
)


def build(case: Case) -> dict[str, Any]:
    """Return the footprint of one device, in the six groups of the model.

    Raises
    ------
    InputError
        If there is no product, its manufacture is not known, or its author's facts are missing.
    """
    product = read_product(case, NAME)
    require(case.meta, _ASKED, NAME)
    if case.meta.get("mass_balancing"):
        msg = "catena-x: mass_balancing: true; the footprint made here knows no mass balance"
        raise InputError(msg)
    return {
        "scopeOfPcfForm": [{"specVersion": SPEC_VERSION, "partialFullPcf": "Cradle-to-gate"}],
        "companyAndProductInformation": [_who(case, product)],
        "pcfAssessmentAndMethodology": [_how(case, product)],
        "general": [{"comment": comment(product).replace("PACT", "the Catena-X PCF model")}],
        "carbonContent": [_carbon(case)],
        "productLifeCycleStagesAndEmissions": [_stages(product)],
    }


def _who(case: Case, product: Product) -> dict[str, Any]:
    meta = case.meta
    return {
        "companyInformation": [
            {"companyName": meta.text("company_name"), "companyIds": meta.get("company_ids")}
        ],
        "productInformation": [
            {
                "productNameCompany": meta.text("product_name"),
                "productIds": meta.get("product_ids"),
                "productDescription": meta.text("product_description") or boundary(product),
                "declaredUnitOfMeasurement": "piece",
                "declaredUnitAmount": 1,
                "productMassPerDeclaredUnit": meta.get("product_mass"),
                "productClassifications": [],
            }
        ],
    }


def _how(case: Case, product: Product) -> dict[str, Any]:
    meta = case.meta
    quality: dict[str, Any] = {
        "primaryDataShare": meta.get("primary_data_share"),
        "secondaryEmissionFactorSources": [
            f"{name}, {year}" for name, year in sources_of(case, product)
        ],
    }
    known = {name: meta.get(f"{name}_dqr") for name in _RATINGS}
    quality |= {f"{name}DQR": value for name, value in known.items() if value is not None}
    return {
        "dataSourcesAndQuality": [quality],
        "pcfAssessmentInformation": [_assessment(case, product)],
        "pcfMethodology": [_methodology(case)],
    }


def _assessment(case: Case, product: Product) -> dict[str, Any]:
    meta = case.meta
    return {
        "technology": [
            {
                "ccsTechnologicalCO2CaptureIncluded": False,
                "boundaryProcessesDescription": boundary(product),
            }
        ],
        "idAndVersion": [
            {
                "id": case.identifier(),
                "version": 0,
                "status": "Active",
                "retroOrProspectivePcfType": meta.text("pcf_type"),
            }
        ],
        "boundarySpecifications": [
            {"exemptedEmissionsPercent": meta.get("exempted_emissions_percent")}
        ],
        "geography": [{"geographyRegionOrSubregion": meta.text("production_region")}],
        "time": [_time(case)],
    }


def _time(case: Case) -> dict[str, str]:
    start, end = reference_period(case)
    return {
        "created": case.created(),
        "referencePeriodStart": start,
        "referencePeriodEnd": end,
        "validityPeriodEnd": case.meta.text("validity_period_end"),
    }


def _methodology(case: Case) -> dict[str, Any]:
    meta = case.meta
    return {
        "massBalancingInformation": [
            {
                "massBalancingUsed": False,
                "freeAttributionInMassBalancing": "not applicable",
                "massBalancingCertificateScheme": "not applicable",
            }
        ],
        "standards": [
            {
                "crossSectoralStandards": meta.get("cross_sectoral_standards"),
                "productOrSectorSpecificRules": meta.get("sector_rules"),
            }
        ],
        "gwpCharacterizationFactorDetails": [
            {"ipccCharacterizationFactors": meta.text("ipcc_characterization_factors")}
        ],
        "allocationInForeground": [
            {"allocationWasteIncineration": meta.text("waste_incineration")}
        ],
    }


def _carbon(case: Case) -> dict[str, Any]:
    content = case.meta.get("fossil_carbon_content")
    return {} if content is None else {"fossilCarbonContent": content}


def _stages(product: Product) -> dict[str, Any]:
    amount = float(f"{product.footprint.central:.{_FIGURES}g}")
    return {
        "productionStage": [
            {
                "pcfExcludingBiogenicUptake": amount,
                "pcfIncludingBiogenicUptake": amount,
                "fossilGhgEmissions": amount,
            }
        ],
        "distributionStage": [{"distributionStageIncluded": False}],
        "packagingStage": [{"packagingEmissionsIncluded": False}],
    }


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what breaks the rules: sums of each stage, scope, rules by need, mixed-up units."""
    return list(_problems(document))


def _problems(document: Mapping[str, Any]) -> Iterator[str]:
    stages = document["productLifeCycleStagesAndEmissions"][0]
    production = stages["productionStage"][0]
    yield from _sums(production, "productionStage")
    if document["scopeOfPcfForm"][0]["partialFullPcf"] == "Cradle-to-gate":
        for stage in stages["distributionStage"]:
            if stage["distributionStageIncluded"]:
                yield "distributionStage: a cradle-to-gate footprint ends before distribution"
    product = document["companyAndProductInformation"][0]["productInformation"][0]
    if product["declaredUnitOfMeasurement"] == "piece":
        mass = product["productMassPerDeclaredUnit"]
        yield from weight(production["pcfExcludingBiogenicUptake"], mass)
    quality = document["pcfAssessmentAndMethodology"][0]["dataSourcesAndQuality"][0]
    if "primaryDataShare" not in quality:
        yield "dataSourcesAndQuality: primaryDataShare is missing"


_PARTS = (
    "fossilGhgEmissions",
    "biogenicNonCO2Emissions",
    "landUseChangeGhgEmissions",
    "landManagementBiogenicCO2Emissions",
    "landManagementBiogenicCO2Removals",
)


def _sums(stage: Mapping[str, Any], name: str) -> Iterator[str]:
    excluding, including = (stage[f"pcf{x}BiogenicUptake"] for x in ("Excluding", "Including"))
    expected = excluding + stage.get("biogenicCO2Uptake", 0.0)
    if not math.isclose(expected, including, rel_tol=_CLOSE):
        yield f"{name}: including uptake must be {expected:g}, found {including:g}"
    parts = [part for part in _PARTS if part in stage]
    whole = sum(stage[part] for part in parts)
    if parts and not math.isclose(whole, excluding, rel_tol=_CLOSE):
        yield f"{name}: {' + '.join(parts)} is {whole:g}, pcfExcludingBiogenicUptake says {excluding:g}"


def write(document: Mapping[str, Any]) -> str:
    """Return the footprint as JSON text."""
    return as_json(document)
