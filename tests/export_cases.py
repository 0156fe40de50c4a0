"""Cases to export, and the checks of each format by its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

import lca
from lca import exports
from lca.evaluation import evaluate
from lca.exports import meta as facts
from lca.exports import openlca, pact_rules
from lca.exports.case import Case
from lca.report.result import run_result
from lca.scenario import Scenario

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SCHEMAS = Path(exports.__file__).parent / "schemas"
CREATED = "2027-03-01T09:00:00Z"

META: dict[str, Any] = {
    "created": CREATED,
    "company_name": "Example Computing GmbH",
    "company_ids": ["urn:pact:example.com:company-id:7"],
    "product_name": "Accelerator X1",
    "product_ids": ["urn:pact:example.com:product-id:x1"],
    "product_mass": 16.3,
    "fossil_carbon_content": 0.9,
    "exempted_emissions_percent": 0.0,
    "primary_data_share": 0.0,
    "ipcc_characterization_factors": "AR5",
    "cross_sectoral_standards": ["GHGP-Product"],
    "sector_rules": [],
    "production_region": "Eastern Asia",
    "validity_period_end": "2029-12-31T23:59:59Z",
    "pcf_type": "Prospective PCF without forerunner",
    "waste_incineration": "cut-off",
    "mass_balancing": False,
    "technological_dqr": 3.0,
    "geographical_dqr": 3.0,
    "temporal_dqr": 2.0,
    "application": "Chat service",
    "boundary": "servers and hosts; clients left out",
    "functional_unit_reason": "users are billed by it",
    "consumer_unit_basis": "gross",
    "provider_unit": "parameter",
    "provider_unit_reason": "models are compared by size",
    "provider_amount": 176e9,
    "provider_amount_basis": "gross",
    "training_runs": "some",
    "task_family": "text generation",
    "algorithm": "llm",
    "dataset_type": "token",
    "dataset_use": "input",
    "infrastructure": "onPremise",
    "component_count": 384.0,
    "model_name": "BLOOM",
    "compute_flop": 3.9e23,
}
EXPORTED = {
    "boamps": "training_bloom",
    "catena-x": "procurement",
    "eu-gpai": "training_bloom",
    "hf": "training_bloom",
    "openlca": "procurement",
    "pact": "procurement",
    "sci": "chat_service",
    "sci-ai": "training_bloom",
}


def make_case(scenario: Scenario, basis: str = "location", **changed: Any) -> Case:
    """Return a case of a scenario's base with everything its author knows, some of it changed."""
    option = scenario.options()[0]
    ledger = evaluate(option, samples=64, seed=3)
    result = run_result(option, [ledger], full=False) | {"scenario": scenario.name}
    values = {key: value for key, value in (META | changed).items() if value is not None}
    return Case(option, ledger, result, facts.Meta(values), basis)


@cache
def base(name: str) -> Case:
    """Return the case of a packaged scenario; the training run where there are several entries."""
    given = {"entry": "training"} if name == "training_bloom" else {}
    return make_case(lca.load(SCENARIOS / f"{name}.yaml"), **given)


@cache
def built(name: str) -> Any:
    """Return an export's document, as it is before it is written."""
    return exports.find(name).build(base(EXPORTED[name]))


def with_meta(case: Case, **changed: Any) -> Case:
    """Return a case whose author knows something else."""
    values = {k: v for k, v in (dict(case.meta.values) | changed).items() if v is not None}
    return Case(case.scenario, case.ledger, case.result, facts.Meta(values), case.basis)


def schema(path: str) -> Any:
    """Return a schema of the folder."""
    return json.loads((SCHEMAS / path).read_text(encoding="utf-8"))


def boamps_errors(document: Any) -> list[str]:
    """Return what the BoAmps schemas say, which refer to one another by address."""
    parts = [schema(f"boamps/{path.name}") for path in sorted((SCHEMAS / "boamps").glob("*.json"))]
    registry: Any = Registry().with_resources(
        (part["id"], Resource(part, DRAFT4)) for part in parts
    )
    checker = jsonschema.Draft4Validator(schema("boamps/report_schema.json"), registry=registry)
    return [error.message for error in checker.iter_errors(document)]


def catena_x_errors(document: Any) -> list[str]:
    """Return what the Catena-X schema says."""
    checker = jsonschema.Draft4Validator(
        schema("catena_x/Pcf-schema.json"), format_checker=jsonschema.FormatChecker()
    )
    return [error.message for error in checker.iter_errors(document)]


def own_errors(name: str) -> Callable[[Any], list[str]]:
    """Return the check by a schema that was written here."""
    checker = jsonschema.Draft202012Validator(schema(f"{name}.schema.json"))
    return lambda document: [error.message for error in checker.iter_errors(document)]


def openlca_errors(entities: openlca.Entities) -> list[str]:
    """Return keys and words that the classes of openLCA do not have."""
    return [told for entity in entities.values() for told in class_errors(entity)]


@cache
def definition(name: str) -> Mapping[str, Any]:
    """Return the class or enumeration of a name."""
    found: Mapping[str, Any] = yaml.safe_load((SCHEMAS / "openlca" / f"{name}.yaml").read_text())
    return found


def properties(name: str) -> dict[str, str]:
    """Return the properties of a class with those it inherits, and their types."""
    about = definition(name)["class"]
    own = {entry["name"]: entry["type"] for entry in about.get("properties", [])}
    return own | (properties(about["superClass"]) if about.get("superClass") else {})


def class_errors(value: Any) -> Iterator[str]:
    """Yield what an object of a class has that the class does not know."""
    kind, known = value["@type"], properties(value["@type"])
    for key, inner in value.items():
        if key == "@type":
            continue
        if key not in known:
            yield f"{kind}.{key} is unknown"
        elif (SCHEMAS / "openlca" / f"{known[key]}.yaml").exists() and "enum" in definition(
            known[key]
        ):
            words = {item["name"] for item in definition(known[key])["enum"]["items"]}
            if inner not in words:
                yield f"{kind}.{key}: {inner} is no word of {known[key]}"
        for each in inner if isinstance(inner, list) else [inner]:
            if isinstance(each, dict) and not known[key].startswith(("Ref", "List[Ref")):
                yield from class_errors(each)


CHECKS: dict[str, Callable[[Any], list[str]]] = {
    "boamps": boamps_errors,
    "catena-x": catena_x_errors,
    "eu-gpai": own_errors("eu_gpai"),
    "hf": own_errors("hf"),
    "openlca": openlca_errors,
    "pact": pact_rules.problems,
    "sci": own_errors("sci"),
    "sci-ai": own_errors("sci_ai"),
}
