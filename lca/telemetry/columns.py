"""Finds out what the columns of a file are: by name, by the unit in a name, or as it was told."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lca.errors import InputError, Problem, did_you_mean, quoted
from lca.telemetry.asked import Asked

__all__ = ["ROLES", "UNITS", "Column", "Columns", "recognized", "with_unit"]

_BRACKETS = re.compile(r"(.+?)\s*[\[(]\s*([^\])]*)\s*[\])]\s*")
_PARTS = re.compile(r"(.+?)[_.\s]([^_.\s]+)")
_SERIES = re.compile(r"\s*(\w+)\s*\{")


def _table(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _known() -> dict[str, dict[str, str]]:
    """Return what is known of a column, by its name."""
    return {row["name"]: row for row in _table("columns.csv")}


@cache
def _units() -> dict[tuple[str, str], tuple[str, float]]:
    """Return unit and scale (to W, mJ or µs), by role and spelling."""
    rows = _table("units.csv")
    return {(row["role"], row["spelling"]): (row["unit"], float(row["scale"])) for row in rows}


ROLES = ("time", "uuid", "device", "host", "job", "power", "energy", "slice", "model",
         "metric", "value")  # fmt: skip
"""What a column can be."""
UNITS = ("power", "energy", "time")
"""Roles that have a unit."""
_IDENTITY = ("uuid", "device", "host", "job", "slice", "model")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file.

    Attributes
    ----------
    name
        As it stands in the file.
    type
        Type that the engine gives it.
    scale
        Factor to W, mJ or µs; None where it has no unit, or is read from its values.
    """

    name: str
    type: str
    scale: float | None = None


Columns = Mapping[str, Column]


def recognized(headings: Mapping[str, str], asked: Asked, file: str) -> dict[str, Column]:
    """Return the columns of a file by their role.

    Parameters
    ----------
    headings
        Type of each column by its name.
    asked
        Columns and units that were told.
    file
        Name for messages.

    Raises
    ------
    InputError
        A column is lacking, ambiguous, or has no known unit.
    """
    found = {role: _told(name, headings, file) for role, name in asked.columns.items()}
    free = [name for name in headings if name not in asked.columns.values()]
    for role in ROLES:
        if role not in found:
            match = _best(role, free, file)
            if match is not None:
                found[role] = Column(match, headings[match])
    _check(found, headings, file)
    if "value" in found and "metric" in found:
        found = {role: one for role, one in found.items() if role not in {"power", "energy"}}
    else:
        found.pop("metric", None)
        found.pop("value", None)
    return {role: with_unit(role, one, asked, file) for role, one in found.items()}


def _told(name: str, headings: Mapping[str, str], file: str) -> Column:
    """Return the column that a person named."""
    if name not in headings:
        hint = did_you_mean(name, headings)
        message = f"no column {quoted(name)}{hint} (found: {_listed(headings)})"
        raise InputError(Problem("", message, file, 1))
    return Column(name, headings[name])


def _best(role: str, headings: Sequence[str], file: str) -> str | None:
    """Return the best column of a role, None if there is none.

    Raises
    ------
    InputError
        Two are as good as one another.
    """
    ranked = sorted((rank, name) for name in headings for rank in _rank(role, name))
    best = [name for rank, name in ranked if rank == ranked[0][0]]
    if len(best) > 1:
        message = (
            f"several columns could be the {role}: {_listed(best)}; "
            f"name one with --column {role}={best[0]}"
        )
        raise InputError(Problem("", message, file, 1))
    return best[0] if best else None


def _rank(role: str, heading: str) -> Iterator[int]:
    """Yield how well a heading fits a role; nothing if it does not."""
    base, _ = _split(role, heading)
    known = _known().get(base)
    if known is not None and known["role"] == role:
        yield int(known["rank"])


def _split(role: str, heading: str) -> tuple[str, str]:
    """Return the bare name of a heading, and the unit it ends in ("" for none)."""
    plain = heading.strip()
    in_brackets = _BRACKETS.fullmatch(plain)
    if in_brackets:
        return _bare(in_brackets[1]), in_brackets[2]
    parts = _PARTS.fullmatch(plain)
    if parts and _bare(plain) not in _known() and (role, parts[2]) in _units():
        return _bare(parts[1]), parts[2]
    return _bare(plain), ""


def _bare(text: str) -> str:
    return "_".join(text.strip().casefold().split())


def with_unit(role: str, column: Column, asked: Asked, file: str) -> Column:
    """Return a column with the scale of its unit.

    Raises
    ------
    InputError
        It needs a unit, and neither its name nor the person says which.
    """
    if role not in UNITS:
        return column
    base, ending = _split(role, column.name)
    unit = asked.units.get(role) or ending or _known().get(base, {}).get("unit", "")
    if not unit and role == "time":
        return column
    if (role, unit) not in _units():
        accepted = ", ".join(dict.fromkeys(u for r, u in _units() if r == role))
        found = f"unit {quoted(unit)} is unknown" if unit else "its unit is not known"
        message = f"column {quoted(column.name)}: {found}; state it with --unit {role}=UNIT"
        raise InputError(Problem("", f"{message} (one of: {accepted})", file, 1))
    return Column(column.name, column.type, _units()[role, unit][1])


def _check(found: Columns, headings: Mapping[str, str], file: str) -> None:
    """Refuse a file without time, or without power and energy."""
    listed = _listed(headings)
    if "time" not in found:
        message = f"no column of time such as timestamp; name it with --column time=NAME (found: {listed})"
        raise InputError(Problem("", message, file, 1))
    if not {"power", "energy", "value"} & set(found):
        message = (
            "no column of power or of an energy counter such as power_w or "
            f"DCGM_FI_DEV_POWER_USAGE; name it with --column power=NAME (found: {listed})"
        )
        raise InputError(Problem("", message, file, 1))
    if "value" in found and "metric" not in found and not {"power", "energy"} & set(found):
        message = (
            f"column {quoted(found['value'].name)}: nothing says what it is; "
            "state it with --column power=value --unit power=W"
        )
        raise InputError(Problem("", message, file, 1))


def _listed(names: Mapping[str, str] | Sequence[str]) -> str:
    """Return the first names of many."""
    shown = [quoted(name) for name in list(names)[:12]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
