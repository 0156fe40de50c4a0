"""Samples of one file in one form: SQL for device, job, time (µs), power (W) and counter (mJ)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lca.errors import InputError, Problem
from lca.telemetry.asked import Asked
from lca.telemetry.columns import Column, Columns, recognized, with_unit
from lca.telemetry.engine import Engine, name_of, text_of
from lca.telemetry.layouts import series_of, unpivoted

__all__ = ["MEASURES", "Source", "read", "within"]

MEASURES = ("power", "energy")
FIRST, LAST = 946_684_800_000_000, 2_524_608_000_000_000
"""Years 2000 to 2050 (µs since 1970): a time outside is no time of a sample."""

_CLASSES = ((1e8, 1e11, 1e6), (1e11, 1e14, 1e3), (1e14, 1e17, 1.0), (1e17, 1e20, 1e-3))
"""A number between the first two is a time in units of the third (µs)."""
_NAMES = {"uuid": "u", "host": "h", "device": "g", "model": "o", "job": "jn"}
_MOST_COLUMNS = 20_000
_LINE = 1 << 21
"""Longest line of a CSV that is read (bytes)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and how each part of a sample is read from it.

    Attributes
    ----------
    file
        As the person named it, for messages.
    relation
        What stands behind FROM.
    parts
        Expression of ``t``, ``power``, ``energy``, ``slice`` and of the names, by their letter.
    rows
        How many rows it has.
    """

    file: str
    relation: str
    parts: Mapping[str, str]
    rows: int

    def measures(self) -> tuple[str, ...]:
        """Return which of power and energy it has."""
        return tuple(one for one in MEASURES if one in self.parts)

    def identity(self) -> str:
        """Return the expression of a device: its UUID, else host and index together."""
        names = [self.parts[key] for key in ("u", "h", "g") if key in self.parts]
        plain = f"hash({', '.join(names[1:])})" if len(names) > 1 else "hash('')"
        if "u" not in self.parts:
            return f"hash({', '.join(names)})" if names else "hash('')"
        uuid = names[0]
        return f"case when {uuid} is null or {uuid} = '' then {plain} else hash({uuid}) end"

    def job(self) -> str:
        """Return the expression of a job."""
        return f"hash({self.parts['jn']})" if "jn" in self.parts else "0::ubigint"


def read(engine: Engine, path: Path, kind: str, asked: Asked) -> Source:
    """Return a file as a source; text is first written as a temporary Parquet file.

    Raises
    ------
    InputError
        It cannot be read, or its columns are not known.
    """
    if kind == "parquet":
        return _parquet(engine, path, asked, str(path))
    relation = _csv(path) if kind == "csv" else _json(engine, path)
    headings = _headings(engine, relation, str(path))
    wide = series_of(headings)
    if wide:
        relation, headings = unpivoted(relation, headings, wide)
    return _staged(engine, relation, recognized(headings, asked, str(path)), asked, str(path))


def _csv(path: Path) -> str:
    """Return a CSV file as a relation of texts: what a number is, we say."""
    return (
        f"read_csv({text_of(str(path))}, header=true, all_varchar=true, null_padding=true, "
        f"max_line_size={_LINE}, sample_size=2000)"
    )


def _json(engine: Engine, path: Path) -> str:
    """Return a range query's answer as a relation."""
    from lca.telemetry import prometheus

    file = engine.folder / f"{path.name}-{abs(hash(path)):x}.csv"
    prometheus.write_csv(path, file)
    return _csv(file)


def _headings(engine: Engine, relation: str, file: str) -> dict[str, str]:
    """Return the columns of a relation with their types."""
    rows = engine.run(f"DESCRIBE SELECT * FROM {relation}", file)
    if len(rows) > _MOST_COLUMNS:
        message = f"{len(rows)} columns; at most {_MOST_COLUMNS} are read"
        raise InputError(Problem("", message, file))
    return {row[0]: row[1] for row in rows}


def _parquet(engine: Engine, path: Path, asked: Asked, file: str) -> Source:
    """Return a Parquet file as it stands."""
    relation = f"read_parquet({text_of(str(path))}, file_row_number=true)"
    headings = _headings(engine, relation, file)
    headings.pop("file_row_number", None)
    columns = recognized(headings, asked, file)
    parts = _parts(columns, asked, file)
    parts["t"] = _time(engine, relation, columns["time"], file)
    return Source(file, relation, parts, _count(engine, relation, file))


def _count(engine: Engine, relation: str, file: str) -> int:
    """Return how many rows a relation has."""
    return int(engine.run(f"SELECT count(*) FROM {relation}", file)[0][0])


def _parts(columns: Columns, asked: Asked, file: str) -> dict[str, str]:
    """Return the expressions of all that a sample has but its time."""
    parts = {
        letter: f"{name_of(columns[role].name)}::varchar"
        if columns[role].type != "VARCHAR"
        else name_of(columns[role].name)
        for role, letter in _NAMES.items()
        if role in columns
    }
    if "slice" in columns:
        parts["slice"] = f"coalesce({name_of(columns['slice'].name)}::varchar, '') <> ''"
    return parts | _measured(columns, asked, file)


def _measured(columns: Columns, asked: Asked, file: str) -> dict[str, str]:
    """Return the expressions of power and energy."""
    if "value" not in columns:
        return {role: _number(role, columns[role]) for role in MEASURES if role in columns}
    metric, value = name_of(columns["metric"].name), columns["value"]
    found = {}
    for role, name in (
        ("power", "DCGM_FI_DEV_POWER_USAGE"),
        ("energy", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"),
    ):
        unit = with_unit(role, Column(name, value.type), asked, file)
        number = _number(role, replace(value, scale=unit.scale))
        found[role] = f"case when {metric} = {text_of(name)} then {number} end"
    return found


def _number(role: str, column: Column) -> str:
    """Return the expression of a power (W) or a counter (mJ); NULL for what is no number."""
    name, scale = name_of(column.name), column.scale or 1.0
    number = f"{name}::double"
    if column.type == "VARCHAR":
        number = f"try_cast({name} as double)"
        if role == "power":
            number = f"coalesce({number}, {_with_suffix(name, scale)})"
    scaled = number if scale == 1.0 else f"({number} * {scale!r})"
    if role == "power":
        return scaled
    exact = scale == 1.0 and column.type in {"BIGINT", "UINTEGER", "INTEGER"}
    return f"{name}::bigint" if exact else f"try_cast(round({scaled}) as bigint)"


def _with_suffix(name: str, scale: float) -> str:
    """Return the expression of a cell such as ``250 W`` or ``0.25 kW``, in the column's unit."""
    watts, kilowatts = (
        f"try_cast(regexp_extract({name}, '^\\s*([-+0-9.eE]+)\\s*{unit}\\s*$', 1) as double)"
        for unit in ("W", "kW")
    )
    return f"{watts} / {scale!r}, {kilowatts} * {1e3 / scale!r}"


def _time(engine: Engine, relation: str, column: Column, file: str) -> str:
    """Return the expression of a time (µs since 1970, UTC)."""
    name = name_of(column.name)
    if column.type.startswith(("TIMESTAMP", "DATE")):
        return f"epoch_us({name})"
    if column.type == "VARCHAR" and not _is_numeric(engine, relation, name, file):
        return _date(name)
    number = f"try_cast({name} as double)" if column.type == "VARCHAR" else f"{name}::double"
    scale = column.scale or _magnitude(engine, relation, number, file)
    if re.fullmatch(r"U?(BIG|HUGE|SMALL)?INT(EGER)?", column.type) and scale >= 1:
        low, high = FIRST // int(scale), LAST // int(scale)
        return f"case when {name} between {low} and {high} then {name}::bigint * {int(scale)} end"
    if scale < 1 and column.type in {"BIGINT", "UBIGINT"}:
        return f"({name} // {round(1 / scale)})::bigint"
    return f"try_cast(round({number} * {scale!r}) as bigint)"


def _date(name: str) -> str:
    """Return the expression of a date (µs); a cast to a time without zone would drop what it says."""
    return f"epoch_us(try_cast({name} as timestamptz))"


def _is_numeric(engine: Engine, relation: str, name: str, file: str) -> bool:
    """Whether a column of texts holds numbers, by its first cell."""
    sql = f"SELECT try_cast({name} as double) FROM {relation} WHERE {name} <> '' LIMIT 1"
    rows = engine.run(sql, file)
    return bool(rows) and rows[0][0] is not None


def _magnitude(engine: Engine, relation: str, number: str, file: str) -> float:
    """Return the unit (µs) of a column of numbers, by how large they are.

    Raises
    ------
    InputError
        No unit, or several, would make them times between 1973 and 2050.
    """
    low, high = engine.run(
        f"SELECT min(x), max(x) FROM (SELECT {number} x FROM {relation}) WHERE x >= 1e8", file
    )[0]
    fits = [scale for least, most, scale in _CLASSES if low and least <= low and high < most]
    if not fits:
        found = "no number is one" if low is None else f"found {low:.6g} to {high:.6g}"
        message = f"the unit of the times is not clear ({found}); state it with --unit time=s (or ms, us, ns)"
        raise InputError(Problem("", message, file))
    return fits[0]


def _staged(engine: Engine, relation: str, columns: Columns, asked: Asked, file: str) -> Source:
    """Write a relation of texts as a temporary Parquet file: text is read but once."""
    time = columns["time"]
    name = name_of(time.name)
    numeric = _is_numeric(engine, relation, name, file)
    key = "number" if numeric else "t"
    parts = {key: f"try_cast({name} as double)" if numeric else _date(name)}
    parts |= _parts(columns, asked, file)
    target = engine.folder / f"staged-{abs(hash((file, relation))):x}.parquet"
    listed = ", ".join(f"{expression} AS {name_of(key)}" for key, expression in parts.items())
    engine.run(
        f"COPY (SELECT {listed} FROM {relation}) TO {text_of(str(target))} "
        "(FORMAT parquet, COMPRESSION snappy)",
        file,
    )
    staged = f"read_parquet({text_of(str(target))}, file_row_number=true)"
    rows = _count(engine, staged, file)
    known = {key: name_of(key) for key in parts}
    if numeric and rows:
        known["t"] = _time(engine, staged, Column(key, "DOUBLE", time.scale), file)
    return Source(file, staged, known, rows)


def within(asked: Asked) -> str:
    """Return the condition under which a time is one, and was asked for."""
    first = FIRST if asked.since is None else max(asked.since, FIRST)
    last = LAST if asked.until is None else min(asked.until, LAST)
    return f"t BETWEEN {first} AND {last}"
