"""What each lever compares, what it costs, and what stands beside its energy."""

from __future__ import annotations

import importlib
import math
import shutil
import time
import warnings
from functools import partial
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from lca.errors import LcaError, MeasurementUnavailable
from lca.measure import workloads
from lca.measure.workloads import Outcome, Part, Quality, break_even
from measure import workload_runs
from measure.workload_runs import LEVERS, RUNNABLE, built, needs_digits, outcome

torch = pytest.importorskip("torch", reason="workloads run on torch")
quiet = workload_runs.one_thread_and_no_network


@pytest.mark.parametrize("name", [each for each in RUNNABLE if each.values[0] in LEVERS])
def test_lever_compares_with_a_baseline(name: str) -> None:
    """A lever shows what was there before it, and the worst of its qualities in front."""
    result = outcome(name)
    parts = {part.name: part for part in result.parts}
    assert len(parts) == len(result.parts) >= 2
    assert result.baseline in parts
    values = [part.quality.value for part in result.parts]
    assert result.quality.value == min(values)


@needs_digits
def test_half_precision_and_integers_keep_the_accuracy() -> None:
    """Bfloat16 and int8 read digits within two points of the model as trained."""
    for name in ("bf16", "int8"):
        plain, changed = outcome(name).parts
        assert plain.quality.value > 0.93
        assert abs(plain.quality.value - changed.quality.value) < 0.02
        assert plain.flops == changed.flops


@needs_digits
def test_zeros_save_no_operations_and_units_do() -> None:
    """Unstructured pruning leaves every product to be computed; structured pruning does not."""
    whole, sparse, narrow, training, retrained = outcome("pruning").parts
    assert sparse.flops == whole.flops
    assert narrow.flops == retrained.flops
    rows, old, new = 397 * 20, 256, 64
    assert whole.flops == 2 * rows * (64 * old + old * old + old * 10)
    assert narrow.flops == 2 * rows * (64 * new + new * new + new * 10)
    assert narrow.quality.value < retrained.quality.value
    assert training.flops == 2 * 1400 * (4 * 64 * new + 6 * new * new + 6 * new * 10)


@needs_digits
def test_unstructured_pruning_zeroes_the_stated_share() -> None:
    """Four of five weights of each layer are zero afterwards."""
    sparse = built("pruning").options[1].model
    for layer in (module for module in sparse if hasattr(module, "weight")):
        assert (layer.weight == 0).float().mean().item() == pytest.approx(0.8, abs=0.01)


@needs_digits
def test_every_batch_size_reaches_the_target() -> None:
    """Full batch, batch 64 and batch 1 are compared at the same accuracy, not the same epochs."""
    result = outcome("batch_sweep")
    assert [part.name for part in result.parts] == ["full batch", "batch 64", "batch 1"]
    assert all(part.quality.value >= 0.90 for part in result.parts)
    assert all("reached after" in part.note for part in result.parts)
    epochs = [part.amount / 1400 for part in result.parts]
    assert epochs[0] > epochs[1] > epochs[2]
    step = 6 * 64 * 10 + 4 * 64 * 64
    looking = 397 * 2 * (64 * 64 + 64 * 10)
    assert [part.flops for part in result.parts] == [n * (1400 * step + looking) for n in epochs]


@needs_digits
def test_distillation_counts_its_teacher() -> None:
    """The teacher's training and answers have windows, and an untaught student is there too."""
    result = outcome("distillation")
    flops = {part.name: part.flops for part in result.parts}
    teacher, student = 64 * 256 + 256 * 256 + 256 * 10, 64 * 32 + 32 * 10
    assert flops["teacher answers"] == 2 * 1400 * teacher
    assert flops["teacher training"] == 8 * 1400 * (6 * teacher - 2 * 64 * 256)
    assert flops["student training"] == 8 * 1400 * (6 * student - 2 * 64 * 32)
    spent = flops["teacher answers"] + flops["student training"]
    assert result.figures["break-even queries by operations, teacher exists"] == pytest.approx(
        spent / (2 * teacher - 2 * student)
    )
    assert all(part.quality.value > 0.8 for part in result.parts)


def test_break_even_holds_in_joules() -> None:
    """Break-even takes any unit; a student that is no cheaper never pays."""
    distillation = importlib.import_module("lca.measure.workloads.distillation")
    cost = {
        "teacher training": 800.0,
        "teacher answers": 50.0,
        "student training": 150.0,
        "teacher queries": 30.0,
        "student queries": 10.0,
    }
    queries = distillation.break_even_queries(cost, 10)
    assert queries == {"teacher exists": 100.0, "teacher included": 500.0}
    dearer = distillation.break_even_queries({**cost, "student queries": 30.0}, 10)
    assert dearer == {"teacher exists": None, "teacher included": None}
    assert break_even(10, 3, 1) == 5


def test_compressed_text_is_smaller_and_intact() -> None:
    """English shrinks to less than half; a higher level never leaves more."""
    result = outcome("zlib_data")
    left = [
        result.figures[f"zlib level {level}: bytes left of each byte"] or 0 for level in (1, 6, 9)
    ]
    assert 0.5 > left[0] > left[1] >= left[2] > 0.1
    assert all(part.quality.value == 1 for part in result.parts)
    assert result.flops is None


def test_quality_that_is_no_number_is_refused() -> None:
    """A diverged training has no quality, so its energy cannot be shown."""
    for value in (math.nan, math.inf):
        with pytest.raises(LcaError, match='quality "loss" is'):
            Quality("loss", value, "lower")


def test_quality_knows_its_direction() -> None:
    """Higher accuracy and lower loss are better; without a before there is no judgment."""
    assert Quality("accuracy", 0.9, "higher", before=0.1).improved() is True
    assert Quality("loss", 0.9, "lower", before=0.1).improved() is False
    assert Quality("loss", 0.9, "lower").improved() is None


def test_worst_quality_is_in_front() -> None:
    """For a loss the worst is the highest; unknown operations of a part make the sum unknown."""
    loss = [Quality("loss", value, "lower") for value in (1.0, 3.0, 2.0)]
    parts = tuple(Part(str(at), 1, "sample", 0.5, None, each) for at, each in enumerate(loss))
    result = Outcome.of(parts, baseline="0")
    assert (result.quality.value, result.flops, result.seconds) == (3.0, None, 1.5)
    assert result.data()["parts"][1]["quality"]["value"] == 3.0  # type: ignore[index]


@pytest.mark.parametrize("found", [[], ["false"]])
def test_compiling_without_a_compiler_is_a_state(
    found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a C++ compiler the lever is unavailable, and the message names one."""
    monkeypatch.setenv("CXX", "")
    monkeypatch.setattr(shutil, "which", lambda name: name if name in found else None)
    with pytest.raises(MeasurementUnavailable, match=r"C\+\+ compiler, such as g\+\+"):
        workloads.load("torch_compile").build("small", "cpu")


def compile_nothing(monkeypatch: pytest.MonkeyPatch, first: Any) -> Any:
    """Return the compiling workload, its compiler replaced by one that is quick to test."""
    monkeypatch.setattr(shutil, "which", lambda name: name)

    def compiled(model: Any, **_options: object) -> Any:
        state = {"fresh": True}

        def answer(text: Any) -> Any:
            if state.pop("fresh", None):
                first()
            return model(text) + 1e-6

        return answer

    monkeypatch.setattr(torch, "compile", compiled)
    return workloads.load("torch_compile").build("small", "cpu")


def test_compiling_has_a_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compilation is a window of its own, and the answers' change stands beside the saving."""
    workload = compile_nothing(monkeypatch, partial(time.sleep, 0.05))
    result = workload.run()
    plain, compiling, compiled = result.parts
    assert compiling.seconds >= 0.05
    assert compiling.amount * 100 == plain.amount == compiled.amount
    assert plain.quality.value == 0
    assert compiled.quality.value == pytest.approx(1e-6, rel=0.5)
    saved = (plain.seconds - compiled.seconds) / 100
    paid = result.figures["break-even passes by time"]
    assert paid is None if saved <= 0 else paid == pytest.approx(compiling.seconds / saved)
    assert result.flops == workload.flops()


def test_torch_takes_the_options_of_compiling() -> None:
    """The torch that is installed knows the options; nothing is compiled before a first pass."""
    module = importlib.import_module("lca.measure.workloads.torch_compile")
    model = built("mlp_tiny").model
    with warnings.catch_warnings(action="ignore"), module._without_caches():
        compiled = module.to_compile(model)
    assert compiled._orig_mod is model


def test_compiler_that_fails_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that is there but does not work makes the lever unavailable, with its words."""

    def fail() -> NoReturn:
        message = "no working compiler\nand a long trace"
        raise torch._dynamo.exc.TorchDynamoException(message)

    workload = compile_nothing(monkeypatch, fail)
    with pytest.raises(
        MeasurementUnavailable, match=r"failed on this machine: no working compiler$"
    ):
        workload.run()


class Board:
    """Stand in for the meter of one board that keeps to a power limit (W)."""

    limit: float | None = 350.0

    def __init__(self, wanted: list[str]) -> None:
        assert wanted == ["GPU-1234"]

    def devices(self) -> tuple[str]:
        """Return the board."""
        return ("board",)

    def health(self, board: str) -> Any:
        """Return its state."""
        assert board == "board"
        return SimpleNamespace(power_limit=self.limit)

    def close(self) -> None:
        """Release nothing."""


@pytest.fixture
def power_limit(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the workload's module on a machine whose GPU computes like a CPU."""
    module = importlib.import_module("lca.measure.workloads.power_limit")
    monkeypatch.setattr("lca.measure.nvml.NvmlMeter", Board)
    monkeypatch.setattr(module, "_uuid", lambda _device: "GPU-1234")
    return module


def test_power_limit_is_read_beside_the_work(
    power_limit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit in force stands beside the products made under it and their error."""
    limit = power_limit.read_limit(torch.device("cuda"))
    assert limit == 350
    result = power_limit._Products(power_limit.Shape(64, 3), torch.device("cpu"), limit).run()
    assert result.figures == {"power limit (W)": 350}
    assert (result.amount, result.unit, result.flops) == (3, "product", 3 * 2 * 64**3)
    assert result.quality.value < 0.02
    monkeypatch.setattr(Board, "limit", None)
    with pytest.raises(MeasurementUnavailable, match="does not tell its power limit"):
        power_limit.read_limit(torch.device("cuda"))
