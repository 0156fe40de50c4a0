"""Results as plain data, and as text: one format a file.

`lca.report.result` makes the result of design contract ``schema_version`` 1 from ledgers; every
format renders that data and nothing else, so a saved result can be reported on any machine.
A module of this folder that has ``SUFFIX`` and ``render(result)`` is a format; being in the
folder is the registration.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lca.errors import DocumentError, did_you_mean

Result = Mapping[str, Any]
Render = Callable[[Result], str | bytes]


@cache
def formats() -> dict[str, Render]:
    """Return the function of every format by its suffix, such as ``.csv``."""
    found: dict[str, Render] = {}
    for member in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        module = importlib.import_module(f"lca.report.{member.name}")
        if hasattr(module, "SUFFIX"):
            found[module.SUFFIX] = module.render
    return found


def find_format(path: str | Path) -> Render:
    """Return the format that a file's name asks for.

    Raises
    ------
    DocumentError
        If no format has that suffix.
    """
    suffix = Path(path).suffix.lower()
    known = formats()
    if suffix not in known:
        hint = did_you_mean(suffix, known)
        msg = f"{path}: no report format {suffix or 'without a suffix'}{hint} (one of: {', '.join(known)})"
        raise DocumentError(msg)
    return known[suffix]
