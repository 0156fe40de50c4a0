"""Requests after which inference has overtaken training, or a student has paid back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lca.errors import InputError
from lca.formulas import break_even as formula
from lca.terms import Draws, Node, apply
from lca.uncertain import Array

_SAMPLES = 1 << 12


@dataclass(frozen=True, slots=True)
class BreakEven:
    """A number of requests, which may never be reached.

    Attributes
    ----------
    central, p5, p50, p95
        Requests; infinite where the draw never gets there.
    probability_never
        Share of the draws in which no number of requests is enough.
    """

    central: float
    p5: float
    p50: float
    p95: float
    probability_never: float

    def __str__(self) -> str:
        """Say the number with its interval, or that it is never reached."""
        if self.probability_never == 1:
            return "never"
        ends = " to ".join(
            "never" if math.isinf(end) else f"{end:.2g}" for end in (self.p5, self.p95)
        )
        middle = "never" if math.isinf(self.p50) else f"{self.p50:.2g}"
        rarely = max(self.probability_never, 0.01)
        sign = "<" if 0 < self.probability_never < rarely else ""
        doubt = f"; never with probability {sign}{rarely:.0%}" if self.probability_never else ""
        return f"{middle} requests ({ends}{doubt})"

    def years(self, requests_per_year: float) -> tuple[float, float, float]:
        """Return p5, median and p95 of the time it takes at a yearly demand, in years.

        Raises
        ------
        InputError
            If there is no demand.
        """
        if requests_per_year <= 0:
            msg = f"demand {requests_per_year:g} requests per year: give more than 0"
            raise InputError(msg)
        return (
            self.p5 / requests_per_year,
            self.p50 / requests_per_year,
            self.p95 / requests_per_year,
        )


def inference_overtakes(
    training: Node, per_request: Node, *, samples: int = _SAMPLES, seed: int = 0
) -> BreakEven:
    """Return the requests after which inference has used as much electricity as training.

    Parameters
    ----------
    training
        Electricity of everything done before serving, in kWh.
    per_request
        Electricity of serving one request in kWh/request, within the same boundary.
    samples, seed
        Draws; factors that both share are drawn together.
    """
    return _count(training, per_request, samples, seed)


def distillation(
    teacher_logits: Node,
    student_training: Node,
    teacher_request: Node,
    student_request: Node,
    *,
    samples: int = _SAMPLES,
    seed: int = 0,
) -> BreakEven:
    """Return the requests after which a student has saved what making it took.

    Parameters
    ----------
    teacher_logits, student_training
        Electricity of running the teacher over the student's data, and of training it (kWh).
    teacher_request, student_request
        Electricity of one request with either (kWh/request).
    samples, seed
        Draws; factors that several share are drawn together.
    """
    once = apply(
        formula.distillation_fixed_energy,
        name="fixed_energy",
        teacher_logit_energy=teacher_logits,
        student_training_energy=student_training,
    )
    saved = apply(
        formula.saving_per_request,
        name="energy_per_request",
        teacher_energy_per_request=teacher_request,
        student_energy_per_request=student_request,
    )
    return _count(once, saved, samples, seed)


def _count(once: Node, per_request: Node, samples: int, seed: int) -> BreakEven:
    draws = Draws(samples, seed)
    fixed, each = draws.array(once), draws.array(per_request)
    if fixed[0] <= 0:
        msg = f"energy spent once is {fixed[0]:g} kWh: give more than 0"
        raise InputError(msg)
    counts = _requests(fixed, each)
    drawn = counts[1:] if samples else counts
    ends = np.percentile(drawn, (5, 50, 95), method="inverted_cdf")
    never = float(np.mean(np.isinf(drawn)))
    low, middle, high = (float(end) for end in ends)
    return BreakEven(float(counts[0]), low, middle, high, never)


def _requests(fixed: Array, each: Array) -> Array:
    """Return the requests of each draw: never, where a request does not add up to anything."""
    counts = np.full_like(fixed, math.inf)
    pays = each > 0
    counts[pays] = formula.break_even_count(fixed[pays], each[pays])
    return counts
