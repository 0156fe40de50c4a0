"""A convolutional network that reads handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._classes import accuracy, cross_entropy
from lca.measure.workloads._digits import CLASSES, digits
from lca.measure.workloads._training import Metric, Training, split

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "cnn_digits"
SENTENCE = "Convolutional network on handwritten digits: Adam, cross-entropy, batches of 64."


@dataclass(frozen=True, slots=True)
class Shape:
    """Channels of the two convolutions, and how often the digits are shown."""

    first: int
    second: int
    epochs: int


SIZES = {"small": Shape(16, 32, 5), "full": Shape(64, 128, 30)}


def build(size: str, device: str) -> Workload:
    """Prepare the training of two convolutions, a pooling and a linear layer."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    data = digits(where)
    return Training(
        make=partial(_network, shape.first, shape.second),
        loss=cross_entropy,
        optimizer=partial(torch.optim.Adam, lr=3e-3),
        batches=split((data.images, data.labels), 64, where),
        epochs=shape.epochs,
        metric=Metric(
            "accuracy", "higher", lambda model: accuracy(model, data.held_images, data.held_labels)
        ),
        device=where,
    )


def _network(first: int, second: int) -> nn.Sequential:
    """Return the network; it takes images as rows of 64 values."""
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, first, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(first, second, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(second * 16, CLASSES),
    )
