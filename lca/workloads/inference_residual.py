"""What the physical model leaves unexplained, learned from measured rows: kriging of log residuals.

Two rows are alike if they are of one AI model, and more so at the same task, precision, device and
batch; rows of models of like size on one device, and of one task on one device, are a little alike.
A question about a measured model is thus drawn towards that model's own rows; about an unknown one,
hardly at all, and its interval is wide. (Kriging: Rasmussen and Williams, Gaussian Processes for
Machine Learning, 2006, chapter 2.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.uncertain import Array
from lca.workloads.inference_coefficients import Coefficients
from lca.workloads.inference_model import physics
from lca.workloads.measured_rows import Conditions, Rows, Text, family, model_key, texts

KERNEL = (
    "model",
    "task",
    "precision",
    "batch_slope",
    "cell",
    "size",
    "context",
    "family",
    "noise",
)
"""Standard deviations of the parts of a log residual."""
_LARGEST = 0.8
_BATCH_CENTER = 64.0
_BATCH_REACH = 1.2
_SIZE_REACH = 0.5
_DEVICE_REACH = 0.6931471805599453
_SAME_SIZE = 0.02


@dataclass(frozen=True, eq=False)
class Residual:
    """Correction and remaining spread of a prediction, as logarithms, one element a row.

    ``shared`` is the part of the spread that all configurations of one AI model have in common.
    ``support`` is the number of measured rows of that model; ``seen`` whether there are any.
    """

    mean: Array
    spread: Array
    shared: Array
    support: Array


@dataclass(frozen=True, eq=False)
class Kriging:
    """Measured rows with their log residuals, solved once.

    ``whitening`` is the inverse of the lower factor of the rows' covariance.
    """

    rows: Conditions
    known: Known
    labels: Mapping[str, Any]
    sizes: Mapping[str, float]
    whitening: Array
    weights: Array

    def residual(self, asked: Conditions) -> Residual:
        """Return correction and spread of what is asked."""
        here = identities(asked, self.rows, self.known)
        cross = covariance(self.sizes, here, self.labels)
        solved = self.whitening @ cross.T
        own = _own_variance(self.sizes, here)
        variance = own - np.sum(solved**2, axis=0) + self.sizes["noise"] ** 2
        same = here["model"] @ self.labels["model"].T
        between = self.sizes["model"] ** 2 + self.sizes["task"] ** 2 + self.sizes["family"] ** 2
        share = np.where(same.sum(axis=1) > 0, 0.5, between / own)
        spread = np.sqrt(np.maximum(variance, self.sizes["noise"] ** 2))
        return Residual(cross @ self.weights, spread, spread * np.sqrt(share), same.sum(axis=1))


def fitted(known: Coefficients, rows: Rows) -> Kriging:
    """Return the kriging of the rows' log residuals for these coefficients."""
    residual = log_residual(known, rows)
    named = names_of(rows.conditions)
    labels = identities(rows.conditions, rows.conditions, named)
    matrix = covariance(known.residual, labels, labels)
    matrix[np.diag_indices_from(matrix)] += known.residual["noise"] ** 2
    lower: Array = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    whitening: Array = np.asarray(np.linalg.inv(lower), dtype=np.float64)
    weights = whitening.T @ (whitening @ residual)
    return Kriging(rows.conditions, named, labels, known.residual, whitening, weights)


def log_residual(known: Coefficients, rows: Rows) -> Array:
    """Return the logarithm of measured over modelled energy, limited so that no row rules."""
    modelled = physics(known, rows.conditions).energy_per_token
    return np.clip(np.log(rows.energy_per_token / modelled), -_LARGEST, _LARGEST)


@dataclass(frozen=True, eq=False)
class Known:
    """The names among measured rows: of models, tasks and families; ``keys`` has one a row."""

    keys: Text
    models: list[str]
    tasks: list[str]
    families: list[str]


def names_of(rows: Conditions) -> Known:
    """Return the names among measured rows."""
    found = keys(rows.model)
    families = {name: family(name) for name in set(rows.model.tolist())}
    return Known(
        found,
        sorted(set(found.tolist())),
        sorted(set(rows.task.tolist())),
        sorted(set(families.values())),
    )


def identities(asked: Conditions, rows: Conditions, known: Known) -> dict[str, Any]:
    """Return what makes rows alike: memberships (one column a name) and logarithms.

    A row without a model's name belongs in equal parts to the measured models of its size; one
    without a task, to all tasks of its modality.
    """
    tasks, families = known.tasks, texts([family(name) for name in asked.model])
    return {
        "model": _membership(keys(asked.model), known.models) + _by_size(asked, rows, known),
        "task": _membership(asked.task, tasks) + _any_task(asked, rows, tasks),
        "family": _membership(families, known.families),
        "precision": _membership(asked.precision, ["bf16", "fp8", "mxfp4"]),
        "device": _membership(asked.device, sorted(set(rows.device.tolist()))),
        "software": _membership(asked.software, sorted(set(rows.software.tolist()))),
        "batch": np.log(asked.batch / _BATCH_CENTER),
        "devices": np.log(asked.devices_per_replica),
        "active": np.log(asked.active_parameters),
        "ratio": np.log(asked.total_parameters / asked.active_parameters),
    }


def keys(names: Text) -> Text:
    """Return the key of each model's name."""
    return texts([model_key(name) for name in names])


def _membership(values: Text, known: list[str]) -> Array:
    return np.array([[value == name for name in known] for value in values], dtype=np.float64)


def _by_size(asked: Conditions, rows: Conditions, known: Known) -> Array:
    """Return, for rows without a name, equal parts of the measured models of that size."""
    result = np.zeros((len(asked), len(known.models)))
    for place in np.flatnonzero(asked.model == ""):
        like = np.abs(np.log(rows.total_parameters / asked.total_parameters[place])) < _SAME_SIZE
        like &= np.abs(np.log(rows.active_parameters / asked.active_parameters[place])) < _SAME_SIZE
        like &= rows.device == asked.device[place]
        here = sorted(set(known.keys[like].tolist()))
        for name in here:
            result[place, known.models.index(name)] = 1 / len(here)
    return result


def _any_task(asked: Conditions, rows: Conditions, tasks: list[str]) -> Array:
    """Return, for rows without a task, equal parts of the tasks of their modality and software."""
    result = np.zeros((len(asked), len(tasks)))
    for place in np.flatnonzero(asked.task == ""):
        like = (rows.modality == asked.modality[place]) & (rows.software == asked.software[place])
        here = sorted(set(rows.task[like].tolist()))
        for name in here:
            result[place, tasks.index(name)] = 1 / len(here)
    return result


def covariance(
    sizes: Mapping[str, float], here: Mapping[str, Any], there: Mapping[str, Any]
) -> Array:
    """Return the covariance of log residuals between two sets of rows, without noise."""
    same = {
        name: here[name] @ there[name].T
        for name in ("model", "task", "family", "precision", "device", "software")
    }
    batch = _near(here["batch"], there["batch"], _BATCH_REACH)
    devices = _near(here["devices"], there["devices"], _DEVICE_REACH)
    like_size = _near(here["active"], there["active"], _SIZE_REACH) * _near(
        here["ratio"], there["ratio"], _SIZE_REACH
    )
    slope = here["batch"][:, None] * there["batch"][None, :]
    own = (
        sizes["model"] ** 2
        + sizes["task"] ** 2 * same["task"]
        + sizes["precision"] ** 2 * same["precision"]
        + sizes["batch_slope"] ** 2 * slope
        + sizes["cell"] ** 2 * same["device"] * same["task"] * same["precision"] * devices * batch
    )
    others = (
        sizes["size"] ** 2 * like_size * same["device"] * same["software"]
        + sizes["context"] ** 2 * same["device"] * same["task"] * devices * batch
        + sizes["family"] ** 2 * same["family"] * same["software"]
    )
    return np.asarray(own * same["model"] * same["software"] + others)


def _near(here: Array, there: Array, reach: float) -> Array:
    """Return how near numbers are: one where equal, falling over the reach."""
    return np.asarray(np.exp(-(((here[:, None] - there[None, :]) / reach) ** 2) / 2))


def _own_variance(sizes: Mapping[str, float], here: Mapping[str, Any]) -> Array:
    """Return the variance of each row's log residual if nothing near it had been measured."""
    constant = sum(sizes[name] ** 2 for name in KERNEL if name not in {"batch_slope", "noise"})
    return np.asarray(constant + sizes["batch_slope"] ** 2 * here["batch"] ** 2)
