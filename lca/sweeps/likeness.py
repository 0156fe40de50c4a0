"""Lays lines of several points over each other: what they share, and which leaves move.

Lines of one scenario at several values differ in activities and in exact leaves. Where they differ
in nothing else, a line of the shared form stands for all of them: its moving leaves are *slots*,
factors whose values at the points are known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lca.ledger import Line
from lca.terms import Factor, Node, Term
from lca.uncertain import Array

_LABELS = 10
_SLOT = "sweep slot/"


class UnlikeError(Exception):
    """Lines differ in more than activities and exact leaves; says in what."""


class Likeness:
    """Lays nodes over each other, and numbers the slots.

    Attributes
    ----------
    slots
        Values at the points by slot, as they were found; equal values share a slot.
    """

    def __init__(self) -> None:
        self.slots: dict[tuple[float, ...], Factor] = {}
        self._known: dict[tuple[int, ...], Node] = {}
        self._kept: list[tuple[Node, ...]] = []

    def shared(self, nodes: tuple[Node, ...]) -> Node:
        """Return the form that nodes share: the first of them, with slots where leaves move."""
        key = tuple(map(id, nodes))
        found = self._known.get(key)
        if found is None:
            found = self._shared(nodes)
            self._known[key] = found
            self._kept.append(nodes)  # an object's number is its own only while it lives
        return found

    def _shared(self, nodes: tuple[Node, ...]) -> Node:
        first = nodes[0]
        if all(node is first for node in nodes):
            return first
        if isinstance(first, Factor):
            return self._factor(first, nodes)
        parts = []
        for node in nodes:
            if not isinstance(node, Term) or not _alike(first, node):
                msg = f"{first.name} is computed in another way"
                raise UnlikeError(msg)
            parts.append(node.inputs)
        inputs = {
            name: self.shared(tuple(inputs[place][1] for inputs in parts))
            for place, (name, _) in enumerate(first.inputs)
        }
        if all(inputs[name] is part for name, part in first.inputs):
            return first
        return Term(first.name, first.formula, inputs, first.unit)

    def _factor(self, first: Factor, nodes: tuple[Node, ...]) -> Factor:
        leaves = [node for node in nodes if isinstance(node, Factor)]
        if len(leaves) < len(nodes) or any(leaf.unit != first.unit for leaf in leaves):
            msg = f"{first.name} is another quantity"
            raise UnlikeError(msg)
        if all(_same_draws(leaf, first) for leaf in leaves):
            return first
        if not all(leaf.distribution.is_exact for leaf in leaves):
            msg = f"{first.name} changes what is known of it, not only an exact number"
            raise UnlikeError(msg)
        values = tuple(float(leaf.distribution.central) for leaf in leaves)
        if len(set(values)) == 1:
            return first
        name = f"{_SLOT}{len(self.slots)}"
        return self.slots.setdefault(values, Factor(name, 0.0, first.unit, identity=name))


def is_slot(factor: Factor) -> bool:
    """Whether a factor stands for a moving leaf."""
    return factor.identity.startswith(_SLOT)


def _alike(first: Term, other: Term) -> bool:
    names = [name for name, _ in first.inputs]
    return (
        first.formula == other.formula
        and first.unit == other.unit
        and names == [name for name, _ in other.inputs]
    )


def _same_draws(leaf: Factor, first: Factor) -> bool:
    same = leaf.distribution == first.distribution
    return same and (leaf.distribution.is_exact or leaf.identity == first.identity)


def overlay(
    lines: Sequence[Sequence[Line]], likeness: Likeness
) -> list[tuple[Line, tuple[Node, ...], Array]]:
    """Return each shared line with its intensities by year and its activities.

    Parameters
    ----------
    lines
        The lines at each point.

    Returns
    -------
    list
        The line at the first point, its nodes, and its activities (spread over the service life),
        shape ``(points, years)``.

    Raises
    ------
    UnlikeError
        If the points have other lines, or lines that are computed otherwise.
    """
    if len({len(some) for some in lines}) > 1:
        msg = "there are other lines"
        raise UnlikeError(msg)
    found = []
    for rows in zip(*lines, strict=True):
        first = rows[0]
        if any(row[:_LABELS] != first[:_LABELS] for row in rows):
            msg = f"there are other lines: {first.asset} {first.stage} {first.process}"
            raise UnlikeError(msg)
        if len({(len(row.intensity), len(row.spread)) for row in rows}) > 1:
            msg = "there are other years"
            raise UnlikeError(msg)
        years = zip(*(row.intensity for row in rows), strict=True)
        nodes = tuple(likeness.shared(tuple(each)) for each in years)
        found.append((first, nodes, np.array([row.spread for row in rows], dtype=np.float64)))
    return found
