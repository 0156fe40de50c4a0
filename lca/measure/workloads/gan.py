"""A generative adversarial network that learns to draw handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._digits import PIXELS, digits
from lca.measure.workloads._outcome import Outcome, Part, Quality
from lca.measure.workloads._perceptron import gaussian, perceptron

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Rounds, Window, Workload

NAME = "gan"
SENTENCE = "Generative adversarial network on handwritten digits: two Adams, batches of 64."
_BATCH = 64
_NOISE = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """Width of the hidden layers, and number of steps."""

    hidden: int
    steps: int


SIZES = {"small": Shape(128, 400), "full": Shape(1024, 20_000)}


def build(size: str, device: str) -> Workload:
    """Prepare generator and critic; what is judged is how far drawings are from digits."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    data = digits(where)
    pair = bench.weights(partial(_Pair, shape.hidden), where)
    operations = shape.steps * _step_flops(shape.hidden)
    return _Adversaries(shape, where, data.images, data.held_images, pair, operations)


def _step_flops(hidden: int) -> int:
    """Return the operations of a step: the critic's pass and the generator's."""
    pair = bench.on_meta(partial(_Pair, hidden))
    real = torch.empty(_BATCH, PIXELS, device="meta")
    noise = torch.empty(_BATCH, _NOISE, device="meta")
    critic = bench.counted(lambda: torch.autograd.backward(pair.critic_loss(real, noise)))
    pair.critic.requires_grad_(requires_grad=False)
    return critic + bench.counted(lambda: torch.autograd.backward(pair.generator_loss(noise)))


class _Pair(nn.Module):
    """The generator, from noise to pixels, and the critic, from pixels to a logit."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.generator = nn.Sequential(perceptron(_NOISE, hidden, hidden, PIXELS), nn.Sigmoid())
        self.critic = perceptron(PIXELS, hidden, hidden, 1)

    def critic_loss(self, real: Tensor, noise: Tensor) -> Tensor:
        """Return how badly the critic tells real from drawn images."""
        with torch.no_grad():
            drawn = self.generator(noise)
        real_logit, drawn_logit = self.critic(real), self.critic(drawn)
        return functional.softplus(-real_logit).mean() + functional.softplus(drawn_logit).mean()

    def generator_loss(self, noise: Tensor) -> Tensor:
        """Return how badly drawn images pass as real."""
        return functional.softplus(-self.critic(self.generator(noise))).mean()


@dataclass(frozen=True, slots=True)
class _Adversaries:
    """The workload: critic and generator take turns."""

    shape: Shape
    device: torch.device
    images: Tensor
    held: Tensor
    pair: _Pair
    operations: int

    @property
    def parameters(self) -> int:
        """Return the number of trainable values of both networks."""
        return bench.parameter_count(self.pair)

    def flops(self) -> int:
        """Return the operations of all steps."""
        return self.operations

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Play from the initial weights, and judge the drawings."""
        before, draws = self._distance(self.pair), self._draws()
        timer = bench.Timer(self.device, window, rounds)
        lap = timer.lap(
            "train", lambda pair: self._play(pair, draws), lambda: bench.restart(self.pair)
        )
        distance = self._distance(lap.result)
        quality = Quality("discrepancy of pixels", distance, "lower", before)
        amount, flops = lap.rounds * self.shape.steps * _BATCH, lap.rounds * self.flops()
        part = Part("train", amount, "sample", lap.seconds, flops, quality, rounds=lap.rounds)
        return Outcome.of((part,))

    def _draws(self) -> Tensor:
        """Return which images each step shows."""
        generator = torch.Generator().manual_seed(bench.SEED)
        size = (self.shape.steps, _BATCH)
        return torch.randint(len(self.images), size, generator=generator).to(self.device)

    def _play(self, pair: _Pair, draws: Tensor) -> _Pair:
        """Let critic and generator take one step each, as often as asked; return them."""
        adam = partial(torch.optim.Adam, lr=2e-4, betas=(0.0, 0.9))
        critic, generator = (adam(part.parameters()) for part in (pair.critic, pair.generator))
        random = torch.Generator().manual_seed(bench.SEED)
        for draw in draws:
            noise = torch.randn(_BATCH, _NOISE, generator=random).to(self.device)
            critic.zero_grad(set_to_none=True)
            torch.autograd.backward(pair.critic_loss(self.images[draw], noise))
            critic.step()
            pair.critic.requires_grad_(requires_grad=False)
            generator.zero_grad(set_to_none=True)
            torch.autograd.backward(pair.generator_loss(noise))
            generator.step()
            pair.critic.requires_grad_(requires_grad=True)
        return pair

    def _distance(self, pair: _Pair) -> float:
        """Return the maximum mean discrepancy between drawings and held-out digits.

        Gaussian kernel of width 4 on pixels; 0 for the same distribution (Gretton et al.,
        "A Kernel Two-Sample Test", 2012, biased estimate of equation 5).
        """
        with torch.no_grad():
            drawn = pair.generator(gaussian(len(self.held), _NOISE).to(self.device))
        real = _kernel(self.held, self.held) + _kernel(drawn, drawn)
        return (real - 2 * _kernel(self.held, drawn)).item()


def _kernel(left: Tensor, right: Tensor) -> Tensor:
    """Return the mean of a Gaussian kernel over all pairs."""
    return torch.exp(-torch.cdist(left, right).square() / 32).mean()
