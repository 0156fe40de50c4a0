"""Scores the model on packaged rows that it was not fitted to: the claim, reproduced."""

from __future__ import annotations

from typing import Any

import numpy as np

from lca import units
from lca.uncertain import Array
from lca.workloads.generation_model import learn, predict_outputs
from lca.workloads.generation_rows import fit_relation, generation_rows, generation_values
from lca.workloads.inference_coefficients import coefficients
from lca.workloads.measured_rows import TOKEN, Rows, language_rows, model_key, packaged
from lca.workloads.scoring import FOLDS, folds, left_out
from lca.workloads.scoring_file import summary

KINDS = ("families", "models", "rows")
"""What is left out together: families and models as a whole, or a random third of the rows."""
_LABELS = {"text": "text", "image": "image+text", "video": "video+text"}


def held_out(kind: str) -> dict[str, Any]:
    """Score the packaged rows, each predicted by a fit without it and all left out with it.

    Parameters
    ----------
    kind
        One of `KINDS`; images and videos that are made know no families, whole models are left out.
    """
    rows = language_rows()
    table = left_out(coefficients(), rows, folds(rows, kind))
    made, energy, bounds = _outputs(kind)
    joule = 1 / units.parse("1 J", "kWh")
    of_tokens = np.array([table.p5, table.p50, table.p95])
    modalities = [*(_LABELS[name] for name in rows.conditions.modality), *made]
    measured = np.concatenate([rows.energy_per_token, energy]) * joule
    every = np.concatenate([of_tokens, bounds], axis=1) * joule
    basis = [*table.basis, *(["model"] * len(made))]
    return {
        "held_out": kind,
        "summary": summary(modalities, measured, every),
        "rows": _records(rows, modalities, measured, every, basis),
    }


def _outputs(kind: str) -> tuple[list[str], Array, Array]:
    rows, energy = generation_rows()
    if kind == "rows":
        groups = np.random.default_rng(0).integers(0, FOLDS, len(rows)).astype(str)
    else:
        groups = np.array([model_key(name) for name in rows.model])
    bounds = np.empty((3, len(rows)))
    for name in sorted(set(groups.tolist())):
        out = groups == name
        kept = rows.take(~out)
        values = fit_relation(generation_values(), kept, energy[~out])
        found = predict_outputs(rows.take(out), learn(values, kept, energy[~out]))
        bounds[:, out] = [found.p5, found.p50, found.p95]
    return rows.modality.tolist(), energy, bounds


def _records(
    rows: Rows, modalities: list[str], measured: Array, bounds: Array, basis: list[str]
) -> list[dict[str, Any]]:
    others = [row["row_id"] for row in packaged() if row["unit"] != TOKEN]
    return [
        {
            "row_id": name,
            "modality": modalities[place],
            "measured": float(measured[place]),
            "p5": float(bounds[0, place]),
            "p50": float(bounds[1, place]),
            "p95": float(bounds[2, place]),
            "basis": basis[place],
        }
        for place, name in enumerate([*rows.row_id.tolist(), *others])
    ]
