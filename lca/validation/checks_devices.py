"""Device names as people write them, mapped to the hardware database; never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from lca.library import DEVICE_KINDS, Library

__all__ = ["count_in", "devices_of", "ids_of", "rated_powers", "shelf", "tdp_of"]

_FOLDERS: ContextVar[tuple[Path, ...]] = ContextVar("_FOLDERS", default=())
"""Folders of the user's own devices, beside the packaged ones."""

_COUNT = re.compile(r"(?:^|\s)(?:(\d{1,6})\s*[x×]\s*(?=[a-z])|[x×]\s*(\d{1,6})(?=\s|$))")
_MEMORY = re.compile(r"(\d+)\s*gi?b\b")
_VERSION = re.compile(r"\btpu[ -]?v(\d)")
_WORD = re.compile(r"[a-z0-9]+")
_FILLERS = frozenset(
    {"nvidia", "amd", "intel", "google", "geforce", "instinct", "tesla", "cloud", "the", "of", "on"}
    | {"gpu", "gpus", "tpu", "tpus", "accelerator", "accelerators", "device", "devices", "a"}
    | {"type", "hardware", "core", "tensor", "card", "cards"}
)
_LONGEST = 120


@contextmanager
def devices_of(folders: Iterable[Path]) -> Iterator[None]:
    """Look devices up in further folders, too, while inside."""
    token = _FOLDERS.set(tuple(folders))
    try:
        yield
    finally:
        _FOLDERS.reset(token)


def shelf() -> Library:
    """Return the library that device names are looked up in."""
    return _shelf(_FOLDERS.get())


@cache
def _shelf(folders: tuple[Path, ...]) -> Library:
    return Library(folders)


@cache
def _library(folders: tuple[Path, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return id and words of every device."""
    library = _shelf(folders)
    names = (name for kind in DEVICE_KINDS for name in library.ids(kind))
    return tuple((name, frozenset(name.split("-"))) for name in names)


def ids_of(text: str) -> tuple[str, ...]:
    """Return the ids of all devices that a name may mean, none where nothing fits.

    Every word of the name must be one of the id's, but for makers and fillers; a form factor
    may leave out its number (``SXM`` is ``sxm5``).

    Examples
    --------
    >>> ids_of("8x NVIDIA H100 SXM5 80GB")
    ('nvidia-h100-sxm5-80gb',)
    """
    return _ids(text, _FOLDERS.get())


@cache
def _ids(text: str, folders: tuple[Path, ...]) -> tuple[str, ...]:
    wanted = _words(text)
    if not wanted:
        return ()
    known = _library(folders)
    return tuple(name for name, words in known if all(_in(word, words) for word in wanted))


def count_in(text: str) -> int:
    """Return how many devices a name says, such as ``8x A100`` or ``A100 x8``; 1 if it is silent."""
    match = _COUNT.search(text[:_LONGEST].lower())
    return 1 if match is None else max(1, int(match[1] or match[2]))


def _words(text: str) -> tuple[str, ...]:
    """Return the telling words of a device's name; none where no word names a model."""
    plain = _COUNT.sub(" ", text[:_LONGEST].lower())
    plain = _MEMORY.sub(r"\1gb", plain)
    plain = _VERSION.sub(r"tpu v\1", plain)
    words = tuple(word for word in _WORD.findall(plain) if word not in _FILLERS)
    return words if any(_tells(word) for word in words) else ()


def _tells(word: str) -> bool:
    """Whether a word names a model: it has a digit, and is neither a memory nor a count."""
    digits = sum(map(str.isdigit, word))
    return digits > 0 and not word.endswith("gb") and (digits < len(word) or digits > 2)


def _in(word: str, words: frozenset[str]) -> bool:
    if word in words:
        return True
    return word.isalpha() and any(w.startswith(word) and w[len(word) :].isdigit() for w in words)


def tdp_of(text: str) -> tuple[str, float] | None:
    """Return id and rated power (kW) of the strongest device that a name may mean."""
    library = shelf()
    found = [(power, name) for name in ids_of(text) for power in rated_powers((name,), library)]
    return None if not found else (max(found)[1], max(found)[0])


def rated_powers(ids: tuple[str, ...], library: Library) -> list[float]:
    """Return the rated powers (kW) of devices, leaving out those without one."""
    found = []
    for name in ids:
        tdp = library.device(name).power
        if tdp is not None and tdp.tdp is not None:
            found.append(float(tdp.tdp.central))
    return found
