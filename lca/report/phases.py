"""The phases of an AI service, and when serving has emitted as much as training."""

from __future__ import annotations

from typing import Any

import numpy as np

from lca.estimates import Estimate
from lca.ledger import PHASES, Ledger
from lca.uncertain import Array

BEFORE = ("data_collection", "preprocessing", "training", "optimization")
"""Phases that come before a model serves; inference and deployment are serving."""


def by_phase(ledger: Ledger, basis: str, indicator: str = "gwp100") -> dict[str, Estimate]:
    """Return totals by phase, in the order of the life of a service."""
    rows = ledger.by("phase", indicator=indicator, basis=basis)
    found = {row.labels[0]: row.estimate for row in rows if row.labels[0]}
    return {phase: found[phase] for phase in PHASES if phase in found}


def overtaking(ledger: Ledger, basis: str) -> dict[str, Any] | None:
    """Tell after how much work serving has emitted as much as all that came before it.

    Returns
    -------
    dict or None
        ``functional_unit``; ``amount``, a statistic of how many of it; ``delivered`` in the period;
        ``probability``, that the period delivers as many; ``year``, the median of the years in which
        it does, or None. None where the scenario lacks training, serving, or what serving delivers.
    """
    phases = by_phase(ledger, basis)
    before, serving = np.zeros(1), np.zeros(1)
    for phase, estimate in phases.items():
        if phase in BEFORE:
            before = before + estimate.samples
        else:
            serving = serving + estimate.samples
    unit = next((u for u in ledger.functional_units if _served(ledger, u) is not None), None)
    served = _served(ledger, unit) if unit else None
    if unit is None or served is None or not (np.all(before > 0) and np.all(serving > 0)):
        return None
    amount = Estimate(before / (serving / served), unit)
    return {
        "functional_unit": unit,
        "amount": amount.statistics(),
        "delivered": Estimate(served, unit).statistics(),
        "probability": float(np.mean(amount.draws <= Estimate(served, unit).draws)),
        "year": _year(ledger, basis),
    }


def _served(ledger: Ledger, unit: str) -> Array | None:
    """Return how many functional units serving delivers, or None if there is a draw with none."""
    rows = ledger.by("phase", indicator=f"unit:{unit}", view="spread")
    parts = [row.estimate.samples for row in rows if row.labels[0] not in BEFORE]
    found = np.sum(parts, axis=0) if parts else np.zeros(1)
    return found if np.all(found > 0) else None


def _year(ledger: Ledger, basis: str) -> int | None:
    """Return the median of the years in which serving overtakes, or None if it is not within them."""
    years = {str(year): place for place, year in enumerate(ledger.years)}
    gap = np.zeros((len(years), max(1, ledger.draws.samples)))
    for row in ledger.by("phase", "year", basis=basis):
        phase, year = row.labels
        gap[years[year]] += row.estimate.draws * (-1 if phase in BEFORE else 1)
    reached = np.cumsum(gap, axis=0) >= 0
    first = np.where(reached.any(axis=0), reached.argmax(axis=0), len(years))
    middle = int(np.median(first))
    return ledger.years[middle] if middle < len(years) else None
