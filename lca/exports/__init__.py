"""Exports: a result in the form that another scheme reads, one format a file.

A module of this folder with ``NAME`` is a format; being in the folder is the registration. It has
``SUFFIX`` (of the file), ``NOTE`` (what its reader must know), ``build(case)`` (the document as plain
data), ``problems(document)`` (what breaks the scheme's own rules, beyond its schema) and
``write(document)`` (text or bytes). Single numbers are central estimates, because only these add
up; intervals stand beside them where the scheme has room.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from lca.errors import InputError, LcaError, UnknownNameError, did_you_mean
from lca.exports.case import Case

MARKET = "exports hold location-based electricity alone, without certificates, contracts or offsets, as SCI demands"


@dataclass(frozen=True, slots=True)
class Export:
    """A format: its name, what it writes, and its own rules."""

    name: str
    suffix: str
    note: str
    build: Callable[[Case], Any]
    problems: Callable[[Any], list[str]]
    write: Callable[[Any], str | bytes]


@cache
def exports() -> dict[str, Export]:
    """Return every format by its name, sorted."""
    found = {}
    for member in pkgutil.iter_modules(__path__):
        module: Any = importlib.import_module(f"lca.exports.{member.name}")
        if hasattr(module, "NAME"):
            found[module.NAME] = Export(
                module.NAME,
                module.SUFFIX,
                module.NOTE,
                module.build,
                module.problems,
                module.write,
            )
    return dict(sorted(found.items()))


def find(name: str) -> Export:
    """Return a format by name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    known = exports()
    if name not in known:
        msg = f'no export "{name}"{did_you_mean(name, known)} (one of: {", ".join(known)})'
        raise UnknownNameError(msg)
    return known[name]


def export(name: str, case: Case) -> str | bytes:
    """Return a case as the text or bytes of a format; raises as `make` does."""
    return find(name).write(make(name, case))


def make(name: str, case: Case) -> Any:
    """Return the document of a case in a format, held against the format's own rules.

    Raises
    ------
    InputError
        If the case cannot be told in that format, or lacks what only its author knows.
    LcaError
        If the document breaks a rule of its scheme: then nothing is written.
    """
    chosen = find(name)
    if case.basis == "market":
        msg = f"{name}: --basis market is refused: {MARKET}; leave --basis out"
        raise InputError(msg)
    made = chosen.build(case)
    broken = chosen.problems(made)
    if broken:
        raise LcaError("\n".join([f"{name}: the document breaks rules of its scheme:", *broken]))
    return made
