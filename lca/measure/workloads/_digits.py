"""The handwritten digits of scikit-learn: 1,797 images of 8 by 8, no download."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from lca.errors import MeasurementUnavailable
from lca.measure.workloads import _bench as bench

if TYPE_CHECKING:
    from torch import Tensor

CLASSES = 10
PIXELS = 64
_HELD_OUT = 397


@dataclass(frozen=True, slots=True)
class Digits:
    """Images as rows of 64 values from 0 to 1, with labels, in a fixed random order."""

    images: Tensor
    labels: Tensor
    held_images: Tensor
    held_labels: Tensor


def digits(device: torch.device) -> Digits:
    """Return the digits on a device: 1,400 to learn from and 397 held out.

    Raises
    ------
    MeasurementUnavailable
        If scikit-learn, which brings the images, is not installed.
    """
    if importlib.util.find_spec("sklearn") is None:
        message = "this workload learns the digits of scikit-learn: pip install 'lca[measure]'"
        raise MeasurementUnavailable(message)
    data = importlib.import_module("sklearn.datasets").load_digits()
    order = torch.randperm(len(data.target), generator=torch.Generator().manual_seed(bench.SEED))
    images = torch.as_tensor(data.data / 16, dtype=torch.float32)[order].to(device)
    labels = torch.as_tensor(data.target)[order].long().to(device)
    return Digits(images[_HELD_OUT:], labels[_HELD_OUT:], images[:_HELD_OUT], labels[:_HELD_OUT])
