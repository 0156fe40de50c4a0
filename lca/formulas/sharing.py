"""Shares of time and of devices: idle time, and the hourly share of a lifetime."""

from __future__ import annotations

import numpy as np

from lca.vocabulary import (
    HourPerYear,
    KilogramCO2e,
    KilogramCO2ePerHour,
    Kilowatt,
    Ratio,
    Year,
)


def idle_share(utilization: Ratio) -> Ratio:
    """Find the share of powered time without work.

    Equation: ``idle_share = 1 - utilization``

    Parameters
    ----------
    utilization : ratio
        Share of powered time in which a device is busy.

    Returns
    -------
    ratio
        Share of powered time in which it is idle.

    Notes
    -----
    Valid for a utilization from 0 to 1.

    References
    ----------
    .. [1] Definition: a powered device is either busy or idle.

    Examples
    --------
    >>> idle_share(0.75)
    0.25
    """
    return 1 - utilization


def busy_share(utilization: Ratio) -> Ratio:
    """Find the share of time in which a machine works, which cannot be more than all of it.

    Equation: ``busy_share = min(utilization, 1)``

    Parameters
    ----------
    utilization : ratio
        Work asked for over what is done at full time; more than 1 where a machine must hurry.

    Returns
    -------
    ratio
        Share of powered time in which it is busy.

    Notes
    -----
    Valid for a utilization of 0 or more.

    References
    ----------
    .. [1] Definition: a machine is busy at most all the time.

    Examples
    --------
    >>> float(busy_share(1.25))
    1.0
    """
    return np.minimum(utilization, 1)


def unused_share(utilization: Ratio) -> Ratio:
    """Find the share of time without work, where work may exceed what fits into the time.

    Equation: ``unused_share = max(1 - utilization, 0)``

    Parameters
    ----------
    utilization : ratio
        Work asked for over what is done at full time.

    Returns
    -------
    ratio
        Share of powered time in which a machine is idle.

    Notes
    -----
    Valid for a utilization of 0 or more.

    References
    ----------
    .. [1] Definition: a machine that must hurry is never idle.

    Examples
    --------
    >>> float(unused_share(0.75))
    0.25
    """
    return np.maximum(1 - utilization, 0)


def unsold_hours(occupancy: Ratio) -> Ratio:
    """Find the idle hours that each hour of use bears.

    Equation: ``unsold_hours = 1 / occupancy - 1``

    Parameters
    ----------
    occupancy : ratio
        Share of powered time that is sold or used.

    Returns
    -------
    ratio
        Hours switched on without use, per hour of use.

    Notes
    -----
    Valid for an occupancy above 0. The same occupancy shares out embodied emissions, so that one
    parameter drives both.

    References
    ----------
    .. [1] Definition: powered hours are either used or not.

    Examples
    --------
    >>> unsold_hours(0.8)
    0.25
    """
    return 1 / occupancy - 1


def final_run_share(development_factor: Ratio) -> Ratio:
    """Find the final run's share of a whole training program.

    Equation: ``final_run_share = 1 / development_factor``

    Parameters
    ----------
    development_factor : ratio
        Compute of a whole program over that of its final run.

    Returns
    -------
    ratio
        Share of the program's device-hours that the final run takes.

    Notes
    -----
    Valid for a factor of 1 or more; 1 is a run without development.

    References
    ----------
    .. [1] Definition: a program is its final run and the development before and beside it.

    Examples
    --------
    >>> final_run_share(1.25)
    0.8
    """
    return 1 / development_factor


def development_share(development_factor: Ratio) -> Ratio:
    """Find the share of a whole training program that is not its final run.

    Equation: ``development_share = 1 - 1 / development_factor``

    Parameters
    ----------
    development_factor : ratio
        Compute of a whole program over that of its final run.

    Returns
    -------
    ratio
        Share of the program's device-hours spent on development.

    Notes
    -----
    Valid for a factor of 1 or more; 1 is a run without development.

    References
    ----------
    .. [1] Definition: a program is its final run and the development before and beside it.

    Examples
    --------
    >>> round(development_share(1.25), 3)
    0.2
    """
    return 1 - 1 / development_factor


def hourly_footprint(
    manufacture_footprint: KilogramCO2e,
    lifetime: Year,
    powered_time_per_year: HourPerYear,
    occupancy: Ratio,
) -> KilogramCO2ePerHour:
    """Find the embodied emissions that one hour of use bears.

    Equation::

        hourly_footprint = manufacture_footprint / (lifetime * powered_time_per_year * occupancy)

    Parameters
    ----------
    manufacture_footprint : kgCO2e
        Embodied emissions of a device.
    lifetime : year
        Time from first use to end of life.
    powered_time_per_year : h/year
        Time switched on in a year.
    occupancy : ratio
        Share of powered time that is sold or used: unsold time is borne by what is sold.

    Returns
    -------
    kgCO2e/h
        Embodied emissions per device-hour of use.

    Notes
    -----
    Valid for an occupancy above 0. This is the time share TiR/EL of the SCI specification, with
    the device's idle time shared among its users.

    References
    ----------
    .. [1] Green Software Foundation, Software Carbon Intensity specification 1.1.0 (ISO/IEC
       21031:2024), embodied emissions.

    Examples
    --------
    >>> hourly_footprint(8766.0, 1.0, 8766.0, 0.5)
    2.0
    """
    return manufacture_footprint / (lifetime * powered_time_per_year * occupancy)


def facility_power(device_power: Kilowatt, pue: Ratio) -> Kilowatt:
    """Find the power a facility draws for a device, overhead included.

    Equation: ``facility_power = device_power * pue``

    Parameters
    ----------
    device_power : kW
        IT power.
    pue : ratio
        Power usage effectiveness.

    Returns
    -------
    kW
        Power of the facility for this device.

    Notes
    -----
    Valid for a PUE of 1 or more.

    References
    ----------
    .. [1] ISO/IEC 30134-2:2016, definition of power usage effectiveness.

    Examples
    --------
    >>> facility_power(2.0, 1.5)
    3.0
    """
    return device_power * pue
