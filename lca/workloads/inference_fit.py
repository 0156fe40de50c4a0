"""Fits the physical coefficients to measured rows: robust, with weak priors."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from lca.uncertain import Array
from lca.workloads.inference_coefficients import Coefficients
from lca.workloads.inference_model import physics
from lca.workloads.measured_rows import Rows, model_key

Places = NDArray[np.intp]

_ROBUST = 0.25
_PRIOR_WEIGHT = 2.0
_PART_WEIGHT = 0.5
_CROWDING = -0.25
_STEPS = 40
_PAIR_WEIGHT = 2.0
_SAME_BATCH = 0.15


def fit(start: Coefficients, rows: Rows, steps: int = _STEPS) -> Coefficients:
    """Fit energy, step time and power of the rows together.

    The logarithms of energy count fully, those of time and power half; residuals beyond a quarter
    count linearly instead of squared; a model with many rows counts less for each of them. Pairs of
    rows that differ in precision alone count once more by their difference: what a model has of its
    own cancels there, and the precision's part is left.

    Parameters
    ----------
    start
        Coefficients with their priors; the search begins there.
    rows
        What was measured.
    steps
        Evaluations of the search at most.
    """
    from scipy.optimize import least_squares

    weight = 2 * row_weights(rows)
    prior, spread = prior_of(start)
    first, second = precision_pairs(rows)

    def residuals(vector: Array) -> Array:
        """Return weighted log ratios of predicted to measured, and distances from the prior."""
        found = physics(start.moved(vector), rows.conditions)
        time = np.log(found.step_time / rows.step_time)
        power = np.log(found.device_power / rows.device_power)
        measured = (
            weight * _robust(time + power),
            _PART_WEIGHT * weight * _robust(time),
            _PART_WEIGHT * weight * _robust(power),
            _PAIR_WEIGHT * _robust((time + power)[first] - (time + power)[second]),
        )
        return np.concatenate([*measured, _PRIOR_WEIGHT * (vector - prior) / spread])

    found = least_squares(residuals, start.vector(), max_nfev=steps, x_scale=spread)
    return start.moved(found.x)


def precision_pairs(rows: Rows) -> tuple[Places, Places]:
    """Return the positions of rows that differ in nothing but the precision of the weights."""
    asked = rows.conditions
    first: list[int] = []
    second: list[int] = []
    labels = [
        (model_key(model), device, count, task, software)
        for model, device, count, task, software in zip(
            asked.model,
            asked.device,
            asked.devices_per_replica,
            asked.task,
            asked.software,
            strict=True,
        )
    ]
    batch = np.log(asked.batch)
    for one in np.flatnonzero(asked.precision == "bf16"):
        for other in np.flatnonzero(asked.precision != "bf16"):
            if labels[one] == labels[other] and abs(batch[one] - batch[other]) < _SAME_BATCH:
                first.append(int(other))
                second.append(int(one))
    return np.array(first, dtype=np.intp), np.array(second, dtype=np.intp)


def prior_of(known: Coefficients) -> tuple[Array, Array]:
    """Return centers and spreads of the priors, on the scales that are fitted."""
    pairs = [(one.center, one.spread) for one in known.free]
    return np.array([center for center, _ in pairs]), np.array([spread for _, spread in pairs])


def row_weights(rows: Rows) -> Array:
    """Return the weight of each row: a model's rows share, in part, what it may say."""
    counts = Counter(rows.conditions.model.tolist())
    return np.array([counts[name] ** _CROWDING for name in rows.conditions.model])


def _robust(residual: Array) -> Array:
    """Return residuals whose square grows as the residual itself where that is large (pseudo-Huber)."""
    grown = np.sqrt(1 + (residual / _ROBUST) ** 2) - 1
    return np.asarray(np.sign(residual) * _ROBUST * np.sqrt(2 * grown))
