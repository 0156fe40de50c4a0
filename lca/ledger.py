"""The ledger: lines of intensity × activity, and every sum over them.

The ledger stays factored. Each distinct intensity is kept once; a line holds which
intensity it uses in which year and how much activity. A group total is then one small
matrix product, and a line's own samples are made only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from lca.errors import ScenarioError, UnknownNameError, did_you_mean
from lca.estimates import Estimate
from lca.explanation import Explanation, explain
from lca.lines import Index, Line, factorize
from lca.terms import Block, Draws, Factor, Node
from lca.uncertain import Array

if TYPE_CHECKING:
    import pandas as pd

Key = TypeVar("Key", bound=Hashable)

INDICATORS = {
    "gwp100": "kgCO2e",
    "primary_energy": "MJ",
    "adp_elements": "kgSbeq",
    "water": "L",
    "e_waste": "kg",
    "it_energy": "kWh",
    "facility_energy": "kWh",
    "cost": "EUR",
    "present_cost": "EUR",
}
"""Indicators and their units; the two energies are flows, kept beside them.

Money is in the currency of the scenario, EUR where it names none: ask `Ledger.unit`.
"""

PRICED = ("cost", "present_cost")
"""Indicators of money: without prices there is none.

``cost`` is not discounted; ``present_cost`` is its value in the first year of the period.
"""

PHYSICAL = tuple(name for name in INDICATORS if name not in PRICED)
"""Indicators that every scenario has, with prices or without."""

STAGES = ("manufacture", "transport", "operation", "end_of_life", "recovery_credit")
PHASES = ("data_collection", "preprocessing", "training", "optimization", "inference", "deployment")
BASES = ("location", "market")
VIEWS = ("spread", "inventory")
LABELS = (
    "asset",
    "component",
    "stage",
    "process",
    "phase",
    "indicator",
    "site",
    "region",
    "basis",
    "year",
)
_BLOCK = 32 << 20
_MANY_CELLS, _SPARSE = 1 << 14, 8


@dataclass(frozen=True, slots=True)
class Missing:
    """A factor that does not exist: reported, never counted as zero."""

    indicator: str
    stage: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A group of lines and its total."""

    labels: tuple[str, ...]
    estimate: Estimate


@dataclass(slots=True)
class Ledger:
    """A table of lines that answers: `total`, `by`, `per`, `why`, `frame`.

    Parameters
    ----------
    name
        Scenario or option.
    years
        Calendar years of the activities.
    lines
        The lines; see `Line`.
    draws
        Evaluates intensities on the shared samples.
    functional_units
        Names of the functional units, the first being the primary one.
    default_view
        Which account totals use unless told otherwise: ``spread`` or ``inventory``.
    """

    name: str
    years: tuple[int, ...]
    lines: Sequence[Line]
    draws: Draws
    functional_units: tuple[str, ...] = ()
    default_view: str = "spread"
    missing: tuple[Missing, ...] = ()
    warnings: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()
    embodied_model: str = ""
    _index: Index | None = field(default=None, repr=False)

    @property
    def index(self) -> Index:
        """The factored form, built on first use."""
        if self._index is None:
            self._index = factorize(self.lines, len(self.years))
        return self._index

    def total(
        self, indicator: str = "gwp100", *, basis: str = "location", view: str | None = None
    ) -> Estimate:
        """Return the sum of all lines of an indicator.

        Raises
        ------
        ScenarioError
            If it is money and nothing has a price: what is not known is not free.
        """
        if indicator in PRICED and not self.knows(indicator):
            raise ScenarioError(_no_price(self.name, indicator))
        rows = self.by(indicator=indicator, basis=basis, view=view)
        return (
            rows[0].estimate
            if rows
            else self._estimate(np.zeros(1 + self.draws.samples), indicator, basis, view)
        )

    def knows(self, indicator: str) -> bool:
        """Return whether any line counts an indicator."""
        return any(line.indicator == indicator for line in self.lines)

    def unit(self, indicator: str) -> str:
        """Return the unit of an indicator; that of money is the scenario's currency."""
        if indicator not in PRICED:
            return INDICATORS.get(indicator, indicator)
        found = (line for line in self.lines if line.indicator in PRICED)
        known = (line.intensity[0].unit.partition("/")[0] for line in found)
        return next(known, INDICATORS[indicator])

    def by(
        self,
        *labels: str,
        indicator: str = "gwp100",
        basis: str = "location",
        view: str | None = None,
    ) -> list[Row]:
        """Return totals of groups of lines, in the order the groups first appear.

        Parameters
        ----------
        labels
            Any of `LABELS`; none gives one row.
        indicator, basis, view
            Which lines and which account.
        """
        for label in labels:
            _check(label, LABELS, "label")
        _check(basis, BASES, "basis")
        view = view or self.default_view
        _check(view, VIEWS, "view")
        return list(self._rows(labels, indicator, basis, view))

    def _rows(
        self, labels: tuple[str, ...], indicator: str, basis: str, view: str
    ) -> Iterator[Row]:
        index = self.index
        chosen = index.select(indicator, basis)
        keys, codes = index.group(labels, chosen, self.years)
        if not keys:
            return
        sums = self._sums(len(keys), codes, index.vector[chosen], index.activity[view][chosen])
        for key, values in zip(keys, sums, strict=True):
            yield Row(key, self._estimate(values, indicator, basis, view))

    def gather(
        self, key: Callable[[Line, int], Key], *, indicator: str = "gwp100",
        basis: str = "location", view: str | None = None,
    ) -> dict[Key, Estimate]:  # fmt: skip
        """Return totals of groups that the caller names: a key for each line and calendar year.

        One total per key takes far less memory than rows by every label, added up afterwards.
        """
        index, chosen_view = self.index, view or self.default_view
        chosen = index.select(indicator, basis)
        groups: dict[Key, int] = {}
        cells, place = np.unique(
            index.line[chosen] * len(self.years) + index.year[chosen], return_inverse=True
        )
        found = [
            groups.setdefault(
                key(self.lines[cell // len(self.years)], self.years[cell % len(self.years)]),
                len(groups),
            )
            for cell in cells.tolist()
        ]
        codes = np.array(found, dtype=np.intp)[place]
        amounts = index.activity[chosen_view][chosen]
        sums = self._sums(len(groups), codes, index.vector[chosen], amounts)
        return {
            name: self._estimate(sums[code], indicator, basis, view)
            for name, code in groups.items()
        }

    def _estimate(self, values: Array, indicator: str, basis: str, view: str | None) -> Estimate:
        period = f"{self.years[0]}-{self.years[-1]}" if len(self.years) > 1 else str(self.years[0])
        words = {"cost": ", undiscounted", "present_cost": f", present value in {self.years[0]}"}
        label = f"{period}, {basis}-based, {view or self.default_view}{words.get(indicator, '')}"
        return Estimate(values, self.unit(indicator), label)

    def _sums(
        self, groups: int, codes: NDArray[np.intp], vectors: NDArray[np.intp], amounts: Array
    ) -> Array:
        used, position = np.unique(vectors, return_inverse=True)
        cells = np.bincount(codes * used.size + position, amounts, groups * used.size)
        weights = cells.astype(np.float64).reshape(groups, used.size)
        nodes = [self.index.nodes[i] for i in used.tolist()]
        sums = np.zeros((groups, 1 + self.draws.samples))
        for block in self.draws.blocks():
            _accumulate(sums[:, block.span], weights, nodes, block)
        return sums

    def units(self, functional_unit: str | None = None) -> Estimate:
        """Return how many functional units the scenario delivers."""
        name = functional_unit or self.functional_units[0]
        rows = self.by(indicator=f"unit:{name}", view="spread")
        return (
            Estimate(rows[0].estimate.samples, name)
            if rows
            else Estimate(np.zeros(1 + self.draws.samples), name)
        )

    def per(
        self,
        functional_unit: str | None = None,
        indicator: str = "gwp100",
        *,
        basis: str = "location",
        view: str | None = None,
    ) -> Estimate:
        """Return the total per functional unit, divided draw by draw."""
        name = functional_unit or self.functional_units[0]
        delivered = self.units(name)
        if not np.all(delivered.samples > 0):
            msg = f'{self.name} provides no "{name}", so nothing can be divided by it'
            raise ScenarioError(msg)
        whole = self.total(indicator, basis=basis, view=view)
        return whole.over(delivered, f"{whole.unit}/({name})")

    def why(
        self, most: int = 5, *, indicator: str = "gwp100", basis: str = "location", **labels: str
    ) -> Explanation:
        """Explain a number: its largest lines, their formulas, inputs and sources.

        Parameters
        ----------
        most
            How many lines to explain.
        labels
            Restrict to lines with these labels, for example ``stage="manufacture"``.
        """
        for label in labels:
            _check(label, LABELS[:-1], "label")
        lines = [
            line
            for line in self.lines
            if line.indicator == indicator
            and line.basis in {"both", basis}
            and all(getattr(line, key) == value for key, value in labels.items())
        ]
        return explain(lines, self.draws, self.default_view, self.unit(indicator), most)

    def frame(
        self, *labels: str, indicator: str = "gwp100", basis: str = "location"
    ) -> pd.DataFrame:
        """Return `by` as a pandas table, the unit in the heading."""
        import pandas as pd

        rows = self.by(*labels, indicator=indicator, basis=basis)
        unit = self.unit(indicator)
        records = []
        for row in rows:
            record: dict[str, object] = dict(zip(labels, row.labels, strict=True))
            numbers = row.estimate.statistics()
            record |= {f"{key} [{unit}]": x for key, x in numbers.items() if key != "unit"}
            records.append(record)
        return pd.DataFrame.from_records(records)

    def sources(self) -> list[str]:
        """Return the keys of all sources that the lines rest on, sorted."""
        return sorted({factor.source for factor in self.factors() if factor.source})

    def factors(self) -> list[Factor]:
        """Return every distinct factor below the lines."""
        found: dict[Factor, None] = {}
        seen: set[Node] = set()
        for node in self.index.nodes:
            _collect(node, found, seen)
        return list(found)


def _accumulate(sums: Array, weights: Array, nodes: list[Node], block: Block) -> None:
    """Add weighted intensities to group sums, a bounded number of intensities at a time."""
    step = max(1, _BLOCK // (8 * sums.shape[1]))
    if weights.size > _MANY_CELLS and _SPARSE * np.count_nonzero(weights) < weights.size:
        _add_each(sums, weights, nodes, block)
        return
    for start in range(0, len(nodes), step):
        part = nodes[start : start + step]
        values = np.empty((len(part), sums.shape[1]))
        for row, node in enumerate(part):
            values[row] = block.value(node)
        sums += weights[:, start : start + step] @ values


def _add_each(sums: Array, weights: Array, nodes: list[Node], block: Block) -> None:
    """Add weighted intensities where most groups use few of them: only what is there is touched."""
    for node, column in zip(nodes, weights.T, strict=True):
        value = block.value(node)
        for group in np.flatnonzero(column).tolist():
            sums[group] += column[group] * value


def _collect(node: Node, found: dict[Factor, None], seen: set[Node]) -> None:
    if node in seen:
        return
    seen.add(node)
    if isinstance(node, Factor):
        found[node] = None
        return
    for _, part in node.inputs:
        _collect(part, found, seen)


def _no_price(name: str, indicator: str) -> str:
    what = "prices.discount" if indicator == "present_cost" else "prices"
    return f"{indicator} of {name} is not known: nothing has a price; add {what} to the scenario"


def _check(name: str, accepted: Sequence[str], what: str) -> None:
    if name not in accepted:
        msg = f'no {what} "{name}"{did_you_mean(name, accepted)} (one of: {", ".join(accepted)})'
        raise UnknownNameError(msg)


__all__ = [
    "BASES",
    "INDICATORS",
    "LABELS",
    "PHASES",
    "PHYSICAL",
    "PRICED",
    "STAGES",
    "VIEWS",
    "Ledger",
    "Line",
    "Missing",
    "Row",
]
