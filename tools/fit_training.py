"""Fit the utilization of whole training runs to the published ones, and say how well it does.

Run it after a change of ``training_runs.csv``::

    python tools/fit_training.py          # print the validation
    python tools/fit_training.py --write  # and write lca/factors/workloads/training_fit.yaml

The model is linear in logarithms: a common level, a level of the device's generation (drawn towards
the common one), a slope over active parameters, and a residual. The spreads of generations and
residual are found by restricted maximum likelihood, anew for each run or family that is left out.
That of the slope is assumed: seventeen runs cannot tell it, and 0.1 lets ten times the size change
utilization by about a quarter either way.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm, t

from lca.factors import rows
from lca.factors.files import ROOT
from lca.formulas import training
from lca.library import Library
from lca.workloads.ai_models import presets

Array = NDArray[np.float64]
FILE = ROOT / "workloads" / "training_fit.yaml"
SLOPE_SPREAD = 0.1
SMALL = 5e9
SEQUENCES = (512, 2048, 8192)


@dataclass(frozen=True)
class Runs:
    """Published runs: logarithms of size and utilization, and what groups them."""

    names: Array
    size: Array
    utilization: Array
    generation: Array
    family: Array

    def without(self, keep: Array) -> Runs:
        """Return the runs to keep."""
        return Runs(*(column[keep] for column in vars(self).values()))


@dataclass(frozen=True)
class Fit:
    """Posterior of level, generations and slope, with the spreads it rests on."""

    center: float
    generations: tuple[str, ...]
    mean: Array
    covariance: Array
    spreads: Array
    degrees: int

    def predict(self, size: float, generation: str) -> tuple[float, float]:
        """Return the mean and half the width of the 90 % interval of a logarithm."""
        where = np.zeros(len(self.mean))
        where[0], where[1] = 1.0, size - self.center
        extra = self.spreads[2] ** 2
        if generation in self.generations:
            where[2 + self.generations.index(generation)] = 1.0
        else:
            extra += self.spreads[0] ** 2
        deviation = float(np.sqrt(where @ self.covariance @ where + extra))
        return float(where @ self.mean), deviation * float(t.ppf(0.95, self.degrees))


def generation_of(device_id: str) -> str:
    """Return what devices are grouped by: their architecture, or their id where none is stated."""
    device = Library().device(device_id)
    return device.architecture or device.id


def published() -> Runs:
    """Return the comparable runs of the table."""
    known = [row for row in rows("workloads/training_runs") if row["used_for_fit"] == "yes"]
    peaks = [Library().device(row["device"]).peak.fp16 for row in known]
    hours = np.array([float(row["device_hours"]) for row in known])
    rates = np.array([peak.central for peak in peaks if peak is not None])
    flop = np.array([model_flop(dict(row)) for row in known])
    return Runs(
        names=np.array([row["run"] for row in known]),
        size=np.log([float(row["active_parameters"]) for row in known]),
        utilization=np.log(flop / (hours * rates)),
        generation=np.array([generation_of(row["device"]) for row in known]),
        family=np.array([row["family"] for row in known]),
    )


def model_flop(row: dict[str, str]) -> float:
    """Count a run's operations: exactly where shape and sequence are known, else six per weight."""
    shape = presets()[row["preset"]].architecture if row["preset"] else None
    tokens = float(row["tokens"])
    if shape is None or not row["sequence_length"]:
        return 6.0 * float(row["active_parameters"]) * tokens
    weights = training.weight_flop_per_token(6.0, float(shape.matrix_parameters))
    scores = training.attention_flop_per_token(
        12.0, float(shape.layers), float(shape.attention_width), float(row["sequence_length"])
    )
    return float(training.training_flop(weights, scores, 0.0, tokens))


def design(runs: Runs, center: float) -> tuple[Array, tuple[str, ...]]:
    """Return the columns level, slope and one per generation."""
    groups = tuple(sorted(set(runs.generation.tolist())))
    columns = [np.ones(runs.size.size), runs.size - center]
    columns += [(runs.generation == group).astype(float) for group in groups]
    return np.column_stack(columns), groups


def posterior(runs: Runs, spreads: Array) -> tuple[Fit, float]:
    """Return the fit for given spreads, and minus its restricted log likelihood."""
    center = float(runs.size.mean())
    columns, groups = design(runs, center)
    generation, slope, residual = spreads
    prior = np.array([0.0, slope**-2.0] + [generation**-2.0] * len(groups))
    precision = columns.T @ columns / residual**2 + np.diag(prior)
    covariance = np.linalg.inv(precision)
    mean = covariance @ columns.T @ runs.utilization / residual**2
    errors = runs.utilization - columns @ mean
    misfit = float(errors @ errors) / residual**2 + float(mean**2 @ prior)
    volume = np.linalg.slogdet(precision)[1] - float(np.log(prior[1:]).sum())
    loss = misfit + float(volume) + 2 * runs.size.size * float(np.log(residual))
    return Fit(center, groups, mean, covariance, spreads, runs.size.size - 3), loss / 2


def fit(runs: Runs) -> Fit:
    """Fit spreads, level, generations and slope."""
    bounds = [(float(np.log(0.02)), 0.0)] * 2
    found = minimize(
        lambda x: posterior(runs, spreads(x))[1],
        np.log([0.25, 0.25]),
        bounds=bounds,
        method="L-BFGS-B",
    )
    return posterior(runs, spreads(found.x))[0]


def spreads(logarithms: Array) -> Array:
    """Return the spreads of generations, slope and residual."""
    return np.array([np.exp(logarithms[0]), SLOPE_SPREAD, np.exp(logarithms[1])])


def fixed(runs: Runs) -> tuple[float, float]:
    """Return the median of all runs and half the width of its 90 % interval."""
    count = runs.size.size
    spread = float(runs.utilization.std(ddof=1)) * float(np.sqrt(1 + 1 / count))
    return float(np.median(runs.utilization)), spread * float(t.ppf(0.95, count - 1))


def size_only(runs: Runs, size: float) -> tuple[float, float]:
    """Return a straight line over size at one size, and half the width of its 90 % interval."""
    count, offset = runs.size.size, runs.size - runs.size.mean()
    slope = float(offset @ runs.utilization / (offset @ offset))
    errors = runs.utilization - runs.utilization.mean() - slope * offset
    away = size - float(runs.size.mean())
    width = np.sqrt(errors @ errors / (count - 2) * (1 + 1 / count + away**2 / (offset @ offset)))
    return float(runs.utilization.mean()) + slope * away, float(width * t.ppf(0.95, count - 2))


def left_out(runs: Runs, groups: Array) -> dict[str, dict[str, float]]:
    """Predict each run from those of other groups, by three models."""
    parts: dict[str, list[tuple[float, float]]] = {
        "fixed median": [],
        "size": [],
        "generation and size": [],
    }
    for group, size, own in zip(groups, runs.size, runs.generation, strict=True):
        rest = runs.without(groups != group)
        parts["fixed median"].append(fixed(rest))
        parts["size"].append(size_only(rest, float(size)))
        parts["generation and size"].append(fit(rest).predict(float(size), str(own)))
    return {name: score(runs.utilization, np.array(found)) for name, found in parts.items()}


def score(observed: Array, predicted: Array) -> dict[str, float]:
    """Return how far predictions are off, and how many intervals hold."""
    error = np.abs(observed - predicted[:, 0])
    return {
        "runs": float(observed.size),
        "median_fold_error": float(np.exp(np.median(error))),
        "p90_fold_error": float(np.exp(np.quantile(error, 0.9))),
        "root_mean_square_log_error": float(np.sqrt(np.mean(error**2))),
        "within_90_percent_interval": float((error <= predicted[:, 1]).sum()),
        "half_width_fold": float(np.exp(np.median(predicted[:, 1]))),
    }


def rule_residual(small: bool) -> tuple[float, float, float]:
    """Return quantiles of exact over six-per-weight operations, over known shapes and sequences."""
    ratios = []
    for model in presets().values():
        shape = model.architecture
        if shape is None or not shape.head or (model.active_parameters < SMALL) is not small:
            continue
        for sequence in SEQUENCES:
            if shape.positions and sequence > shape.positions:
                continue
            scores = 12 * shape.layers * shape.attention_width * sequence
            ratios.append((6 * shape.matrix_parameters + scores) / (6 * shape.active_parameters))
    low, middle, high = np.quantile(ratios, [0.05, 0.5, 0.95])
    return float(low), float(middle), float(high)


def level(found: Fit, generation: str | None) -> tuple[float, float, float]:
    """Return reference size, median and spread of a generation, independent of the slope.

    The reference is the size at which the variance of the mean is least: there level and slope
    are uncorrelated, so they can be drawn apart.
    """
    pick = np.zeros(len(found.mean))
    pick[0], extra = 1.0, 0.0
    if generation is None:
        extra = float(found.spreads[0]) ** 2
    else:
        pick[2 + found.generations.index(generation)] = 1.0
    away = -float(pick @ found.covariance[:, 1]) / float(found.covariance[1, 1])
    at = pick.copy()
    at[1] = away
    deviation = float(np.sqrt(at @ found.covariance @ at + extra))
    return float(np.exp(found.center + away)), float(np.exp(at @ found.mean)), deviation


def text(runs: Runs, found: Fit) -> str:
    """Write the factor file."""
    wider = float(t.ppf(0.95, found.degrees) / norm.ppf(0.95))
    lines = [
        "schema: 1",
        "title: Utilization of whole training runs, fitted to the published ones",
        "source: mfu-public-runs",
        "quality: derived",
        "",
        "# Written by tools/fit_training.py from training_runs.csv; do not edit by hand.",
        "",
        f"runs: {runs.size.size}",
        f"smallest: {np.exp(runs.size.min()):.4g}",
        f"largest: {np.exp(runs.size.max()):.4g}",
        f"size_exponent: {{mean: {found.mean[1]:.4f}, sd: {wider * found.covariance[1, 1] ** 0.5:.4f}}}",
        f"utilization_residual: {{median: 1, gsd: {np.exp(wider * found.spreads[2]):.4f}}}",
        f"small: {SMALL:.0e}",
        "rule_residual:",
    ]
    for kind in ("small", "large"):
        low, middle, high = rule_residual(kind == "small")
        lines.append(f"  {kind}: {{p5: {low:.4f}, median: {middle:.4f}, p95: {high:.4f}}}")
    lines.append("generations:")
    for name in (*found.generations, None):
        reference, median, deviation = level(found, name)
        lines += [
            f"  {name or 'other'}:",
            f"    reference_parameters: {reference:.4g}",
            f"    reference_flop_utilization: {{median: {median:.4f}, gsd: {np.exp(wider * deviation):.4f}}}",
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the validation; write the factors if asked."""
    runs = published()
    found = fit(runs)
    print("spreads of generation, slope, residual:", np.round(found.spreads, 3).tolist())
    for label, groups in (("run", runs.names), ("family", runs.family)):
        for name, result in left_out(runs, groups).items():
            print(f"leave one {label} out, {name}:", {k: round(v, 3) for k, v in result.items()})
    if "--write" in sys.argv:
        Path(FILE).write_text(text(runs, found), encoding="utf-8")


if __name__ == "__main__":
    main()
