"""Read YAML as data only, with a position for every value, and write it.

Every scalar stays the text that was written: the schema, not YAML 1.1, says that ``NO`` is
Norway and ``1e3`` a number. Only a plain ``null``, ``~`` or nothing is None. Nothing is
executed, nothing grows without bound, and every refusal is a `DocumentError` that says where.
"""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from lca.errors import DocumentError, Problem, did_you_mean, quoted
from lca.files import require_writable, write_atomically
from lca.yaml_reader import (
    FORBIDDEN,
    MAX_DEPTH,
    MAX_NODES,
    MAX_PROBLEMS,
    MAX_SCALAR,
    Data,
    Position,
    Reader,
    Source,
    Spot,
    Steps,
)
from lca.yaml_writer import dump

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_PROBLEMS",
    "MAX_SCALAR",
    "Data",
    "Document",
    "dump",
    "parse",
    "read",
    "require_writable",
    "write_atomically",
]

MAX_BYTES = 16_000_000
"""Size of a document."""


@dataclass(frozen=True)
class Document:
    """The data of a file, and where each value is written.

    Parameters
    ----------
    data : dict
        Mappings, lists, text and None.
    name : str
        File as the user named it.

    """

    data: dict[str, Data]
    name: str
    _source: Source = field(repr=False)
    _root: Spot = field(repr=False)

    def position(self, path: Steps) -> Position:
        """Return line and column, from 1, of a value or of its nearest existing ancestor."""
        line, column = self._spot(path).at
        return line + 1, column + 1

    def key_position(self, path: Steps) -> Position:
        """Return line and column, from 1, of a value's key; of the value if it has none."""
        spot = self._spot(path)
        line, column = spot.key or spot.at
        return line + 1, column + 1

    def problem(self, path: Steps, message: str, at: Literal["value", "key"] = "value") -> Problem:
        """Return a problem of the value, or of the key, at `path`."""
        spot = self._spot(path)
        return self._source.problem(message, (at == "key" and spot.key) or spot.at, path)

    def _spot(self, path: Steps) -> Spot:
        """Return the spot at the end of `path`, or as far as the document goes."""
        spot = self._root
        for step in path:
            part = spot.parts.get(step) or spot.parts.get(str(step))
            if part is None:
                break
            spot = part
        return spot


def read(path: str | os.PathLike[str]) -> Document:
    """Return the document in a UTF-8 file.

    Raises
    ------
    DocumentError
        The file cannot be opened, is too large, or is not YAML as this package reads it.

    """
    name = os.fspath(path)
    file = Path(name)
    try:
        size = file.stat().st_size
        raw = b"" if size > MAX_BYTES else _first_bytes(file)
    except (OSError, ValueError) as error:
        raise DocumentError(Problem("", _unreadable(file, error), name)) from None
    _check_size(max(size, len(raw)), name)
    return parse(_decode(raw, name), name)


def parse(text: str, name: str = "<text>") -> Document:
    """Return the document in a text; `name` stands for the file in messages.

    Raises
    ------
    DocumentError
        The text is too large, or is not YAML as this package reads it.

    """
    _check_size(len(text), name)
    source = Source(name, text.removeprefix("\ufeff"))
    bad = FORBIDDEN.search(source.text)
    if bad:
        raise DocumentError(source.problem(_forbidden(bad[0]), source.position(bad.start())))
    data, root = Reader(source).read()
    return Document(data, name, source, root)


def _first_bytes(file: Path) -> bytes:
    """Return a file's bytes, at most one more than a document may have."""
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _unreadable(file: Path, error: Exception) -> str:
    """Return why a file cannot be opened, and the nearest file that could be."""
    if isinstance(error, FileNotFoundError):
        if not file.parent.is_dir():
            return f"no such folder {quoted(file.parent)}"
        return f"no such file{did_you_mean(file.name, _files(file.parent))}"
    if isinstance(error, IsADirectoryError):
        inside = [name for name in sorted(_files(file)) if name.endswith((".yaml", ".yml"))]
        example = f"; name one in it, such as {quoted(inside[0])}" if inside else ""
        return f"this is a folder, not a file{example}"
    if isinstance(error, PermissionError):
        others = (name for name in _files(file.parent) if name != file.name)
        return f"no permission to read this file{did_you_mean(file.name, others)}"
    return f"cannot be read: {getattr(error, 'strerror', None) or error}"


def _files(folder: Path) -> list[str]:
    """Return the names of the files among the first thousand entries of a folder."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in islice(entries, 1000) if entry.is_file()]
    except OSError:
        return []


def _check_size(size: int, name: str) -> None:
    """Refuse what is larger than a document may be."""
    if size > MAX_BYTES:
        found, limit = (f"{number / 1e6:.9g} MB" for number in (size, MAX_BYTES))
        message = f"too large: {found}; a document has at most {limit}"
        raise DocumentError(Problem("", message, name))


def _decode(raw: bytes, name: str) -> str:
    """Return the text of UTF-8 bytes."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DocumentError(Problem("", "the file is UTF-16; save it as UTF-8", name))
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        source = Source(name, raw.decode(errors="backslashreplace"))
        at = source.position(len(raw[: error.start].decode()))
        message = f"not UTF-8: byte 0x{raw[error.start]:02X} at offset {error.start}"
        raise DocumentError(source.problem(f"{message}; save it as UTF-8", at)) from None


def _forbidden(char: str) -> str:
    """Return why a character may not stand in a document."""
    if char == "\0":
        return "a NUL byte; this is a binary file, or text that is not UTF-8"
    return f"control character U+{ord(char):04X}; take it out, or escape it in double quotes"
