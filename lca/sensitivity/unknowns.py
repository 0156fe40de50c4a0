"""The unknowns below a result, one per identity, and the groups that they form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lca.errors import UnknownNameError, did_you_mean
from lca.sensitivity.kinds import kind_of
from lca.terms import Factor
from lca.uncertain import Array

GROUPS = ("factor", "source", "stage", "kind", "prefix")
"""How unknowns can be grouped; ``factor`` keeps each by itself."""


@dataclass(frozen=True)
class Unknown:
    """An uncertain factor: all leaves of one identity, which move together.

    Attributes
    ----------
    identity
        Key of the draws.
    name, unit, source
        Those of the first leaf, in the order of the ledger.
    stages
        Life-cycle stages of the lines that depend on it.
    leaves
        The leaves; they may differ in distribution (a price and its share), never in stream.
    """

    identity: str
    name: str
    unit: str
    source: str
    stages: tuple[str, ...]
    leaves: tuple[Factor, ...]

    @cached_property
    def kind(self) -> str:
        """What sort of number it is: grid, embodied, utilization, ..."""
        return kind_of(self.identity, self.name, self.stages)

    def group(self, by: str) -> str:
        """Return the name of its group."""
        if by == "stage":
            return " and ".join(self.stages)
        if by == "prefix":
            return prefix(self.identity)
        return str({"factor": self.identity, "source": self.source, "kind": self.kind}[by])


def prefix(identity: str) -> str:
    """Return the first step of an identity.

    Examples
    --------
    >>> prefix("generation/lifecycle/wind"), prefix("sites.paris.pue")
    ('generation', 'sites')
    """
    return re.split(r"[/.]", identity, maxsplit=1)[0]


def collect(leaves: Iterable[tuple[Factor, str]]) -> tuple[Unknown, ...]:
    """Return the unknowns among leaves, sorted by identity so that no order of lines matters.

    Parameters
    ----------
    leaves
        Each uncertain leaf with a stage that depends on it; pairs may repeat.
    """
    found: dict[str, dict[Factor, None]] = {}
    stages: dict[str, dict[str, None]] = {}
    for factor, stage in leaves:
        found.setdefault(factor.identity, {})[factor] = None
        stages.setdefault(factor.identity, {})[stage] = None
    return tuple(_unknown(key, list(found[key]), tuple(stages[key])) for key in sorted(found))


def _unknown(identity: str, leaves: list[Factor], stages: tuple[str, ...]) -> Unknown:
    first = min(leaves, key=lambda leaf: (leaf.name, leaf.unit, leaf.source, repr(leaf)))
    return Unknown(identity, first.name, first.unit, first.source, stages, tuple(leaves))


def grouped(
    unknowns: Sequence[Unknown], by: str | Mapping[str, str]
) -> dict[str, tuple[Unknown, ...]]:
    """Return the unknowns by group, the groups in alphabetical order.

    Parameters
    ----------
    by
        One of `GROUPS`, or the group's name by identity; identities left out stand by themselves.

    Raises
    ------
    UnknownNameError
        If there is no such way to group, or no such identity.
    """
    named = {unknown.identity: _label(unknown, by) for unknown in unknowns}
    if not isinstance(by, str):
        _refuse_unknown(by, named)
    groups: dict[str, list[Unknown]] = {}
    for unknown in unknowns:
        groups.setdefault(named[unknown.identity], []).append(unknown)
    return {name: tuple(groups[name]) for name in sorted(groups)}


def _label(unknown: Unknown, by: str | Mapping[str, str]) -> str:
    if not isinstance(by, str):
        return by.get(unknown.identity, unknown.identity)
    if by not in GROUPS:
        msg = f'no group "{by}"{did_you_mean(by, GROUPS)} (one of: {", ".join(GROUPS)})'
        raise UnknownNameError(msg)
    return unknown.group(by) or "no source"


def _refuse_unknown(by: Mapping[str, str], named: Mapping[str, str]) -> None:
    for identity in by:
        if identity not in named:
            msg = f'no unknown "{identity}"{did_you_mean(identity, named)}'
            raise UnknownNameError(msg)


def ends(unknown: Unknown) -> dict[Factor, Array]:
    """Return the 5 % and 95 % quantiles of each leaf, shape ``(2,)``."""
    at = np.array([0.05, 0.95])
    return {leaf: leaf.distribution.quantile(at) for leaf in unknown.leaves}
