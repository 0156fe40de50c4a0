"""The numbers under question as sums of weighted intensities: totals, per unit, differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lca.errors import ScenarioError, UnknownNameError, did_you_mean
from lca.ledger import INDICATORS, Ledger
from lca.sensitivity.evaluator import Changed, Dependence, Sheet, is_unknown
from lca.sensitivity.unknowns import Unknown, collect
from lca.terms import Factor, Node, walk
from lca.uncertain import Array

Sums = dict[Node, float]


@dataclass(frozen=True)
class Output:
    """One number: a row of weights over another one, or over nothing.

    Attributes
    ----------
    name
        Option, or ``A less B``.
    above
        Signed rows of `Response.weights` that are added, each with the row it is divided by,
        or -1: a difference per unit of work is that of two quotients.
    """

    name: str
    above: tuple[tuple[float, int, int], ...]


@dataclass(frozen=True)
class Response:
    """Outputs as functions of unknowns.

    Attributes
    ----------
    nodes, weights
        Distinct intensities, and the sums over them, shape ``(sums, nodes)``.
    outputs
        What the sums mean.
    unit
        Unit of every output.
    unknowns
        Sorted by identity; bit k of ``dependence`` is the k-th.
    leaves
        Every leaf below the outputs, decisions and methods too.
    """

    nodes: tuple[Node, ...]
    weights: Array
    outputs: tuple[Output, ...]
    unit: str
    unknowns: tuple[Unknown, ...]
    leaves: tuple[Factor, ...]
    dependence: Dependence

    def values(self, sheet: Sheet, size: int) -> tuple[Array, Array]:
        """Return outputs and sums on a sheet, of shapes ``(outputs, size)`` and ``(sums, size)``."""
        sums = np.zeros((self.weights.shape[0], size))
        for column, node in enumerate(self.nodes):
            sums += self.weights[:, column, None] * sheet.value(node)
        return self._outputs(sums), sums

    def changed(self, base: Sheet, sums: Array, change: Changed, mask: int) -> Array:
        """Return the outputs where only the unknowns of a mask have changed."""
        new = sums.copy()
        for column, node in enumerate(self.nodes):
            if self.dependence.mask(node) & mask:
                new += self.weights[:, column, None] * (change.value(node) - base.value(node))
        return self._outputs(new)

    def _outputs(self, sums: Array) -> Array:
        rows = []
        for output in self.outputs:
            parts = [
                sign * (sums[row] if below < 0 else sums[row] / sums[below])
                for sign, row, below in output.above
            ]
            rows.append(sum(parts[1:], parts[0]))
        return np.array(rows)


def respond(
    ledgers: Sequence[Ledger],
    *,
    difference: tuple[str, str] | None = None,
    indicator: str = "gwp100",
    per: str = "",
    basis: str = "location",
) -> Response:
    """Return totals of ledgers, or two totals and their difference, as functions of unknowns.

    Parameters
    ----------
    ledgers
        One per option; their draws are not used.
    difference
        Names of two of them: the outputs are the first, the second, and first less second.
    indicator, basis
        What is added up.
    per
        Functional unit that totals are divided by, or "" for totals.

    Raises
    ------
    UnknownNameError
        If there is no such option or functional unit, or nothing is counted as the indicator.
    """
    chosen = [_named(ledgers, name) for name in difference] if difference else list(ledgers)
    sums = [_sums(ledger, indicator, basis) for ledger in chosen]
    units = [_sums(ledger, f"unit:{_unit(ledger, per)}", basis) for ledger in chosen if per]
    if difference and not per:
        sums.append(_less(sums[0], sums[1]))
    unit = INDICATORS.get(indicator, indicator)
    outputs = tuple(_outputs([ledger.name for ledger in chosen], bool(difference), bool(per)))
    return _assemble(chosen, [*sums, *units], outputs, f"{unit}/({per})" if per else unit)


def _outputs(names: list[str], difference: bool, per: bool) -> Iterator[Output]:
    below = [len(names) + place if per else -1 for place in range(len(names))]
    for place, name in enumerate(names):
        yield Output(name, ((1.0, place, below[place]),))
    if difference:
        name = f"{names[0]} less {names[1]}"
        if per:
            yield Output(name, ((1.0, 0, below[0]), (-1.0, 1, below[1])))
        else:  # a row of its own: what both share has weight 0 and cancels exactly
            yield Output(name, ((1.0, 2, -1),))


def _named(ledgers: Sequence[Ledger], name: str) -> Ledger:
    names = [ledger.name for ledger in ledgers]
    if name not in names:
        msg = f'no option "{name}"{did_you_mean(name, names)} (one of: {", ".join(names)})'
        raise UnknownNameError(msg)
    return ledgers[names.index(name)]


def _unit(ledger: Ledger, per: str) -> str:
    known = ledger.functional_units
    if per not in known:
        names = f" (one of: {', '.join(known)})" if known else ": the scenario names none"
        msg = f'no functional unit "{per}"{did_you_mean(per, known)}{names}'
        raise UnknownNameError(msg)
    return per


def _sums(ledger: Ledger, indicator: str, basis: str) -> Sums:
    """Return the weight of each intensity in a total."""
    index = ledger.index
    rows = index.select(indicator, basis)
    if not rows.size and indicator.startswith("unit:"):
        msg = f'{ledger.name} provides no "{indicator.removeprefix("unit:")}", so nothing can be divided by it'
        raise ScenarioError(msg)
    if not rows.size:
        present = dict.fromkeys(line.indicator for line in ledger.lines)
        names = [name for name in present if not name.startswith("unit:")]
        msg = f'{ledger.name}: nothing is counted as "{indicator}"{did_you_mean(indicator, names)} (one of: {", ".join(names)})'
        raise UnknownNameError(msg)
    view = "spread" if indicator.startswith("unit:") else ledger.default_view
    amounts = np.bincount(index.vector[rows], index.activity[view][rows], len(index.nodes))
    return {index.nodes[place]: float(amounts[place]) for place in np.flatnonzero(amounts).tolist()}


def _less(first: Sums, second: Sums) -> Sums:
    nodes = dict.fromkeys((*first, *second))
    return {node: first.get(node, 0.0) - second.get(node, 0.0) for node in nodes}


def _assemble(
    ledgers: Sequence[Ledger], sums: Sequence[Sums], outputs: tuple[Output, ...], unit: str
) -> Response:
    nodes = tuple(dict.fromkeys(node for weights in sums for node in weights))
    weights = np.array([[weights.get(node, 0.0) for node in nodes] for weights in sums])
    below = {node: [x for x in walk(node) if isinstance(x, Factor)] for node in nodes}
    leaves = tuple(dict.fromkeys(leaf for found in below.values() for leaf in found))
    stages = _stages(ledgers, set(nodes))
    pairs = ((x, s) for node in nodes for x in below[node] if is_unknown(x) for s in stages[node])
    unknowns = collect(pairs)
    dependence = Dependence([unknown.identity for unknown in unknowns])
    for node in nodes:
        dependence.mask(node)
    return Response(nodes, weights, outputs, unit, unknowns, leaves, dependence)


def _stages(ledgers: Sequence[Ledger], nodes: set[Node]) -> dict[Node, tuple[str, ...]]:
    """Return the stages of the lines that use each intensity."""
    found: dict[Node, dict[str, None]] = {node: {} for node in nodes}
    for ledger in ledgers:
        for line in ledger.lines:
            stage = "delivered work" if line.indicator.startswith("unit:") else line.stage
            for node in dict.fromkeys(line.intensity):
                if node in nodes:
                    found[node][stage] = None
    return {node: tuple(sorted(stages)) for node, stages in found.items()}
