"""Predicts energy per image or video for many rows: the relation, drawn to the model's own rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from lca.uncertain import Array
from lca.workloads.generation_rows import (
    Outputs,
    coefficients_of,
    covariance,
    design,
    generation_rows,
    generation_values,
)
from lca.workloads.inference_table import Z95, Table
from lca.workloads.measured_rows import DEVICES, model_key


@dataclass(frozen=True, eq=False)
class Learned:
    """Measured rows with their log residuals, solved once."""

    rows: Outputs
    values: Mapping[str, float]
    lower: Array
    weights: Array


def learn(values: Mapping[str, float], rows: Outputs, energy: Array) -> Learned:
    """Return the kriging of log residuals for these values of the relation."""
    residual = np.log(energy) - design(values, rows) @ coefficients_of(values)
    matrix = covariance(values, rows, rows) + values["residual_noise"] ** 2 * np.eye(len(rows))
    lower: Array = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    return Learned(rows, values, lower, np.linalg.solve(lower.T, np.linalg.solve(lower, residual)))


@cache
def packaged_relation() -> Learned:
    """Return what all packaged rows teach."""
    return learn(generation_values(), *generation_rows())


def predict_outputs(asked: Outputs, learned: Learned | None = None) -> Table:
    """Predict energy per output, in kWh.

    Parameters
    ----------
    asked
        Conditions, one element a row.
    learned
        What measured rows teach; the packaged ones unless a fit is being tested.
    """
    known = learned or packaged_relation()
    values = known.values
    cross = covariance(values, asked, known.rows)
    solved = np.linalg.solve(known.lower, cross.T)
    names = ("model", "device", "shape", "cell", "parallel", "noise")
    own = sum(values[f"residual_{name}"] ** 2 for name in names)
    spread = np.sqrt(np.maximum(own - np.sum(solved**2, axis=0), values["residual_noise"] ** 2))
    support = _support(asked, known.rows)
    seen = np.array([values[f"interval_{kind}_seen"] for kind in asked.modality])
    scale = np.where(support > 0, seen, values["interval_unseen"])
    measured = np.isin(asked.device.astype(str), list(DEVICES.values()))
    spread = np.sqrt((scale * spread) ** 2 + np.where(measured, 0.0, values["other_device"]) ** 2)
    correction = cross @ known.weights
    middle = np.exp(design(values, asked) @ coefficients_of(values) + correction)
    low, high = middle * np.exp(-Z95 * spread), middle * np.exp(Z95 * spread)
    shared = np.where(support > 0, 0.5, 0.9) * spread
    return Table(low, middle, high, spread, shared, np.exp(correction), support)


def _support(asked: Outputs, rows: Outputs) -> Array:
    """Return how many rows of each model were measured."""
    known = [model_key(name) for name in rows.model]
    return np.array([float(known.count(model_key(name))) if name else 0.0 for name in asked.model])
