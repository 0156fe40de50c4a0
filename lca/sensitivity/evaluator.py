"""Evaluates terms with leaves of the caller's choice, and again where only some leaves change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lca.terms import Factor, Node, Term, Value
from lca.uncertain import Array, block_size, draw_block

Leaf = Callable[[Factor], Value]


class Dependence:
    """Which unknowns a node depends on, as bits: bit k stands for the k-th identity.

    Parameters
    ----------
    identities
        Identities of the unknowns, in an order that the caller keeps.
    """

    def __init__(self, identities: Sequence[str]) -> None:
        self._bit = {identity: 1 << place for place, identity in enumerate(identities)}
        self._masks: dict[Node, int] = {}

    def mask(self, node: Node) -> int:
        """Return the bits of all unknowns below a node."""
        found = self._masks.get(node)
        if found is None:
            found = self._own(node)
            self._masks[node] = found
        return found

    def _own(self, node: Node) -> int:
        if isinstance(node, Factor):
            return self._bit.get(node.identity, 0) if is_unknown(node) else 0
        found = 0
        for _, part in node.inputs:
            found |= self.mask(part)
        return found

    def bits(self, identities: Iterable[str]) -> int:
        """Return the bits of some unknowns."""
        return sum(self._bit[identity] for identity in identities)

    def __len__(self) -> int:
        """Return how many nodes are known: a bound of what evaluating them keeps."""
        return len(self._masks)


class Sheet:
    """Evaluates nodes on leaves given by a function; what is shared is computed once.

    Parameters
    ----------
    leaf
        Returns a factor's value: a float, or an array of the shape that all arrays have.
    """

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._terms: dict[Term, Value] = {}

    def value(self, node: Node) -> Value:
        """Return a node's value."""
        if isinstance(node, Factor):
            return self._leaf(node)
        found = self._terms.get(node)
        if found is None:
            found = node.formula(**{name: self.value(part) for name, part in node.inputs})
            self._terms[node] = found
        return found


class Changed(Sheet):
    """A sheet on which some unknowns have other values: only what depends on them is new.

    Parameters
    ----------
    base
        The sheet that everything else is read from.
    leaf
        Returns the value of a changed factor.
    dependence
        Tells which nodes depend on what.
    mask
        Bits of the unknowns that change.
    """

    def __init__(self, base: Sheet, leaf: Leaf, dependence: Dependence, mask: int) -> None:
        super().__init__(leaf)
        self._base, self._dependence, self._mask = base, dependence, mask

    def value(self, node: Node) -> Value:
        """Return a node's value, from the base where nothing below it changes."""
        if not self._dependence.mask(node) & self._mask:
            return self._base.value(node)
        return super().value(node)


def is_unknown(factor: Factor) -> bool:
    """Whether a factor is sampled: decisions and methods never are, nor what is exact."""
    return factor.role == "unknown" and not factor.distribution.is_exact


def central(factor: Factor) -> float:
    """Return a factor's central value."""
    return float(factor.distribution.central)


def drawn(samples: int, seed: int, number: int = 0, stream: str = "") -> Leaf:
    """Return leaves that are drawn: unknowns by identity, everything else central.

    Parameters
    ----------
    samples, seed, number
        As for `lca.uncertain.draw_block`; the central estimate of the first block is left out.
    stream
        Added to each identity: another stream is independent of this one. The empty one is that
        of every evaluation.
    """
    known: dict[Factor, Array] = {}

    def leaf(factor: Factor) -> Value:
        if not is_unknown(factor):
            return central(factor)
        if factor not in known:
            name = factor.identity + stream
            values = draw_block(factor.distribution, name, samples, seed, number)
            known[factor] = values[1:] if number == 0 else values
        return known[factor]

    return leaf


def blocks(samples: int) -> range:
    """Return the numbers of the blocks that a stream of draws comes in."""
    return range(max(1, samples // block_size(samples)))


def part(leaf: Leaf, rows: slice) -> Leaf:
    """Return leaves cut to some rows of the sample axis."""

    def cut(factor: Factor) -> Value:
        value = leaf(factor)
        return value if isinstance(value, float) else value[rows]

    return cut
