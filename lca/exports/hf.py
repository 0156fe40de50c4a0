"""Hugging Face model card: the ``co2_eq_emissions`` block of its front matter, in grams."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lca.exports.case import Case, grams, spread
from lca.exports.training import Entries, hardware, of_entries, training_entries
from lca.exports.writing import as_yaml
from lca.factors.regions import place

NAME = "hf"
SUFFIX = ".yaml"
NOTE = (
    "Grams of CO2e of all work with phase: training, or of the one that `entry` names: location-based electricity and the share of hardware "
    "that the scenario counts. Single number; the interval is in the text of `source`."
)
_FIGURES = 12
_TEXTS = ("source", "training_type", "geographical_location", "hardware_used")


def build(case: Case) -> dict[str, Any]:
    """Return the block for a model's training.

    Raises
    ------
    InputError
        If the scenario holds no training.
    """
    entries = training_entries(case, NAME)
    lines = list(filter(of_entries(entries), case.lines()))
    whole = case.sum(lines)
    low, high = (grams(spread(whole)[key]) for key in ("p5", "p95"))
    between = f"90% interval {low:.3g} to {high:.3g} g" if low < high else "no interval"
    counted = ", ".join(dict.fromkeys(line.stage.replace("_", " ") for line in lines))
    places = ", ".join(dict.fromkeys(_place(line.region) for line in lines))
    block: dict[str, Any] = {
        "emissions": float(f"{grams(whole.central):.{_FIGURES}g}"),
        "source": (f"{case.made_by()}; location-based; {counted}; {between}{_lacking(case)}"),
        "geographical_location": places,
        "hardware_used": hardware(case, entries),
    }
    kind = case.meta.text("training_type") or _kind(entries)
    if kind:
        block["training_type"] = kind
    return {"co2_eq_emissions": {key: value for key, value in block.items() if value != ""}}


def _lacking(case: Case) -> str:
    gaps = case.gaps()
    return f"; not counted: {'; '.join(gaps)}" if gaps else ""


def _place(region: str) -> str:
    try:
        return place(region).title
    except LookupError:
        return region


def _kind(entries: Entries) -> str:
    """Return what is certain: adapters are fine-tuning; whole weights may be either."""
    methods = {str(work.train.method) for work in entries.values() if work.train}
    return "fine-tuning" if methods == {"lora"} else ""


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what breaks the rules of the block: a number of grams, and texts."""
    block = document["co2_eq_emissions"]
    emissions = block["emissions"]
    found = []
    if not isinstance(emissions, float | int) or not math.isfinite(emissions) or emissions < 0:
        found.append("emissions must be grams of CO2e, 0 or more")
    found += [f"{key} must be text" for key in _TEXTS if not isinstance(block.get(key, ""), str)]
    return found


def write(document: Mapping[str, Any]) -> str:
    """Return the block as YAML, to stand between the dashes of a model card."""
    return as_yaml(document)
