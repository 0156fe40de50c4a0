"""What money of one year is worth in another, and how prices move from year to year."""

from __future__ import annotations

from lca.vocabulary import Ratio


def discount_factor(discount_rate: Ratio, elapsed_periods: Ratio) -> Ratio:
    """Find what money of a later year is worth in the base year.

    Equation: ``discount_factor = (1 + discount_rate)^(-elapsed_periods)``

    Parameters
    ----------
    discount_rate : ratio
        Rate of discount per year.
    elapsed_periods : ratio
        Years since the base year; negative before it.

    Returns
    -------
    ratio
        Present value of one unit of money.

    Notes
    -----
    Valid for a rate above -1, and for money: emissions are not discounted unless that is asked for.

    References
    ----------
    .. [1] ISO 15686-5:2017, Buildings and constructed assets - Service life planning - Part 5:
       Life-cycle costing, net present value.

    Examples
    --------
    >>> discount_factor(1.0, 2.0)
    0.25
    """
    result: Ratio = (1 + discount_rate) ** (-elapsed_periods)
    return result


def grown_index(annual_growth: Ratio, elapsed_periods: Ratio) -> Ratio:
    """Find the index of a price that changes by a fixed share each year.

    Equation: ``grown_index = (1 + annual_growth)^elapsed_periods``

    Parameters
    ----------
    annual_growth : ratio
        Share by which a price rises each year; negative where it falls.
    elapsed_periods : ratio
        Years since the base year.

    Returns
    -------
    ratio
        Price of the year over that of the base year.

    Notes
    -----
    Valid for a growth above -1. Compound growth is a scenario, not a forecast.

    References
    ----------
    .. [1] Definition of compound growth.

    Examples
    --------
    >>> grown_index(0.5, 2.0)
    2.25
    """
    result: Ratio = (1 + annual_growth) ** elapsed_periods
    return result
