"""Measured images and videos as arrays, and the relation fitted to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np

from lca import document, units
from lca.factors.files import ROOT
from lca.uncertain import Array
from lca.workloads.measured_rows import (
    DEVICES,
    TOKEN,
    Text,
    model_key,
    numbers,
    packaged,
    texts,
)

PATH = ROOT / "workloads" / "inference_generation.yaml"
QUANTITIES = (
    "active_parameters",
    "denoising_steps",
    "output_pixels",
    "output_frames",
    "batch",
    "devices_per_replica",
)
CONDITIONS = ("video", "blackwell", "ampere", "earlier")
_LARGEST = 1.5


@dataclass(frozen=True, eq=False)
class Outputs:
    """Under which images and videos are made: one element a row.

    Plain counts; ``device`` ids, ``modality`` image or video, ``model`` the name or empty;
    ``earlier`` is one where the older software made them.
    """

    active_parameters: Array
    denoising_steps: Array
    output_pixels: Array
    output_frames: Array
    batch: Array
    devices_per_replica: Array
    earlier: Array
    device: Text
    modality: Text
    model: Text

    def __len__(self) -> int:
        return len(self.batch)

    def take(self, chosen: Any) -> Outputs:
        """Return some rows."""
        return Outputs(*(getattr(self, field.name)[chosen] for field in fields(self)))


def outputs_of(table: Sequence[Mapping[str, str]]) -> Outputs:
    """Return the conditions of rows of text with the benchmark's columns."""
    version = "benchmark_version" if table and "benchmark_version" in table[0] else "source"
    batch = numbers(table, "max_batch")
    return Outputs(
        numbers(table, "active_params_b") * units.parse("1 billion", ""),
        numbers(table, "denoising_steps"),
        numbers(table, "out_height_px") * numbers(table, "out_width_px"),
        numbers(table, "out_frames", 1.0),
        np.where(np.isnan(batch), numbers(table, "avg_batch", 1.0), batch),
        numbers(table, "num_gpus"),
        np.array([float(row.get(version, "") == "mlenergy_v2.0") for row in table]),
        texts([DEVICES.get(row["gpu_model"], row["gpu_model"]) for row in table]),
        texts([row["modality"] for row in table]),
        texts([row.get("model_id", "") for row in table]),
    )


@cache
def generation_rows() -> tuple[Outputs, Array]:
    """Return the packaged rows and their energy per output (kWh)."""
    table = [row for row in packaged() if row["unit"] != TOKEN]
    return outputs_of(table), numbers(table, "energy_j_per_unit") * units.parse("1 J", "kWh")


@cache
def generation_values() -> dict[str, float]:
    """Return the fitted values of the relation: references, exponents, ratios, sizes of residuals."""
    data: dict[str, Any] = document.read(PATH).data
    return {name: float(value) for name, value in data["values"].items()}


def references(values: Mapping[str, float]) -> Array:
    """Return the reference of each quantity."""
    return np.array([values.get(f"reference_{name}", 1.0) for name in QUANTITIES])


def design(values: Mapping[str, float], asked: Outputs) -> Array:
    """Return the regressors, shape ``(rows, 1 + quantities + conditions)``."""
    logs = [
        np.log(getattr(asked, name) / reference)
        for name, reference in zip(QUANTITIES, references(values), strict=True)
    ]
    flags = [
        asked.modality == "video",
        asked.device == DEVICES["B200"],
        asked.device == DEVICES["A100-40GB"],
        asked.earlier > 0,
    ]
    columns = [np.ones(len(asked)), *logs, *(np.asarray(flag, dtype=np.float64) for flag in flags)]
    return np.stack(columns, axis=1)


def coefficients_of(values: Mapping[str, float]) -> Array:
    """Return the logarithm of the reference energy, the exponents, the logarithms of ratios."""
    exponents = [values[f"{name}_exponent"] for name in QUANTITIES]
    ratios = [float(np.log(values[f"{name}_ratio"])) for name in CONDITIONS]
    return np.array([float(np.log(values["reference_energy"])), *exponents, *ratios])


def covariance(values: Mapping[str, float], here: Outputs, there: Outputs) -> Array:
    """Return the covariance of log residuals between two sets of rows, without noise."""

    def same(one: Text, other: Text) -> Array:
        """Return 1 where two rows have the same text, else 0."""
        return np.asarray(one[:, None] == other[None, :], dtype=np.float64)

    def near(name: str, reach: float) -> Array:
        """Return how close two rows are in a quantity, from 0 to 1, over a reach in logarithms."""
        one, other = np.log(getattr(here, name)), np.log(getattr(there, name))
        return np.asarray(np.exp(-(((one[:, None] - other[None, :]) / reach) ** 2) / 2))

    keys = [texts([model_key(name) for name in rows.model]) for rows in (here, there)]
    cell = same(here.device, there.device) * near("batch", 1.0) * near("devices_per_replica", 0.7)
    shape = near("output_pixels", 0.7) * near("denoising_steps", 0.7) * near("output_frames", 0.7)
    alike = (
        values["residual_model"] ** 2
        + values["residual_device"] ** 2 * same(here.device, there.device)
        + values["residual_shape"] ** 2 * shape
        + values["residual_cell"] ** 2 * cell * shape
        + values["residual_parallel"] ** 2 * near("batch", 1.0) * near("devices_per_replica", 0.7)
    )
    return np.asarray(alike * same(keys[0], keys[1]) * (here.model != "")[:, None])


def fit_relation(values: Mapping[str, float], rows: Outputs, energy: Array) -> dict[str, float]:
    """Fit exponents and ratios by generalized least squares with the residual's covariance."""
    matrix = covariance(values, rows, rows) + values["residual_noise"] ** 2 * np.eye(len(rows))
    lower = np.linalg.cholesky(matrix)
    regressors = np.linalg.solve(lower, design(values, rows))
    target = np.linalg.solve(lower, np.log(energy))
    center, spread = _prior()
    gram = regressors.T @ regressors + np.diag(spread**-2.0)
    found = np.linalg.solve(gram, regressors.T @ target + center / spread**2)
    names = [f"{name}_exponent" for name in QUANTITIES]
    exponents = zip(names, found[1 : 1 + len(names)].tolist(), strict=True)
    ratios = zip(CONDITIONS, np.exp(found[1 + len(names) :]).tolist(), strict=True)
    return {
        **values,
        "reference_energy": float(np.exp(found[0])),
        **dict(exponents),
        **{f"{name}_ratio": value for name, value in ratios},
    }


def _prior() -> tuple[Array, Array]:
    """Return a weak prior: energy in proportion to parameters, steps, pixels and frames."""
    center = np.array([0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    spread = np.array([100.0, 0.3, 0.2, 0.3, 0.2, 0.3, 0.3, 0.7, 0.5, 0.5, 0.7])
    return center, spread
