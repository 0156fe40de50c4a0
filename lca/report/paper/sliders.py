"""Sliders: the central estimate as coefficients of a few inputs, so that a page can move them.

In the grid intensity, the PUE and the utilization the totals are sums of products, linear in each
by itself; in the number of devices they are a constant and a multiple. Lifetimes are told one by
one. All of this is checked when the coefficients are made: an input in which the result is not of
that form gets no slider, and the page says so.

With ``t`` an input's place between its ends, from 0 to 1, and ``S`` a set of inputs,

    total(lifetime, count, t) = sum over S of (constant_S + count * multiple_S) * product of t in S

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
from lca.report.paper.slider_inputs import Moved, moved_inputs
from lca.report.wording import say_unit
from lca.sensitivity.evaluator import Sheet, central
from lca.terms import Factor, Value
from lca.uncertain import Array

if TYPE_CHECKING:
    from lca.ledger import Ledger
    from lca.scenario import Scenario

_LIFETIMES = range(2, 11)
_FINER = 6
"""Half or quarter years each way from a lifetime that is no whole one."""

_NEAR = 1e-10
"""Relative departure up to which the form counts as exact; the page promises 1e-9."""
_CHECKS = (0.37, 0.71, 0.23)
_NOT_LINEAR = "the result is not linear in it; use lca run --set"


def sliders(scenario: Scenario, ledgers: Sequence[Ledger], basis: str) -> dict[str, Any]:
    """Return what a page needs to move inputs of the first fleet; nothing without a fleet.

    Parameters
    ----------
    ledgers
        One an option; draws are not used.
    """
    if not scenario.model.fleet:
        return {}
    fleet = next(iter(scenario.model.fleet))
    found, left_out = moved_inputs(fleet, ledgers[0])
    study = _Study(scenario, fleet, basis, ledgers)
    moved = []
    for one in found:
        if study.is_linear((one,)):
            moved.append(one)
        else:
            left_out.append(f"{one.label}: {_NOT_LINEAR}")
    if not study.is_linear(moved):
        return {}
    return study.told(moved, left_out)


@dataclass(slots=True)
class _Study:
    """A scenario evaluated at central values, with other lifetimes and counts of its first fleet."""

    scenario: Scenario
    fleet: str
    basis: str
    own: Sequence[Ledger]

    @property
    def count(self) -> int | None:
        """Devices bought, or None where they are bought in several years."""
        counts = list(self.scenario.model.fleet[self.fleet].count.values())
        return int(counts[0]) if len(counts) == 1 else None

    @property
    def lifetimes(self) -> list[float]:
        """Lifetimes (years) that can be chosen, see `stops`."""
        return stops(self.own_lifetime)

    @property
    def own_lifetime(self) -> float:
        """Lifetime that the scenario states (years)."""
        return float(self.scenario.model.fleet[self.fleet].lifetime.central)

    def changed(self, name: str, value: object) -> list[Ledger]:
        """Return the ledgers of all options with another lifetime or count."""
        base = self.scenario.patch({f"fleet.{self.fleet}.{name}": value}, self.scenario.name)
        model = self.own[0].embodied_model
        return [evaluate(one, samples=0, embodied_model=model) for one in base.options()]

    def is_linear(self, moved: Sequence[Moved]) -> bool:
        """Whether totals at a place between are what the ends of the inputs say."""
        places = [*itertools.product((0.0, 1.0), repeat=len(moved)), _CHECKS[: len(moved)]]
        table = _Table(moved, places)
        for ledger in self.own:
            for name in self.rows(ledger):
                values = table.sums(ledger, name, self.basis)
                said = _value(coefficients(values[:-1]).tolist(), places[-1])
                if not _near(said, float(values[-1])):
                    return False
        return True

    def rows(self, ledger: Ledger) -> list[str]:
        """Return the indicators that are needed: greenhouse gases, and the functional unit."""
        return ["gwp100", *(f"unit:{unit}" for unit in ledger.functional_units[:1])]

    def told(self, moved: Sequence[Moved], left_out: list[str]) -> dict[str, Any]:
        """Return the coefficients of every option and lifetime as plain data."""
        places = list(itertools.product((0.0, 1.0), repeat=len(moved)))
        table = _Table(moved, places)
        follows = self._following(table)
        if not any(follows):
            left_out.append("devices bought: the result is not a multiple of one purchase")
        stops, cells = [], []
        for lifetime in self.lifetimes:
            try:
                found = self._of_lifetime(lifetime)
            except LcaError:
                continue  # a lifetime that the scenario does not accept has no stop
            stops.append(lifetime)
            pairs = zip(found, follows, strict=True)
            cells.append([self._cells(table, one, moves) for one, moves in pairs])
        units = self.own[0].functional_units
        return {
            "fleet": self.fleet,
            "per": units[0] if units else "",
            "inputs": list(self._controls(stops, any(follows), moved)),
            "options": [
                {"name": one.name, "cells": [row[place] for row in cells]}
                for place, one in enumerate(self.own)
            ],
            "scales": _scales(self.own, self.basis),
            "left_out": left_out,
        }

    def _of_lifetime(self, lifetime: float) -> Sequence[Ledger]:
        if lifetime == self.own_lifetime:
            return self.own
        return self.changed("lifetime", f"{lifetime!r} years")

    def _following(self, table: _Table) -> list[bool]:
        """Return, by option, whether the first fleet's lines follow the number of devices.

        All are False where an option's total is neither a constant plus a multiple, nor constant.
        """
        none = [False] * len(self.own)
        if self.count is None:
            return none
        when = next(iter(self.scenario.model.fleet[self.fleet].count))
        try:
            twice = 2 * self.count
            more = self.changed("count", twice if when == "first" else {str(when): twice})
        except LcaError:
            return none  # another part of the scenario speaks of this purchase
        found = [self._follows(table, *pair) for pair in zip(self.own, more, strict=True)]
        return none if None in found else [bool(one) for one in found]

    def _follows(self, table: _Table, once: Ledger, twice: Ledger) -> bool | None:
        """Return whether lines of the fleet double and others stay, or all stay, or None."""
        moves = stays = True
        for name in self.rows(once):
            before = table.sums(once, name, self.basis)
            after = table.sums(twice, name, self.basis)
            part = table.sums(once, name, self.basis, self.fleet)
            moves &= bool(np.allclose(after, before + part, rtol=_NEAR, atol=0.0))
            stays &= bool(np.allclose(after, before, rtol=_NEAR, atol=0.0))
        return True if moves and not stays else False if stays else None

    def _cells(self, table: _Table, ledger: Ledger, moves: bool) -> list[list[float]]:
        """Return constant and multiple of the total, then of the work delivered."""
        rows: list[list[float]] = []
        for name in self.rows(ledger):
            whole = table.sums(ledger, name, self.basis)
            if not moves or self.count is None:
                rows += [coefficients(whole).tolist(), []]
                continue
            part = table.sums(ledger, name, self.basis, self.fleet)
            rest = table.sums(ledger, name, self.basis, self.fleet, others=True)
            rows += [coefficients(rest).tolist(), coefficients(part / self.count).tolist()]
        return [row if any(row) else row[:1] for row in rows]

    def _controls(
        self, stops: Sequence[float], follows: bool, moved: Sequence[Moved]
    ) -> Iterator[dict[str, Any]]:
        own, count = {"step": 1, "scale": 1.0, "digits": 0}, self.count
        if follows and count is not None:
            yield own | {"name": "count", "label": f"devices bought ({self.fleet})", "low": 1,
                         "high": max(4 * count, 8), "value": count, "unit": ""}  # fmt: skip
        if len(stops) > 1:
            yield own | {"name": "lifetime", "label": "lifetime", "low": 0, "high": len(stops) - 1,
                         "value": stops.index(self.own_lifetime), "unit": "years",
                         "stops": list(stops)}  # fmt: skip
        for one in moved:
            yield {
                "name": one.name, "label": one.label, "low": one.low, "high": one.high,
                "value": one.factor.distribution.central, "step": "any", "scale": one.scale,
                "unit": one.unit, "digits": one.digits,
            }  # fmt: skip


def stops(own: float) -> list[float]:
    """Return the lifetimes (years) of the slider: whole ones, and the scenario's own.

    Where that is of half or quarter years, so are the steps around it.

    Examples
    --------
    >>> stops(4.0)[:3], stops(4.5)[:4], stops(3.25)[:3]
    ([2.0, 3.0, 4.0], [2.0, 2.5, 3.0, 3.5], [2.0, 2.25, 2.5])
    """
    step = next((each for each in (1.0, 0.5, 0.25) if (own / each).is_integer()), 1.0)
    finer = {own + step * number for number in range(-_FINER, _FINER + 1)} if step < 1 else {own}
    whole = {*map(float, _LIFETIMES)}
    return sorted(
        one for one in whole | finer if one == own or _LIFETIMES[0] <= one <= _LIFETIMES[-1]
    )


class _Table:
    """Sums of ledgers at several places of the inputs at once."""

    def __init__(self, moved: Sequence[Moved], places: Sequence[Sequence[float]]) -> None:
        shares = np.array(places, dtype=np.float64).reshape(len(places), len(moved))
        values = {
            one.factor: one.low + (one.high - one.low) * shares[:, column]
            for column, one in enumerate(moved)
        }
        self._size = len(places)
        self._sheet = Sheet(_leaf(values))

    def sums(
        self, ledger: Ledger, indicator: str, basis: str, asset: str = "", *, others: bool = False
    ) -> Array:  # fmt: skip
        """Return a total at every place: of all lines, of an asset, or of all ``others``."""
        index = ledger.index
        rows = index.select(indicator, basis)
        if asset:
            mine = np.array([line.asset == asset for line in ledger.lines], dtype=bool)
            rows = rows[mine[index.line[rows]] != others]
        view = "spread" if indicator.startswith("unit:") else ledger.default_view
        weights = np.bincount(index.vector[rows], index.activity[view][rows], len(index.nodes))
        found = np.zeros(self._size)
        for place in np.flatnonzero(weights).tolist():
            found += weights[place] * self._sheet.value(index.nodes[place])
        return found


def _leaf(values: Mapping[Factor, Array]) -> Any:
    def leaf(factor: Factor) -> Value:
        return values[factor] if factor in values else central(factor)

    return leaf


def coefficients(corners: Array) -> Array:
    """Return the coefficients of a function linear in each input, from its values at the corners.

    Parameters
    ----------
    corners
        Values at all combinations of 0 and 1, the last input changing fastest, shape ``(2**n,)``.

    Returns
    -------
    Array
        Coefficient of each product of inputs, in the same order: the number of a product has the
        bits of its inputs.
    """
    found = np.array(corners, dtype=np.float64)
    stride = 1
    while stride < found.size:
        pairs = found.reshape(-1, 2, stride)
        pairs[:, 1] -= pairs[:, 0]
        stride *= 2
    return found


def _value(found: Sequence[float], places: Sequence[float]) -> float:
    """Return the sum of products; the same arithmetic stands in the page's script."""
    total = 0.0
    for number, coefficient in enumerate(found):
        product = coefficient
        for bit, place in enumerate(reversed(places)):
            if number >> bit & 1:
                product *= place
        total += product
    return total


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= _NEAR * max(abs(a), abs(b))


def result_at(data: Mapping[str, Any], option: int, values: Mapping[str, float]) -> tuple[float, float | None]:  # fmt: skip
    """Return an option's total and its result per functional unit, as the page's script does.

    Parameters
    ----------
    data
        What `sliders` returned.
    option
        Place of the option.
    values
        By slider, its value in the input's own unit; of ``lifetime`` the place of its stop.
        Sliders that are not named stand where the scenario has them.
    """
    at = {one["name"]: values.get(one["name"], one["value"]) for one in data["inputs"]}
    moved = [one for one in data["inputs"] if one["name"] not in {"count", "lifetime"}]
    places = [(at[o["name"]] - o["low"]) / (o["high"] - o["low"]) for o in moved]
    rows = data["options"][option]["cells"][int(at.get("lifetime", 0))]
    count = at.get("count", 0.0)
    sums = []
    for constant, multiple in zip(rows[::2], rows[1::2], strict=True):
        many = count * _value(multiple, places) if multiple else 0.0
        sums.append(_value(constant, places) + many)
    return sums[0], (sums[0] / sums[1] if len(sums) > 1 and sums[1] else None)


def _scales(base: Sequence[Ledger], basis: str) -> dict[str, Any]:
    """Return divisors and units in which totals and results per unit read well."""
    totals = [abs(one.total(basis=basis).central) for one in base]
    step, unit = scale(max(totals), "kgCO2e")
    found: dict[str, Any] = {"total": [step, unit]}
    name = base[0].functional_units[0] if base[0].functional_units else ""
    works = [one.units(name).central for one in base] if name else []
    if works and all(works):
        each = max(total / work for total, work in zip(totals, works, strict=True))
        step, unit = scale(each, f"kgCO2e/({name})")
        found["per"] = [step, say_unit(unit)]
    return found
