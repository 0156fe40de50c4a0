"""The 50/50 rule: this life and the next share recycling evenly."""

from __future__ import annotations

from lca.vocabulary import Kilogram, KilogramCO2e, KilogramCO2ePerKilogram, Ratio

NAME = "fifty_fifty"
SENTENCE = (
    "A device bears half of its recycling and gets half of the credit; "
    "the other halves belong to the next life."
)
REFERENCE = (
    "ISO 14044:2006, 4.3.4.3: allocation procedures for reuse and recycling; "
    "Ekvall T., Tillman A.-M., Open-loop recycling: criteria for allocation procedures, "
    "International Journal of Life Cycle Assessment 2(3), 1997."
)


def shares(allocation_factor: Ratio) -> tuple[Ratio, Ratio]:
    """Share recycling evenly between this life and the next."""
    return 0.5, 0.5


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
    """Find the burden of a scrapped device with half of its recycling.

    Equation::

        gate = collected_share * treatment_intensity + (1 - collected_share) * disposal_intensity
        recycled = collected_share * recovered_share * recycling_intensity
        end_of_life_footprint = device_mass * (gate + recycled / 2)
    """
    treated = collected_share * treatment_intensity
    gate = treated + (1 - collected_share) * disposal_intensity
    recycled = collected_share * recovered_share * recycling_intensity
    return device_mass * (gate + recycled / 2)


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
    """Find half of the primary material that recovery avoids, as a negative number.

    Equation::

        avoided = collected_share * recovered_share * virgin_intensity * quality_ratio
        recovery_credit = -device_mass * avoided / 2
    """
    avoided = collected_share * recovered_share * virgin_intensity * quality_ratio
    return -device_mass * avoided / 2


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
    """Count recycled input with half of what it saves over primary material.

    Equation::

        recycled_content_footprint = device_mass * recycled_content
            * (recycling_intensity - virgin_intensity) / 2
    """
    saved = recycling_intensity - virgin_intensity
    return device_mass * recycled_content * saved / 2
