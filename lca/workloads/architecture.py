"""Shapes of transformers, and the parameters that follow from them.

Covered: decoders and encoders with any number of key-value heads, plain or gated feed-forward
layers, tied or untied embeddings, learned positions, biases and norms, and mixtures of experts
with shared experts. Not covered: latent attention (DeepSeek), encoder-decoders (T5), state-space
and convolutional layers; such models are described by their published counts alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from lca.errors import InputError, Problem

Norm = Literal["layer", "root_mean_square"]

_OPTIONAL = {"key_value_heads", "head_width", "positions", "segments", "experts"}
_OPTIONAL |= {"active_experts", "shared_experts", "expert_width", "dense_layers"}


@dataclass(frozen=True, slots=True)
class Architecture:
    """Shape of a transformer.

    Parameters
    ----------
    layers, width, feed_forward_width, attention_heads, vocabulary
        Blocks; channels of the stream; channels inside a feed-forward layer; query heads; words.
    key_value_heads, head_width
        Heads of keys and values, as many as of queries if 0; channels of a head, width over heads
        if 0.
    gated
        Whether a feed-forward layer has three matrices instead of two.
    head, tied
        Whether there is an output layer over the vocabulary; whether it is the input embedding.
    biases
        Whether the matrices of a block have biases.
    norm
        ``layer`` (weight and bias) or ``root_mean_square`` (weight).
    embedding_norm, final_norm, head_norms
        Norms behind the embedding, behind the last block, and of the queries and keys of a head.
    positions, segments
        Rows of learned tables of positions and of segments; 0 where there are none.
    pooler
        Whether the first place of a sequence passes one more matrix.
    experts, active_experts, shared_experts, expert_width, dense_layers
        Routed experts of a layer, those that work on a token, those that work on all, channels
        inside one (``feed_forward_width`` if 0), and layers that have no experts.

    Raises
    ------
    InputError
        If a number is not a whole positive one, or two contradict each other.
    """

    layers: int
    width: int
    feed_forward_width: int
    attention_heads: int
    vocabulary: int
    key_value_heads: int = 0
    head_width: int = 0
    gated: bool = True
    head: bool = True
    tied: bool = False
    biases: bool = False
    norm: Norm = "root_mean_square"
    embedding_norm: bool = False
    final_norm: bool = True
    head_norms: bool = False
    positions: int = 0
    segments: int = 0
    pooler: bool = False
    experts: int = 0
    active_experts: int = 0
    shared_experts: int = 0
    expert_width: int = 0
    dense_layers: int = 0

    def __post_init__(self) -> None:
        wrong = [*_not_counts(self), *_contradictions(self)]
        if wrong:
            raise InputError(wrong)

    @property
    def attention_width(self) -> int:
        """Channels of all query heads."""
        return self.attention_heads * self._head_width

    @property
    def cached_values_per_token(self) -> int:
        """Keys and values of one token in all layers."""
        return 2 * self.layers * self._key_value_heads * self._head_width

    @property
    def lookup_parameters(self) -> int:
        """Entries of tables that are read, not multiplied: an embedding that is no output layer too."""
        embedding = 0 if self.head and self.tied else self._embedding
        return embedding + (self.positions + self.segments) * self.width

    @property
    def vector_parameters(self) -> int:
        """Weights of norms and biases."""
        per_norm = self._per_norm
        once = (self.embedding_norm + self.final_norm) * per_norm + self.pooler * self.width
        heads = 2 * self.head_norms * per_norm // self.width * self._head_width
        biases = self.biases * self._biases_per_layer
        return once + self.layers * (2 * per_norm + heads + biases)

    @property
    def parameters(self) -> int:
        """All parameters."""
        sparse = self.layers - self.dense_layers if self.experts else 0
        blocks = self.layers * self._attention + (self.layers - sparse) * self._feed_forward
        blocks += sparse * self._mixture
        head = self._embedding if self.head else 0
        pooler = self.width**2 if self.pooler else 0
        return blocks + head + pooler + self.lookup_parameters + self.vector_parameters

    @property
    def active_parameters(self) -> int:
        """Parameters that work on one token: all but the experts it is not sent to."""
        if not self.experts:
            return self.parameters
        resting = (self.experts - self.active_experts) * self._expert
        return self.parameters - (self.layers - self.dense_layers) * resting

    @property
    def matrix_parameters(self) -> int:
        """Weights that multiply each token: active ones less tables, norms, biases and pooler."""
        pooler = self.width**2 if self.pooler else 0
        return self.active_parameters - self.lookup_parameters - self.vector_parameters - pooler

    @property
    def _head_width(self) -> int:
        return self.head_width or self.width // self.attention_heads

    @property
    def _key_value_heads(self) -> int:
        return self.key_value_heads or self.attention_heads

    @property
    def _embedding(self) -> int:
        return self.vocabulary * self.width

    @property
    def _per_norm(self) -> int:
        return self.width * (2 if self.norm == "layer" else 1)

    @property
    def _attention(self) -> int:
        shared = self._key_value_heads * self._head_width
        return 2 * self.width * (self.attention_width + shared)

    @property
    def _matrices(self) -> int:
        return 3 if self.gated else 2

    @property
    def _feed_forward(self) -> int:
        return self._matrices * self.width * self.feed_forward_width

    @property
    def _expert(self) -> int:
        return self._matrices * self.width * (self.expert_width or self.feed_forward_width)

    @property
    def _mixture(self) -> int:
        return (self.experts + self.shared_experts) * self._expert + self.width * self.experts

    @property
    def _biases_per_layer(self) -> int:
        shared = self._key_value_heads * self._head_width
        attention = self.attention_width + 2 * shared + self.width
        return attention + (self._matrices - 1) * self.feed_forward_width + self.width


def _not_counts(shape: Architecture) -> list[Problem]:
    """List the numbers that are no counts."""
    found = []
    for field in fields(shape):
        value = getattr(shape, field.name)
        if isinstance(value, bool | str):
            continue
        least = 0 if field.name in _OPTIONAL else 1
        if not isinstance(value, int) or value < least:
            message = f"expected a whole number of {least} or more, found {value!r}"
            found.append(Problem(f"architecture.{field.name}", message))
    return found


def _contradictions(shape: Architecture) -> list[Problem]:
    """List the numbers that cannot stand together."""
    found = []
    if shape.active_experts > shape.experts:
        message = f"{shape.active_experts} experts are active of {shape.experts}; accepted: 1 to {shape.experts}"
        found.append(Problem("architecture.active_experts", message))
    if shape.experts > 0 and shape.active_experts == 0:
        message = (
            f"how many of {shape.experts} experts work on a token? accepted: 1 to {shape.experts}"
        )
        found.append(Problem("architecture.active_experts", message))
    if shape.dense_layers > shape.layers:
        message = f"{shape.dense_layers} of {shape.layers} layers; accepted: 0 to {shape.layers}"
        found.append(Problem("architecture.dense_layers", message))
    if shape.key_value_heads > 0 and shape.attention_heads % shape.key_value_heads:
        message = f"{shape.attention_heads} query heads cannot share {shape.key_value_heads} key-value heads evenly"
        found.append(Problem("architecture.key_value_heads", message))
    return found
