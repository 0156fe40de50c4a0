"""Boavizta's published component formulas; their factors are data, not code.

One function serves every indicator: pass the factors of primary energy or of mineral
depletion in place of carbon. Motherboard, case, hard disk and assembly are constants.
"""

from __future__ import annotations

from lca.vocabulary import (
    Gigabyte,
    GigabytePerSquareCentimeter,
    Kilogram,
    KilogramCO2e,
    KilogramCO2ePerKilogram,
    KilogramCO2ePerSquareCentimeter,
    Ratio,
    SquareCentimeter,
)


def cpu_footprint(
    base_footprint: KilogramCO2e,
    logic_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    die_area: SquareCentimeter,
    die_count: Ratio,
) -> KilogramCO2e:
    """Find the emissions of making a processor.

    Equation::

        manufacture_footprint = base_footprint + logic_carbon_per_area * die_area * die_count

    Parameters
    ----------
    base_footprint : kgCO2e
        Emissions of the parts of a component that do not grow with its die area.
    logic_carbon_per_area : kgCO2e/cm2
        Emissions per area of good logic die, yield included.
    die_area : cm2
        Area of one silicon die.
    die_count : ratio
        Dies of one kind in a device.

    Returns
    -------
    kgCO2e
        Emissions of making one device, from cradle to gate.

    Notes
    -----
    Valid for processors of any node: the factor per die area is one constant, which is the
    model's weakness.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.
    .. [2] Boavizta, Digital & environment: How to evaluate server manufacturing footprint, beyond
       greenhouse gas emissions?, 2021.

    Examples
    --------
    >>> round(cpu_footprint(9.14, 1.97, 7.0, 1.0), 3)
    22.93
    """
    return base_footprint + logic_carbon_per_area * die_area * die_count


def ram_footprint(
    base_footprint: KilogramCO2e,
    memory_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    memory_capacity: Gigabyte,
    bit_density: GigabytePerSquareCentimeter,
) -> KilogramCO2e:
    """Find the emissions of making a memory module.

    Equation::

        memory_footprint = base_footprint + memory_carbon_per_area * memory_capacity /
            bit_density

    Parameters
    ----------
    base_footprint : kgCO2e
        Emissions of the parts of a component that do not grow with its die area.
    memory_carbon_per_area : kgCO2e/cm2
        Emissions per die area of memory or flash, yield included.
    memory_capacity : GB
        Memory of a device.
    bit_density : GB/cm2
        Capacity per die area of a memory technology.

    Returns
    -------
    kgCO2e
        Emissions of the memory of a device.

    Notes
    -----
    Valid for planar DRAM modules; bit_density runs from 0.6 to 2.4 GB/cm2 in Boavizta's table.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(ram_footprint(5.22, 2.2, 32.0, 1.25), 3)
    61.54
    """
    return base_footprint + memory_carbon_per_area * memory_capacity / bit_density


def drive_footprint(
    base_footprint: KilogramCO2e,
    memory_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    storage_capacity: Gigabyte,
    bit_density: GigabytePerSquareCentimeter,
) -> KilogramCO2e:
    """Find the emissions of making a solid-state drive.

    Equation::

        storage_footprint = base_footprint + memory_carbon_per_area * storage_capacity /
            bit_density

    Parameters
    ----------
    base_footprint : kgCO2e
        Emissions of the parts of a component that do not grow with its die area.
    memory_carbon_per_area : kgCO2e/cm2
        Emissions per die area of memory or flash, yield included.
    storage_capacity : GB
        Storage of a device.
    bit_density : GB/cm2
        Capacity per die area of a memory technology.

    Returns
    -------
    kgCO2e
        Emissions of the storage of a server.

    Notes
    -----
    Valid for flash drives; bit_density runs from 16 to 128 GB/cm2 in Boavizta's table.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(drive_footprint(6.34, 2.2, 1000.0, 50.6), 3)
    49.818
    """
    return base_footprint + memory_carbon_per_area * storage_capacity / bit_density


def power_supply_footprint(
    power_supply_carbon_per_mass: KilogramCO2ePerKilogram,
    power_supply_mass: Kilogram,
) -> KilogramCO2e:
    """Find the emissions of making power supplies.

    Equation: ``power_supply_footprint = power_supply_carbon_per_mass * power_supply_mass``

    Parameters
    ----------
    power_supply_carbon_per_mass : kgCO2e/kg
        Emissions of power supplies per mass.
    power_supply_mass : kg
        Mass of the power supplies of a server.

    Returns
    -------
    kgCO2e
        Emissions of the power supplies of a server.

    Notes
    -----
    Valid for server power supplies of 1 to 5 kg.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(power_supply_footprint(24.3, 2.99), 3)
    72.657
    """
    return power_supply_carbon_per_mass * power_supply_mass
