"""Llama: rotary places, root-mean-square norms, gated layers and shared keys.

Touvron et al., "LLaMA", 2023; Grattafiori et al., "The Llama 3 Herd of Models", 2024. Rotary
angles are those for the original context length; scaling them for longer texts changes values,
not work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from lca.measure.workloads._attention import Past, heads, joined

_ROTARY_BASE = 500_000.0


@dataclass(frozen=True, slots=True)
class Config:
    """Shape of a Llama; the default is the one of 1.2 billion parameters."""

    layers: int = 16
    width: int = 2_048
    heads: int = 32
    key_heads: int = 8
    wide: int = 8_192
    vocabulary: int = 128_256
    tied: bool = True


class Attention(nn.Module):
    """Causal attention in which several query heads share a key head.

    Parameters
    ----------
    config : Config
        Shape of the decoder.

    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads, self.key_heads = config.heads, config.key_heads
        shared = config.width // config.heads * config.key_heads
        self.query = nn.Linear(config.width, config.width, bias=False)
        self.key = nn.Linear(config.width, shared, bias=False)
        self.value = nn.Linear(config.width, shared, bias=False)
        self.outward = nn.Linear(config.width, config.width, bias=False)

    def forward(self, values: Tensor, rotation: Tensor, past: Past | None = None) -> Tensor:
        """Return what each place gathers."""
        query = rotated(heads(self.query(values), self.heads), rotation)
        key = rotated(heads(self.key(values), self.key_heads), rotation)
        value = heads(self.value(values), self.key_heads)
        causal = query.shape[-2] > 1
        if past is not None:
            key, value = past.extended(key, value)
        gathered = functional.scaled_dot_product_attention(
            query, key, value, is_causal=causal, enable_gqa=self.heads != self.key_heads
        )
        return cast("Tensor", self.outward(joined(gathered)))


class Block(nn.Module):
    """Attention and a gated layer, each on normed values, added to the stream.

    Parameters
    ----------
    config : Config
        Shape of the decoder.

    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.width, eps=1e-5)
        self.attention = Attention(config)
        self.wide_norm = nn.RMSNorm(config.width, eps=1e-5)
        self.gate = nn.Linear(config.width, config.wide, bias=False)
        self.up = nn.Linear(config.width, config.wide, bias=False)
        self.down = nn.Linear(config.wide, config.width, bias=False)

    def forward(self, stream: Tensor, rotation: Tensor, past: Past | None = None) -> Tensor:
        """Return the stream with what this block adds."""
        stream = stream + self.attention(self.attention_norm(stream), rotation, past)
        normed = self.wide_norm(stream)
        gated = functional.silu(self.gate(normed)) * self.up(normed)
        return cast("Tensor", stream + self.down(gated))


class Llama(nn.Module):
    """Words in, logits of the next word out.

    Parameters
    ----------
    config : Config
        Its shape.

    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.words = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width, eps=1e-5)
        self.head = nn.Linear(config.width, config.vocabulary, bias=False)
        if config.tied:
            self.head.weight = self.words.weight
        self.apply(_initialize)

    def forward(self, text: Tensor, past: list[Past] | None = None) -> Tensor:
        """Return logits for each place.

        With a `past`, which has one entry per block, text is being written: then only the
        last place asks for a next word.
        """
        start = past[0].length if past else 0
        stream = self.words(text)
        part = self.config.width // self.config.heads
        rotation = rotations(start, text.shape[-1], part, stream)
        for number, block in enumerate(self.blocks):
            stream = block(stream, rotation, past[number] if past else None)
        if past:
            stream = stream[:, -1:]
        return cast("Tensor", self.head(self.norm(stream)))


def rotations(start: int, places: int, part: int, like: Tensor) -> Tensor:
    """Return cosines and sines of each place, (2, place, part), with the type of `like`."""
    rate = _ROTARY_BASE ** (-torch.arange(0, part, 2, device=like.device) / part)
    angle = torch.arange(start, start + places, device=like.device)[:, None] * rate
    angle = torch.cat([angle, angle], dim=-1)
    return torch.stack([angle.cos(), angle.sin()]).to(like.dtype)


def rotated(values: Tensor, rotation: Tensor) -> Tensor:
    """Return queries or keys turned by the angles of their places."""
    first, second = values.chunk(2, dim=-1)
    return values * rotation[0] + torch.cat([-second, first], dim=-1) * rotation[1]


def _initialize(module: nn.Module) -> None:
    """Draw weights: normal, 0.02 wide."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
