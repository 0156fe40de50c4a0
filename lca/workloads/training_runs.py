"""One training run: what is trained, on what, how; and the time it takes, symbolically.

Two utilizations are kept apart. That of a *step* is what papers report while all goes well; that of
a *whole run* divides by all device hours, so restarts, evaluation and waiting are inside. The prior
is one of whole runs, of the 16-bit peak, fitted to published ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lca.errors import InputError
from lca.formulas import training as formulas
from lca.formulas import work
from lca.library.models import Device
from lca.sources import Quality
from lca.terms import Factor, Node, apply
from lca.workloads.ai_models import AIModel
from lca.workloads.training_factors import factor, written
from lca.workloads.training_work import Work, count, known

PEAK_OF = {
    "bf16": "fp16",
    "bfloat16": "fp16",
    "fp16": "fp16",
    "float16": "fp16",
    "fp8": "fp8",
    "tf32": "tf32",
    "fp32": "fp32",
    "float32": "fp32",
}
_FIT = "training_fit"


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """What decides the device hours of one final training run.

    Parameters
    ----------
    model
        What is trained.
    tokens
        Tokens passed, repetitions included (token).
    device
        Accelerator it runs on.
    precision
        Of the matrix products: bf16, fp16, fp8, tf32 or fp32. The peak is the dense one.
    method
        ``full``: all weights; ``lora``: adapters beside frozen weights.
    sequence
        Tokens of a sequence; without it, or without a shape, six operations per parameter are
        counted, with an interval.
    recompute
        Whether activations are computed twice: it adds to hardware FLOPs, never to model FLOPs.
    adapter_parameters
        Weights of the adapters.
    flop_utilization
        Of the whole run, model FLOPs over the precision's peak.
    step_flop_utilization
        Of the steps alone; the share of time outside them is added.
    hardware_flop_utilization
        Of the whole run, with what is computed twice counted as work.

    Raises
    ------
    InputError
        If a number or name is not accepted, or two utilizations are given.
    """

    model: AIModel
    tokens: Node
    device: Device
    precision: str = "bf16"
    method: str = "full"
    sequence: float | None = None
    recompute: bool = False
    adapter_parameters: float = 0.0
    flop_utilization: Factor | None = None
    step_flop_utilization: Factor | None = None
    hardware_flop_utilization: Factor | None = None

    def __post_init__(self) -> None:
        known("precision", self.precision, tuple(PEAK_OF))
        _ = self._counted
        if len(self.given) > 1:
            msg = f"give one of {' and '.join(self.given)}, not both"
            raise InputError(msg)
        for name in self.given:
            _share(name, getattr(self, name))
        _ = self.peak_rate

    @property
    def given(self) -> tuple[str, ...]:
        """Names of the utilizations that are given."""
        names = ("flop_utilization", "step_flop_utilization", "hardware_flop_utilization")
        return tuple(name for name in names if getattr(self, name) is not None)

    @property
    def is_exact(self) -> bool:
        """Whether operations can be counted: shape and sequence are known."""
        return self._counted.is_exact

    @property
    def _counted(self) -> Work:
        return Work(
            self.model,
            self.tokens,
            self.method,
            self.sequence,
            self.recompute,
            self.adapter_parameters,
        )

    @property
    def work(self) -> Node:
        """Model FLOPs (flop)."""
        return self._counted.model_flop

    @property
    def hardware_work(self) -> Node:
        """FLOPs done, those that are computed twice included (flop)."""
        return self._counted.hardware_flop

    @property
    def peak_rate(self) -> Factor:
        """Dense peak of the precision that the utilization is of (flop/h)."""
        wanted, rates = PEAK_OF[self.precision], self.device.peak.rates()
        known_peak = wanted in rates
        if wanted == "fp8" and not self.given:
            wanted = "fp16"  # the utilization of published runs is that of the 16-bit peak
        if not known_peak or wanted not in rates:
            has = ", ".join(rates) or "none"
            msg = f"{self.device.id} has no published dense peak at {PEAK_OF[self.precision]} for {self.precision} (known: {has})"
            raise InputError(msg)
        source = self.device.peak.source or self.device.source
        value = rates[wanted].cited(source, Quality.DECLARED)
        return value.factor("peak_rate", f"{self.device.id}/peak/{wanted}")

    @property
    def utilization(self) -> Node:
        """Utilization of the whole run: given, from that of the steps, or by size and device."""
        if self.hardware_flop_utilization is not None:
            return self.hardware_flop_utilization
        if self.flop_utilization is not None:
            return self.flop_utilization
        if self.step_flop_utilization is not None:
            return apply(
                formulas.whole_run_flop_utilization,
                step_flop_utilization=self.step_flop_utilization,
                effective_training_share=factor("effective_training_share"),
            )
        prior = by_size(self.model, self.device)
        if PEAK_OF[self.precision] != "fp8":
            return prior
        return apply(
            formulas.faster_flop_utilization,
            name="flop_utilization",
            flop_utilization=prior,
            precision_speedup=factor("precision_speedup.fp8", name="precision_speedup"),
        )

    @property
    def device_hours(self) -> Node:
        """Hours of the final run, added up over its devices (h)."""
        hardware = self.hardware_flop_utilization is not None
        return apply(
            work.busy_time,
            name="device_hours",
            work=self.hardware_work if hardware else self.work,
            peak_rate=self.peak_rate,
            flop_utilization=self.utilization,
        )


def by_size(model: AIModel, device: Device) -> Node:
    """Return the prior of the utilization of a whole run, of the 16-bit peak of a device.

    Parameters
    ----------
    model
        What is trained; its active parameters decide.
    device
        Its generation decides where it is one of those fitted, else the spread among them is added.
    """
    group = generation(device)
    path = f"generations.{group}"
    reference = float(written(f"{path}.reference_parameters", _FIT))
    return apply(
        formulas.flop_utilization_by_size,
        name="whole_run_flop_utilization",
        reference_flop_utilization=factor(
            f"{path}.reference_flop_utilization", identity=f"{_FIT}/{group}", topic=_FIT
        ),
        active_parameters=count("active_parameters", model.active_parameters, model),
        reference_parameters=Factor(
            "reference_parameters",
            reference,
            "",
            identity=f"{_FIT}/{group}/size",
            source="mfu-public-runs",
        ),
        size_exponent=factor("size_exponent", topic=_FIT),
        utilization_residual=factor(
            "utilization_residual", identity=f"training/model/{model.name}", topic=_FIT
        ),
    )


def generation(device: Device) -> str:
    """Return the fitted generation that a device belongs to, or ``other``."""
    known: Any = written("generations", _FIT)
    group = device.architecture or device.id
    return group if group in known else "other"


def fitted_sizes() -> tuple[float, float]:
    """Return the smallest and largest active parameters of the runs that the prior is fitted to."""
    return float(written("smallest", _FIT)), float(written("largest", _FIT))


def _share(what: str, given: Factor) -> None:
    low, high = given.distribution.interval()
    if not 0 < low <= high <= 1:
        msg = f"{what} is a share of the peak, more than 0 and at most 1, found {given.distribution.central:g}"
        raise InputError(msg)
