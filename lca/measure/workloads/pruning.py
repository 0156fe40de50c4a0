"""Lever: leave out what matters least, single weights or whole units."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from lca.measure.workloads import _bench as bench
from lca.measure.workloads._comparison import (
    SIZES,
    Comparison,
    baseline,
    changed,
    classifier,
    pass_flops,
    trained,
    with_training,
)
from lca.measure.workloads._digits import digits

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

__all__ = ["NAME", "SENTENCE", "SIZES", "build"]

NAME = "pruning"
SENTENCE = "Lever: a classifier of digits without 80 % of its weights, or 75 % of its units."
_WEIGHTS, _UNITS = 0.80, 0.75
_SPARSE_NOTE = "zeros are multiplied like any number: dense kernels save nothing"


def build(size: str, device: str) -> Workload:
    """Train the classifier, and prepare it whole, with zeros, narrowed, and narrowed and retrained."""
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    data = digits(where)
    model = trained(data, (shape.hidden, shape.hidden))
    whole = baseline(model, data)
    narrow = narrowed(model)
    small = replace(
        whole, name="structured 75 %", model=narrow, flops=pass_flops(narrow, whole.images)
    )
    options = (
        whole,
        changed(whole, "unstructured 80 %", _SPARSE_NOTE, _zeroed),
        small,
        with_training(small, "structured 75 %, retrained", 2, data),
    )
    return Comparison(options, data, shape.passes, where)


def _zeroed(model: nn.Sequential) -> nn.Sequential:
    """Set the smallest weights of each linear layer to zero, in place."""
    for layer in _linears(model):
        weight = layer.weight.detach()
        limit = weight.abs().flatten().kthvalue(int(_WEIGHTS * weight.numel())).values
        weight[weight.abs() <= limit] = 0
    return model


def narrowed(model: nn.Sequential) -> nn.Sequential:
    """Return a smaller classifier of the units that matter most.

    A unit matters as much as the products of its incoming and outgoing weights (their norms).
    """
    first, second, last = _linears(model)
    one = _strongest(first.weight.norm(dim=1) * second.weight.norm(dim=0))
    two = _strongest(second.weight.norm(dim=1) * last.weight.norm(dim=0))
    small = bench.weights(partial(classifier, len(one), len(two)), first.weight.device)
    pixels, answers = torch.arange(first.in_features), torch.arange(last.out_features)
    cuts = ((first, one, pixels), (second, two, one), (last, answers, two))
    with torch.no_grad():
        for target, (source, kept, seen) in zip(_linears(small), cuts, strict=True):
            target.weight.copy_(source.weight[kept][:, seen])
            target.bias.copy_(source.bias[kept])
    return small.eval()


def _linears(model: nn.Module) -> list[nn.Linear]:
    """Return the linear layers in their order."""
    return [module for module in model.modules() if isinstance(module, nn.Linear)]


def _strongest(scores: Tensor) -> Tensor:
    """Return the places of the units to keep, in their order."""
    kept = round((1 - _UNITS) * len(scores))
    return scores.topk(kept).indices.sort().values
