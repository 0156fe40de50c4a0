"""Multi-head attention as the original transformers have it."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn
from torch.nn import functional


def heads(values: Tensor, count: int) -> Tensor:
    """Return values split among heads: (batch, place, width) to (batch, head, place, part)."""
    return values.reshape(*values.shape[:-1], count, -1).transpose(-3, -2)


def joined(values: Tensor) -> Tensor:
    """Return the heads' values side by side: the inverse of `heads`."""
    return values.transpose(-3, -2).flatten(-2)


class SelfAttention(nn.Module):
    """Attention of every place to every place, or with `causal` to itself and those before.

    Parameters
    ----------
    width, count : int
        Values per place, and heads.
    causal : bool
        Whether a place sees only what comes before it.

    """

    def __init__(self, width: int, count: int, *, causal: bool) -> None:
        super().__init__()
        self.count, self.causal = count, causal
        self.inward = nn.Linear(width, 3 * width)
        self.outward = nn.Linear(width, width)

    def forward(self, values: Tensor, past: Past | None = None) -> Tensor:
        """Return what each place gathers; `past` holds the keys and values of earlier places."""
        query, key, value = (
            heads(part, self.count) for part in self.inward(values).chunk(3, dim=-1)
        )
        causal = self.causal and query.shape[-2] > 1
        if past is not None:
            key, value = past.extended(key, value)
        gathered = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return cast("Tensor", self.outward(joined(gathered)))


class Past:
    """Keys and values of one layer for the places so far, in memory reserved at the start.

    A first call with several places and then one place a call: then causal attention needs
    no mask, since the first call has no past and a single place may see all.

    Parameters
    ----------
    capacity : int
        Places there is room for.

    """

    def __init__(self, capacity: int) -> None:
        self.capacity, self.length = capacity, 0
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def extended(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Return all keys and values so far, those of new places included."""
        if self.keys is None or self.values is None:
            shape = (*key.shape[:-2], self.capacity, key.shape[-1])
            self.keys, self.values = key.new_empty(shape), value.new_empty(shape)
        end = self.length + key.shape[-2]
        self.keys[..., self.length : end, :] = key
        self.values[..., self.length : end, :] = value
        self.length = end
        return self.keys[..., :end, :], self.values[..., :end, :]
