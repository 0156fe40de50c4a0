"""Time after which yearly savings have made up for what was emitted once."""

from __future__ import annotations

import numpy as np

from lca.vocabulary import KilogramCO2e, Ratio


def break_even_periods(
    manufacture_footprint: KilogramCO2e, yearly_saving: KilogramCO2e, annual_decline: Ratio
) -> Ratio:
    """Find the years until a purchase has saved what making it emitted, on a cleaner grid.

    Equation::

        break_even_periods = -ln(1 - manufacture_footprint * rate / yearly_saving) / rate;
            rate = -ln(1 - annual_decline)

    Parameters
    ----------
    manufacture_footprint : kgCO2e
        Emissions of making what is bought.
    yearly_saving : kgCO2e
        Emissions that a year would save at the grid intensity of the first day.
    annual_decline : ratio
        Share by which the grid intensity falls each year, evenly at every moment.

    Returns
    -------
    ratio
        Years as a plain count; infinite where the grid becomes clean before that, or nothing
        is saved.

    Notes
    -----
    Valid for a decline from 0 to below 1 and an even use over the year. What was emitted for the
    device that is replaced is sunk and does not enter.

    References
    ----------
    .. [1] Integral of ``yearly_saving * exp(-rate * t)`` set equal to manufacture_footprint; with
       no decline it is their ratio, the upgrade rule of Li B. et al., Toward Sustainable HPC, SC 2023.

    Examples
    --------
    >>> float(break_even_periods(100.0, 50.0, 0.0))
    2.0
    >>> float(break_even_periods(100.0, 50.0, 0.5))
    inf
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        used = -np.log1p(-annual_decline) * manufacture_footprint / yearly_saving
        longer = np.where(used == 0, 1, np.log1p(-used) / -used)
        reached = (yearly_saving > 0) & (used < 1)
        return np.where(reached, manufacture_footprint / yearly_saving * longer, np.inf)
