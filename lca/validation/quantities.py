"""What is known about a footprint: named quantities with units and an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from lca.units import factor, normalize

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Flag", "Known", "Knowns"]


@dataclass(frozen=True, slots=True)
class Known:
    """One quantity, in the unit it was written in.

    Attributes
    ----------
    name : str
        Its name in the vocabulary of cases, such as ``device_hours`` or ``pue``.
    value : float or str
        The best figure; a text for a label, such as the name of a device.
    low, high : float or None
        The ends of its interval in the same unit, None where none was given.
    unit : str
        A unit the registry knows, ``""`` for a plain number, ``name`` for a label.
    note : str
        What the writer said about it.
    """

    name: str
    value: float | str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    note: str = ""

    def amount(self, unit: str) -> float:
        """Return the value in another unit.

        Raises
        ------
        UnitError
            If the unit is of another dimension.
        TypeError
            If the quantity is a label.
        """
        if isinstance(self.value, str):
            msg = f"{self.name} is a label, not a number"
            raise TypeError(msg)
        return self.value * factor(normalize(self.unit), unit)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a footprint that does not hold together.

    Attributes
    ----------
    code : str
        A short stable name of the check, such as ``pue_twice``.
    message : str
        What was found, in plain words with its figures.
    """

    code: str
    message: str


Knowns: TypeAlias = "Mapping[str, Known]"
"""Quantities by name: flat inputs by their own name, those of structured inputs as
``groups[0].energy`` (unit taken off the key), the results that were printed by theirs."""
