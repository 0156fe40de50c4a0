"""The substitution rule: recycling belongs to the device that is recycled."""

from __future__ import annotations

from lca.vocabulary import Kilogram, KilogramCO2e, KilogramCO2ePerKilogram, Ratio

NAME = "substitution"
SENTENCE = (
    "A device bears its recycling and is credited with the primary material "
    "that the recovered material replaces; recycled input counts as primary."
)
REFERENCE = (
    "ISO 14044:2006, 4.3.4.3: allocation procedures for reuse and recycling; "
    "the closed-loop approximation method of the GHG Protocol Product Standard (2011), chapter 9."
)


def shares(allocation_factor: Ratio) -> tuple[Ratio, Ratio]:
    """Give all recycling to this life."""
    return 1.0, 0.0


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
    """Find the burden of a scrapped device, its recycling included.

    Equation::

        gate = collected_share * treatment_intensity + (1 - collected_share) * disposal_intensity
        recycled = collected_share * recovered_share * recycling_intensity
        end_of_life_footprint = device_mass * (gate + recycled)
    """
    treated = collected_share * treatment_intensity
    gate = treated + (1 - collected_share) * disposal_intensity
    recycled = collected_share * recovered_share * recycling_intensity
    return device_mass * (gate + recycled)


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
    """Find the primary material that recovery avoids, as a negative number.

    Equation::

        avoided = collected_share * recovered_share * virgin_intensity * quality_ratio
        recovery_credit = -device_mass * avoided
    """
    avoided = collected_share * recovered_share * virgin_intensity * quality_ratio
    return -device_mass * avoided


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
    """Count recycled input as primary material: the credit was given before.

    Equation::

        recycled_content_footprint = 0
    """
    saved = recycling_intensity - virgin_intensity
    return 0 * device_mass * recycled_content * saved
