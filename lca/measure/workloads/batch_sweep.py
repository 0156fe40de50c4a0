"""Lever: how many samples a step sees, from one (stochastic) to all (full batch)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._classes import accuracy, cross_entropy
from lca.measure.workloads._comparison import classifier, pass_flops
from lca.measure.workloads._digits import Digits, digits
from lca.measure.workloads._outcome import Outcome, Part, Quality
from lca.measure.workloads._training import Batch, epoch_flops, split, train_epoch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from lca.measure.workloads._outcome import Rounds, Window, Workload

NAME = "batch_sweep"
SENTENCE = "Lever: a classifier of digits trained to a target accuracy with batch 1, 64 and full."


@dataclass(frozen=True, slots=True)
class Shape:
    """Width of the hidden layer, and the accuracy on held-out digits that ends a training."""

    hidden: int
    target: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A batch size with the learning rate that suits it, and when to give up."""

    name: str
    batch: int | None
    rate: float
    epochs: int


SIZES = {"small": Shape(64, 0.90), "full": Shape(1_024, 0.95)}
CHOICES = (
    Choice("full batch", None, 0.5, 400),
    Choice("batch 64", 64, 0.2, 100),
    Choice("batch 1", 1, 0.02, 20),
)


def build(size: str, device: str) -> Workload:
    """Prepare the classifier and the digits."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    make = partial(classifier, shape.hidden)
    data = digits(where)
    flops = {choice.name: _epoch_flops(make, data, choice) for choice in CHOICES}
    return _Sweep(shape, where, data, bench.weights(make, where), flops)


def _batches(data: Digits, choice: Choice) -> tuple[Batch, ...]:
    """Return what an epoch consists of."""
    size = choice.batch or len(data.images)
    return split((data.images, data.labels), size, data.images.device)


def _epoch_flops(make: partial[nn.Sequential], data: Digits, choice: Choice) -> int:
    """Return the operations of an epoch and of the look at the accuracy after it."""
    looking = pass_flops(bench.on_meta(make), data.held_images)
    return epoch_flops(make, cross_entropy, _batches(data, choice)) + looking


@dataclass(frozen=True, slots=True)
class _Sweep:
    """The workload: gradient descent without momentum, once per batch size."""

    shape: Shape
    device: torch.device
    data: Digits
    model: nn.Sequential
    epoch_flops: Mapping[str, int]

    @property
    def parameters(self) -> int:
        """Return the number of trainable values."""
        return bench.parameter_count(self.model)

    def flops(self) -> None:
        """Return None: how many epochs reach the target is known after a run, and is in it."""
        return

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Train once per batch size from the same weights until the target is reached."""
        timer = bench.Timer(self.device, window, rounds)
        parts = tuple(self._part(choice, timer) for choice in CHOICES)
        return Outcome.of(parts, baseline=CHOICES[0].name)

    def _part(self, choice: Choice, timer: bench.Timer) -> Part:
        """Train with one batch size; looking whether the target is reached is part of it."""
        batches = _batches(self.data, choice)
        before = self._accuracy(self.model)
        lap = timer.lap(
            choice.name,
            lambda model: self._train(model, choice, batches),
            lambda: bench.restart(self.model),
        )
        epochs, reached = lap.result
        return Part(
            choice.name,
            lap.rounds * epochs * len(self.data.images),
            "sample",
            lap.seconds,
            lap.rounds * epochs * self.epoch_flops[choice.name],
            Quality("accuracy", reached, "higher", before),
            self._note(epochs, reached),
            lap.rounds,
        )

    def _train(
        self, model: nn.Module, choice: Choice, batches: tuple[Batch, ...]
    ) -> tuple[int, float]:
        """Return after how many epochs training ended, and the accuracy then."""
        optimizer = torch.optim.SGD(model.parameters(), lr=choice.rate)
        reached = 0.0
        for epoch in range(1, choice.epochs + 1):
            train_epoch(model, cross_entropy, optimizer, batches)
            reached = self._accuracy(model)
            if reached >= self.shape.target:
                return epoch, reached
        return choice.epochs, reached

    def _accuracy(self, model: nn.Module) -> float:
        """Return the share of held-out digits read correctly."""
        with torch.no_grad():
            return accuracy(model, self.data.held_images, self.data.held_labels)

    def _note(self, epochs: int, reached: float) -> str:
        """Return what happened, in words."""
        outcome = "reached" if reached >= self.shape.target else "not reached"
        return f"target accuracy {self.shape.target:.0%} {outcome} after {epochs} epochs"
