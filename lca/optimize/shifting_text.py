"""What an answer about shifted jobs says: choices, facts, tables, verdict, remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lca.estimates import round_figures, scale
from lca.hourly import Series
from lca.optimize import hourly_sites as sites
from lca.optimize.answer import Binding, Choice, Hours
from lca.optimize.shifting import Field, Plan, Task, fully_flexible, overloads, solve
from lca.optimize.shifting_capacity import NoRoom
from lca.terms import Draws

FORECAST_ERROR = 0.05
"""Assumed where the scenario gives none; Wiesner et al. (2021) simulate the same."""

_SEEDS, _SEEDS_LIMITED = 10, 3
_SHOWN = 12
_KILOGRAM = "kgCO2e"


@dataclass(frozen=True, eq=False)
class Case:
    """Jobs on hourly grids: the field, what it is made of, and the draws that choices share."""

    tasks: tuple[Task, ...]
    field: Field
    names: tuple[str, ...]
    rates: tuple[sites.Rate, ...]
    series: tuple[Series, ...]
    kind: str
    draws: Draws

    def choice(self, name: str, plan: Plan, details: Mapping[str, str] | None = None) -> Choice:
        """Return a plan as a choice, with its emissions on the draws."""
        carbon = plan.carbon(self.field, self.tasks)
        load = plan.load(self.field)
        parts = [
            (rate, series, load[number], series.intensity(self.kind))
            for number, (rate, series) in enumerate(zip(self.rates, self.series, strict=True))
        ]
        found = sites.estimate(parts, self.kind, self.draws, name)
        moved = carbon - found.central
        found = replace(found, samples=found.samples + moved)
        values = {"gwp100": carbon}
        prices = [rate.price for rate in self.rates]
        if all(price is not None for price in prices):
            values["cost"] = float(load.sum(axis=1) @ np.array(prices))
        return Choice(name, {}, values, details or {}, {"gwp100": found})

    @property
    def currency(self) -> str:
        """The currency of costs; nothing where no price is known."""
        return self.rates[0].currency

    @property
    def cost_remark(self) -> str:
        """Say what is known of costs."""
        if any(rate.price is None for rate in self.rates):
            return "cost is not known: the scenario gives no price of electricity for every site"
        return "cost is that of electricity at prices that are the same in every hour: cheap hours are not known"

    def market(self, plan: Plan) -> float:
        """Return what a plan emits on the market-based account, but for what hours do not change."""
        load = plan.load(self.field)
        return sum(
            float(rate.market[0] * (load[number] @ series.intensity(self.kind)))
            for number, (rate, series) in enumerate(zip(self.rates, self.series, strict=True))
        )

    def carbon_free(self, plan: Plan) -> float | None:
        """Return the carbon-free share of the electricity of a plan, or None if not known."""
        load, known = plan.load(self.field), [one.carbon_free_share() for one in self.series]
        weights = load * np.array([rate.facility[0] for rate in self.rates])[:, None]
        shares = [(w @ k) for w, k in zip(weights, known, strict=True) if k is not None]
        return float(sum(shares) / weights.sum()) if len(shares) == len(known) else None


def hours(case: Case, usual: Plan, best: Plan) -> tuple[Hours, ...]:
    """Return what each place draws by the hour in two plans."""
    before, after = usual.load(case.field), best.load(case.field)
    return tuple(
        Hours(
            name,
            series.times,
            series.intensity(case.kind),
            before[place],
            after[place],
            series.zone,
        )
        for place, (name, series) in enumerate(zip(case.names, case.series, strict=True))
    )


def amount(kilograms: float) -> str:
    """Write emissions with three figures: ``1.23 tCO2e``."""
    step, unit = scale(kilograms, _KILOGRAM)
    return f"{round_figures(kilograms / step, 3)} {unit}"


def percent(part: float, whole: float) -> str:
    """Write a part of a whole: ``12 %``."""
    return f"{round_figures(100 * part / whole, 2)} %" if whole else "0 %"


def through(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Return the same jobs, each run through on one machine."""
    return tuple(replace(one, kind="uninterruptible", gains=(1.0,)) for one in tasks)


def tighter(tasks: Sequence[Task], hours: int, by: float = 0.5, extra: int = 0) -> tuple[Task, ...]:
    """Return the same jobs with a share of their slack, and some hours more."""
    return tuple(
        replace(
            one,
            deadline=min(
                hours,
                one.release
                + one.hours
                + int((one.deadline - one.release - one.hours) * by)
                + extra,
            ),
        )
        for one in tasks
    )


def other_plans(case: Case) -> dict[str, Plan]:
    """Return plans to compare with: less freedom for the jobs; none where there is no room."""
    found = {}
    for name, tasks in (
        ("shifted, never interrupted", through(case.tasks)),
        ("shifted, with half the slack", tighter(case.tasks, case.field.hours)),
    ):
        if tasks == case.tasks:
            continue
        try:
            found[name] = solve(case.field, tasks, quick=True)
        except NoRoom:
            continue
    return found


def with_forecasts(case: Case, error: float) -> float:
    """Return the mean emissions of plans made on noisy forecasts and run on what came (kgCO2e).

    Independent Gaussian errors of each hour with a standard deviation of a share of the mean
    intensity, as Wiesner et al. (2021) simulate; real errors grow with the horizon.
    """
    means = case.field.cost.mean(axis=1, keepdims=True)
    random = np.random.default_rng(case.draws.seed)
    seeds = _SEEDS_LIMITED if case.field.limited else _SEEDS
    whole = 0.0
    for _ in range(seeds):
        noise = random.normal(0.0, error, case.field.cost.shape) * means
        guessed = replace(case.field, cost=case.field.cost + noise)
        whole += solve(guessed, case.tasks, quick=True).carbon(case.field, case.tasks)
    return whole / seeds


def bindings(case: Case, plan: Plan) -> tuple[Binding, ...]:
    """Return what holds the optimum back: capacity by its price, deadlines by an hour more."""
    found = []
    if plan.prices is not None:
        for name, price in zip(case.names, plan.prices.sum(axis=1), strict=True):
            if price > 0:
                found.append(Binding(f"capacity of {name}", -float(price), f"{_KILOGRAM}/kW"))
    elif case.field.limited and overloads(_roomy(case), case.field):
        found.append(Binding("capacity (whole jobs have no price)"))
    if not case.field.limited:
        later = solve(case.field, tighter(case.tasks, case.field.hours, 1.0, 1))
        change = later.carbon(case.field, case.tasks) - plan.carbon(case.field, case.tasks)
        if change < 0:
            found.append(
                Binding("deadlines (one hour more slack for every job)", change, f"{_KILOGRAM}/h")
            )
    return tuple(found)


def _roomy(case: Case) -> Plan:
    unlimited = np.full_like(case.field.capacity, np.inf)
    return solve(replace(case.field, capacity=unlimited), case.tasks)


def facts(case: Case, usual: Plan, best: Plan, error: float) -> dict[str, str]:
    """Return the figures of an answer: saving, bounds, peak, forecast, the other account."""
    before, after = usual.carbon(case.field, case.tasks), best.carbon(case.field, case.tasks)
    bound = fully_flexible(case.field, case.tasks)
    forecast = with_forecasts(case, error)
    peaks = [float(plan.load(case.field).sum(axis=0).max()) for plan in (usual, best)]
    late = usual.ends(len(case.tasks)) > np.array([one.deadline for one in case.tasks])
    found = {
        "saving": f"{amount(before - after)} ({percent(before - after, before)})",
        "bound: every job free to pause and run in any hour": f"{amount(before - bound)} ({percent(before - bound, before)})",
        f"saving with forecasts off by {100 * error:g} %": percent(before - forecast, before),
        "IT energy": f"{best.energy():,.0f} kWh",
        "peak IT power": f"{peaks[0]:,.0f} kW as usual, {peaks[1]:,.0f} kW shifted",
        "saving on the market-based account": _market(case, usual, best),
        "jobs": f"{len(case.tasks):,}",
    }
    shares = [case.carbon_free(plan) for plan in (usual, best)]
    if shares[0] is not None and shares[1] is not None:
        found["carbon-free share of the electricity"] = (
            f"{shares[0]:.1%} as usual, {shares[1]:.1%} shifted"
        )
    if late.any():
        found["late as usual"] = (
            f"{int(late.sum()):,} jobs miss their deadline when they run first come"
        )
    if best.gap > 0:
        found["proven within"] = f"{best.gap:.2%} of the optimum"
    return found


def _market(case: Case, usual: Plan, best: Plan) -> str:
    saved = case.market(usual) - case.market(best)
    if not any(rate.market[0] for rate in case.rates):
        return "none: the contracted or residual intensity has no hours"
    return f"{amount(saved)}"


def job_table(case: Case, usual: Plan, best: Plan) -> list[list[str]]:
    """Return the jobs that save most: when they run, and what they save."""
    count = len(case.tasks)
    saved = usual.by_job(case.field, case.tasks) - best.by_job(case.field, case.tasks)
    order = np.argsort(-saved, kind="stable")[:_SHOWN]
    times = case.series[0].times
    rows = [["job", "as usual from", "shifted from", "done by", "saves"]]
    before, after, ends = usual.starts(count), best.starts(count), best.ends(count)
    for number in order.tolist():
        done = times[ends[number] - 1] + np.timedelta64(1, "h")
        when = [str(times[before[number]]), str(times[after[number]]), str(done)]
        stamps = [one[:16].replace("T", " ") for one in when]
        rows.append([case.tasks[number].name, *stamps, amount(float(saved[number]))])
    return rows


def chance(usual: Choice, best: Choice) -> float:
    """Return how often the choice emits less than business as usual over the draws."""
    return float((best.estimates["gwp100"].draws < usual.estimates["gwp100"].draws).mean())


def remarks(case: Case, usual: Plan, best: Plan, rounded: bool) -> list[str]:
    """Return what a reader must know of hourly answers."""
    labels = ", ".join(
        f"{s.label or s.name} ({s.accounting or 'accounting as in the file'})" for s in case.series
    )
    found = [
        f"hours of {labels}: one past year stands for those to come, and the annual factor of the scenario is not used",
        f"{case.kind} intensity: {_method(case.kind)}",
        "location-based account; certificates and contracts do not move with the hour (see the market-based saving)",
    ]
    peaks = [plan.load(case.field).sum(axis=0).max() for plan in (usual, best)]
    if peaks[1] > peaks[0] * 1.001:
        found.append(
            f"shifted jobs draw up to {peaks[1]:,.0f} kW at once instead of {peaks[0]:,.0f} kW: if that takes more machines, making them is not counted here"
        )
    else:
        found.append("the machines are the same in all choices, so making them does not decide")
    if rounded:
        found.append("durations are rounded up to whole hours at unchanged energy")
    for series in dict.fromkeys(case.series):
        found += [line for line in series.report.lines() if series.report.repairs][:_SHOWN]
    return found


def _method(kind: str) -> str:
    if kind == "marginal":
        return "what one kWh more causes, which judges a change"
    return "averages share out what is emitted; what a moved kWh changes is marginal and can differ in sign"
