"""What every reader promises: a refusal of our own, or data that survives being written."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from click import ClickException

from lca.errors import LcaError


class Broken(AssertionError):
    """A promise that an accepted input broke."""


def accepted(read: Callable[[bytes], None], raw: bytes) -> bool:
    """Return whether a reader accepts an input; a refusal must be printable."""
    try:
        read(raw)
    except LcaError as error:
        shown = str(error)
        require(bool(shown.strip()), "a refusal says nothing")
        shown.encode()
        return False
    except ClickException as error:
        error.format_message().encode()
        return False
    return True


def require(holds: bool, what: str) -> None:
    """Raise `Broken` unless a promise holds."""
    if not holds:
        raise Broken(what)


def require_numbers(numbers: Iterable[float], what: str) -> None:
    """Demand that no number is nan: finite, or openly infinite."""
    require(not any(math.isnan(number) for number in numbers), f"{what} is not a number")


def text_of(raw: bytes) -> str:
    """Return an input as the text that a shell or an editor could hand over."""
    return raw.decode("utf-8", "surrogateescape")


@cache
def folder() -> Path:
    """Return a folder of this process for inputs that must be files."""
    return Path(tempfile.mkdtemp(prefix="lca-fuzz-"))


_written = iter(range(1, 1 << 62))


def file_of(raw: bytes, name: str) -> Path:
    """Write an input to a file, whose time is new each time: readers remember files by it."""
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    now = next(_written) * 1_000_000_000
    os.utime(path, ns=(now, now))
    return path
