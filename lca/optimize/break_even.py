"""When what is saved each year has made up for what was spent once: never is an answer, too."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lca.estimates import round_figures
from lca.uncertain import Array

_BLOCK = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class BreakEven:
    """A time of break-even, in years.

    Attributes
    ----------
    central
        With every factor at its central value; infinite where it is never reached.
    draws
        The same of every draw.
    otherwise
        What is said where it is not reached: ``never``, or ``not by 2030`` where no more is known.
    """

    central: float
    draws: Array
    otherwise: str = "never"

    def within(self, years: float) -> float:
        """Return the probability that it is reached within a time."""
        return float((self.draws <= years).mean())

    def percentile(self, share: float) -> float:
        """Return a percentile of the draws; infinite, where so many do not reach it."""
        return float(np.percentile(self.draws, share, method="inverted_cdf"))

    def __str__(self) -> str:
        """Say median and 90 % interval: ``0.42 years (90 %: 0.21 to 0.93)``."""
        ends = [self.percentile(share) for share in (5, 50, 95)]
        low, middle, high = (
            round_figures(end) if math.isfinite(end) else self.otherwise for end in ends
        )
        unit = " years" if math.isfinite(ends[1]) else ""
        return f"{middle}{unit}" if low == high else f"{middle}{unit} (90 %: {low} to {high})"


def break_even_times(burden: Array, saved: Array) -> Array:
    """Return when the savings of a draw have first made up for its burden.

    Parameters
    ----------
    burden
        What is spent at the beginning, shape ``(draws,)``.
    saved
        What each following year saves, shape ``(years, draws)``, evenly within a year; where it is
        negative, the burden grows.

    Returns
    -------
    Array
        Years from the beginning, shape ``(draws,)``; 0 where there is no burden, infinite where the
        years do not suffice.
    """
    burden, saved = np.asarray(burden, dtype=np.float64), np.asarray(saved, dtype=np.float64)
    times = np.empty(burden.shape)
    for start in range(0, burden.size, _BLOCK):  # blocks stay in the processor's cache
        part = slice(start, start + _BLOCK)
        times[part] = _times(burden[part], saved[:, part])
    return times


def _times(burden: Array, saved: Array) -> Array:
    left = np.maximum(burden, 0.0)
    times = np.zeros(burden.shape)
    for year in saved:
        if (year > 0).all():
            paid = np.minimum(left, year)
            times += paid / year
            left -= paid
        else:
            _mixed_year(left, times, year)
    times[left > 0] = np.inf
    return times


def _mixed_year(left: Array, times: Array, year: Array) -> None:
    """Pay back for a year in which some draws save nothing: their burden stays or grows."""
    open_ = left > 0
    paid = np.where(year > 0, np.minimum(left, year), year * open_)
    times += np.divide(paid, year, out=open_.astype(np.float64), where=year > 0)
    left -= paid


def crossing(saved: Callable[[float], float], burden: float, horizon: float) -> float:
    """Return when a cumulative saving reaches a burden, by Brent's method; infinite, if never.

    Parameters
    ----------
    saved
        Cumulative saving after a time in years; it is looked at year by year.
    burden
        What was spent at the beginning, in the same unit.
    horizon
        Longest time that is looked at, in years.
    """
    from scipy.optimize import brentq

    if burden <= saved(0.0):
        return 0.0
    for begin in range(math.ceil(horizon)):  # the first year in which it is reached
        end = min(begin + 1.0, horizon)
        if saved(end) >= burden:
            return float(brentq(lambda time: saved(time) - burden, float(begin), end, xtol=1e-12))
    return math.inf
