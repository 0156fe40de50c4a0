"""Choices against each other: what none dominates, near-optimal ones, regret, a saved tonne."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from lca.optimize.answer import Choice, Regret, SavedTonne
from lca.uncertain import Array

NEAR = 0.02
"""Choices within this share of the optimum are told as alternatives."""

_KILOGRAMS = 1000.0
_SAME = 1e-9
Solved = TypeVar("Solved")


def undominated(choices: Sequence[Choice], objectives: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices that no other is at least as low as in all objectives and lower in one.

    Choices that lack an objective are left out; of equal ones the first is kept.
    """
    known = [c for c in choices if all(name in c.values for name in objectives)]
    points = np.array([[c.values[name] for name in objectives] for c in known])
    kept = []
    for number, point in enumerate(points):
        lower = (points <= point * (1 + _SAME * np.sign(point))).all(axis=1)
        better = lower & (points < point * (1 - _SAME * np.sign(point))).any(axis=1)
        equal_before = (np.abs(points[:number] - point) <= _SAME * np.abs(point)).all(axis=1)
        if not better.any() and not equal_before.any():
            kept.append(known[number])
    return tuple(sorted(kept, key=lambda choice: choice.values[objectives[0]]))


def epsilon_front(
    solve: Callable[[float], tuple[float, float, Solved] | None], steps: int, tightest: float = 0.0
) -> list[Solved]:
    """Trace the exact front of two objectives by tightening a bound on the second.

    Parameters
    ----------
    solve
        Minimizes the first objective with the second at most a bound, and among those the second;
        returns both and the solution, or None where the bound cannot be kept.
    steps
        Most points to return; the bound falls below each point's second objective in turn, or by
        equal steps where there would be more points.
    tightest
        Share of the range of the second objective that is skipped between points at least.
    """
    found: list[tuple[float, float, Solved]] = []
    bound = float("inf")
    while len(found) < steps:
        point = solve(bound)
        if point is None:
            break
        found.append(point)
        step = max(abs(point[1]) * 1e-7, tightest)
        bound = point[1] - step
    return [solution for _, _, solution in found]


def traced_front(
    point: Callable[[float], tuple[float, float, Array] | None],
    second: Array,
    ends: Sequence[Array | None],
    steps: int,
) -> list[Array]:
    """Trace the front of two objectives in even steps between its ends.

    Parameters
    ----------
    point
        As ``solve`` of `epsilon_front`.
    second
        Costs of the second objective, one for each column of a plan.
    ends
        The plans that are lowest in the first and in the second objective, where there are any.
    steps
        Most plans to return.
    """
    high, low = (0.0 if end is None else float(second @ end) for end in ends)
    return epsilon_front(point, steps, max(0.0, (high - low) / steps))


def close_to(choices: Sequence[Choice], best: Choice, objective: str) -> tuple[Choice, ...]:
    """Return choices within 2 % of the best, in the order given; patches do not tell them apart."""
    limit = best.values[objective] * (1 + NEAR)
    return tuple(one for one in choices if one.values[objective] <= limit)


def near_optimal(choices: Sequence[Choice], best: Choice, objective: str) -> tuple[Choice, ...]:
    """Return the other choices within 2 % of the optimum, lowest first."""
    limit = best.values[objective] + NEAR * abs(best.values[objective])
    near = [
        c
        for c in choices
        if c is not best and c.values.get(objective, np.inf) <= limit and c.patches != best.patches
    ]
    return tuple(sorted(near, key=lambda choice: choice.values[objective]))


def regrets(choices: Sequence[Choice], objective: str) -> tuple[Regret, ...]:
    """Return how choices with shared draws fare: how often each is best, and what it costs if not."""
    sampled = [c for c in choices if objective in c.estimates]
    if len(sampled) < 2:
        return ()
    table = np.stack([c.estimates[objective].draws for c in sampled])
    lowest = table.min(axis=0)
    over = table - lowest
    ties = (over <= 0).sum(axis=0)
    found = [
        Regret(
            choice.name,
            float(((row <= 0) / ties).mean()),
            float(row.mean()),
            float(np.percentile(row, 95)),
        )
        for choice, row in zip(sampled, over, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.mean, -one.best)))


def saved_tonne(usual: Choice, best: Choice, currency: str) -> SavedTonne:
    """Return what a saved tonne costs, and in which quadrant the choice lies."""
    unit = f"{currency}/tCO2e"
    if "cost" not in usual.values or "cost" not in best.values:
        return SavedTonne(None, unit, "cost not known")
    saved = (usual.values["gwp100"] - best.values["gwp100"]) / _KILOGRAMS
    extra = best.values["cost"] - usual.values["cost"]
    if saved > 0:
        return SavedTonne(extra / saved, unit, "costs to save" if extra > 0 else "saves both")
    quadrant = "worse in both" if extra > 0 else "saves money, emits more"
    return SavedTonne(None, unit, quadrant)
