"""The Circular Footprint Formula: A tells how recycling is shared, material by material.

With A = allocation_factor, R1 = recycled_content, R2 = collected_share * recovered_share::

    (1 - R1) Ev + R1 (A Erec + (1 - A) Ev Qsin/Qp)
        + (1 - A) R2 (ErecEoL - Ev* Qsout/Qp) + disposal

Ev* is taken equal to Ev and Qsin to Qsout; energy recovery (the B terms) is left out. The
material terms were read in the documentation of Ecobalyse, which restates the method; the
Commission's annex itself was not opened, so the values of A that it prescribes for each
material are unverified here and none is a default.
"""

from __future__ import annotations

from lca.vocabulary import Kilogram, KilogramCO2e, KilogramCO2ePerKilogram, Ratio

NAME = "cff"
SENTENCE = (
    "Recycling and its credit are shared by the factor A: 1 - A to the life that supplies "
    "the scrap, A to the life that uses it."
)
REFERENCE = (
    "Commission Recommendation (EU) 2021/2279, Annex I, Circular Footprint Formula (not opened; "
    "material terms read in the documentation of Ecobalyse, French Ministry of Ecology)."
)


def shares(allocation_factor: Ratio) -> tuple[Ratio, Ratio]:
    """Give A of recycling to the next life and the rest to this one."""
    return 1 - allocation_factor, allocation_factor


def end_of_life_footprint(
    collected_share: Ratio,
    recovered_share: Ratio,
    treatment_intensity: KilogramCO2ePerKilogram,
    recycling_intensity: KilogramCO2ePerKilogram,
    disposal_intensity: KilogramCO2ePerKilogram,
    virgin_intensity: KilogramCO2ePerKilogram,
    quality_ratio: Ratio,
    allocation_factor: Ratio,
    recycled_content: Ratio,
    device_mass: Kilogram,
) -> KilogramCO2e:
    """Find the burden of a scrapped device with 1 - A of its recycling.

    Equation::

        gate = collected_share * treatment_intensity + (1 - collected_share) * disposal_intensity
        recycled = collected_share * recovered_share * recycling_intensity
        end_of_life_footprint = device_mass * (gate + (1 - allocation_factor) * recycled)
    """
    treated = collected_share * treatment_intensity
    gate = treated + (1 - collected_share) * disposal_intensity
    recycled = collected_share * recovered_share * recycling_intensity
    return device_mass * (gate + (1 - allocation_factor) * recycled)


def recovery_credit(
    collected_share: Ratio,
    recovered_share: Ratio,
    treatment_intensity: KilogramCO2ePerKilogram,
    recycling_intensity: KilogramCO2ePerKilogram,
    disposal_intensity: KilogramCO2ePerKilogram,
    virgin_intensity: KilogramCO2ePerKilogram,
    quality_ratio: Ratio,
    allocation_factor: Ratio,
    recycled_content: Ratio,
    device_mass: Kilogram,
) -> KilogramCO2e:
    """Find 1 - A of the primary material that recovery avoids, as a negative number.

    Equation::

        avoided = collected_share * recovered_share * virgin_intensity * quality_ratio
        recovery_credit = -device_mass * (1 - allocation_factor) * avoided
    """
    avoided = collected_share * recovered_share * virgin_intensity * quality_ratio
    return -device_mass * (1 - allocation_factor) * avoided


def recycled_content_footprint(
    collected_share: Ratio,
    recovered_share: Ratio,
    treatment_intensity: KilogramCO2ePerKilogram,
    recycling_intensity: KilogramCO2ePerKilogram,
    disposal_intensity: KilogramCO2ePerKilogram,
    virgin_intensity: KilogramCO2ePerKilogram,
    quality_ratio: Ratio,
    allocation_factor: Ratio,
    recycled_content: Ratio,
    device_mass: Kilogram,
) -> KilogramCO2e:
    """Count recycled input at A of its recycling and 1 - A of primary material.

    Equation::

        entering = allocation_factor * recycling_intensity
            + (1 - allocation_factor) * virgin_intensity * quality_ratio
        recycled_content_footprint = device_mass * recycled_content
            * (entering - virgin_intensity)
    """
    supplied = (1 - allocation_factor) * virgin_intensity * quality_ratio
    entering = allocation_factor * recycling_intensity + supplied
    return device_mass * recycled_content * (entering - virgin_intensity)
