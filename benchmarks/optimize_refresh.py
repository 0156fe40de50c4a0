"""Time break-even and replacement paths, and say how far they are ahead of the plain way.

Run ``python benchmarks/optimize_refresh.py``. The plain way of break-even is Brent's method draw by
draw (``scipy.optimize.brentq``); that of paths is trying every chain of keeping and replacing.
Seconds are those of one machine; ratios carry over.
"""

from __future__ import annotations

import math

import numpy as np
from measuring import seconds
from scipy.optimize import brentq

from lca.formulas.break_even_time import break_even_periods
from lca.optimize import replacement
from lca.optimize.break_even import break_even_times
from lca.optimize.replacement import BEFORE, Span

DRAWS, YEARS, SCALAR_DRAWS = 1_000_000, 10, 2_000
BAR = 0.05


def break_even() -> None:
    """Time the break-even of a million draws, on any trajectory and on an exponential one."""
    random = np.random.default_rng(0)
    burden = random.lognormal(1.0, 0.4, DRAWS)
    decline = random.uniform(0.0, 0.1, DRAWS)
    saving = random.lognormal(0.0, 0.3, DRAWS)
    saved = saving * (1 - decline) ** np.arange(YEARS)[:, None]
    general = seconds(lambda: break_even_times(burden, saved), 7)
    closed = seconds(lambda: break_even_periods(burden, saving, decline), 7)

    def by_draw() -> None:
        for number in range(SCALAR_DRAWS):
            ends = np.concatenate([[0.0], np.cumsum(saved[:, number])])
            spent = burden[number]
            if ends[-1] >= spent:
                brentq(
                    lambda t, e=ends, s=spent: np.interp(t, np.arange(YEARS + 1), e) - s, 0, YEARS
                )

    plain = seconds(by_draw, 3) * DRAWS / SCALAR_DRAWS
    show(f"break-even, 10^6 draws, {YEARS} years of any trajectory", general, BAR, plain)
    show("break-even, 10^6 draws, exponential (closed form)", closed, BAR, plain)


def chains(spans: list[Span], position: int, years: int) -> list[tuple[int, ...]]:
    """List every chain of spans from a position to the end."""
    if position == years:
        return [()]
    return [
        (number, *rest)
        for number, span in enumerate(spans)
        if span.start == position
        for rest in chains(spans, span.end, years)
    ]


def paths() -> None:
    """Time replacement paths: a small problem against all chains, and a large one."""
    spans, costs = problem(8, 2)
    found = seconds(lambda: replacement.best_paths(spans, costs, 8, 24), 7)

    def every() -> float:
        return min(costs[list(chain), 0].sum() for chain in chains(spans, BEFORE, 8))

    plain = seconds(every, 3)
    best = replacement.best_paths(spans, costs, 8, 24)[0].costs[0]
    if not math.isclose(best, every()):
        msg = "the paths differ"
        raise ValueError(msg)
    show("paths, 8 years, 2 devices, the best 24", found, 0, plain)
    spans, costs = problem(20, 6)
    show(
        "paths, 20 years, 6 devices, the best 24",
        seconds(lambda: replacement.best_paths(spans, costs, 20, 24), 3),
    )
    draws = np.random.default_rng(1).uniform(1, 10, (len(spans), 4096))
    show(
        "best path of each of 4,096 draws, 20 years, 6 devices",
        seconds(lambda: replacement.lowest(spans, draws, 20), 3),
    )


def problem(years: int, devices: int) -> tuple[list[Span], np.ndarray]:
    """Return spans with random costs; devices live five years."""
    lives = {f"device {number}": (0, 5) for number in range(devices)}
    spans = replacement.all_spans(years, lives, years, lambda _: True)
    return spans, np.random.default_rng(years).uniform(1, 10, (len(spans), 1))


def show(what: str, took: float, bar: float = 0, plain: float = 0) -> None:
    """Print one row: milliseconds, the bar, and how many times as long the plain way takes."""
    row = f"{what:<58} {1e3 * took:>9.2f} ms"
    row += f"  bar {1e3 * bar:.0f} ms ({'kept' if took <= bar else 'MISSED'})" if bar else ""
    print(row + (f"  plain way x {plain / took:,.0f}" if plain else ""))


if __name__ == "__main__":
    break_even()
    paths()
