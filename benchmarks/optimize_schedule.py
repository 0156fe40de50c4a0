"""Time schedules of 1,000 jobs on 8,760 hours, and say how far they are ahead of plain loops.

Run ``python benchmarks/optimize_schedule.py``. The plain way tries every start of every job in
Python; with capacity there is no plain way, and the time stands alone. The bar of 0.5 s is for one
schedule. Seconds are those of one machine; ratios carry over.
"""

from __future__ import annotations

import numpy as np
from measuring import seconds

from lca import hourly
from lca.optimize.shifting import Field, Task, solve

JOBS, SLACK, BAR = 1000, 48, 0.5
CAPACITY = 300.0


def queue(kind: str, hours: int) -> list[Task]:
    """Return jobs of 1 to 23 h with up to two days of slack."""
    random, found = np.random.default_rng(0), []
    gains = (1.0, 0.9, 0.7, 0.4) if kind == "elastic" else (1.0,)
    for number in range(JOBS):
        length = int(random.integers(1, 24))
        start = int(random.integers(0, hours - length - SLACK))
        end = start + length + int(random.integers(0, SLACK))
        power = float(random.integers(10, 100))
        found.append(Task(f"job {number}", power, length, start, end, kind, gains))
    return found


def plain(cost: list[float], tasks: list[Task]) -> float:
    """Return the least emissions of jobs that run through, start by start."""
    whole = 0.0
    for task in tasks:
        starts = range(task.release, task.deadline - task.hours + 1)
        whole += task.power * min(sum(cost[s : s + task.hours]) for s in starts)
    return whole


def main() -> None:
    """Print seconds and ratios."""
    cost = hourly.packaged("us_caiso_2022").intensity("lifecycle")[None]
    for kind in ("uninterruptible", "interruptible", "elastic"):
        tasks = queue(kind, cost.shape[1])
        for capacity in (np.inf, CAPACITY):
            field = Field(cost, np.full_like(cost, capacity), np.zeros(1))
            taken = seconds(lambda field=field, tasks=tasks: solve(field, tasks), 3)
            plan = solve(field, tasks)
            limit = "no capacity" if capacity == np.inf else f"{capacity:.0f} kW"
            told = "met" if taken < BAR else "missed"
            print(
                f"{kind}, {limit}: {taken:.3f} s, bar {BAR} s {told}, proven within {plan.gap:.2%}"
            )
        if kind == "uninterruptible":
            field = Field(cost, np.full_like(cost, np.inf), np.zeros(1))
            loops = seconds(lambda tasks=tasks: plain(cost[0].tolist(), tasks), 1)
            quick = seconds(lambda field=field, tasks=tasks: solve(field, tasks), 3)
            same = plain(cost[0].tolist(), tasks) / solve(field, tasks).carbon(field, tasks)
            print(
                f"plain loops: {loops:.3f} s, {loops / quick:.0f} times as long, result ratio {same:.9f}"
            )


if __name__ == "__main__":
    main()
