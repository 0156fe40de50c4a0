"""BERT with a classifier on top, all weights trained, as a fine-tuning does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._classes import cross_entropy
from lca.measure.workloads._encoder import Bert, Config
from lca.measure.workloads._text import words
from lca.measure.workloads._training import Metric, Training, split, tokens

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "bert_finetune"
SENTENCE = (
    "BERT fine-tuning of a text classifier, BERT-base in full size: Adam, learning rate 5e-5."
)
_PARTS = 2
"""Classes: from which half of the text a passage is."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The model, and what it is shown."""

    config: Config
    batch: int
    length: int
    steps: int
    rate: float


SIZES = {
    "small": Shape(Config(2, 128, 2, 512, 128, 2_048), batch=16, length=32, steps=60, rate=5e-4),
    "full": Shape(Config(), batch=8, length=128, steps=20, rate=5e-5),
}


def build(size: str, device: str) -> Workload:
    """Prepare the fine-tuning; what is judged is the loss on passages that were not shown.

    Weights are random, so it begins where no pre-training was: the few steps of the full size
    are true to the work of a fine-tuning, and too few to learn from.
    """
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    shown = shape.batch * shape.steps
    text, label = _passages(words(shape.config.vocabulary), shape.length, shown + 4 * shape.batch)
    held = (text[shown:].to(where), label[shown:].to(where))
    return Training(
        make=partial(_classifier, shape.config),
        loss=cross_entropy,
        optimizer=partial(torch.optim.Adam, lr=shape.rate),
        batches=split((text[:shown], label[:shown]), shape.batch, where),
        epochs=1,
        metric=Metric("cross-entropy", "lower", lambda model: cross_entropy(model, *held).item()),
        device=where,
        unit="token",
        amount=tokens,
    )


def _classifier(config: Config) -> nn.Sequential:
    """Return BERT and a linear layer; the original's way to fine-tune."""
    return nn.Sequential(Bert(config), nn.Linear(config.width, _PARTS))


def _passages(text: Tensor, length: int, count: int) -> tuple[Tensor, Tensor]:
    """Return passages that do not overlap, in random order, and which half each is from."""
    pieces = text[: len(text) // length * length].reshape(-1, length)
    order = torch.randperm(len(pieces), generator=torch.Generator().manual_seed(bench.SEED))
    chosen = order[torch.arange(count) % len(order)]
    return pieces[chosen], (chosen >= len(pieces) // 2).long()
