"""Results as plain data, and as text or files: one format a file.

`lca.report.result` makes the result of design contract ``schema_version`` 1 from ledgers; every
format renders that data and nothing else, so a saved result can be reported on any machine.
A module of this folder that has ``SUFFIX`` is a format; being in the folder is the registration.
It has ``render(result)``, ``write(report)`` or both: the first makes a file of plain data, the
second of the whole report of `lca.report.paper`, with its pictures and inputs. Texts come as
``str``, anything else as ``bytes``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lca.errors import DocumentError, did_you_mean

if TYPE_CHECKING:
    from lca.report.paper.blocks import Report

Result = Mapping[str, Any]
Render = Callable[[Result], str | bytes]
Write = Callable[["Report"], str | bytes]


@cache
def formats() -> dict[str, Render]:
    """Return the function of every format of plain results by its suffix, such as ``.csv``."""
    return {name: one.render for name, one in _modules().items() if hasattr(one, "render")}


@cache
def writers() -> dict[str, Write]:
    """Return the function of every format that can hold a report, by its suffix."""
    return {name: _writer(one) for name, one in _modules().items()}


@cache
def _modules() -> dict[str, ModuleType]:
    """Return the module of every format by its suffix."""
    found: dict[str, ModuleType] = {}
    for member in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        module = importlib.import_module(f"lca.report.{member.name}")
        if hasattr(module, "SUFFIX"):
            found[module.SUFFIX] = module
    return found


def _writer(module: ModuleType) -> Write:
    """Return what writes a report: the format's own, or that of the result inside the report."""
    if hasattr(module, "write"):
        whole: Write = module.write
        return whole
    return lambda report: module.render(report.result)  # type: ignore[no-any-return]


def find_format(path: str | Path) -> Render:
    """Return the format that a file's name asks for.

    Raises
    ------
    DocumentError
        If no format has that suffix.
    """
    return formats()[_suffix(path, formats())]


def find_writer(path: str | Path) -> Write:
    """Return what writes a report to a file of this name.

    Raises
    ------
    DocumentError
        If no format has that suffix.
    """
    return writers()[_suffix(path, writers())]


def _suffix(path: str | Path, known: Mapping[str, object]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        hint = did_you_mean(suffix, known)
        msg = f"{path}: no report format {suffix or 'without a suffix'}{hint} (one of: {', '.join(known)})"
        raise DocumentError(msg)
    return suffix
