"""Encoders as the original transformer and BERT have them: norms after the blocks.

Vaswani et al., "Attention Is All You Need", 2017; Devlin et al., "BERT: Pre-training of Deep
Bidirectional Transformers", 2019. Without dropout: it changes no product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from lca.measure.workloads._attention import SelfAttention


@dataclass(frozen=True, slots=True)
class Config:
    """Shape of an encoder; the default is BERT-base."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    wide: int = 3_072
    places: int = 512
    vocabulary: int = 30_522


class Block(nn.Module):
    """Attention and a wider layer, each added to the stream and normed.

    Parameters
    ----------
    config : Config
        Shape of the encoder.
    activation : torch.nn.Module
        What stands between the two linear layers.

    """

    def __init__(self, config: Config, activation: nn.Module) -> None:
        super().__init__()
        self.attention = SelfAttention(config.width, config.heads, causal=False)
        self.attention_norm = nn.LayerNorm(config.width)
        self.wide = nn.Sequential(
            nn.Linear(config.width, config.wide), activation, nn.Linear(config.wide, config.width)
        )
        self.wide_norm = nn.LayerNorm(config.width)

    def forward(self, stream: Tensor) -> Tensor:
        """Return the stream after this block."""
        stream = self.attention_norm(stream + self.attention(stream))
        return cast("Tensor", self.wide_norm(stream + self.wide(stream)))


class Bert(nn.Module):
    """Words in, one vector per text out: the pooled first place.

    Parameters
    ----------
    config : Config
        Its shape.

    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.words = nn.Embedding(config.vocabulary, width)
        self.places = nn.Embedding(config.places, width)
        self.kinds = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width)
        self.blocks = nn.Sequential(*(Block(config, nn.GELU()) for _ in range(config.layers)))
        self.pool = nn.Sequential(nn.Linear(width, width), nn.Tanh())
        self.apply(_initialize)

    def forward(self, text: Tensor) -> Tensor:
        """Return the pooled vectors of texts that are all of the first kind."""
        place = torch.arange(text.shape[-1], device=text.device)
        kind = torch.zeros_like(text)
        stream = self.norm(self.words(text) + self.places(place) + self.kinds(kind))
        return cast("Tensor", self.pool(self.blocks(stream)[:, 0]))


def _initialize(module: nn.Module) -> None:
    """Draw weights as BERT does: normal, 0.02 wide; biases nothing."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)
