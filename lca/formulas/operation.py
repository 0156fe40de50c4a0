"""Power and energy of a device in use, and the emissions of the electricity.

PUE multiplies once, from IT energy to facility energy; losses in the grid come after it.
"""

from __future__ import annotations

from lca.vocabulary import (
    Hour,
    KilogramCO2e,
    KilogramCO2ePerKilowattHour,
    Kilowatt,
    KilowattHour,
    Ratio,
)


def idle_power(thermal_design_power: Kilowatt, idle_fraction: Ratio) -> Kilowatt:
    """Estimate the idle power of a device from its rated power.

    Equation: ``idle_power = thermal_design_power * idle_fraction``

    Parameters
    ----------
    thermal_design_power : kW
        Rated maximum sustained power of one device.
    idle_fraction : ratio
        Power of an idle device over its thermal design power.

    Returns
    -------
    kW
        Power of one device that is powered and has no work.

    Notes
    -----
    Valid for an idle_fraction between 0 and 1. Measured idle power, where known, replaces this
    estimate.

    References
    ----------
    .. [1] Fan X., Weber W.-D., Barroso L. A., Power provisioning for a warehouse-sized computer,
       ISCA 2007: power of a server is close to linear in its utilization.

    Examples
    --------
    >>> round(idle_power(0.7, 0.1), 6)
    0.07
    """
    return thermal_design_power * idle_fraction


def busy_power(thermal_design_power: Kilowatt, busy_fraction: Ratio) -> Kilowatt:
    """Estimate the mean power of a working device from its rated power.

    Equation: ``busy_power = thermal_design_power * busy_fraction``

    Parameters
    ----------
    thermal_design_power : kW
        Rated maximum sustained power of one device.
    busy_fraction : ratio
        Mean power of a busy device over its thermal design power.

    Returns
    -------
    kW
        Mean power of one device while it works.

    Notes
    -----
    Valid for a busy_fraction between 0 and about 1: rated power is a sustained limit, which short
    peaks exceed.

    References
    ----------
    .. [1] Fan X., Weber W.-D., Barroso L. A., Power provisioning for a warehouse-sized computer,
       ISCA 2007: power of a server is close to linear in its utilization.

    Examples
    --------
    >>> round(busy_power(0.7, 0.8), 6)
    0.56
    """
    return thermal_design_power * busy_fraction


def device_power(idle_power: Kilowatt, busy_power: Kilowatt, utilization: Ratio) -> Kilowatt:
    """Average the power of a device over its idle and busy time.

    Equation: ``device_power = idle_power + (busy_power - idle_power) * utilization``

    Parameters
    ----------
    idle_power : kW
        Power of one device that is powered and has no work.
    busy_power : kW
        Mean power of one device while it works.
    utilization : ratio
        Share of powered time in which a device is busy.

    Returns
    -------
    kW
        Power of one device averaged over idle and busy time.

    Notes
    -----
    Valid for utilization between 0 and 1, and devices whose mean power grows in proportion to
    busy time; a device that throttles or sleeps deeper at low load departs from the line.

    References
    ----------
    .. [1] Fan X., Weber W.-D., Barroso L. A., Power provisioning for a warehouse-sized computer,
       ISCA 2007: power of a server is close to linear in its utilization.

    Examples
    --------
    >>> round(device_power(0.07, 0.56, 0.5), 6)
    0.315
    """
    return idle_power + (busy_power - idle_power) * utilization


def shared_host_power(host_power: Kilowatt, host_share: Ratio) -> Kilowatt:
    """Share the power of a host among the devices that use it.

    Equation: ``shared_host_power = host_power * host_share``

    Parameters
    ----------
    host_power : kW
        Power of a host without its accelerators.
    host_share : ratio
        Share of a host that one device uses.

    Returns
    -------
    kW
        Power of a host borne by one device that uses it.

    Notes
    -----
    Valid for shares of all devices of a host that sum to at most 1.

    Examples
    --------
    >>> round(shared_host_power(2.4, 0.125), 6)
    0.3
    """
    return host_power * host_share


def it_energy(device_power: Kilowatt, powered_time: Hour) -> KilowattHour:
    """Integrate the mean power of a device over the time it is switched on.

    Equation: ``it_energy = device_power * powered_time``

    Parameters
    ----------
    device_power : kW
        Power of one device averaged over idle and busy time.
    powered_time : h
        Time a device is switched on.

    Returns
    -------
    kWh
        Electricity drawn by IT equipment, before the facility's overhead.

    Notes
    -----
    Valid for a device_power that is the mean over powered_time, idle time included.

    Examples
    --------
    >>> round(it_energy(0.5, 8000.0), 3)
    4000.0
    """
    return device_power * powered_time


def facility_energy(it_energy: KilowattHour, pue: Ratio) -> KilowattHour:
    """Add the facility's overhead to IT energy.

    Equation: ``facility_energy = it_energy * pue``

    Parameters
    ----------
    it_energy : kWh
        Electricity drawn by IT equipment, before the facility's overhead.
    pue : ratio
        Power usage effectiveness: facility energy over IT energy.

    Returns
    -------
    kWh
        Electricity drawn by the facility for the IT equipment, overhead included.

    Notes
    -----
    Valid for a pue of 1 or more, averaged over the same year and site as the IT energy.

    References
    ----------
    .. [1] The Green Grid, PUE: A Comprehensive Examination of the Metric, White Paper 49, 2012:
       PUE is facility energy over IT energy.
    .. [2] ISO/IEC 30134-2, Data centres: key performance indicators, part 2: power usage
       effectiveness, 2016.

    Examples
    --------
    >>> round(facility_energy(1000.0, 1.2), 3)
    1200.0
    """
    return it_energy * pue


def overhead_energy(it_energy: KilowattHour, pue: Ratio) -> KilowattHour:
    """Tell the facility's overhead apart from IT energy.

    Equation: ``overhead_energy = it_energy * (pue - 1)``

    Parameters
    ----------
    it_energy : kWh
        Electricity drawn by IT equipment, before the facility's overhead.
    pue : ratio
        Power usage effectiveness: facility energy over IT energy.

    Returns
    -------
    kWh
        Electricity drawn by cooling and power distribution: facility energy less IT energy.

    Notes
    -----
    Valid for a pue of 1 or more; never add it to facility_energy, which holds it already.

    References
    ----------
    .. [1] The Green Grid, PUE: A Comprehensive Examination of the Metric, White Paper 49, 2012:
       PUE is facility energy over IT energy.
    .. [2] ISO/IEC 30134-2, Data centres: key performance indicators, part 2: power usage
       effectiveness, 2016.

    Examples
    --------
    >>> round(overhead_energy(1000.0, 1.2), 3)
    200.0
    """
    return it_energy * (pue - 1)


def loss_energy(facility_energy: KilowattHour, transmission_loss: Ratio) -> KilowattHour:
    """Find the electricity lost between power station and facility.

    Equation: ``loss_energy = facility_energy * (1 / (1 - transmission_loss) - 1)``

    Parameters
    ----------
    facility_energy : kWh
        Electricity drawn by the facility for the IT equipment, overhead included.
    transmission_loss : ratio
        Share of generated electricity lost before it is delivered.

    Returns
    -------
    kWh
        Electricity generated but lost on the way to the facility.

    Notes
    -----
    Valid for a transmission_loss from 0 to below 1, as a share of generated electricity. The
    emissions are Scope 3 category 3, never Scope 2; leave out where the grid factor is per
    consumption and holds the loss already.

    References
    ----------
    .. [1] World Resources Institute and WBCSD, Corporate Value Chain (Scope 3) Standard, 2011,
       category 3: fuel- and energy-related activities.

    Examples
    --------
    >>> round(loss_energy(950.0, 0.05), 3)
    50.0
    """
    return facility_energy * (1 / (1 - transmission_loss) - 1)


def operation_footprint(
    facility_energy: KilowattHour,
    grid_intensity: KilogramCO2ePerKilowattHour,
) -> KilogramCO2e:
    """Find the emissions of the electricity a facility uses.

    Equation: ``operation_footprint = facility_energy * grid_intensity``

    Parameters
    ----------
    facility_energy : kWh
        Electricity drawn by the facility for the IT equipment, overhead included.
    grid_intensity : kgCO2e/kWh
        Emissions per electricity, of the type its factor states.

    Returns
    -------
    kgCO2e
        Emissions of electricity used.

    Notes
    -----
    Valid for a grid_intensity of the region and year of the energy; the result has its boundary
    (direct or life-cycle) and basis (location or market).

    References
    ----------
    .. [1] World Resources Institute, GHG Protocol Scope 2 Guidance, 2015: location-based and
       market-based methods.

    Examples
    --------
    >>> round(operation_footprint(1000.0, 0.4), 3)
    400.0
    """
    return facility_energy * grid_intensity
