"""Comparison: which option is lower, how sure that is, and what decides it.

All options are evaluated on the same draws, so what they share cancels in every difference.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lca.errors import ScenarioError
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.inventory import choose_model
from lca.ledger import STAGES, Ledger
from lca.methods import MethodChoice, method_choices
from lca.scenario import Scenario
from lca.terms import Draws, Factor
from lca.uncertain import Array

SURE, LIKELY = 0.95, 0.8


@dataclass(frozen=True, slots=True)
class Pair:
    """Two options, the probability that the first is lower, and what each comes to.

    The difference is made when it is asked for: many options have very many pairs.
    """

    first: str
    second: str
    probability_first_lower: float
    value_first: Estimate
    value_second: Estimate

    @property
    def difference(self) -> Estimate:
        """The first less the second, draw by draw."""
        return self.value_first - self.value_second


@dataclass(frozen=True, slots=True)
class Driver:
    """A factor, and its rank correlation with the difference between the two lowest options."""

    name: str
    identity: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Options on shared draws.

    Attributes
    ----------
    ledgers
        One ledger per option, in the order given.
    functional_unit
        What results are divided by; empty where totals are compared.
    values
        By option, the total per functional unit.
    probability_best
        By option, the share of draws in which it is lowest; ties are shared.
    ranks
        By option, the probability of each rank, lowest first.
    pairs
        Each two options; of many, each two of the lowest, and the lowest with each other one.
    cautions
        Where options differ in what is counted, and what was left out for their number.
    """

    ledgers: tuple[Ledger, ...]
    functional_unit: str
    basis: str
    values: dict[str, Estimate]
    probability_best: dict[str, float]
    ranks: dict[str, tuple[float, ...]]
    pairs: tuple[Pair, ...]
    methods: tuple[MethodChoice, ...]
    drivers: tuple[Driver, ...]
    cautions: tuple[str, ...] = ()

    @property
    def order(self) -> list[str]:
        """Names of the options, the lowest median first."""
        return sorted(self.values, key=lambda name: self.values[name].median)

    @property
    def fallbacks(self) -> tuple[str, ...]:
        """Methods that could not be used as asked."""
        return tuple(dict.fromkeys(text for ledger in self.ledgers for text in ledger.fallbacks))

    def pair(self, first: str, second: str) -> Pair:
        """Return the pair of two options in this order."""
        if first == second or not {first, second} <= self.values.keys():
            msg = f"no pair {first}, {second}"
            raise KeyError(msg)
        return _pair(self.values, first, second)

    def __str__(self) -> str:
        """Return the verdict in one sentence."""
        return verdict(self)


def compare(
    *scenarios: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    basis: str = "location",
    methods: bool = True,
) -> Comparison:
    """Compare scenarios, or the options of one.

    Parameters
    ----------
    scenarios
        Two or more scenarios, or a single one with options.
    samples, seed
        As for `evaluate`; by default those of the first scenario.
    basis
        ``location`` or ``market``.
    methods
        Whether to try all combinations of method choices.

    Raises
    ------
    ScenarioError
        If the options have different functional units, or there is only one.
    """
    options = list(scenarios[0].options()) if len(scenarios) == 1 else _named(scenarios)
    unit = _common_unit(options)
    own = options[0].model.uncertainty
    draws = Draws(own.samples if samples is None else samples, own.seed if seed is None else seed)
    model = choose_model(options)
    ledgers = tuple(evaluate(option, draws=draws, embodied_model=model) for option in options)
    values = {ledger.name: _value(ledger, unit, basis) for ledger in ledgers}
    table = np.stack([value.draws for value in values.values()])
    names, few = list(values), len(options) <= _MOST_TRIED
    return Comparison(
        ledgers,
        unit,
        basis,
        values,
        dict(zip(names, _best(table), strict=True)),
        dict(zip(names, _ranks(table), strict=True)),
        _pairs(values),
        tuple(method_choices(options, ledgers, unit)) if methods and few else (),
        _drivers(ledgers, values),
        (*_cautions(options), *_left_out(few, methods)),
    )


_MOST_TRIED = 60
_UNTRIED = f"Method choices are not tried: there are more than {_MOST_TRIED} options."
_UNPAIRED = f"Differences are those of the {_MOST_TRIED} lowest options, and of the lowest with each other one."


def _left_out(few: bool, methods: bool) -> tuple[str, ...]:
    """Say what is not computed for very many options."""
    return () if few else (_UNPAIRED, _UNTRIED) if methods else (_UNPAIRED,)


def _named(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Give each scenario a name of its own."""
    seen: dict[str, int] = {}
    named = []
    for scenario in scenarios:
        seen[scenario.name] = seen.get(scenario.name, 0) + 1
        suffix = f" ({seen[scenario.name]})" if seen[scenario.name] > 1 else ""
        named.append(replace(scenario, name=scenario.name + suffix))
    return named


def _common_unit(options: list[Scenario]) -> str:
    if len(options) < 2:
        msg = "nothing to compare: give options in the scenario, or more than one device"
        raise ScenarioError(msg)
    units = {
        option.functional_units[0].text if option.functional_units else "" for option in options
    }
    if len(units) > 1:
        named = ", ".join(
            f'{o.name}: "{o.functional_units[0].text if o.functional_units else "none"}"'
            for o in options
        )
        msg = f"the options have different functional units and are not compared ({named})"
        raise ScenarioError(msg)
    return units.pop()


def _cautions(options: list[Scenario]) -> Iterator[str]:
    """Say where options differ in what is counted, not only in what they are."""
    if not any(option.functional_units for option in options):
        yield "no functional unit is given: totals are compared, whatever the options provide"
    if any(option.model.publication == "public" for option in options):
        yield (
            "a comparison that goes public needs a critical review and more impact categories "
            "(ISO 14044); none is recorded here"
        )
    asked = {
        "system boundary": [str(o.model.assumptions.boundary) for o in options],
        "period": [f"{o.years[0]}-{o.years[-1]}" for o in options],
        "grid factor boundary": [str(o.model.assumptions.electricity.boundary) for o in options],
        "end-of-life rule": [str(o.model.assumptions.end_of_life.rule) for o in options],
    }
    for what, values in asked.items():
        if len(set(values)) > 1:
            named = ", ".join(f"{o.name}: {v}" for o, v in zip(options, values, strict=True))
            yield f"the options differ in their {what} ({named}), so their difference is not of the options alone"
    yield from _one_model(options)


def _one_model(options: list[Scenario]) -> Iterator[str]:
    """Say so where options ask for embodied models of their own: one serves all."""
    asked = [str(option.model.assumptions.embodied_model) for option in options]
    if len(set(asked)) > 1:
        named = ", ".join(f"{o.name}: {model}" for o, model in zip(options, asked, strict=True))
        yield (
            f"the options name different embodied models ({named}); {choose_model(options)} serves "
            "all here, since a ranking across methods is no ranking: for each by its own, lca run"
        )


def _value(ledger: Ledger, unit: str, basis: str) -> Estimate:
    if not unit:
        return ledger.total("gwp100", basis=basis)
    if not np.all(ledger.units(unit).samples > 0):
        msg = f'option {ledger.name} provides no "{unit}", so it cannot be compared per {unit}: {"; ".join(w for w in ledger.warnings if unit in w)}'
        raise ScenarioError(msg)
    return ledger.per(unit, "gwp100", basis=basis)


def _best(table: Array) -> list[float]:
    lowest = table == table.min(axis=0)
    return [float(x) for x in (lowest / lowest.sum(axis=0)).mean(axis=1)]


def _ranks(table: Array) -> list[tuple[float, ...]]:
    order = table.argsort(axis=0, kind="stable")
    count, draws = table.shape
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(count)[:, None], axis=0)
    return [tuple((np.bincount(row, minlength=count) / draws).tolist()) for row in places]


def _lower(difference: Array) -> float:
    return float((difference < 0).mean() + 0.5 * (difference == 0).mean())


def _pairs(values: dict[str, Estimate]) -> tuple[Pair, ...]:
    medians = {name: value.median for name, value in values.items()}
    order = sorted(medians, key=lambda name: medians[name])
    near = set(order[:_MOST_TRIED])
    return tuple(
        _pair(values, a, b)
        for a, b in itertools.combinations(values, 2)
        if {a, b} <= near or order[0] in {a, b}
    )


def _pair(values: dict[str, Estimate], first: str, second: str) -> Pair:
    a, b = values[first], values[second]
    return Pair(first, second, _lower((a - b).draws), a, b)


def _drivers(
    ledgers: tuple[Ledger, ...], values: dict[str, Estimate], most: int = 5
) -> tuple[Driver, ...]:
    """Rank the uncertain factors by how they move the difference between the two lowest options."""
    first, second = sorted(values.values(), key=lambda value: value.median)[:2]
    difference = (first - second).draws
    if difference.size < 100 or np.ptp(difference) == 0:
        return ()
    ranks = _rank(difference)
    leaves: dict[str, Factor] = {}
    for ledger in ledgers:
        leaves |= {
            factor.identity: factor
            for factor in ledger.factors()
            if not factor.distribution.is_exact
        }
    draws = ledgers[0].draws
    drivers = [
        Driver(f.name, f.identity, _correlation(ranks, _rank(draws.array(f)[1:])))
        for f in leaves.values()
    ]
    return tuple(sorted(drivers, key=lambda d: -abs(d.correlation))[:most])


def _rank(values: Array) -> Array:
    ranks = np.empty(values.size)
    ranks[values.argsort()] = np.arange(values.size)
    return ranks


def _correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def percent(probability: float) -> str:
    """Write a probability from draws: never as a certainty that draws cannot show.

    Examples
    --------
    >>> percent(0.9978), percent(0.42)
    ('over 99%', '42%')
    """
    return "over 99%" if probability > 0.995 else f"{probability:.0%}"


def verdict(found: Comparison) -> str:
    """State the result in one sentence: which is lower, how sure, by how much, and by which method."""
    best, second = found.order[:2]
    pair = found.pair(best, second)
    probability = pair.probability_first_lower
    per = f" per {found.functional_unit}" if found.functional_unit else " in total"
    share = (
        1 - found.values[best].median / found.values[second].median
        if found.values[second].median
        else 0.0
    )
    if probability >= SURE:
        text = f"{best} is lower than {second}{per} in {percent(probability)} of draws, by {share:.0%} at the median"
    elif probability >= LIKELY:
        text = f"{best} is probably lower than {second}{per} ({percent(probability)} of draws, {share:.0%} at the median)"
    else:
        text = f"{best} and {second} cannot be told apart{per}: {best} is lower in {percent(probability)} of draws"
    return f"{text}{_holding(found)}{_mixing(found)}."


def _holding(found: Comparison) -> str:
    if not found.methods:
        return ""
    best = found.order[0]
    same = sum(choice.best == best for choice in found.methods)
    return f"; it is the lowest under {same} of {len(found.methods)} method choices"


def _mixing(found: Comparison) -> str:
    if not found.fallbacks:
        return ""
    names = ", ".join(dict.fromkeys(text.split(":")[0] for text in found.fallbacks))
    return f"; methods are mixed, since {names} cannot be computed by the {found.ledgers[0].embodied_model} model"


def stage_differences(found: Comparison) -> dict[str, float]:
    """Return, by stage, the median of the lowest option less the next, in the compared unit."""
    best, second = (next(x for x in found.ledgers if x.name == name) for name in found.order[:2])
    result = {}
    for stage in STAGES:
        a, b = (_stage(ledger, stage, found) for ledger in (best, second))
        result[stage] = float(np.median((a - b).draws))
    return result


def _stage(ledger: Ledger, stage: str, found: Comparison) -> Estimate:
    rows = [row for row in ledger.by("stage", basis=found.basis) if row.labels == (stage,)]
    whole = rows[0].estimate if rows else Estimate(np.zeros(1 + ledger.draws.samples), "kgCO2e")
    return (
        whole.over(ledger.units(found.functional_unit), whole.unit)
        if found.functional_unit
        else whole
    )
