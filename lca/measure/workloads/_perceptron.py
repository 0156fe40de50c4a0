"""Multilayer perceptrons and the made-up data that they learn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from lca.measure.workloads import _bench as bench


@dataclass(frozen=True, slots=True)
class Shape:
    """How much data, and how often it is shown."""

    samples: int
    batch: int
    epochs: int


def perceptron(*widths: int) -> nn.Sequential:
    """Return linear layers of these widths with rectifiers between them."""
    layers: list[nn.Module] = []
    for width, following in pairwise(widths):
        layers += [nn.Linear(width, following), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def gaussian(samples: int, width: int, seed: int = bench.SEED) -> Tensor:
    """Return standard normal values from a fixed seed."""
    return torch.randn(samples, width, generator=torch.Generator().manual_seed(seed))


def held_out(width: int) -> Tensor:
    """Return a thousand rows that no training sees."""
    return gaussian(1_000, width, bench.SEED + 1)


def hidden_rule(values: Tensor, answers: int) -> Tensor:
    """Return what a fixed random linear map answers, with variance one: it can be learned."""
    rule = gaussian(values.shape[1], answers, bench.SEED + 2)
    answer: Tensor = values @ rule / values.shape[1] ** 0.5
    return answer
