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
from lca.ledger import BASES, Ledger
from lca.scenario import Scenario
from lca.sensitivity.evaluator import Sheet, central
from lca.sensitivity.response import Response, respond
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

    def response(self, ledgers: Sequence[Ledger]) -> Response:
        """Return these numbers as functions of unknowns."""
        return respond(
            ledgers,
            difference=self.difference,
            indicator=self.indicator,
            per=self.per,
            basis=self.basis,
        )


def ledgers_of(options: Sequence[Scenario], model: str) -> list[Ledger]:
    """Return the ledgers of options by one embodied model; nothing is drawn."""
    point = Draws(0, 0)
    return [evaluate(option, draws=point, embodied_model=model) for option in options]


def method_effects(
    options: Sequence[Scenario], asked: Asked, ledgers: Sequence[Ledger]
) -> list[MethodEffect]:
    """Return the outputs under each embodied model, end-of-life rule and account.

    Parameters
    ----------
    options, ledgers
        The options as they are, with their ledgers.
    asked
        The numbers asked for.
    """
    found = [*_models(options, asked, ledgers), *_rules(options, asked, ledgers)]
    return [*found, *_bases(asked, ledgers)]


def _models(
    options: Sequence[Scenario], asked: Asked, ledgers: Sequence[Ledger]
) -> Iterator[MethodEffect]:
    for model in builders():
        chosen = model == asked.embodied_model
        made = ledgers if chosen else ledgers_of(options, model)
        yield _effect("embodied model", model, chosen, asked, made)


def _rules(
    options: Sequence[Scenario], asked: Asked, ledgers: Sequence[Ledger]
) -> Iterator[MethodEffect]:
    own = {str(option.model.assumptions.end_of_life.rule) for option in options}
    for rule in allocations.names():
        chosen = own == {rule}
        changed = [option.patch({RULE: rule}, option.name) for option in options if not chosen]
        made = ledgers if chosen else ledgers_of(changed, asked.embodied_model)
        yield _effect("end-of-life rule", rule, chosen, asked, made)


def _bases(asked: Asked, ledgers: Sequence[Ledger]) -> Iterator[MethodEffect]:
    for basis in BASES:
        yield _effect("account", basis, basis == asked.basis, replace(asked, basis=basis), ledgers)


def _effect(
    method: str, choice: str, chosen: bool, asked: Asked, ledgers: Sequence[Ledger]
) -> MethodEffect:
    values, _ = asked.response(ledgers).values(Sheet(central), 1)
    return MethodEffect(method, choice, chosen, values[:, 0], fallbacks_of(ledgers))


def fallbacks_of(ledgers: Sequence[Ledger]) -> tuple[str, ...]:
    """Return what could not be computed by the method asked for, each once."""
    return tuple(dict.fromkeys(text for ledger in ledgers for text in ledger.fallbacks))
