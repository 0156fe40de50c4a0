"""Recurrent networks that predict the next character of a text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from torch import Tensor, nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._language import next_token
from lca.measure.workloads._text import characters

if TYPE_CHECKING:
    from collections.abc import Callable

    from lca.measure.workloads._training import Training


@dataclass(frozen=True, slots=True)
class Shape:
    """Width and number of recurrent layers, and what they are shown."""

    width: int
    layers: int
    batch: int
    length: int
    steps: int


SIZES = {"small": Shape(128, 1, 32, 64, 20), "full": Shape(1024, 2, 64, 256, 400)}


class Recurrent(nn.Module):
    """Characters in, logits of the next character out.

    Parameters
    ----------
    cell : callable
        ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``.
    alphabet, width, layers : int
        Number of characters, of values per layer, and of layers.

    """

    def __init__(
        self, cell: Callable[..., nn.RNNBase], alphabet: int, width: int, layers: int
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(alphabet, width)
        self.cell = cell(width, width, num_layers=layers, batch_first=True)
        self.head = nn.Linear(width, alphabet)

    def forward(self, text: Tensor) -> Tensor:
        """Return logits for each place of the text."""
        states, _ = self.cell(self.embedding(text))
        return cast("Tensor", self.head(states))


def build(cell: Callable[..., nn.RNNBase], size: str, device: str) -> Training:
    """Prepare the training of a recurrent network."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    text, alphabet = characters()
    make = partial(Recurrent, cell, alphabet, shape.width, shape.layers)
    return next_token(make, text, shape.batch, shape.length, shape.steps, 3e-3, where)
