"""Moving devices."""

from __future__ import annotations

from lca.vocabulary import (
    Kilogram,
    KilogramCO2e,
    KilogramCO2ePerKilogramKilometer,
    Kilometer,
    Ratio,
)


def transport_footprint(
    device_mass: Kilogram,
    packaging_ratio: Ratio,
    transport_distance: Kilometer,
    freight_intensity: KilogramCO2ePerKilogramKilometer,
) -> KilogramCO2e:
    """Find the emissions of moving a device by one mode.

    Equation::

        transport_footprint = device_mass * packaging_ratio * transport_distance *
            freight_intensity

    Parameters
    ----------
    device_mass : kg
        Mass of one device with its share of a baseboard.
    packaging_ratio : ratio
        Shipped mass over net mass.
    transport_distance : km
        Distance a device travels by one mode.
    freight_intensity : kgCO2e/(kg*km)
        Emissions of moving one kilogram over one kilometer.

    Returns
    -------
    kgCO2e
        Emissions of moving one device.

    Notes
    -----
    Valid for one leg by one mode; a route is the sum of its legs. Air freight emits fifty to a
    hundred and fifty times as much as a container ship.

    References
    ----------
    .. [1] ISO 14083, Quantification and reporting of greenhouse gas emissions arising from
       transport chain operations, 2023: transport activity is mass times distance.

    Examples
    --------
    >>> round(transport_footprint(3.0, 1.3, 9500.0, 0.00089939), 3)
    33.322
    """
    return device_mass * packaging_ratio * transport_distance * freight_intensity
