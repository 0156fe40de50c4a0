"""GPT-2 that learns the next word of a text, from random weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._gpt2 import GPT2, Config
from lca.measure.workloads._language import next_token
from lca.measure.workloads._text import words

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "gpt2_train"
SENTENCE = "GPT-2 training on English text, 124 million parameters in full size: AdamW."


@dataclass(frozen=True, slots=True)
class Shape:
    """The model, and what it is shown."""

    config: Config
    batch: int
    length: int
    steps: int
    rate: float


SIZES = {
    "small": Shape(Config(2, 128, 4, 128, 2_048), batch=4, length=64, steps=20, rate=1e-3),
    "full": Shape(Config(), batch=1, length=1_024, steps=10, rate=3e-4),
}


def build(size: str, device: str) -> Workload:
    """Prepare the training."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    text = words(shape.config.vocabulary)
    make = partial(GPT2, shape.config)
    return next_token(make, text, shape.batch, shape.length, shape.steps, shape.rate, where)
