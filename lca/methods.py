"""Method choices: which option is lowest under every embodied model, end-of-life rule and account.

Only making, moving and scrapping depend on the embodied model, and scrapping alone on the rule.
Operation and what is delivered are therefore taken from the ledgers that a comparison has, and only
the rest is made afresh for each choice, at central values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lca import allocations
from lca.intensities.context import Context
from lca.intensities.embodied import builders
from lca.inventory import stage_files, stage_lines
from lca.ledger import BASES, Ledger, Line
from lca.scenario import Scenario
from lca.subjects import subjects
from lca.terms import Block

_RULED = "end_of_life"
_FREE = {"costs", "delivery", "operation", "operation_given"}
"""Files of stages that ask neither for the embodied model nor for the rule."""

_BOUND = tuple(name for name in stage_files() if name not in {*_FREE, _RULED})

_ROOM = 1 << 20


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """One combination of methods, the option that is lowest under it, and whether methods were mixed."""

    embodied_model: str
    end_of_life: str
    basis: str
    best: str
    mixed: bool


def method_choices(
    options: Sequence[Scenario], ledgers: Sequence[Ledger], unit: str
) -> Iterator[MethodChoice]:
    """Yield every combination of embodied model, end-of-life rule and account, with what is lowest.

    Parameters
    ----------
    options
        The scenarios compared.
    ledgers
        One an option, evaluated by any model and rule.
    unit
        Functional unit that results are divided by; empty where totals are compared.
    """
    every = [_Option(*pair, unit) for pair in zip(options, ledgers, strict=True)]
    differs = any(line.basis == "market" for one in ledgers for line in one.lines)
    for rule in allocations.names():
        for model in builders():
            found = [one.under(model, rule) for one in every]
            mixed = any(is_mixed for _, is_mixed in found)
            for basis in BASES:  # without market-based lines both accounts are one
                values = [value[basis if differs else BASES[0]] for value, _ in found]
                best = options[values.index(min(values))].name
                yield MethodChoice(model, rule, basis, best, mixed)


class _Option:
    """An option whose methods are changed; values are sums at central values."""

    def __init__(self, scenario: Scenario, ledger: Ledger, unit: str) -> None:
        self._scenario, self._view = scenario, ledger.default_view
        self._point = Block(0, 0, 0, _ROOM)
        self._subjects = tuple(subjects(Context(scenario, ledger.embodied_model)))
        self._made: dict[str, tuple[Context, list[Line]]] = {}
        kept = [line for line in ledger.lines if line.stage == "operation"]
        self._kept = {basis: self._sum(kept, "gwp100", basis, self._view) for basis in BASES}
        work = self._sum(ledger.lines, f"unit:{unit}", BASES[0], "spread")
        self._delivered = work if unit else 1.0

    def under(self, model: str, rule: str) -> tuple[dict[str, float], bool]:
        """Return what is compared by account, and whether the model served only in part.

        Values are those of greenhouse gases (kgCO2e), or those per functional unit.
        """
        context, made = self._of_model(model)
        ruled = Context(_with_rule(self._scenario, rule), model, memo=dict(context.memo))
        changed = (*made, *stage_lines(ruled, self._subjects, (_RULED,)))
        wholes = {
            basis: kept + self._sum(changed, "gwp100", basis, self._view)
            for basis, kept in self._kept.items()
        }
        values = {basis: whole / self._delivered for basis, whole in wholes.items()}
        return values, bool(context.fallbacks or ruled.fallbacks)

    def _of_model(self, model: str) -> tuple[Context, list[Line]]:
        """Return what making and moving take by a model, and what is known from them."""
        if model not in self._made:
            context = Context(self._scenario, model)
            found = stage_lines(context, self._subjects, _BOUND)
            self._made[model] = context, [line for line in found if line.stage != "operation"]
        return self._made[model]

    def _sum(self, lines: Iterable[Line], indicator: str, basis: str, view: str) -> float:
        wanted = {"both", basis}
        return sum(
            self._amount(line, line.spread if view == "spread" else line.inventory)
            for line in lines
            if line.indicator == indicator and line.basis in wanted
        )

    def _amount(self, line: Line, activity: Sequence[float]) -> float:
        last = len(line.intensity) - 1
        return sum(
            amount * float(np.ravel(self._point.value(line.intensity[min(year, last)]))[0])
            for year, amount in enumerate(activity)
            if amount
        )


def _with_rule(scenario: Scenario, rule: str) -> Scenario:
    """Return a scenario with another end-of-life rule, which no other setting refers to."""
    assumed = scenario.model.assumptions
    ruled = assumed.end_of_life.model_copy(update={"rule": rule})
    changed = assumed.model_copy(update={"end_of_life": ruled})
    return replace(scenario, model=scenario.model.model_copy(update={"assumptions": changed}))
