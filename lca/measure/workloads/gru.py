"""A network of gated recurrent units that predicts text, character by character."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from lca.measure.workloads import _recurrent
from lca.measure.workloads._recurrent import SIZES

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

__all__ = ["NAME", "SENTENCE", "SIZES", "build"]

NAME = "gru"
SENTENCE = "Gated recurrent units on English text, next character: AdamW, cross-entropy."


def build(size: str, device: str) -> Workload:
    """Prepare the training."""
    return _recurrent.build(nn.GRU, size, device)
