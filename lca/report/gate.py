"""Limits on a result, for continuous integration: ``gwp100 > 100 tCO2e``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import gt, lt
from typing import Any

from lca import units
from lca.errors import GateFailed, UnitError, UnknownNameError, did_you_mean
from lca.ledger import INDICATORS, PRICED
from lca.report.wording import in_words
from lca.scenario.price_models import CURRENCIES

_LIMIT = re.compile(r"(?P<indicator>\w+)\s*(?P<sign>[<>])\s*(?P<value>\S.*)\Z")
_SIGNS: dict[str, Callable[[float, float], bool]] = {">": gt, "<": lt}


@dataclass(frozen=True, slots=True)
class Gate:
    """A limit as written, and what it compares: the median total of an indicator."""

    text: str
    indicator: str
    sign: str
    limit: float


def read(text: str) -> Gate:
    """Read a limit such as ``gwp100 > 100 tCO2e``.

    Raises
    ------
    UnitError
        If it is not written so, or its unit is not that of the indicator.
    UnknownNameError
        If there is no such indicator.
    """
    match = _LIMIT.match(text.strip())
    if match is None:
        msg = f'"{text}" is not a limit; write it as "gwp100 > 100 tCO2e"'
        raise UnitError(msg)
    name = match["indicator"]
    if name not in INDICATORS:
        msg = f'no indicator "{name}"{did_you_mean(name, INDICATORS)} (one of: {", ".join(INDICATORS)})'
        raise UnknownNameError(msg)
    return Gate(text.strip(), name, match["sign"], units.parse(match["value"], _unit(name, text)))


def _unit(name: str, text: str) -> str:
    """Return the unit of an indicator; that of money is the currency that the limit names."""
    if name not in PRICED:
        return INDICATORS[name]
    return next((currency for currency in CURRENCIES if currency in text), CURRENCIES[0])


def check(result: Mapping[str, Any], gates: Sequence[Gate]) -> None:
    """Compare every option's median total with the limits.

    Raises
    ------
    GateFailed
        With every option that crosses a limit, or has no number to compare with it.
    """
    crossed = [
        message
        for gate in gates
        for option in result["options"]
        if (message := _crossed(option, gate, result["basis"]))
    ]
    if crossed:
        raise GateFailed("\n".join(crossed))


def _crossed(option: Mapping[str, Any], gate: Gate, basis: str) -> str:
    found = _number(option, gate.indicator, basis)
    if found is None or found["median"] is None:
        return f"{option['name']}: {gate.indicator} is not computed, so {gate.text} cannot be ruled out"
    if gate.indicator in PRICED and found["unit"] not in gate.text:
        return f"{option['name']}: {gate.indicator} is in {found['unit']}, so {gate.text} cannot be ruled out"
    if not _SIGNS[gate.sign](found["median"], gate.limit):
        return ""
    return f"{option['name']}: {gate.indicator} is {in_words(found)}: {gate.text}"


def _number(option: Mapping[str, Any], indicator: str, basis: str) -> Mapping[str, Any] | None:
    totals: Mapping[str, Any] = option["total"]
    found: Mapping[str, Any] | None = (
        totals[indicator][basis] if indicator in totals else option["energy"].get(indicator)
    )
    return found
