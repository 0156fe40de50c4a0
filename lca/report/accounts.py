"""The numbers of one option: totals, per functional unit, by stage and by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lca.estimates import Estimate
from lca.ledger import BASES, PRICED, STAGES, Ledger
from lca.report import phases

FLOWS = ("it_energy", "facility_energy")
_KEYS = ("central", "median", "mean", "p5", "p95", "standard_error")


def nothing(unit: str, reason: str) -> dict[str, Any]:
    """Return the statistics of a number that does not exist: every key is null, with the reason."""
    return {**dict.fromkeys(_KEYS), "unit": unit, "reason": reason}


@dataclass(slots=True)
class _Numbers:
    """Sums of one ledger, each made once: many parts of a result rest on the same ones."""

    ledger: Ledger
    kept: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def total(self, indicator: str, basis: str, view: str) -> Estimate:
        """Return the total of an indicator; where no line differs by account, both are one."""
        differs = any(x.indicator == indicator and x.basis == "market" for x in self.ledger.lines)
        shared = basis if differs else "location"
        key = ("total", indicator, shared, view)
        if key not in self.kept:
            self.kept[key] = self.ledger.total(indicator, basis=shared, view=view)
        found: Estimate = self.kept[key]
        return found

    def delivered(self, unit: str) -> Estimate | None:
        """Return how many functional units are provided, or None if there is a draw with none."""
        key = ("unit", unit)
        if key not in self.kept:
            self.kept[key] = self.ledger.units(unit)
        found: Estimate = self.kept[key]
        return found if np.all(found.samples > 0) else None

    def by(self, label: str, indicator: str, basis: str, view: str) -> dict[str, Estimate]:
        """Return totals by one label."""
        key = (label, indicator, basis, view)
        if key not in self.kept:
            rows = self.ledger.by(label, indicator=indicator, basis=basis, view=view)
            self.kept[key] = {row.labels[0]: row.estimate for row in rows}
        found: dict[str, Estimate] = self.kept[key]
        return found


def option(
    ledger: Ledger, indicators: Sequence[str], basis: str, *, full: bool = True
) -> dict[str, Any]:
    """Return the numbers of one option.

    Parameters
    ----------
    ledger
        The option, evaluated.
    indicators
        What the scenario asks for.
    basis
        The account of the parts, ``location`` or ``market``; totals are given for both.
    full
        Whether to give years and the inventory view too; otherwise these are empty.
    """
    numbers, units = _Numbers(ledger), ledger.functional_units
    unit, view = units[0] if units else None, ledger.default_view
    return {
        "name": ledger.name,
        "functional_unit": unit,
        "embodied_model": ledger.embodied_model,
        "fallbacks": list(ledger.fallbacks),
        "view": view,
        "total": {name: _accounts(numbers, name, view) for name in indicators},
        "per_unit": {name: _accounts(numbers, name, view, unit) for name in indicators}
        if unit
        else {},
        "per_other_unit": {
            other: {name: _accounts(numbers, name, view, other) for name in indicators}
            for other in units[1:]
        },
        "delivered": {name: ledger.units(name).statistics() for name in units},
        "energy": {name: numbers.total(name, basis, view).statistics() for name in FLOWS},
        "by_stage": _by_stage(numbers, indicators, basis),
        "costs": _costs(numbers, basis),
        "by_phase": _by_phase(ledger, indicators, basis),
        "overtaking": phases.overtaking(ledger, basis),
        "by_stage_per_unit": _stages_per_unit(numbers, indicators, basis, unit) if unit else {},
        "by_year": _by_year(numbers, indicators, basis, view) if full else {},
        "inventory": _inventory(numbers, indicators if full else (), basis),
    }


def _inventory(numbers: _Numbers, indicators: Sequence[str], basis: str) -> dict[str, Any]:
    """Return totals with all that is bought booked in its year."""
    return {
        "total": {name: _accounts(numbers, name, "inventory") for name in indicators},
        "by_year": _by_year(numbers, indicators, basis, "inventory") if indicators else {},
    }


def _by_phase(ledger: Ledger, indicators: Sequence[str], basis: str) -> dict[str, Any]:
    """Return totals by phase of an AI service, where there are several."""
    found: dict[str, dict[str, Any]] = {}
    if len({line.phase for line in ledger.lines}) < 2:
        return found
    for indicator in indicators:
        for phase, estimate in phases.by_phase(ledger, basis, indicator).items():
            found.setdefault(phase, {})[indicator] = estimate.statistics()
    return found


def _gaps_of(indicator: str) -> tuple[str, ...]:
    """Return the indicators whose gaps an indicator has: what has no price has no present value."""
    return (indicator, "cost") if indicator == "present_cost" else (indicator,)


def gaps(ledger: Ledger, indicator: str, stage: str | None = None) -> list[str]:
    """Say what is missing from an indicator, in a stage or in all."""
    return [
        f"{gap.stage}: {gap.what}: {gap.reason}"
        for gap in ledger.missing
        if gap.indicator in _gaps_of(indicator) and stage in {None, gap.stage}
    ]


def _accounts(
    numbers: _Numbers, indicator: str, view: str, unit: str | None = None
) -> dict[str, Any]:
    """Return an indicator on both accounts, in total or per unit; what it lacks stands beside it."""
    ledger, missing = numbers.ledger, gaps(numbers.ledger, indicator)
    own = ledger.unit(indicator)
    written = f"{own}/({unit})" if unit else own
    if not any(line.indicator == indicator for line in ledger.lines):
        reason = "; ".join(missing) or "no factor is packaged for what is accounted for"
        return dict.fromkeys(BASES, nothing(written, reason))
    delivered = numbers.delivered(unit) if unit else None
    if unit and delivered is None:
        return dict.fromkeys(BASES, nothing(written, f"{ledger.name} provides no {unit}"))
    wholes = {basis: numbers.total(indicator, basis, view) for basis in BASES}
    made = {
        id(whole): (whole.over(delivered, written) if delivered else whole).statistics()
        for whole in wholes.values()
    }
    found: dict[str, Any] = {basis: made[id(whole)] for basis, whole in wholes.items()}
    return found | ({"missing": missing} if missing else {})


def _by_stage(numbers: _Numbers, indicators: Sequence[str], basis: str) -> dict[str, Any]:
    """Return totals by stage; a stage without lines is left out unless something is missing."""
    found: dict[str, dict[str, Any]] = {stage: {} for stage in STAGES}
    for indicator in indicators:
        rows = numbers.by("stage", indicator, basis, numbers.ledger.default_view)
        for stage in STAGES:
            missing = gaps(numbers.ledger, indicator, stage)
            if stage in rows:
                extra = {"missing": missing} if missing else {}
                found[stage][indicator] = rows[stage].statistics() | extra
            elif missing:
                found[stage][indicator] = nothing(
                    numbers.ledger.unit(indicator), "; ".join(missing)
                )
    return {stage: entries for stage, entries in found.items() if entries}


def _costs(numbers: _Numbers, basis: str) -> dict[str, Any]:
    """Return what is paid for what: purchase, electricity, rental, carbon; empty without prices."""
    view = numbers.ledger.default_view
    return {
        name: {
            process: estimate.statistics()
            for process, estimate in numbers.by("process", name, basis, view).items()
        }
        for name in PRICED
        if numbers.ledger.knows(name)
    }


def _stages_per_unit(
    numbers: _Numbers, indicators: Sequence[str], basis: str, unit: str
) -> dict[str, Any]:
    """Return each stage per functional unit, divided draw by draw; empty where none is provided."""
    delivered = numbers.delivered(unit)
    found: dict[str, dict[str, Any]] = {}
    if delivered is None:
        return found
    for indicator in indicators:
        rows = numbers.by("stage", indicator, basis, numbers.ledger.default_view)
        for stage, estimate in rows.items():
            share = estimate.over(delivered, f"{numbers.ledger.unit(indicator)}/({unit})")
            found.setdefault(stage, {})[indicator] = share.statistics()
    return {stage: found[stage] for stage in STAGES if stage in found}


def _by_year(numbers: _Numbers, indicators: Sequence[str], basis: str, view: str) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {str(year): {} for year in numbers.ledger.years}
    for indicator in indicators:
        for year, estimate in numbers.by("year", indicator, basis, view).items():
            found[year][indicator] = estimate.statistics()
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
        for row in ledger.by(*labels, indicator=indicator, basis=basis)
    ]
