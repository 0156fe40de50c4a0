"""Time Sobol's effects beside SALib, and the questions of ``lca sensitivity`` on a scenario.

Thirty unknowns and 8,192 draws of each stream: 262,144 evaluations. Both sides draw, evaluate and
estimate first-order and total effects with 100 bootstrap resamples; SALib evaluates the same model
in bare numpy. What both need is imported before the clock starts. Run
``python benchmarks/sensitivity.py``; SALib's rows need the ``dev`` extra.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import lca
from lca.lines import Line
from lca.sensitivity.question import sensitivity
from lca.sensitivity.response import Response, respond
from lca.sensitivity.sobol import sobol
from lca.sensitivity.tornado import tornado
from lca.sensitivity.unknowns import grouped
from lca.sweeps.sweeping import sweep
from lca.terms import Draws, Factor, product, total
from lca.uncertain import Array, uniform

SAMPLES, PRODUCTS, BAR = 8192, 10, 0.2
SCENARIO = "scenarios/inference_fleet_eu.yaml"


def model() -> Response:
    """Return a sum of ten products of three uniform factors."""
    parts = {
        f"part{i}": product(f"part{i}", "kgCO2e", **{
            f"x{k}": Factor(f"x{3 * i + k:02d}", uniform(0.5, 1.5 + i / 10), "") for k in range(3)
        })
        for i in range(PRODUCTS)
    }  # fmt: skip
    node = total("whole", parts)
    texts = ("a", "c", "operation", "p", "inference", "gwp100", "s", "r", "both", "each")
    line = Line(*texts, (node,), (1.0,), (1.0,))
    return respond([lca.Ledger("model", (2027,), [line], Draws(0, 0))])


def by_terms(response: Response) -> Array:
    """Return total effects by `lca.sensitivity`."""
    found = sobol(response, grouped(response.unknowns, "factor"), SAMPLES, 7)
    return found.total[:, 0]


def by_salib() -> Array:
    """Return total effects by SALib, sampling and evaluation included."""
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    bounds = [[0.5, 1.5 + i / 10] for i in range(PRODUCTS) for _ in range(3)]
    names = [f"x{k:02d}" for k in range(len(bounds))]
    problem: dict[str, Any] = {"num_vars": len(bounds), "names": names, "bounds": bounds}
    points = sample.sample(problem, SAMPLES, calc_second_order=False, seed=7)
    values = points.reshape(-1, PRODUCTS, 3).prod(axis=2).sum(axis=1)
    found = analyze.analyze(problem, values, calc_second_order=False, num_resamples=100, seed=7)
    return np.asarray(found["ST"])


def closed_form() -> Array:
    """Return the total effects of the model, derived by hand."""
    width = 1.0 + np.arange(PRODUCTS) / 10
    mean, variance = 0.5 + width / 2, width**2 / 12
    square = mean**2 + variance
    return np.repeat(variance * square**2 / (square**3 - mean**6).sum(), 3)


def median(work: Callable[[], object], runs: int) -> float:
    """Return the median seconds of several runs."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def show(what: str, seconds: float, bar: float = 0.0) -> None:
    """Print one row."""
    ratio = f"{bar:>7g} {seconds / bar:>7.2f}" if bar else ""
    print(f"{what:<58} {seconds:>9.4f} s {ratio}", flush=True)


def main() -> None:
    """Print the table."""
    print(f"{os.cpu_count()} processors{'':<46} {'median':>9}   {'target':>7} {'ratio':>7}")
    response = model()
    ours = median(lambda: by_terms(response), 7)
    show("Sobol, 30 unknowns, 8,192 draws, 100 resamples", ours, BAR)
    try:
        other = by_salib()
    except ImportError:
        print("  SALib is not installed: not compared")
    else:
        theirs = median(by_salib, 3)
        show("  the same by SALib", theirs)
        print(f"  SALib takes {theirs / ours:.0f} times as long")
        true = closed_form()
        for name, found in (("ours", by_terms(response)), ("SALib's", other)):
            print(f"  largest error of {name} total effects: {np.abs(found - true).max():.4f}")
    show("tornado of the same", median(lambda: tornado(response), 7))
    base = lca.load(SCENARIO)
    pair = ("base", "north")
    show(
        "lca.sensitivity of a difference, three methods",
        median(lambda: sensitivity(base, difference=pair), 3),
    )
    values = {
        "fleet.chat.lifetime": ["3 years", "4 years", "5 years"],
        "sites.frankfurt.pue": [1.1, 1.2, 1.3],
    }
    show("sweep of 9 combinations, 16,384 draws", median(lambda: sweep(base, values), 3))


if __name__ == "__main__":
    main()
