"""Who bears the burden of recycling and gets its credit: one rule a file.

A member of this folder answers the questions of `Rule`; being in the folder is the
registration. Burden and credit are always two numbers, so that a credit is never netted
in silence. Every rule agrees on what happens physically and differs only in how much of
the recycling (its burden, and the primary material it avoids) belongs to the device's
own life and how much to the next one.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from typing import Protocol, cast

from lca.vocabulary import Kilogram, KilogramCO2e, KilogramCO2ePerKilogram, Ratio


class Question(Protocol):
    """The one signature of the questions a rule answers about a device."""

    def __call__(
        self,
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
        """Answer for one device; a rule leaves aside the inputs that it does not need."""


class Shares(Protocol):
    """The split of recycling between this life and the next."""

    def __call__(self, allocation_factor: Ratio) -> tuple[Ratio, Ratio]:
        """Return the shares of this life and of the next; they sum to one."""


class Rule(Protocol):
    """An allocation rule: what a module of this folder provides."""

    NAME: str
    SENTENCE: str
    REFERENCE: str
    shares: Shares
    end_of_life_footprint: Question
    recovery_credit: Question
    recycled_content_footprint: Question


@cache
def names() -> tuple[str, ...]:
    """Return the names of all rules, sorted."""
    return tuple(sorted(member.name for member in pkgutil.iter_modules(__path__)))


def choose(name: str) -> Rule:
    """Return the rule of that name.

    Raises
    ------
    LookupError
        If there is no such rule; the message names those that exist.

    Examples
    --------
    >>> choose("cut_off").shares(0.5)
    (0.0, 1.0)
    """
    known = names()
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f'; did you mean "{close[0]}"?' if close else ";"
        msg = f'no allocation rule "{name}"{hint} there are: {", ".join(known)}'
        raise LookupError(msg)
    return cast("Rule", importlib.import_module(f"{__name__}.{name}"))
