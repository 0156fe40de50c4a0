"""The calibrated model: a few factors fitted to NVIDIA's product carbon footprints.

Two published baseboards cannot prove a law; the intervals of the factors are wide enough
to hold the published spread.
"""

from __future__ import annotations

from lca.vocabulary import (
    Gigabyte,
    Kilogram,
    KilogramCO2e,
    KilogramCO2ePerKilogram,
    KilogramCO2ePerSquareCentimeter,
    KilogramPerGigabyte,
    Ratio,
    SquareCentimeter,
)


def logic_footprint(
    logic_carbon_per_area: KilogramCO2ePerSquareCentimeter,
    die_area: SquareCentimeter,
    die_count: Ratio,
) -> KilogramCO2e:
    """Find the emissions of logic dies from a factor per good die area.

    Equation: ``logic_footprint = logic_carbon_per_area * die_area * die_count``

    Parameters
    ----------
    logic_carbon_per_area : kgCO2e/cm2
        Emissions per area of good logic die, yield included.
    die_area : cm2
        Area of one silicon die.
    die_count : ratio
        Dies of one kind in a device.

    Returns
    -------
    kgCO2e
        Emissions of the logic dies of a device.

    Notes
    -----
    Valid for large accelerator dies of the 7 to 3 nm classes; the factor includes switches and
    power circuits of the baseboard.

    References
    ----------
    .. [1] NVIDIA, HGX H100 Product Carbon Footprint Summary, 2025; HGX B200 Product Carbon
       Footprint Summary, 2025: shares of memory, integrated circuits and thermal parts.

    Examples
    --------
    >>> round(logic_footprint(5.0, 8.14, 1.0), 3)
    40.7
    """
    return logic_carbon_per_area * die_area * die_count


def memory_footprint(
    carbon_per_capacity: KilogramPerGigabyte,
    memory_capacity: Gigabyte,
    family_factor: Ratio,
) -> KilogramCO2e:
    """Find the emissions of memory from a factor per capacity.

    Equation: ``memory_footprint = carbon_per_capacity * memory_capacity * family_factor``

    Parameters
    ----------
    carbon_per_capacity : kgCO2e/GB
        Emissions of manufacture per capacity of memory or storage.
    memory_capacity : GB
        Memory of a device.
    family_factor : ratio
        What a model leaves unexplained for a family of technologies: a factor around one.

    Returns
    -------
    kgCO2e
        Emissions of the memory of a device.

    Notes
    -----
    Valid for technologies with a published or derived factor; the family_factor is what a whole
    family (say HBM) is off by, and is shared by its members.

    References
    ----------
    .. [1] NVIDIA, HGX H100 Product Carbon Footprint Summary, 2025; HGX B200 Product Carbon
       Footprint Summary, 2025: shares of memory, integrated circuits and thermal parts.

    Examples
    --------
    >>> round(memory_footprint(0.861, 80.0, 1.0), 3)
    68.88
    """
    return carbon_per_capacity * memory_capacity * family_factor


def storage_footprint(
    carbon_per_capacity: KilogramPerGigabyte,
    storage_capacity: Gigabyte,
    family_factor: Ratio,
) -> KilogramCO2e:
    """Find the emissions of storage from a factor per capacity.

    Equation: ``storage_footprint = carbon_per_capacity * storage_capacity * family_factor``

    Parameters
    ----------
    carbon_per_capacity : kgCO2e/GB
        Emissions of manufacture per capacity of memory or storage.
    storage_capacity : GB
        Storage of a device.
    family_factor : ratio
        What a model leaves unexplained for a family of technologies: a factor around one.

    Returns
    -------
    kgCO2e
        Emissions of the storage of a server.

    Notes
    -----
    Valid for flash and disk; published factors per capacity of flash span a factor of ten to
    forty.

    References
    ----------
    .. [1] Tannu S., Nair P. J., The Dirty Secret of SSDs: Embodied Carbon, HotCarbon 2022: the
       high end of the span.

    Examples
    --------
    >>> round(storage_footprint(0.02, 30720.0, 1.0), 3)
    614.4
    """
    return carbon_per_capacity * storage_capacity * family_factor


def thermal_footprint(
    thermal_carbon_per_mass: KilogramCO2ePerKilogram,
    device_mass: Kilogram,
) -> KilogramCO2e:
    """Find the emissions of heat sinks and cold plates from the mass of a device.

    Equation: ``thermal_footprint = thermal_carbon_per_mass * device_mass``

    Parameters
    ----------
    thermal_carbon_per_mass : kgCO2e/kg
        Emissions of heat sinks and cold plates per mass of module.
    device_mass : kg
        Mass of one device with its share of a baseboard.

    Returns
    -------
    kgCO2e
        Emissions of the thermal parts of a device.

    Notes
    -----
    Valid for air-cooled modules of 1 to 5 kg; liquid cooling is an extrapolation.

    References
    ----------
    .. [1] NVIDIA, HGX H100 Product Carbon Footprint Summary, 2025; HGX B200 Product Carbon
       Footprint Summary, 2025: shares of memory, integrated circuits and thermal parts.

    Examples
    --------
    >>> round(thermal_footprint(9.16, 3.0), 3)
    27.48
    """
    return thermal_carbon_per_mass * device_mass


def board_footprint(
    board_carbon_per_mass: KilogramCO2ePerKilogram,
    device_mass: Kilogram,
) -> KilogramCO2e:
    """Find the emissions of board, connectors and assembly from the mass of a device.

    Equation: ``board_footprint = board_carbon_per_mass * device_mass``

    Parameters
    ----------
    board_carbon_per_mass : kgCO2e/kg
        Emissions of board, connectors and assembly per mass of module.
    device_mass : kg
        Mass of one device with its share of a baseboard.

    Returns
    -------
    kgCO2e
        Emissions of board, connectors and assembly of a device.

    Notes
    -----
    Valid for modules with their share of a baseboard; cards carry no baseboard, so theirs is an
    extrapolation.

    References
    ----------
    .. [1] NVIDIA, HGX H100 Product Carbon Footprint Summary, 2025; HGX B200 Product Carbon
       Footprint Summary, 2025: shares of memory, integrated circuits and thermal parts.

    Examples
    --------
    >>> round(board_footprint(8.0, 3.0), 3)
    24.0
    """
    return board_carbon_per_mass * device_mass


def manufacture_footprint(
    logic_footprint: KilogramCO2e,
    memory_footprint: KilogramCO2e,
    thermal_footprint: KilogramCO2e,
    board_footprint: KilogramCO2e,
    model_residual: Ratio,
) -> KilogramCO2e:
    """Add up the parts of a device, times what the model leaves unexplained.

    Equation::

        manufacture_footprint = (
            logic_footprint + memory_footprint + thermal_footprint + board_footprint
        ) * model_residual

    Parameters
    ----------
    logic_footprint : kgCO2e
        Emissions of the logic dies of a device.
    memory_footprint : kgCO2e
        Emissions of the memory of a device.
    thermal_footprint : kgCO2e
        Emissions of the thermal parts of a device.
    board_footprint : kgCO2e
        Emissions of board, connectors and assembly of a device.
    model_residual : ratio
        What a model leaves unexplained for one device: a factor around one.

    Returns
    -------
    kgCO2e
        Emissions of making one device, from cradle to gate.

    Notes
    -----
    Valid for one accelerator with its share of a baseboard, from cradle to gate.

    References
    ----------
    .. [1] NVIDIA, HGX H100 Product Carbon Footprint Summary, 2025; HGX B200 Product Carbon
       Footprint Summary, 2025: shares of memory, integrated circuits and thermal parts.

    Examples
    --------
    >>> round(manufacture_footprint(40.7, 68.9, 27.5, 24.0, 1.0), 3)
    161.1
    """
    parts = logic_footprint + memory_footprint + thermal_footprint + board_footprint
    return parts * model_residual


def chassis_footprint(
    chassis_carbon_per_mass: KilogramCO2ePerKilogram,
    server_mass: Kilogram,
) -> KilogramCO2e:
    """Find the emissions of chassis, power supplies and fans from the mass of a server.

    Equation: ``chassis_footprint = chassis_carbon_per_mass * server_mass``

    Parameters
    ----------
    chassis_carbon_per_mass : kgCO2e/kg
        Emissions of chassis, power supplies and fans per mass of server.
    server_mass : kg
        Mass of a server without its accelerators.

    Returns
    -------
    kgCO2e
        Emissions of chassis, power supplies and fans of a server.

    Notes
    -----
    Valid for rack servers; no vendor publishes this part, so the factor's interval is wide.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(chassis_footprint(10.0, 100.0), 3)
    1000.0
    """
    return chassis_carbon_per_mass * server_mass
