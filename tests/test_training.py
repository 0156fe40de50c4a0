"""Training: operations are exact, published runs come out again, and nothing is counted twice."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from lca import factors
from lca.errors import InputError
from lca.formulas import operation
from lca.formulas import training as formulas
from lca.library import Library
from lca.library.models import Device
from lca.terms import Draws, Factor, Node, walk
from lca.terms import factors as leaves
from lca.uncertain import uniform
from lca.workloads import training_energy
from lca.workloads.ai_models import AIModel, describe, preset
from lca.workloads.training import (
    by_size,
    development_factor,
    flop,
    remarks,
    token_factor,
)
from lca.workloads.training_factors import factor, value, written
from lca.workloads.training_runs import TrainingRun, fitted_sizes

ROOT = Path(__file__).parents[1]
RUNS = {row["run"]: row for row in factors.rows("workloads/training_runs")}
STEPS = factors.rows("workloads/training_throughput")
H100 = "nvidia-h100-sxm5-80gb"
TOKENS = token_factor(15e12)


@pytest.fixture(scope="module")
def h100() -> Device:
    """Return the device of most published runs."""
    return Library().device(H100)


@pytest.fixture(scope="module")
def fitting() -> ModuleType:
    """Return the tool that fits utilization to the published runs."""
    place = ROOT / "tools" / "fit_training.py"
    if not place.exists():
        pytest.skip("the tools are not beside the tests")
    spec = importlib.util.spec_from_file_location("fit_training", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fit_training"] = module
    spec.loader.exec_module(module)
    return module


def central(node: Node) -> float:
    """Evaluate a node with every input at its central value."""
    return float(Draws(0, 0).array(node)[0])


def spread(node: Node) -> float:
    """Return the ratio of the 95 % to the 5 % quantile of a node."""
    low, high = np.percentile(Draws(1 << 12, 1).array(node)[1:], [5, 95])
    return float(high / low)


def given(name: str, share: float) -> Factor:
    """Return a utilization that a user gives."""
    return Factor(name, share, "")


# operations


@pytest.mark.parametrize(
    ("name", "sequence"), [("gpt-2-124m", 1024), ("llama-3.1-8b", 2048), ("bert-base", 128)]
)
def test_operations_are_those_that_torch_counts(name: str, sequence: int) -> None:
    """A training step on the meta device has exactly the operations of the formula.

    An encoder's pooler works once per sequence, which the formula per token leaves out.
    """
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    torch.set_num_threads(1)
    with torch.device("meta"):
        network = _network(name)
        words = torch.zeros((1, sequence), dtype=torch.long)
        counter = FlopCounterMode(display=False)
        with counter:
            network(words).sum().backward()
    model = preset(name)
    shape = model.architecture
    assert shape is not None
    pooler = 6 * shape.width**2 if shape.pooler else 0
    counted = central(flop(model, token_factor(sequence), sequence=sequence))
    assert counter.get_total_flops() - pooler == pytest.approx(counted, rel=1e-9)


def _network(name: str) -> Any:
    from lca.measure.workloads import _encoder, _gpt2, _llama

    if name == "bert-base":
        return _encoder.Bert(_encoder.Config())
    if name == "gpt-2-124m":
        return _gpt2.GPT2(_gpt2.Config())
    shape = _llama.Config(layers=32, width=4096, heads=32, key_heads=8, wide=14336, tied=False)
    return _llama.Llama(shape)


@pytest.mark.parametrize(
    "row", [row for row in STEPS if row["task"] == "pretraining"], ids=lambda row: row["model"]
)
def test_published_step_throughput_gives_the_published_operations(row: Mapping[str, str]) -> None:
    """NVIDIA's tokens per second times our operations per token are NVIDIA's TFLOP/s."""
    length = float(row["sequence_length"])
    per_token = central(flop(preset(row["model"]), token_factor(1.0), sequence=length))
    rate = per_token * float(row["tokens_per_second_per_device"]) / 1e12
    assert rate == pytest.approx(float(row["model_tflop_per_second_per_device"]), rel=2e-3)


@pytest.mark.parametrize("name", ["llama-2-7b", "llama-2-13b", "llama-2-70b"])
def test_adapters_save_the_operations_that_measured_speed_says(name: str) -> None:
    """Frozen weights take 4 operations in place of 6: NVIDIA's LoRA is 1.44 to 1.47 times as fast."""
    speed = {
        row["task"]: float(row["tokens_per_second_per_device"])
        for row in STEPS
        if row["model"] == name
    }
    work = {
        method: central(flop(preset(name), token_factor(1.0), method=method, sequence=4096.0))
        for method in ("full", "lora")
    }
    assert work["full"] / work["lora"] == pytest.approx(speed["lora"] / speed["full"], rel=0.06)


def test_adapters_add_six_operations_of_their_own() -> None:
    """A million adapter weights take six million operations per token beside four per frozen one."""
    model = describe("seven", parameters=7e9)
    bare = central(flop(model, token_factor(1.0), method="lora"))
    dressed = central(flop(model, token_factor(1.0), method="lora", adapter_parameters=1e6))
    rule = value("rule_residual.large", "", "training_fit").central
    assert bare == pytest.approx(4 * 7e9 * rule)
    assert dressed - bare == pytest.approx(6e6 * rule, rel=1e-6)


def test_recomputation_is_hardware_work_and_no_model_work(h100: Device) -> None:
    """Computing activations twice takes 8 in place of 6, and leaves model FLOPs and hours alone."""
    model = preset("bloom-176b")
    plain = TrainingRun(model, TOKENS, h100, sequence=2048.0)
    twice = TrainingRun(model, TOKENS, h100, sequence=2048.0, recompute=True)
    assert central(twice.hardware_work) == pytest.approx(central(plain.hardware_work) * 8 / 6)
    assert central(twice.work) == central(plain.work)
    assert central(twice.device_hours) == central(plain.device_hours)


def test_hardware_utilization_is_of_hardware_work(h100: Device) -> None:
    """A run at 40 % hardware utilization with recomputation is one at 30 % model utilization."""
    model = preset("bloom-176b")
    hardware = TrainingRun(
        model,
        TOKENS,
        h100,
        sequence=2048.0,
        recompute=True,
        hardware_flop_utilization=given("hardware_flop_utilization", 0.4),
    )
    plain = TrainingRun(
        model, TOKENS, h100, sequence=2048.0, flop_utilization=given("flop_utilization", 0.3)
    )
    assert central(hardware.device_hours) == pytest.approx(central(plain.device_hours))


def test_a_mixture_counts_active_parameters() -> None:
    """DeepSeek-V3 takes six operations for each of its 37e9 active parameters, not of 671e9."""
    rule = value("rule_residual.large", "", "training_fit").central
    found = central(flop(preset("deepseek-v3"), token_factor(14.8e12)))
    assert found == pytest.approx(6 * 37e9 * 14.8e12 * rule)


@pytest.mark.parametrize(
    ("name", "sequence"),
    [("llama-3.1-8b", 4096), ("llama-3.1-70b", 8192), ("llama-3.1-405b", 2048)],
)
def test_the_rule_of_six_holds_the_exact_count_in_its_interval(name: str, sequence: int) -> None:
    """Without a sequence length the interval of the rule contains the exact operations."""
    model = preset(name)
    exact = central(flop(model, TOKENS, sequence=float(sequence)))
    ruled = Draws(1 << 12, 0).array(flop(model, TOKENS))[1:]
    low, high = np.percentile(ruled, [5, 95])
    assert low <= exact <= high


# published runs


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("GPT-3 175B", 1289),
        ("T5-11B", 85.3),
        ("XLM-R", 94.3),
        ("Switch-1.5T", 174.6),
        ("GShard-600B", 23.4),
    ],
)
def test_published_energies_follow_from_devices_days_power_and_pue(
    run: str, expected: float
) -> None:
    """Devices x days x 24 h x system power x PUE gives the worked energy, and the published one within 3.5 %."""
    row = RUNS[run]
    hours = float(row["device_count"]) * float(row["days"]) * 24
    it_energy = operation.it_energy(float(row["system_power_w"]) / 1000, hours)
    found = operation.facility_energy(it_energy, float(row["reported_pue"])) / 1000
    assert found == pytest.approx(expected, rel=2e-3)
    assert found == pytest.approx(float(row["reported_energy_mwh"]), rel=0.035)
    assert hours == pytest.approx(float(row["device_hours"]))


def test_the_cards_of_llama_share_one_grid_and_pue() -> None:
    """GPU hours x 700 W: three rows of Llama 3.1 imply one product of PUE and grid, 0.41 kg/kWh."""
    rows = [row for name, row in RUNS.items() if name.startswith("Llama 3.1")]
    energy = [operation.it_energy(0.7, float(row["device_hours"])) for row in rows]
    implied = [
        1000 * float(row["reported_tco2e"]) / kwh for row, kwh in zip(rows, energy, strict=True)
    ]
    assert implied == pytest.approx([0.4137] * 3, rel=0.015)
    assert sum(float(row["device_hours"]) for row in rows) == pytest.approx(39.3e6, rel=1e-3)
    assert sum(float(row["reported_tco2e"]) for row in rows) == pytest.approx(11_390)


def test_published_hours_at_their_own_utilization_come_out_again(h100: Device) -> None:
    """Llama 3.1 405B: 15.6e12 tokens at 37.3 % of the H100's peak take its 30.84 million hours."""
    run = TrainingRun(
        preset("llama-3.1-405b"),
        token_factor(15.6e12),
        h100,
        sequence=8192.0,
        flop_utilization=given("flop_utilization", 0.3729),
    )
    assert central(run.device_hours) == pytest.approx(30.84e6, rel=2e-3)


@pytest.mark.parametrize(
    "run", [name for name, row in RUNS.items() if row["used_for_fit"] == "yes"]
)
def test_the_prior_interval_of_energy_is_plausible_for_published_runs(run: str) -> None:
    """Hours of each run lie within a factor of 2.5 of what the prior says of its size and device."""
    row = RUNS[run]
    model = AIModel(run, float(row["parameters"]), float(row["active_parameters"]))
    own = TrainingRun(model, token_factor(float(row["tokens"])), Library().device(row["device"]))
    ratio = float(row["device_hours"]) / central(own.device_hours)
    assert 1 / 2.5 < ratio < 2.5


# utilization


def test_the_factor_file_is_what_the_tool_writes(fitting: ModuleType) -> None:
    """The fitted factors are those of the table as it stands."""
    runs = fitting.published()
    assert fitting.FILE.read_text(encoding="utf-8") == fitting.text(runs, fitting.fit(runs))


def test_generation_and_size_predict_better_than_a_fixed_median(fitting: ModuleType) -> None:
    """Leaving each run out, the error falls; nine in ten intervals hold; and the page says so."""
    runs = fitting.published()
    found = fitting.left_out(runs, runs.names)
    fitted, plain = found["generation and size"], found["fixed median"]
    assert fitted["root_mean_square_log_error"] < plain["root_mean_square_log_error"]
    assert fitted["within_90_percent_interval"] / fitted["runs"] >= 0.85
    page = (ROOT / "docs" / "training-model.md").read_text(encoding="utf-8")
    for label, groups in (("run", runs.names), ("family", runs.family)):
        for name, result in fitting.left_out(runs, groups).items():
            assert _line(label, name, result) in page


def _line(label: str, name: str, result: dict[str, float]) -> str:
    """Write a row of the table of the documentation."""
    held = f"{result['within_90_percent_interval']:.0f} of {result['runs']:.0f}"
    return (
        f"| {label} | {name} | {result['median_fold_error']:.2f} | {result['p90_fold_error']:.2f} |"
        f" {result['root_mean_square_log_error']:.2f} | {held} | {result['half_width_fold']:.2f} |"
    )


def test_the_prior_grows_with_size(h100: Device) -> None:
    """On one device, a larger model uses more of the peak in the central estimate."""
    small, large = (by_size(describe("m", parameters=size), h100) for size in (1e9, 4e11))
    assert central(small) < central(large)


def test_the_prior_is_wider_away_from_the_runs_it_is_fitted_to(h100: Device) -> None:
    """Far smaller models, and devices of no fitted generation, get wider intervals."""
    usual = spread(by_size(describe("m", parameters=3e10), h100))
    assert spread(by_size(describe("m", parameters=1e6), h100)) > 1.2 * usual
    blackwell = Library().device("nvidia-b200-sxm-180gb")
    assert spread(by_size(describe("m", parameters=3e10), blackwell)) > 1.2 * usual


def test_what_is_left_unexplained_of_one_model_cancels_between_devices(h100: Device) -> None:
    """Two devices that train the same model share its residual draws."""
    model, other = describe("m", parameters=3e10), Library().device("nvidia-a100-sxm4-80gb")
    shared = [
        {leaf.identity for leaf in leaves(by_size(model, device)) if "residual" in leaf.name}
        for device in (h100, other)
    ]
    assert shared == [{"training/model/m"}] * 2


def test_steps_and_whole_runs_are_never_mixed(h100: Device) -> None:
    """Utilization of steps is lowered by the time outside them; both at once are refused."""
    model = preset("llama-3.1-70b")
    steps = given("step_flop_utilization", 0.4)
    whole = TrainingRun(model, TOKENS, h100, sequence=8192.0, step_flop_utilization=steps)
    assert central(whole.utilization) == pytest.approx(0.4 * 0.9)
    assert whole.utilization.name == "whole_run_flop_utilization"
    with pytest.raises(InputError, match="give one of flop_utilization and step_flop_utilization"):
        TrainingRun(model, TOKENS, h100, flop_utilization=steps, step_flop_utilization=steps)


def test_fp8_is_a_gain_over_16_bits_or_a_share_of_its_own_peak(h100: Device) -> None:
    """The prior names the 16-bit peak; a utilization that is given names that of FP8."""
    model = preset("deepseek-v3")
    prior = TrainingRun(model, TOKENS, h100, "fp8")
    assert prior.peak_rate.identity == f"{H100}/peak/fp16"
    assert central(prior.utilization) == pytest.approx(1.28 * central(by_size(model, h100)))
    own = TrainingRun(model, TOKENS, h100, "fp8", flop_utilization=given("flop_utilization", 0.2))
    assert own.peak_rate.identity == f"{H100}/peak/fp8"
    assert own.peak_rate.distribution.central == pytest.approx(1978.9e12 * 3600)


# energy


def test_boundaries_add_host_then_facility() -> None:
    """Accelerators, then host and network, then PUE: each once."""
    pue = Factor("pue", 1.2, "")
    parts = {
        name: training_energy("llama-3.1-8b", 15e12, H100, boundary=name, pue=pue).central
        for name in ("accelerator", "it", "facility")
    }
    assert parts["it"] == pytest.approx(parts["accelerator"] * 1.43)
    assert parts["facility"] == pytest.approx(parts["it"] * 1.2)


def test_a_factor_that_holds_the_facility_is_not_multiplied_with_pue() -> None:
    """The 1.74 of Olmo 3 checks host and PUE together and enters no prediction."""
    energy = training_energy("llama-3.1-8b", 15e12, H100, boundary="facility")
    assert "facility_over_accelerator" not in {node.name for node in walk(energy.node)}
    chain = factor("it_over_accelerator").distribution.central * 1.25
    assert value("facility_over_accelerator").central == pytest.approx(chain, rel=0.03)


def test_energy_explains_itself_down_to_cited_leaves() -> None:
    """Hours, work, utilization and power are named terms; each leaf has a source that exists."""
    energy = training_energy("llama-3.1-8b", 15e12, H100, sequence=8192, boundary="facility")
    names = {node.name for node in walk(energy.node)}
    assert {"device_hours", "training_flop", "whole_run_flop_utilization", "it_energy"} <= names
    assert {leaf.source for leaf in leaves(energy.node)} <= set(Library().sources)


def test_the_published_power_of_systems_lies_in_the_interval_but_once() -> None:
    """System over rated power of four of five runs is within host share times power share.

    Switch on TPU v3 lies below, as the documentation says.
    """
    outside = [
        row["run"] for row in RUNS.values() if row["system_power_w"] and not _holds_power(row)
    ]
    assert outside == ["Switch-1.5T"]


def _holds_power(row: Mapping[str, str]) -> bool:
    device, draws = Library().device(row["device"]), Draws(1 << 12, 0)
    assert device.power.tdp is not None
    kind = "tpu" if device.kind == "tpu" else "gpu"
    host = draws.array(factor("it_over_accelerator"))
    low, high = np.percentile((host * draws.array(factor(f"busy_fraction.{kind}")))[1:], [5, 95])
    share = float(row["system_power_w"]) / 1000 / device.power.tdp.central
    return bool(low <= share <= high)


def test_the_power_shares_are_those_of_the_measured_jobs() -> None:
    """5 %, 50 % and 95 % of the measured jobs, without the recommender, are the interval."""
    shares = [
        float(row["power_share"])
        for row in factors.rows("workloads/training_power")
        if row["network"] != "ncf"
    ]
    assert len(shares) == 20
    known = [float(written(f"busy_fraction.gpu.{part}")) for part in ("p5", "median", "p95")]
    assert np.quantile(shares, [0.05, 0.5, 0.95]) == pytest.approx(known, abs=0.005)


def test_development_is_a_named_factor_and_never_silent() -> None:
    """Nothing is added unless asked for, and then a remark says what programs took."""
    plain = training_energy("llama-3.1-8b", 15e12, H100)
    whole = training_energy("llama-3.1-8b", 15e12, H100, development="olmo-3")
    assert whole.central == pytest.approx(5.62 * plain.central)
    assert any("1.5 (OLMo) to 5.6 times" in text for text in plain.remarks)
    assert development_factor("olmo").distribution.central == 1.5
    assert development_factor("bloom-idle").distribution.central == pytest.approx(
        (433.196 + 256.646) / 433.196, rel=1e-3
    )


def test_a_number_of_parameters_is_enough() -> None:
    """Parameters, tokens and a device give an energy with its interval in kWh."""
    energy = training_energy(7e9, 2e12, "nvidia-a100-sxm4-80gb")
    assert energy.p5 < energy.central < energy.p95
    assert energy.unit == "kWh"
    assert 30e3 < energy.central < 120e3


# refusals and remarks


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"precision": "bf17"}, 'no training precision "bf17"; did you mean "bf16"'),
        ({"precision": "int8"}, "one of: bf16"),
        ({"method": "lara"}, 'did you mean "lora"'),
        ({"tokens": 0.0}, "tokens must be more than 0"),
        ({"tokens": -1e9}, "tokens must be more than 0"),
        ({"sequence": 0.0}, "at least 1 token"),
        ({"adapter_parameters": 1e12}, "adapter parameters; accepted: 0 to"),
        ({"flop_utilization": Factor("flop_utilization", 40.0, "")}, "at most 1, found 40"),
        ({"flop_utilization": Factor("flop_utilization", 0.0, "")}, "more than 0"),
        ({"boundary": "room"}, "one of: accelerator, it, facility"),
        ({"development": "olmo3"}, 'did you mean "olmo-3"'),
        ({"device": "nvidia-h100"}, "did you mean"),
        ({"device": "google-tpu-v3", "precision": "fp32"}, "google-tpu-v3 has no published dense"),
        ({"model": 7e9, "active_parameters": 8e9}, "8e\\+09 active parameters of 7e\\+09"),
    ],
)
def test_what_cannot_be_trained_is_refused(change: dict[str, Any], message: str) -> None:
    """The message says what was found and what is accepted."""
    usual: dict[str, Any] = {"model": "llama-3.1-8b", "tokens": 15e12, "device": H100}
    with pytest.raises(InputError, match=message):
        training_energy(**(usual | change))


def test_a_device_without_the_peak_says_which_it_has() -> None:
    """A V100 has no FP8 peak: the message lists what is known."""
    with pytest.raises(InputError, match=r"no published dense peak at fp8 for fp8 \(known: .*fp16"):
        training_energy(
            7e9,
            2e12,
            "nvidia-tesla-v100-sxm2-32gb",
            "fp8",
            flop_utilization=given("flop_utilization", 0.3),
        )


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"model": describe("tiny", parameters=5e5)}, "meant for"),
        ({"model": describe("small", parameters=1e8)}, "outside the fitted runs"),
        ({"model": describe("m", parameters=7e9)}, "6 per parameter and token"),
        ({"precision": "fp8"}, "published gain"),
        ({"precision": "tf32"}, "fitted runs used 16 bits"),
        ({"method": "lora"}, "fine-tuning"),
        ({"recompute": True}, "no model work"),
        ({"step_flop_utilization": given("step_flop_utilization", 0.4)}, "that of steps"),
    ],
)
def test_what_a_reader_must_know_is_remarked(run: dict[str, Any], said: str, h100: Device) -> None:
    """Extrapolation, rules of thumb and other bases are said."""
    usual: dict[str, Any] = {"model": preset("llama-3.1-8b"), "sequence": 8192.0}
    found = remarks(TrainingRun(tokens=TOKENS, device=h100, **(usual | run)))
    assert any(said in text for text in found), found


def test_the_fitted_sizes_are_those_of_the_runs() -> None:
    """The smallest and largest active parameters of the table bound the fit."""
    sizes = [
        float(row["active_parameters"]) for row in RUNS.values() if row["used_for_fit"] == "yes"
    ]
    assert fitted_sizes() == pytest.approx((min(sizes), max(sizes)), rel=1e-3)


# laws


def test_work_and_hours_double_with_tokens(h100: Device) -> None:
    """Twice the tokens take twice the operations, hours and energy."""
    model = preset("llama-3.1-8b")
    once, twice = (TrainingRun(model, token_factor(n), h100, sequence=8192.0) for n in (1e12, 2e12))
    assert central(twice.device_hours) == pytest.approx(2 * central(once.device_hours))


def test_uncertain_tokens_are_drawn(h100: Device) -> None:
    """Tokens may be a distribution: its spread appears in the work."""
    tokens = Factor("training_tokens", uniform(1e12, 3e12), "token")
    run = TrainingRun(preset("llama-3.1-8b"), tokens, h100, sequence=8192.0)
    assert spread(run.work) == pytest.approx(2.9 / 1.1, rel=0.01)


def test_utilization_never_exceeds_the_peak() -> None:
    """A draw of the prior beyond the peak is cut to it."""
    assert formulas.flop_utilization_by_size(0.5, 1e12, 1e9, 0.2, 2.0) == 1
