"""AI models: parameters follow from their shape, and agree with what is published."""

from __future__ import annotations

from typing import Any

import pytest

from lca import document
from lca.errors import InputError, UnknownNameError
from lca.factors.files import ROOT
from lca.workloads.ai_models import AIModel, describe, preset, presets, read_architecture
from lca.workloads.architecture import Architecture

SHAPE: dict[str, Any] = {
    "layers": 2,
    "width": 8,
    "feed_forward_width": 16,
    "attention_heads": 2,
    "vocabulary": 10,
}
DESCRIBED = [name for name, model in presets().items() if model.architecture is not None]


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_shape_of_a_preset_gives_its_published_parameters(name: str) -> None:
    """Counted and published parameters, all and active, agree within 1 %."""
    model = presets()[name]
    assert model.architecture is not None
    assert model.architecture.parameters == pytest.approx(model.parameters, rel=0.01)
    assert model.architecture.active_parameters == pytest.approx(model.active_parameters, rel=0.01)


@pytest.mark.parametrize(
    "name", sorted({*DESCRIBED} - {"bert-base", "gpt-3-175b"}), ids=lambda name: name
)
def test_the_shape_of_a_published_checkpoint_is_exact(name: str) -> None:
    """Where a checkpoint's exact count is known, the shape gives it to the last parameter."""
    model = presets()[name]
    assert model.architecture is not None
    assert model.architecture.parameters == model.parameters


def test_every_preset_names_where_it_was_seen() -> None:
    """Each preset has a source, and one without a shape says why."""
    data: Any = document.read(ROOT / "workloads" / "ai_models.yaml").data["models"]
    assert all(entry["source"] for entry in data.values())
    assert all("architecture" in entry or entry["note"] for entry in data.values())


def test_a_dense_block_is_counted_by_hand() -> None:
    """Two blocks of width 8: attention 4 x 64, three matrices 8 x 16, two norms; head and norm."""
    shape = Architecture(**SHAPE)
    block = 4 * 64 + 3 * 8 * 16 + 2 * 8
    assert shape.parameters == 2 * block + 2 * 80 + 8
    assert shape.lookup_parameters == 80
    assert shape.matrix_parameters == 2 * (block - 16) + 80


def test_a_tied_head_counts_once_and_is_multiplied() -> None:
    """Tying removes one table; what is left multiplies each token."""
    untied, tied = Architecture(**SHAPE), Architecture(**SHAPE, tied=True)
    assert untied.parameters - tied.parameters == 80
    assert tied.lookup_parameters == 0
    assert untied.matrix_parameters == tied.matrix_parameters


def test_experts_rest_but_shared_ones_always_work() -> None:
    """Of 4 routed experts of 3 x 8 x 4 weights one works, beside one shared and a router."""
    shape = Architecture(
        **SHAPE, experts=4, active_experts=1, shared_experts=1, expert_width=4, dense_layers=1
    )
    expert = 3 * 8 * 4
    assert shape.parameters - shape.active_parameters == 3 * expert
    dense = Architecture(**SHAPE)
    assert shape.parameters - dense.parameters == 5 * expert + 4 * 8 - 3 * 8 * 16


def test_grouped_heads_shrink_keys_and_their_cache() -> None:
    """Llama 3.1 70B keeps 2 x 80 layers x 8 heads x 128 channels of each token."""
    shape = preset("llama-3.1-70b").architecture
    assert shape is not None
    assert shape.cached_values_per_token == 2 * 80 * 8 * 128
    assert shape.attention_width == 8192


def test_a_preset_is_found_by_id_and_by_name() -> None:
    """Upper case, blanks and hyphens are the same."""
    assert preset("Llama 3.1 70B") is preset("llama-3.1-70b")
    assert describe("GPT-3 175B").parameters == 175e9


def test_an_unknown_preset_names_the_nearest() -> None:
    """A misspelled model is told the name that was meant."""
    with pytest.raises(UnknownNameError, match=r'did you mean "llama-3.1-70b"'):
        preset("llama-3.1-70")


def test_counts_come_from_the_shape_where_they_are_not_given() -> None:
    """A shape alone describes a model; written numbers are read from text."""
    written = {name: str(count) for name, count in SHAPE.items()}
    model = describe("tiny", architecture=written | {"tied": "yes"})
    assert model.parameters == Architecture(**SHAPE, tied=True).parameters
    assert model.active_parameters == model.parameters


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"parameters": 7e9, "active_parameters": 8e9}, "at most 7e\\+09"),
        ({"parameters": 0.0}, "more than 0"),
        ({"parameters": -1.0}, "more than 0"),
        ({"parameters": 7e9, "active_parameters": 0.0}, "more than 0"),
        ({"parameters": 1300.0, "architecture": SHAPE}, "architecture has 1480"),
        ({"architecture": SHAPE | {"layer": 3}}, 'did you mean "layers"'),
        ({"architecture": {"layers": 3}}, "needs width"),
        ({"architecture": SHAPE | {"layers": 0}}, "1 or more, found 0"),
        ({"architecture": SHAPE | {"layers": "two"}}, 'a whole number, found "two"'),
        ({"architecture": SHAPE | {"tied": "perhaps"}}, "yes or no"),
        ({"architecture": SHAPE | {"norm": "batch"}}, "layer or root_mean_square"),
        ({"architecture": SHAPE | {"experts": 2, "active_experts": 3}}, "accepted: 1 to 2"),
        ({"architecture": SHAPE | {"experts": 2}}, "how many of 2 experts"),
        ({"architecture": SHAPE | {"dense_layers": 3}}, "accepted: 0 to 2"),
        ({"architecture": SHAPE | {"attention_heads": 3, "key_value_heads": 2}}, "evenly"),
    ],
)
def test_what_cannot_be_a_model_is_refused(given: dict[str, Any], message: str) -> None:
    """The message says what was found and what is accepted."""
    with pytest.raises(InputError, match=message):
        describe("odd", **given)


def test_counts_a_little_apart_from_the_shape_are_accepted() -> None:
    """A rounded count within 5 % is no contradiction."""
    assert describe("tiny", parameters=1500, architecture=SHAPE).parameters == 1500


def test_unusual_sizes_are_flagged() -> None:
    """Parameters outside a million to ten trillion are remarked upon, not refused."""
    assert "1e+06 to 1e+13" in AIModel("toy", 1e4, 1e4).remarks()[0]
    assert AIModel("usual", 7e9, 7e9).remarks() == ()


@pytest.mark.parametrize("name", ["gpt-2-124m", "bert-base", "llama-3.1-8b"])
def test_the_shape_gives_the_parameters_of_a_network(name: str) -> None:
    """A network of that shape, built without memory, has exactly the parameters counted."""
    torch = pytest.importorskip("torch")
    from lca.measure.workloads import _encoder, _gpt2, _llama

    wide = _llama.Config(layers=32, width=4096, heads=32, key_heads=8, wide=14336, tied=False)
    kinds: dict[str, tuple[Any, Any]] = {
        "gpt-2-124m": (_gpt2.GPT2, _gpt2.Config()),
        "bert-base": (_encoder.Bert, _encoder.Config()),
        "llama-3.1-8b": (_llama.Llama, wide),
    }
    kind, config = kinds[name]
    with torch.device("meta"):
        network = kind(config)
    shape = presets()[name].architecture
    assert shape is not None
    assert sum(part.numel() for part in network.parameters()) == shape.parameters


def test_a_shape_is_read_from_the_texts_of_a_file() -> None:
    """Numbers, switches and names arrive as text and become a frozen record."""
    shape = read_architecture({**{k: str(v) for k, v in SHAPE.items()}, "norm": "layer"})
    assert shape == Architecture(**SHAPE, norm="layer")
