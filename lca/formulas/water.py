"""Water: on site it goes with IT energy, off site with facility energy."""

from __future__ import annotations

from lca.vocabulary import Kilowatt, KilowattHour, Liter, LiterPerHour, LiterPerKilowattHour, Ratio


def on_site_water(it_energy: KilowattHour, wue: LiterPerKilowattHour) -> Liter:
    """Find the water that a facility consumes to cool its IT equipment.

    Equation: ``on_site_water = it_energy * wue``

    Parameters
    ----------
    it_energy : kWh
        Electricity drawn by IT equipment, before the facility's overhead.
    wue : L/kWh
        Water usage effectiveness: on-site water per IT energy.

    Returns
    -------
    L
        Water consumed at the facility.

    Notes
    -----
    Valid for a wue that is water consumed (not withdrawn) per IT energy over a year.

    References
    ----------
    .. [1] The Green Grid, Water Usage Effectiveness (WUE), White Paper 35, 2011: WUE is annual
       site water over IT energy.
    .. [2] Li P., Yang J., Islam M. A., Ren S., Making AI Less Thirsty, arXiv 2304.03271, 2023:
       on-site and off-site operational water.

    Examples
    --------
    >>> round(on_site_water(1000.0, 1.8), 3)
    1800.0
    """
    return it_energy * wue


def off_site_water(
    facility_energy: KilowattHour,
    grid_water_intensity: LiterPerKilowattHour,
) -> Liter:
    """Find the water consumed to generate a facility's electricity.

    Equation: ``off_site_water = facility_energy * grid_water_intensity``

    Parameters
    ----------
    facility_energy : kWh
        Electricity drawn by the facility for the IT equipment, overhead included.
    grid_water_intensity : L/kWh
        Water consumed to generate electricity, per facility energy.

    Returns
    -------
    L
        Water consumed to generate the facility's electricity.

    Notes
    -----
    Valid for a grid_water_intensity per delivered electricity; reservoir evaporation dominates it
    where hydropower does, and is contested.

    References
    ----------
    .. [1] Li P., Yang J., Islam M. A., Ren S., Making AI Less Thirsty, arXiv 2304.03271, 2023:
       on-site and off-site operational water.

    Examples
    --------
    >>> round(off_site_water(1200.0, 3.1), 3)
    3720.0
    """
    return facility_energy * grid_water_intensity


def on_site_water_rate(device_power: Kilowatt, wue: LiterPerKilowattHour) -> LiterPerHour:
    """Find the water consumed on site for a device per hour it is switched on.

    Equation: ``on_site_water_rate = device_power * wue``

    Parameters
    ----------
    device_power : kW
        Power of one device averaged over idle and busy time.
    wue : L/kWh
        Water usage effectiveness: on-site water per IT energy.

    Returns
    -------
    L/h
        Water consumed at the facility for one device per hour.

    Notes
    -----
    Valid for a wue per IT energy: the facility's overhead is not counted again.

    References
    ----------
    .. [1] Li P., Yang J., Islam M. A., Ren S., Making AI Less Thirsty, arXiv 2304.03271, 2023:
       on-site and off-site operational water.

    Examples
    --------
    >>> round(on_site_water_rate(0.5, 1.8), 6)
    0.9
    """
    return device_power * wue


def off_site_water_rate(
    device_power: Kilowatt,
    pue: Ratio,
    grid_water_intensity: LiterPerKilowattHour,
) -> LiterPerHour:
    """Find the water consumed at power stations for a device per hour it is switched on.

    Equation: ``off_site_water_rate = device_power * pue * grid_water_intensity``

    Parameters
    ----------
    device_power : kW
        Power of one device averaged over idle and busy time.
    pue : ratio
        Power usage effectiveness: facility energy over IT energy.
    grid_water_intensity : L/kWh
        Water consumed to generate electricity, per facility energy.

    Returns
    -------
    L/h
        Water consumed to generate one device's electricity per hour.

    Notes
    -----
    Valid for a pue of 1 or more.

    References
    ----------
    .. [1] Li P., Yang J., Islam M. A., Ren S., Making AI Less Thirsty, arXiv 2304.03271, 2023:
       on-site and off-site operational water.

    Examples
    --------
    >>> round(off_site_water_rate(0.5, 1.2, 3.1), 6)
    1.86
    """
    return device_power * pue * grid_water_intensity
