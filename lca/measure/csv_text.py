"""Read a CSV file that a person named: text of bounded size, rows of cells."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from lca.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_BYTES", "MAX_CELLS", "cells_of", "text_of"]

MAX_BYTES = 32_000_000
"""Size of a file."""

MAX_CELLS = 2_000_000
"""Cells of a file; longer logs are for ``lca import telemetry``, which reads them out of core."""


def text_of(path: Path, wanted: str) -> str:
    """Return the text of a file.

    Parameters
    ----------
    path : Path
        The file.
    wanted : str
        What it should be, such as ``a CSV file with paired readings``.

    Raises
    ------
    InputError
        There is no such file, it is too large, or it is no text; the message says what is wanted.
    """
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
        if len(raw) <= MAX_BYTES:
            return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        what = f"is too large (at most {MAX_BYTES / 1e6:g} MB)"
    except FileNotFoundError:
        near = did_you_mean(path.name, [one.name for one in path.parent.glob("*.csv")])
        what = f"no such file{near}"
    except IsADirectoryError:
        what = "is a folder"
    except UnicodeDecodeError:
        what = "is not text in UTF-8"
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
    except ValueError as error:  # a name that no file can have
        what = f"cannot be read ({error})"
    raise InputError(Problem("", f"{what}; name {wanted}", str(path)))


def cells_of(path: Path, wanted: str) -> list[list[str]]:
    """Return the rows of a CSV file, each a list of its cells.

    Raises
    ------
    InputError
        As `text_of`; or it is no CSV, or has more than `MAX_CELLS` cells.
    """
    rows = csv.reader(io.StringIO(text_of(path, wanted)))
    found: list[list[str]] = []
    cells = 0
    try:
        for row in rows:
            cells += len(row)
            if cells > MAX_CELLS:
                told = f"more than {MAX_CELLS:,} cells; lca import telemetry reads longer logs"
                raise InputError(Problem("", told, str(path), rows.line_num))
            found.append(row)
    except csv.Error as error:
        told = f"cannot be read as CSV: {error}; name {wanted}"
        raise InputError(Problem("", told, str(path), rows.line_num)) from None
    return found
