"""Predicts many rows at once with plain arrays: what a score, a fit and a table need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from lca import units
from lca.formulas.inference_power import energy_per_token, replica_throughput
from lca.library import Library
from lca.library.models import Device
from lca.terms import Factor
from lca.uncertain import Array
from lca.workloads.inference_assembly import Numbers, flags, step
from lca.workloads.inference_coefficients import Coefficients
from lca.workloads.measured_rows import Conditions, texts
from lca.workloads.validity import hardware

DEFAULT_TASK = {"text": "lm-arena-chat", "image": "image-chat", "video": "video-chat"}
"""Task whose prompts stand for those of a modality where nothing is said of them."""


@dataclass(frozen=True)
class Physics:
    """What the physical model says of rows: time of a step in h, power in kW, energy in kWh."""

    step_time: Array
    device_power: Array
    energy_per_token: Array


def prompt_lengths(known: Coefficients, conditions: Conditions) -> Array:
    """Return the tokens of the prompts: as given, else those of the task, else of the modality."""
    lengths = known.of_group("prompt_length")
    of_task = [
        lengths.get(task, lengths[DEFAULT_TASK[modality]])
        for task, modality in zip(conditions.task, conditions.modality, strict=True)
    ]
    given = conditions.prompt_length
    return np.where(np.isnan(given), np.array(of_task), given)


def physics(known: Coefficients, conditions: Conditions, library: Library | None = None) -> Physics:
    """Return what the physical model says, without correction by measured rows."""
    devices = _devices(conditions, library or packaged_library())
    given: dict[str, Any] = {
        name: getattr(conditions, name)
        for name in (
            "total_parameters",
            "active_parameters",
            "devices_per_replica",
            "batch",
            "output_length",
            "data_parallel",
        )
    }
    given |= {"prompt_length": prompt_lengths(known, conditions), **devices, **counts()}
    widths = known.of_group("parameter_width")
    given["parameter_width"] = np.array([widths[name] for name in conditions.precision])
    holds = flags(conditions, devices.pop("architecture"))
    given.pop("architecture")
    parts = step(Numbers(known.values), given, holds)
    throughput = replica_throughput(given["batch"], given["step_tokens"], parts["step_time"])
    energy = energy_per_token(parts["device_power"], given["devices_per_replica"], throughput)
    return Physics(parts["step_time"], parts["device_power"], np.asarray(energy))


def counts() -> dict[str, float]:
    """Return the two counts that hold for every model: tokens of a step, operations of a weight."""
    return {"step_tokens": 1.0, "flop_per_weight": units.parse("2 flop/token", "flop/token")}


@cache
def packaged_library() -> Library:
    """Return the packaged library, opened once."""
    return Library()


def _devices(conditions: Conditions, library: Library) -> dict[str, Any]:
    """Return what is rated of each row's device, one array a quantity."""
    names = sorted(set(conditions.device.tolist()))
    rated = {name: _rated(library.device(name)) for name in names}
    columns = {key: [rated[name][key] for name in conditions.device] for key in rated[names[0]]}
    architecture = texts([str(value) for value in columns.pop("architecture")])
    arrays: dict[str, Any] = {key: np.array(values) for key, values in columns.items()}
    return {**arrays, "architecture": architecture}


def _rated(device: Device) -> Mapping[str, Any]:
    found = hardware(device)
    rated: dict[str, Any] = {name: _central(factor) for name, factor in found.items()}
    return {**rated, "architecture": device.architecture}


def _central(factor: Factor) -> float:
    return factor.distribution.central
