"""Emissions of one device per hour it is switched on: the intensities of operation.

IT, overhead and grid loss are three rates, so that a ledger can show each; their sum is
all emissions of the device's electricity.
"""

from __future__ import annotations

from lca.vocabulary import KilogramCO2ePerHour, KilogramCO2ePerKilowattHour, Kilowatt, Ratio


def operation_footprint_rate(
    device_power: Kilowatt,
    grid_intensity: KilogramCO2ePerKilowattHour,
) -> KilogramCO2ePerHour:
    """Find the emissions of a device's own electricity per hour it is switched on.

    Equation: ``operation_footprint_rate = device_power * grid_intensity``

    Parameters
    ----------
    device_power : kW
        Power of one device averaged over idle and busy time.
    grid_intensity : kgCO2e/kWh
        Emissions per electricity, of the type its factor states.

    Returns
    -------
    kgCO2e/h
        Emissions of one device per hour it is switched on.

    Notes
    -----
    Valid for a device_power that is the mean over the time switched on. Overhead and grid loss
    are separate rates.

    References
    ----------
    .. [1] World Resources Institute, GHG Protocol Scope 2 Guidance, 2015: location-based and
       market-based methods.

    Examples
    --------
    >>> round(operation_footprint_rate(0.5, 0.4), 6)
    0.2
    """
    return device_power * grid_intensity


def overhead_footprint_rate(
    device_power: Kilowatt,
    pue: Ratio,
    grid_intensity: KilogramCO2ePerKilowattHour,
) -> KilogramCO2ePerHour:
    """Find the emissions of a facility's overhead for a device per hour it is switched on.

    Equation: ``overhead_footprint_rate = device_power * (pue - 1) * grid_intensity``

    Parameters
    ----------
    device_power : kW
        Power of one device averaged over idle and busy time.
    pue : ratio
        Power usage effectiveness: facility energy over IT energy.
    grid_intensity : kgCO2e/kWh
        Emissions per electricity, of the type its factor states.

    Returns
    -------
    kgCO2e/h
        Emissions of facility overhead for one device per hour.

    Notes
    -----
    Valid for a pue of 1 or more.

    References
    ----------
    .. [1] The Green Grid, PUE: A Comprehensive Examination of the Metric, White Paper 49, 2012:
       PUE is facility energy over IT energy.
    .. [2] ISO/IEC 30134-2, Data centres: key performance indicators, part 2: power usage
       effectiveness, 2016.

    Examples
    --------
    >>> round(overhead_footprint_rate(0.5, 1.2, 0.4), 6)
    0.04
    """
    return device_power * (pue - 1) * grid_intensity


def loss_footprint_rate(
    device_power: Kilowatt,
    pue: Ratio,
    transmission_loss: Ratio,
    grid_intensity: KilogramCO2ePerKilowattHour,
) -> KilogramCO2ePerHour:
    """Find the emissions of grid loss for a device per hour it is switched on.

    Equation::

        loss_footprint_rate = device_power * pue * (1 / (1 - transmission_loss) - 1) *
            grid_intensity

    Parameters
    ----------
    device_power : kW
        Power of one device averaged over idle and busy time.
    pue : ratio
        Power usage effectiveness: facility energy over IT energy.
    transmission_loss : ratio
        Share of generated electricity lost before it is delivered.
    grid_intensity : kgCO2e/kWh
        Emissions per electricity, of the type its factor states.

    Returns
    -------
    kgCO2e/h
        Emissions of grid loss for one device per hour.

    Notes
    -----
    Valid for a transmission_loss from 0 to below 1, and a grid_intensity per generated
    electricity. Scope 3 category 3.

    References
    ----------
    .. [1] World Resources Institute and WBCSD, Corporate Value Chain (Scope 3) Standard, 2011,
       category 3: fuel- and energy-related activities.

    Examples
    --------
    >>> round(loss_footprint_rate(0.5, 1.2, 0.05, 0.4), 6)
    0.012632
    """
    return device_power * pue * (1 / (1 - transmission_loss) - 1) * grid_intensity
