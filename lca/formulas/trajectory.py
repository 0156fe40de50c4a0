"""How grid intensity moves over the years, as an index of its base year."""

from __future__ import annotations

from lca.vocabulary import Ratio


def declined_index(annual_decline: Ratio, elapsed_periods: Ratio) -> Ratio:
    """Find the index of an intensity that falls by a fixed share each year.

    Equation: ``declined_index = (1 - annual_decline)^elapsed_periods``

    Parameters
    ----------
    annual_decline : ratio
        Share by which the intensity falls each year.
    elapsed_periods : ratio
        Years since the base year; negative before it.

    Returns
    -------
    ratio
        Intensity of the year over that of the base year.

    Notes
    -----
    Valid for a decline from 0 to 1. Compound decline is a scenario, not a forecast.

    References
    ----------
    .. [1] Definition of compound growth with a negative rate.

    Examples
    --------
    >>> declined_index(0.5, 2.0)
    0.25
    """
    return (1 - annual_decline) ** elapsed_periods


def interpolated_index(first_index: Ratio, second_index: Ratio, elapsed_share: Ratio) -> Ratio:
    """Find the index between two given years by a straight line.

    Equation: ``interpolated_index = first_index + (second_index - first_index) * elapsed_share``

    Parameters
    ----------
    first_index, second_index : ratio
        Indices of the years before and after.
    elapsed_share : ratio
        Share of the way from the first year to the second.

    Returns
    -------
    ratio
        Index of the year between.

    Notes
    -----
    Valid for a share from 0 to 1: nothing is extrapolated.

    References
    ----------
    .. [1] Definition of linear interpolation.

    Examples
    --------
    >>> interpolated_index(1.0, 0.5, 0.5)
    0.75
    """
    return first_index + (second_index - first_index) * elapsed_share
