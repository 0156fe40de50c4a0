"""Scores predictions against measurements, and the model itself on rows left out of its fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lca.uncertain import Array
from lca.workloads.inference_coefficients import Coefficients
from lca.workloads.inference_fit import fit
from lca.workloads.inference_residual import fitted
from lca.workloads.inference_table import Table, predict
from lca.workloads.measured_rows import Rows, Text, family, model_key, texts

Chosen = NDArray[np.bool_]
"""Which rows are meant: one truth each."""
WITHIN = 1.5
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Score:
    """How well predictions agree with measurements.

    Attributes
    ----------
    rows
        Number of rows.
    median_absolute_error
        Median of the absolute error over the measured value.
    within_1_5x
        Share of rows that are predicted within a factor of 1.5.
    p90_fold_error
        Factor that nine rows in ten are predicted within.
    coverage_90
        Share of rows within the 90 % interval.
    """

    rows: int
    median_absolute_error: float
    within_1_5x: float
    p90_fold_error: float
    coverage_90: float


def score(measured: Array, p5: Array, p50: Array, p95: Array) -> Score:
    """Score predictions.

    Parameters
    ----------
    measured, p5, p50, p95
        Measured value and predicted quantiles of each row, in one unit, above zero.

    Examples
    --------
    >>> one = np.array([1.0, 2.0])
    >>> score(one, one / 2, one * 1.1, one * 2).p90_fold_error
    1.1
    """
    fold = np.exp(np.abs(np.log(p50 / measured)))
    error = np.abs(p50 - measured) / measured
    covered = (measured >= p5) & (measured <= p95)
    return Score(
        len(measured),
        round(float(np.median(error)), 6),
        round(float(np.mean(fold <= WITHIN)), 6),
        round(float(np.quantile(fold, 0.9)), 6),
        round(float(np.mean(covered)), 6),
    )


def folds(rows: Rows, kind: str, seed: int = 0) -> list[Chosen]:
    """Return which rows are left out together.

    Parameters
    ----------
    rows
        Measured rows.
    kind
        ``families`` (all models of one maker's line), ``models`` (all variants of one
        architecture), or ``rows`` (a random third of the configurations).
    seed
        Seed of the random thirds.
    """
    groups = _groups(rows, kind, seed)
    return [np.asarray(groups == name) for name in sorted(set(groups.tolist()))]


def _groups(rows: Rows, kind: str, seed: int) -> Text:
    naming: dict[str, Callable[[str], str]] = {"families": family, "models": model_key}
    if kind in naming:
        return texts([naming[kind](name) for name in rows.conditions.model])
    drawn = np.random.default_rng(seed).integers(0, FOLDS, len(rows))
    return drawn.astype(object)


def left_out(known: Coefficients, rows: Rows, held: Sequence[Chosen], steps: int = 12) -> Table:
    """Predict each row by a model that was fitted without it and all that is left out with it.

    Parameters
    ----------
    known
        Coefficients with their priors, where each search begins.
    rows
        Measured rows.
    held
        Which rows are left out together.
    steps
        Evaluations of each search at most.
    """
    columns = np.empty((7, len(rows)))
    for out in held:
        refitted = fit(known, rows.take(~out), steps)
        found = predict(rows.conditions.take(out), refitted, fitted(refitted, rows.take(~out)))
        columns[:, out] = [
            found.p5,
            found.p50,
            found.p95,
            found.spread,
            found.shared,
            found.correction,
            found.support,
        ]
    return Table(*columns)
