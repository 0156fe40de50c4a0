"""Masses and burdens of scrapped devices; who bears them is a rule in lca.allocations."""

from __future__ import annotations

from lca.vocabulary import Kilogram, KilogramCO2e, KilogramCO2ePerKilogram, Ratio


def e_waste(device_mass: Kilogram, reused_share: Ratio) -> Kilogram:
    """Find the mass of a device that becomes waste.

    Equation: ``e_waste = device_mass * (1 - reused_share)``

    Parameters
    ----------
    device_mass : kg
        Mass of one device with its share of a baseboard.
    reused_share : ratio
        Share of devices that get a second life.

    Returns
    -------
    kg
        Mass of one device that is scrapped and not used again.

    Notes
    -----
    Valid for a reused_share between 0 and 1; a device used again becomes waste at the end of its
    next life.

    References
    ----------
    .. [1] Baldé C. P. et al., The Global E-waste Monitor 2024, ITU and UNITAR, 2024: e-waste is
       equipment discarded without intent of reuse.

    Examples
    --------
    >>> round(e_waste(3.0, 0.2), 3)
    2.4
    """
    return device_mass * (1 - reused_share)


def treatment_footprint(
    device_mass: Kilogram,
    collected_share: Ratio,
    treatment_intensity: KilogramCO2ePerKilogram,
) -> KilogramCO2e:
    """Find the emissions of treating the collected part of a scrapped device.

    Equation: ``treatment_footprint = device_mass * collected_share * treatment_intensity``

    Parameters
    ----------
    device_mass : kg
        Mass of one device with its share of a baseboard.
    collected_share : ratio
        Share of scrapped mass that is collected for treatment.
    treatment_intensity : kgCO2e/kg
        Emissions of treating scrapped equipment.

    Returns
    -------
    kgCO2e
        Emissions of treating what is collected of one scrapped device.

    Notes
    -----
    Valid for treatment up to the recycler's gate, residues included.

    References
    ----------
    .. [1] Boavizta, BoaviztAPI 2.5.0, component models and factors.yml, 2026.

    Examples
    --------
    >>> round(treatment_footprint(3.0, 0.5, 1.506), 3)
    2.259
    """
    return device_mass * collected_share * treatment_intensity
