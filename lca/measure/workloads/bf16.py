"""Lever: half the bits of each value, with the range of single precision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._comparison import SIZES, Comparison, baseline, changed, trained
from lca.measure.workloads._digits import digits

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

__all__ = ["NAME", "SENTENCE", "SIZES", "build"]

NAME = "bf16"
SENTENCE = "Lever: a trained classifier of digits asked in float32 and in bfloat16."
_NOTE = "a processor without bfloat16 instructions is slower with it"


def build(size: str, device: str) -> Workload:
    """Train the classifier, and prepare it in both types."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    data = digits(where)
    plain = baseline(trained(data, (shape.hidden, shape.hidden)), data)
    half = changed(plain, "bfloat16", _NOTE, lambda model: model.to(torch.bfloat16))
    options = (plain, replace(half, images=plain.images.to(torch.bfloat16)))
    return Comparison(options, data, shape.passes, where)
