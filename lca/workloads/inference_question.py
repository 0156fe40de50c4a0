"""A question about serving, as one row of conditions and as cited factors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.library.models import Device
from lca.terms import Factor, Node
from lca.uncertain import Distribution, lognormal_interval
from lca.values import ASSUMPTION
from lca.workloads import validity
from lca.workloads.inference_coefficients import SOURCE, Coefficients
from lca.workloads.inference_model import counts, prompt_lengths
from lca.workloads.measured_rows import EARLIER, LATER, SOFTWARE, Conditions, texts

Given = float | Factor | Distribution
UNKNOWN_BATCH = lognormal_interval(8.0, 512.0)
"""Batch where nothing is known: median 64, 8 to 512; assumed, and said."""
_VERSIONS = (LATER, EARLIER)
_NO_BATCH = "batch is not known: assumed 8 to 512 (median 64), which spans a factor of about four either way"
_NO_PROMPT = "prompt tokens not given: those that explain the measured rows of the task or modality"


@dataclass(frozen=True)
class Question:
    """What is asked of the inference model; plain counts, names as `serving` takes them."""

    total: float
    active: float
    device: Device
    count: int
    precision: str
    batch: Given | None
    output: Given
    prompt: Given | None
    modality: str
    name: str
    software: str
    task: str
    data_parallel: float
    pipeline_stages: float

    @property
    def identity(self) -> str:
        """The AI model's name, or its size."""
        return self.name or f"{self.total:g}/{self.active:g}"

    def conditions(self) -> Conditions:
        """Return the question as one row, at central values.

        Raises
        ------
        InputError
            If it is impossible.
        """
        numbers = self._numbers()
        further = (
            math.nan if self.prompt is None else center(self.prompt),
            self.data_parallel,
            self.pipeline_stages,
        )
        names = (
            self.device.id,
            validity.precision_class(self.precision),
            validity.check_modality(self.modality),
            software_named(self.software),
            self.task,
            self.name,
        )
        return Conditions(
            *(np.array([number]) for number in (*numbers.values(), *further)),
            *(texts([name]) for name in names),
        )

    def _numbers(self) -> dict[str, float]:
        """Return the numbers in the order of the conditions, checked."""
        found = {
            "total_parameters": float(self.total),
            "active_parameters": float(self.active),
            "devices_per_replica": float(self.count),
            "batch": center(UNKNOWN_BATCH if self.batch is None else self.batch),
            "output_length": center(self.output),
        }
        validity.check_numbers(
            **found, data_parallel=self.data_parallel, pipeline_stages=self.pipeline_stages
        )
        if self.prompt is not None and not 0 <= center(self.prompt) < math.inf:
            msg = f"prompt tokens: {center(self.prompt):g} is not a number of tokens"
            raise InputError(msg)
        return found

    def factors(self, known: Coefficients, asked: Conditions) -> dict[str, Node]:
        """Return the inputs of the assembly as cited factors."""
        batch = UNKNOWN_BATCH if self.batch is None else self.batch
        assumed = self.batch is None
        found: dict[str, Node] = {
            "total_parameters": self._decided("total_parameters", self.total),
            "active_parameters": self._decided("active_parameters", self.active),
            "devices_per_replica": self._decided("devices_per_replica", float(self.count)),
            "data_parallel": self._decided("data_parallel", self.data_parallel),
            "batch": leaf("batch", batch, self.identity, assumed=assumed),
            "output_length": leaf("output_length", self.output, self.identity),
            "prompt_length": self._prompts(known, asked),
            "parameter_width": known.by_name(f"parameter_width.{asked.precision[0]}").factor(),
        }
        found |= validity.hardware(self.device)
        for name, unit in (("step_tokens", "token"), ("flop_per_weight", "flop/token")):
            found[name] = Factor(name, counts()[name], unit, identity=f"inference/{name}")
        return found

    def _decided(self, name: str, value: float) -> Factor:
        identity = f"inference/{name}/{self.identity}"
        return Factor(name, float(value), "", identity=identity, role="decision")

    def _prompts(self, known: Coefficients, asked: Conditions) -> Factor:
        if self.prompt is not None:
            return leaf("prompt_length", self.prompt, self.identity)
        length = float(prompt_lengths(known, asked)[0])
        identity = f"inference/prompt_length/{self.task or self.modality}"
        return Factor(
            "prompt_length",
            length,
            "",
            identity=identity,
            source=SOURCE,
            quality="derived",
            note=_NO_PROMPT,
        )

    def memory_remarks(self, known: Coefficients, asked: Conditions) -> tuple[str, ...]:
        """Hold the model and its batch against the memory of the devices."""
        size = known.values
        weights = float(self.total) * size[f"parameter_width.{asked.precision[0]}"]
        grown = (float(self.active) / size["reference_parameters"]) ** size["cache_exponent"]
        context = prompt_lengths(known, asked)[0] + asked.output_length[0] / 2
        caches = float(size["cache_width"] * grown * context * asked.batch[0])
        smallest = known.residual["cache_range"]
        return validity.check_memory(self.device, self.count, weights, caches, smallest)

    def remarks(self, settled: Conditions) -> tuple[str, ...]:
        """Say what was taken because it was not given."""
        said = [_NO_BATCH] if self.batch is None else []
        if not self.software:
            said.append(f"serving software not given: taken as {settled.software[0]}")
        return (*said, _NO_PROMPT) if self.prompt is None else tuple(said)


def center(given: Given) -> float:
    """Return the central value of a number, factor or distribution."""
    if isinstance(given, Factor):
        return float(given.distribution.central)
    return float(given.central if isinstance(given, Distribution) else given)


def leaf(name: str, given: Given, identity: str, *, assumed: bool = False) -> Factor:
    """Return a number or distribution as a factor; one that is a factor already stays."""
    if isinstance(given, Factor):
        return given
    where = f"inference/{name}/{identity}"
    if assumed:
        return Factor(
            name, given, "", identity=where, source=ASSUMPTION, quality="assumed", note=_NO_BATCH
        )
    return Factor(name, given, "", identity=where)


def software_named(name: str) -> str:
    """Return the generation of serving software that a name means; empty where none is given.

    Raises
    ------
    UnknownNameError
        If it is neither of those measured.
    """
    found = SOFTWARE.get(name, name)
    if found and found not in _VERSIONS:
        known = (*_VERSIONS, *SOFTWARE)
        msg = f"no measured software {quoted(name)}{did_you_mean(name, known)} (one of: {', '.join(known)}; leave it out for others)"
        raise UnknownNameError(msg)
    return found
