"""GPT-2 that writes fifty words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._generation import Generation
from lca.measure.workloads._gpt2 import GPT2, Config
from lca.measure.workloads._text import words

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "gpt2_generate"
SENTENCE = "GPT-2 writes 50 tokens with a key-value cache, 124 million parameters in full size."


@dataclass(frozen=True, slots=True)
class Shape:
    """The model, how much it reads and how much it writes."""

    config: Config
    sequences: int
    prompt: int
    length: int


SIZES = {
    "small": Shape(Config(2, 128, 4, 128, 2_048), sequences=1, prompt=16, length=50),
    "full": Shape(Config(), sequences=1, prompt=16, length=50),
}


def build(size: str, device: str) -> Workload:
    """Prepare the generation; the prompt is the beginning of the text."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    text = words(shape.config.vocabulary)[: shape.sequences * shape.prompt]
    prompt = text.reshape(shape.sequences, shape.prompt).to(where)
    make = partial(GPT2, shape.config)
    return Generation(make, shape.config.layers, prompt, shape.length, where)
