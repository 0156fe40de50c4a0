"""Symbolic intensities: a `Factor` is a cited leaf, a `Term` is a formula with its inputs.

Terms are values: two that are built alike are equal, so an inventory of many lines holds
each distinct intensity once. They know how to be evaluated on draws, explained, and
searched for their sources.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from lca.sources import Quality
from lca.uncertain import Array, Distribution, block_size, draw_block, exact

Formula = Callable[..., Any]
Value = float | Array


class Factor:
    """A cited, possibly uncertain number.

    ``identity`` keys its draws: factors of equal identity move together. ``role`` keeps three
    kinds apart: ``unknown`` (sampled), ``decision`` (what the scenario chose) and ``method``.
    """

    __slots__ = (
        "_hash",
        "distribution",
        "identity",
        "name",
        "note",
        "quality",
        "role",
        "source",
        "unit",
    )

    def __init__(
        self,
        name: str,
        distribution: Distribution | float,
        unit: str,
        *,
        identity: str = "",
        source: str = "",
        quality: Quality | str = Quality.GIVEN,
        role: str = "unknown",
        note: str = "",
    ) -> None:
        known = (
            distribution if isinstance(distribution, Distribution) else exact(float(distribution))
        )
        self.name, self.distribution, self.unit = name, known, unit
        self.identity, self.source, self.quality = identity or name, source, Quality(quality)
        self.role, self.note = role, note
        self._hash = hash((name, self.identity, known, unit))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Factor) and self._key() == other._key()

    def _key(self) -> tuple[object, ...]:
        return (self.name, self.identity, self.distribution, self.unit, self.source)

    def __repr__(self) -> str:
        return f"Factor({self.name}={self.distribution.central:g} {self.unit})"


class Term:
    """A formula applied to named inputs, not yet evaluated."""

    __slots__ = ("_hash", "formula", "inputs", "name", "unit")

    def __init__(
        self, name: str, formula: Formula, inputs: Mapping[str, Node], unit: str | None = None
    ) -> None:
        self.name, self.formula, self.inputs = name, formula, tuple(inputs.items())
        self.unit = returned_unit(formula) if unit is None else unit
        self._hash = hash((name, formula, self.inputs))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term) or self._hash != other._hash:
            return False
        return (
            self.formula is other.formula
            and self.name == other.name
            and self.inputs == other.inputs
        )

    def __repr__(self) -> str:
        return f"Term({self.name} = {formula_name(self.formula)})"


Node = Factor | Term


@cache
def returned_unit(formula: Formula) -> str:
    """Return the canonical unit that a formula's annotation promises."""
    hint = typing.get_type_hints(formula, include_extras=True)["return"]
    return str(typing.get_args(hint)[1])


def formula_name(formula: Formula) -> str:
    """Return where a formula is written, for explanations: ``formulas.silicon.die_yield``."""
    return f"{formula.__module__}.{formula.__qualname__}".removeprefix("lca.")


def apply(formula: Formula, *, name: str = "", **inputs: Node) -> Term:
    """Apply a formula to nodes; the result is named after the formula."""
    return Term(name or formula.__name__, formula, inputs)


def add(**parts: Any) -> Any:
    """Add named parts of one unit."""
    first, *rest = parts.values()
    for part in rest:
        first = first + part
    return first


def multiply(**parts: Any) -> Any:
    """Multiply named parts."""
    first, *rest = parts.values()
    for part in rest:
        first = first * part
    return first


def total(name: str, parts: Mapping[str, Node]) -> Node:
    """Return the sum of named nodes of one unit."""
    unit = next(iter(parts.values())).unit
    return Term(name, add, parts, unit)


def product(name: str, unit: str, **parts: Node) -> Node:
    """Return the product of named nodes, in the unit stated."""
    return Term(name, multiply, parts, unit)


Key = tuple[str, Distribution]
"""What is drawn together: factors of one identity and distribution."""


class Shelf:
    """Room for draws of whole factors that are kept for the next scenario, within a budget."""

    _SLAB = 32 << 20  # memory is asked for in pieces that the system can hand out at once

    def __init__(self, samples: int, budget: int) -> None:
        self._length, self._left = 1 + samples, budget // (8 * (1 + samples))
        self._places: dict[Key, Array] = {}
        self._spare: list[Array] = []

    def place(self, key: Key) -> Array | None:
        """Return the array of a factor over all blocks, shape ``(1 + samples,)``; None if full."""
        found = self._places.get(key)
        if found is None and (self._spare or self._left):
            if not self._spare:
                rows = min(self._left, max(1, self._SLAB // (8 * self._length)))
                self._spare = list(np.empty((rows, self._length)))
                self._left -= rows
            found = self._places[key] = self._spare.pop()
        return found


class Block:
    """Evaluates nodes on one block of the samples; what is shared is computed once.

    ``span`` is the block's place on the sample axis; the first block holds the central estimate.
    ``room`` is how many terms it may keep; factors with a place on the shelf are kept there.
    """

    def __init__(
        self, samples: int, seed: int, number: int, room: int, shelf: Shelf | None = None
    ) -> None:
        size = block_size(samples)
        start = 1 + number * size if number else 0
        self.span = slice(start, 1 + (number + 1) * size if samples else 1)
        self._samples, self._seed, self._number, self._room = samples, seed, number, room
        self._shelf, self._shelved = shelf, dict[Key, Array]()
        self._leaves: dict[Key, Value] = {}
        self._terms: dict[Term, Value] = {}

    def value(self, node: Node) -> Value:
        """Return a node's values: a float if nothing below is uncertain, else an array."""
        if isinstance(node, Factor):
            return self._leaf(node)
        found = self._terms.get(node)
        if found is None:
            found = node.formula(**{name: self.value(part) for name, part in node.inputs})
            if len(self._terms) >= self._room:
                self._terms.clear()
            self._terms[node] = found
        return found

    def _leaf(self, factor: Factor) -> Value:
        known = factor.distribution
        if known.is_exact:
            return known.central
        if not self._samples:
            return np.float64(known.central)
        key = (factor.identity, known)
        found = self._leaves.get(key)
        return self._drawn(key) if found is None else found

    def _drawn(self, key: Key) -> Array:
        """Return a factor's draws from the shelf, or draw them and put them there."""
        found = self._shelved.get(key)
        if found is None:
            identity, known = key
            whole = self._shelf.place(key) if self._shelf else None
            out = None if whole is None else whole[self.span]
            found = draw_block(known, identity, self._samples, self._seed, self._number, out)
            if out is not None:
                self._shelved[key] = found
        self._leaves[key] = found
        return found

    def forget(self) -> None:
        """Drop what was computed and is not on the shelf: it can be drawn again."""
        self._leaves.clear()
        self._terms.clear()


class Draws:
    """Evaluates nodes on one set of samples: the shared random numbers of a comparison.

    Long sample axes are evaluated block by block, so that the arrays of a block stay in the
    processor's cache. What is computed of them is dropped block by block. Drawn factors are kept for
    the next scenario, as many as the budget holds, so memory does not grow with the number of samples.

    Parameters
    ----------
    samples
        Number of draws beside the central estimate; 0 for the central estimate alone.
    seed
        Seed of all streams.
    budget
        Bytes that may be kept of what is shared among nodes, and of the factors of several blocks.
    """

    def __init__(self, samples: int, seed: int, budget: int = 256 << 20) -> None:
        self.samples, self.seed = samples, seed
        count = max(1, samples // block_size(samples)) if samples else 1
        room = max(8, budget // (8 * (1 + block_size(samples))))
        self._several = count > 1
        shelf = Shelf(samples, budget) if self._several else None
        self._blocks = [Block(samples, seed, number, room, shelf) for number in range(count)]

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of the sample axis; only a single block keeps what it computed."""
        for block in self._blocks:
            yield block
            if self._several:
                block.forget()

    def array(self, node: Node) -> Array:
        """Return a node's values with the sample axis always present, shape ``(1 + samples,)``."""
        result = np.empty(1 + self.samples)
        for block in self.blocks():
            result[block.span] = block.value(node)
        return result


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it, each once."""
    seen: set[int] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, Term):
            stack.extend(part for _, part in reversed(current.inputs))


def factors(node: Node) -> list[Factor]:
    """Return the leaves of a node."""
    return [part for part in walk(node) if isinstance(part, Factor)]
