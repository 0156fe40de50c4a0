"""Energy of training from model, tokens and device: FLOPs, device hours, power, host, facility.

One final run is counted. Development, restarts beyond what whole-run utilization holds, and idle
devices are separate, named factors that are added only when asked for.
"""

from __future__ import annotations

from typing import Any, Literal

from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.formulas import operation
from lca.formulas import training as formulas
from lca.library import Library, constants
from lca.library.models import Device
from lca.sources import SCENARIO, Quality
from lca.terms import Factor, Node, apply
from lca.workloads.ai_models import AIModel, describe
from lca.workloads.prediction import Prediction
from lca.workloads.training_factors import factor, written
from lca.workloads.training_runs import (
    PEAK_OF,
    TrainingRun,
    by_size,
    fitted_sizes,
    generation,
)
from lca.workloads.training_work import Work

Boundary = Literal["accelerator", "it", "facility"]
BOUNDARIES = ("accelerator", "it", "facility")

__all__ = [
    "TrainingRun",
    "busy_power",
    "by_size",
    "development_factor",
    "flop",
    "remarks",
    "token_factor",
    "training_energy",
]


def flop(
    model: AIModel,
    tokens: Node,
    *,
    method: str = "full",
    sequence: float | None = None,
    recompute: bool = False,
    adapter_parameters: float = 0.0,
) -> Node:
    """Return the model FLOPs of a run, or with ``recompute`` the hardware FLOPs (flop).

    Parameters
    ----------
    model, tokens, method, sequence, recompute, adapter_parameters
        As of `TrainingRun`.
    """
    counted = Work(model, tokens, method, sequence, recompute, adapter_parameters)
    return counted.hardware_flop if recompute else counted.model_flop


def remarks(run: TrainingRun) -> tuple[str, ...]:
    """Say what a reader of a run's hours or energy must know."""
    found = list(run.model.remarks())
    if not run.is_exact:
        lacks = "shape" if run.model.architecture is None else "sequence length"
        found.append(
            f"operations are 6 per parameter and token with an interval, as no {lacks} is given"
        )
    if not run.given:
        found += _prior_remarks(run)
    elif "step_flop_utilization" in run.given:
        found.append("the utilization given is that of steps; time outside them is added")
    if run.recompute and "hardware_flop_utilization" not in run.given:
        found.append("recomputation is no model work; the utilization must hold its time")
    return tuple(found)


def _prior_remarks(run: TrainingRun) -> list[str]:
    low, high = fitted_sizes()
    size = run.model.active_parameters
    found = ["utilization is that of published whole runs of the 16-bit peak, by size and device"]
    if not low <= size <= high:
        found.append(
            f"{size:.3g} active parameters lie outside the fitted runs ({low:.3g} to {high:.3g})"
        )
    if generation(run.device) == "other":
        found.append(
            f"no published run used the generation of {run.device.id}; the interval is wider"
        )
    if PEAK_OF[run.precision] == "fp8":
        found.append("FP8 is 16-bit utilization times a published gain of 1.0 to 1.75")
    if PEAK_OF[run.precision] in {"tf32", "fp32"}:
        found.append(
            f"the fitted runs used 16 bits; their utilization is applied to {run.precision}"
        )
    if run.method == "lora":
        found.append("the fitted runs are pretraining; fine-tuning of small sets reaches less")
    return found


def development_factor(program: str) -> Factor:
    """Return the energy of a published program over that of its final run.

    Parameters
    ----------
    program
        ``olmo`` (1.5), ``olmo-3`` (5.6), or ``bloom-idle`` (1.6, idle devices alone).

    Raises
    ------
    UnknownNameError
        If there is no such program.
    """
    known = written("development_factor")
    if program not in known:
        msg = f"no program {quoted(program)}{did_you_mean(program, known)} (one of: {', '.join(known)})"
        raise UnknownNameError(msg)
    return factor(f"development_factor.{program}", name="development_factor")


def training_energy(
    model: AIModel | str | float,
    tokens: float | Factor,
    device: Device | str,
    precision: str = "bf16",
    *,
    active_parameters: float | None = None,
    boundary: Boundary = "accelerator",
    pue: Factor | None = None,
    development: Factor | str | None = None,
    **how: Any,
) -> Prediction:
    """Predict the energy of training a model once.

    Parameters
    ----------
    model
        A described model, the name of a preset such as ``llama-3.1-8b``, or its parameters.
    tokens
        Tokens passed (token).
    device
        Device or its id.
    precision
        Of the matrix products.
    active_parameters
        Parameters that work on one token, where ``model`` is a number.
    boundary
        ``accelerator``: devices alone; ``it``: with host and network; ``facility``: times PUE.
    pue
        Power usage effectiveness for ``facility``; the default of scenarios if not given.
    development
        Factor over the final run, or a published program; none if not given.
    **how
        As of `TrainingRun`.

    Returns
    -------
    Prediction
        Energy in kWh.

    Raises
    ------
    InputError
        If something is not accepted, or the device's rated power is not known.
    """
    known = device if isinstance(device, Device) else Library().device(device)
    described = _described(model, active_parameters)
    run = TrainingRun(described, token_factor(tokens), known, precision, **how)
    node = _energy(run, boundary, pue)
    said = [*remarks(run), *_development_remark(development)]
    if development is not None:
        chosen = development_factor(development) if isinstance(development, str) else development
        node = apply(
            formulas.program_energy, name=node.name, it_energy=node, development_factor=chosen
        )
    return Prediction(node, "kWh", remarks=tuple(said))


def token_factor(tokens: float | Factor) -> Factor:
    """Return a number of training tokens as a factor."""
    if isinstance(tokens, Factor):
        return tokens
    return Factor(
        "training_tokens",
        float(tokens),
        "token",
        identity=f"training/tokens/{tokens:g}",
        source=SCENARIO.key,
    )


def _described(model: AIModel | str | float, active: float | None) -> AIModel:
    if isinstance(model, AIModel):
        return model
    if isinstance(model, str):
        return describe(model)
    return describe(parameters=float(model), active_parameters=active)


def _development_remark(development: Factor | str | None) -> list[str]:
    if development is not None:
        return []
    return [
        "development runs are not inside; published programs took 1.5 (OLMo) to 5.6 times (Olmo 3) the final run"
    ]


def _energy(run: TrainingRun, boundary: str, pue: Factor | None) -> Node:
    if boundary not in BOUNDARIES:
        msg = f"no boundary {quoted(boundary)}{did_you_mean(boundary, BOUNDARIES)} (one of: {', '.join(BOUNDARIES)})"
        raise InputError(msg)
    accelerators = apply(
        operation.it_energy,
        name="accelerator_energy",
        device_power=busy_power(run.device),
        powered_time=run.device_hours,
    )
    if boundary == "accelerator":
        return accelerators
    equipment = apply(
        formulas.it_energy_of_accelerators,
        name="it_energy",
        accelerator_energy=accelerators,
        it_over_accelerator=factor("it_over_accelerator"),
    )
    if boundary == "it":
        return equipment
    chosen = pue if pue is not None else constants("defaults").factor("pue", "")
    return apply(operation.facility_energy, it_energy=equipment, pue=chosen)


def busy_power(device: Device) -> Node:
    """Return the mean power of a training accelerator: a share of its rated power (kW)."""
    if device.power.tdp is None:
        msg = f"{device.id} has no rated power; give one in its file"
        raise InputError(msg)
    kind = "tpu" if device.kind == "tpu" else "gpu"
    source = device.power.source or device.source
    rated = device.power.tdp.cited(source, Quality.DECLARED)
    return apply(
        operation.busy_power,
        thermal_design_power=rated.factor("thermal_design_power", f"{device.id}/power/tdp"),
        busy_fraction=factor(f"busy_fraction.{kind}", name="busy_fraction"),
    )
