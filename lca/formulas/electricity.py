"""Emissions per electricity: contracts and later years."""

from __future__ import annotations

import numpy as np

from lca.vocabulary import KilogramCO2ePerKilowattHour, Number, Ratio


def market_intensity(
    contract_share: Ratio,
    contract_intensity: KilogramCO2ePerKilowattHour,
    residual_intensity: KilogramCO2ePerKilowattHour,
) -> KilogramCO2ePerKilowattHour:
    """Mix contracted and residual electricity for the market-based account.

    Equation::

        market_intensity = contract_share * contract_intensity + (1 - contract_share) *
            residual_intensity

    Parameters
    ----------
    contract_share : ratio
        Share of electricity covered by a contract.
    contract_intensity : kgCO2e/kWh
        Emissions per electricity bought under a contract.
    residual_intensity : kgCO2e/kWh
        Emissions per electricity left after contracted volumes.

    Returns
    -------
    kgCO2e/kWh
        Emissions per electricity on the market-based account.

    Notes
    -----
    Valid for a contract_share between 0 and 1. Where no residual mix is published the grid
    average stands in, and then contracted volumes are counted twice.

    References
    ----------
    .. [1] World Resources Institute, GHG Protocol Scope 2 Guidance, 2015: location-based and
       market-based methods.

    Examples
    --------
    >>> round(market_intensity(0.4, 0.0, 0.5), 6)
    0.3
    """
    return contract_share * contract_intensity + (1 - contract_share) * residual_intensity


def projected_intensity(
    grid_intensity: KilogramCO2ePerKilowattHour,
    trajectory_index: Ratio,
) -> KilogramCO2ePerKilowattHour:
    """Carry today's intensity of a region along a published trajectory.

    Equation: ``projected_intensity = grid_intensity * trajectory_index``

    Parameters
    ----------
    grid_intensity : kgCO2e/kWh
        Emissions per electricity, of the type its factor states.
    trajectory_index : ratio
        Intensity of a year over the intensity of the base year.

    Returns
    -------
    kgCO2e/kWh
        Emissions per electricity in a later year.

    Notes
    -----
    Valid for years inside the trajectory; its index is 1 in the year of grid_intensity, and its
    boundary is that of grid_intensity.

    Examples
    --------
    >>> round(projected_intensity(0.4, 0.75), 6)
    0.3
    """
    return grid_intensity * trajectory_index


def floored_intensity(
    grid_intensity: KilogramCO2ePerKilowattHour,
    trajectory_index: Ratio,
    upstream_intensity: KilogramCO2ePerKilowattHour,
) -> KilogramCO2ePerKilowattHour:
    """Carry a life-cycle intensity along a trajectory, down to its upstream part.

    Equation::

        projected_intensity = max(grid_intensity * trajectory_index, upstream_intensity)

    Parameters
    ----------
    grid_intensity : kgCO2e/kWh
        Emissions per electricity, of the type its factor states.
    trajectory_index : ratio
        Intensity of a year over the intensity of the base year.
    upstream_intensity : kgCO2e/kWh
        Emissions per electricity before generation: the life-cycle floor.

    Returns
    -------
    kgCO2e/kWh
        Emissions per electricity in a later year.

    Notes
    -----
    Valid for life-cycle intensities: a grid without direct emissions still has those of building
    its plants.

    References
    ----------
    .. [1] Schlömer S. et al., Annex III: Technology-specific cost and performance parameters, in
       IPCC AR5 WG III, 2014, table A.III.2: life-cycle medians of wind, nuclear and solar.

    Examples
    --------
    >>> round(float(floored_intensity(0.4, 0.05, 0.03)), 6)
    0.03
    """
    projected: Number = np.maximum(grid_intensity * trajectory_index, upstream_intensity)
    return projected
