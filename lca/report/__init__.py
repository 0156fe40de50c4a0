"""Results as plain data, and as text or files: one format a file.

`lca.report.result` makes the result of design contract ``schema_version`` 1 from ledgers; a format
of plain results is a module of this folder with ``SUFFIX`` and ``render(result)``, so that a saved
result can be reported on any machine. A whole report has pictures, inputs and trails beside it:
``write(report)``, or a module of `lca.report.paper` with ``SUFFIX`` and ``render(report)``. What is
made from ledgers has ``BINARY_SUFFIX`` and ``render(scenario, ledgers, comparison)``. Being in the
folder is the registration. Texts come as ``str``, anything else as ``bytes``.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lca.errors import DocumentError, did_you_mean

if TYPE_CHECKING:
    from lca.report.paper.study import Study

Result = Mapping[str, Any]
Render = Callable[[Result], str | bytes]
Write = Callable[["Study"], str | bytes]
_SUFFIX = re.compile(r'^(BINARY_)?SUFFIX = "(\.\w+)"', re.MULTILINE)


@cache
def formats() -> dict[str, Render]:
    """Return the function of every format of plain results by its suffix, such as ``.csv``."""
    return {
        suffix: importlib.import_module(name).render
        for suffix, (name, from_ledgers) in _modules(__name__).items()
        if not from_ledgers
    }


@cache
def _modules(package: str) -> dict[str, tuple[str, bool]]:
    """Return module of every format by suffix, and whether it is made from ledgers.

    Suffixes are read from the files, since loading every module of the folder takes long.
    """
    found: dict[str, tuple[str, bool]] = {}
    (folder,) = importlib.import_module(package).__path__
    for member in sorted(pkgutil.iter_modules([folder]), key=lambda m: m.name):
        place = Path(folder) / member.name
        file = place / "__init__.py" if member.ispkg else place.with_suffix(".py")
        suffix = _SUFFIX.search(file.read_text(encoding="utf-8"))
        if suffix:
            found[suffix[2]] = (f"{package}.{member.name}", bool(suffix[1]))
    return found


def find_format(path: str | Path) -> Render:
    """Return the format of plain results that a file's name asks for.

    Raises
    ------
    DocumentError
        If no format has that suffix.
    """
    known = {suffix: name for suffix, (name, other) in _modules(__name__).items() if not other}
    found: Render = importlib.import_module(known[_suffix(path, known)]).render
    return found


def find_writer(path: str | Path) -> Write:
    """Return what writes a study to a file of this name.

    Raises
    ------
    DocumentError
        If no format has that suffix, or the package that it needs is not installed.
    """
    own, papers = _modules(__name__), _modules(f"{__name__}.paper")
    suffix = _suffix(path, {**own, **papers})
    if suffix not in own:
        paper = _ready(papers[suffix][0])
        sheet = getattr(paper, "render_sheet", paper.render)
        return lambda study: (sheet if study.is_short else paper.render)(study.report)
    name, from_ledgers = own[suffix]
    module = _ready(name)
    if from_ledgers:
        return lambda s: module.render(s.scenario, s.ledgers, s.comparison)
    if hasattr(module, "write"):
        return lambda study: module.write(study.page)
    return lambda study: module.render(study.result)


def find_remarks(path: str | Path, content: str | bytes) -> list[str]:
    """Return what must be told of a file that was written, such as letters that have no font."""
    known = _modules(f"{__name__}.paper") | _modules(__name__)
    module = importlib.import_module(known[_suffix(path, known)][0])
    return list(module.remarks(content)) if hasattr(module, "remarks") else []


def _ready(name: str) -> ModuleType:
    """Return the module of a format, whose optional package must be there before long work."""
    module = importlib.import_module(name)
    if hasattr(module, "require"):
        module.require()
    return module


def _suffix(path: str | Path, known: Mapping[str, object]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        hint = did_you_mean(suffix, known)
        msg = f"{path}: no report format {suffix or 'without a suffix'}{hint} (one of: {', '.join(known)})"
        raise DocumentError(msg)
    return suffix
