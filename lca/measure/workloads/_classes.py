"""Loss and judgment of models that choose one of several classes."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


def cross_entropy(model: nn.Module, values: Tensor, label: Tensor) -> Tensor:
    """Return the cross-entropy of a model's logits, whose last axis is the class."""
    logits = model(values)
    return functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), label.reshape(-1))


def accuracy(model: nn.Module, values: Tensor, label: Tensor) -> float:
    """Return the share of samples whose class is right."""
    right: Tensor = model(values).argmax(dim=-1) == label
    return right.float().mean().item()
