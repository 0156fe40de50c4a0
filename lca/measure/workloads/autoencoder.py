"""An autoencoder that squeezes handwritten digits through a narrow layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._digits import PIXELS, digits
from lca.measure.workloads._perceptron import perceptron
from lca.measure.workloads._training import Metric, Training, split
from lca.measure.workloads.mlp_tiny import squared_error

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "autoencoder"
SENTENCE = "Autoencoder of handwritten digits with an 8-value code: Adam, mean squared error."


@dataclass(frozen=True, slots=True)
class Shape:
    """Width of the hidden layers, and how often the digits are shown."""

    hidden: int
    epochs: int


SIZES = {"small": Shape(128, 20), "full": Shape(1024, 200)}


def build(size: str, device: str) -> Workload:
    """Prepare the training; what is judged is the error on held-out digits."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    data = digits(where)
    held = data.held_images
    return Training(
        make=partial(_network, shape.hidden),
        loss=squared_error,
        optimizer=partial(torch.optim.Adam, lr=2e-3),
        batches=split((data.images, data.images), 64, where),
        epochs=shape.epochs,
        metric=Metric(
            "squared error", "lower", lambda model: squared_error(model, held, held).item()
        ),
        device=where,
    )


def _network(hidden: int) -> nn.Sequential:
    """Return encoder and decoder; pixels are from 0 to 1."""
    return nn.Sequential(perceptron(PIXELS, hidden, 8, hidden, PIXELS), nn.Sigmoid())
