"""Levers on a trained model: the same questions put to it before and after a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._classes import accuracy, cross_entropy
from lca.measure.workloads._digits import CLASSES, PIXELS, Digits
from lca.measure.workloads._outcome import Outcome, Part, Quality
from lca.measure.workloads._perceptron import perceptron
from lca.measure.workloads._training import Batch, epoch_flops, split, train_epoch

if TYPE_CHECKING:
    from collections.abc import Callable

    from lca.measure.workloads._outcome import Rounds, Window

BASELINE = "as trained"
RATE = 2e-3
"""Learning rate of all classifiers of digits."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Width of the two hidden layers, and how often the held-out digits are read."""

    hidden: int
    passes: int


SIZES = {"small": Shape(256, 20), "full": Shape(4_096, 1_000)}


@dataclass(frozen=True, slots=True)
class Option:
    """A model to be asked.

    Parameters
    ----------
    name : str
        Name of its window.
    model : torch.nn.Module
        What is asked, on the device.
    flops : int
        Operations of one pass over the images.
    images : Tensor
        The held-out digits in the type that it takes.
    note : str
        What a reader must know to judge it.
    epochs : int
        Training that it needs first, in a window of its own: part of the price.
    training_flops : int
        Operations of that training.

    """

    name: str
    model: nn.Sequential
    flops: int
    images: Tensor
    note: str = ""
    epochs: int = 0
    training_flops: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A workload that asks several models the same; the first one is the baseline."""

    options: tuple[Option, ...]
    data: Digits
    passes: int
    device: torch.device

    @property
    def parameters(self) -> int:
        """Return the number of trainable values of the baseline."""
        return bench.parameter_count(self.options[0].model)

    def flops(self) -> int:
        """Return the operations of all options, their training included."""
        asked = self.passes * sum(option.flops for option in self.options)
        return asked + sum(option.training_flops for option in self.options)

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Ask each model in a window of its name, and judge its answers."""
        timer = bench.Timer(self.device, window, rounds)
        parts = tuple(part for option in self.options for part in self._parts(option, timer))
        return Outcome.of(parts, baseline=self.options[0].name)

    def _parts(self, option: Option, timer: bench.Timer) -> tuple[Part, ...]:
        """Train a model if it needs that, and ask it."""
        if not option.epochs:
            return (self._asked(option, timer),)
        lap = timer.lap(
            f"{option.name}: training",
            lambda model: retrained(model, self.data, option.epochs),
            lambda: bench.restart(option.model),
        )
        asked = self._asked(replace(option, model=lap.result), timer)
        training = Part(
            f"{option.name}: training",
            lap.rounds * option.epochs * len(self.data.images),
            "sample",
            lap.seconds,
            lap.rounds * option.training_flops,
            asked.quality,
            rounds=lap.rounds,
        )
        return training, asked

    def _asked(self, option: Option, timer: bench.Timer) -> Part:
        """Ask one model after a pass that is not measured, which warms caches up."""
        labels = self.data.held_labels
        with torch.inference_mode():
            share = accuracy(option.model, option.images, labels)
            lap = timer.again(option.name, lambda: self._ask(option))
        passes = lap.rounds * self.passes
        return Part(
            option.name,
            passes * len(labels),
            "sample",
            lap.seconds,
            passes * option.flops,
            Quality("accuracy", share, "higher"),
            option.note,
            lap.rounds,
        )

    def _ask(self, option: Option) -> None:
        """Let a model read the images as often as a round asks."""
        for _ in range(self.passes):
            option.model(option.images)


def classifier(*hidden: int) -> nn.Sequential:
    """Return a perceptron that reads digits."""
    return perceptron(PIXELS, *hidden, CLASSES)


def trained(data: Digits, hidden: tuple[int, ...], epochs: int = 8) -> nn.Sequential:
    """Return a classifier that has learned the digits."""
    model = bench.weights(partial(classifier, *hidden), data.images.device)
    return retrained(model, data, epochs)


def retrained(model: nn.Sequential, data: Digits, epochs: int) -> nn.Sequential:
    """Train a classifier in place, and return it."""
    batches = _batches(data)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    model.train()
    for _ in range(epochs):
        train_epoch(model, cross_entropy, optimizer, batches)
    return model.eval()


def _batches(data: Digits) -> tuple[Batch, ...]:
    """Return what an epoch consists of."""
    return split((data.images, data.labels), 64, data.images.device)


def baseline(model: nn.Sequential, data: Digits) -> Option:
    """Return the option to do nothing."""
    return Option(BASELINE, model, pass_flops(model, data.held_images), data.held_images)


def with_training(option: Option, name: str, epochs: int, data: Digits) -> Option:
    """Return an option that trains its model before it is asked."""
    flops = epochs * epoch_flops(lambda: bench.restart(option.model), cross_entropy, _batches(data))
    return replace(option, name=name, epochs=epochs, training_flops=flops)


def changed(
    option: Option, name: str, note: str, change: Callable[[nn.Sequential], nn.Sequential]
) -> Option:
    """Return an option that changes a copy of a model."""
    return replace(option, name=name, note=note, model=change(bench.restart(option.model)))


def pass_flops(model: nn.Module, images: Tensor) -> int:
    """Return the operations of one pass, forward only."""
    copied = bench.restart(model).to("meta")
    (values,) = bench.like_meta((images,))
    with torch.no_grad():
        return bench.counted(lambda: copied(values))
