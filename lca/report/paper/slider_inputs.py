"""Which factors of the first fleet have a slider: utilization, PUE and grid intensity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lca.ledger import Ledger
from lca.terms import Factor, factors


@dataclass(frozen=True, slots=True)
class Moved:
    """An input that is moved: its factor, and the ends of its slider in the factor's unit.

    ``scale`` times a value gives it in ``unit``, for display.
    """

    name: str
    label: str
    factor: Factor
    low: float
    high: float
    scale: float
    unit: str
    digits: int


def moved_inputs(fleet: str, ledger: Ledger) -> tuple[list[Moved], list[str]]:
    """Return the inputs that can be moved, and why others cannot."""
    nodes = dict.fromkeys(
        node
        for line in ledger.lines
        if line.asset == fleet and line.indicator == "gwp100"
        for node in line.intensity
    )
    leaves = list(dict.fromkeys(leaf for node in nodes for leaf in factors(node)))
    found, left_out = [], []
    for label, fits, make in _SOUGHT:
        chosen = [leaf for leaf in leaves if fits(leaf)]
        if len(chosen) == 1:
            found.append(make(chosen[0]))
        else:
            why = "several values" if chosen else "no value of its own"
            left_out.append(f"{label}: the first fleet has {why}")
    return found, left_out


def _utilization(factor: Factor) -> Moved:
    return Moved("utilization", "utilization", factor, 0.05, 1.0, 100.0, "%", 0)


def _pue(factor: Factor) -> Moved:
    high = max(2.0, factor.distribution.central)
    return Moved("pue", "PUE", factor, 1.0, high, 1.0, "", 2)


def _grid(factor: Factor) -> Moved:
    high = max(1.0, 1.5 * factor.distribution.central)
    return Moved("grid", "grid intensity", factor, 0.0, high, 1000.0, "gCO2e/kWh", 0)


def _is_grid(factor: Factor) -> bool:
    return factor.name in {"published_intensity", "grid_intensity"}


_SOUGHT: tuple[tuple[str, Callable[[Factor], bool], Callable[[Factor], Moved]], ...] = (
    ("utilization", lambda factor: factor.name == "utilization", _utilization),
    ("PUE", lambda factor: factor.name == "pue", _pue),
    ("grid intensity", _is_grid, _grid),
)
