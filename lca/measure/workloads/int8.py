"""Lever: weights and activations of linear layers as integers of eight bits."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from lca.errors import MeasurementUnavailable, quoted
from lca.measure.workloads import _bench as bench
from lca.measure.workloads._comparison import SIZES, Comparison, baseline, changed, trained
from lca.measure.workloads._digits import digits

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Workload

__all__ = ["NAME", "SENTENCE", "SIZES", "build"]

NAME = "int8"
SENTENCE = "Lever: a trained classifier of digits asked in float32 and with dynamic int8."
_NOTE = "as many operations as the baseline, in integers"


def build(size: str, device: str) -> Workload:
    """Train the classifier, and prepare it as it is and quantized; on a CPU only.

    Raises
    ------
    MeasurementUnavailable
        On a GPU, for which torch has no dynamic quantization.
    """
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    if where.type != "cpu":
        message = f"torch quantizes dynamically on a CPU only, not on {quoted(device)}; use cpu"
        raise MeasurementUnavailable(message)
    data = digits(where)
    plain = baseline(trained(data, (shape.hidden, shape.hidden)), data)
    options = (plain, changed(plain, "int8", _NOTE, quantized))
    return Comparison(options, data, shape.passes, where)


def quantized(model: nn.Sequential) -> nn.Sequential:
    """Return a model whose linear layers compute in integers, scaled anew for each batch.

    Raises
    ------
    MeasurementUnavailable
        If this torch cannot: its processor or its version has no such kernels.
    """
    quantize = getattr(torch.ao.quantization, "quantize_dynamic", None)
    if quantize is None or torch.backends.quantized.engine == "none":
        message = f"torch {torch.__version__} has no dynamic quantization on this processor"
        raise MeasurementUnavailable(message)
    with warnings.catch_warnings():
        # Its successor is a package of its own, torchao; the kernels are the same.
        warnings.simplefilter("ignore")
        return cast("nn.Sequential", quantize(model, {nn.Linear}, dtype=torch.qint8))
