"""Sliders: the central estimate as coefficients of a few inputs, so that a page can move them.

In the grid intensity, the PUE and the utilization the totals are sums of products, linear in each
by itself; in the number of devices they are a constant and a multiple. Whole lifetimes are told one
by one. Each of this is checked when the coefficients are made: an input in which the result is not
of that form gets no slider, and the page says so.

With ``t`` an input's place between its ends, from 0 to 1, and ``S`` a set of inputs,

    total(lifetime, count, t) = Σ_S (constant_S + count · multiple_S) · Π_{i in S} t_i

and a result per functional unit is the quotient of two such totals.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lca.errors import LcaError
from lca.estimates import scale
from lca.evaluation import evaluate
from lca.report.wording import say_unit, spoken
from lca.sensitivity.evaluator import Sheet, central
from lca.terms import Factor, Value
from lca.uncertain import Array

if TYPE_CHECKING:
    from lca.ledger import Ledger
    from lca.scenario import Scenario

_LIFETIMES = range(1, 11)
_NEAR = 1e-10
"""Relative departure up to which the form counts as exact; the page promises 1e-9."""
_CHECKS = ((0.37, 0.71, 0.23), (0.83, 0.19, 0.61))


@dataclass(frozen=True, slots=True)
class Moved:
    """An input that is moved: its factor, and the ends of its slider in the factor's unit."""

    name: str
    label: str
    factor: Factor
    low: float
    high: float
    step: float
    scale: float
    unit: str
    digits: int


def sliders(scenario: Scenario, ledgers: Sequence[Ledger], basis: str) -> dict[str, Any]:
    """Return what the page needs to move inputs of the first fleet, or nothing without a fleet."""
    if not scenario.model.fleet:
        return {}
    fleet = next(iter(scenario.model.fleet))
    found, left_out = _inputs(fleet, ledgers[0])
    model = ledgers[0].embodied_model
    study = _Study(scenario, fleet, basis, model)
    kept, more = study.linear(found)
    left_out += more
    try:
        options = study.options(kept)
    except _NotOfThatForm as reason:
        return _only(fleet, str(reason)) if kept else {}
    return {
        "fleet": fleet,
        "per": study.per,
        "inputs": [*study.whole_inputs(), *(_control(one) for one in kept)],
        "moved": [{"name": m.name, "low": m.low, "high": m.high} for m in kept],
        "options": options,
        "scales": _scales(options, study.per),
        "left_out": [*left_out, *study.left_out],
    }
