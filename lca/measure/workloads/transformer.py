"""The encoder of the original transformer, which fills in characters that are left out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._encoder import Block, Config
from lca.measure.workloads._text import characters, windows
from lca.measure.workloads._training import Metric, Training, split, tokens

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "transformer"
SENTENCE = "Transformer encoder, base shape in full size, fills in left-out characters: Adam."
_HIDDEN_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Shape:
    """The model, and what it is shown."""

    layers: int
    width: int
    heads: int
    batch: int
    length: int
    steps: int
    rate: float


SIZES = {
    "small": Shape(2, 64, 4, 16, 64, 45, rate=1e-3),
    "full": Shape(6, 512, 8, 32, 256, 100, rate=1e-4),
}


class Encoder(nn.Module):
    """Characters in, logits of the character that belongs there out.

    Parameters
    ----------
    config : Config
        Its shape; the last of the vocabulary stands for a character left out.

    """

    places: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.scale = math.sqrt(config.width)
        self.words = nn.Embedding(config.vocabulary, config.width)
        nn.init.normal_(self.words.weight, std=1 / self.scale)
        self.register_buffer("places", waves(config.places, config.width))
        self.blocks = nn.Sequential(*(Block(config, nn.ReLU()) for _ in range(config.layers)))
        self.head = nn.Linear(config.width, config.vocabulary)

    def forward(self, text: Tensor) -> Tensor:
        """Return logits for each place."""
        stream = self.words(text) * self.scale + self.places[: text.shape[-1]]
        return cast("Tensor", self.head(self.blocks(stream)))


def waves(places: int, width: int) -> Tensor:
    """Return the sines and cosines that tell places apart (section 3.5 of the original)."""
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000) / width))
    angle = torch.arange(places)[:, None] * rate
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


def build(size: str, device: str) -> Workload:
    """Prepare the training; what is judged is the loss on passages that were not shown."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    text, alphabet = characters()
    shown = shape.batch * shape.steps
    data = _with_gaps(text, alphabet, shape.length, shown + 2 * shape.batch)
    held = tuple(part[shown:].to(where) for part in data)
    config = Config(
        shape.layers, shape.width, shape.heads, 4 * shape.width, shape.length, alphabet + 1
    )
    return Training(
        make=partial(Encoder, config),
        loss=_gap_loss,
        optimizer=partial(torch.optim.Adam, lr=shape.rate),
        batches=split((data[0][:shown], data[1][:shown]), shape.batch, where),
        epochs=1,
        metric=Metric("cross-entropy", "lower", lambda model: _gap_loss(model, *held).item()),
        device=where,
        unit="token",
        amount=tokens,
    )


def _with_gaps(text: Tensor, gap: int, length: int, count: int) -> tuple[Tensor, Tensor]:
    """Return passages in random order with gaps, and what belongs in the gaps, -100 elsewhere."""
    generator = torch.Generator().manual_seed(bench.SEED)
    whole, _ = windows(text, length, count)
    whole = whole[torch.randperm(count, generator=generator)]
    hidden = torch.rand(whole.shape, generator=generator) < _HIDDEN_SHARE
    return whole.masked_fill(hidden, gap), whole.masked_fill(~hidden, -100)


def _gap_loss(model: nn.Module, text: Tensor, label: Tensor) -> Tensor:
    """Return the cross-entropy at the gaps."""
    return functional.cross_entropy(model(text).flatten(0, 1), label.flatten(), ignore_index=-100)
