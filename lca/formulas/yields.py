"""The share of dies on a wafer that can be sold.

Competing models carry their authors' names.
"""

from __future__ import annotations

import numpy as np

from lca.vocabulary import Number, PerSquareCentimeter, Ratio, SquareCentimeter


def negative_binomial_yield(
    die_area: SquareCentimeter,
    defect_density: PerSquareCentimeter,
    yield_alpha: Ratio,
) -> Ratio:
    """Estimate die yield where defects come in clusters.

    Equation: ``die_yield = (1 + die_area * defect_density / yield_alpha)^(-yield_alpha)``

    Parameters
    ----------
    die_area : cm2
        Area of one silicon die.
    defect_density : 1/cm2
        Defects per wafer area.
    yield_alpha : ratio
        Clustering parameter of the negative-binomial yield model.

    Returns
    -------
    ratio
        Share of dies without defect.

    Notes
    -----
    Valid for any die area; a small yield_alpha means strong clustering, a large one approaches
    the Poisson model.

    References
    ----------
    .. [1] Stapper C. H., Armstrong F. M., Saji K., Integrated circuit yield statistics,
       Proceedings of the IEEE 71(4), 1983.
    .. [2] Cunningham J. A., The use and evaluation of yield models in integrated circuit
       manufacturing, IEEE Transactions on Semiconductor Manufacturing 3(2), 1990.

    Examples
    --------
    >>> round(negative_binomial_yield(8.14, 0.1, 10.0), 4)
    0.4572
    """
    yielded: Number = (1 + die_area * defect_density / yield_alpha) ** (-yield_alpha)
    return yielded


def seeds_yield(die_area: SquareCentimeter, defect_density: PerSquareCentimeter) -> Ratio:
    """Estimate die yield with the square-root exponential of Seeds and Moore.

    Equation: ``die_yield = exp(-sqrt(die_area * defect_density))``

    Parameters
    ----------
    die_area : cm2
        Area of one silicon die.
    defect_density : 1/cm2
        Defects per wafer area.

    Returns
    -------
    ratio
        Share of dies without defect.

    Notes
    -----
    Valid for large dies of immature processes; pessimistic for small ones. The yield inside
    Boavizta's graphics card model.

    References
    ----------
    .. [1] Cunningham J. A., The use and evaluation of yield models in integrated circuit
       manufacturing, IEEE Transactions on Semiconductor Manufacturing 3(2), 1990.
    .. [2] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(float(seeds_yield(8.14, 0.1)), 4)
    0.4057
    """
    yielded: Number = np.exp(-np.sqrt(die_area * defect_density))
    return yielded


def sellable_share(die_yield: Ratio, harvest_share: Ratio) -> Ratio:
    """Add defective dies that are sold with units disabled to the good ones.

    Equation: ``sellable_share = die_yield + (1 - die_yield) * harvest_share``

    Parameters
    ----------
    die_yield : ratio
        Share of dies without defect.
    harvest_share : ratio
        Share of defective dies that are sold with units disabled.

    Returns
    -------
    ratio
        Share of dies that can be sold, harvested ones included.

    Notes
    -----
    Valid for a harvest_share between 0 (every defect kills a die) and 1. Vendors publish none;
    large accelerators ship with disabled units.

    Examples
    --------
    >>> round(sellable_share(0.457, 0.63), 4)
    0.7991
    """
    return die_yield + (1 - die_yield) * harvest_share
