"""An `Estimate` is a result: samples with a unit, its statistics, and how it is printed."""

from __future__ import annotations

import math
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
        return float(np.percentile(self.draws, percent))

    @property
    def standard_error(self) -> float:
        """Bound of the sampling error of the mean: that of plain random sampling (Owen 1997)."""
        return float(self.draws.std() / math.sqrt(self.draws.size))

    def statistics(self) -> dict[str, float | str]:
        """Return the numbers of the JSON contract: central, median, mean, p5, p95, unit."""
        p5, median, p95 = (float(x) for x in np.percentile(self.draws, (5, 50, 95)))
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
