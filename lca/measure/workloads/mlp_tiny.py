"""The smallest network there is a tutorial for: far shorter than an energy counter's step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._perceptron import (
    Shape,
    gaussian,
    held_out,
    hidden_rule,
    perceptron,
)
from lca.measure.workloads._training import Metric, Training, split

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "mlp_tiny"
SENTENCE = "Perceptron 10-20-1: Adam, mean squared error, batches of 100."
SIZES = {"small": Shape(1_000, 100, 10), "full": Shape(100_000, 100, 10)}


def build(size: str, device: str) -> Workload:
    """Prepare the training of a perceptron that regresses one value on ten."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    values = gaussian(shape.samples, 10)
    batches = split((values, hidden_rule(values, 1)), shape.batch, where)
    unseen = held_out(10)
    held, target = unseen.to(where), hidden_rule(unseen, 1).to(where)
    return Training(
        make=lambda: perceptron(10, 20, 1),
        loss=squared_error,
        optimizer=partial(torch.optim.Adam, lr=1e-2),
        batches=batches,
        epochs=shape.epochs,
        metric=Metric(
            "squared error", "lower", lambda model: squared_error(model, held, target).item()
        ),
        device=where,
    )


def squared_error(model: nn.Module, values: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error of a model."""
    return functional.mse_loss(model(values), target)
