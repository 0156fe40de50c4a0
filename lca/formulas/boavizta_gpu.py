"""Boavizta's published formula of a graphics card; its factors are data, not code.

The card is body, logic, memory, transport of parts, delivery and end of life. Stacked
memory is treated as planar dies, so cards with HBM come out several times too heavy.
"""

from __future__ import annotations

import numpy as np

from lca.formulas.yields import seeds_yield
from lca.vocabulary import (
    Centimeter,
    Kilogram,
    KilogramCO2e,
    KilogramCO2ePerKilogram,
    KilogramCO2ePerSquareCentimeter,
    Number,
    PerSquareCentimeter,
    Ratio,
    SquareCentimeter,
)


def effective_die_area(
    die_area: SquareCentimeter,
    wafer_diameter: Centimeter,
    kerf: Centimeter,
    defect_density: PerSquareCentimeter,
) -> SquareCentimeter:
    """Find the wafer area used up for one good die.

    Equation::

        site = (sqrt(die_area) + kerf)^2; n = pi * (d / 2)^2 / site - pi * d / sqrt(2 * site);
            effective_die_area = pi * (d / 2)^2 / n / exp(-sqrt(site * defect_density))

    Boavizta passes stacked memory through the same function as if each stack were one planar die,
    which overstates large stacks severalfold.

    Parameters
    ----------
    die_area : cm2
        Area of one silicon die.
    wafer_diameter : cm
        Diameter of a wafer.
    kerf : cm
        Width lost between neighboring dies.
    defect_density : 1/cm2
        Defects per wafer area.

    Returns
    -------
    cm2
        Wafer area used up for one good die, edge loss and yield included.

    Notes
    -----
    Valid for square logic dies; d is wafer_diameter, and no edge is excluded.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(float(effective_die_area(8.14, 30.0, 0.02, 0.1)), 4)
    28.0845
    """
    site = (np.sqrt(die_area) + kerf) ** 2
    wafer_area = np.pi * (wafer_diameter / 2) ** 2
    dies = wafer_area / site - np.pi * wafer_diameter / np.sqrt(2 * site)
    used: Number = wafer_area / dies / seeds_yield(site, defect_density)
    return used


def gpu_logic_footprint(
    wafer_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    effective_die_area: SquareCentimeter,
    die_count: Ratio,
) -> KilogramCO2e:
    """Find the emissions of the logic dies of a graphics card.

    Equation: ``logic_footprint = wafer_carbon_per_area * effective_die_area * die_count``

    Parameters
    ----------
    wafer_carbon_per_area : kgCO2e/cm2
        Emissions per processed wafer area, before yield.
    effective_die_area : cm2
        Wafer area used up for one good die, edge loss and yield included.
    die_count : ratio
        Dies of one kind in a device.

    Returns
    -------
    kgCO2e
        Emissions of the logic dies of a device.

    Notes
    -----
    Valid for any node: the factor per wafer area is one constant.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(gpu_logic_footprint(4.2592, 28.0845, 1.0), 2)
    119.62
    """
    return wafer_carbon_per_area * effective_die_area * die_count


def gpu_memory_footprint(
    memory_wafer_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    effective_memory_area: SquareCentimeter,
    memory_package_count: Ratio,
) -> KilogramCO2e:
    """Find the emissions of the memory of a graphics card.

    Equation::

        memory_footprint = memory_wafer_carbon_per_area * effective_memory_area *
            memory_package_count

    Parameters
    ----------
    memory_wafer_carbon_per_area : kgCO2e/cm2
        Emissions per processed memory wafer area, before yield.
    effective_memory_area : cm2
        Wafer area used up for the memory of one package.
    memory_package_count : ratio
        Packages that hold a device's memory.

    Returns
    -------
    kgCO2e
        Emissions of the memory of a device.

    Notes
    -----
    Valid for small planar memory chips. For stacked memory the result grows with capacity per
    stack, which is physically backwards.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(gpu_memory_footprint(18.379, 3.9053, 6.0), 2)
    430.65
    """
    return memory_wafer_carbon_per_area * effective_memory_area * memory_package_count


def gpu_body_footprint(
    casing_mass: Kilogram,
    casing_carbon_per_mass: KilogramCO2ePerKilogram,
    heatsink_mass: Kilogram,
    heatsink_carbon_per_mass: KilogramCO2ePerKilogram,
    board_area: SquareCentimeter,
    board_carbon_per_area: KilogramCO2ePerSquareCentimeter,
) -> KilogramCO2e:
    """Find the emissions of casing, heat sink and circuit board of a graphics card.

    Equation::

        board_footprint = casing_mass * casing_carbon_per_mass + heatsink_mass *
            heatsink_carbon_per_mass + board_area * board_carbon_per_area

    Parameters
    ----------
    casing_mass : kg
        Mass of the casing of a card.
    casing_carbon_per_mass : kgCO2e/kg
        Emissions of a card's casing per mass of casing.
    heatsink_mass : kg
        Mass of the heat sink of a card.
    heatsink_carbon_per_mass : kgCO2e/kg
        Emissions of a card's heat sink per mass of heat sink.
    board_area : cm2
        Area of the printed circuit board of a device.
    board_carbon_per_area : kgCO2e/cm2
        Emissions per area of printed circuit board.

    Returns
    -------
    kgCO2e
        Emissions of casing, heat sink and circuit board of a card.

    Notes
    -----
    Valid for cards and modules; a share of a baseboard is outside.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(gpu_body_footprint(0.78923, 8.2542, 0.90077, 5.7412, 296.37, 0.032549), 3)
    21.333
    """
    casing = casing_mass * casing_carbon_per_mass
    heatsink = heatsink_mass * heatsink_carbon_per_mass
    return casing + heatsink + board_area * board_carbon_per_area


def upstream_transport_footprint(
    device_mass: Kilogram,
    upstream_carbon_per_mass: KilogramCO2ePerKilogram,
) -> KilogramCO2e:
    """Find the emissions of moving parts to the place of assembly.

    Equation: ``upstream_transport_footprint = device_mass * upstream_carbon_per_mass``

    Parameters
    ----------
    device_mass : kg
        Mass of one device with its share of a baseboard.
    upstream_carbon_per_mass : kgCO2e/kg
        Emissions of moving parts to assembly per mass of device.

    Returns
    -------
    kgCO2e
        Emissions of moving parts to assembly.

    Notes
    -----
    Valid for graphics cards; delivery to the user is lca.formulas.transport.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(upstream_transport_footprint(1.69, 0.25955), 4)
    0.4386
    """
    return device_mass * upstream_carbon_per_mass
