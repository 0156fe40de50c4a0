"""Lever: let torch compile a model, which costs once and may save with every use."""

from __future__ import annotations

import importlib
import os
import shutil
import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import torch

from lca.errors import MeasurementUnavailable
from lca.measure.workloads import _bench as bench
from lca.measure.workloads._encoder import Bert, Config
from lca.measure.workloads._outcome import Outcome, Part, Quality, break_even
from lca.measure.workloads._text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from torch import Tensor

    from lca.measure.workloads._outcome import Rounds, Window, Workload

NAME = "torch_compile"
SENTENCE = "Lever: BERT asked as written, while torch compiles it, and compiled."
NEVER = "compiled, a pass costs no less than as written"
_COMPILERS = ("g++", "clang++", "c++")


@dataclass(frozen=True, slots=True)
class Shape:
    """The model, what it reads, and how often."""

    config: Config
    batch: int
    length: int
    passes: int


SIZES = {
    "small": Shape(Config(1, 64, 2, 256, 32, 512), batch=4, length=32, passes=100),
    "full": Shape(Config(), batch=8, length=128, passes=100),
}


def build(size: str, device: str) -> Workload:
    """Prepare the model and the text.

    Raises
    ------
    MeasurementUnavailable
        If there is nothing to compile with.
    """
    shape = bench.choose_size(SIZES, size)
    where = bench.find_device(device)
    check_compiler(where)
    text = words(shape.config.vocabulary)[: shape.batch * shape.length]
    model = bench.weights(partial(Bert, shape.config), where).eval()
    passage = text.reshape(shape.batch, shape.length).to(where)
    return _Compilation(shape, where, passage, model, _pass_flops(shape.config, passage))


def _pass_flops(config: Config, text: Tensor) -> int:
    """Return the operations of one pass."""
    model = bench.on_meta(partial(Bert, config))
    with torch.no_grad():
        return bench.counted(partial(model, *bench.like_meta((text,))))


def check_compiler(device: torch.device) -> None:
    """Refuse where torch has nothing to compile with: C++ on a CPU, triton on a GPU."""
    if device.type == "cuda":
        found = torch.utils._triton.has_triton()
        missing = "triton, which this torch does not have"
    else:
        found = any(shutil.which(name) for name in (os.environ.get("CXX", ""), *_COMPILERS))
        missing = f"a C++ compiler, such as {_COMPILERS[0]}, and finds none"
    if not found:
        message = f"torch.compile needs {missing}; install one, or measure another workload"
        raise MeasurementUnavailable(message)


@dataclass(frozen=True, slots=True)
class _Compilation:
    """The workload: the same text is read as often before as after."""

    shape: Shape
    device: torch.device
    text: Tensor
    model: Bert
    pass_flops: int

    @property
    def parameters(self) -> int:
        """Return the number of values of the model."""
        return bench.parameter_count(self.model)

    def flops(self) -> int:
        """Return the operations of all passes; compiling itself is no floating-point work."""
        return (2 * self.shape.passes + 1) * self.pass_flops

    def break_evens(self, by: str, cost: Mapping[str, float]) -> dict[str, float | None]:
        """Return after how many passes compiling has paid for itself, None if never."""
        passes = self.shape.passes
        each = cost["as written"] / passes, cost["compiled"] / passes
        return {f"break-even passes by {by}": break_even(cost["compiling"], *each)}

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Read as written, compile at the first pass, and read compiled."""
        timer = bench.Timer(self.device, window, rounds)
        with torch.inference_mode():
            expected = self.model(self.text)
            plain = self._read("as written", self.model, timer)
            compiled, spent = self._compile(window)
            quick = self._read("compiled", compiled, timer)
            difference = (compiled(self.text) - expected).abs().max().item()
        same, changed = (self._quality(value) for value in (0.0, difference))
        once: bench.Lap[None] = bench.Lap(spent, 1, None)
        parts = (
            self._part("as written", self.shape.passes, plain, same),
            self._part("compiling", 1, once, changed, "the first pass, with the compilation"),
            self._part("compiled", self.shape.passes, quick, changed),
        )
        seconds = {"as written": plain.each, "compiling": spent, "compiled": quick.each}
        figures = self.break_evens("time", seconds)
        return Outcome.of(parts, "as written", figures, NEVER)

    def _read(
        self, name: str, model: Callable[[Tensor], Tensor], timer: bench.Timer
    ) -> bench.Lap[None]:
        """Let a model read in a window."""

        def read() -> None:
            for _ in range(self.shape.passes):
                model(self.text)

        return timer.again(name, read)

    def _compile(self, window: Window | None) -> tuple[Callable[[Tensor], Tensor], float]:
        """Return the compiled model, and the seconds of its first pass."""
        with warnings.catch_warnings(action="ignore"), _without_caches():
            compiled = to_compile(self.model)
            with bench.timed("compiling", self.device, window) as watch:
                _first_pass(compiled, self.text)
        return compiled, watch.seconds

    def _part(
        self, name: str, passes: int, lap: bench.Lap[None], quality: Quality, note: str = ""
    ) -> Part:
        """Return a window as a part."""
        passes *= lap.rounds
        amount, flops = passes * self.shape.batch, passes * self.pass_flops
        return Part(name, amount, "sample", lap.seconds, flops, quality, note, lap.rounds)

    def _quality(self, value: float) -> Quality:
        """Return how far answers are from those of the model as written."""
        return Quality("largest change of an answer", value, "lower")


def to_compile(model: Bert) -> Callable[[Tensor], Tensor]:
    """Return a model that torch compiles at its first pass, in this process."""
    torch.compiler.reset()
    return cast("Callable[[Tensor], Tensor]", torch.compile(model, options={"compile_threads": 1}))


def _without_caches() -> AbstractContextManager[None]:
    """Use nothing that was compiled earlier: a cost found in a cache would be none."""
    config: Any = getattr(torch.compiler, "config", None)
    config = config or importlib.import_module("torch._inductor.config")
    return cast("AbstractContextManager[None]", config.patch(force_disable_caches=True))


def _first_pass(compiled: Callable[[Tensor], Tensor], text: Tensor) -> None:
    """Make torch compile, and say so in plain words if it cannot."""
    try:
        compiled(text)
    except torch._dynamo.exc.TorchDynamoException as error:
        reason = str(error).strip().partition("\n")[0]
        message = f"torch.compile failed on this machine: {reason}"
        raise MeasurementUnavailable(message) from error
