"""What all workloads share: the device, the seed, the stopwatch and the operation counter."""

from __future__ import annotations

import copy
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from lca.errors import InputError, MeasurementUnavailable, UnknownNameError, did_you_mean, quoted
from lca.measure.workloads._outcome import Rounds, unmeasured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from lca.measure.workloads._outcome import Window

SEED = 20261122
"""Seed of all weights and data: the same work everywhere, every time."""

Size = TypeVar("Size")
Model = TypeVar("Model", bound=nn.Module)
State = TypeVar("State")
Result = TypeVar("Result")


def choose_size(sizes: Mapping[str, Size], size: str) -> Size:
    """Return the shape of a size, or say which sizes there are."""
    if size not in sizes:
        hint = did_you_mean(size, sizes)
        message = f"no size {quoted(size)}{hint}; there are: {', '.join(sizes)}"
        raise UnknownNameError(message)
    return sizes[size]


def find_device(name: str) -> torch.device:
    """Return a device that can compute: ``cpu``, ``cuda`` or ``cuda:1``."""
    try:
        device = torch.device(name)
    except RuntimeError:
        device = torch.device("meta")
    if device.type not in {"cpu", "cuda"}:
        message = f'no device {quoted(name)} to run on; there are: "cpu", "cuda", "cuda:N"'
        raise InputError(message)
    if device.type == "cuda":
        _check_cuda(device)
    return device


def _check_cuda(device: torch.device) -> None:
    """Refuse a GPU that torch cannot reach."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count == 0:
        built = torch.version.cuda or torch.version.hip
        reason = "finds no GPU" if built else "was built without GPU support"
        message = f"no device {quoted(device)}: torch {torch.__version__} {reason}; use cpu"
        raise MeasurementUnavailable(message)
    if device.index is not None and device.index >= count:
        message = f"no device {quoted(device)}: torch finds {count} GPU(s), counted from 0"
        raise MeasurementUnavailable(message)


@contextmanager
def seeded(seed: int = SEED) -> Iterator[None]:
    """Draw from a fixed seed, and leave the caller's random state as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def weights(make: Callable[[], Model], device: torch.device) -> Model:
    """Return a model with random weights that are the same on every device."""
    with seeded():
        return make().to(device)


def restart(model: Model) -> Model:
    """Return a copy of a prepared model, so that every run begins with the same weights."""
    return copy.deepcopy(model)


def parameter_count(model: nn.Module) -> int:
    """Return the number of trainable values; those that are shared count once."""
    return sum(parameter.numel() for parameter in model.parameters())


@dataclass(slots=True)
class Stopwatch:
    """Wall time of a window."""

    seconds: float = 0.0


@contextmanager
def timed(name: str, device: torch.device, window: Window | None = None) -> Iterator[Stopwatch]:
    """Measure a window in which all work of the device begins and ends."""
    watch = Stopwatch()
    synchronize(device)
    with (window or unmeasured)(name):
        began = time.monotonic()
        yield watch
        synchronize(device)
        watch.seconds = time.monotonic() - began


@dataclass(frozen=True, slots=True)
class Timer:
    """Windows of one device: each as long as its meter needs.

    Parameters
    ----------
    device : torch.device
        Where the work is done.
    window : callable, optional
        Makes the context manager of a window; None measures nothing.
    rounds : Rounds, optional
        How often each window does its work; None does it once.

    """

    device: torch.device
    window: Window | None = None
    rounds: Rounds | None = None

    def lap(
        self, name: str, work: Callable[[State], Result], prepare: Callable[[], State]
    ) -> Lap[Result]:
        """Do work in a window, as often as it takes, and return its last result.

        What the first round begins with is prepared before the window; further rounds have
        to prepare theirs inside.
        """
        state, count = prepare(), 0
        with timed(name, self.device, self.window) as watch:
            for number in (self.rounds or Rounds()).of(name):
                result = work(prepare() if number else state)
                if self.rounds is not None and self.rounds.least:
                    synchronize(self.device)
                count += 1
        return Lap(watch.seconds, count, result)

    def again(self, name: str, work: Callable[[], Result]) -> Lap[Result]:
        """Do work that needs no preparation in a window, as often as it takes."""
        return self.lap(name, lambda _: work(), lambda: None)


@dataclass(frozen=True, slots=True)
class Lap(Generic[Result]):
    """What happened in a window: its wall time (s), how many rounds, and what the last gave."""

    seconds: float
    rounds: int
    result: Result

    @property
    def each(self) -> float:
        """Return the wall time of a round (s)."""
        return self.seconds / self.rounds


def synchronize(device: torch.device) -> None:
    """Wait until a GPU has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class _OnlyMeta(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Refuse real tensors: their kernels are fused, and a count of them would be too low."""

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.dim() and not result.is_meta:
            message = f"{func} on {result.device}: operations are counted on the meta device"
            raise RuntimeError(message)
        return result


def counted(work: Callable[[], object]) -> int:
    """Return the operations of work whose tensors are all on the meta device."""
    counter = FlopCounterMode(display=False)
    only_meta = _OnlyMeta()  # type: ignore[no-untyped-call]
    with sdpa_kernel(SDPBackend.MATH), only_meta, counter:
        work()
    return counter.get_total_flops()


def on_meta(make: Callable[[], Model]) -> Model:
    """Return a model that has shapes but no values, and takes no memory."""
    with torch.device("meta"):
        return make().to("meta")


def like_meta(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return tensors of the same shapes and types that have no values."""
    return tuple(torch.empty_like(tensor, device="meta") for tensor in tensors)
