"""How grid intensity moves over the years, as an index of its base year."""

from __future__ import annotations

from lca.vocabulary import Ratio


def declined_index(annual_decline: Ratio, elapsed_periods: Ratio) -> Ratio:
    r"""Compute the index of an intensity that falls by a fixed share each year.

    .. math:: i = (1 - d)^n

    Parameters
    ----------
    annual_decline
        Share by which the intensity falls each year, *d*.
    elapsed_periods
        Years since the base year, *n*; negative before it.

    Returns
    -------
    Ratio
        Intensity of the year over that of the base year.

    Notes
    -----
    Valid for a decline from 0 to 1. Compound decline is a scenario, not a forecast.

    References
    ----------
    1. Definition of compound growth with a negative rate.

    Examples
    --------
    >>> declined_index(0.5, 2.0)
    0.25
    """
    return (1 - annual_decline) ** elapsed_periods


def interpolated_index(first_index: Ratio, second_index: Ratio, elapsed_share: Ratio) -> Ratio:
    r"""Compute the index between two given years by a straight line.

    .. math:: i = a + (b - a) t

    Parameters
    ----------
    first_index, second_index
        Indices of the years before and after, *a* and *b*.
    elapsed_share
        Share of the way from the first year to the second, *t*.

    Returns
    -------
    Ratio
        Index of the year between.

    Notes
    -----
    Valid for a share from 0 to 1: nothing is extrapolated.

    References
    ----------
    1. Definition of linear interpolation.

    Examples
    --------
    >>> interpolated_index(1.0, 0.5, 0.5)
    0.75
    """
    return first_index + (second_index - first_index) * elapsed_share
