"""Train a model on batches: the loop that most workloads share."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import torch
from torch import Tensor, nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._outcome import Outcome, Part, Quality

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lca.measure.workloads._outcome import Rounds, Window

Batch: TypeAlias = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """How a trained model is judged: a name, a direction, and a function of the model."""

    name: str
    better: Literal["higher", "lower"]
    judge: Callable[[nn.Module], float]

    def __call__(self, model: nn.Module) -> float:
        """Return the judgment, without gradients."""
        model.eval()
        with torch.no_grad():
            value = self.judge(model)
        model.train()
        return float(value)


def rows(batch: Batch) -> int:
    """Return the number of samples in a batch."""
    return batch[0].shape[0]


def tokens(batch: Batch) -> int:
    """Return the number of tokens in a batch."""
    return batch[0].numel()


def split(data: Batch, size: int, device: torch.device) -> tuple[Batch, ...]:
    """Return data in batches of a size on a device; the last one may be smaller."""
    parts = zip(*(torch.split(tensor.to(device), size) for tensor in data), strict=True)
    return tuple(tuple(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Training:
    """A workload that trains a model.

    Parameters
    ----------
    make : callable
        Makes the model, on the default device.
    loss : callable
        Returns the loss of a model on the tensors of a batch.
    optimizer : callable
        Makes the optimizer of parameters.
    batches : tuple of Batch
        What an epoch consists of, already on the device.
    epochs : int
        How often all batches are shown.
    metric : Metric
        How the result is judged, before and after.
    device : torch.device
        Where it runs.
    unit, amount : str, callable
        Unit of work, and how much of it is in a batch.
    warm_up : int
        Steps in which the learning rate rises to its full value; 0 begins with it.

    """

    make: Callable[[], nn.Module]
    loss: Callable[..., Tensor]
    optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]
    batches: tuple[Batch, ...]
    epochs: int
    metric: Metric
    device: torch.device
    unit: str = "sample"
    amount: Callable[[Batch], int] = rows
    warm_up: int = 0
    model: nn.Module = field(init=False)
    before: float = field(init=False)
    operations: int = field(init=False)

    def __post_init__(self) -> None:
        # All of this is done once, so that a run consists of little but the work itself.
        model = bench.weights(self.make, self.device)
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "before", self.metric(model))
        operations = self.epochs * epoch_flops(self.make, self.loss, self.batches)
        object.__setattr__(self, "operations", operations)

    @property
    def parameters(self) -> int:
        """Return the number of trainable values."""
        return bench.parameter_count(self.model)

    def flops(self) -> int:
        """Return the operations of all forward and backward passes; the optimizer has none."""
        return self.operations

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Train from the initial weights, and judge the result."""
        timer = bench.Timer(self.device, window, rounds)
        lap = timer.lap("train", self._trained, lambda: bench.restart(self.model))
        reached = self.metric(lap.result)
        quality = Quality(self.metric.name, reached, self.metric.better, self.before)
        amount = lap.rounds * self.epochs * sum(map(self.amount, self.batches))
        flops = lap.rounds * self.flops()
        part = Part("train", amount, self.unit, lap.seconds, flops, quality, rounds=lap.rounds)
        return Outcome.of((part,))

    def _trained(self, model: nn.Module) -> nn.Module:
        """Train a model in place, and return it."""
        optimizer = self.optimizer(model.parameters())
        after = rising(optimizer, self.warm_up).step if self.warm_up else None
        for _ in range(self.epochs):
            train_epoch(model, self.loss, optimizer, self.batches, after)
        return model


def rising(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """Return a schedule whose rate rises evenly in the first steps: 1/steps, 2/steps, ... 1."""
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / steps))


def train_epoch(
    model: nn.Module,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    batches: Iterable[Batch],
    after: Callable[[], None] | None = None,
) -> None:
    """Take one step on each batch, and do what comes `after` each."""
    for batch in batches:
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss(model, *batch))
        optimizer.step()
        if after is not None:
            after()


def epoch_flops(
    make: Callable[[], nn.Module], loss: Callable[..., Tensor], batches: Iterable[Batch]
) -> int:
    """Return the operations of the forward and backward passes of an epoch.

    Each shape of batch is counted once, on the meta device.
    """
    model = bench.on_meta(make)
    shapes: Counter[tuple[torch.Size, ...]] = Counter()
    example: dict[tuple[torch.Size, ...], Batch] = {}
    for batch in batches:
        key = tuple(tensor.shape for tensor in batch)
        shapes[key] += 1
        example.setdefault(key, bench.like_meta(batch))
    return sum(times * pass_flops(model, loss, example[key]) for key, times in shapes.items())


def pass_flops(model: nn.Module, loss: Callable[..., Tensor], batch: Batch) -> int:
    """Return the operations of one forward and backward pass; all is on the meta device."""
    return bench.counted(lambda: torch.autograd.backward(loss(model, *batch)))
