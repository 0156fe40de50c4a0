"""A million draws of thirty uncertain factors: through ``lca.terms``, and in bare numpy.

The model is a sum of ten products of three factors: a lognormal intensity, a triangular ratio
and a normal amount. Run with ``terms``, ``numpy`` (independent random draws) or ``hypercube``
(numpy with the stratified draws that lca makes) to get seconds and memory of one of them.
All that the ways import is imported before the clock starts.
"""

from __future__ import annotations

import math
import sys
import time

import numpy as np
from measuring import report
from numpy.typing import NDArray
from scipy.special import ndtri

from lca.terms import Draws, Factor, product, total
from lca.uncertain import Distribution, lognormal, triangular

SAMPLES = 1_000_000
PRODUCTS = range(10)
MEDIAN, GSD = 0.4, 1.4
LOW, MODE, HIGH = 1.05, 1.2, 1.6
AMOUNT, DEVIATION = 1000.0, 50.0
PERCENTS = (5, 50, 95)

Array = NDArray[np.float64]


def by_terms() -> Array:
    """Return the total through factors, terms and shared draws."""
    parts = {
        f"part{i}": product(
            f"part{i}",
            "kgCO2e",
            intensity=Factor(f"intensity{i}", lognormal(MEDIAN, GSD), "kgCO2e/kWh"),
            ratio=Factor(f"ratio{i}", triangular(LOW, MODE, HIGH), "ratio"),
            amount=Factor(f"amount{i}", Distribution("normal", (AMOUNT, DEVIATION)), "kWh"),
        )
        for i in PRODUCTS
    }
    return Draws(SAMPLES, seed=7).array(total("whole", parts))[1:]


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


def main(way: str) -> None:
    """Time one way, from nothing to mean and percentiles."""
    start = time.perf_counter()
    values = WAYS[way]()
    drawn = time.perf_counter()
    mean, percentiles = values.mean(), np.percentile(values, PERCENTS)
    done = time.perf_counter()
    report(
        {
            "seconds": done - start,
            "statistics": done - drawn,
            "mean": mean,
            "median": percentiles[1],
        }
    )


if __name__ == "__main__":
    main(sys.argv[1])
