"""SCI, ISO/IEC 21031:2024: software carbon intensity per functional unit, location-based."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.errors import InputError, did_you_mean
from lca.exports.case import REFERENCE, Case
from lca.exports.meta import require
from lca.exports.scoring import balance, coefficients, contracts, refuse_market, score
from lca.exports.writing import as_json

NAME = "sci"
SUFFIX = ".json"
NOTE = (
    "SCI is location-based; manufacture, transport and end of life are spread over the life; "
    "credits for recovered material are left out."
)
_ASKED = ("application", "boundary", "functional_unit_reason")
_OPTIONAL = ("application_version", "organisation", "accountable")


def build(case: Case) -> dict[str, Any]:
    """Return the score with its parts, boundary, coefficients and what it lacks.

    Raises
    ------
    InputError
        For market-based input, without a functional unit, or without what only the author knows.
    """
    refuse_market(case, NAME)
    unit = functional_unit(case)
    delivered = case.option["delivered"][unit]["central"]
    if not delivered:
        msg = f"sci: {case.ledger.name} provides no {unit}, so there is nothing to divide by"
        raise InputError(msg)
    require(case.meta, _ASKED, NAME)
    return {
        **_heading(case),
        "functional_unit": unit,
        "functional_unit_reason": case.meta.text("functional_unit_reason"),
        "delivered": delivered,
        **score(case, lambda _: True, delivered),
        "boundary": case.meta.text("boundary"),
        "not_counted": case.gaps(),
        "electricity": _electricity(case),
        "embodied_share": embodied_share(case),
        "coefficients": coefficients(case),
        "made_by": case.made_by(),
    }


def _electricity(case: Case) -> dict[str, Any]:
    """Return account and method of the grid factors, and which contracts were left out."""
    method = str(case.scenario.model.assumptions.electricity.method)
    return {"account": "location-based", "method": method, "left_out": contracts(case)}


def _heading(case: Case) -> dict[str, Any]:
    """Return what is scored, by whom, and when."""
    given = {key: case.meta.text(key) for key in _OPTIONAL if case.meta.get(key)}
    return {
        "specification": f"{REFERENCE} SCI, ISO/IEC 21031:2024",
        "application": case.meta.text("application"),
        **given,
        "created": case.created(),
        "period": list(case.result["period"]),
    }


def embodied_share(case: Case) -> str:
    """Say how embodied emissions were shared over time and resources."""
    rule = str(case.scenario.model.assumptions.amortize).replace("_", " ")
    return (
        f"M = TE x (TiR/EL) x (RR/ToR); TE is manufacture, transport and end of life; time share by "
        f"{rule} over the life, resource share by devices of a host"
    )


def functional_unit(case: Case) -> str:
    """Return the functional unit that is asked for, or the scenario's first.

    Raises
    ------
    InputError
        If the scenario has none, or not that one.
    """
    known = case.ledger.functional_units
    if not known:
        msg = "a score is per functional unit, and the scenario has none; write functional_unit: 1 million tokens"
        raise InputError(msg)
    asked = case.meta.text("functional_unit") or known[0]
    if asked not in known:
        msg = f'functional_unit "{asked}" is none of the scenario{did_you_mean(asked, known)} (one of: {", ".join(known)})'
        raise InputError(msg)
    return asked


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what breaks the rules: the equation, the sum of components, the account."""
    found = balance(document, "score")
    if document["electricity"]["account"] != "location-based":
        found.append("electricity must be location-based")
    lacking = [x["component"] for x in document["components"] if not x["method"]]
    return found + [f"component {name} says no method" for name in lacking]


def write(document: Mapping[str, Any]) -> str:
    """Return the document as JSON text."""
    return as_json(document)
