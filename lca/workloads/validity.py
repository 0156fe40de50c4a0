"""What may be asked of the inference model, and how far the question is from what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.library.models import Device
from lca.sources import Quality
from lca.terms import Factor
from lca.values import Value
from lca.workloads.inference_coefficients import coefficients
from lca.workloads.measured_rows import Conditions

PRECISIONS = {
    "bf16": "bf16",
    "bfloat16": "bf16",
    "bfloat16/fp16": "bf16",
    "fp16": "bf16",
    "float16": "bf16",
    "fp8": "fp8",
    "float8": "fp8",
    "int8": "fp8",
    "mxfp4": "mxfp4",
    "fp4": "mxfp4",
    "nvfp4": "mxfp4",
    "int4": "mxfp4",
    "nf4": "mxfp4",
}
"""Precisions of weights, by the measured one they are taken for."""
MEASURED_PRECISIONS = ("bf16", "bfloat16", "bfloat16/fp16", "fp8", "mxfp4")
MODALITIES = ("text", "image", "video")
MEASURED_DEVICES = ("nvidia-h100-sxm5-80gb", "nvidia-b200-sxm-180gb", "nvidia-a100-sxm4-40gb")
RANGES = {
    "total_parameters": (2e9, 671e9),
    "active_parameters": (2e9, 405e9),
    "batch": (7.0, 4090.0),
    "devices_per_replica": (1.0, 16.0),
    "output_length": (65.0, 11900.0),
}
"""What the measured rows span: outside, the model extrapolates."""
_WORDS = {
    "total_parameters": "total parameters",
    "active_parameters": "active parameters",
    "batch": "batch",
    "devices_per_replica": "device count",
    "output_length": "output tokens",
}


def precision_class(name: str) -> str:
    """Return the measured precision that a precision is taken for.

    Raises
    ------
    UnknownNameError
        If the precision is not known; the nearest is named.
    """
    found = PRECISIONS.get(name.strip().lower())
    if found is None:
        near = did_you_mean(name, PRECISIONS)
        msg = f"no precision {quoted(name)}{near} (one of: {', '.join(PRECISIONS)})"
        raise UnknownNameError(msg)
    return found


def check_modality(name: str) -> str:
    """Return a modality, or refuse it naming the nearest."""
    if name in MODALITIES:
        return name
    hint = "; for images and videos that are made, ask generation_energy"
    near = did_you_mean(name, MODALITIES)
    msg = f"no modality {quoted(name)}{near} (one of: {', '.join(MODALITIES)}){hint}"
    raise UnknownNameError(msg)


def check_numbers(**given: float) -> None:
    """Refuse numbers that mean nothing, all of them at once.

    Parameters
    ----------
    given
        Central values by vocabulary name.

    Raises
    ------
    InputError
        If a number is not finite, a count is below one, or more parameters are active than exist.
    """
    wrong = [
        f"{_WORDS.get(name, name)}: {value:g} is not at least 1"
        for name, value in given.items()
        if not (math.isfinite(value) and value >= 1)
    ]
    devices = given.get("devices_per_replica", 1.0)
    if not wrong and devices != int(devices):
        wrong.append(f"device count: {devices:g} is not a whole number")
    active, total = given.get("active_parameters", 1.0), given.get("total_parameters", 1.0)
    if not wrong and active > total:
        wrong.append(
            f"active parameters: {active:g} are more than the {total:g} in total; a dense model has as many active as in total"
        )
    if wrong:
        raise InputError("\n".join(wrong))


def hardware(device: Device) -> dict[str, Factor]:
    """Return what the model needs of a device, as cited factors.

    Raises
    ------
    InputError
        If the database lacks one of them: which is said.
    """
    known: Mapping[str, Value | None] = {
        "memory_bandwidth": device.memory.bandwidth if device.memory else None,
        "peak_rate": device.peak.fp16,
        "thermal_design_power": device.power.tdp,
    }
    missing = [name.replace("_", " ") for name, value in known.items() if value is None]
    if missing:
        msg = f"{device.id}: the database has no {' and no '.join(missing)}, which inference needs (16-bit dense peak); add it to your own copy of the device (--db)"
        raise InputError(msg)
    return {
        name: value.cited(device.source, Quality.DECLARED).factor(name, f"{device.id}/{name}")
        for name, value in known.items()
        if value is not None
    }


def check_memory(
    device: Device, devices: float, weights: float, caches: float, uncertainty: float
) -> tuple[str, ...]:
    """Hold weights and caches (GB) against the memory of the devices.

    Parameters
    ----------
    device, devices
        What serves, and how many.
    weights, caches
        Memory of all weights, and of the caches of a full batch as for a typical model.
    uncertainty
        Factor by which the caches of one model may be smaller than the typical ones.

    Returns
    -------
    tuple of str
        A remark if a typical model would not fit.

    Raises
    ------
    InputError
        If even the weights, or the smallest caches, do not fit; says how many devices would.
    """
    if device.memory is None:
        return ()
    room = device.memory.capacity.central
    least = weights + caches / uncertainty
    if weights > room * devices or least > room * devices:
        what = f"weights of {weights:.0f} GB" + (
            ""
            if weights > room * devices
            else f" and caches of at least {caches / uncertainty:.0f} GB"
        )
        msg = f"{what} do not fit into the {room * devices:.0f} GB of {devices:.0f} × {device.id}; {math.ceil(least / room)} devices would hold them, or a smaller batch"
        raise InputError(msg)
    if weights + caches > room * devices:
        return (
            f"caches of a typical model of this size would take {caches:.0f} GB beside weights of {weights:.0f} GB: more than {devices:.0f} × {device.id} have; the batch may not be reached",
        )
    return ()


def remarks(device: Device, precision: str, asked: Conditions) -> tuple[tuple[str, ...], float]:
    """Say where a question is outside what was measured, and by what the interval widens.

    Returns
    -------
    tuple
        Remarks, and a standard deviation of the logarithm that is added to the model's own.
    """
    said: list[str] = []
    wider = 0.0
    residual = coefficients().residual
    if device.id not in MEASURED_DEVICES:
        said.append(
            f"{device.id} was not measured: rated bandwidth, peak and power put into the model of H100, B200 and A100; interval widened by an assumed factor"
        )
        wider += residual["other_device"] ** 2
    if precision.strip().lower() not in MEASURED_PRECISIONS:
        said.append(
            f"{precision} was not measured and is taken for {precision_class(precision)}; interval widened by an assumed factor"
        )
        wider += residual["other_precision"] ** 2
    for name, (low, high) in RANGES.items():
        value = float(getattr(asked, name)[0])
        if low <= value <= high:
            continue
        said.append(
            f"{_WORDS[name]} {value:.4g} is outside what was measured ({low:.4g} to {high:.4g}): extrapolated, interval widened"
        )
        beyond = math.log(low / value) if value < low else math.log(value / high)
        wider += (residual["beyond"] * beyond) ** 2
    return tuple(said), math.sqrt(wider)
