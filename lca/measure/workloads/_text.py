"""English text that every Python has: the help topics of the standard library."""

from __future__ import annotations

import re
import zlib
from functools import cache

import torch
from torch import Tensor

from lca.errors import MeasurementUnavailable, quoted


@cache
def corpus() -> str:
    """Return about 465,000 characters of English, which differ a little between Pythons.

    Raises
    ------
    MeasurementUnavailable
        If this Python was packaged without its help topics.
    """
    topics = _topics()
    return "\n".join(topics[key] for key in sorted(topics))


def topic(name: str) -> str:
    """Return one help topic.

    Raises
    ------
    MeasurementUnavailable
        If this Python does not have it.
    """
    topics = _topics()
    if name not in topics:
        message = f"this workload reads Python's help topic {quoted(name)}, which is missing here"
        raise MeasurementUnavailable(message)
    return topics[name]


def _topics() -> dict[str, str]:
    """Return all help topics by their name."""
    try:
        from pydoc_data import topics
    except ModuleNotFoundError:
        message = "this workload reads Python's help topics (pydoc_data), which are not installed"
        raise MeasurementUnavailable(message) from None
    return topics.topics


@cache
def characters() -> tuple[Tensor, int]:
    """Return the text as numbers of characters, and how many different ones there are."""
    text = corpus()
    alphabet = {character: number for number, character in enumerate(sorted(set(text)))}
    return torch.tensor([alphabet[character] for character in text]), len(alphabet)


@cache
def words(vocabulary: int) -> Tensor:
    """Return the text as numbers of words and signs below `vocabulary`.

    A word's number is a checksum: a tokenizer without a file, in which words may collide.
    """
    return numbered(corpus(), vocabulary)


def numbered(text: str, vocabulary: int) -> Tensor:
    """Return any text as numbers of words and signs below `vocabulary`."""
    found = re.findall(r"\w+|[^\w\s]", text)
    return torch.tensor([zlib.crc32(word.encode()) % vocabulary for word in found])


def windows(sequence: Tensor, length: int, count: int) -> tuple[Tensor, Tensor]:
    """Return `count` evenly spread passages of a length, and the same one place further on."""
    last = len(sequence) - length - 1
    starts = torch.linspace(0, last, count).long()
    places = starts[:, None] + torch.arange(length)
    return sequence[places], sequence[places + 1]
