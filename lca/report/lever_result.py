"""Levers of a scenario as plain data, ``schema_version`` 1: what ``lca levers --json`` prints.

The published schema is ``lca/schemas/levers.schema.json`` (``lca schema levers``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lca
from lca.levers import Effect, LeverResult, Together
from lca.scenario import Scenario
from lca.workloads.levers import Case, spoken

SCHEMA_VERSION = 1


def levers_result(
    scenario: Scenario,
    found: Sequence[LeverResult],
    pair: Together | None = None,
    *,
    samples: int,
    seed: int,
    basis: str,
) -> dict[str, Any]:
    """Return what was found of levers as texts, numbers and lists.

    Parameters
    ----------
    scenario
        The scenario as written.
    found
        Its levers, in the order in which they are listed.
    pair
        Two levers at once, where asked for.
    samples, seed, basis
        Of the runs.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "lca_version": lca.__version__,
        "scenario": scenario.name,
        "title": scenario.model.title,
        "samples": samples,
        "seed": seed,
        "basis": basis,
        "period": list(scenario.model.period),
        "functional_unit": list(scenario.model.functional_unit),
        "levers": [_lever(result) for result in found],
        "together": _together(pair) if pair is not None else None,
        "warnings": list(scenario.remarks),
    }


def _lever(result: LeverResult) -> dict[str, Any]:
    card = result.card
    return {
        "id": card.id,
        "name": card.name,
        "topic": card.topic,
        "verdict": result.verdict,
        "where": list(result.where),
        "trial": result.label,
        "way": result.way,
        "changes": {path: _plain(value) for path, value in result.patches.items()},
        "basis": result.basis,
        "effect": _effect(result.effect),
        "published_verdict": result.published,
        "reason": result.reason,
        "quality_effect": card.quality_effect,
        "side_effects": list(result.side_effects),
        "remarks": list(result.remarks),
        "evidence": [_evidence(case) for case in result.cases],
    }


def _plain(value: object) -> object:
    if isinstance(value, dict | list | str | int | float) or value is None:
        return value
    return str(value)


def _effect(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None:
        return None
    return {
        "compared": effect.compared or "total",
        "base": effect.base.statistics(),
        "change": effect.change.statistics(),
        "relative": effect.relative.statistics(),
        "probability_saves": effect.probability_saves,
    }


def _evidence(case: Case) -> dict[str, Any]:
    box = case.validity
    return {
        "figure": str(case.effect) if case.effect is not None else None,
        "verdict": case.verdict,
        "conditions": case.conditions,
        "source": case.source,
        "quality": str(case.quality),
        "provenance": case.provenance,
        "holds_for": {
            "phases": list(box.phases),
            "devices": list(box.devices),
            "precision": list(box.precision),
            "modalities": list(box.modalities),
            "batch": spoken(box.batch) if box.batch else "",
            "parameters": spoken(box.parameters) if box.parameters else "",
        },
    }


def _together(pair: Together) -> dict[str, Any]:
    effects = (pair.first, pair.second, pair.both)
    first, second, both = (_effect(effect) for effect in effects)
    return {
        "levers": list(pair.names),
        "trials": list(pair.labels),
        "first": first,
        "second": second,
        "both": both,
        "product": pair.product.statistics(),
        "off": pair.off.statistics(),
    }
