"""Where and when to run jobs: sites with their own hours, overhead and room, and a price of moving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.hourly import Series
from lca.optimize import hourly_sites as sites
from lca.optimize import shifting_text as text
from lca.optimize.answer import Answer, Choice
from lca.optimize.asking import Progress, Steps, asked_part
from lca.optimize.frontier import close_to, regrets, saved_tonne, undominated
from lca.optimize.job_queue import queue
from lca.optimize.known_objectives import emissions_only
from lca.optimize.questions.schedule import best_of, capacity_of, usual_of
from lca.optimize.shifting import Field, Plan, fully_flexible
from lca.optimize.shifting import solve as shift
from lca.optimize.shifting_capacity import NoRoom
from lca.scenario import Scenario
from lca.scenario.questions.siting import Migration, Siting
from lca.terms import Draws
from lca.uncertain import Array

_PATH = "optimize.siting"
_MISSING = "the scenario does not ask where to run jobs: add optimize: {siting: ...}"


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Answer where and when to run the jobs of ``optimize.siting``.

    Hours of different places are laid side by side by the calendar (UTC), even where their series
    are of different years. A job stays in one place; where a place is full, jobs of equal window
    and duration are shared out among places.

    Parameters
    ----------
    scenario
        With ``optimize.siting``.
    samples, seed
        Draws of the regret: overhead of each site, and the range of each generation source.

    Raises
    ------
    ScenarioError
        The question is not asked, a series cannot be used, or the jobs do not fit.
    """
    asked = asked_part(scenario, "siting", Siting, _MISSING)
    emissions_only(scenario, "siting")
    draws = sites.hourly_draws(scenario, samples, seed)
    case, rounded = _case(scenario, asked, draws)
    usual = usual_of(case, f"{_PATH}.places")
    best = best_of(case, f"{_PATH}.places")
    Steps(progress, 1)()
    return _answer(scenario, asked, case, usual, best, rounded)


def _case(scenario: Scenario, asked: Siting, draws: Draws) -> tuple[text.Case, bool]:
    kind = sites.kind_of(scenario, asked.intensity)
    series = _series(scenario, asked)
    hours = min(one.hours for one in series)
    series = [_cut(one, hours) for one in series]
    found = sites.rates(scenario, list({p.site: None for p in asked.places.values()}), draws)
    rates = tuple(found[place.site] for place in asked.places.values())
    cost = np.stack(
        [rate.location[0] * one.intensity(kind) for rate, one in zip(rates, series, strict=True)]
    )
    capacity = np.stack(
        [capacity_of(p.capacity, s) for p, s in zip(asked.places.values(), series, strict=True)]
    )
    names = tuple(asked.places)
    jobs = queue(scenario, "siting", asked.jobs, asked.jobs_file, hours, names)
    field = Field(cost, capacity, _moves(asked.migration, cost))
    return text.Case(jobs.tasks, field, names, rates, tuple(series), kind, draws), jobs.rounded


def _series(scenario: Scenario, asked: Siting) -> list[Series]:
    found = []
    for name, place in asked.places.items():
        path = f"{_PATH}.places.{name}.series"
        series = sites.series_of(scenario, place.series, path)
        if series.zone != "UTC":
            msg = f"the hours of {series.name} are local standard time of an unknown offset: they cannot be laid beside other places; write UTC"
            raise ScenarioError(Problem(path, msg))
        found.append(series.from_new_year())
    return found


def _cut(series: Series, hours: int) -> Series:
    """Return the first hours of a series: a leap year beside a common one loses its last day."""
    if series.hours == hours:
        return series
    return replace(
        series,
        times=series.times[:hours],
        intensities={k: v[:hours] for k, v in series.intensities.items()},
        generation={k: v[:hours] for k, v in series.generation.items()},
        filled=series.filled[:hours],
        given_share=None if series.given_share is None else series.given_share[:hours],
    )


def _moves(migration: Migration | None, cost: Array) -> Array:
    """Return what moving one job from each home emits (kgCO2e)."""
    if migration is None:
        return np.zeros(len(cost))
    if migration.carbon is not None:
        return np.full(len(cost), migration.carbon.central)
    energy = 0.0 if migration.it_energy is None else migration.it_energy.central
    return np.asarray(energy * cost.mean(axis=1))


def _answer(
    scenario: Scenario, asked: Siting, case: text.Case, usual_plan: Plan, plan: Plan, rounded: bool
) -> Answer:
    error = asked.forecast_error.central if asked.forecast_error else text.FORECAST_ERROR
    usual = case.choice("at home, on release", usual_plan)
    best = case.choice("sited and shifted", plan, _shares(case, plan))
    others = _others(case)
    facts = text.facts(case, usual_plan, plan, error)
    facts["jobs that move"] = f"{plan.moved.sum():,.0f} of {len(case.tasks):,}"
    return Answer(
        "siting",
        scenario.name,
        "gwp100",
        "kgCO2e",
        _verdict(case, usual, best, others, plan),
        usual,
        best,
        front=_front([best, usual, *others]),
        alternatives=close_to(others, best, "gwp100"),
        binding=text.bindings(case, plan),
        saved=saved_tonne(usual, best, case.currency),
        regret=regrets([best, usual, *others], "gwp100"),
        facts=facts,
        tables={
            "where the jobs run": _table(case, usual_plan, plan),
            "jobs that save most": text.job_table(case, usual_plan, plan),
        },
        remarks=tuple(_remarks(asked, case, usual_plan, plan, rounded)),
        hours=text.hours(case, usual_plan, plan),
    )


def _front(choices: list[Choice]) -> tuple[Choice, ...]:
    """Return what no other choice dominates over carbon and cost, among those that were made."""
    costs = all("cost" in one.values for one in choices)
    return undominated(choices, ["gwp100", "cost"]) if costs else (choices[0],)


def _others(case: text.Case) -> list[Choice]:
    """Return the choices between: shifted at home only, and all jobs in one place."""
    found = []
    for name, field in _restricted(case).items():
        try:
            found.append(case.choice(name, shift(field, case.tasks, quick=True)))
        except NoRoom:
            continue
    return found


def _restricted(case: text.Case) -> dict[str, Field]:
    """Return fields of less freedom: a place that is out of reach costs more than all others."""
    never = float(case.field.cost.max()) * 1e3
    fields = {}
    homes = {task.home for task in case.tasks}
    for number, name in enumerate(case.names):
        others = [n for n in range(len(case.names)) if n != number]
        cost = case.field.cost.copy()
        cost[others] += never
        title = "shifted at home only" if homes == {number} else f"all in {name}, shifted"
        fields[title] = replace(case.field, cost=cost)
    return fields


def _shares(case: text.Case, plan: Plan) -> dict[str, str]:
    energy = plan.load(case.field).sum(axis=1)
    shares = energy / energy.sum()
    return {
        name: f"{share:.0%} of the energy" for name, share in zip(case.names, shares, strict=True)
    }


def _table(case: text.Case, usual: Plan, best: Plan) -> list[list[str]]:
    rows = [["place", "mean kgCO2e per kWh of IT", "as usual kWh", "sited kWh", "peak kW"]]
    before, after = usual.load(case.field), best.load(case.field)
    for number, name in enumerate(case.names):
        rows.append(
            [
                name,
                f"{case.field.cost[number].mean():.3f}",
                f"{before[number].sum():,.0f}",
                f"{after[number].sum():,.0f}",
                f"{after[number].max():,.0f}",
            ]
        )
    return rows


def _remarks(asked: Siting, case: text.Case, usual: Plan, best: Plan, rounded: bool) -> list[str]:
    found = text.remarks(case, usual, best, rounded)
    years = {str(series.times[24])[:4] for series in case.series}
    if len(years) > 1:
        found.append(
            f"the series are of different years ({', '.join(sorted(years))}): hours of one calendar stand beside each other, weather that they share is lost"
        )
    if asked.migration is None:
        found.append(
            "moving a job takes nothing here: give migration for its electricity or emissions"
        )
    return [*found, case.cost_remark]


def _verdict(
    case: text.Case, usual: Choice, best: Choice, others: list[Choice], plan: Plan
) -> tuple[str, ...]:
    before, after = usual.values["gwp100"], best.values["gwp100"]
    bound = fully_flexible(case.field, case.tasks)
    energy = plan.load(case.field).sum(axis=1)
    most = int(np.argmax(energy))
    found = [
        f"Moving {plan.moved.sum():,.0f} of {len(case.tasks):,} jobs and shifting them within their deadlines saves {text.amount(before - after)} "
        f"of {text.amount(before)} ({text.percent(before - after, before)}) at central values, better in {text.chance(usual, best):.0%} of the draws; "
        f"{case.names[most]} takes {energy[most] / energy.sum():.0%} of the energy."
    ]
    home = next((one for one in others if one.name == "shifted at home only"), None)
    if home is not None:
        found.append(
            f"Shifting at home alone saves {text.percent(before - home.values['gwp100'], before)}."
        )
    found.append(
        f"Jobs free to run anywhere at any hour of the year could save {text.percent(before - bound, before)} at most."
    )
    return tuple(found)
