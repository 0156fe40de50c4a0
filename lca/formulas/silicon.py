"""Logic dies: how many a wafer holds, and the emissions of each.

Competing footprint models carry the name of their tool or method.
"""

from __future__ import annotations

import numpy as np

from lca.vocabulary import (
    Centimeter,
    KilogramCO2e,
    KilogramCO2ePerKilowattHour,
    KilogramCO2ePerSquareCentimeter,
    KilowattHourPerSquareCentimeter,
    Number,
    Ratio,
    SquareCentimeter,
)


def dies_per_wafer(
    die_area: SquareCentimeter,
    wafer_diameter: Centimeter,
    edge_exclusion: Centimeter,
    kerf: Centimeter,
) -> Ratio:
    """Count the dies that a wafer holds, less the loss at its edge.

    Equation::

        site = (sqrt(die_area) + kerf)^2; d = wafer_diameter - 2 * edge_exclusion;
            dies_per_wafer = pi * (d / 2)^2 / site - pi * d / sqrt(2 * site)

    The expected number, not rounded to whole dies: it stays smooth in the die's area.

    Parameters
    ----------
    die_area : cm2
        Area of one silicon die.
    wafer_diameter : cm
        Diameter of a wafer.
    edge_exclusion : cm
        Unusable ring at the edge of a wafer.
    kerf : cm
        Width lost between neighboring dies.

    Returns
    -------
    ratio
        Dies on a wafer.

    Notes
    -----
    Valid for square dies much smaller than the wafer; within a few dies of an exact count up to
    the reticle limit of about 8.6 cm2.

    References
    ----------
    .. [1] de Vries D. K., Investigation of gross die per wafer formulas, IEEE Transactions on
       Semiconductor Manufacturing 18(1), 2005.

    Examples
    --------
    >>> round(float(dies_per_wafer(8.14, 30.0, 0.3, 0.02)), 2)
    59.51
    """
    site = (np.sqrt(die_area) + kerf) ** 2
    diameter = wafer_diameter - 2 * edge_exclusion
    dies: Number = np.pi * (diameter / 2) ** 2 / site - np.pi * diameter / np.sqrt(2 * site)
    return dies


def wafer_carbon_per_area(
    energy_per_area: KilowattHourPerSquareCentimeter,
    fab_grid_intensity: KilogramCO2ePerKilowattHour,
    gas_per_area: KilogramCO2ePerSquareCentimeter,
    material_per_area: KilogramCO2ePerSquareCentimeter,
) -> KilogramCO2ePerSquareCentimeter:
    """Add up the emissions of processing a wafer, per area.

    Equation::

        wafer_carbon_per_area = energy_per_area * fab_grid_intensity + gas_per_area +
            material_per_area

    Parameters
    ----------
    energy_per_area : kWh/cm2
        Fab electricity per processed wafer area.
    fab_grid_intensity : kgCO2e/kWh
        Emissions per electricity at the fab.
    gas_per_area : kgCO2e/cm2
        Direct process-gas emissions per processed wafer area.
    material_per_area : kgCO2e/cm2
        Emissions of materials per processed wafer area.

    Returns
    -------
    kgCO2e/cm2
        Emissions per processed wafer area, before yield.

    Notes
    -----
    Valid for factors of one process node; before yield and edge loss.

    References
    ----------
    .. [1] Gupta U. et al., ACT: Designing Sustainable Computer Systems with an Architectural
       Carbon Modeling Tool, ISCA 2022: embodied carbon of logic, (CI x EPA + GPA + MPA) / yield.

    Examples
    --------
    >>> round(wafer_carbon_per_area(2.75, 0.583, 0.3275, 0.5), 4)
    2.4307
    """
    return energy_per_area * fab_grid_intensity + gas_per_area + material_per_area


def wafer_logic_footprint(
    wafer_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    wafer_diameter: Centimeter,
    dies_per_wafer: Ratio,
    sellable_share: Ratio,
    die_count: Ratio,
) -> KilogramCO2e:
    """Share the emissions of a whole wafer among the dies that can be sold.

    Equation::

        logic_footprint = die_count * wafer_carbon_per_area * pi * (wafer_diameter / 2)^2 /
            (dies_per_wafer * sellable_share)

    Parameters
    ----------
    wafer_carbon_per_area : kgCO2e/cm2
        Emissions per processed wafer area, before yield.
    wafer_diameter : cm
        Diameter of a wafer.
    dies_per_wafer : ratio
        Whole dies on a wafer.
    sellable_share : ratio
        Share of dies that can be sold, harvested ones included.
    die_count : ratio
        Dies of one kind in a device.

    Returns
    -------
    kgCO2e
        Emissions of the logic dies of a device.

    Notes
    -----
    Valid for dies of one kind. Test, dicing and packaging are outside.

    References
    ----------
    .. [1] Boakes L. et al., Cradle-to-gate Life Cycle Assessment of CMOS Logic Technologies, IEDM
       2023.
    .. [2] Gupta U. et al., ACT, ISCA 2022: the form per die area, without edge loss.

    Examples
    --------
    >>> round(wafer_logic_footprint(2.04, 30.0, 59.49, 0.8, 1.0), 2)
    30.3
    """
    wafer_area = np.pi * (wafer_diameter / 2) ** 2
    return die_count * wafer_carbon_per_area * wafer_area / (dies_per_wafer * sellable_share)


def act_logic_footprint(
    wafer_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    die_area: SquareCentimeter,
    die_count: Ratio,
    die_yield: Ratio,
) -> KilogramCO2e:
    """Find the emissions of logic dies the way ACT does.

    Equation: ``logic_footprint = wafer_carbon_per_area * die_area * die_count / die_yield``

    ACT's default yield is 0.875 at every size, which understates dies near the reticle limit by
    about a factor of two.

    Parameters
    ----------
    wafer_carbon_per_area : kgCO2e/cm2
        Emissions per processed wafer area, before yield.
    die_area : cm2
        Area of one silicon die.
    die_count : ratio
        Dies of one kind in a device.
    die_yield : ratio
        Share of dies without defect.

    Returns
    -------
    kgCO2e
        Emissions of the logic dies of a device.

    Notes
    -----
    Valid for dies up to about 1 cm2 with ACT's default yield; any size with a yield of their own.
    Edge loss is outside.

    References
    ----------
    .. [1] Gupta U. et al., ACT: Designing Sustainable Computer Systems with an Architectural
       Carbon Modeling Tool, ISCA 2022: embodied carbon of logic, (CI x EPA + GPA + MPA) / yield.

    Examples
    --------
    >>> round(act_logic_footprint(2.4307, 8.14, 1.0, 0.875), 2)
    22.61
    """
    return wafer_carbon_per_area * die_area * die_count / die_yield


def packaging_footprint(package_count: Ratio, carbon_per_package: KilogramCO2e) -> KilogramCO2e:
    """Find the emissions of packaging integrated circuits.

    Equation: ``packaging_footprint = package_count * carbon_per_package``

    Parameters
    ----------
    package_count : ratio
        Packaged integrated circuits of a device.
    carbon_per_package : kgCO2e
        Emissions of packaging one integrated circuit.

    Returns
    -------
    kgCO2e
        Emissions of packaging the integrated circuits of a device.

    Notes
    -----
    Valid for small packages: ACT's 150 g per circuit ignores area, interposer and bridges.

    References
    ----------
    .. [1] Gupta U. et al., ACT: Designing Sustainable Computer Systems with an Architectural
       Carbon Modeling Tool, ISCA 2022: embodied carbon of logic, (CI x EPA + GPA + MPA) / yield.

    Examples
    --------
    >>> round(packaging_footprint(6.0, 0.15), 3)
    0.9
    """
    return package_count * carbon_per_package
