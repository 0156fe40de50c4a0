"""Lever: store and move fewer bytes, at the price of the work to compress them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from lca.errors import InputError, quoted
from lca.measure.workloads import _bench as bench
from lca.measure.workloads._outcome import Outcome, Part, Quality
from lca.measure.workloads._text import corpus

if TYPE_CHECKING:
    from lca.measure.workloads._outcome import Rounds, Window, Workload

NAME = "zlib_data"
SENTENCE = "Lever: English text kept as it is, and compressed and restored with zlib."
LEVELS = (1, 6, 9)
_BASELINE = "as it is"


@dataclass(frozen=True, slots=True)
class Shape:
    """How often the text is handled."""

    passes: int


SIZES = {"small": Shape(2), "full": Shape(100)}


def build(size: str, device: str) -> Workload:
    """Prepare the text; zlib runs on the CPU.

    Raises
    ------
    InputError
        For another device than the CPU.
    """
    shape = bench.choose_size(SIZES, size)
    if bench.find_device(device).type != "cpu":
        message = f"zlib runs on the CPU, not on {quoted(device)}; use cpu"
        raise InputError(message)
    return _Compression(shape, corpus().encode())


@dataclass(frozen=True, slots=True)
class _Compression:
    """The workload: each level compresses and restores; the baseline copies the bytes."""

    shape: Shape
    data: bytes

    @property
    def parameters(self) -> int:
        """Return 0: there is no model."""
        return 0

    def flops(self) -> None:
        """Return None: compressing is no floating-point work."""
        return

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Handle the text in a window per level."""
        timer = bench.Timer(torch.device("cpu"), window, rounds)
        plain, _ = self._part(None, timer)
        results = [self._part(level, timer) for level in LEVELS]
        figures: dict[str, float | None] = {
            f"{part.name}: bytes left of each byte": packed / len(self.data)
            for part, packed in results
        }
        parts = (plain, *(part for part, _ in results))
        return Outcome.of(parts, baseline=_BASELINE, figures=figures)

    def _part(self, level: int | None, timer: bench.Timer) -> tuple[Part, int]:
        """Return a part and how many bytes the text took in between."""
        name = _BASELINE if level is None else f"zlib level {level}"
        lap = timer.again(name, lambda: self._handled(level))
        packed, restored = lap.result
        quality = Quality("share restored intact", float(restored == self.data), "higher")
        amount = lap.rounds * self.shape.passes * len(self.data)
        part = Part(name, amount, "byte", lap.seconds, None, quality, rounds=lap.rounds)
        return part, len(packed)

    def _handled(self, level: int | None) -> tuple[bytes, bytes]:
        """Compress and restore as often as a round asks; return both results."""
        packed, restored = b"", b""
        for _ in range(self.shape.passes):
            packed = self._packed(level)
            restored = bytes(bytearray(packed)) if level is None else zlib.decompress(packed)
        return packed, restored

    def _packed(self, level: int | None) -> bytes:
        """Return the text as it is kept."""
        return self.data if level is None else zlib.compress(self.data, level)
