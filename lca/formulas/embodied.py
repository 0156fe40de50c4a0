"""Hours of a life, and shares of published footprints: what embodied emissions are spread over."""

from __future__ import annotations

from lca.vocabulary import Hour, HourPerYear, KilogramCO2e, Ratio, Year


def lifetime_hours(lifetime: Year, powered_time_per_year: HourPerYear) -> Hour:
    """Find the hours of use in a life.

    Equation: ``lifetime_hours = lifetime * powered_time_per_year``

    Parameters
    ----------
    lifetime : year
        Time from first use to end of life.
    powered_time_per_year : h/year
        Time a device is switched on in a year.

    Returns
    -------
    h
        Hours of use from first use to end of life.

    Notes
    -----
    Valid for a powered_time_per_year that is the mean over the life.

    Examples
    --------
    >>> round(lifetime_hours(4.0, 8766.0), 3)
    35064.0
    """
    return lifetime * powered_time_per_year


def shared_footprint(published_footprint: KilogramCO2e, device_count: Ratio) -> KilogramCO2e:
    """Share a footprint published for several devices among them.

    Equation: ``shared_footprint = published_footprint / device_count``

    Parameters
    ----------
    published_footprint : kgCO2e
        A footprint as published.
    device_count : ratio
        Devices that share one published footprint.

    Returns
    -------
    kgCO2e
        One device's share of a footprint published for several.

    Notes
    -----
    Valid for equal devices; what they share (switches, baseboard) is inside each one's part, so
    the boundary is the module.

    References
    ----------
    .. [1] NVIDIA, HGX H100 Product Carbon Footprint Summary, 2025; HGX B200 Product Carbon
       Footprint Summary, 2025: shares of memory, integrated circuits and thermal parts.

    Examples
    --------
    >>> round(shared_footprint(1312.0, 8.0), 3)
    164.0
    """
    return published_footprint / device_count
