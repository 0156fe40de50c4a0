"""Read a table and its sidecar, and refuse what may not be shown."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parent
"""Folder of the tables."""

Row = Mapping[str, str]
"""One row of a table: column name to text, empty where there is no value."""

_REFUSED_LICENCES = ("ODbL", "AGPL", "BY-NC", "BY-SA", "BY-ND", "non-commercial", "share-alike")
_NEVER_READ = "recalled"


class LicenceRefused(LookupError):
    """A table or its sidecar stands under a licence that this package may not pass on."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is known about a table as a whole.

    Parameters
    ----------
    table : str
        Name of the table: its path below this folder without the suffix.
    title, origin, publisher : str
        What it holds, where it was taken from, who published it.
    year : int
        Year of publication.
    licence, attribution : str
        Licence, and the line to print; "" where none is asked for.
    sha256 : str
        Hash of the csv file.
    columns : mapping
        Column name to unit or meaning.
    key : str
        Columns that tell one row from another, separated by blanks.
    label : str
        Short name of the publication for messages.
    source : str
        Key of ``sources.yaml`` for every row, "" where the rows name their own.
    changes, note : str
        What was narrowed or left out; what a reader must know.

    """

    table: str
    title: str
    origin: str
    publisher: str
    year: int
    licence: str
    attribution: str
    sha256: str
    columns: Mapping[str, str]
    key: str = ""
    label: str = ""
    source: str = ""
    changes: str = ""
    note: str = ""


@cache
def tables() -> tuple[str, ...]:
    """Return the name of every table, sorted."""
    found = (path.relative_to(ROOT).with_suffix("") for path in ROOT.rglob("*.csv"))
    return tuple(sorted(path.as_posix() for path in found))


@cache
def sidecar(table: str) -> Sidecar:
    """Read what is known about a table.

    Parameters
    ----------
    table : str
        Name of the table, such as ``grid/egrid_2023``.

    """
    path = _path(table).with_suffix(".yaml")
    entries = _parse(path.read_text(encoding="utf-8"), path)
    known = {name: value for name, value in entries.items() if name in Sidecar.__slots__}
    return Sidecar(table=table, **known)  # type: ignore[arg-type]


def attribution(table: str) -> str:
    """Return the line that a report prints when it uses the table; "" where none is asked for."""
    return sidecar(table).attribution


@cache
def rows(table: str) -> tuple[Row, ...]:
    """Read all rows of a table that may be shown.

    Parameters
    ----------
    table : str
        Name of the table, such as ``td_losses``.

    Raises
    ------
    LicenceRefused
        The licence of the table does not let this package pass it on.

    """
    if not _permitted(sidecar(table).licence):
        message = f"{table}: the licence {sidecar(table).licence!r} does not permit packaging"
        raise LicenceRefused(message)
    with _path(table).open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        found = tuple(dict(zip(header, values, strict=True)) for values in reader)
    if {"licence", "access"}.isdisjoint(header):
        return found
    return tuple(row for row in found if _showable(row))


@cache
def corrected(table: str) -> tuple[Row, ...]:
    """Read the rows of a table less those that ``corrections.csv`` says to pass over."""
    wrong = {row["row"] for row in rows("corrections") if row["table"] == table}
    if not wrong:
        return rows(table)
    key = sidecar(table).key.split()
    return tuple(row for row in rows(table) if "/".join(row[name] for name in key) not in wrong)


def kilograms(grams: str) -> float:
    """Return a text in gram as kilogram, correctly rounded: ``349.67`` is 0.34967."""
    return float(f"{grams}e-3")


def _path(table: str) -> Path:
    """Return the csv file of a table."""
    if table not in tables():
        message = f"no table {table!r}; there are {', '.join(tables())}"
        raise LookupError(message)
    return ROOT / f"{table}.csv"


def _permitted(licence: str) -> bool:
    """Tell whether a licence lets this package pass the data on."""
    return not any(word.casefold() in licence.casefold() for word in _REFUSED_LICENCES)


def _showable(row: Row) -> bool:
    """Tell whether a row was read, not remembered, and may be passed on."""
    return _permitted(row.get("licence", "")) and _NEVER_READ not in row.get("access", "")


def _parse(text: str, path: Path) -> dict[str, object]:
    """Parse the part of YAML that sidecars use: one ``key: value`` a line, columns indented."""
    entries: dict[str, object] = {}
    columns: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        if not colon:
            message = f"{path}:{number}: expected `key: value` on one line, found {line!r}"
            raise ValueError(message)
        if line.startswith(" "):
            columns[key.strip()] = str(_scalar(value.strip()))
        else:
            entries[key] = _scalar(value.strip())
    entries["columns"] = MappingProxyType(columns)
    return entries


def _scalar(text: str) -> object:
    """Return a quoted text or a number as what it means, a bare text as it stands."""
    if text[:1] == '"' or text.isdecimal():
        return json.loads(text)
    return text
