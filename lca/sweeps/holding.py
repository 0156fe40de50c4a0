"""Holds factors at values: the lines of an inventory, with some leaves exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from lca.errors import ScenarioError, UnitError
from lca.ledger import Line
from lca.terms import Factor, Node, Term
from lca.uncertain import exact
from lca.values import read

Change = Callable[[Factor], Factor]


def hold(lines: Sequence[Line], values: Mapping[str, object]) -> tuple[Line, ...]:
    """Return lines whose factors of some identities are exact.

    Parameters
    ----------
    lines
        Lines of an inventory.
    values
        By identity: text with a unit, or a number.

    Raises
    ------
    ScenarioError
        If a value does not fit the factor's unit.
    """
    if not values:
        return tuple(lines)
    change = _holding(values)
    known: dict[int, Node] = {}
    tuples: dict[int, tuple[Node, ...]] = {}
    found = []
    for line in lines:
        key = id(line.intensity)
        if key not in tuples:
            tuples[key] = tuple(changed(node, change, known) for node in line.intensity)
        found.append(line._replace(intensity=tuples[key]))
    return tuple(found)


def _holding(values: Mapping[str, object]) -> Change:
    def change(factor: Factor) -> Factor:
        if factor.identity not in values:
            return factor
        try:
            number = read(values[factor.identity], factor.unit).central
        except UnitError as error:
            msg = f"{factor.identity}: {error.problems[0].message}"
            raise ScenarioError(msg) from None
        return Factor(
            factor.name, exact(number), factor.unit, identity=factor.identity, source=factor.source
        )

    return change


def changed(node: Node, change: Change, known: dict[int, Node]) -> Node:
    """Return a node with its leaves changed; what has no changed leaf stays the same object.

    Parameters
    ----------
    known
        Nodes that were changed before, by their object; the caller keeps those alive.
    """
    found = known.get(id(node))
    if found is None:
        found = change(node) if isinstance(node, Factor) else _term(node, change, known)
        known[id(node)] = found
    return found


def _term(term: Term, change: Change, known: dict[int, Node]) -> Term:
    inputs = {name: changed(part, change, known) for name, part in term.inputs}
    if all(inputs[name] is part for name, part in term.inputs):
        return term
    return Term(term.name, term.formula, inputs, term.unit)


def leaves(lines: Iterable[Line], identity: str) -> list[Factor]:
    """Return the factors of an identity below lines, each once."""
    found: dict[Factor, None] = {}
    seen: set[int] = set()
    stack = [node for line in lines for node in line.intensity]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Term):
            stack.extend(part for _, part in node.inputs)
        elif node.identity == identity:
            found[node] = None
    return list(found)
