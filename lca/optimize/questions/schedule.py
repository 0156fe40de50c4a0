"""When to run jobs: the cleanest hours within their windows, beside running them as they come.

A schedule has no field in a scenario, so the answer carries the hours, not a changed file; its
energy and its emissions at a flat grid are those of the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.hourly import Series
from lca.optimize import hourly_sites as sites
from lca.optimize import shifting_text as text
from lca.optimize.answer import Answer, Choice
from lca.optimize.asking import Progress, Steps, asked_part
from lca.optimize.frontier import close_to, regrets, saved_tonne
from lca.optimize.job_queue import Queue, queue
from lca.optimize.known_objectives import emissions_only
from lca.optimize.shifting import Field, Plan, first_come, fully_flexible
from lca.optimize.shifting import solve as shift
from lca.optimize.shifting_capacity import NoRoom
from lca.scenario import Scenario
from lca.scenario.questions.schedule import Powers, Schedule
from lca.terms import Draws
from lca.uncertain import Array

_PATH = "optimize.schedule"
_HOURS_OF_DAY = 24
_MISSING = "the scenario does not ask when to run jobs: add optimize: {schedule: ...}"


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Answer when to run the jobs of ``optimize.schedule``.

    Parameters
    ----------
    scenario
        With ``optimize.schedule``.
    samples, seed
        Draws of the regret: overhead, and the range of each generation source.
    progress
        Called after each series with how many are done, and how many there are.

    Raises
    ------
    ScenarioError
        The question is not asked, a series cannot be used, or the jobs do not fit.
    """
    asked = asked_part(scenario, "schedule", Schedule, _MISSING)
    emissions_only(scenario, "schedule")
    draws = sites.hourly_draws(scenario, samples, seed)
    kind = sites.kind_of(scenario, asked.intensity)
    rate = sites.rates(scenario, [asked.site], draws)[asked.site]
    jobs: Queue | None = None
    solved, step = [], Steps(progress, len(asked.series))
    for number, name in enumerate(asked.series):
        series = sites.series_of(scenario, name, f"{_PATH}.series")
        jobs = jobs or queue(scenario, "schedule", asked.jobs, asked.jobs_file, series.hours)
        case = _case(asked, jobs, series, rate, kind, draws)
        usual = usual_of(case, f"{_PATH}.capacity")
        solved.append((case, usual, best_of(case, f"{_PATH}.capacity", quick=number > 0)))
        step()
    return _answer(scenario, asked, solved, bool(jobs and jobs.rounded))


def _case(
    asked: Schedule, jobs: Queue, series: Series, rate: sites.Rate, kind: str, draws: Draws
) -> text.Case:
    cost = rate.location[0] * series.intensity(kind)[None]
    field = Field(cost, capacity_of(asked.capacity, series)[None], np.zeros(1))
    late = [task.name for task in jobs.tasks if task.deadline > series.hours]
    if late:
        msg = f"job {late[0]} ends after the {series.hours:,} hours of series {series.name}"
        raise ScenarioError(Problem(f"{_PATH}.jobs", msg))
    return text.Case(jobs.tasks, field, (asked.site,), (rate,), (series,), kind, draws)


def capacity_of(powers: Powers | None, series: Series) -> Array:
    """Return the capacity of each hour of a series (kW), infinite where none is given."""
    if powers is None:
        return np.full(series.hours, np.inf)
    values = np.array([one.central for one in powers])
    hours = series.times.astype("datetime64[h]").astype(int) % _HOURS_OF_DAY
    return values[hours] if values.size > 1 else np.full(series.hours, values[0])


def usual_of(case: text.Case, path: str) -> Plan:
    """Return business as usual: on release, first come.

    Raises
    ------
    ScenarioError
        A job never finds room.
    """
    try:
        return first_come(case.field, case.tasks)
    except LookupError as error:
        msg = f"job {error} finds no room in any hour after its release; more capacity is needed"
        raise ScenarioError(Problem(path, msg)) from None


def best_of(case: text.Case, path: str, quick: bool = False) -> Plan:
    """Return the plan of least emissions; ``quick`` as of `lca.optimize.shifting.solve`.

    Raises
    ------
    ScenarioError
        Capacity and deadlines conflict; how much capacity is needed is told.
    """
    try:
        return shift(case.field, case.tasks, quick)
    except NoRoom as error:
        raise ScenarioError(Problem(path, _conflict(case, error.factor))) from None


def _conflict(case: text.Case, factor: float) -> str:
    energy = sum(task.power * task.hours for task in case.tasks)
    room = float(case.field.capacity.sum())
    if energy > room:
        return (
            f"the jobs need {energy:,.0f} kWh and the capacity holds {room:,.0f} kWh over all hours"
        )
    if factor <= 1:
        return "capacity and deadlines conflict: whole jobs do not fit side by side; allow slack, pauses, or more capacity"
    return (
        f"capacity and deadlines conflict: {factor:.3f} times the capacity is needed to keep all "
        "deadlines, or later deadlines; without deadlines the energy would fit"
    )


Solved = tuple[text.Case, Plan, Plan]


def _answer(scenario: Scenario, asked: Schedule, solved: Sequence[Solved], rounded: bool) -> Answer:
    case, usual_plan, best_plan = solved[0]
    error = asked.forecast_error.central if asked.forecast_error else text.FORECAST_ERROR
    usual = case.choice("run on release", usual_plan)
    best = case.choice("shifted", best_plan)
    others = [case.choice(name, plan) for name, plan in text.other_plans(case).items()]
    tables = {"jobs that save most": text.job_table(case, usual_plan, best_plan)}
    if len(solved) > 1:
        tables = {"each grid on its own": _grids(solved), **tables}
    return Answer(
        "schedule",
        scenario.name,
        "gwp100",
        "kgCO2e",
        _verdict(solved, usual, best),
        usual,
        best,
        front=(best,),
        alternatives=close_to(others, best, "gwp100"),
        binding=text.bindings(case, best_plan),
        saved=saved_tonne(usual, best, case.currency),
        regret=regrets([best, usual, *others], "gwp100"),
        facts=text.facts(case, usual_plan, best_plan, error),
        tables=tables,
        remarks=tuple(_remarks(solved, rounded)),
        hours=text.hours(case, usual_plan, best_plan),
    )


def _remarks(solved: Sequence[Solved], rounded: bool) -> list[str]:
    case, usual, best = solved[0]
    found = text.remarks(case, usual, best, rounded)
    if len(solved) > 1:
        found.append(
            f"figures are of {_label(case)}, the first series; the same jobs and overhead are put on each of the others"
        )
    return [*found, case.cost_remark]


def _label(case: text.Case) -> str:
    return case.series[0].label or case.series[0].name


def _grids(solved: Sequence[Solved]) -> list[list[str]]:
    rows = [["series", "on release", "shifted", "saves", "bound"]]
    for case, usual, best in solved:
        before, after = (plan.carbon(case.field, case.tasks) for plan in (usual, best))
        bound = fully_flexible(case.field, case.tasks)
        rows.append(
            [
                _label(case),
                text.amount(before),
                text.amount(after),
                text.percent(before - after, before),
                text.percent(before - bound, before),
            ]
        )
    return rows


def _verdict(solved: Sequence[Solved], usual: Choice, best: Choice) -> tuple[str, ...]:
    case = solved[0][0]
    before, after = usual.values["gwp100"], best.values["gwp100"]
    bound = fully_flexible(case.field, case.tasks)
    if before - after <= 1e-9 * abs(before):
        said = f"Shifting saves nothing on {_label(case)}: the jobs have no slack that leads to cleaner hours."
        return (
            said,
            f"Free to pause and run in any hour, they could save {text.percent(before - bound, before)}.",
        )
    found = [
        f"Shifting {len(case.tasks):,} jobs within their deadlines on {_label(case)} saves {text.amount(before - after)} "
        f"of {text.amount(before)} ({text.percent(before - after, before)}) at central values, and is better in {text.chance(usual, best):.0%} of the draws.",
        f"Free to pause and run in any hour of the year they could save {text.percent(before - bound, before)} at most: that is the bound.",
    ]
    if len(solved) > 1:
        found.append(f"On the other grids: {_elsewhere(solved[1:])}.")
    return tuple(found)


def _elsewhere(solved: Sequence[Solved]) -> str:
    parts = []
    for case, usual, best in solved:
        before, after = (plan.carbon(case.field, case.tasks) for plan in (usual, best))
        parts.append(f"{_label(case)} {text.percent(before - after, before)}")
    return ", ".join(parts)
