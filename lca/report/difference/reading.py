"""Reads result files for a difference, and refuses what is none."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from lca.errors import DocumentError, Problem
from lca.report.result import SCHEMA_VERSION
from lca.report.shape import complaints

_SCHEMA = Path(__file__).parents[2] / "schemas" / "result.schema.json"
_ACCEPTED = "a file of lca run, lca compare or lca report with -o FILE.json"
_SHOWN = 3
MAX_BYTES = 20_000_000
"""Size of a result."""


def read_result(path: str | Path) -> dict[str, Any]:
    """Read a result as it was written by ``-o FILE.json``.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    DocumentError
        If it cannot be read, is not JSON, or holds something else than a result.
    """
    data = _read_json(Path(path))
    if not isinstance(data, dict) or not {"options", "lines", "inputs_hash"} <= data.keys():
        raise DocumentError(_problem(path, "is not a result"))
    version = data.get("schema_version")
    if version != SCHEMA_VERSION:
        text = f"has schema_version {version}; this program reads {SCHEMA_VERSION}"
        raise DocumentError(_problem(path, text))
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    wrong = list(islice(complaints(schema, data), _SHOWN)) + list(_pointing_nowhere(data))
    if wrong:
        text = f"is not a result as published: {'; '.join(wrong[:_SHOWN])}"
        raise DocumentError(_problem(path, text))
    return data


def _problem(
    path: str | Path, text: str, line: int | None = None, column: int | None = None
) -> Problem:
    return Problem("", f"{text} (accepted: {_ACCEPTED})", str(path), line, column)


def _read_json(path: Path) -> object:
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            text = f"is too large (at most {MAX_BYTES / 1e6:g} MB)"
            raise DocumentError(_problem(path, text))
        return json.loads(raw.decode("utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError(Problem("", f"cannot be read: {reason}", str(path))) from None
    except json.JSONDecodeError as error:
        text = f"is not JSON: {error.msg}"
        raise DocumentError(_problem(path, text, error.lineno, error.colno)) from None
    except (ValueError, RecursionError) as error:
        raise DocumentError(_problem(path, f"is not JSON: {error}")) from None


def _pointing_nowhere(data: dict[str, Any]) -> list[str]:
    """Return which lines name an input that is not listed."""
    try:
        most = len(data.get("inputs", ()))
        named = [place for line in data["lines"] for place in line.get("inputs", ())]
        return ["lines name inputs that are not listed"] if max(named, default=-1) >= most else []
    except (TypeError, AttributeError):  # the shape itself is wrong, which is said already
        return []
