"""Cumulative curves: a ledger added up over time, on knots between which it runs straight.

What is bought is booked at the beginning of its calendar year, what is scrapped at its end, and
all else evenly in between. A year has three knots: after purchases, before scrapping, and after it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from lca.estimates import Estimate
from lca.formulas.discounting import discount_factor
from lca.ledger import PRICED, Ledger, Line
from lca.uncertain import Array

_AT_START, _DURING, _AT_END = range(3)
_BOUGHT = ("manufacture", "transport")
_SCRAPPED = ("end_of_life", "recovery_credit")


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What an option adds up to.

    Attributes
    ----------
    name
        The option.
    years
        Calendar years.
    times
        Knots as decimal years, shape ``(1 + 3 * years,)``; equal neighbors are a jump.
    values
        Cumulative at each knot on the draws, shape ``(knots, 1 + samples)``, in ``unit``.
    label
        Account, view and discount.
    missing
        What is not counted in it.
    """

    name: str
    years: tuple[int, ...]
    times: Array
    values: Array
    unit: str
    label: str
    missing: tuple[str, ...] = ()

    def at_end_of(self, year: int) -> Estimate:
        """Return the cumulative at the end of a year, everything of that year included."""
        return Estimate(self.values[3 * (self.years.index(year) + 1)], self.unit, self.label)

    @property
    def by_year(self) -> dict[int, Estimate]:
        """The cumulative at the end of each year."""
        return {year: self.at_end_of(year) for year in self.years}

    @property
    def total(self) -> Estimate:
        """The cumulative at the end of the period."""
        return self.at_end_of(self.years[-1])


def curve(
    ledger: Ledger,
    indicator: str,
    *,
    basis: str = "location",
    view: str = "inventory",
    owned: Collection[str] = (),
    discount: float = 0.0,
) -> Curve:
    """Return the cumulative curve of a ledger.

    Parameters
    ----------
    owned
        Assets that are bought at a time, such as fleets; work bears a share of machines by the hour.
    discount
        Rate per year, to the first year; 0 for none.

    Raises
    ------
    ScenarioError
        If the indicator is money and nothing has a price.
    """
    whole = ledger.total(indicator, basis=basis, view=view)  # refuses what is not known
    years = ledger.years
    steps = np.zeros((len(years), 3, 1 + ledger.draws.samples))

    def place(line: Line, year: int) -> tuple[int, int]:
        """Return the row and the moment of its year that a line belongs to."""
        return year - years[0], _when(line.stage, line.asset in owned and view == "inventory")

    found = ledger.gather(place, indicator=indicator, basis=basis, view=view)
    for (year, when), estimate in found.items():
        steps[year, when] = estimate.samples
    steps *= _weights(years, discount)[:, None, None]
    flat = steps.reshape(3 * len(years), -1)
    values = np.concatenate([np.zeros((1, flat.shape[1])), np.cumsum(flat, axis=0)])
    label = whole.label + (
        f", discounted at {discount:.3g} a year to {years[0]}" if discount else ""
    )
    lacking = {indicator, "cost"} if indicator in PRICED else {indicator}
    gaps = tuple(f"{g.what}: {g.reason}" for g in ledger.missing if g.indicator in lacking)
    return Curve(ledger.name, years, _times(years), values, whole.unit, label, gaps)


def _when(stage: str, at_once: bool) -> int:
    """Return the part of a year in which lines of a stage fall."""
    if not at_once:
        return _DURING
    if stage in _BOUGHT:
        return _AT_START
    return _AT_END if stage in _SCRAPPED else _DURING


def _weights(years: tuple[int, ...], discount: float) -> Array:
    elapsed = np.array(years, dtype=np.float64) - years[0]
    return np.asarray(discount_factor(discount, elapsed), dtype=np.float64)


def _times(years: tuple[int, ...]) -> Array:
    each = [(year, year + 1.0, year + 1.0) for year in years]
    return np.array([years[0], *(time for three in each for time in three)], dtype=np.float64)
