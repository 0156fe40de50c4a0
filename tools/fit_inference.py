"""Fit the inference model to the packaged measured rows and write its coefficients.

Run ``python tools/fit_inference.py`` after the rows or the formulas change: a few minutes. It fits,
in this order, the physical coefficients, the sizes of the parts of the residual (marginal
likelihood), and the scale of the intervals (rows left out). ``--check`` prints and writes nothing.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from lca.uncertain import Array
from lca.workloads import generation_rows, inference_residual, scoring
from lca.workloads.inference_coefficients import PATH, Coefficients, coefficients
from lca.workloads.inference_fit import fit, precision_pairs
from lca.workloads.inference_model import physics
from lca.workloads.inference_table import Z95, Table
from lca.workloads.measured_rows import Rows, language_rows

ASSUMED_SIZE, ASSUMED_WIDTH = math.log(0.082), 1.0
"""Weak prior of the size of each part of the residual: 0.03 to 0.22."""
SMALLEST, LARGEST = 0.01, 0.5
MOST = 0.8
"""Log residual beyond which a row counts no more."""


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="print, write nothing")
    parser.add_argument("--generation", action="store_true", help="fit images and videos only")
    parser.add_argument("--keep-residual", action="store_true", help="fit the physics only")
    asked = parser.parse_args()
    fit_generation(write=not asked.check)
    if asked.generation:
        return
    rows = language_rows()
    known = fit(coefficients(), rows)
    if not asked.keep_residual:
        known = replace(known, residual={**known.residual, **residual_sizes(known, rows)})
        spreads = {"power": power_spread(known, rows), "precision_pair": pair_spread(known, rows)}
        known = replace(known, residual={**known.residual, **spreads})
    known = replace(known, residual={**known.residual, **interval_scales(known, rows)})
    if not asked.check:
        PATH.write_text(written(PATH, known), encoding="utf-8")
    print({name: float(f"{value:.4g}") for name, value in known.residual.items()})


def fit_generation(*, write: bool) -> None:
    """Fit the relation of images and videos."""
    values = generation_rows.fit_relation(
        generation_rows.generation_values(), *generation_rows.generation_rows()
    )
    lines = [
        residual_line(line, values)
        for line in generation_rows.PATH.read_text(encoding="utf-8").splitlines()
    ]
    if write:
        generation_rows.PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print({name: float(f"{value:.4g}") for name, value in values.items()})


def residual_sizes(known: Coefficients, rows: Rows) -> dict[str, float]:
    """Find the sizes of the parts of the residual that make the rows most likely."""
    residual = inference_residual.log_residual(known, rows)
    named = inference_residual.names_of(rows.conditions)
    labels = inference_residual.identities(rows.conditions, rows.conditions, named)

    def unlikely(vector: Array) -> float:
        sizes = dict(zip(inference_residual.KERNEL, np.exp(vector).tolist(), strict=True))
        matrix = inference_residual.covariance(sizes, labels, labels)
        matrix[np.diag_indices_from(matrix)] += sizes["noise"] ** 2
        lower = np.linalg.cholesky(matrix)
        white = solve_triangular(lower, residual, lower=True)
        prior = np.sum(((vector - ASSUMED_SIZE) / ASSUMED_WIDTH) ** 2) / 4
        return float(white @ white / 2 + np.log(np.diag(lower)).sum() + prior)

    start = np.log([known.residual[name] for name in inference_residual.KERNEL])
    bounds = [(math.log(SMALLEST), math.log(LARGEST))] * len(start)
    found = minimize(unlikely, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": 8})
    return dict(zip(inference_residual.KERNEL, np.exp(found.x).tolist(), strict=True))


def power_spread(known: Coefficients, rows: Rows) -> float:
    """Return the spread of the logarithm of measured over modelled power."""
    modelled = physics(known, rows.conditions).device_power
    return float(np.std(np.log(rows.device_power / modelled)))


def pair_spread(known: Coefficients, rows: Rows) -> float:
    """Return what is left of the energy of one precision over another, as a root mean square."""
    first, second = precision_pairs(rows)
    left = np.log(rows.energy_per_token / physics(known, rows.conditions).energy_per_token)
    return float(np.sqrt(np.mean(np.clip(left[first] - left[second], -MOST, MOST) ** 2)))


def interval_scales(known: Coefficients, rows: Rows) -> dict[str, float]:
    """Find by what spreads are multiplied so that nine in ten of rows left out are covered.

    For models that were measured, a random third of the rows is left out; for models that were
    not, whole families and whole models, of which the larger scale is taken.
    """
    plain = {name: 1.0 for name in known.residual if name.startswith("interval_")}
    bare = replace(known, residual={**known.residual, **plain})
    tables = {
        kind: scoring.left_out(bare, rows, scoring.folds(rows, kind))
        for kind in ("rows", "models", "families")
    }
    kinds = {"seen": ("rows",), "unseen": ("models", "families")}
    found: dict[str, float] = {}
    for modality in ("text", "image", "video"):
        here = rows.conditions.modality == modality
        for state, names in kinds.items():
            scales = [scale(rows, tables[name], here) for name in names]
            found[f"interval_{modality}_{state}"] = round(max(scales), 2)
    return found


def scale(rows: Rows, table: Table, here: Array) -> float:
    """Return by what spreads are multiplied so that nine in ten rows lie within the interval."""
    beyond = np.abs(np.log(rows.energy_per_token / table.p50)) / (Z95 * table.spread)
    return float(np.quantile(beyond[here], 0.9))


def written(path: Path, known: Coefficients) -> str:
    """Return the file with the values of the fit in place of the old ones."""
    units = {one.name: one.unit for one in known.fitted if one.scale != "fixed"}
    group, name, lines = "", "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"( {2}| {4})([\w.-]+):", line):
            name = found[2] if len(found[1]) == 2 else f"{group}.{found[2]}"
            group = found[2] if len(found[1]) == 2 else group
        here = re.fullmatch(r"( +)value: .*", line)
        if here and name in units:
            lines.append(f"{here[1]}value: {known.values[name]:.6g} {units[name]}".rstrip())
        else:
            lines.append(residual_line(line, known.residual))
    return "\n".join(lines) + "\n"


def residual_line(line: str, sizes: Mapping[str, float]) -> str:
    """Return a line of the residual with its new value."""
    found = re.fullmatch(r"  (\w+): [\d.e+-]+", line)
    return f"  {found[1]}: {sizes[found[1]]:.7g}" if found and found[1] in sizes else line


if __name__ == "__main__":
    main()
