"""GPT-2: a decoder with learned positions, norms before the blocks and a tied output.

Radford et al., "Language Models are Unsupervised Multitask Learners", 2019. Without dropout:
it changes neither the products nor, in a run this short, what is learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from lca.measure.workloads._attention import Past, SelfAttention

VOCABULARY = 50_257


@dataclass(frozen=True, slots=True)
class Config:
    """Shape of a GPT-2; the default is the one of 124 million parameters."""

    layers: int = 12
    width: int = 768
    heads: int = 12
    places: int = 1_024
    vocabulary: int = VOCABULARY


class Block(nn.Module):
    """Attention and a four times wider layer, each on normed values, added to the stream."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.width
        self.attention_norm = nn.LayerNorm(width)
        self.attention = SelfAttention(width, config.heads, causal=True)
        self.wide_norm = nn.LayerNorm(width)
        self.wide = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width)
        )

    def forward(self, stream: Tensor, past: Past | None = None) -> Tensor:
        """Return the stream with what this block adds."""
        stream = stream + self.attention(self.attention_norm(stream), past)
        return cast("Tensor", stream + self.wide(self.wide_norm(stream)))


class GPT2(nn.Module):
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
        self.places = nn.Embedding(config.places, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.apply(_initialize)

    def forward(self, text: Tensor, past: list[Past] | None = None) -> Tensor:
        """Return logits for each place.

        With a `past`, which has one entry per block, text is being written: then only the
        last place asks for a next word.
        """
        start = past[0].length if past else 0
        place = torch.arange(start, start + text.shape[-1], device=text.device)
        stream = self.words(text) + self.places(place)
        for number, block in enumerate(self.blocks):
            stream = block(stream, past[number] if past else None)
        if past:
            stream = stream[:, -1:]
        return functional.linear(self.norm(stream), self.words.weight)


def _initialize(module: nn.Module) -> None:
    """Draw weights as the original does: normal, 0.02 wide; biases nothing."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
