"""An `Estimate` is a result: samples with a unit, its statistics, and how it is printed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca import units
from lca.uncertain import Array

_LADDERS: dict[str, tuple[tuple[float, str], ...]] = {
    "kgCO2e": (
        (1e9, "MtCO2e"),
        (1e6, "ktCO2e"),
        (1e3, "tCO2e"),
        (1.0, "kgCO2e"),
        (1e-3, "gCO2e"),
        (1e-6, "mgCO2e"),
        (1e-9, "µgCO2e"),
    ),
    "MJ": ((1e9, "PJ"), (1e6, "TJ"), (1e3, "GJ"), (1.0, "MJ"), (1e-3, "kJ")),
    "kg": ((1e3, "t"), (1.0, "kg"), (1e-3, "g")),
    "kgSbeq": ((1.0, "kgSbeq"), (1e-3, "gSbeq"), (1e-6, "mgSbeq")),
    "L": ((1e3, "m3"), (1.0, "L"), (1e-3, "mL")),
    "kWh": ((1e6, "GWh"), (1e3, "MWh"), (1.0, "kWh"), (1e-3, "Wh")),
    **{
        currency: ((1e6, f"M{currency}"), (1e3, f"k{currency}"), (1.0, currency))
        for currency in ("EUR", "USD", "GBP")
    },
}


_MANY, _SAMPLE = 1 << 17, 1 << 13
"""From how many values on a sample shows where to look for a percentile, and its size."""

_UNREADABLE = 1e12
"""From here on an exponent reads better than groups of zeros."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A sampled result: sample 0 is the central estimate, the rest are the draws.

    Attributes
    ----------
    samples
        Array of shape ``(1 + n,)`` in ``unit``.
    unit
        Canonical unit of the samples.
    label
        What it is, for printing: period, basis, view.
    """

    samples: Array
    unit: str
    label: str = ""

    @property
    def draws(self) -> Array:
        """The draws without the central estimate (the central one if nothing was drawn)."""
        return self.samples[1:] if self.samples.size > 1 else self.samples

    @property
    def central(self) -> float:
        """The result with every factor at its central value."""
        return float(self.samples[0])

    @property
    def mean(self) -> float:
        """The mean of the draws."""
        return float(self.draws.mean())

    @property
    def median(self) -> float:
        """The median of the draws."""
        return float(np.median(self.draws))

    def percentile(self, percent: float) -> float:
        """Return a percentile of the draws."""
        return float(percentiles(self.draws, (percent,))[0])

    @property
    def standard_error(self) -> float:
        """Bound of the sampling error of the mean: that of plain random sampling (Owen 1997)."""
        return float(self.draws.std() / math.sqrt(self.draws.size))

    def statistics(self) -> dict[str, float | str]:
        """Return the numbers of the JSON contract: central, median, mean, p5, p95, unit."""
        p5, median, p95 = (float(x) for x in percentiles(self.draws, (5, 50, 95)))
        return {
            "central": self.central,
            "median": median,
            "mean": self.mean,
            "p5": p5,
            "p95": p95,
            "standard_error": self.standard_error,
            "unit": self.unit,
        }

    def quantity(self) -> Any:
        """Return the median as a pint quantity."""
        return units.quantity(self.median, self.unit)

    def __sub__(self, other: Estimate) -> Estimate:
        """Subtract draw by draw: what both share cancels."""
        return Estimate(self.samples - other.samples, self.unit, self.label)

    def over(self, divisor: Estimate, unit: str) -> Estimate:
        """Divide draw by draw."""
        return Estimate(self.samples / divisor.samples, unit, self.label)

    def __str__(self) -> str:
        """Print median and 90 % interval with two significant figures."""
        text = show(self.median, self.percentile(5), self.percentile(95), self.unit)
        return f"{text}, {self.label}" if self.label else text


def percentiles(values: Array, percents: Sequence[float]) -> Array:
    """Return percentiles as `numpy.percentile` does, of many values in a quarter of its time.

    Of many values, a sample tells the narrow range that holds a percentile, and only what lies in
    it is put in order. Where it does not hold it, or with values that are not finite, numpy is asked.

    Parameters
    ----------
    values
        Values in any order, shape ``(n,)``.
    percents
        From 0 to 100.

    Returns
    -------
    Array
        In the unit of the values, one for each percent.
    """
    if values.size == 1:  # a central estimate, of which reports of many options have very many
        return np.repeat(np.asarray(values, dtype=np.float64), len(percents))
    if values.size >= _MANY and math.isfinite(float(values.min()) + float(values.max())):
        sample = np.sort(values[:: values.size // _SAMPLE])
        found = [_selected(values, sample, percent / 100) for percent in percents]
        if None not in found:
            return np.array(found, dtype=np.float64)
    return np.asarray(np.percentile(values, percents), dtype=np.float64)


def _selected(values: Array, sample: Array, share: float) -> float | None:
    """Return the quantile of a share of values between two of a sorted sample, None if not there."""
    center, reach = share * (sample.size - 1), 4 * math.sqrt(sample.size * share * (1 - share)) + 4
    low = sample[max(0, math.floor(center - reach))]
    high = sample[min(sample.size - 1, math.ceil(center + reach))]
    inner = values[(values >= low) & (values <= high)]
    place = share * (values.size - 1)
    first = math.floor(place) - int(np.count_nonzero(values < low))
    if first < 0 or first + 1 >= inner.size:
        return None
    inner.partition((first, first + 1))
    return float(np.quantile(inner[first : first + 2], place % 1))


def scale(value: float, unit: str) -> tuple[float, str]:
    """Return the divisor and display unit that make a value readable."""
    numerator, _, denominator = unit.partition("/")
    rungs = _LADDERS.get(numerator, ((1.0, numerator),))
    size = abs(value)
    step, name = next(
        (rung for rung in rungs if size >= rung[0]), rungs[-1] if size else (1.0, numerator)
    )
    return step, f"{name}/{denominator}" if denominator else name


def round_figures(value: float, figures: int = 2) -> str:
    """Write a number with significant figures and no exponent where it can be read."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    digits = figures - 1 - math.floor(math.log10(abs(rounded)))  # 0.0998 has become 0.10
    if abs(rounded) >= _UNREADABLE:
        mantissa, _, exponent = f"{rounded:.{figures - 1}e}".partition("e+")
        return f"{mantissa}e{exponent}"
    return f"{rounded:,.{max(digits, 0)}f}"


def show(middle: float, low: float, high: float, unit: str, figures: int = 2) -> str:
    """Write a median with its interval: ``1.3 (0.9 to 1.9) tCO2e``."""
    step, name = scale(max(abs(low), abs(high)) if middle == 0 else middle, unit)
    parts = [round_figures(x / step, figures) for x in (middle, low, high)]
    if parts[1] == parts[2]:
        return f"{parts[0]} {name}"
    return f"{parts[0]} ({parts[1]} to {parts[2]}) {name}"
