"""The result as plain data, ``schema_version`` 1: what every format and every program reads.

Fields may be added, never changed in meaning. The published schema is
``lca/schemas/result.schema.json`` (``lca schema result``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import lca
from lca.comparison import Comparison, stage_differences, verdict
from lca.ledger import PRICED, Ledger
from lca.report import accounts, provenance
from lca.report.data_files import data_files
from lca.report.wording import explain_factor, name_factor
from lca.scenario import Scenario
from lca.terms import Factor

SCHEMA_VERSION = 1


def run_result(
    scenario: Scenario,
    ledgers: Sequence[Ledger],
    *,
    basis: str = "location",
    by: Sequence[str] = (),
    full: bool = True,
    counted: bool = True,
) -> dict[str, Any]:
    """Return the result of evaluating a scenario and its options.

    Parameters
    ----------
    scenario
        The scenario; its indicators are reported, greenhouse gases always.
    ledgers
        One per option, on shared draws.
    basis
        Account of stages and years: ``location`` or ``market``.
    by
        Labels to group lines by, in addition.
    full
        Whether to list every line, and years and the inventory view of every option; a page of the
        terminal needs none of these.
    counted
        Whether each line has its numbers, which take long where lines are many; else its labels.

    Returns
    -------
    dict
        Plain data of texts, numbers and lists, ready for JSON.
    """
    asked = ("gwp100", *scenario.model.indicators)
    priced = [name for name in PRICED if any(ledger.knows(name) for ledger in ledgers)]
    indicators = tuple(dict.fromkeys((*asked, *priced)))
    used = provenance.all_factors(ledgers)
    draws = ledgers[0].draws
    result: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "lca_version": lca.__version__,
        "scenario": scenario.name,
        "title": scenario.model.title,
        "question": scenario.model.question,
        "role": scenario.model.role,
        "publication": scenario.model.publication,
        "inputs_hash": provenance.inputs_hash([scenario.digest()], used),
        "samples": draws.samples,
        "seed": draws.seed,
        "sampler": "Latin hypercube",
        "basis": basis,
        "period": list(scenario.model.period),
        "indicators": list(indicators),
        "options": [accounts.option(ledger, indicators, basis, full=full) for ledger in ledgers],
        "comparison": None,
    }
    if by:
        rows = accounts.groups(ledgers, indicators, by)
        result["groups"] = {"by": list(by), "rows": rows}
    known = _provenance(scenario, ledgers, used, full)
    if full:
        known["lines"] = lines(ledgers, used) if counted else labels(ledgers)
    return result | known


def lines(
    ledgers: Sequence[Ledger], used: Mapping[Factor, Sequence[str]] | None = None
) -> list[dict[str, Any]]:
    """Return every line of a result with its numbers.

    Parameters
    ----------
    used
        Every factor, in the order of the result's inputs, where they are known already.
    """
    listed = provenance.all_factors(ledgers) if used is None else used
    places = {factor: place for place, factor in enumerate(listed)}
    return [line for ledger in ledgers for line in provenance.lines(ledger, places)]


def labels(ledgers: Sequence[Ledger]) -> list[dict[str, Any]]:
    """Return every line of a result by its labels alone."""
    return [line for ledger in ledgers for line in provenance.labels(ledger)]


def _provenance(
    scenario: Scenario, ledgers: Sequence[Ledger], used: dict[Any, list[str]], full: bool
) -> dict[str, Any]:
    return {
        "settings": provenance.settings(scenario.data) if full else {},
        "inputs": provenance.inputs(used) if full else [],
        "data": data_files(used, scenario.library) if full else {},
        "lines": [],
        "sources": provenance.sources(used, scenario.library),
        "warnings": list(dict.fromkeys(text for ledger in ledgers for text in ledger.warnings)),
        "missing": provenance.missing(ledgers),
        "assumptions": provenance.assumptions(used, scenario.library),
        "fallbacks": list(dict.fromkeys(text for ledger in ledgers for text in ledger.fallbacks)),
    }


def compare_result(
    scenario: Scenario, found: Comparison, *, full: bool = True, counted: bool = True
) -> dict[str, Any]:
    """Return the result of a comparison: that of its options, and which is lower.

    Parameters
    ----------
    scenario
        The scenario whose options are compared, or the first of several.
    found
        The comparison.
    full, counted
        As for `run_result`.
    """
    result = run_result(scenario, found.ledgers, basis=found.basis, full=full, counted=counted)
    return result | {"comparison": _comparison(found)}


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "verdict": verdict(found),
        "cautions": list(found.cautions),
        "functional_unit": found.functional_unit or None,
        "basis": found.basis,
        "order": found.order,
        "values": {name: value.statistics() for name, value in found.values.items()},
        "probability_best": dict(found.probability_best),
        "ranks": {name: list(shares) for name, shares in found.ranks.items()},
        "pairs": [
            {
                "a": pair.first,
                "b": pair.second,
                "probability_a_lower": pair.probability_first_lower,
                "difference": pair.difference.statistics(),
            }
            for pair in found.pairs
        ],
        "methods": _methods(found),
        "decides": _decides(found),
    }


def _methods(found: Comparison) -> dict[str, Any]:
    """Return under how many combinations of method choices each option is lowest."""
    counts = {name: sum(c.best == name for c in found.methods) for name in found.values}
    return {
        "combinations": len(found.methods),
        "lowest": counts,
        "mixed": sum(choice.mixed for choice in found.methods),
        "choices": [
            {
                "embodied_model": choice.embodied_model,
                "end_of_life": choice.end_of_life,
                "basis": choice.basis,
                "lowest": choice.best,
                "mixed": choice.mixed,
            }
            for choice in found.methods
        ],
    }


def _decides(found: Comparison) -> dict[str, Any]:
    """Return what makes the difference between the two lowest options."""
    unit = next(iter(found.values.values())).unit
    return {
        "between": found.order[:2],
        "unit": unit,
        "stages": stage_differences(found),
        "drivers": [
            {
                "name": driver.name,
                "what": name_factor(driver.name, driver.identity),
                "identity": driver.identity,
                "meaning": explain_factor(driver.name),
                "rank_correlation": driver.correlation,
            }
            for driver in found.drivers
        ],
    }
