"""How draws of an unknown and of a result move together: Spearman's rank correlation.

References
----------
1. Spearman, C. (1904). The proof and measurement of association between two things. American
   Journal of Psychology 15(1).
2. Bonett, D. G., Wright, T. A. (2000). Sample size requirements for estimating Pearson, Kendall
   and Spearman correlations. Psychometrika 65(1): the variance of Fisher's z of a rank
   correlation r is (1 + r^2 / 2) / (n - 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lca.errors import ScenarioError
from lca.sensitivity.evaluator import Sheet, blocks, drawn
from lca.sensitivity.response import Response
from lca.sensitivity.unknowns import Unknown
from lca.uncertain import Array, draw

FEWEST = 128
"""Draws below which no correlation and no share of a variance is stated."""

_Z95 = 1.6448536269514722


@dataclass(frozen=True)
class Ranks:
    """Rank correlations of unknowns with outputs.

    Attributes
    ----------
    correlation
        Shape ``(unknowns, outputs)``; 0 where an output does not vary.
    low, high
        90 % interval of the sampling error, same shape.
    draws
        The outputs drawn, shape ``(outputs, samples)``.
    """

    correlation: Array
    low: Array
    high: Array
    draws: Array


def check_samples(samples: int) -> None:
    """Refuse fewer draws than a correlation can be told from.

    Raises
    ------
    ScenarioError
        With the number that is accepted.
    """
    if samples < FEWEST:
        msg = f"found {samples} draws; spearman and sobol need at least {FEWEST}: give --samples 8192, or ask for tornado alone"
        raise ScenarioError(msg)


def spearman(response: Response, samples: int, seed: int) -> Ranks:
    """Correlate the draws that every evaluation uses: options are paired, unknowns independent.

    Parameters
    ----------
    samples, seed
        As for `lca.evaluate`.
    """
    check_samples(samples)
    draws = sampled(response, samples, seed)
    below = _standardized(np.array([ranks(row) for row in draws]))
    found = np.empty((len(response.unknowns), len(response.outputs)))
    for place, unknown in enumerate(response.unknowns):
        found[place] = below @ _standardized(ranks(_draws(unknown, samples, seed))[None, :])[0]
    found = np.clip(found, -1.0, 1.0)
    return Ranks(found, *_interval(found, samples), draws)


def _draws(unknown: Unknown, samples: int, seed: int) -> Array:
    return draw(unknown.leaves[0].distribution, unknown.identity, samples, seed)[1:]


def sampled(response: Response, samples: int, seed: int) -> Array:
    """Return the draws of the outputs, shape ``(outputs, samples)``."""
    parts = []
    for number in blocks(samples):
        size = samples // len(blocks(samples))
        parts.append(response.values(Sheet(drawn(samples, seed, number)), size)[0])
    return np.concatenate(parts, axis=1)


def ranks(values: Array) -> Array:
    """Return ranks from 0; equal values share the mean of their ranks.

    Examples
    --------
    >>> ranks(np.array([3.0, 1.0, 3.0])).tolist()
    [1.5, 0.0, 1.5]
    """
    order = values.argsort(kind="stable")
    ordered = values[order]
    new = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    starts = np.append(np.flatnonzero(new), values.size)
    shared = (starts[:-1] + starts[1:] - 1) / 2
    result = np.empty(values.size)
    result[order] = shared[np.cumsum(new) - 1]
    return result


def _standardized(rows: Array) -> Array:
    """Return rows of mean 0 and length 1; a row that does not vary is 0."""
    centered = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((centered**2).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(centered, length, out=np.zeros_like(centered), where=length > 0))


def _interval(correlation: Array, samples: int) -> tuple[Array, Array]:
    bounded = np.clip(correlation, -1 + 1e-12, 1 - 1e-12)
    half = _Z95 * np.sqrt((1 + bounded**2 / 2) / max(samples - 3, 1))
    middle = np.arctanh(bounded)
    return np.tanh(middle - half), np.tanh(middle + half)
