"""Old devices that flow from tier to tier, as a program; what they use and what they displace.

What they use is read off a ledger of work on devices whose making is sunk. What they displace is
read off a ledger of new devices, and stands apart: a credit is never inside a footprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.evaluation import evaluate
from lca.ledger import INDICATORS, Ledger
from lca.optimize.fleet_stock import free_name
from lca.optimize.programs import Columns, Program
from lca.scenario import Scenario
from lca.scenario.questions.second_life import SecondLife
from lca.terms import Draws
from lca.uncertain import Array
from lca.vocabulary import HOURS_PER_YEAR


@dataclass(frozen=True)
class Cascade:
    """A second life in numbers; arrays have the shape ``(tiers, years)``.

    Attributes
    ----------
    used, refurbished
        By indicator: what a device adds that serves for a year, and one that comes.
    avoided
        By indicator: what the new devices add in a year whose work one old device does, whole:
        the displacement rate is not applied.
    rate
        Displacement rate of each tier, at its central value.
    released, demand
        Devices released by year; most devices that have work.
    fixed
        By indicator: what the scenario as written adds up to.
    """

    scenario: Scenario
    asked: SecondLife
    used: Mapping[str, Array]
    refurbished: Mapping[str, Array]
    avoided: Mapping[str, Array]
    rate: Array
    released: Array
    demand: Array
    fixed: Mapping[str, float]
    embodied_model: str

    @property
    def tiers(self) -> tuple[str, ...]:
        """Names of the tiers, the most demanding first."""
        return tuple(self.asked.tiers)


@dataclass(frozen=True)
class Flows:
    """Columns of the program: in service, and coming from release or a tier above."""

    program: Program
    serving: Columns
    arriving: Columns


def build(scenario: Scenario, asked: SecondLife, objective: str) -> Cascade:
    """Read what a second life rests on, off ledgers at central values."""
    own = used_ledger(scenario, asked, _everywhere(scenario, asked), Draws(0, 0))
    new = displaced_ledger(scenario, asked, Draws(0, 0), own.embodied_model)
    base = evaluate(scenario, samples=0, embodied_model=own.embodied_model)
    names = [n for n in dict.fromkeys(("gwp100", *scenario.model.indicators)) if n in INDICATORS]
    if objective not in names:
        raise ScenarioError(Problem("optimize.objective", f"{objective} is not known here"))
    rate = [tier.displaces.rate.central for tier in asked.tiers.values()]
    years = scenario.years
    return Cascade(
        scenario,
        asked,
        {name: _table(own, scenario, asked, "serve", name) for name in names},
        {name: _table(own, scenario, asked, "refit", name) for name in names},
        {name: displaced(new, scenario, asked, name)[:, :, 0] for name in names},
        np.array(rate),
        _by_year(asked.released, years, held=False),
        np.array([_by_year(tier.demand, years, held=True) for tier in asked.tiers.values()]),
        {name: base.total(name).central for name in names},
        own.embodied_model,
    )


def _everywhere(scenario: Scenario, asked: SecondLife) -> tuple[Array, Array]:
    one = np.ones((len(asked.tiers), len(scenario.years)))
    return one, one


def _by_year(counts: Mapping[str, int], years: tuple[int, ...], *, held: bool) -> Array:
    given = {years[0] if year == "first" else int(year): n for year, n in counts.items()}
    if not held:
        return np.array([float(given.get(year, 0)) for year in years])
    last = [max((y for y in given if y <= year), default=None) for year in years]
    return np.array([0.0 if y is None else float(given[y]) for y in last])


def work_entries(
    scenario: Scenario, asked: SecondLife, serving: Array, arriving: Array
) -> dict[str, dict[str, Any]]:
    """Return what old devices do as work entries: use, and refitting, by tier and year."""
    old = scenario.data["fleet"][asked.fleet]
    entries: dict[str, dict[str, Any]] = {}
    for row, (name, tier) in enumerate(asked.tiers.items()):
        written = scenario.data["optimize"]["second_life"]["tiers"][name]
        place = {"site": tier.site, "phase": str(old.get("phase", "inference"))}
        shared = {key: old[key] for key in ("device", "host", "power", "mass") if key in old}
        own = {key: written[key] for key in ("utilization", "host_power") if key in written}
        for column, year in enumerate(scenario.years):
            when = {"year": year, **place}
            if serving[row, column]:
                hours = f"{float(serving[row, column]) * HOURS_PER_YEAR!r} h"
                machine = {"device_hours": hours, "ownership": "owned", "embodied": "sunk"}
                entries[_name(scenario, name, year, "serve")] = {**shared, **own, **when, **machine}
            if arriving[row, column] and tier.refurbish is not None:
                energy = tier.refurbish.central * float(arriving[row, column])
                entries[_name(scenario, name, year, "refit")] = {
                    **when,
                    "it_energy": f"{energy!r} kWh",
                }
    return entries


def _name(scenario: Scenario, tier: str, year: int, what: str) -> str:
    return free_name(f"second-life-{tier}-{year}-{what}", scenario.model.work)


def used_ledger(
    scenario: Scenario, asked: SecondLife, plan: tuple[Array, Array], draws: Draws
) -> Ledger:
    """Evaluate a scenario with what old devices do in it."""
    entries = work_entries(scenario, asked, *plan)
    changes = {f"work.{name}": entry for name, entry in entries.items()}
    return evaluate(scenario.patch(changes, "second life"), draws=draws)


def _table(
    ledger: Ledger, scenario: Scenario, asked: SecondLife, what: str, indicator: str
) -> Array:
    found = {r.labels[0]: r.estimate.central for r in ledger.by("asset", indicator=indicator)}
    return np.array(
        [
            [found.get(_name(scenario, tier, year, what), 0.0) for year in scenario.years]
            for tier in asked.tiers
        ]
    )


def displaced_ledger(
    scenario: Scenario, asked: SecondLife, draws: Draws, embodied_model: str
) -> Ledger:
    """Evaluate one new device of each tier: what would be bought if old devices did not serve."""
    fleet = {}
    for name, tier in asked.tiers.items():
        written = scenario.data["optimize"]["second_life"]["tiers"][name]
        own = {k: v for k, v in written["displaces"].items() if k not in {"devices", "rate"}}
        entry = {"utilization": written["utilization"], **own, "site": tier.site}
        fleet[free_name(name, {})] = {**entry, "count": 1, "replace": "yes"}
    emptied: dict[str, Any] = {name: {} for name in ("services", "work") if scenario.data.get(name)}
    changes = {"fleet": fleet, "optimize": None, **emptied}
    return evaluate(
        scenario.patch(changes, "displaced"), draws=draws, embodied_model=embodied_model
    )


def displaced(ledger: Ledger, scenario: Scenario, asked: SecondLife, indicator: str) -> Array:
    """Return what the new devices add whose work one old device does, by tier, year and sample."""
    years = list(scenario.years)
    samples = 1 + ledger.draws.samples
    found = np.zeros((len(asked.tiers), len(years), samples))
    rows = {free_name(name, {}): place for place, name in enumerate(asked.tiers)}
    each = [tier.displaces.devices.central for tier in asked.tiers.values()]
    for row in ledger.by("asset", "year", indicator=indicator, view="spread"):
        asset, year = row.labels
        place = rows[asset]
        found[place, years.index(int(year))] += each[place] * row.estimate.samples
    return found


def flows(case: Cascade) -> Flows:
    """Return the program: devices in service by tier and year, coming from release or from above."""
    found = Program()
    tiers, years = case.demand.shape
    serving = found.add(tiers * years, whole=True).reshape(tiers, years)
    arriving = found.add(tiers * years, whole=True).reshape(tiers, years)
    moving = found.add(tiers * years, whole=True).reshape(tiers, years)
    leaving = found.add(tiers * years, whole=True).reshape(tiers, years)
    for year in range(years):
        for tier in range(tiers):
            before = serving[tier, year - 1 : year] if year else serving[tier, :0]
            now = (serving, arriving, moving, leaving)
            columns = np.concatenate([[one[tier, year] for one in now], before])
            _tier_rows(case, found, columns, (tier, year))
        _arrival_rows(case, found, (arriving, moving), year)
        _life_rows(case, found, (serving, arriving, moving), year)
    return Flows(found, serving, arriving)


def _tier_rows(case: Cascade, found: Program, columns: Columns, place: tuple[int, int]) -> None:
    """Who serves came or served before, and has not moved or left; no more than there is work."""
    name, label = case.tiers[place[0]], case.scenario.years[place[1]]
    values = np.array([1.0, -1.0, 1.0, 1.0, -1.0])[: columns.size]
    found.bound(f"balance of {name} in {label}", columns, values, low=0.0, high=0.0)
    found.bound(
        f"work for old devices in {name} in {label}",
        columns[:1],
        1.0,
        high=float(case.demand[place]),
        group=f"work for old devices in {name}",
        path=f"optimize.second_life.tiers.{name}.demand",
        unit="device",
    )


def _arrival_rows(
    case: Cascade, found: Program, columns: tuple[Columns, Columns], year: int
) -> None:
    """Let no more come to a tier and those above than is released, or moves down from above."""
    arriving, moving = columns
    label = case.scenario.years[year]
    for tier in range(len(case.tiers)):
        # what has come to this tier and those above, less what moved down to them, was released now
        here = arriving[: tier + 1, year]
        above = moving[:tier, year]
        at = np.concatenate([here, above])
        values = np.concatenate([np.ones(here.size), -np.ones(above.size)])
        found.bound(
            f"released in {label} to {case.tiers[tier]} or above",
            at,
            values,
            high=float(case.released[year]),
            group="released devices",
            path="optimize.second_life.released",
            unit="device",
        )
    last = len(case.tiers) - 1
    found.bound(f"nothing below {case.tiers[last]} in {label}", [moving[last, year]], 1.0, high=0.0)


def _life_rows(
    case: Cascade, found: Program, columns: tuple[Columns, Columns, Columns], year: int
) -> None:
    """No more serve than came from release within a second life: the oldest leave first."""
    serving, arriving, moving = columns
    longest = round(case.asked.longest.central)
    window = slice(max(0, year - longest + 1), year + 1)
    came, moved = arriving[:, window].ravel(), moving[:, window].ravel()
    at = np.concatenate([serving[:, year], came, moved])
    values = np.concatenate([np.ones(len(case.tiers)), -np.ones(came.size), np.ones(moved.size)])
    found.bound(
        f"second life of {longest} years in {case.scenario.years[year]}",
        at,
        values,
        high=0.0,
        group=f"second life of {longest} years",
        path="optimize.second_life.longest",
        unit="device",
    )


def costs(case: Cascade, found: Flows, indicator: str, rate: Array | None = None) -> Array:
    """Return what each column adds: use and refitting, less what is displaced."""
    price = np.zeros(found.program.size)
    credit = (case.rate if rate is None else rate)[:, None] * case.avoided[indicator]
    price[found.serving] = case.used[indicator] - credit
    price[found.arriving] = case.refurbished[indicator]
    return price
