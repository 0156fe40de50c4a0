"""Energy of serving a language model that was not measured, as terms that can be explained.

>>> answer = inference_energy(70e9, 70e9, "nvidia-h100-sxm5-80gb", 4, "bf16", 64, 400)
>>> answer.unit, answer.per
('kWh/token', 'output token')
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lca import terms, units
from lca.formulas.inference import compute_time
from lca.formulas.inference_power import (
    energy_per_token,
    measured_step_time,
    prefill_share,
    replica_throughput,
    time_residual,
)
from lca.library import Library
from lca.library.models import Device
from lca.terms import Factor, Node, Term, apply
from lca.uncertain import exact, lognormal
from lca.workloads import validity
from lca.workloads.inference_assembly import Flags, Nodes, flags, step
from lca.workloads.inference_coefficients import SOURCE, coefficients
from lca.workloads.inference_model import packaged_library
from lca.workloads.inference_question import Given, Question
from lca.workloads.inference_table import Table, packaged_kriging, predict, settle
from lca.workloads.measured_rows import texts
from lca.workloads.prediction import Prediction

ROWS = "mlenergy-inference-rows"
MEASURED_THROUGHPUT = "measured throughput, modelled power"


@dataclass(frozen=True, slots=True)
class Serving:
    """What serving one model takes, as terms; energy is power times devices over throughput.

    Attributes
    ----------
    energy_per_token
        All devices of a replica, per output token, prompts included (kWh/token).
    prefill_energy_per_token
        One prompt token beyond those (kWh/token).
    throughput
        Output tokens of a replica (token/h).
    device_power
        One device while it serves (kW).
    step_time
        Time in which each sequence in flight gains a token (h).
    prefill_share
        Share of the time in which prompts are read.
    remarks, basis
        What a reader must know; what it rests on.
    """

    energy_per_token: Node
    prefill_energy_per_token: Node
    throughput: Node
    device_power: Node
    step_time: Node
    prefill_share: Node
    remarks: tuple[str, ...]
    basis: str


def inference_energy(
    total_parameters: float,
    active_parameters: float,
    device: str | Device,
    device_count: int,
    precision: str,
    batch: Given | None,
    output_tokens: Given,
    modality: str = "text",
    **more: Any,
) -> Prediction:
    """Predict the electricity of all accelerators of a replica for one output token.

    Parameters
    ----------
    total_parameters, active_parameters
        Parameters of the model, and those that work on one token: plain counts.
    device, device_count
        Id in the hardware database (or a device), and how many serve one replica.
    precision
        Of the weights: ``bf16``, ``fp8`` or ``mxfp4``; others are taken for these and flagged.
    batch
        Sequences served at the same time: a number or a distribution; None takes a wide one.
    output_tokens
        Mean tokens of an answer: a number or a distribution.
    modality
        ``text``, ``image`` or ``video``: what the question holds.
    more
        What else is known, by the names of `serving`, and ``model`` for the model's name.

    Returns
    -------
    Prediction
        In kWh per output token; accelerators only.

    Raises
    ------
    InputError
        If the question is impossible; the message says what is accepted.
    """
    library = more.pop("library", None) or packaged_library()
    found = library.device(device) if isinstance(device, str) else device
    name = more.pop("model", more.pop("model_name", ""))
    about = (total_parameters, active_parameters, found, device_count, precision, batch)
    served = serving(
        *about, output_tokens, modality=modality, model_name=name, library=library, **more
    )
    return Prediction(
        served.energy_per_token, "kWh/token", "output token", served.basis, served.remarks
    )


def serving(
    model_parameters: float,
    active_parameters: float,
    device: Device,
    device_count: int,
    precision: str,
    batch: Given | None,
    output_tokens: Given,
    prompt_tokens: Given | None = None,
    modality: str = "text",
    model_name: str = "",
    *,
    software: str = "",
    task: str = "",
    data_parallel: float = 1.0,
    pipeline_stages: float = 1.0,
    throughput: str | Factor | None = None,
    library: Library | None = None,
) -> Serving:
    """Return energy, power and throughput of serving one model, as terms.

    Parameters
    ----------
    model_parameters, active_parameters, device, device_count, precision, batch, output_tokens
        As for `inference_energy`.
    prompt_tokens
        Tokens of a prompt, those of images and videos included; by default those that explain the
        measured rows of the task, or of the modality.
    modality, model_name
        What the question holds; the name of the model, by which its measured rows are found.
    software
        ``vllm-0.11`` or ``vllm-0.5``: the generations that were measured.
    task
        A task of the benchmark, such as ``gpqa``.
    data_parallel, pipeline_stages
        Copies of the attention layers; stages that the layers are divided into.
    throughput
        Measured output tokens of the replica, such as ``2000 token/s``: then only power is modelled.
    library
        Where the device is looked up.
    """
    question = Question(
        model_parameters, active_parameters, device, device_count, precision, batch, output_tokens,
        prompt_tokens, modality, model_name, software, task, data_parallel, pipeline_stages,
    )  # fmt: skip
    known, asked = coefficients(), question.conditions()
    given = question.factors(known, asked)
    fitting = question.memory_remarks(known, asked)
    outside, wider = validity.remarks(device, precision, asked)
    table = predict(asked, known, library=library, wider=wider)
    settled, _ = settle(asked, packaged_kriging().rows, known.residual)
    holds = one(flags(settled, texts([device.architecture])))
    parts = step(Nodes(known), given, holds)
    served = _Served(question, given, parts, holds, table)
    remarks = (*question.remarks(settled), *fitting, *outside)
    return served.answer(_read_throughput(throughput), remarks)


@dataclass(frozen=True)
class _Served:
    """The parts of an answer."""

    question: Question
    given: Mapping[str, Node]
    parts: Mapping[str, Node]
    holds: Flags
    table: Table

    def answer(self, throughput: Factor | None, remarks: tuple[str, ...]) -> Serving:
        """Return power, throughput and energy, consistent in every draw."""
        inputs = {"batch": self.given["batch"], "step_tokens": self.given["step_tokens"]}
        residual = self._power_residual()
        power = terms.product(
            "device_power", "kW", modelled=self.parts["device_power"], power_residual=residual
        )
        if throughput is None:
            time = self._time(residual)
            served: Node = Term("throughput", replica_throughput, {**inputs, "step_time": time})
            basis = self.table.basis[0]
        else:
            served, basis = throughput, MEASURED_THROUGHPUT
            time = Term("step_time", measured_step_time, {**inputs, "replica_throughput": served})
        energy = apply(
            energy_per_token,
            device_power=power,
            devices_per_replica=self.given["devices_per_replica"],
            replica_throughput=served,
        )
        reading = apply(
            prefill_share,
            prefill_time=self.parts["prefill_time"],
            step_time=self.parts["step_time"],
        )
        return Serving(energy, self._prefill(), served, power, time, reading, remarks, basis)

    def _time(self, power_residual: Factor) -> Node:
        unexplained = apply(
            time_residual, energy_residual=self._energy_residual(), power_residual=power_residual
        )
        return terms.product(
            "step_time", "h", modelled=self.parts["step_time"], time_residual=unexplained
        )

    def _energy_residual(self) -> Node:
        """Return the correction by measured rows, and what is left: of the model, of this case, of its precision."""
        table, name = self.table, self.question.identity
        shared, spread = float(table.shared[0]), float(table.spread[0])
        own = max(spread**2 - shared**2, 0.0)
        of_precision = min(own, coefficients().residual["precision_pair"] ** 2)
        place = f"{name}/{self.question.device.id}/{self.question.count}"
        case = f"{place}/{self.question.precision}"
        correction = Factor(
            "measured_correction",
            exact(float(table.correction[0])),
            "",
            identity=f"inference/correction/{case}",
            source=ROWS,
            quality="derived",
            note=f"measured over modelled energy of rows like this; {table.support[0]:.0f} of this model",
        )
        return terms.product(
            "energy_residual",
            "",
            measured_correction=correction,
            model_residual=_residual("model_residual", shared, f"inference/model/{name}"),
            case_residual=_residual(
                "case_residual", math.sqrt(own - of_precision), f"inference/case/{place}"
            ),
            precision_residual=_residual(
                "precision_residual", math.sqrt(of_precision), f"inference/precision/{case}"
            ),
        )

    def _power_residual(self) -> Factor:
        spread = coefficients().residual["power"]
        where = f"inference/power/{self.question.identity}/{self.question.device.id}"
        return _residual("power_residual", spread, where)

    def _prefill(self) -> Node:
        """Return the energy of a prompt token: rated power for as long as it takes to multiply."""
        alone = Factor("batch", 1.0, "", identity="inference/one")
        rate = apply(
            replica_throughput,
            name="prompt_throughput",
            batch=alone,
            step_tokens=self.given["step_tokens"],
            step_time=self._prompt_token_time(alone),
        )
        return apply(
            energy_per_token,
            name="prefill_energy_per_token",
            device_power=self.given["thermal_design_power"],
            devices_per_replica=self.given["devices_per_replica"],
            replica_throughput=rate,
        )

    def _prompt_token_time(self, alone: Factor) -> Node:
        """Return the time to multiply one prompt token with all active weights."""
        holds = {"experts": self.holds.experts, "fp8": self.holds.fp8}
        efficiency: Node = Nodes(coefficients()).product(
            "prefill_ratio", "", "prefill_efficiency", **holds
        )
        names = ("flop_per_weight", "active_parameters", "step_tokens", "peak_rate")
        inputs = {name: self.given[name] for name in (*names, "devices_per_replica")}
        ours = {"batch": alone, "compute_efficiency": efficiency}
        return Term("prompt_token_time", compute_time, {**inputs, **ours})


def one(holds: Flags) -> Flags:
    """Return the flags of a single row as truths."""
    return Flags(*(bool(getattr(holds, name).item()) for name in Flags.__dataclass_fields__))


def _residual(name: str, spread: float, identity: str) -> Factor:
    known = lognormal(1.0, math.exp(spread))
    return Factor(name, known, "", identity=identity, source=SOURCE, quality="derived")


def _read_throughput(given: str | Factor | None) -> Factor | None:
    if given is None or isinstance(given, Factor):
        return given
    return Factor("replica_throughput", units.parse(given, "token/h"), "token/h")
