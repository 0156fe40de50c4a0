"""Lever: a lower power limit; here its present setting is read, and work is done under it.

Setting a limit needs an administrator and stays with the tools made for it. To compare limits,
set one, measure this workload, set the next one and measure again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch

from lca.errors import MeasurementUnavailable, quoted
from lca.measure.workloads import _bench as bench
from lca.measure.workloads._outcome import Outcome, Part, Quality
from lca.measure.workloads._perceptron import gaussian

if TYPE_CHECKING:
    from torch import Tensor

    from lca.measure.workloads._outcome import Rounds, Window, Workload

NAME = "power_limit"
SENTENCE = "Lever: matrix products on a GPU under the power limit that it has; read, never set."


@dataclass(frozen=True, slots=True)
class Shape:
    """Rows and columns of the matrices, and how many products."""

    size: int
    products: int


SIZES = {"small": Shape(1_024, 50), "full": Shape(8_192, 500)}


def build(size: str, device: str) -> Workload:
    """Prepare the matrices, and read the limit.

    Raises
    ------
    MeasurementUnavailable
        Without an NVIDIA GPU, or if it does not tell its power limit.
    """
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    if where.type != "cuda":
        message = f"{quoted(device)} has no power limit to read; use cuda"
        raise MeasurementUnavailable(message)
    return _Products(shape, where, read_limit(where))


def read_limit(device: torch.device) -> float:
    """Return the power limit that a GPU keeps (W).

    Raises
    ------
    MeasurementUnavailable
        If its driver does not tell.
    """
    from lca.measure.nvml import NvmlMeter

    meter = NvmlMeter([_uuid(device)])
    try:
        (board,) = meter.devices()
        limit = meter.health(board).power_limit
    finally:
        meter.close()
    if limit is None:
        message = f"the driver of {quoted(device)} does not tell its power limit"
        raise MeasurementUnavailable(message)
    return limit


def _uuid(device: torch.device) -> str:
    """Return the identity of a GPU: torch and the driver may count boards differently."""
    return f"GPU-{torch.cuda.get_device_properties(device).uuid}"


@dataclass(frozen=True, slots=True)
class _Products:
    """The workload: products of the same two matrices in bfloat16."""

    shape: Shape
    device: torch.device
    limit: float

    @property
    def parameters(self) -> int:
        """Return 0: there is no model."""
        return 0

    def flops(self) -> int:
        """Return the operations of all products."""
        size = self.shape.size
        left, right = (torch.empty(size, size, device="meta") for _ in range(2))
        return self.shape.products * bench.counted(partial(torch.matmul, left, right))

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Multiply, and judge the last product by one row in double precision."""
        left, right = self._matrices()
        torch.matmul(left, right)  # warms caches up

        def multiply() -> Tensor:
            product = left @ right
            for _ in range(self.shape.products - 1):
                product = left @ right
            return product

        lap = bench.Timer(self.device, window, rounds).again("present limit", multiply)
        product = lap.result
        exact = left[0].double() @ right.double()
        error = ((product[0].double() - exact).norm() / exact.norm()).item()
        quality = Quality("relative error of a product", error, "lower")
        amount, flops = lap.rounds * self.shape.products, lap.rounds * self.flops()
        part = Part(
            "present limit", amount, "product", lap.seconds, flops, quality, rounds=lap.rounds
        )
        figures = {"power limit (W)": self.limit}
        return Outcome.of((part,), baseline="present limit", figures=figures)

    def _matrices(self) -> tuple[Tensor, Tensor]:
        """Return two matrices whose product has values near one."""
        size = self.shape.size
        values = gaussian(2 * size, size).to(self.device, torch.bfloat16)
        return values[:size] / math.sqrt(size), values[size:]
