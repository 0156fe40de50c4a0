"""Functional units: what a result is divided by, as an object with an amount and a kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lca import units
from lca.errors import UnitError, did_you_mean, quoted

_KINDS: dict[str, str] = {
    "device*year": "device_time",
    "device": "devices",
    "token": "tokens",
    "request": "requests",
    "run": "runs",
    "flop": "flop",
    "kWh": "it_energy",
}
_FLOP_BASES = ("peak", "delivered", "useful")
_LARGEST = 1e40
_EXAMPLES = (
    "device year, 1 million tokens, 1000 requests, EFLOP peak, EFLOP useful, training run, MWh"
)


@dataclass(frozen=True, slots=True)
class FunctionalUnit:
    """An amount of a kind of work.

    ``kind`` is one of ``device_time`` (device-years), ``devices``, ``tokens``, ``requests``, ``runs``,
    ``it_energy`` (kWh) and the three denominators that are never mixed: ``flop_peak`` (capacity
    switched on), ``flop_delivered`` (executed) and ``flop_useful`` (the model's own).
    """

    text: str
    amount: float
    unit: str
    kind: str


@cache
def parse(text: str) -> FunctionalUnit:
    """Read a functional unit.

    Raises
    ------
    UnitError
        If it is none of the kinds.

    Examples
    --------
    >>> parse("1 million tokens").amount
    1000000.0
    """
    plain = re.sub(r"\btraining run\b", "run", text.strip())
    words = plain.split()
    basis = next((word for word in words if word in _FLOP_BASES), "")
    body = " ".join(word for word in words if word not in {*_FLOP_BASES, "per"})
    for unit, kind in _KINDS.items():
        amount = _amount(body, unit)
        if amount is None:
            continue
        _check(text, amount, kind, basis)
        return FunctionalUnit(text.strip(), amount, unit, f"{kind}_{basis}" if basis else kind)
    hint = did_you_mean(text, _EXAMPLES.split(", "))
    msg = f"{quoted(text)} is not a functional unit{hint} (for example: {_EXAMPLES})"
    raise UnitError(msg)


def _check(text: str, amount: float, kind: str, basis: str) -> None:
    """Refuse an amount that nothing can be divided by, and FLOPs of no or of a needless kind."""
    if not 0 < amount <= _LARGEST:
        msg = f"{quoted(text)} is not an amount to divide by; write for example 1 million tokens"
        raise UnitError(msg)
    if kind == "flop" and not basis:
        msg = (
            f"{quoted(text)} must say which FLOPs: peak (capacity), delivered (executed) "
            f"or useful (the model's own), for example EFLOP peak"
        )
        raise UnitError(msg)
    if kind != "flop" and basis:
        msg = f'{quoted(text)}: "{basis}" belongs to FLOPs; take it out (for example: {_EXAMPLES})'
        raise UnitError(msg)


def _amount(body: str, unit: str) -> float | None:
    try:
        number, own = units.split(body)
    except UnitError:
        number, own = 1.0, units.normalize(body)
    try:
        return (
            number * units.factor(own.replace(" ", "*").replace("million*", "million "), unit)
            if own
            else None
        )
    except UnitError:
        return None
