"""A decoder of Llama's shape that reads a page and writes fifty words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._generation import Generation
from lca.measure.workloads._llama import Config, Llama
from lca.measure.workloads._text import words

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "llama_decoder"
SENTENCE = "Llama-shaped decoder writes 50 tokens, 1.2 billion parameters in bf16 in full size."


@dataclass(frozen=True, slots=True)
class Shape:
    """The model, how much it reads and how much it writes."""

    config: Config
    dtype: torch.dtype
    sequences: int
    prompt: int
    length: int


SIZES = {
    "small": Shape(Config(2, 128, 8, 2, 352, 2_048), torch.float32, 2, 32, 50),
    "full": Shape(Config(), torch.bfloat16, 1, 512, 50),
}


def build(size: str, device: str) -> Workload:
    """Prepare the generation; the prompt is the beginning of the text."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    text = words(shape.config.vocabulary)[: shape.sequences * shape.prompt]
    prompt = text.reshape(shape.sequences, shape.prompt).to(where)
    make = partial(Llama, shape.config)
    return Generation(make, shape.config.layers, prompt, shape.length, where, shape.dtype)
