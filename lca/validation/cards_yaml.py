"""Read a small YAML of claims: inputs and printed results, each a number with its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lca import document
from lca.errors import DocumentError, Problem, UnitError, did_you_mean, quoted
from lca.units import factor, split
from lca.validation.cards_names import INPUTS, LABELS, PRINTED
from lca.validation.checks_claims import Claims
from lca.validation.quantities import Known

if TYPE_CHECKING:
    import os

__all__ = ["read_claims"]

_PARTS = {"inputs": {**INPUTS, **LABELS}, "printed": PRINTED}


def read_claims(
    path: str | os.PathLike[str],
) -> tuple[tuple[Claims, ...], tuple[tuple[int, str], ...]]:
    """Return the claims of a file, and line and text of the names nobody knows.

    Parameters
    ----------
    path
        YAML with ``claims``, a list of mappings with ``id``, ``inputs`` and ``printed``;
        every value is a number with its unit, such as ``1.46e6 h`` or ``420 t``.

    Raises
    ------
    DocumentError
        With every mistake of the file, by line.
    """
    read = document.read(path)
    entries = read.data.get("claims")
    if not isinstance(entries, list) or not entries:
        message = 'no claims; write a list "claims:" with id, inputs and printed results each'
        raise DocumentError(read.problem(["claims"], message))
    wrong: list[Problem] = []
    unread: list[tuple[int, str]] = []
    found = [_claims(read, i, entry, wrong, unread) for i, entry in enumerate(entries)]
    if wrong:
        raise DocumentError(wrong)
    return tuple(found), tuple(unread)


def _claims(
    read: document.Document,
    number: int,
    entry: Any,
    wrong: list[Problem],
    unread: list[tuple[int, str]],
) -> Claims:
    path: list[str | int] = ["claims", number]
    if not isinstance(entry, dict):
        wrong.append(read.problem(path, "a claim is a mapping with id, inputs and printed"))
        return Claims("", {}, {})
    inputs = _part(read, [*path, "inputs"], entry.get("inputs"), wrong, unread)
    printed = _part(read, [*path, "printed"], entry.get("printed"), wrong, unread)
    for key in sorted(set(entry) - {"id", "inputs", "printed"}):
        message = f"no field {quoted(key)}{did_you_mean(key, ('id', 'inputs', 'printed'))}"
        wrong.append(read.problem([*path, key], message, "key"))
    where = f"{read.name}:{read.position(path)[0]}"
    return Claims(str(entry.get("id", f"claim {number + 1}")), inputs, printed, where=where)


def _part(
    read: document.Document,
    path: list[str | int],
    given: Any,
    wrong: list[Problem],
    unread: list[tuple[int, str]],
) -> dict[str, Known]:
    found: dict[str, Known] = {}
    if not isinstance(given, dict):
        wrong.append(read.problem(path, "a mapping of quantities is missing here"))
        return found
    known = _PARTS[str(path[-1])]
    for name, value in given.items():
        if name not in known:
            near = did_you_mean(name, known) if len(unread) < document.MAX_PROBLEMS else ""
            text = f"{name}: {value}{near}"
            unread.append((read.position([*path, name])[0], text))
            continue
        try:
            found[name] = _known(name, value, known[name])
        except UnitError as error:
            wrong.append(read.problem([*path, name], error.problems[0].message))
    return found


def _known(name: str, value: Any, unit: str) -> Known:
    if not isinstance(value, str):
        msg = f"a number with its unit is missing, such as {unit or '1.1'}"
        raise UnitError(msg)
    if unit == "name":
        return Known(name, value, unit="name")
    number, written = split(value)
    factor(written.replace("CO2e", ""), unit)  # refuses another dimension
    return Known(name, number, unit=written)
