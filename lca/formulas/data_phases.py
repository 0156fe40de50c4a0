"""Data of an AI service: moved over networks, stored, and prepared by processors."""

from __future__ import annotations

from lca.vocabulary import (
    Gigabyte,
    Hour,
    KilogramCO2e,
    KilogramPerGigabyte,
    Kilowatt,
    KilowattHour,
    KilowattHourPerGigabyte,
    KilowattPerGigabyte,
    Ratio,
    Year,
)


def halved_transfer_intensity(
    reference_transfer_intensity: KilowattHourPerGigabyte,
    elapsed_time: Year,
    halving_time: Year,
) -> KilowattHourPerGigabyte:
    r"""Let the electricity per data fall to a half every so many years.

    Equation: ``transfer_intensity = reference_transfer_intensity * (1 / 2)^(elapsed_time / halving_time)``

    Parameters
    ----------
    reference_transfer_intensity : kWh/GB
        Electricity of a network per data moved, in the year of the publication.
    elapsed_time : year
        Time since the year a value was published for.
    halving_time : year
        Time in which a value falls to a half.

    Returns
    -------
    kWh/GB
        The electricity per data fall to a half every so many years.

    Notes
    -----
    Valid for the years in which the halving was observed: 2000 to about 2020 for fixed
    networks. It is no forecast.

    References
    ----------
    .. [1] Aslan J., Mayers K., Koomey J. G., France C., Electricity intensity of Internet data
       transmission, Journal of Industrial Ecology, 2018.

    Examples
    --------
    >>> round(halved_transfer_intensity(0.06, 4.0, 2.0), 6)
    0.015
    """
    halvings = elapsed_time / halving_time
    result: KilowattHourPerGigabyte = reference_transfer_intensity / 2**halvings
    return result


def transferred_energy(
    transferred_data: Gigabyte,
    transfer_intensity: KilowattHourPerGigabyte,
) -> KilowattHour:
    r"""Find the electricity of a network for data moved through it.

    Equation: ``transferred_energy = transferred_data * transfer_intensity``

    Parameters
    ----------
    transferred_data : GB
        Data moved over a network.
    transfer_intensity : kWh/GB
        Electricity of a network per data moved through it.

    Returns
    -------
    kWh
        Electricity of a network for the data moved through it.

    Notes
    -----
    Valid for reporting with an average intensity, and for changes with a marginal one (the
    slope of power over data rate). Energy is not proportional to data: never take an average
    intensity for what less data saves.

    References
    ----------
    .. [1] Mytton D., Lunden D., Malmodin J., Network energy use not directly proportional to
       data volume, 2024.

    Examples
    --------
    >>> round(transferred_energy(1000.0, 0.01), 6)
    10.0
    """
    return transferred_data * transfer_intensity


def provisioned_capacity(stored_data: Gigabyte, copy_count: Ratio, fill_share: Ratio) -> Gigabyte:
    r"""Find the storage capacity that stands for data.

    Equation: ``provisioned_capacity = stored_data * copy_count / fill_share``

    Parameters
    ----------
    stored_data : GB
        Data kept, each byte counted once.
    copy_count : ratio
        Copies that are kept of stored data.
    fill_share : ratio
        Share of bought storage capacity that holds data.

    Returns
    -------
    GB
        Storage capacity that stands for data: copies and free space included.

    Notes
    -----
    Valid for a fill_share above 0 up to 1. Erasure codes are copies below 2.

    Examples
    --------
    >>> round(provisioned_capacity(100.0, 3.0, 0.75), 6)
    400.0
    """
    return stored_data * copy_count / fill_share


def storage_power(
    provisioned_capacity: Gigabyte,
    power_per_capacity: KilowattPerGigabyte,
    storage_overhead: Ratio,
) -> Kilowatt:
    r"""Find the power of the storage that stands for data.

    Equation: ``storage_power = provisioned_capacity * power_per_capacity * storage_overhead``

    Parameters
    ----------
    provisioned_capacity : GB
        Storage capacity that stands for data: copies and free space included.
    power_per_capacity : kW/GB
        Power of storage devices per capacity, without their server.
    storage_overhead : ratio
        Power of storage devices with their servers over that of the devices alone.

    Returns
    -------
    kW
        Power of the storage that stands for data.

    Notes
    -----
    Valid for drives that are always on. The facility's overhead is outside.

    References
    ----------
    .. [1] Cloud Carbon Footprint, methodology: power of storage devices per capacity.

    Examples
    --------
    >>> round(storage_power(1e6, 0.65e-6, 1.5), 6)
    0.975
    """
    return provisioned_capacity * power_per_capacity * storage_overhead


def stored_data_footprint(
    provisioned_capacity: Gigabyte,
    carbon_per_capacity: KilogramPerGigabyte,
    family_factor: Ratio,
    period: Year,
    lifetime: Year,
) -> KilogramCO2e:
    r"""Find the emissions of making the storage, borne by the time data is kept.

    Equation: ``storage_footprint = provisioned_capacity * carbon_per_capacity * family_factor * period / lifetime``

    Parameters
    ----------
    provisioned_capacity : GB
        Storage capacity that stands for data: copies and free space included.
    carbon_per_capacity : kgCO2e/GB
        Emissions of manufacture per capacity of memory or storage.
    family_factor : ratio
        What a model leaves unexplained for a family of technologies: a factor around one.
    period : year
        Length of the stretch of time that is accounted for.
    lifetime : year
        Time from first use to end of life.

    Returns
    -------
    kgCO2e
        The emissions of making the storage, borne by the time data is kept.

    Notes
    -----
    Valid for drives replaced by alike when their life ends, if the period is longer. Servers of
    the drives are outside.

    References
    ----------
    .. [1] Tannu S., Nair P. J., The Dirty Secret of SSDs: Embodied Carbon, HotCarbon 2022.

    Examples
    --------
    >>> round(stored_data_footprint(1000.0, 0.16, 1.0, 1.0, 5.0), 6)
    32.0
    """
    return provisioned_capacity * carbon_per_capacity * family_factor * period / lifetime


def core_power(thermal_design_power: Kilowatt, core_count: Ratio, busy_fraction: Ratio) -> Kilowatt:
    r"""Find the power of a processor per core that works.

    Equation: ``core_power = thermal_design_power * busy_fraction / core_count``

    Parameters
    ----------
    thermal_design_power : kW
        Rated maximum sustained power of one device.
    core_count : ratio
        Cores of a processor.
    busy_fraction : ratio
        Mean power of a busy device over its thermal design power.

    Returns
    -------
    kW
        Power of a processor per core that works.

    Notes
    -----
    Valid for a busy_fraction that is the mean power of a loaded processor over its thermal
    design power. Memory, drives and fans are outside.

    Examples
    --------
    >>> round(core_power(0.24, 24.0, 0.75), 6)
    0.0075
    """
    return thermal_design_power * busy_fraction / core_count


def core_energy(core_time: Hour, core_power: Kilowatt) -> KilowattHour:
    r"""Find the electricity of processor cores at work.

    Equation: ``core_energy = core_time * core_power``

    Parameters
    ----------
    core_time : h
        Time that processor cores work, added up over cores.
    core_power : kW
        Power of a processor per core that works.

    Returns
    -------
    kWh
        Electricity of processor cores at work.

    Notes
    -----
    Valid for core_time in core-hours of physical cores, and a core_power that is the mean over
    that time.

    Examples
    --------
    >>> round(core_energy(2000.0, 0.0075), 6)
    15.0
    """
    return core_time * core_power
