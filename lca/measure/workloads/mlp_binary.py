"""A binary classifier of the kind that introductions to deep learning begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._perceptron import Shape, gaussian, held_out, perceptron
from lca.measure.workloads._training import Metric, Training, split

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "mlp_binary"
SENTENCE = "Perceptron 20-128-64-1: Adam, binary cross-entropy, batches of 32."
SIZES = {"small": Shape(2_000, 32, 10), "full": Shape(100_000, 32, 10)}
_WIDTH = 20


def build(size: str, device: str) -> Workload:
    """Prepare the training of a classifier of points inside and outside a sphere."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    values = gaussian(shape.samples, _WIDTH)
    unseen = held_out(_WIDTH)
    held, label = unseen.to(where), _outside(unseen).to(where)
    return Training(
        make=lambda: perceptron(_WIDTH, 128, 64, 1),
        loss=_cross_entropy,
        optimizer=torch.optim.Adam,
        batches=split((values, _outside(values)), shape.batch, where),
        epochs=shape.epochs,
        metric=Metric("accuracy", "higher", lambda model: _accuracy(model, held, label)),
        device=where,
    )


def _outside(values: Tensor) -> Tensor:
    """Return 1 for a point outside the sphere that about half of the points are in, else 0."""
    return (values.square().mean(dim=1, keepdim=True) > 1).float()


def _cross_entropy(model: nn.Module, values: Tensor, label: Tensor) -> Tensor:
    """Return the binary cross-entropy of a model."""
    return functional.binary_cross_entropy_with_logits(model(values), label)


def _accuracy(model: nn.Module, values: Tensor, label: Tensor) -> float:
    """Return the share of points on the right side."""
    right: Tensor = (model(values) > 0) == (label > 0.5)
    return right.float().mean().item()
