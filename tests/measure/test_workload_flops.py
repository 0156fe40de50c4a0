"""The operations that workloads report against closed forms."""

from __future__ import annotations

import importlib
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from lca.measure import workloads
from measure import workload_runs
from measure.workload_runs import needs_digits

torch = pytest.importorskip("torch", reason="workloads run on torch")
quiet = workload_runs.one_thread_and_no_network


def part(name: str) -> Any:
    """Return a shared file of the workloads."""
    return importlib.import_module(f"lca.measure.workloads.{name}")


def vectors(model: Any) -> int:
    """Return the number of biases and of weights of norms: they are in no product."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.dim() == 1)


def training_step(model: Any, batch: int, length: int) -> int:
    """Return the counted operations of a training step of a language model."""
    text = torch.zeros(batch, length, dtype=torch.long, device="meta")
    flops: int = part("_training").pass_flops(model, part("_classes").cross_entropy, (text, text))
    return flops


GPT2 = {"small": (2, 128, 4, 64), "124M": (12, 768, 12, 1_024)}


@pytest.mark.parametrize("size", GPT2)
def test_gpt2_training_is_exact(size: str) -> None:
    """6 (N - positions - vectors) T + 12 L d T^2 per sequence; the tied output counts once."""
    layers, width, heads, length = GPT2[size]
    gpt2 = part("_gpt2")
    config = gpt2.Config(layers, width, heads)
    model = part("_bench").on_meta(partial(gpt2.GPT2, config))
    matrices = part("_bench").parameter_count(model) - 1_024 * width - vectors(model)
    exact = 6 * matrices * length + 12 * layers * width * length**2
    assert training_step(model, 1, length) == pytest.approx(exact, rel=1e-12)
    assert training_step(model, 3, length) == pytest.approx(3 * exact, rel=1e-12)


def test_gpt2_has_124_million_parameters() -> None:
    """The full size is the published one, and a step of 1,024 tokens takes 874.9 GFLOP."""
    gpt2 = part("_gpt2")
    model = part("_bench").on_meta(partial(gpt2.GPT2, gpt2.Config()))
    assert part("_bench").parameter_count(model) == 124_439_808
    assert training_step(model, 1, 1_024) == pytest.approx(874.9e9, rel=1e-4)
    assert workloads.load("gpt2_train").SIZES["full"].config == gpt2.Config()  # type: ignore[attr-defined]


LLAMA = {
    "3.2 1B": (16, 2_048, 32, 8, 8_192, True, 1_235_814_400),
    "3.1 8B": (32, 4_096, 32, 8, 14_336, False, 8_030_261_248),
}


@pytest.mark.parametrize("name", LLAMA)
def test_llama_training_is_exact(name: str) -> None:
    """6 (N - look-up - vectors) T + 12 L d T^2, at the published parameter counts."""
    layers, width, heads, key_heads, wide, tied, published = LLAMA[name]
    llama = part("_llama")
    config = llama.Config(layers, width, heads, key_heads, wide, 128_256, tied)
    model = part("_bench").on_meta(partial(llama.Llama, config))
    count = part("_bench").parameter_count(model)
    assert count == published
    lookup = 0 if tied else 128_256 * width
    exact = 6 * (count - lookup - vectors(model)) * 2_048 + 12 * layers * width * 2_048**2
    assert training_step(model, 1, 2_048) == pytest.approx(exact, rel=1e-12)


def test_bert_base_is_the_published_one() -> None:
    """109.48 million parameters; a step of 8 texts of 128 tokens takes 536.4 GFLOP."""
    encoder, finetune = part("_encoder"), part("bert_finetune")
    config = encoder.Config()
    bert = part("_bench").on_meta(partial(encoder.Bert, config))
    assert part("_bench").parameter_count(bert) == 109_482_240
    model = part("_bench").on_meta(partial(finetune._classifier, config))
    text = torch.zeros(8, 128, dtype=torch.long, device="meta")
    label = torch.zeros(8, dtype=torch.long, device="meta")
    counted = part("_training").pass_flops(model, part("_classes").cross_entropy, (text, label))
    blocks = 12 * (4 * 768 * 768 + 2 * 768 * 3_072)
    exact = 8 * (6 * blocks * 128 + 12 * 12 * 768 * 128**2 + 6 * (768 * 768 + 768 * 2))
    assert counted == exact
    assert counted == pytest.approx(536.4e9, rel=1e-4)
    assert finetune.SIZES["full"].config == config


def test_generation_is_exact() -> None:
    """2 M per token and 4 L d per token seen: reading at once, writing one by one.

    Only a place that is followed by a new word pays for the vocabulary.
    """
    workload: Any = workloads.load("gpt2_generate").build("small", "cpu")
    layers, width, vocabulary, prompt, written = 2, 128, 2_048, 16, 50
    blocks = layers * 12 * width * width
    matrices = blocks + vocabulary * width
    prefill = 2 * (blocks * prompt + vocabulary * width) + 4 * layers * width * prompt**2
    seen = sum(range(prompt + 1, prompt + written))
    decode = 2 * matrices * (written - 1) + 4 * layers * width * seen
    assert workload.operations == (prefill, decode)
    assert workload.flops() == prefill + decode


def test_llama_generation_is_exact() -> None:
    """Sharing key heads saves projections, not the products of attention."""
    workload: Any = workloads.load("llama_decoder").build("small", "cpu")
    layers, width, heads, keys, wide, vocabulary = 2, 128, 8, 2, 352, 2_048
    shared = width // heads * keys
    block = 2 * width * width + 2 * width * shared + 3 * width * wide
    matrices = layers * block + vocabulary * width
    prefill = 2 * (layers * block * 32 + vocabulary * width) + 4 * layers * width * 32**2
    decode = 2 * matrices * 49 + 4 * layers * width * sum(range(33, 82))
    assert workload.operations == (2 * prefill, 2 * decode)


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_recurrent_training_is_exact(name: str, gates: int) -> None:
    """6 G h (h + h) per step, less the gradient of the first state, which nothing needs."""
    text, alphabet = part("_text").characters()
    width, batch, length, steps = 128, 32, 64, 20
    cells = 6 * gates * width * 2 * width * batch * length - 2 * gates * width * width * batch
    head = 6 * width * alphabet * batch * length
    assert workloads.load(name).build("small", "cpu").flops() == steps * (cells + head)
    assert len(text) > 300_000


def test_transformer_training_is_exact() -> None:
    """The blocks' 12 d^2, the head, and 12 L d T^2 for attention."""
    _, alphabet = part("_text").characters()
    layers, width, batch, length, steps = 2, 64, 16, 64, 45
    products = 6 * (layers * 12 * width * width + width * (alphabet + 1)) * length
    exact = steps * batch * (products + 12 * layers * width * length**2)
    assert workloads.load("transformer").build("small", "cpu").flops() == exact


@pytest.mark.parametrize(
    ("name", "widths", "rows"),
    [
        ("mlp_tiny", (10, 20, 1), 1_000 * 10),
        ("mlp_binary", (20, 128, 64, 1), 2_000 * 10),
        ("mlp_device", (1_000, 500, 100, 10), 4_096 * 5),
    ],
)
def test_perceptron_training_is_exact(name: str, widths: tuple[int, ...], rows: int) -> None:
    """6 per weight and sample, 4 in the first layer, whose input needs no gradient."""
    products = [left * right for left, right in pairwise(widths)]
    exact = rows * (6 * sum(products) - 2 * products[0])
    workload = workloads.load(name).build("small", "cpu")
    assert workload.flops() == exact
    assert workload.parameters == sum(products) + sum(widths[1:])


@needs_digits
def test_convolution_training_is_exact() -> None:
    """2 k^2 C_in C_out per pixel, three times, but twice in the first layer."""
    first = 3 * 3 * 1 * 16 * 64
    second = 3 * 3 * 16 * 32 * 64
    last = 32 * 16 * 10
    exact = 5 * 1_400 * (4 * first + 6 * second + 6 * last)
    assert workloads.load("cnn_digits").build("small", "cpu").flops() == exact


@needs_digits
def test_autoencoder_training_is_exact() -> None:
    """A perceptron in and out of the code."""
    products = [64 * 128, 128 * 8, 8 * 128, 128 * 64]
    exact = 20 * 1_400 * (6 * sum(products) - 2 * products[0])
    assert workloads.load("autoencoder").build("small", "cpu").flops() == exact


@needs_digits
def test_gan_training_is_exact() -> None:
    """Critic: draw, then two passes with gradients. Generator: a pass through both networks."""
    width = 128
    generator = 16 * width + width * width + width * 64
    critic = 64 * width + width * width + width
    critic_step = 2 * generator + 2 * (6 * critic - 2 * 64 * width)
    # The critic's weights rest: forward and the gradient of its input only.
    generator_step = (6 * generator - 2 * 16 * width) + 4 * critic
    exact = 400 * 64 * (critic_step + generator_step)
    assert workloads.load("gan").build("small", "cpu").flops() == exact


def test_statevector_is_exact() -> None:
    """30 gates of 4 by 4 on 512 columns, forward and twice backward."""
    workload = workloads.load("qaoa_statevector").build("small", "cpu")
    assert workload.flops() == 60 * 3 * (10 * 3 * 2 * 4 * 4 * 512)
    assert workload.parameters == 6


def test_circuit_agrees_with_complex_arithmetic() -> None:
    """Three qubits turned by complex matrices give the same expected cut."""
    qaoa = part("qaoa_statevector")
    circuit = qaoa.Circuit(4, 2)
    flip = torch.tensor([[0, 1], [1, 0]], dtype=torch.complex64)
    state = torch.full((16,), 0.25, dtype=torch.complex64)
    for phase, mix in zip(circuit.phase, circuit.mix, strict=True):
        state = torch.exp(-1j * phase * circuit.cut) * state
        gate = torch.matrix_exp(-1j * mix * flip)
        for qubit in range(4):
            eyes = [torch.eye(2, dtype=torch.complex64)] * 4
            eyes[qubit] = gate
            whole = eyes[0]
            for factor in eyes[1:]:
                whole = torch.kron(whole, factor)
            state = whole @ state
    expected = (state.abs().square() * circuit.cut).sum() / circuit.cut.max()
    assert circuit().item() == pytest.approx(expected.item(), abs=1e-5)
    assert state.abs().square().sum().item() == pytest.approx(1, abs=1e-5)


def test_cut_of_every_split_is_right() -> None:
    """A ring of ten with its diagonals can be cut at all fifteen edges, and at none."""
    cuts = part("qaoa_statevector").cuts(10)
    assert len(cuts) == 1_024
    assert (cuts.max().item(), cuts.min().item()) == (15, 0)
    assert cuts[0b0000000001].item() == 3
    assert cuts[0b0000000011].item() == 4


def test_real_tensors_are_not_counted() -> None:
    """Kernels of real devices are fused and would be missed, so the counter refuses them."""
    bench = part("_bench")
    values = torch.ones(4, 4)
    with pytest.raises(RuntimeError, match="counted on the meta device"):
        bench.counted(lambda: values @ values)


def test_count_sees_what_a_fused_kernel_hides() -> None:
    """Attention on the meta device is two products; they grow with the square of the length."""
    bench = part("_bench")
    query = torch.empty(1, 2, 8, 16, device="meta")
    attend = partial(torch.nn.functional.scaled_dot_product_attention, query, query, query)
    assert bench.counted(attend) == 2 * 2 * (2 * 8 * 8 * 16)


def test_full_sizes_are_counted_without_their_weights() -> None:
    """A Llama of 1.2 billion parameters reads 512 tokens and writes 50: counted, not run."""
    generation, llama = part("_generation"), part("_llama")
    config = llama.Config()
    shape: Any = workloads.load("llama_decoder").SIZES["full"]
    assert shape.config == config
    ready = object.__new__(generation.Generation)
    prompt = torch.zeros(1, shape.prompt, dtype=torch.long)
    given = {"make": partial(llama.Llama, config), "layers": 16, "prompt": prompt, "length": 50}
    for name, value in given.items():
        object.__setattr__(ready, name, value)
    matrices = 1_235_814_400 - (2 * 16 + 1) * 2_048
    prefill, decode = ready._part_flops()
    blocks = matrices - 128_256 * 2_048
    assert prefill == 2 * (blocks * 512 + 128_256 * 2_048) + 4 * 16 * 2_048 * 512**2
    assert decode == 2 * matrices * 49 + 4 * 16 * 2_048 * sum(range(513, 562))


def test_config_changes_are_seen() -> None:
    """Half the layers of BERT take half the operations of its blocks."""
    encoder = part("_encoder")
    counts = []
    for layers in (12, 6):
        config = replace(encoder.Config(), layers=layers)
        model = part("_bench").on_meta(partial(encoder.Bert, config))
        text = torch.zeros(1, 128, dtype=torch.long, device="meta")
        with torch.no_grad():
            counts.append(part("_bench").counted(partial(model, text)))
    pool = 2 * 768 * 768
    assert counts[0] - pool == 2 * (counts[1] - pool)
