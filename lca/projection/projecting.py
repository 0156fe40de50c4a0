"""Projects the options of a scenario over its period on shared draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lca.errors import ScenarioError, UnknownNameError, did_you_mean
from lca.evaluation import evaluate
from lca.inventory import choose_model
from lca.ledger import INDICATORS, PRICED, Ledger
from lca.projection.curves import Curve, curve
from lca.projection.passages import Crossing, Exhaustion, crossings, exhaustion
from lca.scenario import Scenario
from lca.terms import Draws
from lca.values import read

HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Projection:
    """Cumulative curves of the options, when they cross, and what is left of a budget.

    Attributes
    ----------
    indicator, basis, view
        What is added up, on which account.
    curves
        One an option, in the order of the scenario.
    crossings
        For each two options, when the one that begins higher comes to be lower.
    budgets
        One an option; empty without a budget.
    remarks
        What a reader must know.
    """

    scenario: str
    indicator: str
    basis: str
    view: str
    discount: float
    curves: tuple[Curve, ...]
    crossings: tuple[Crossing, ...]
    budgets: tuple[Exhaustion, ...]
    remarks: tuple[str, ...]

    def curve(self, name: str) -> Curve:
        """Return the curve of an option."""
        for one in self.curves:
            if one.name == name:
                return one
        msg = f'no option "{name}" (one of: {", ".join(one.name for one in self.curves)})'
        raise KeyError(msg)


def cumulative(
    scenario: Scenario,
    indicator: str = "gwp100",
    *,
    samples: int | None = None,
    seed: int | None = None,
    basis: str = "location",
    view: str = "inventory",
    budget: str | None = None,
    spread: str | None = HISTORY,
    discount: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Projection:
    """Project the options of a scenario.

    Parameters
    ----------
    indicator
        What is added up; money where the scenario has prices.
    basis, view
        As for a ledger; the inventory view books purchases when they are made.
    budget
        Text such as ``500 tCO2e``; by default the scenario's own, for greenhouse gases.
    spread
        How far grids may depart from their path where the scenario does not say: ``history``, a
        geometric standard deviation per root year such as ``1.2``, or None.
    discount
        Rate such as ``3%``, applied to whatever is added up: for emissions only if asked for here.
    progress
        Called with options done and in all.

    Raises
    ------
    UnknownNameError
        If there is no such indicator.
    ScenarioError
        If the scenario does not count it: money where nothing has a price; or if it is
        discounted already.
    """
    _check(indicator, scenario)
    rate = _rate(indicator, discount)
    options = [_widened(option, spread) for option in scenario.options()]
    own = scenario.model.uncertainty
    draws = Draws(own.samples if samples is None else samples, own.seed if seed is None else seed)
    model, ledgers = choose_model(options), []
    for number, option in enumerate(options):
        ledgers.append(evaluate(option, draws=draws, embodied_model=model))
        if progress is not None:
            progress(number + 1, len(options))
    curves = tuple(
        curve(ledger, indicator, basis=basis, view=view, owned=_owned(option), discount=rate)
        for option, ledger in zip(options, ledgers, strict=True)
    )
    limit = _limit(scenario, indicator, budget, curves[0].unit)
    return Projection(
        scenario.name,
        indicator,
        basis,
        view,
        rate,
        curves,
        tuple(crossings(curves)),
        tuple(exhaustion(one, limit) for one in curves) if limit is not None else (),
        tuple(_remarks(scenario, ledgers, spread, indicator, rate)),
    )


def _check(indicator: str, scenario: Scenario) -> None:
    """Refuse what is not an indicator, and what the scenario does not count."""
    if indicator not in INDICATORS:
        hint = did_you_mean(indicator, INDICATORS)
        msg = f'no indicator "{indicator}"{hint} (one of: {", ".join(INDICATORS)})'
        raise UnknownNameError(msg)
    counted = ("gwp100", "it_energy", "facility_energy", *PRICED, *scenario.model.indicators)
    if indicator not in counted:
        msg = f"{scenario.name} does not count {indicator}; add it to indicators"
        raise ScenarioError(msg)


def _rate(indicator: str, discount: str | None) -> float:
    if discount is None:
        return 0.0
    if indicator == "present_cost":
        msg = "present_cost is discounted already; ask for cost, or leave the discount out"
        raise ScenarioError(msg)
    return read(discount, "", 0.0, 1.0).central


def _limit(scenario: Scenario, indicator: str, budget: str | None, unit: str) -> float | None:
    """Return the budget in the unit of the curves, or None."""
    if budget is not None:
        return read(budget, unit, 0.0).central
    own = scenario.model.budget
    return own.central if own is not None and indicator == "gwp100" else None


def _owned(scenario: Scenario) -> frozenset[str]:
    """Return the assets that are bought at a time; a name that work has too is not told apart."""
    model = scenario.model
    return frozenset({*model.fleet, *model.services} - set(model.work))


def _widened(scenario: Scenario, spread: str | None) -> Scenario:
    """Return the scenario with a spread on every grid path that states none."""
    if spread is None:
        return scenario
    changes = dict(_changes(scenario, spread))
    return scenario.patch(changes, scenario.name) if changes else scenario


def _changes(scenario: Scenario, spread: str) -> Iterator[tuple[str, object]]:
    data, model = scenario.data, scenario.model
    if model.assumptions.grid_path.spread is None:
        written = (data.get("assumptions") or {}).get("grid_path", "constant")
        yield "assumptions.grid_path", _with_spread(written, spread)
    for name, site in model.sites.items():
        if site.grid_path is not None and site.grid_path.spread is None:
            written = data["sites"][name]["grid_path"]
            yield f"sites.{name}.grid_path", _with_spread(written, spread)


def _with_spread(written: Any, spread: str) -> Mapping[str, object]:
    known = dict(written) if isinstance(written, Mapping) else {"name": written}
    return known | {"spread": spread}


def _remarks(
    scenario: Scenario, ledgers: list[Ledger], spread: str | None, indicator: str, rate: float
) -> Iterator[str]:
    if rate and indicator not in PRICED:
        yield f"{indicator} is discounted at {rate:.3g} a year, as asked: a ton later counts as less"
    if spread is not None and any(_changes(option, spread) for option in scenario.options()):
        yield (
            f"grids may depart from their path ({spread}), more so the farther ahead; "
            "lca run does not count that unless grid_path.spread is given"
        )
    yield from dict.fromkeys(text for ledger in ledgers for text in ledger.warnings)
