"""Predicts energy per output token with its interval, for many rows at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from lca.library import Library
from lca.uncertain import Array, standard_normal
from lca.workloads.inference_coefficients import Coefficients, coefficients
from lca.workloads.inference_model import physics
from lca.workloads.inference_residual import Kriging, fitted
from lca.workloads.measured_rows import EARLIER, LATER, Conditions, Text, language_rows, texts

Z95 = float(standard_normal(np.array([0.95]))[0])


@dataclass(frozen=True, eq=False)
class Table:
    """Predictions, one element a row.

    Energies in kWh/token; ``spread`` is the standard deviation of their logarithm, ``shared`` the
    part of it that all configurations of one AI model have in common; ``correction`` what measured
    rows multiply the physical model by; ``support`` how many rows of that AI model were measured.
    """

    p5: Array
    p50: Array
    p95: Array
    spread: Array
    shared: Array
    correction: Array
    support: Array

    @property
    def basis(self) -> list[str]:
        """What each prediction rests on."""
        return [
            f"model, corrected by measured rows of this AI model ({count:.0f})"
            if count
            else "model"
            for count in self.support
        ]


@cache
def packaged_kriging() -> Kriging:
    """Return the kriging of all packaged rows."""
    return fitted(coefficients(), language_rows())


def predict(
    asked: Conditions,
    known: Coefficients | None = None,
    learned: Kriging | None = None,
    library: Library | None = None,
    wider: Array | float = 0.0,
) -> Table:
    """Predict energy per output token.

    Parameters
    ----------
    asked
        Conditions, one element a row.
    known, learned
        Coefficients and kriging; those packaged unless a fit is being tested.
    library
        Where devices are looked up.
    wider
        Standard deviation of the logarithm that is added where a row is outside what was measured.
    """
    known, learned = known or coefficients(), learned or packaged_kriging()
    settled, unsure = settle(asked, learned.rows, known.residual)
    found = learned.residual(settled)
    middle = physics(known, settled, library).energy_per_token * np.exp(found.mean)
    scale = interval_scale(known, settled.modality, found.support)
    spread = np.sqrt((scale * found.spread) ** 2 + unsure**2 + np.asarray(wider) ** 2)
    low, high = middle * np.exp(-Z95 * spread), middle * np.exp(Z95 * spread)
    shared = np.minimum(scale * found.shared, spread)
    return Table(low, middle, high, spread, shared, np.exp(found.mean), found.support)


def interval_scale(known: Coefficients, modality: Text, support: Array) -> Array:
    """Return what spreads are multiplied by so that held-out rows fall into the interval."""
    pairs = zip(modality, support, strict=True)
    names = [f"interval_{kind}_{'seen' if rows else 'unseen'}" for kind, rows in pairs]
    return np.array([known.residual[name] for name in names])


def settle(asked: Conditions, rows: Conditions, sizes: object) -> tuple[Conditions, Array]:
    """Fill in the software where it is not known, and say how unsure that makes each row.

    Without a name, the software is the one that models of that size were measured with on that
    device, if only one was; else the later one if the device was measured with it or not at all.
    """
    residual = dict(sizes)  # type: ignore[call-overload]
    choices = [
        (name, False) if name else _software(asked, rows, place)
        for place, name in enumerate(asked.software)
    ]
    unsure = np.array([residual["unknown_software"] if doubt else 0.0 for _, doubt in choices])
    taskless = np.array([residual["unknown_task"] if not name else 0.0 for name in asked.task])
    taskless = np.where(np.isnan(asked.prompt_length), taskless, 0.0)
    software = texts([name for name, _ in choices])
    return replace(asked, software=software), np.sqrt(unsure**2 + taskless**2)


def _software(asked: Conditions, rows: Conditions, place: int) -> tuple[str, bool]:
    """Return the software that a row is taken to be served by, and whether that is in doubt."""
    here = rows.device == asked.device[place]
    like = here & (np.abs(np.log(rows.total_parameters / asked.total_parameters[place])) < 0.02)
    like &= np.abs(np.log(rows.active_parameters / asked.active_parameters[place])) < 0.02
    for chosen in (like, here):
        versions = set(rows.software[chosen].tolist())
        if len(versions) == 1:
            return versions.pop(), False
    return (LATER, True) if EARLIER in set(rows.software[here].tolist()) else (LATER, False)
