"""Puts the formulas of inference together, once, for arrays of rows and for symbolic terms.

A *backend* says what a coefficient and a formula applied are: `Numbers` computes, `Nodes`
builds terms that can be sampled and explained. Both run the same lines below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from lca import terms
from lca.formulas import inference, inference_power, operation
from lca.workloads.inference_coefficients import Coefficients
from lca.workloads.measured_rows import EARLIER, Conditions

Mask = Any
"""Whether a condition holds: one truth, or one for each row."""


@dataclass(frozen=True)
class Flags:
    """Conditions that switch coefficients on: one truth each, or arrays of them."""

    experts: Mask
    earlier: Mask
    blackwell: Mask
    ampere: Mask
    fp8: Mask
    mxfp4: Mask
    pipelined: Mask
    image: Mask
    video: Mask


class Backend(Protocol):
    """What the assembly asks of numbers and of terms."""

    def coefficient(self, name: str) -> Any:
        """Return a fitted number."""

    def apply(self, formula: terms.Formula, name: str = "", **inputs: Any) -> Any:
        """Apply a formula."""

    def product(self, name: str, unit: str, first: str, **ratios: Mask) -> Any:
        """Multiply a coefficient by the ratios ``name.<key>`` whose condition holds."""


@dataclass(frozen=True)
class Numbers:
    """Computes with floats and arrays."""

    values: Mapping[str, float]

    def coefficient(self, name: str) -> Any:
        """Return a fitted number."""
        return self.values[name]

    def apply(self, formula: terms.Formula, name: str = "", **inputs: Any) -> Any:
        """Return the result of a formula."""
        del name
        return formula(**inputs)

    def product(self, name: str, unit: str, first: str, **ratios: Mask) -> Any:
        """Return the product, one element a row."""
        del unit
        result: Any = self.values[first] if first else 1.0
        for key, holds in ratios.items():
            result = result * np.where(holds, self.values[f"{name}.{key}"], 1.0)
        return result


@dataclass(frozen=True)
class Nodes:
    """Builds terms with cited leaves."""

    known: Coefficients

    def coefficient(self, name: str) -> Any:
        """Return a fitted number as a cited leaf."""
        return self.known.by_name(name).factor()

    def apply(self, formula: terms.Formula, name: str = "", **inputs: Any) -> Any:
        """Return a term."""
        return terms.apply(formula, name=name, **inputs)

    def product(self, name: str, unit: str, first: str, **ratios: Mask) -> Any:
        """Return the product of what applies; ratios that do not apply are not shown."""
        parts = {
            first or "reference": self.coefficient(first)
            if first
            else terms.Factor("reference", 1.0, "")
        }
        parts |= {key: self.coefficient(f"{name}.{key}") for key, holds in ratios.items() if holds}
        if len(parts) == 1:
            return next(iter(parts.values()))
        return terms.product(name, unit, **parts)


def flags(conditions: Conditions, architecture: Any) -> Flags:
    """Return the flags of rows; ``architecture`` is the device's, such as ``Blackwell``."""
    return Flags(
        experts=conditions.total_parameters > conditions.active_parameters,
        earlier=conditions.software == EARLIER,
        blackwell=architecture == "Blackwell",
        ampere=architecture == "Ampere",
        fp8=conditions.precision == "fp8",
        mxfp4=conditions.precision == "mxfp4",
        pipelined=conditions.pipeline_stages > 1,
        image=conditions.modality == "image",
        video=conditions.modality == "video",
    )


def step(do: Backend, given: Mapping[str, Any], holds: Flags) -> dict[str, Any]:
    """Return step time, its parts, and power over rated power.

    Parameters
    ----------
    do
        Numbers or nodes.
    given
        ``total_parameters``, ``active_parameters``, ``devices_per_replica``, ``batch``,
        ``output_length``, ``prompt_length``, ``data_parallel``, ``parameter_width`` (GB),
        ``memory_bandwidth`` (GB/h), ``peak_rate`` (flop/h), ``thermal_design_power`` (kW),
        ``step_tokens`` (token) and ``flop_per_weight`` (flop/token).
    holds
        Conditions that switch coefficients on.
    """
    size = {
        "active_parameters": given["active_parameters"],
        "reference_parameters": do.coefficient("reference_parameters"),
    }
    parts = {
        "read_time": _reading(do, given, holds, size),
        "decode_compute_time": _multiplying(
            do, given, do.coefficient("decode_efficiency"), "decode_compute_time"
        ),
        "launch_time": _launching(do, given, holds, size),
        "communication_time": _communicating(do, given, size),
        "pipeline_ratio": do.product("pipeline_ratio", "", "", stages=holds.pipelined),
        "prefill_time": _prompts(do, given, holds),
        "request_time": _requests(do, given, holds),
    }
    time = do.apply(inference_power.step_time, **parts)
    power = _power(do, given, holds, {**parts, "step_time": time})
    return {**parts, "step_time": time, "device_power": power}


def _reading(do: Backend, given: Mapping[str, Any], holds: Flags, size: Mapping[str, Any]) -> Any:
    """Return the time of reading weights and caches in a step."""
    efficiency = do.coefficient("bandwidth_efficiency")
    of_weights = do.product(
        "bandwidth_efficiency_ratio",
        "",
        "bandwidth_efficiency",
        experts=holds.experts,
        fp8=holds.fp8,
        mxfp4=holds.mxfp4,
    )
    return do.apply(
        inference_power.read_time,
        weight_time=_read(do, given, _weights(do, given), of_weights, "weight_time"),
        cache_time=_read(do, given, _caches(do, given, size), efficiency, "cache_time"),
    )


def _weights(do: Backend, given: Mapping[str, Any]) -> Any:
    """Return what is read of the weights in a step."""
    touched = do.apply(
        inference.touched_parameters,
        active_parameters=given["active_parameters"],
        total_parameters=given["total_parameters"],
        always_active_share=do.coefficient("always_active_share"),
        batch=given["batch"],
    )
    return do.apply(
        inference.weight_traffic,
        touched_parameters=touched,
        parameter_width=given["parameter_width"],
    )


def _caches(do: Backend, given: Mapping[str, Any], size: Mapping[str, Any]) -> Any:
    """Return what is read of the caches in a step."""
    return do.apply(
        inference.cache_traffic,
        cache_width=do.coefficient("cache_width"),
        **size,
        cache_exponent=do.coefficient("cache_exponent"),
        **{key: given[key] for key in ("prompt_length", "output_length", "batch")},
    )


def _read(do: Backend, given: Mapping[str, Any], traffic: Any, efficiency: Any, name: str) -> Any:
    return do.apply(
        inference.memory_time,
        name,
        memory_traffic=traffic,
        memory_bandwidth=given["memory_bandwidth"],
        bandwidth_efficiency=efficiency,
        devices_per_replica=given["devices_per_replica"],
    )


def _multiplying(do: Backend, given: Mapping[str, Any], efficiency: Any, name: str) -> Any:
    names = (
        "flop_per_weight",
        "active_parameters",
        "batch",
        "step_tokens",
        "peak_rate",
        "devices_per_replica",
    )
    return do.apply(
        inference.compute_time,
        name,
        **{key: given[key] for key in names},
        compute_efficiency=efficiency,
    )


def _launching(do: Backend, given: Mapping[str, Any], holds: Flags, size: Mapping[str, Any]) -> Any:
    ratio = do.product(
        "launch_ratio",
        "",
        "",
        earlier=holds.earlier,
        blackwell=holds.blackwell,
        experts=holds.experts,
        fp8=holds.fp8,
        mxfp4=holds.mxfp4,
    )
    return do.apply(
        inference.launch_time,
        reference_launch_time=do.coefficient("reference_launch_time"),
        **size,
        launch_exponent=do.coefficient("launch_exponent"),
        launch_ratio=ratio,
        sequence_time=do.product("sequence_ratio", "h", "sequence_time", earlier=holds.earlier),
        batch=given["batch"],
    )


def _communicating(do: Backend, given: Mapping[str, Any], size: Mapping[str, Any]) -> Any:
    names = ("round_time", "exchange_time", "exchange_exponent")
    return do.apply(
        inference.communication_time,
        **size,
        **{name: do.coefficient(name) for name in names},
        devices_per_replica=given["devices_per_replica"],
        batch=given["batch"],
    )


def _prompts(do: Backend, given: Mapping[str, Any], holds: Flags) -> Any:
    efficiency = do.product(
        "prefill_ratio", "", "prefill_efficiency", experts=holds.experts, fp8=holds.fp8
    )
    return do.apply(
        inference.prefill_time,
        compute_time=_multiplying(do, given, efficiency, "prompt_token_time"),
        **{key: given[key] for key in ("prompt_length", "output_length", "data_parallel")},
        data_parallel_exponent=do.coefficient("data_parallel_exponent"),
    )


def _requests(do: Backend, given: Mapping[str, Any], holds: Flags) -> Any:
    preparation = do.product(
        "preparation_ratio", "h", "preparation_time", image=holds.image, video=holds.video
    )
    return do.apply(
        inference.request_time,
        preparation_time=preparation,
        batch=given["batch"],
        output_length=given["output_length"],
    )


def _power(do: Backend, given: Mapping[str, Any], holds: Flags, times: Mapping[str, Any]) -> Any:
    names = (
        "static_fraction",
        "memory_fraction",
        "compute_fraction",
        "waiting_fraction",
        "cap_sharpness",
    )
    ratio = do.product(
        "power_ratio",
        "",
        "",
        earlier=holds.earlier,
        blackwell=holds.blackwell,
        ampere=holds.ampere,
    )
    fraction = do.apply(
        inference_power.serving_fraction,
        **times,
        **{name: do.coefficient(name) for name in names},
        power_ratio=ratio,
    )
    return do.apply(
        operation.busy_power,
        "device_power",
        thermal_design_power=given["thermal_design_power"],
        busy_fraction=fraction,
    )
