"""SCI for AI: two scores, of who uses an AI system and of who provides it, location-based."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lca.errors import InputError
from lca.exports.case import REFERENCE, Case, grams
from lca.exports.meta import require
from lca.exports.sci import embodied_share, functional_unit
from lca.exports.scoring import (
    EMBODIED,
    balance,
    coefficients,
    contracts,
    per_amount,
    refuse_market,
    score,
)
from lca.exports.training import times, training_flop
from lca.exports.writing import as_json
from lca.ledger import Line
from lca.scenario.functional_unit import parse

NAME = "sci-ai"
SUFFIX = ".json"
NOTE = (
    "SCI for AI is location-based. The consumer score holds what is labelled inference, the provider "
    "score all earlier phases and deployment; the two are never added."
)
CONSUMER = ("inference",)
PROVIDER = ("data_collection", "preprocessing", "training", "optimization", "deployment")
_BILLED = ("tokens", "requests", "runs")
_ASKED = ("application", "boundary")


def build(case: Case) -> dict[str, Any]:
    """Return both scores; one whose phases the scenario does not hold is null, with the reason.

    Raises
    ------
    InputError
        For market-based input, with neither score, or without what only the author knows.
    """
    refuse_market(case, NAME)
    phases = {line.phase for line in case.ledger.lines if line.indicator == "gwp100"}
    uses, provides = bool(phases & set(CONSUMER)), bool(phases & set(PROVIDER))
    asked = [*_ASKED, *(["consumer_unit_basis"] if uses else []), *_provider_fields(case, provides)]
    require(case.meta, asked, NAME)
    return {
        "specification": f"{REFERENCE} SCI for AI (draft text of 2026-01)",
        "application": case.meta.text("application"),
        "created": case.created(),
        "period": list(case.result["period"]),
        "boundary": case.meta.text("boundary"),
        "consumer": _consumer(case) if uses else _absent("inference"),
        "provider": _provider(case)
        if provides
        else _absent("training or another phase before use"),
        "not_counted": case.gaps(),
        "electricity": {"account": "location-based", "left_out": contracts(case)},
        "embodied_share": embodied_share(case),
        "coefficients": coefficients(case),
        "made_by": case.made_by(),
    }


def _absent(what: str) -> dict[str, Any]:
    return {"score_gCO2e": None, "reason": f"the scenario holds no {what}"}


def _provider_fields(case: Case, provides: bool) -> list[str]:
    """Return what only the author knows of the provider score."""
    if not provides:
        return []
    fields = ["provider_unit", "provider_unit_reason", "provider_amount_basis", "training_runs"]
    known = case.meta.get("provider_unit") is None or provider_amount(case) is not None
    return fields if known else [*fields, "provider_amount"]


def provider_amount(case: Case) -> float | None:
    """Return how many of the provider unit the scenario trains, or None if it does not say."""
    given = case.meta.get("provider_amount")
    if given is not None:
        return float(given)
    planned = [work for work in case.scenario.model.work.values() if work.train]
    trains = [work.train for work in planned if work.train]
    unit = case.meta.text("provider_unit")
    if unit == "training token" and trains:
        return sum(w.train.tokens.central * times(case, w) for w in planned if w.train)
    if unit == "parameter" and trains:
        names = dict.fromkeys(train.model for train in trains)
        sizes = [case.scenario.model.models[name].parameters for name in names]
        known = [size.central for size in sizes if size]
        return sum(known) if len(known) == len(sizes) else None
    entries = {n: w for n, w in case.scenario.model.work.items() if w.phase == "training"}
    return training_flop(case, entries) if unit == "flop" else None


def _consumer(case: Case) -> dict[str, Any]:
    unit = functional_unit(case)
    if parse(unit).kind not in _BILLED:
        msg = (
            f'sci-ai: a consumer score is per unit that is billed (token, request, run); "{unit}" is none. '
            "Name another of the scenario's units with `functional_unit:` in --meta"
        )
        raise InputError(msg)
    whole = case.option["delivered"][unit]["central"]
    found = score(case, lambda line: line.phase in CONSUMER, whole)
    return {
        "persona": "consumer",
        "phases": list(CONSUMER),
        "functional_unit": unit,
        "basis": case.meta.text("consumer_unit_basis"),
        **_amounts(case, CONSUMER, whole, 1.0),
        **found,
    }


def _provider(case: Case) -> dict[str, Any]:
    whole = provider_amount(case)
    if not whole:
        msg = "sci-ai: provider_amount must be above 0"
        raise InputError(msg)
    return {
        "persona": "provider",
        "phases": list(PROVIDER),
        "functional_unit": case.meta.text("provider_unit"),
        "functional_unit_reason": case.meta.text("provider_unit_reason"),
        "basis": case.meta.text("provider_amount_basis"),
        "training_runs": case.meta.text("training_runs"),
        **_amounts(case, PROVIDER, whole, 1.0),
        **score(case, lambda line: line.phase in PROVIDER, whole),
    }


def _amounts(case: Case, phases: tuple[str, ...], whole: float, amount: float) -> dict[str, Any]:
    """Return total and delivered units, from which the score follows."""

    def inside(line: Line) -> bool:
        return line.phase in phases and line.stage in (*EMBODIED, "operation")

    total = grams(case.total(inside).central)
    return {"total_gCO2e": total, "delivered": whole, "score_is_per": amount}


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what breaks the rules, persona by persona."""
    found = []
    for persona in ("consumer", "provider"):
        part = document[persona]
        if part["score_gCO2e"] is None:
            continue
        found += balance(part, persona)
        found += per_amount(
            part["total_gCO2e"], part["delivered"], part["score_is_per"], part["score_gCO2e"]
        )
        if part["basis"] not in {"gross", "effective"}:
            found.append(f"{persona}: say whether its unit is gross or effective")
    if all(document[persona]["score_gCO2e"] is None for persona in ("consumer", "provider")):
        found.append(
            "neither a consumer nor a provider score: the scenario holds no phase of either"
        )
    return found


def write(document: Mapping[str, Any]) -> str:
    """Return the document as JSON text."""
    return as_json(document)
