"""Targets that read one line: units, values, axes, changes, limits."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np

import lca
from fuzz.promises import require, require_numbers, text_of
from lca import document, units, values
from lca.commands import _shared
from lca.optimize import constraints
from lca.report import gate
from lca.scenario import Scenario, functional_unit
from lca.scenario import records as scenario_records
from lca.sensitivity import axes
from lca.sweeps import designs

CANONICAL = ("kW", "kWh", "h", "year", "kg", "km", "L/kWh", "GB", "cm2", "kgCO2e", "kgCO2e/kWh",
             "flop/h", "token/h", "h/year", "")  # fmt: skip
_BOUNDS = ((0.0, math.inf), (-math.inf, math.inf), (0.0, 1.0), (1.0, 10.0))
_PROBABILITY = np.array([1e-9, 0.05, 0.5, 0.95, 1 - 1e-9])
_LARGE = 1e-300, 1e300


def _split(raw: bytes) -> tuple[int, str]:
    """Return a choice, by the first byte, and the text behind it."""
    return (raw[0] if raw else 0), text_of(raw[1:])


def unit(raw: bytes) -> None:
    """Demand that an accepted quantity is a number, and is itself again in the canonical unit."""
    choice, text = _split(raw)
    canonical = CANONICAL[choice % len(CANONICAL)]
    number = units.parse(text, canonical)
    require_numbers([number], "a quantity")
    if _LARGE[0] < abs(number) < _LARGE[1]:
        again = units.parse(f"{number!r} {canonical}", canonical)
        require(math.isclose(again, number, rel_tol=1e-12), "the unit changed the number")


def value(raw: bytes) -> None:
    """Demand that an accepted distribution has ordered quantiles, finite and within its range."""
    choice, text = _split(raw)
    canonical = CANONICAL[choice % len(CANONICAL)]
    lower, upper = _BOUNDS[choice // len(CANONICAL) % len(_BOUNDS)]
    written = document.parse(f"value: {text}").data["value"]
    read = values.read(written, canonical, lower, upper)
    found = read.distribution.quantile(_PROBABILITY)
    require(bool(np.isfinite(found).all()), "a quantile is not finite")
    require(all(a <= b for a, b in pairwise(found)), "quantiles are out of order")
    require(lower <= found[0] and found[-1] <= upper, "a quantile lies outside the range")
    require(math.isfinite(read.central), "the central value is not finite")


def axis(raw: bytes) -> None:
    """Demand that an axis has values that can be written, one sweep design or another."""
    choice, text = _split(raw)
    kind = designs.KINDS[choice % len(designs.KINDS)]
    found = designs.varied([text], kind)
    for one in found:
        require_numbers(one.numbers.tolist(), "a value of the axis")
        document.parse(document.dump({"value": list(one.texts)}))
    require(len(axes.axes([text])) == 1 or kind == "sobol", "an axis is missing")


@cache
def _scenario() -> Scenario:
    from lca.library import packaged_scenarios

    return lca.load(packaged_scenarios() / "procurement.yaml")


def change(raw: bytes) -> None:
    """Demand that a changed scenario is checked whole, and survives its file."""
    path, written = _shared._change(text_of(raw))
    changed = _scenario().patch({path: written}, "changed")
    again = document.parse(document.dump(changed.data)).data
    require(again == changed.data, "writing and reading changed the data")


def limit(raw: bytes) -> None:
    """Demand that a limit, a constraint, an amount or a functional unit is a number or refused."""
    choice, text = _split(raw)
    reader = (_gate, _constraint, _amount, functional_unit.parse)[choice % 4]
    reader(text)


def _gate(text: str) -> None:
    require_numbers([gate.read(text).limit], "a limit")


def _constraint(text: str) -> None:
    found = constraints.read([text], {"cost": "EUR", "power": "kW", "gwp100": "kgCO2e"})
    require_numbers((one.bound for one in found), "a bound")


def _amount(text: str) -> None:
    require_numbers([scenario_records.read_amount(text, "token")], "an amount")
