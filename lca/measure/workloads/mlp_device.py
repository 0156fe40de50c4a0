"""The network that is often shown to demonstrate a GPU, and may be too small to need one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._classes import accuracy, cross_entropy
from lca.measure.workloads._perceptron import Shape, gaussian, held_out, hidden_rule, perceptron
from lca.measure.workloads._training import Metric, Training, split

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

NAME = "mlp_device"
SENTENCE = "Perceptron 1000-500-100-10 on the device: SGD, cross-entropy, batches of 64."
SIZES = {"small": Shape(4_096, 64, 5), "full": Shape(65_536, 64, 10)}
_WIDTH, _CLASSES = 1_000, 10


def build(size: str, device: str) -> Workload:
    """Prepare the training of a classifier of ten linear classes, its data on the device."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    values, unseen = gaussian(shape.samples, _WIDTH), held_out(_WIDTH)
    label, held_label = (hidden_rule(rows, _CLASSES).argmax(dim=1) for rows in (values, unseen))
    held, answers = unseen.to(where), held_label.to(where)
    return Training(
        make=lambda: perceptron(_WIDTH, 500, 100, _CLASSES),
        loss=cross_entropy,
        optimizer=partial(torch.optim.SGD, lr=0.1),
        batches=split((values, label), shape.batch, where),
        epochs=shape.epochs,
        metric=Metric("accuracy", "higher", lambda model: accuracy(model, held, answers)),
        device=where,
    )
