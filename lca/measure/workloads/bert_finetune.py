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
from lca.measure.workloads._text import numbered, topic
from lca.measure.workloads._training import Metric, Training, split, tokens

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "bert_finetune"
SENTENCE = (
    "BERT fine-tuning of a text classifier, BERT-base in full size: Adam, learning rate 2e-5."
)
TOPICS = ("debugger", "formatstrings")
"""Classes: from which of Python's help topics a passage is."""
_HELD = 4
"""Batches that are held out."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The model, and what it is shown."""

    config: Config
    batch: int
    length: int
    steps: int
    rate: float
    warm_up: int = 0
    """Steps, a tenth of all as in the original: without, the first ones of the full size diverge."""


SIZES = {
    "small": Shape(Config(2, 128, 2, 512, 128, 2_048), batch=16, length=32, steps=90, rate=5e-4),
    "full": Shape(Config(), batch=8, length=128, steps=20, rate=2e-5, warm_up=2),
}


def build(size: str, device: str) -> Workload:
    """Prepare the fine-tuning; what is judged is the loss on passages that were not shown.

    Weights are random, so it begins where no pre-training was: the few steps of the full size
    are true to the work of a fine-tuning, and too few to learn from.
    """
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    text, label = _passages(shape.config.vocabulary, shape.length)
    count = _HELD * shape.batch
    held = (text[:count].to(where), label[:count].to(where))
    # There are few passages, so each one is shown several times, as in a fine-tuning.
    shown = count + torch.arange(shape.batch * shape.steps) % (len(text) - count)
    return Training(
        make=partial(_classifier, shape.config),
        loss=cross_entropy,
        optimizer=partial(torch.optim.Adam, lr=shape.rate),
        batches=split((text[shown], label[shown]), shape.batch, where),
        epochs=1,
        metric=Metric("cross-entropy", "lower", lambda model: cross_entropy(model, *held).item()),
        device=where,
        unit="token",
        amount=tokens,
        warm_up=shape.warm_up,
    )


def _classifier(config: Config) -> nn.Sequential:
    """Return BERT and a linear layer; the original's way to fine-tune."""
    return nn.Sequential(Bert(config), nn.Linear(config.width, len(TOPICS)))


def _passages(vocabulary: int, length: int) -> tuple[Tensor, Tensor]:
    """Return passages that do not overlap, in random order, and which topic each is from.

    As many of one topic as of the other, so that guessing is right half the time.
    """
    texts = [numbered(topic(name), vocabulary) for name in TOPICS]
    pieces = [text[: len(text) // length * length].reshape(-1, length) for text in texts]
    # What comes more than once, and rulers of tables, could be both shown and held out.
    pieces = [torch.unique(part, dim=0) for part in pieces]
    pieces = [part[(part != part[:, :1]).any(dim=1)] for part in pieces]
    fewest = min(map(len, pieces))
    label = torch.arange(len(TOPICS)).repeat_interleave(fewest)
    generator = torch.Generator().manual_seed(bench.SEED)
    order = torch.randperm(len(label), generator=generator)
    return torch.cat([part[:fewest] for part in pieces])[order], label[order]
