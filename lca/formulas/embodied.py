"""Spreading embodied emissions over a life, and moving published figures between boundaries."""

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


def straight_line_share(period: Year, lifetime: Year) -> Ratio:
    """Spread embodied emissions evenly over calendar time.

    Equation: ``amortized_share = period / lifetime``

    Parameters
    ----------
    period : year
        Length of the stretch of time that is accounted for.
    lifetime : year
        Time from first use to end of life.

    Returns
    -------
    ratio
        Share of a device's embodied emissions borne by a period.

    Notes
    -----
    Valid for periods inside the life: the shares of all periods sum to 1, and after the life
    there is nothing left to bear.

    References
    ----------
    .. [1] Green Software Foundation, Software Carbon Intensity Specification 1.0, ISO/IEC 21031,
       2024: embodied emissions by time share.

    Examples
    --------
    >>> round(straight_line_share(1.0, 4.0), 4)
    0.25
    """
    return period / lifetime


def hours_used_share(powered_time: Hour, lifetime_hours: Hour) -> Ratio:
    """Spread embodied emissions over hours of use.

    Equation: ``amortized_share = powered_time / lifetime_hours``

    Parameters
    ----------
    powered_time : h
        Time a device is switched on.
    lifetime_hours : h
        Hours of use from first use to end of life.

    Returns
    -------
    ratio
        Share of a device's embodied emissions borne by a period.

    Notes
    -----
    Valid for powered_time that sums to lifetime_hours over the life.

    References
    ----------
    .. [1] Green Software Foundation, Software Carbon Intensity Specification 1.0, ISO/IEC 21031,
       2024: embodied emissions by time share.

    Examples
    --------
    >>> round(hours_used_share(1000.0, 35064.0), 6)
    0.028519
    """
    return powered_time / lifetime_hours


def amortized_footprint(
    manufacture_footprint: KilogramCO2e,
    amortized_share: Ratio,
) -> KilogramCO2e:
    """Find the embodied emissions that a period bears.

    Equation: ``amortized_footprint = manufacture_footprint * amortized_share``

    Parameters
    ----------
    manufacture_footprint : kgCO2e
        Emissions of making one device, from cradle to gate.
    amortized_share : ratio
        Share of a device's embodied emissions borne by a period.

    Returns
    -------
    kgCO2e
        Embodied emissions of one device borne by a period.

    Notes
    -----
    Valid for comparison and intensity per unit of work; an inventory counts all in the year
    bought instead.

    References
    ----------
    .. [1] Green Software Foundation, Software Carbon Intensity Specification 1.0, ISO/IEC 21031,
       2024: embodied emissions by time share.

    Examples
    --------
    >>> round(amortized_footprint(164.0, 0.25), 3)
    41.0
    """
    return manufacture_footprint * amortized_share


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


def rebased_footprint(published_footprint: KilogramCO2e, boundary_ratio: Ratio) -> KilogramCO2e:
    """Move a published footprint to another boundary.

    Equation: ``rebased_footprint = published_footprint * boundary_ratio``

    Parameters
    ----------
    published_footprint : kgCO2e
        A footprint as published.
    boundary_ratio : ratio
        Footprint within the asked boundary over footprint within the published one.

    Returns
    -------
    kgCO2e
        A published footprint moved to another boundary.

    Notes
    -----
    Valid for a ratio from a model that has both boundaries: the published figure sets the level,
    the model only the ratio.

    Examples
    --------
    >>> round(rebased_footprint(127.6, 1.1), 3)
    140.36
    """
    return published_footprint * boundary_ratio
