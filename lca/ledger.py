"""The ledger: lines of intensity × activity, and every sum over them.

The ledger stays factored. Each distinct intensity is kept once; a line holds which
intensity it uses in which year and how much activity. A group total is then one small
matrix product, and a line's own samples are made only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lca.errors import UnknownNameError, did_you_mean
from lca.estimates import Estimate
from lca.terms import Draws, Factor, Node, Term, factors, formula_name
from lca.uncertain import Array

if TYPE_CHECKING:
    import pandas as pd

INDICATORS = {
    "gwp100": "kgCO2e",
    "primary_energy": "MJ",
    "adp_elements": "kgSbeq",
    "water": "L",
    "e_waste": "kg",
    "it_energy": "kWh",
    "facility_energy": "kWh",
}
"""Indicators and their units; the two energies are flows, kept beside them."""

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


class Line(NamedTuple):
    """One line: labels, an intensity per year, and activities per year in two views.

    ``basis`` is ``both`` where location- and market-based accounts agree. ``inventory`` books
    embodied emissions in the year bought, ``spread`` over the service life; for operation both
    are the same. ``per`` is the unit of activity.
    """

    asset: str
    component: str
    stage: str
    process: str
    phase: str
    indicator: str
    site: str
    region: str
    basis: str
    per: str
    intensity: tuple[Node, ...]
    inventory: tuple[float, ...]
    spread: tuple[float, ...]
    note: str = ""


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
    _index: _Index | None = field(default=None, repr=False)

    @property
    def index(self) -> _Index:
        """The factored form, built on first use."""
        if self._index is None:
            self._index = _factorize(self.lines)
        return self._index

    def total(
        self, indicator: str = "gwp100", *, basis: str = "location", view: str | None = None
    ) -> Estimate:
        """Return the sum of all lines of an indicator."""
        rows = self.by(indicator=indicator, basis=basis, view=view)
        return (
            rows[0].estimate
            if rows
            else self._estimate(np.zeros(1 + self.draws.samples), indicator, basis, view)
        )

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

    def _estimate(self, values: Array, indicator: str, basis: str, view: str | None) -> Estimate:
        unit = INDICATORS.get(indicator, indicator)
        period = f"{self.years[0]}-{self.years[-1]}" if len(self.years) > 1 else str(self.years[0])
        return Estimate(values, unit, f"{period}, {basis}-based, {view or self.default_view}")

    def _sums(
        self, groups: int, codes: NDArray[np.intp], vectors: NDArray[np.intp], amounts: Array
    ) -> Array:
        used, position = np.unique(vectors, return_inverse=True)
        weights = np.bincount(codes * used.size + position, amounts, groups * used.size).reshape(
            groups, used.size
        )
        sums = np.zeros((groups, 1 + self.draws.samples))
        step = max(1, _BLOCK // (8 * (1 + self.draws.samples)))
        for start in range(0, used.size, step):
            block = used[start : start + step]
            values = np.stack([self.draws.array(self.index.nodes[i]) for i in block])
            sums += weights[:, start : start + step] @ values
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
        whole = self.total(indicator, basis=basis, view=view)
        return whole.over(self.units(name), f"{whole.unit}/({name})")

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
        return explain(self, lines, most)

    def frame(
        self, *labels: str, indicator: str = "gwp100", basis: str = "location"
    ) -> pd.DataFrame:
        """Return `by` as a pandas table, the unit in the heading."""
        import pandas as pd

        rows = self.by(*labels, indicator=indicator, basis=basis)
        unit = INDICATORS.get(indicator, indicator)
        records = [
            dict(zip(labels, row.labels, strict=True))
            | {
                f"{key} [{unit}]": value
                for key, value in row.estimate.statistics().items()
                if key != "unit"
            }
            for row in rows
        ]
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


def _collect(node: Node, found: dict[Factor, None], seen: set[Node]) -> None:
    if node in seen:
        return
    seen.add(node)
    if isinstance(node, Factor):
        found[node] = None
        return
    for _, part in node.inputs:
        _collect(part, found, seen)


def _check(name: str, accepted: Sequence[str], what: str) -> None:
    if name not in accepted:
        msg = f'no {what} "{name}"{did_you_mean(name, accepted)} (one of: {", ".join(accepted)})'
        raise UnknownNameError(msg)


@dataclass(slots=True)
class _Index:
    """Line entries as arrays: one entry per line and year with activity."""

    lines: Sequence[Line]
    nodes: list[Node]
    line: NDArray[np.intp]
    year: NDArray[np.intp]
    vector: NDArray[np.intp]
    activity: dict[str, Array]

    def select(self, indicator: str, basis: str) -> NDArray[np.intp]:
        """Return the entries of an indicator on one account."""
        wanted = {"both", basis}
        mask = np.fromiter(
            (line.indicator == indicator and line.basis in wanted for line in self.lines),
            bool,
            len(self.lines),
        )
        return np.flatnonzero(mask[self.line])

    def group(
        self, labels: tuple[str, ...], chosen: NDArray[np.intp], years: tuple[int, ...]
    ) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
        """Return the group keys and the group number of each chosen entry."""
        positions = [Line._fields.index(label) for label in labels if label != "year"]
        keys: dict[tuple[str, ...], int] = {}
        of_line = np.full(len(self.lines), -1, dtype=np.intp)
        for number in np.unique(self.line[chosen]):
            line = self.lines[number]
            of_line[number] = keys.setdefault(tuple(line[p] for p in positions), len(keys))
        codes = of_line[self.line[chosen]]
        if "year" not in labels:
            return list(keys), codes
        return _with_year(list(keys), codes, self.year[chosen], labels.index("year"), years)


def _with_year(
    keys: list[tuple[str, ...]],
    codes: NDArray[np.intp],
    year: NDArray[np.intp],
    place: int,
    years: tuple[int, ...],
) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
    combined, numbers = np.unique(codes * len(years) + year, return_inverse=True)
    full = []
    for code in combined:
        key = keys[code // len(years)]
        full.append((*key[:place], str(years[code % len(years)]), *key[place:]))
    return full, numbers


def _factorize(lines: Sequence[Line]) -> _Index:
    numbers: dict[Node, int] = {}
    entries: list[tuple[int, int, int, float, float]] = []
    for number, line in enumerate(lines):
        last = len(line.intensity) - 1
        for year, (booked, spread) in enumerate(zip(line.inventory, line.spread, strict=True)):
            if booked or spread:
                node = line.intensity[min(year, last)]
                entries.append(
                    (number, year, numbers.setdefault(node, len(numbers)), booked, spread)
                )
    columns = np.array(entries, dtype=np.float64).reshape(-1, 5).T
    whole = columns[:3].astype(np.intp)
    activity = {"inventory": columns[3].copy(), "spread": columns[4].copy()}
    return _Index(lines, list(numbers), whole[0], whole[1], whole[2], activity)


@dataclass(frozen=True, slots=True)
class Branch:
    """One node of an explanation: a number, how it was made, and on whose word."""

    name: str
    estimate: Estimate
    formula: str = ""
    source: str = ""
    quality: str = ""
    note: str = ""
    inputs: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A line, its total, and the tree of its first intensity."""

    line: Line
    total: Estimate
    activity: float
    tree: Branch


@dataclass(frozen=True, slots=True)
class Explanation:
    """The largest lines behind a number, and how many were left out."""

    lines: tuple[Explained, ...]
    total: Estimate
    left_out: int


def explain(ledger: Ledger, lines: Iterable[Line], most: int) -> Explanation:
    """Explain the largest of some lines of a ledger."""
    part = Ledger(
        ledger.name, ledger.years, list(lines), ledger.draws, default_view=ledger.default_view
    )
    totals = [_line_total(part, line) for line in part.lines]
    order = sorted(range(len(totals)), key=lambda i: -abs(totals[i].median))[:most]
    unit = INDICATORS.get(part.lines[0].indicator, "") if part.lines else ""
    whole = Estimate(sum((t.samples for t in totals), np.zeros(1 + ledger.draws.samples)), unit)
    explained = tuple(
        Explained(
            part.lines[i],
            totals[i],
            sum(_activity(part.lines[i], ledger.default_view)),
            _first(ledger, part.lines[i]),
        )
        for i in order
    )
    return Explanation(explained, whole, len(totals) - len(order))


def _activity(line: Line, view: str) -> tuple[float, ...]:
    return line.inventory if view == "inventory" else line.spread


def _line_total(ledger: Ledger, line: Line) -> Estimate:
    values = np.zeros(1 + ledger.draws.samples)
    for year, amount in enumerate(_activity(line, ledger.default_view)):
        if amount:
            values = values + amount * ledger.draws.array(
                line.intensity[min(year, len(line.intensity) - 1)]
            )
    return Estimate(values, INDICATORS.get(line.indicator, ""))


def _first(ledger: Ledger, line: Line) -> Branch:
    amounts = _activity(line, ledger.default_view)
    year = next((i for i, amount in enumerate(amounts) if amount), 0)
    return branch(ledger.draws, line.intensity[min(year, len(line.intensity) - 1)])


def branch(draws: Draws, node: Node) -> Branch:
    """Return the explanation tree of a node."""
    estimate = Estimate(draws.array(node), node.unit)
    if isinstance(node, Factor):
        return Branch(
            node.name, estimate, source=node.source, quality=str(node.quality), note=node.note
        )
    inputs = tuple(branch(draws, part) for _, part in node.inputs)
    return Branch(node.name, estimate, formula=formula_name(node.formula), inputs=inputs)


__all__ = [
    "Branch",
    "Estimate",
    "Explanation",
    "Ledger",
    "Line",
    "Missing",
    "Row",
    "Term",
    "factors",
]
