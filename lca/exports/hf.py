"""Hugging Face model card: the ``co2_eq_emissions`` block of its front matter, in grams."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lca.errors import InputError
from lca.exports.case import Case, grams
from lca.exports.writing import as_yaml
from lca.factors.regions import place
from lca.ledger import Line

NAME = "hf"
SUFFIX = ".yaml"
NOTE = (
    "Grams of CO2e of all training entries: location-based electricity and the share of hardware "
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
    lines = [x for x in case.ledger.lines if x.phase == "training" and x.indicator == "gwp100"]
    if not lines:
        msg = f"hf is of a model's training, and {case.ledger.name} has no entry with phase: training"
        raise InputError(msg)
    whole = case.total(_counted)
    low, high = (grams(whole.statistics()[key]) for key in ("p5", "p95"))
    counted = ", ".join(dict.fromkeys(line.stage.replace("_", " ") for line in lines if _counted(line)))
    places = ", ".join(dict.fromkeys(_place(line.region) for line in lines))
    block: dict[str, Any] = {
        "emissions": float(f"{grams(whole.central):.{_FIGURES}g}"),
        "source": (
            f"{case.made_by()}; location-based; {counted}; "
            f"90% interval {low:.3g} to {high:.3g} g{_lacking(case)}"
        ),
        "geographical_location": places,
        "hardware_used": hardware(case, "training"),
    }
    kind = case.meta.text("training_type") or _kind(case)
    if kind:
        block["training_type"] = kind
    return {"co2_eq_emissions": {key: value for key, value in block.items() if value != ""}}


def _counted(line: Line) -> bool:
    return line.phase == "training" and line.stage != "recovery_credit"


def _lacking(case: Case) -> str:
    gaps = case.gaps()
    return f"; not counted: {'; '.join(gaps)}" if gaps else ""


def _place(region: str) -> str:
    try:
        return place(region).title
    except LookupError:
        return region


def _kind(case: Case) -> str:
    """Return what is certain: adapters are fine-tuning; whole weights may be either."""
    methods = {
        str(work.train.method)
        for work in case.scenario.model.work.values()
        if work.train and work.phase == "training"
    }
    return "fine-tuning" if methods == {"lora"} else ""


def hardware(case: Case, phase: str) -> str:
    """Return kind and count of the accelerators of a phase, the count where it is known."""
    said = []
    model = case.scenario.model
    for fleet in (f for f in model.fleet.values() if f.phase == phase):
        count = sum(fleet.count.values())
        said.append(f"{count:g} x {case.scenario.library.device(fleet.device).name}")
    for work in (w for w in model.work.values() if w.phase == phase):
        name = case.scenario.library.instance(work.instance).device if work.instance else work.device
        if name:
            said.append(case.scenario.library.device(str(name)).name)
    return ", ".join(dict.fromkeys(said))


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
