"""A sweep: one row for each combination of values that a scenario could have, on shared draws."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lca.errors import ScenarioError
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.inventory import choose_model
from lca.ledger import Ledger
from lca.scenario import Scenario
from lca.sensitivity.axes import Axis, axes
from lca.sensitivity.question import chosen_options
from lca.terms import Draws

Progress = Callable[[int, int], None] | None
_MOST = 20_000


@dataclass(frozen=True)
class SweepRow:
    """One combination.

    Attributes
    ----------
    values
        What each axis was set to, in the order of the axes.
    totals
        By indicator.
    per_unit
        By indicator, per the primary functional unit; empty where there is none.
    difference
        Of greenhouse gases, this row less the scenario as written, per unit where there is one.
    probability_lower
        Share of draws in which this row is lower than the scenario as written; ties count half.
    """

    values: tuple[object, ...]
    totals: dict[str, Estimate]
    per_unit: dict[str, Estimate]
    difference: Estimate
    probability_lower: float


@dataclass(frozen=True)
class Sweep:
    """All combinations, in the order of the axes, the last changing fastest."""

    axes: tuple[Axis, ...]
    rows: tuple[SweepRow, ...]
    functional_unit: str
    basis: str
    samples: int
    seed: int
    warnings: tuple[str, ...] = ()

    @property
    def lowest(self) -> int:
        """Position of the row with the lowest median of greenhouse gases."""
        medians = [_headline(row).median for row in self.rows]
        return int(np.argmin(medians))


def _headline(row: SweepRow) -> Estimate:
    return (row.per_unit or row.totals)["gwp100"]


def sweep(
    scenario: Scenario,
    over: Mapping[str, Iterable[object]] | Sequence[str | Axis],
    *,
    zipped: bool = False,
    option: str | None = None,
    basis: str = "location",
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress = None,
) -> Sweep:
    """Evaluate a scenario for each combination of values.

    Parameters
    ----------
    over
        Values by dotted path, or texts such as ``fleet.chat.utilization=20%..80%:7``.
    zipped
        Take the first values together, then the second ones, in place of all combinations.
    option
        The option that is varied; by default the scenario as written.
    basis
        ``location`` or ``market``.
    samples, seed
        As for `evaluate`; all rows share the draws.
    progress
        Called with rows done and rows in all.

    Raises
    ------
    ScenarioError
        If a path or value is not accepted, or there are too many combinations.
    """
    varied = axes(over)
    combinations = list(_combinations(varied, zipped))
    (base,) = chosen_options(scenario, None, option)
    own = scenario.model.uncertainty
    draws = Draws(own.samples if samples is None else samples, own.seed if seed is None else seed)
    model = choose_model(scenario.options())
    written = _numbers(evaluate(base, draws=draws, embodied_model=model), base, basis)
    rows, warnings = [], dict[str, None]()
    for done, values in enumerate(combinations, 1):
        changes = {one.name: value for one, value in zip(varied, values, strict=True)}
        ledger = evaluate(base.patch(changes, base.name), draws=draws, embodied_model=model)
        warnings.update(dict.fromkeys(ledger.warnings))
        rows.append(_row(values, _numbers(ledger, base, basis), written))
        if progress:
            progress(done, len(combinations))
    unit = base.functional_units[0].text if base.functional_units else ""
    return Sweep(varied, tuple(rows), unit, basis, draws.samples, draws.seed, tuple(warnings))


def _combinations(varied: tuple[Axis, ...], zipped: bool) -> Iterator[tuple[object, ...]]:
    lengths = [len(one.values) for one in varied]
    if zipped and len(set(lengths)) > 1:
        counts = ", ".join(f"{one.name}: {len(one.values)}" for one in varied)
        msg = f"to be taken together, all need as many values ({counts})"
        raise ScenarioError(msg)
    if not zipped and np.prod(lengths, dtype=float) > _MOST:
        msg = f"{' x '.join(map(str, lengths))} combinations are more than {_MOST:,}"
        raise ScenarioError(msg)
    values = [one.values for one in varied]
    return iter(zip(*values, strict=True)) if zipped else itertools.product(*values)


Numbers = tuple[dict[str, Estimate], dict[str, Estimate]]


def _numbers(ledger: Ledger, scenario: Scenario, basis: str) -> Numbers:
    """Return totals and totals per functional unit, by indicator."""
    indicators = dict.fromkeys(("gwp100", *scenario.model.indicators))
    totals = {name: ledger.total(name, basis=basis) for name in indicators}
    units = ledger.functional_units
    if not units or not np.all(ledger.units().samples > 0):
        return totals, {}
    return totals, {name: ledger.per(units[0], name, basis=basis) for name in indicators}


def _row(values: tuple[object, ...], numbers: Numbers, written: Numbers) -> SweepRow:
    totals, per_unit = numbers
    both = bool(per_unit and written[1])
    now, before = (part[1 if both else 0]["gwp100"] for part in (numbers, written))
    difference = now - before
    lower = float((difference.draws < 0).mean() + 0.5 * (difference.draws == 0).mean())
    return SweepRow(values, totals, per_unit, difference, lower)
