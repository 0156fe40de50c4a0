"""What the answer about a power limit says: names, verdict, facts, remarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lca.comparison import percent
from lca.estimates import round_figures
from lca.optimize.answer import Binding, Choice
from lca.optimize.power_curve import PowerCurves
from lca.scenario import Scenario
from lca.uncertain import Array
from lca.workloads.levers_power_cap import BOARDS


def limit_name(limit: float) -> str:
    """Name a limit: ``no cap``, or ``cap 70%``."""
    if limit == 1.0:
        return "no cap"
    return f"cap {100 * limit:.3g}%"


def details(
    scenario: Scenario, fleet: str, limit: float, time: float, energy: float
) -> dict[str, str]:
    """Say the limit in watts, and what it does to the same work."""
    device = scenario.library.device(scenario.model.fleet[fleet].device)
    rated = device.power.tdp
    found = {"power limit": f"{limit:.1%} of the highest"}
    if rated is not None:
        found["in watts, if the highest is the rating"] = f"{1e3 * rated.central * limit:.0f} W"
    return found | {
        "time of the same work": f"{time - 1:+.1%}",
        "energy of accelerators": f"{energy - 1:+.1%}",
    }


def conflict(needed: Sequence[tuple[str, float]]) -> str:
    """Say which bounds no limit keeps."""
    told = " and ".join(f"{bound} (the least is {round_figures(low, 4)})" for bound, low in needed)
    together = "" if len(needed) == 1 else " together"
    return f"no power limit keeps {told}{together}"


def verdict(
    usual: Choice,
    best: Choice,
    limit: float,
    curves: PowerCurves,
    held: Sequence[Binding],
    objective: str,
) -> tuple[str, ...]:
    """Say the limit, what it saves for which slowdown, and how surely it is better than none."""
    if limit == 1.0 and held:
        bounds = " and ".join(one.name for one in held)
        return (f"Do not cap the power: {bounds} leaves no room for a cap.",)
    if limit == 1.0:
        return (
            "Do not cap the power: what the same work takes longer outweighs the electricity saved.",
        )
    saved = 1 - best.values[objective] / usual.values[objective]
    time = float(curves.mean(limit)[0]) - 1
    what = {"gwp100": "emissions", "water": "water use"}.get(objective, objective)
    lower = best.estimates[objective].draws < usual.estimates[objective].draws
    first = (
        f"Cap the power at {limit:.0%} of the highest limit: {what} of the same work fall by "
        f"{saved:.1%}, and it takes {time:.1%} longer."
    )
    second = f"That is lower than no cap in {percent(float(lower.mean()))} of draws, each of one traced job."
    if held:
        second += f" Held back by: {', '.join(one.name for one in held)}."
    return (first, second)


def facts(curves: PowerCurves, limit: float, jobs: Array, usual: float) -> dict[str, str]:
    """Say how jobs differ, and what a limit for each job would save more.

    Parameters
    ----------
    jobs
        The objective of every job at every limit, shape ``(jobs, limits)``.
    usual
        The objective without a cap.
    """
    time, _ = curves.at(limit)
    own = float(jobs.min(axis=1).mean())
    return {
        "traced jobs": str(time.size),
        "jobs that slow down by more than 5%": f"{float((time > 1.05).mean()):.0%}",
        "slowest job": f"{float(time.max()) - 1:+.0%}",
        "saving with a limit of its own for every job": f"{1 - own / usual:.1%}",
        "limits of their own, 5th to 95th percentile": _spread(curves, jobs),
    }


def _spread(curves: PowerCurves, jobs: Array) -> str:
    best = curves.limits[np.argmin(jobs, axis=1)]
    low, high = (float(x) for x in np.percentile(best, (5, 95)))
    return f"{low:.0%} to {high:.0%}"


def remarks(scenario: Scenario, fleet: str, curves: PowerCurves) -> tuple[str, ...]:
    """Say what the answer rests on and leaves out."""
    device = scenario.library.device(scenario.model.fleet[fleet].device)
    told = [
        f"{curves.time.shape[0]} small training jobs of 2022 and before, each measured once; "
        "board power only; try the limit on your own work before you set it",
        "the same work: capped devices run longer, or there are more of them",
        "no change of a device's life by running cooler is counted: not measured",
        "hosts and idle devices draw as much as without a cap",
    ]
    if curves.is_pooled:
        boards = ", ".join(BOARDS.values())
        told.insert(
            0, f"no traces of {device.id}: those of {boards} stand in, by share of the limit"
        )
    return tuple(told)
