"""Read a file of cases for the recovery of a factor, with file and line for every mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lca import document
from lca.errors import DocumentError
from lca.validation.checks_claims import Claims, claims_of_case

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

__all__ = ["GROUPS", "Row", "family_of", "read_rows"]

GROUPS = ("family", "source")
"""How rows are put together: by who published them, or by the very document."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case as its author tells it, and the families it belongs to."""

    claims: Claims
    family: str
    source: str

    def group(self, by: str) -> str:
        """Return the name of the row's group."""
        return self.family if by == "family" else self.source


def read_rows(path: str | os.PathLike[str]) -> tuple[Row, ...]:
    """Return all cases of a file.

    Parameters
    ----------
    path
        YAML with ``cases``, a list of mappings with ``id``, ``inputs`` and ``published``.

    Raises
    ------
    DocumentError
        The file cannot be read, or a case is not one; all mistakes are told at once.
    """
    read = document.read(path)
    cases = read.data.get("cases")
    if not isinstance(cases, list):
        message = 'no list of cases; write "cases:" with an id, inputs and published results each'
        raise DocumentError(read.problem(["cases"], message))
    wrong = [problem for i, case in enumerate(cases) for problem in _mistakes(read, i, case)]
    if wrong:
        raise DocumentError(wrong)
    return tuple(_row(read, i, case) for i, case in enumerate(cases) if isinstance(case, dict))


def _mistakes(read: document.Document, number: int, case: object) -> list[Any]:
    path: list[str | int] = ["cases", number]
    if not isinstance(case, dict):
        return [read.problem(path, "a case is a mapping with id, inputs and published")]
    wrong = []
    for name, kind, what in (("inputs", dict, "a mapping"), ("published", list, "a list")):
        if not isinstance(case.get(name), kind):
            wrong.append(read.problem([*path, name], f'"{name}" must be {what} of quantities'))
    return wrong


def _row(read: document.Document, number: int, case: Mapping[str, Any]) -> Row:
    line, _ = read.position(["cases", number])
    claims = claims_of_case(case, f"{read.name}:{line}")
    source = case.get("source")
    title = str(source.get("title", "")) if isinstance(source, dict) else ""
    return Row(claims, family_of(case), title or "unnamed source")


def family_of(case: Mapping[str, Any]) -> str:
    """Return the family of a case: written as ``family``, or its authors.

    Sheets of hardware share one author, the collector; there the maker, first word of the
    title, tells the families apart.
    """
    if case.get("family"):
        return str(case["family"])
    source = case.get("source")
    authors = str(source.get("authors", "")) if isinstance(source, dict) else ""
    maker = str(case.get("title", "")).split(" ")[0] if case.get("kind") == "hardware" else ""
    return ": ".join(part for part in (authors, maker) if part) or "unnamed family"
