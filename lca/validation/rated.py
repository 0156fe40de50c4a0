"""The power of a device that a case only names: its rating in the hardware database."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lca.validation.cases import Case
from lca.validation.facts import Fact, Facts
from lca.validation.names import Term

__all__ = ["with_rating"]

_POWERED = frozenset(
    {"device_tdp", "device_power", "total_power", "power", "node_power", "core_power"}
    | {"effective_power", "energy_per", "daily_energy", "yearly_energy", "energy_per_day"}
    | {"it_energy", "facility_energy", "accelerator_energy"}
)
_TIMES = frozenset({"device_hours", "duration"})


def with_rating(facts: Facts, case: Case) -> Facts | None:
    """Return the facts with the rated power of the device that a label names.

    The interval runs over all devices that the name may mean. None where a power or an energy is
    told, where nothing runs for a time, or where the database knows no such device.

    Parameters
    ----------
    facts
        What a case tells.
    case
        The case; of hardware there is nothing to rate.
    """
    bases = {fact.term.base for fact in facts.facts if not fact.aside}
    if case.kind == "hardware" or bases & _POWERED or not bases & _TIMES:
        return None
    for text in facts.labels.values():
        found = _ratings(text)
        if found:
            told = Fact(f"rated power of {text}", Term("device_tdp"), _spread(found))
            return replace(facts, facts=(*facts.facts, told))
    return None


def _ratings(text: str) -> list[float]:
    # The device files are read only for the few cases that name a device without a power.
    from lca.library import Library
    from lca.validation.checks_devices import ids_of, rated_powers

    return rated_powers(ids_of(text), Library())


def _spread(powers: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    low, high = min(powers), max(powers)
    return np.array([high]) if low == high else np.array([high, low, high])
