"""A sweep as a frozen description: everything that its numbers depend on, and nothing else."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lca.errors import InputError, LcaError, Problem
from lca.estimates import Estimate
from lca.evaluation import evaluate, ledger
from lca.inventory import Inventory, build
from lca.ledger import Ledger, Line
from lca.scenario import Scenario
from lca.sweeps.designs import Design
from lca.sweeps.holding import hold
from lca.terms import Draws
from lca.uncertain import Array

_SHOWN = 6
GASES = "gwp100"
STATISTICS = ("central", "median", "mean", "p5", "p95", "standard_error")


@dataclass(frozen=True)
class Column:
    """One column of numbers of a sweep.

    Attributes
    ----------
    measure
        ``total``, ``per_unit``, ``difference`` or ``probability_lower``.
    indicator, basis
        What is counted, and on which account of electricity.
    statistic
        One of `STATISTICS`; ``share`` for a probability.
    unit
        Canonical unit.
    """

    measure: str
    indicator: str
    basis: str
    statistic: str
    unit: str

    @property
    def name(self) -> str:
        """Its name: ``gwp100_location_total_median``."""
        parts = [self.indicator, self.basis, self.measure]
        return "_".join(parts if self.statistic == "share" else [*parts, self.statistic])


@dataclass(frozen=True)
class Job:
    """What is asked for.

    Attributes
    ----------
    scenario
        The option that is varied.
    design
        The points.
    held
        Names of axes that are identities of factors, not paths.
    smooth
        Places of axes along which activities and inputs are linear: their points are evaluated as
        arrays. Each value of the others, and each combination of them, is built anew.
    page
        Points of a page, the last one having fewer.
    samples, seed
        Of the draws, shared by all points.
    bases
        Accounts of electricity, the first for ranking.
    indicators
        What is counted, greenhouse gases first.
    embodied_model
        As for `lca.evaluate`.
    units
        Canonical unit by indicator.
    functional_unit
        The primary one, "" where the scenario as written delivers none.
    factors
        Digest of every factor below the scenario as written: it changes when the data do.
    version
        Of this package.
    """

    scenario: Scenario
    design: Design
    held: frozenset[str]
    smooth: tuple[int, ...]
    page: int
    samples: int
    seed: int
    bases: tuple[str, ...]
    indicators: tuple[str, ...]
    embodied_model: str
    units: tuple[str, ...]
    functional_unit: str
    factors: str
    version: str

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return math.ceil(self.design.points / self.page)

    def span(self, page: int) -> tuple[int, int]:
        """Return the first point of a page and the one behind its last."""
        return page * self.page, min((page + 1) * self.page, self.design.points)

    @property
    def outputs(self) -> tuple[tuple[str, str], ...]:
        """Indicator and account of each total, then the functional unit if there is one."""
        found = [(name, basis) for basis in self.bases for name in self.indicators]
        unit = [(f"unit:{self.functional_unit}", self.bases[0])] if self.functional_unit else []
        return tuple(found + unit)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of numbers, in order."""
        return tuple(self._columns())

    def _columns(self) -> Iterator[Column]:
        per = f"/({self.functional_unit})"
        for basis in self.bases:
            for name, unit in zip(self.indicators, self.units, strict=True):
                yield from (Column("total", name, basis, key, unit) for key in STATISTICS)
                if self.functional_unit:
                    yield from (
                        Column("per_unit", name, basis, key, unit + per) for key in STATISTICS
                    )
            unit = self.units[0] + (per if self.functional_unit else "")
            yield from (Column("difference", GASES, basis, key, unit) for key in STATISTICS)
            yield Column("probability_lower", GASES, basis, "share", "")

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What makes two sweeps the same, as plain data."""
        axes = [[one.name, list(one.texts)] for one in self.design.axes]
        return {
            "scenario": self.scenario.digest(),
            "name": self.scenario.name,
            "factors": self.factors,
            "design": self.design.kind,
            "points": self.design.points,
            "axes": axes,
            "samples": self.samples,
            "seed": self.seed,
            "bases": list(self.bases),
            "indicators": list(self.indicators),
            "embodied_model": self.embodied_model,
            "lca_version": self.version,
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what makes two sweeps the same."""
        text = json.dumps(self.identity, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def inventory(self, changes: Mapping[str, object], point: str = "") -> Inventory:
        """Return the inventory with values by path, or by identity of a factor.

        Parameters
        ----------
        point
            How a message names it; by default by its values.

        Raises
        ------
        LcaError
            If a value is not accepted, with the point it belongs to.
        """
        paths = {name: value for name, value in changes.items() if name not in self.held}
        try:
            scenario = self.scenario.patch(paths, self.scenario.name) if paths else self.scenario
            return build(scenario, self.embodied_model)
        except InputError as error:
            raise type(error)(_at_point(error, point or describe(changes))) from None

    def lines(self, inventory: Inventory, changes: Mapping[str, object]) -> tuple[Line, ...]:
        """Return the lines of an inventory, its held factors at their values."""
        return hold(inventory.lines, {k: v for k, v in changes.items() if k in self.held})

    def ledger(self, changes: Mapping[str, object], draws: Draws, point: str = "") -> Ledger:
        """Return the ledger at a point, built anew."""
        inventory = self.inventory(changes, point)
        found = ledger(inventory, draws)
        if self.held:
            found.lines = self.lines(inventory, changes)
        return found

    def written(self, draws: Draws) -> Ledger:
        """Return the ledger of the scenario as written."""
        return evaluate(self.scenario, draws=draws, embodied_model=self.embodied_model)

    def totals(self, found: Ledger) -> list[Array]:
        """Return the samples of every output, each of shape ``(1 + samples,)``."""
        return [self._total(found, name, basis).samples for name, basis in self.outputs]

    def _total(self, found: Ledger, name: str, basis: str) -> Estimate:
        if name.startswith("unit:"):
            return found.units(name.removeprefix("unit:"))
        return found.total(name, basis=basis)


def describe(changes: Mapping[str, object]) -> str:
    """Return values by path as one text."""
    parts = [f"{name}={value}" for name, value in changes.items()]
    more = len(parts) - _SHOWN
    return ", ".join(parts[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _at_point(error: LcaError, point: str) -> list[Problem]:
    return [
        Problem(one.path, f"{one.message} (at the point {point})", one.file, one.line, one.column)
        for one in error.problems
    ]


def factor_digest(ledgers: Sequence[Ledger]) -> str:
    """Return a digest of every factor below ledgers: it changes when the data do."""
    known = {
        (f.name, f.identity, f.unit, f.source, repr(f.distribution))
        for found in ledgers
        for f in found.factors()
    }
    return hashlib.sha256(repr(sorted(known)).encode()).hexdigest()
