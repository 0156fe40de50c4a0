"""How much solar, wind and battery to build: embodied emissions against the grid's hours.

A design has no field in a scenario, so the answer carries it; with nothing built, the hours on a
flat grid are the ledger's own operation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lca import factors
from lca.errors import InputError, Problem, ScenarioError
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.hourly import Series
from lca.library import constants
from lca.optimize import constraints
from lca.optimize import hourly_sites as sites
from lca.optimize import sizing_text as text
from lca.optimize.answer import Answer, Binding, Choice
from lca.optimize.asking import Progress, Steps, asked_part, constraints_of
from lca.optimize.energy_system import BUILT, CannotBe, Design, Limit, System, design
from lca.optimize.frontier import close_to, regrets, saved_tonne, undominated
from lca.optimize.known_objectives import emissions_only
from lca.scenario import Scenario
from lca.scenario.questions.sizing import Battery, Generator, Sizing
from lca.terms import Draws
from lca.uncertain import Array
from lca.values import Value
from lca.vocabulary import HOURS_PER_YEAR

_PATH = "optimize.sizing"
_MISSING = "the scenario does not ask what to build: add optimize: {sizing: ...}"
_FRONT = 4
_EDGE = 1e-9
_UNITS = {"solar": "kW", "wind": "kW", "battery": "kWh", "carbon_free_share": ""}
UNLIMITED = 1e4
"""Most kW (kWh) per kW of mean load where the scenario sets no maximum; it never binds."""


@dataclass(frozen=True, eq=False)
class Case:
    """The question made of a scenario: the program, and what its draws are made of."""

    name: str
    series: Series
    kind: str
    rate: sites.Rate
    system: System
    embodied: dict[str, Array]
    prices: dict[str, float] | None
    limits: tuple[Limit, ...]
    draws: Draws

    def choice(self, name: str, found: Design) -> Choice:
        """Return a design as a choice, with its emissions on the draws (kgCO2e a year)."""
        built = sum((found.built[n] * self.embodied[n] for n in BUILT), np.zeros(1))
        spread = sites.spread(self.series, self.kind, found.grid, self.draws)
        # what is built stays as it is: overhead beyond the central estimate is bought in every hour
        extra = self.rate.facility / self.rate.facility[0] - 1
        losses = self.rate.location / self.rate.facility
        bought = found.grid @ self.system.grid + extra * (self.system.load @ self.system.grid)
        samples = built + np.maximum(bought, 0.0) * losses / losses[0] * spread
        values = {"gwp100": float(samples[0])}
        if self.prices is not None:
            values["cost"] = self.cost(found)
        details = {n: f"{found.built[n]:,.0f} {_UNITS[n]}" for n in BUILT}
        return Choice(name, {}, values, details, {"gwp100": Estimate(samples, "kgCO2e", name)})

    def cost(self, found: Design) -> float:
        """Return the cost of a year: purchases by year of life, and electricity bought."""
        known = self.prices or {}
        return sum(known[n] * found.built[n] for n in BUILT) + known["grid"] * float(
            found.grid.sum()
        )


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Answer how much solar, wind and battery ``optimize.sizing`` should build.

    Parameters
    ----------
    scenario
        With ``optimize.sizing``.
    samples, seed
        Draws of the regret: overhead, ranges of sources, embodied emissions and lives.
    progress
        Called after each program with how many are solved, and how many there are.

    Raises
    ------
    ScenarioError
        The question is not asked, the series cannot be used, or the limits leave no design.
    """
    asked = asked_part(scenario, "sizing", Sizing, _MISSING)
    emissions_only(scenario, "sizing", bounded=True)
    case = _case(scenario, asked, sites.hourly_draws(scenario, samples, seed))
    best = _designed(case)
    others, step = [], Steps(progress, 1 + len(BUILT))
    for name in (n for n in BUILT if case.system.maximum[n] > 0):
        step()
        others += _without(case, name)
    return _answer(scenario, case, best, others)


def _case(scenario: Scenario, asked: Sizing, draws: Draws) -> Case:
    series = sites.series_of(scenario, asked.series, f"{_PATH}.series")
    if not series.whole_year:
        msg = f"series {series.name} has {series.hours:,} hours; a whole year of 8,760 or 8,784 is needed"
        raise ScenarioError(Problem(f"{_PATH}.series", msg))
    kind = sites.kind_of(scenario, asked.intensity)
    rate = sites.rates(scenario, [asked.site], draws)[asked.site]
    load = np.full(series.hours, _load(scenario, asked))
    profiles = _profiles(asked, series)
    embodied = _embodied(asked, profiles, draws)
    intensity = series.intensity(kind) * rate.location[0] / rate.facility[0]
    battery = asked.battery or Battery()
    system = System(
        load * rate.facility[0],
        intensity,
        profiles,
        {name: float(values[0]) for name, values in embodied.items()},
        _maxima(asked, float(load.mean() * rate.facility[0])),
        _constant(battery.charge_efficiency, "charge_efficiency", "").central,
        _constant(battery.discharge_efficiency, "discharge_efficiency", "").central,
        _constant(battery.hours, "battery_hours", "h").central,
    )
    prices = _prices(asked, rate)
    limits = _limits(scenario, system, series, prices)
    return Case(scenario.name, series, kind, rate, system, embodied, prices, limits, draws)


def _load(scenario: Scenario, asked: Sizing) -> float:
    """Return the IT power: as given, or the mean of what the ledger runs at the site (kW)."""
    if asked.load is not None:
        if asked.load.central <= 0:
            msg = "a load of 0 kW needs nothing: give more than 0, or leave it out"
            raise ScenarioError(Problem(f"{_PATH}.load", msg))
        return asked.load.central
    ledger = evaluate(scenario, samples=0)
    rows = ledger.by("site", indicator="it_energy")
    energy = {row.labels[0]: row.estimate.central for row in rows}.get(asked.site, 0.0)
    if energy <= 0:
        msg = f"nothing draws electricity at site {asked.site}: give load"
        raise ScenarioError(Problem(f"{_PATH}.load", msg))
    return energy / (len(scenario.years) * HOURS_PER_YEAR)


def _profiles(asked: Sizing, series: Series) -> dict[str, Array]:
    found = {}
    for name, generator in (("solar", asked.solar), ("wind", asked.wind)):
        if generator is None:
            continue
        try:
            profile = series.profile(name)
        except InputError as error:
            raise ScenarioError(Problem(f"{_PATH}.{name}", error.problems[0].message)) from None
        if generator.capacity_factor is not None:
            profile = profile * (generator.capacity_factor.central / profile.mean())
        found[name] = profile
    return found


def _constant(given: Value | None, name: str, unit: str) -> Value:
    return given if given is not None else constants("energy_system").value(name, unit)


def _embodied(asked: Sizing, profiles: dict[str, Array], draws: Draws) -> dict[str, Array]:
    """Return emissions by year of life and kW (battery: kWh), on the draws."""
    found = {name: np.zeros(1 + draws.samples) for name in BUILT}
    for name, profile in profiles.items():
        found[name] = _of_generator(name, getattr(asked, name), float(profile.sum()), draws)
    if asked.battery is not None:
        made = _drawn(asked.battery.embodied, "battery_embodied", "kgCO2e/kWh", draws)
        found["battery"] = made / _drawn(asked.battery.lifetime, "battery_lifetime", "year", draws)
    return found


def _of_generator(name: str, given: Generator, yearly: float, draws: Draws) -> Array:
    """Return what one kW emits by year of life: as given, or by the kWh it can generate."""
    if given.embodied is not None:
        made = draws.array(given.embodied.factor("embodied", f"{_PATH}.{name}.embodied"))
        return made / _drawn(given.lifetime, f"{name}_lifetime", "year", draws)
    if given.intensity is not None:
        leaf = given.intensity.factor("source_intensity", f"{_PATH}.{name}.intensity")
        return draws.array(leaf) * yearly
    source = factors.generation_source(name, "lifecycle")
    return source.central * sites.source_spread(source, draws) * yearly


def _drawn(given: Value | None, name: str, unit: str, draws: Draws) -> Array:
    return draws.array(_constant(given, name, unit).factor(name, f"{_PATH}.{name}"))


def _maxima(asked: Sizing, mean: float) -> dict[str, float]:
    found = {}
    for name in BUILT:
        given = getattr(asked, name)
        unlimited = UNLIMITED * mean
        found[name] = (
            0.0 if given is None else unlimited if given.maximum is None else given.maximum.central
        )
    return found


def _prices(asked: Sizing, rate: sites.Rate) -> dict[str, float] | None:
    """Return yearly costs per unit built and per kWh of the grid; None where one is not known."""
    if rate.price is None:
        return None
    found = dict.fromkeys(BUILT, 0.0) | {"grid": rate.price / float(rate.facility[0])}
    for name in BUILT:
        given = getattr(asked, name)
        if given is None:
            continue
        if given.price is None or not given.price.unit.startswith(rate.currency):
            return None
        unit_life = _constant(given.lifetime, f"{name}_lifetime", "year").central
        found[name] = given.price.central / unit_life
    return found


def _limits(
    scenario: Scenario, system: System, series: Series, prices: dict[str, float] | None
) -> tuple[Limit, ...]:
    """Return the constraints of the scenario as rows of the program."""
    accepted = _UNITS if prices is None else {**_UNITS, "cost": text.currency_of(scenario)}
    found = []
    for one in constraints.read(constraints_of(scenario), accepted):
        sign = 1.0 if one.sign == "<=" else -1.0
        if one.name == "cost":
            known = prices or {}
            found.append(
                Limit(
                    one.text,
                    {n: sign * known[n] for n in BUILT},
                    sign * known["grid"],
                    sign * one.bound,
                )
            )
        elif one.name == "carbon_free_share":
            found.append(_carbon_free(one, system, series))
        else:
            found.append(Limit(one.text, {one.name: sign}, 0.0, sign * one.bound))
    return tuple(found)


def _carbon_free(one: constraints.Constraint, system: System, series: Series) -> Limit:
    share = series.carbon_free_share()
    if share is None:
        msg = f"series {series.name} does not say which share of the grid is carbon-free"
        raise ScenarioError(Problem("optimize.constraints", f"{one.text}: {msg}"))
    sign = 1.0 if one.sign == ">=" else -1.0
    return Limit(
        one.text, {}, sign * (1.0 - share), sign * (1.0 - one.bound) * float(system.load.sum())
    )


def _designed(case: Case) -> Design:
    try:
        return design(case.system, case.limits)
    except CannotBe:
        raise ScenarioError(list(_conflicts(case))) from None


def _conflicts(case: Case) -> list[Problem]:
    """Return which single constraints, left out, let a design be."""
    found = []
    for number, limit in enumerate(case.limits):
        others = (*case.limits[:number], *case.limits[number + 1 :])
        try:
            design(case.system, others)
        except CannotBe:
            continue
        told = f"{limit.name} cannot be kept together with the other limits; without it there is a design"
        found.append(Problem("optimize.constraints", told))
    told = "no design keeps to the constraints and maxima together, even without any single one"
    return found or [Problem("optimize.constraints", told)]


def _without(case: Case, name: str) -> list[Choice]:
    """Return the best design that does not build one of the things."""
    maximum = {**case.system.maximum, name: 0.0}
    try:
        found = design(replace(case.system, maximum=maximum), case.limits)
    except CannotBe:
        return []
    return [case.choice(f"no {name}", found)]


def _nothing(case: Case) -> Design:
    none = np.zeros(case.system.load.size)
    value = float(case.system.load @ case.system.grid)
    return Design(dict.fromkeys(BUILT, 0.0), case.system.load, none, none, none, value, none)


def _front(case: Case, best: Design, named: list[Choice]) -> tuple[Choice, ...]:
    """Return the exact front over carbon and cost, from the lowest carbon on."""
    if case.prices is None:
        return (named[0],)
    prices, system = case.prices, case.system
    cheapest = design(
        replace(system, embodied=prices, grid=np.full(system.load.size, prices["grid"])),
        case.limits,
    )
    bounds = np.linspace(case.cost(best), case.cost(cheapest) * (1 + _EDGE), _FRONT + 1)[1:]
    weights = {name: prices[name] for name in BUILT}
    points = [
        design(system, (*case.limits, Limit("cost", weights, prices["grid"], float(bound))))
        for bound in bounds
    ]
    between = [case.choice(f"cost at most {case.cost(p):,.0f}", p) for p in points]
    return undominated([*named, *between], ["gwp100", "cost"])


def _answer(scenario: Scenario, case: Case, found: Design, others: list[Choice]) -> Answer:
    nothing = _nothing(case)
    usual = case.choice("grid alone", nothing)
    best = case.choice("build", found)
    return Answer(
        "sizing",
        scenario.name,
        "gwp100",
        "kgCO2e",
        text.verdict(usual, best, found, case.series, case.system),
        usual,
        best,
        front=_front(case, found, [best, usual, *others]),
        alternatives=close_to(others, best, "gwp100"),
        binding=_bindings(found),
        saved=saved_tonne(usual, best, case.rate.currency),
        regret=regrets([best, usual, *others], "gwp100"),
        facts=text.facts(found, nothing, case.system, case.series),
        tables={"what is built": text.built_table(found, case.system)},
        remarks=tuple(text.remarks(case.series, case.kind, case.prices is not None)),
    )


def _bindings(found: Design) -> tuple[Binding, ...]:
    yearly = Binding(
        "one kW more of load in every hour", float(found.load_price.sum()), "kgCO2e/kW"
    )
    held = [Binding(name, price, "kgCO2e per unit") for name, price in found.prices.items()]
    return (*held, yearly)
