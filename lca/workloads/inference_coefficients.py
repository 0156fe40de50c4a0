"""Coefficients of the inference model: read from their file, as numbers or as cited factors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lca import document
from lca.factors.files import ROOT
from lca.terms import Factor
from lca.uncertain import Array
from lca.values import read

PATH: Path = ROOT / "workloads" / "inference_coefficients.yaml"
SOURCE = "mlenergy-inference-fit"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One fitted number.

    Attributes
    ----------
    name
        Dotted path in the file.
    unit
        Canonical unit.
    value
        Fitted value in that unit.
    scale
        What is fitted: its ``log``, its ``logit`` (a share), itself (``plain``), or nothing
        (``fixed``: chosen).
    center, spread
        Weak prior on that scale, which decides where the rows say nothing.
    note
        What it means.
    """

    name: str
    unit: str
    value: float
    scale: str
    center: float
    spread: float
    note: str

    def factor(self) -> Factor:
        """Return the coefficient as a cited leaf."""
        name = self.name.rsplit(".", 1)[-1]
        identity = f"inference/{self.name}"
        return Factor(
            name,
            self.value,
            self.unit,
            identity=identity,
            source=SOURCE,
            quality="derived",
            note=self.note,
        )


@dataclass(frozen=True)
class Coefficients:
    """All fitted numbers of the model, in the order of the file."""

    fitted: tuple[Coefficient, ...]
    residual: Mapping[str, float]

    @property
    def values(self) -> dict[str, float]:
        """Values by dotted path, in canonical units."""
        return {one.name: one.value for one in self.fitted}

    def of_group(self, group: str) -> dict[str, float]:
        """Return the values below a path, such as those of ``prompt_length``."""
        start = f"{group}."
        return {
            name.removeprefix(start): x for name, x in self.values.items() if name.startswith(start)
        }

    def by_name(self, name: str) -> Coefficient:
        """Return one coefficient."""
        return next(one for one in self.fitted if one.name == name)

    def vector(self) -> Array:
        """Return what is fitted, each value on its scale; chosen values are left out."""
        return np.array([forward(one.scale, one.value) for one in self.free])

    @property
    def free(self) -> tuple[Coefficient, ...]:
        """What is fitted, in the order of the vector."""
        return tuple(one for one in self.fitted if one.scale != "fixed")

    def moved(self, vector: Array) -> Coefficients:
        """Return the coefficients at another point of the fit."""
        pairs = zip(self.free, vector.tolist(), strict=True)
        found = {one.name: replace(one, value=backward(one.scale, x)) for one, x in pairs}
        return replace(self, fitted=tuple(found.get(one.name, one) for one in self.fitted))


def forward(scale: str, value: float) -> float:
    """Return a value on the scale it is fitted on."""
    if scale in {"plain", "fixed"}:
        return value
    return math.log(value) if scale == "log" else math.log(value / (1 - value))


def backward(scale: str, value: float) -> float:
    """Return the value of a point on the scale it is fitted on."""
    if scale == "plain":
        return value
    return math.exp(value) if scale == "log" else 1 / (1 + math.exp(-value))


@cache
def coefficients() -> Coefficients:
    """Return the packaged coefficients."""
    data: dict[str, Any] = document.read(PATH).data
    fitted = tuple(_leaves("", data["coefficients"]))
    residual = {name: float(value) for name, value in data["residual"].items()}
    return Coefficients(fitted, residual)


def _leaves(path: str, data: Mapping[str, Any]) -> list[Coefficient]:
    found: list[Coefficient] = []
    for key, entry in data.items():
        name = f"{path}.{key}" if path else key
        found += [_coefficient(name, entry)] if "value" in entry else _leaves(name, entry)
    return found


def _coefficient(name: str, entry: Mapping[str, str]) -> Coefficient:
    unit, scale = entry.get("unit", ""), entry.get("scale", "log")
    lower = -math.inf if scale == "plain" else 0.0
    center = read(entry["center"], unit, lower=lower).central
    return Coefficient(
        name,
        unit,
        read(entry["value"], unit, lower=lower).central,
        scale,
        forward(scale, center),
        float(entry["spread"]),
        entry["note"],
    )
