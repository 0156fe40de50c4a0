"""Constraints as a scenario writes them: ``cost <= 3 MEUR``, ``power <= 400 kW``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lca import units
from lca.errors import Problem, ScenarioError, UnitError, did_you_mean, quoted

_WRITTEN = re.compile(r"(\w+)\s*(<=|>=|=|<|>|≤|≥)\s*(\S.*)\Z")
_SIGNS = {"<": "<=", "≤": "<=", ">": ">=", "≥": ">=", "=": "="}


@dataclass(frozen=True, slots=True)
class Constraint:
    """A bound on a quantity.

    Attributes
    ----------
    name
        Quantity that is bounded.
    sign
        ``<=``, ``>=`` or ``=``.
    bound
        In ``unit``, the canonical unit of the quantity.
    text
        As it was written.
    """

    name: str
    sign: str
    bound: float
    unit: str
    text: str


def read(written: Sequence[str], accepted: Mapping[str, str]) -> tuple[Constraint, ...]:
    """Read constraints.

    Parameters
    ----------
    written
        Texts such as ``cost <= 3 MEUR``.
    accepted
        Quantities that the question can bound, with their canonical units.

    Raises
    ------
    ScenarioError
        With all that cannot be read.
    """
    found, problems = [], []
    for number, text in enumerate(written):
        try:
            found.append(_one(text, accepted))
        except UnitError as error:
            where = f"optimize.constraints.{number}"
            problems += [Problem(where, one.message) for one in error.problems]
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


def _one(text: str, accepted: Mapping[str, str]) -> Constraint:
    match = _WRITTEN.match(text.strip())
    if match is None:
        msg = f"{quoted(text)} is not a constraint; write for example cost <= 3 MEUR"
        raise UnitError(msg)
    name, sign, bound = match.groups()
    if name not in accepted:
        known = (
            f"one of: {', '.join(accepted)}" if accepted else "this question knows no constraints"
        )
        msg = f"nothing called {quoted(name)} can be bounded here{did_you_mean(name, accepted)} ({known})"
        raise UnitError(msg)
    unit = accepted[name]
    return Constraint(name, _SIGNS.get(sign, sign), units.parse(bound, unit), unit, text.strip())
