"""Method choices: what the result is under each, apart from what is unknown.

Methods are chosen, not drawn: an embodied model has no probability. Each is changed alone, at the
central values of all factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lca import allocations
from lca.evaluation import evaluate
from lca.intensities.embodied import builders
from lca.ledger import BASES
from lca.scenario import Scenario
from lca.sensitivity.evaluator import Sheet, central
from lca.sensitivity.response import respond
from lca.terms import Draws
from lca.uncertain import Array

RULE = "assumptions.end_of_life.rule"


@dataclass(frozen=True)
class MethodEffect:
    """One method choice and the central outputs under it.

    Attributes
    ----------
    method, choice
        Such as ``end_of_life`` and ``substitution``.
    chosen
        Whether it is the scenario's own.
    values
        Central outputs, shape ``(outputs,)``.
    fallbacks
        What could not be computed by the method asked for.
    """

    method: str
    choice: str
    chosen: bool
    values: Array
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Which numbers are asked for; see `lca.sensitivity.response.respond`."""

    difference: tuple[str, str] | None
    indicator: str
    per: str
    basis: str
    embodied_model: str


def method_effects(options: Sequence[Scenario], asked: Asked) -> list[MethodEffect]:
    """Return the outputs under each embodied model, end-of-life rule and account."""
    return [*_models(options, asked), *_rules(options, asked), *_bases(options, asked)]


def _models(options: Sequence[Scenario], asked: Asked) -> Iterator[MethodEffect]:
    for model in builders():
        changed = replace(asked, embodied_model=model)
        yield _effect("embodied model", model, model == asked.embodied_model, options, changed)


def _rules(options: Sequence[Scenario], asked: Asked) -> Iterator[MethodEffect]:
    own = {str(option.model.assumptions.end_of_life.rule) for option in options}
    for rule in allocations.names():
        changed = [option.patch({RULE: rule}, option.name) for option in options]
        yield _effect("end-of-life rule", rule, own == {rule}, changed, asked)


def _bases(options: Sequence[Scenario], asked: Asked) -> Iterator[MethodEffect]:
    for basis in BASES:
        changed = replace(asked, basis=basis)
        yield _effect("account", basis, basis == asked.basis, options, changed)


def _effect(
    method: str, choice: str, chosen: bool, options: Sequence[Scenario], asked: Asked
) -> MethodEffect:
    model = asked.embodied_model
    ledgers = [evaluate(option, draws=Draws(0, 0), embodied_model=model) for option in options]
    response = respond(
        ledgers,
        difference=asked.difference,
        indicator=asked.indicator,
        per=asked.per,
        basis=asked.basis,
    )
    values, _ = response.values(Sheet(central), 1)
    fallbacks = tuple(dict.fromkeys(text for ledger in ledgers for text in ledger.fallbacks))
    return MethodEffect(method, choice, chosen, values[:, 0], fallbacks)
