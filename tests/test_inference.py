"""Energy of serving that was not measured: laws, refusals, flags, and measured rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lca.errors import InputError, UnknownNameError
from lca.factors import files
from lca.library import Library
from lca.terms import Draws, Factor, factors
from lca.uncertain import lognormal_interval
from lca.workloads import Prediction, generation_energy, inference_energy
from lca.workloads.generation_model import packaged_relation, predict_outputs
from lca.workloads.generation_rows import generation_rows
from lca.workloads.inference import Serving, serving
from lca.workloads.inference_coefficients import coefficients
from lca.workloads.inference_model import physics
from lca.workloads.inference_table import predict
from lca.workloads.measured_rows import TABLE, family, language_rows, model_key, packaged

H100, B200 = "nvidia-h100-sxm5-80gb", "nvidia-b200-sxm-180gb"
KILOWATT_HOUR_PER_JOULE = 1 / 3.6e6
LLAMA = {
    "model": "meta-llama/Llama-3.1-70B-Instruct",
    "software": "vllm-0.11",
    "task": "lm-arena-chat",
}


def ask(**changes: Any) -> Prediction:
    """Ask for a dense model of 70e9 parameters on four H100, with changes."""
    question: dict[str, Any] = {
        "total_parameters": 70e9,
        "active_parameters": 70e9,
        "device": H100,
        "device_count": 4,
        "precision": "bf16",
        "batch": 64,
        "output_tokens": 400,
    }
    return inference_energy(**{**question, **changes})


def serve(**changes: Any) -> Serving:
    """Serve the same model, with changes."""
    device = Library().device(H100)
    return serving(70e9, 70e9, device, 4, "bf16", changes.pop("batch", 64), 400, **changes)


def test_packaged_rows_are_those_of_the_sidecar() -> None:
    """The table is as its sidecar says: 1565 rows, an open licence, its own hash."""
    import hashlib

    about = files.sidecar(TABLE)
    content = (files.ROOT / f"{TABLE}.csv").read_bytes()
    assert hashlib.sha256(content).hexdigest() == about.sha256
    assert len(packaged()) == 1565
    assert about.licence == "Apache-2.0"


def test_measured_energy_is_power_over_throughput() -> None:
    """Each later row agrees with itself: devices times power times step time over batch."""
    rows = language_rows()
    asked = rows.conditions
    expected = asked.devices_per_replica * rows.device_power * rows.step_time / asked.batch
    later = asked.software == "vllm-0.11"
    np.testing.assert_allclose(rows.energy_per_token[later], expected[later], rtol=2e-3)


@pytest.mark.parametrize("place", [0, 150, 300, 450, 600, 757])
def test_term_and_table_agree(place: int) -> None:
    """The symbolic term and the vectorized table give one number for one question."""
    row = language_rows().conditions.take([place])
    one = {
        name: getattr(row, name)[0].item() if name in NUMBERS else getattr(row, name)[0]
        for name in (*NUMBERS, *NAMES)
    }
    found = inference_energy(
        one["total_parameters"],
        one["active_parameters"],
        one["device"],
        int(one["devices_per_replica"]),
        one["precision"],
        one["batch"],
        one["output_length"],
        one["modality"],
        **{
            name: one[name]
            for name in ("software", "task", "model", "data_parallel", "pipeline_stages")
        },
    )
    assert math.isclose(found.central, predict(row).p50[0], rel_tol=1e-9)


NUMBERS = (
    "total_parameters",
    "active_parameters",
    "devices_per_replica",
    "batch",
    "output_length",
    "data_parallel",
    "pipeline_stages",
)
NAMES = ("device", "precision", "modality", "software", "task", "model")


def test_interval_of_the_draws_is_that_of_the_table() -> None:
    """Sampling the term gives the interval that the table states, to sampling error."""
    rows = language_rows().conditions.take([0])
    table = predict(rows)
    row = rows
    found = inference_energy(
        row.total_parameters[0],
        row.active_parameters[0],
        row.device[0],
        1,
        row.precision[0],
        row.batch[0],
        row.output_length[0],
        model=row.model[0],
        task=row.task[0],
        software=row.software[0],
    )
    assert found.p5 == pytest.approx(table.p5[0], rel=0.02)
    assert found.p95 == pytest.approx(table.p95[0], rel=0.02)


def test_energy_is_power_times_devices_over_throughput_in_every_draw() -> None:
    """Power, throughput and energy of one answer never contradict each other."""
    served = serve(model_name="any")
    draws = Draws(256, 3)
    energy, power, rate = (
        draws.array(node)
        for node in (served.energy_per_token, served.device_power, served.throughput)
    )
    np.testing.assert_allclose(energy, 4 * power / rate, rtol=1e-12)


def test_measured_throughput_leaves_only_power_to_the_model() -> None:
    """With throughput known, energy is modelled power over it, and the interval is narrower."""
    served = serve(throughput="1500 token/s")
    found = Draws(512, 0).array(served.energy_per_token)
    modelled = ask()
    assert served.basis == "measured throughput, modelled power"
    assert 0.3 < found[0] / (4 * 0.7 / (1500 * 3600)) < 1
    ratio = np.percentile(found[1:], 95) / np.percentile(found[1:], 5)
    assert ratio < modelled.p95 / modelled.p5


def test_larger_batch_takes_less_energy_for_a_token() -> None:
    """Weights read once serve more sequences: from batch 8 to 128 energy falls severalfold."""
    assert ask(batch=8, **LLAMA).central > 3 * ask(batch=128, **LLAMA).central


def test_longer_prompts_take_more_energy() -> None:
    """Prompt tokens count: ten times longer prompts cost more for each output token."""
    assert ask(prompt_tokens=5000).central > 1.3 * ask(prompt_tokens=500).central


def test_prefill_energy_is_of_the_order_of_its_operations() -> None:
    """A prompt token costs 2 operations a weight at rated power and the fitted share of the peak."""
    node = serve().prefill_energy_per_token
    efficiency = coefficients().values["prefill_efficiency"]
    expected = 2 * 70e9 / (989.4e12 * efficiency) * 700 * KILOWATT_HOUR_PER_JOULE
    assert float(Draws(0, 0).array(node)[0]) == pytest.approx(expected, rel=1e-9)
    assert 0.2 < efficiency < 0.6


def test_unknown_batch_is_a_stated_wide_distribution() -> None:
    """Without a batch the answer spans a factor of several and says what was assumed."""
    found = ask(batch=None)
    assert found.p95 / found.p5 > 2 * ask().p95 / ask().p5
    assert any("batch is not known" in remark for remark in found.remarks)


def test_batch_may_be_a_distribution() -> None:
    """A batch given with its interval widens the answer, around the same center."""
    given = ask(batch=lognormal_interval(16.0, 256.0))
    assert given.central == pytest.approx(ask().central, rel=1e-9)
    assert given.p95 / given.p5 > ask().p95 / ask().p5


def test_every_leaf_of_the_answer_has_an_identity_and_bandwidth_is_cited() -> None:
    """The term explains down to bandwidth, rated power and batch, with the sources of the device."""
    leaves = {leaf.name: leaf for leaf in factors(ask().node)}
    assert {"memory_bandwidth", "thermal_design_power", "batch", "model_residual"} <= set(leaves)
    assert leaves["memory_bandwidth"].source == "anandtech-h200"
    known = Library().sources
    assert {leaf.source for leaf in leaves.values()} - {""} <= set(known)


def test_options_that_serve_one_model_share_its_residual() -> None:
    """The unexplained part of a model is drawn once for all devices that serve it."""

    def shared(prediction: Prediction) -> Factor:
        return next(x for x in factors(prediction.node) if x.name == "model_residual")

    one, other = ask(model="mine"), ask(model="mine", device=B200)
    assert shared(one).identity == shared(other).identity == "inference/model/mine"


def test_a_measured_model_is_drawn_to_its_rows_with_a_narrower_interval() -> None:
    """Rows of the model itself decide more, and leave less open, than those of others."""
    known, unknown = ask(**LLAMA), ask(**{**LLAMA, "model": "unheard-of"})
    assert "measured rows of this AI model" in known.basis
    assert unknown.basis == "model"
    assert known.p95 / known.p5 < 0.85 * unknown.p95 / unknown.p5


def test_a_device_that_was_not_measured_is_flagged_and_wider() -> None:
    """On another device the rated numbers go into the model, and the interval says so."""
    found = ask(device="nvidia-h200-sxm-141gb", software="vllm-0.11", model="unheard-of")
    near = ask(software="vllm-0.11", model="unheard-of")
    assert any("was not measured" in remark for remark in found.remarks)
    assert found.p95 / found.p5 > 1.2 * near.p95 / near.p5


def test_extrapolation_is_flagged_with_the_range() -> None:
    """A batch of one was never measured: the remark names the range, the interval widens."""
    found = ask(batch=1)
    assert any("7 to 4090" in remark for remark in found.remarks)
    assert found.p95 / found.p5 > ask(batch=8).p95 / ask(batch=8).p5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"active_parameters": 80e9}, "more than the 7e[+]10 in total"),
        ({"batch": 0}, "batch: 0 is not at least 1"),
        ({"batch": math.nan}, "batch: nan"),
        ({"output_tokens": -5}, "output tokens: -5"),
        ({"device_count": 1}, "2 devices would hold"),
        ({"batch": 60000, "output_tokens": 8000}, "or a smaller batch"),
        ({"device_count": 2.5}, "not a whole number"),
        ({"software": "vllm-0.12"}, 'did you mean "vllm-0.11"'),
        ({"modality": "vidoe"}, 'did you mean "video"'),
        ({"prompt_tokens": -1}, "prompt tokens: -1"),
    ],
)
def test_what_means_nothing_is_refused(changes: dict[str, Any], message: str) -> None:
    """Impossible questions are refused with what was found and what is accepted."""
    with pytest.raises(InputError, match=message):
        ask(**changes)


def test_unknown_precision_names_the_nearest() -> None:
    """A precision that is not known is refused, the nearest named."""
    with pytest.raises(UnknownNameError, match='did you mean "fp8"'):
        ask(precision="fp9")


def test_precision_that_was_not_measured_is_flagged() -> None:
    """Four-bit integers are taken for mxfp4, and it is said."""
    found = ask(precision="int4")
    assert any("int4 was not measured" in remark for remark in found.remarks)


def test_physics_alone_is_of_the_right_size() -> None:
    """Without correction by rows, half of the text rows are predicted within 15 %."""
    rows = language_rows()
    text = rows.conditions.modality == "text"
    modelled = physics(coefficients(), rows.conditions).energy_per_token
    assert np.median(np.abs(modelled / rows.energy_per_token - 1)[text]) < 0.15


@pytest.mark.parametrize(
    ("name", "key", "of_family"),
    [
        ("Qwen/Qwen3-30B-A3B-Thinking-2507", "qwen3-30b-a3b", "Qwen"),
        ("meta-llama/Meta-Llama-3.1-405B-Instruct", "llama-3.1-405b", "Llama"),
        ("codellama/CodeLlama-7b-hf", "codellama-7b", "Llama"),
        ("maker/own-7b", "own-7b", "maker"),
    ],
)
def test_names_tell_model_and_family(name: str, key: str, of_family: str) -> None:
    """Variants of one architecture share a key, models of one line a family."""
    assert (model_key(name), family(name)) == (key, of_family)


def test_generation_of_a_measured_model_agrees_with_the_table() -> None:
    """Term and table give one number for one image, near what was measured."""
    rows, energy = generation_rows()
    place = next(k for k in range(len(rows)) if "FLUX" in rows.model[k])
    one = rows.take([place])
    side = math.sqrt(one.output_pixels[0])
    found = generation_energy(
        model=one.model[0],
        device=one.device[0],
        device_count=int(one.devices_per_replica[0]),
        steps=one.denoising_steps[0],
        height=side,
        width=side,
        frames=one.output_frames[0],
        batch=one.batch[0],
    )
    assert found.central == pytest.approx(
        predict_outputs(one, packaged_relation()).p50[0], rel=1e-9
    )
    assert found.p5 < energy[place] < found.p95
    assert found.per == "image"


def test_generation_of_an_unknown_model_is_wide() -> None:
    """A diffusion model that nobody measured may differ by a factor of several."""
    known = generation_energy(model="tencent/HunyuanVideo", steps=50)
    unknown = generation_energy(parameters=13e9, steps=50, height=720, width=1280, frames=129)
    assert known.per == unknown.per == "video"
    assert unknown.p95 / unknown.p5 > 4 > known.p95 / known.p5
    assert any("not measured" in remark for remark in unknown.remarks)


def test_more_steps_take_more_energy() -> None:
    """Twice the denoising steps take about twice the energy."""
    one, two = (generation_energy(parameters=2e9, steps=n, height=512, width=512) for n in (20, 40))
    assert two.central / one.central == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"model": "FLUX.1-dve", "steps": 20}, "did you mean"),
        ({"parameters": 1e9, "steps": 20}, "height, width: not given"),
        ({"parameters": 1e9, "steps": 0, "height": 512, "width": 512}, "steps: 0"),
    ],
)
def test_generation_refuses_what_it_cannot_know(question: dict[str, Any], message: str) -> None:
    """What is missing or means nothing is named."""
    with pytest.raises(InputError, match=message):
        generation_energy(**question)
