"""Scenarios that compare devices: what the command line and the what-if page compose alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lca.library import Library

SITE, FLEET = "site", "compared"
"""Names of the one site and the one fleet of such a scenario."""


def comparing(
    options: Mapping[str, Mapping[str, object]],
    *,
    fleet: Mapping[str, object],
    site: Mapping[str, object],
    functional_unit: Sequence[str],
    first_year: int,
    years: int,
    indicators: Sequence[str] = ("gwp100",),
) -> dict[str, Any]:
    """Return a scenario that compares devices, as it could stand in a file.

    Parameters
    ----------
    options
        Names of the options, and what each changes in the fleet; the first is the fleet as given.
    fleet, site
        The fleet of the first option and where it stands; what is None is left out.
    functional_unit, indicators
        What results are divided by, and which are told.
    first_year, years
        The period: its first calendar year, and how many there are.
    """
    first, *others = options
    return {
        "schema": "1",
        "title": f"Comparison of {', '.join(options)}",
        "functional_unit": list(functional_unit),
        "period": f"{first_year}-{first_year + years - 1}",
        "indicators": list(indicators),
        "sites": {SITE: _given(site)},
        "fleet": {FLEET: _given(fleet) | {"site": SITE}},
        "base_name": first,
        "options": {
            name: {f"fleet.{FLEET}.{key}": value for key, value in options[name].items()}
            for name in others
        },
    }


def usual_units(devices: Sequence[str], library: Library, precision: str = "fp16") -> list[str]:
    """Return what results are divided by: work a device could do, where all state their peak.

    Raises
    ------
    UnknownNameError
        If there is no such device.
    """
    peaks = [getattr(library.device(name).peak, precision) for name in devices]
    known = all(peak is not None for peak in peaks)
    return ["EFLOP peak", "device year"] if known else ["device year"]


def _given(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}
