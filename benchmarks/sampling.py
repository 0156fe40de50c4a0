"""A million draws of thirty uncertain factors: through ``lca.terms``, and in bare numpy.

The model is a sum of ten products of three factors: a lognormal intensity, a triangular ratio
and a normal amount. Run with ``terms``, ``numpy`` (independent random draws) or ``hypercube``
(numpy with the stratified draws that lca makes) to get seconds and memory of one of them.
All that the ways import is imported before the clock starts. ``terms`` also tells the seconds of
drawing afresh in a process that has drawn before, and of a further scenario on the same draws.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Callable

import numpy as np
from measuring import clocks, report
from numpy.typing import NDArray
from scipy.special import ndtri

from lca.estimates import percentiles
from lca.terms import Draws, Factor, Node, product, total
from lca.uncertain import Distribution, lognormal, triangular

SAMPLES = 1_000_000
PRODUCTS = range(10)
MEDIAN, GSD = 0.4, 1.4
LOW, MODE, HIGH = 1.05, 1.2, 1.6
AMOUNT, DEVIATION = 1000.0, 50.0
PERCENTS = (5, 50, 95)

Array = NDArray[np.float64]


def node(share: float = 1.0) -> Node:
    """Return the total as a term; a scenario decides the share of every product."""
    parts = {
        f"part{i}": product(
            f"part{i}",
            "kgCO2e",
            intensity=Factor(f"intensity{i}", lognormal(MEDIAN, GSD), "kgCO2e/kWh"),
            ratio=Factor(f"ratio{i}", triangular(LOW, MODE, HIGH), "ratio"),
            amount=Factor(f"amount{i}", Distribution("normal", (AMOUNT, DEVIATION)), "kWh"),
            share=Factor("share", share, "ratio", role="decision"),
        )
        for i in PRODUCTS
    }
    return total("whole", parts)


def by_terms() -> Array:
    """Return the total through factors, terms and shared draws."""
    return Draws(SAMPLES, seed=7).array(node())[1:]


def by_numpy() -> Array:
    """Return the total of independent random draws, as one would write it by hand."""
    random = np.random.default_rng(7)
    whole = np.zeros(SAMPLES)
    for _ in PRODUCTS:
        intensity = random.lognormal(math.log(MEDIAN), math.log(GSD), SAMPLES)
        ratio = random.triangular(LOW, MODE, HIGH, SAMPLES)
        whole += intensity * ratio * random.normal(AMOUNT, DEVIATION, SAMPLES)
    return whole


def by_hypercube() -> Array:
    """Return the total of stratified draws, each factor's quantiles shuffled, by hand."""
    random = np.random.default_rng(7)
    probability = (np.arange(SAMPLES) + 0.5) / SAMPLES
    z = ndtri(probability)
    split = (MODE - LOW) / (HIGH - LOW)
    rising = LOW + np.sqrt(probability * (HIGH - LOW) * (MODE - LOW))
    falling = HIGH - np.sqrt((1 - probability) * (HIGH - LOW) * (HIGH - MODE))
    sorted_draws = (
        MEDIAN * np.exp(math.log(GSD) * z),
        np.where(probability < split, rising, falling),
        AMOUNT + DEVIATION * z,
    )
    whole = np.zeros(SAMPLES)
    for _ in PRODUCTS:
        intensity, ratio, amount = (random.permutation(values) for values in sorted_draws)
        whole += intensity * ratio * amount
    return whole


WAYS = {"terms": by_terms, "numpy": by_numpy, "hypercube": by_hypercube}


def timed(ask: Callable[[], Array]) -> dict[str, float]:
    """Return the seconds of an answer with mean and percentiles, and the mean."""
    means: list[float] = []

    def work() -> None:
        values = ask()
        means.append(float(values.mean()))
        percentiles(values, PERCENTS)

    return {**clocks(work, 1), "mean": means[0]}


def shared() -> dict[str, float]:
    """Return the seconds of fresh draws, later in a process, and of further scenarios."""
    again, further = [], []
    for seed in range(3):
        draws = Draws(SAMPLES, seed)
        again.append(timed(lambda draws=draws: draws.array(node())[1:]))
        further += [
            timed(lambda s=share, draws=draws: draws.array(node(s))[1:])
            for share in (0.5, 0.7, 0.9)
        ]
    kinds = {"again": again, "further": further}
    return {
        f"{kind}_{name}": choose(run[name] for run in runs)
        for kind, runs in kinds.items()
        for name, choose in (("seconds", statistics.median), ("busy", min))
    }


def main(way: str) -> None:
    """Time one way, from nothing to mean and percentiles."""
    report(timed(WAYS[way]) | (shared() if way == "terms" else {}))


if __name__ == "__main__":
    main(sys.argv[1])
