"""What every built-in workload answers, what each one learns, and what it refuses."""

from __future__ import annotations

import importlib
import math
import sys
from dataclasses import replace

import pytest

from lca.errors import InputError, MeasurementUnavailable, UnknownNameError
from lca.measure import workloads
from lca.measure.workloads import Outcome
from measure import workload_runs
from measure.workload_runs import (
    DIGITS,
    RUNNABLE,
    built,
    each_name,
    each_runnable,
    outcome,
    watched,
)

torch = pytest.importorskip("torch", reason="workloads run on torch")
quiet = workload_runs.one_thread_and_no_network


def timeless(result: Outcome) -> Outcome:
    """Return an outcome without what differs from run to run: times, and figures from times."""
    parts = tuple(replace(part, seconds=0.0) for part in result.parts)
    figures = {name: value for name, value in result.figures.items() if "by time" not in name}
    return replace(result, seconds=0.0, parts=parts, figures=figures)


def test_all_workloads_are_there() -> None:
    """Being in the folder is the registration."""
    assert workloads.names() == (
        "autoencoder",
        "batch_sweep",
        "bert_finetune",
        "bf16",
        "cnn_digits",
        "distillation",
        "gan",
        "gpt2_generate",
        "gpt2_train",
        "gru",
        "int8",
        "llama_decoder",
        "lstm",
        "mlp_binary",
        "mlp_device",
        "mlp_tiny",
        "power_limit",
        "pruning",
        "qaoa_statevector",
        "rnn",
        "torch_compile",
        "transformer",
        "zlib_data",
    )


@each_name
def test_workload_introduces_itself(name: str) -> None:
    """A workload states its name, one sentence, and a small and a full size."""
    member = workloads.load(name)
    assert name == member.NAME
    assert member.SENTENCE.endswith(".")
    assert tuple(member.SIZES) == ("small", "full")
    assert member.__doc__


def test_unknown_workload_gets_the_nearest_name() -> None:
    """A slip of the pen gets the nearest name and the whole list."""
    with pytest.raises(UnknownNameError, match=r'did you mean "gpt2_generate".*autoencoder, batch'):
        workloads.load("gpt2-generat")


@each_name
def test_unknown_size_is_refused(name: str) -> None:
    """There are two sizes, and a message names them."""
    with pytest.raises(
        UnknownNameError, match=r'no size "smal".*"small"\?; there are: small, full'
    ):
        workloads.load(name).build("smal", "cpu")


@pytest.mark.parametrize("device", ["meta", "tpu", ""])
def test_unknown_device_is_refused(device: str) -> None:
    """Work is done on a CPU or a GPU; the meta device only counts."""
    with pytest.raises(InputError, match='there are: "cpu", "cuda"'):
        workloads.load("mlp_tiny").build("small", device)


@each_name
def test_missing_gpu_is_a_state(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a GPU a workload for it is unavailable, which is not the user's mistake."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(MeasurementUnavailable, match='no device "cuda"'):
        workloads.load(name).build("small", "cuda")


def test_gpu_that_does_not_exist_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fourth of two GPUs is unavailable, and the message counts them."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(MeasurementUnavailable, match=r'"cuda:3": torch finds 2 GPU'):
        workloads.load("mlp_tiny").build("small", "cuda:3")


def test_missing_torch_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are known without torch; loading says how to get it."""
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "mlp_tiny" in workloads.names()
    with pytest.raises(MeasurementUnavailable, match=r"pip install 'lca\[measure\]'"):
        workloads.load("mlp_tiny")


@pytest.mark.parametrize("name", sorted(DIGITS))
def test_missing_digits_are_a_state(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workload that learns digits says which package brings them."""
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MeasurementUnavailable, match=r"scikit-learn: pip install"):
        workloads.load(name).build("small", "cpu")


def test_missing_text_is_a_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python packaged without its help topics has no text to learn."""
    text = importlib.import_module("lca.measure.workloads._text")
    monkeypatch.setitem(sys.modules, "pydoc_data", None)
    with pytest.raises(MeasurementUnavailable, match="pydoc_data"):
        text.corpus.__wrapped__()


def test_power_limit_needs_a_gpu() -> None:
    """A CPU has no power limit to read: a state, not a zero."""
    with pytest.raises(MeasurementUnavailable, match='"cpu" has no power limit'):
        workloads.load("power_limit").build("small", "cpu")


@each_runnable
def test_outcome_adds_up(name: str) -> None:
    """A run reports work, time and operations, each the sum of its windows."""
    result = outcome(name)
    assert result.amount >= 50
    assert result.unit in {"sample", "token", "byte", "circuit"}
    assert math.isclose(result.seconds, sum(part.seconds for part in result.parts))
    assert 1e-4 < result.seconds < 60
    if result.flops is not None:
        assert result.flops == sum(part.flops or 0 for part in result.parts)
        assert built(name).flops() in {result.flops, None}
    assert {part.unit for part in result.parts} == {result.unit}


@each_runnable
def test_every_part_shows_its_quality(name: str) -> None:
    """Whatever the energy of a window, what it bought stands beside it."""
    result = outcome(name)
    energies = {part.name: 12.5 for part in result.parts}
    judged = result.beside(energies)
    assert [row.energy for row in judged] == [12.5] * len(result.parts)
    assert all(math.isfinite(row.quality.value) for row in judged)
    assert all(row.energy is None for row in result.beside({}))


@each_runnable
def test_same_seed_same_outcome(name: str) -> None:
    """A second run does the same work from the same start and reaches the same quality."""
    again, _ = watched(name)
    assert timeless(again) == timeless(outcome(name))


@pytest.mark.parametrize("name", ["mlp_tiny", "gpt2_train", "llama_decoder", "qaoa_statevector"])
def test_same_build_same_outcome(name: str) -> None:
    """A workload that is built again, after other random draws, has the same weights and data."""
    torch.rand(7)
    again = workloads.load(name).build("small", "cpu").run()
    assert timeless(again) == timeless(outcome(name))


def test_random_state_of_the_caller_is_left_alone() -> None:
    """Building and running a workload draws nothing from the caller's generator."""
    state = torch.random.get_rng_state()
    workloads.load("mlp_tiny").build("small", "cpu").run()
    assert torch.equal(torch.random.get_rng_state(), state)


@each_runnable
def test_windows_are_opened_by_name(name: str) -> None:
    """Each part is one window, opened and closed in the order of the parts."""
    result, seen = watched(name)
    assert seen == [step for part in result.parts for step in (f"open {part.name}", "close")]


LEARNING = {
    "autoencoder": 0.5,
    "bert_finetune": 0.7,
    "gan": 0.75,
    "gpt2_train": 0.85,
    "gru": 0.7,
    "lstm": 0.7,
    "mlp_tiny": 0.1,
    "rnn": 0.7,
    "transformer": 0.8,
}
"""Largest share of the initial loss that is left after a small training."""


@pytest.mark.parametrize("name", [each for each in RUNNABLE if each.values[0] in LEARNING])
def test_training_lowers_the_loss(name: str) -> None:
    """A small training ends well below where it began."""
    quality = outcome(name).quality
    assert quality.better == "lower"
    assert quality.improved() is True
    assert quality.before is not None
    assert quality.value < LEARNING[name] * quality.before


def test_fine_tuning_is_judged_on_passages_that_were_not_shown() -> None:
    """The classes are as frequent as each other, and no held-out passage is in a batch."""
    module = importlib.import_module("lca.measure.workloads.bert_finetune")
    text, label = module._passages(2_048, 32)
    assert label.float().mean().item() == 0.5
    held = {tuple(row) for row in text[:64].tolist()}
    shown = {tuple(row) for batch in built("bert_finetune").batches for row in batch[0].tolist()}
    assert len(held) == 64
    assert not held & shown


CLASSIFYING = {"cnn_digits": (0.1, 0.92), "mlp_binary": (0.5, 0.8), "mlp_device": (0.1, 0.35)}
"""Chance, and the accuracy that a small training must reach."""


@pytest.mark.parametrize("name", [each for each in RUNNABLE if each.values[0] in CLASSIFYING])
def test_training_beats_chance(name: str) -> None:
    """Untrained weights guess; a small training is far above chance on what it has not seen."""
    chance, least = CLASSIFYING[name]
    quality = outcome(name).quality
    assert quality.name == "accuracy"
    assert quality.before is not None
    assert quality.before < chance + 0.15
    assert least < quality.value <= 1


def test_language_models_start_without_knowledge() -> None:
    """Random weights give every character about the same probability."""
    alphabet = len(set(importlib.import_module("lca.measure.workloads._text").corpus()))
    for name in ("rnn", "lstm", "gru"):
        assert outcome(name).quality.before == pytest.approx(math.log(alphabet), rel=0.05)


def test_a_warm_up_raises_the_rate_evenly() -> None:
    """A quarter, a half, three quarters, and then the whole for good."""
    torch = pytest.importorskip("torch")
    training = importlib.import_module("lca.measure.workloads._training")
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    schedule, rates = training.rising(optimizer, 4), []
    for _ in range(6):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("name", ["gpt2_generate", "llama_decoder"])
def test_cache_changes_no_word(name: str) -> None:
    """Words written with keys and values kept are those that a full reread chooses."""
    result = outcome(name)
    prefill, decode = result.parts
    assert (prefill.name, decode.name) == ("prefill", "decode")
    assert result.quality.value == 1.0
    assert decode.amount / result.amount == pytest.approx(49 / 50)
