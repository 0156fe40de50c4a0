"""Measured rows as arrays: the packaged ones, or those of a file with the same columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lca import units
from lca.factors import files
from lca.uncertain import Array

TABLE = "workloads/inference_measurements"
DEVICES = {
    "H100": "nvidia-h100-sxm5-80gb",
    "B200": "nvidia-b200-sxm-180gb",
    "A100-40GB": "nvidia-a100-sxm4-40gb",
}
"""Device ids of the names that the benchmark gives."""
MODALITIES = {"text": "text", "image+text": "image", "video+text": "video"}
"""What an answer in text was asked about, by the benchmark's name."""
LATER, EARLIER = "vllm-0.11", "vllm-0.5"
"""The two generations of serving software that were measured, named after their versions."""
SOFTWARE = {"mlenergy_v3.0": LATER, "mlenergy_v2.0": EARLIER}
TOKEN = "output_token"
_ENDINGS = (
    "-fp8",
    "-bf16",
    "-hf",
    "-instruct-2507",
    "-thinking-2507",
    "-instruct",
    "-v0.1",
    "-v0.3",
)
_FAMILIES = {
    "qwen": "Qwen",
    "llama": "Llama",
    "llava": "Llama",
    "deepseek": "DeepSeek",
    "gpt-oss": "GPT-OSS",
    "gemma": "Gemma",
    "mistral": "Mistral",
    "mixtral": "Mistral",
    "nemotron": "Nemotron",
    "phi": "Phi",
    "starcoder": "StarCoder",
    "chameleon": "Chameleon",
}

Text = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Conditions:
    """Under which language models serve: one element a row, shape ``(rows,)``.

    Attributes
    ----------
    total_parameters, active_parameters
        Plain counts.
    devices_per_replica, batch, output_length, prompt_length
        Plain counts; ``prompt_length`` is not a number where it is not known.
    data_parallel, pipeline_stages
        Copies of the attention layers; stages the layers are divided into.
    device
        Ids of the hardware database.
    precision, modality, software, task, model
        Names; empty where not known.
    """

    total_parameters: Array
    active_parameters: Array
    devices_per_replica: Array
    batch: Array
    output_length: Array
    prompt_length: Array
    data_parallel: Array
    pipeline_stages: Array
    device: Text
    precision: Text
    modality: Text
    software: Text
    task: Text
    model: Text

    def __len__(self) -> int:
        return len(self.batch)

    def take(self, chosen: Any) -> Conditions:
        """Return some rows."""
        return Conditions(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Rows:
    """Measured rows: conditions with energy per output token, step time and power.

    Energy in kWh/token (all devices), time in h, power in kW per device.
    """

    row_id: Text
    conditions: Conditions
    energy_per_token: Array
    step_time: Array
    device_power: Array

    def __len__(self) -> int:
        return len(self.row_id)

    def take(self, chosen: Any) -> Rows:
        """Return some rows."""
        arrays = (self.energy_per_token, self.step_time, self.device_power)
        return Rows(
            self.row_id[chosen], self.conditions.take(chosen), *(array[chosen] for array in arrays)
        )


def model_key(name: str) -> str:
    """Return what variants of one architecture have in common: ``llama-3.1-70b``.

    Examples
    --------
    >>> model_key("meta-llama/Llama-3.1-405B-Instruct-FP8")
    'llama-3.1-405b'
    """
    key = name.rsplit("/", 1)[-1].lower().removeprefix("meta-")
    for ending in _ENDINGS:
        key = key.replace(ending, "")
    return key


def family(name: str) -> str:
    """Return the family a model belongs to: the first word known in its name, else its maker."""
    lowered = name.lower()
    found = (known for word, known in _FAMILIES.items() if word in lowered)
    return next(found, name.split("/", maxsplit=1)[0])


def precision_class(written: str) -> str:
    """Return ``bf16``, ``fp8`` or ``mxfp4`` for a precision as the benchmark writes it."""
    return {"fp8": "fp8", "mxfp4": "mxfp4"}.get(written, "bf16")


def texts(values: Sequence[str]) -> Text:
    """Return texts as an array of objects."""
    result = np.empty(len(values), dtype=object)
    result[:] = list(values)
    return result


def numbers(table: Sequence[Mapping[str, str]], column: str, missing: float = np.nan) -> Array:
    """Return one column as numbers; ``missing`` where a cell is empty."""
    return np.array([float(row[column]) if row.get(column) else missing for row in table])


def conditions_of(table: Sequence[Mapping[str, str]]) -> Conditions:
    """Return the conditions of rows of text with the benchmark's columns."""

    def named(column: str, names: Mapping[str, str]) -> Text:
        """Return a column in the names used here."""
        return texts([names.get(row.get(column, ""), row.get(column, "")) for row in table])

    version = "benchmark_version" if table and "benchmark_version" in table[0] else "source"
    return Conditions(
        numbers(table, "total_params_b") * _billion(),
        numbers(table, "active_params_b") * _billion(),
        numbers(table, "num_gpus"),
        numbers(table, "avg_batch"),
        numbers(table, "avg_output_tokens"),
        numbers(table, "avg_prompt_tokens"),
        numbers(table, "data_parallel", 1.0),
        numbers(table, "pipeline_parallel", 1.0),
        named("gpu_model", DEVICES),
        texts([precision_class(row.get("weight_precision", "")) for row in table]),
        named("modality", MODALITIES),
        texts([SOFTWARE.get(row.get(version, ""), "") for row in table]),
        named("task", {}),
        named("model_id", {}),
    )


@cache
def packaged() -> tuple[files.Row, ...]:
    """Return all packaged rows as text."""
    return files.rows(TABLE)


@cache
def language_rows() -> Rows:
    """Return the packaged rows whose unit is an output token."""
    table = [row for row in packaged() if row["unit"] == TOKEN]
    conditions = conditions_of(table)
    throughput = numbers(table, "throughput_units_per_s") * units.parse("1 token/s", "token/h")
    return Rows(
        texts([row["row_id"] for row in table]),
        conditions,
        numbers(table, "energy_j_per_unit") * units.parse("1 J", "kWh"),
        conditions.batch / throughput,
        numbers(table, "power_w_per_gpu") * units.parse("1 W", "kW"),
    )


def _billion() -> float:
    return units.parse("1 billion", "")
