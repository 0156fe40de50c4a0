"""The rules of decisions: what pays back, when, and what has to be saved for it."""

from __future__ import annotations

from typing import Any

from lca.formulas import break_even_time, operation
from lca.uncertain import Array
from lca.validation.engine import Rule, rule_of

__all__ = ["DECISIONS"]

HOURS_OF_A_YEAR = 8760.0
HOURS_OF_A_DAY = 24.0


def _payback(new: Array, old_power: Array, new_power: Array, intensity: Array) -> Any:
    saving = operation.operation_footprint(old_power - new_power, intensity)
    return break_even_time.break_even_periods(new, saving, 0.0)


def _payback_used(new: Array, old: Array, later: Array, intensity: Array, used: Array) -> Any:
    return _payback(new, old * used, later * used, intensity)


def _saving(new: Array, old: Array, later: Array, intensity: Array, horizon: Array) -> Any:
    before = operation.operation_footprint(operation.it_energy(old, horizon), intensity)
    after = operation.operation_footprint(operation.it_energy(later, horizon), intensity)
    return (before - after - new) / before


_PAYBACKS: tuple[Rule, ...] = (
    rule_of(
        "break_even",
        "embodied power+old power+new grid_intensity average_utilisation?1",
        _payback_used,
        "embodied / saving per hour",
    ),
    rule_of(
        "break_even",
        "embodied saving_rate grid_intensity",
        lambda new, saving, grid: new / operation.operation_footprint(saving, grid),
        "embodied / saving per hour",
    ),
    rule_of(
        "break_even",
        "parity count+day",
        lambda calls, daily: calls / daily * HOURS_OF_A_DAY,
        "calls / calls of a day",
    ),
    rule_of(
        "saving_at_horizon",
        "embodied power+old power+new grid_intensity horizon",
        _saving,
        "saving over a horizon",
    ),
    rule_of(
        "saving_needed",
        "extra_units embodied use_phase",
        lambda n, e, u: n * e / u,
        "extra embodied / operation",
    ),
)

_SAVINGS: tuple[Rule, ...] = (
    rule_of("saving_rate", "yearly_saving", lambda e: e / HOURS_OF_A_YEAR, "saving of a year"),
    rule_of(
        "break_even",
        "embodied yearly_co2e_saving",
        lambda new, saving: new / (saving / HOURS_OF_A_YEAR),
        "embodied / saving of a year",
    ),
)


DECISIONS: tuple[Rule, ...] = _PAYBACKS + _SAVINGS
"""Rules of decisions, the more direct ones first."""
