"""Train a model to predict the next character or word of a text."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch

from lca.measure.workloads._classes import cross_entropy
from lca.measure.workloads._text import windows
from lca.measure.workloads._training import Metric, Training, split, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

_HELD_OUT = 0.1
"""Share of the text, at its end, that is judged by and not learned."""


def next_token(
    make: Callable[[], nn.Module],
    sequence: Tensor,
    batch: int,
    length: int,
    steps: int,
    rate: float,
    device: torch.device,
) -> Training:
    """Return the training of a language model: AdamW, `steps` batches of passages of `length`."""
    border = int(len(sequence) * (1 - _HELD_OUT))
    values, label = windows(sequence[:border], length, batch * steps)
    order = torch.arange(batch * steps).reshape(batch, steps).T.flatten()
    held = tuple(part.to(device) for part in windows(sequence[border:], length, batch))
    return Training(
        make=make,
        loss=cross_entropy,
        optimizer=partial(torch.optim.AdamW, lr=rate),
        batches=split((values[order], label[order]), batch, device),
        epochs=1,
        metric=Metric("cross-entropy", "lower", lambda model: cross_entropy(model, *held).item()),
        device=device,
        unit="token",
        amount=tokens,
    )
