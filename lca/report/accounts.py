"""The numbers of one option: totals, per functional unit, by stage and by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lca.estimates import Estimate
from lca.ledger import BASES, INDICATORS, STAGES, Ledger, Missing

FLOWS = ("it_energy", "facility_energy")
_KEYS = ("central", "median", "mean", "p5", "p95", "standard_error")


def nothing(unit: str, reason: str) -> dict[str, Any]:
    """Return the statistics of a number that does not exist: every key is null, with the reason."""
    return {**dict.fromkeys(_KEYS), "unit": unit, "reason": reason}


def option(ledger: Ledger, indicators: Sequence[str], basis: str) -> dict[str, Any]:
    """Return the numbers of one option.

    Parameters
    ----------
    ledger
        The option, evaluated.
    indicators
        What the scenario asks for.
    basis
        The account of the parts, ``location`` or ``market``; totals are given for both.
    """
    unit = ledger.functional_units[0] if ledger.functional_units else None
    return {
        "name": ledger.name,
        "functional_unit": unit,
        "embodied_model": ledger.embodied_model,
        "view": ledger.default_view,
        "total": {name: _total(ledger, name, None) for name in indicators},
        "per_unit": _per_unit(ledger, indicators, unit) if unit else {},
        "per_other_unit": {
            other: _per_unit(ledger, indicators, other) for other in ledger.functional_units[1:]
        },
        "delivered": {
            name: ledger.units(name).statistics() for name in ledger.functional_units
        },
        "energy": {name: ledger.total(name).statistics() for name in FLOWS},
        "by_stage": _by_stage(ledger, indicators, basis),
        "by_stage_per_unit": _stages_per_unit(ledger, indicators, basis, unit) if unit else {},
        "by_year": _by_year(ledger, indicators, basis, None),
        "inventory": {
            "total": {name: _total(ledger, name, "inventory") for name in indicators},
            "by_year": _by_year(ledger, indicators, basis, "inventory"),
        },
    }


def gaps(ledger: Ledger, indicator: str, stage: str | None = None) -> list[Missing]:
    """Return what is missing from an indicator, in a stage or in all."""
    return [
        gap
        for gap in ledger.missing
        if gap.indicator == indicator and stage in {None, gap.stage}
    ]


def _say(gap: Missing) -> str:
    return f"{gap.stage}: {gap.what}: {gap.reason}"


def _has_lines(ledger: Ledger, indicator: str) -> bool:
    return any(line.indicator == indicator for line in ledger.lines)


def _why_nothing(ledger: Ledger, indicator: str) -> str:
    found = gaps(ledger, indicator)
    return "; ".join(_say(gap) for gap in found) or "no factor is packaged for what is accounted for"


def _total(ledger: Ledger, indicator: str, view: str | None) -> dict[str, Any]:
    """Return an indicator on both accounts; what it lacks is named beside it."""
    if not _has_lines(ledger, indicator):
        empty = nothing(INDICATORS[indicator], _why_nothing(ledger, indicator))
        return dict.fromkeys(BASES, empty)
    found: dict[str, Any] = {
        basis: ledger.total(indicator, basis=basis, view=view).statistics() for basis in BASES
    }
    missing = [_say(gap) for gap in gaps(ledger, indicator)]
    return found | ({"missing": missing} if missing else {})


def _per_unit(ledger: Ledger, indicators: Sequence[str], unit: str) -> dict[str, Any]:
    delivered = bool(np.all(ledger.units(unit).samples > 0))
    return {name: _indicator_per_unit(ledger, name, unit, delivered) for name in indicators}


def _indicator_per_unit(
    ledger: Ledger, indicator: str, unit: str, delivered: bool
) -> dict[str, Any]:
    written = f"{INDICATORS[indicator]}/({unit})"
    if not delivered:
        return dict.fromkeys(BASES, nothing(written, f"nothing in {ledger.name} provides {unit}"))
    if not _has_lines(ledger, indicator):
        return dict.fromkeys(BASES, nothing(written, _why_nothing(ledger, indicator)))
    found: dict[str, Any] = {
        basis: ledger.per(unit, indicator, basis=basis).statistics() for basis in BASES
    }
    missing = [_say(gap) for gap in gaps(ledger, indicator)]
    return found | ({"missing": missing} if missing else {})


def _by_stage(ledger: Ledger, indicators: Sequence[str], basis: str) -> dict[str, Any]:
    """Return totals by stage; a stage without lines is left out unless something is missing."""
    found: dict[str, dict[str, Any]] = {stage: {} for stage in STAGES}
    for indicator in indicators:
        rows = {r.labels[0]: r.estimate for r in ledger.by("stage", indicator=indicator, basis=basis)}
        for stage in STAGES:
            missing = [_say(gap) for gap in gaps(ledger, indicator, stage)]
            entry = _stage_entry(rows.get(stage), indicator, missing)
            if entry is not None:
                found[stage][indicator] = entry
    return {stage: entries for stage, entries in found.items() if entries}


def _stage_entry(
    estimate: Estimate | None, indicator: str, missing: list[str]
) -> dict[str, Any] | None:
    if estimate is None:
        return nothing(INDICATORS[indicator], "; ".join(missing)) if missing else None
    return {**estimate.statistics(), **({"missing": missing} if missing else {})}


def _stages_per_unit(
    ledger: Ledger, indicators: Sequence[str], basis: str, unit: str
) -> dict[str, Any]:
    """Return each stage per functional unit, divided draw by draw; empty where none is provided."""
    delivered = ledger.units(unit)
    found: dict[str, dict[str, Any]] = {}
    if not np.all(delivered.samples > 0):
        return found
    for indicator in indicators:
        for row in ledger.by("stage", indicator=indicator, basis=basis):
            share = row.estimate.over(delivered, f"{INDICATORS[indicator]}/({unit})")
            found.setdefault(row.labels[0], {})[indicator] = share.statistics()
    return {stage: found[stage] for stage in STAGES if stage in found}


def _by_year(
    ledger: Ledger, indicators: Sequence[str], basis: str, view: str | None
) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {str(year): {} for year in ledger.years}
    for indicator in indicators:
        for row in ledger.by("year", indicator=indicator, basis=basis, view=view):
            found[row.labels[0]][indicator] = row.estimate.statistics()
    return found


def groups(
    ledgers: Sequence[Ledger], indicators: Sequence[str], labels: Sequence[str]
) -> list[dict[str, Any]]:
    """Return totals of groups of lines, for every option, indicator and account."""
    return [
        {
            "option": ledger.name,
            "indicator": indicator,
            "basis": basis,
            **dict(zip(labels, row.labels, strict=True)),
            **row.estimate.statistics(),
        }
        for ledger in ledgers
        for indicator in (*indicators, *(f for f in FLOWS if f not in indicators))
        for basis in BASES
        for row in ledger.by(*(x for x in labels), indicator=indicator, basis=basis)
    ]
