"""Small workloads on the CPU, each built once and run at most twice for all tests."""

from __future__ import annotations

import importlib.util
import socket
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from lca.measure import workloads
from lca.measure.workloads import Outcome

torch = pytest.importorskip("torch", reason="workloads run on torch")

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGITS = {
    "autoencoder",
    "batch_sweep",
    "bf16",
    "cnn_digits",
    "distillation",
    "gan",
    "int8",
    "pruning",
}
GPU_ONLY = {"power_limit"}
COMPILING = {"torch_compile"}
LEVERS = {"batch_sweep", "bf16", "distillation", "int8", "pruning", "zlib_data"}
HAS_DIGITS = importlib.util.find_spec("sklearn") is not None
RUNNABLE = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            name in DIGITS and not HAS_DIGITS, reason="the digits of scikit-learn are missing"
        ),
    )
    for name in workloads.names()
    if name not in GPU_ONLY | COMPILING
]
each_runnable = pytest.mark.parametrize("name", RUNNABLE)
each_name = pytest.mark.parametrize("name", workloads.names())
needs_digits = pytest.mark.skipif(not HAS_DIGITS, reason="the digits of scikit-learn are missing")


def refuse_network(*_arguments: object, **_options: object) -> NoReturn:
    """Stand in for a socket."""
    message = "a workload opened a socket"
    raise AssertionError(message)


@pytest.fixture(autouse=True)
def one_thread_and_no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run on one thread, and fail on the first socket."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(socket, "socket", refuse_network)
    yield
    torch.set_num_threads(threads)


@cache
def built(name: str) -> Any:
    """Return a small workload on the CPU."""
    return workloads.load(name).build("small", "cpu")


@cache
def outcome(name: str) -> Outcome:
    """Return what the first run of a small workload on the CPU did."""
    result: Outcome = built(name).run()
    return result


@cache
def watched(name: str) -> tuple[Outcome, list[str]]:
    """Return what a second run did, and which windows it opened and closed."""
    seen: list[str] = []

    @contextmanager
    def window(label: str) -> Iterator[None]:
        seen.append(f"open {label}")
        yield
        seen.append("close")

    return built(name).run(window), seen
