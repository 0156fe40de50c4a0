"""The cut-off rule: recycling belongs to whoever uses the recycled material."""

from __future__ import annotations

from lca.vocabulary import Kilogram, KilogramCO2e, KilogramCO2ePerKilogram, Ratio

NAME = "cut_off"
SENTENCE = (
    "A device bears its own treatment and disposal up to the recycler's gate; "
    "recycling and what it avoids belong to the next life."
)
REFERENCE = (
    "ISO 14044:2006, 4.3.4.3: allocation procedures for reuse and recycling; "
    "the recycled content method of the GHG Protocol Product Standard (2011), chapter 9."
)


def shares(allocation_factor: Ratio) -> tuple[Ratio, Ratio]:
    """Give all recycling to the next life."""
    return 0.0, 1.0


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
    """Find the burden of a scrapped device up to the recycler's gate.

    Equation::

        gate = collected_share * treatment_intensity + (1 - collected_share) * disposal_intensity
        end_of_life_footprint = device_mass * gate
    """
    treated = collected_share * treatment_intensity
    gate = treated + (1 - collected_share) * disposal_intensity
    return device_mass * gate


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
    """Find no credit: the next life gets it.

    Equation::

        recovery_credit = 0
    """
    avoided = collected_share * recovered_share * virgin_intensity * quality_ratio
    return 0 * device_mass * avoided


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
    """Count recycled material with the burden of its recycling and no more.

    Equation::

        recycled_content_footprint = device_mass * recycled_content
            * (recycling_intensity - virgin_intensity)
    """
    saved = recycling_intensity - virgin_intensity
    return device_mass * recycled_content * saved
