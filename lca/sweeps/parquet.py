"""Sweeps as Parquet: columns with their units, the same bytes for the same numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from lca.errors import InputError
from lca.sweeps.job import Column, Job
from lca.uncertain import Array

Table = Any
"""A table, or a schema, of pyarrow: it has no types."""

ROW_GROUP = 1 << 16
_STATISTIC = {
    "central": "with every factor at its central value",
    "median": "median of the draws",
    "mean": "mean of the draws",
    "p5": "5 % quantile of the draws",
    "p95": "95 % quantile of the draws",
    "standard_error": "bound of the sampling error of the mean",
}
_MEASURE = {
    "total": "total of the period",
    "per_unit": "total per functional unit",
    "difference": "this point less the scenario as written, draw by draw",
}


def required() -> Any:
    """Return pyarrow with its Parquet reader.

    Raises
    ------
    InputError
        If the extra is not installed.
    """
    try:
        import_module("pyarrow.parquet")
        return import_module("pyarrow")
    except ModuleNotFoundError:
        msg = "Parquet needs the extra parquet: pip install 'lca[parquet]'; small sweeps can be written as .csv or .json"
        raise InputError(msg) from None


def schema(job: Job, extra: Mapping[str, str] | None = None) -> Table:
    """Return the columns: ``point``, each axis under its path, then numbers.

    Every field has the metadata ``unit`` and ``description``; the whole has those of `job.identity`,
    and the digest of the sweep.
    """
    pa = required()
    fields = [_field("point", pa.int64(), "", "number of the point, counted from 0")]
    for one in job.design.axes:
        numeric = one.unit is not None
        sentence = f"what {one.name} was set to"
        fields.append(_field(one.name, pa.float64() if numeric else pa.string(), one.unit or "", sentence))  # fmt: skip
    fields += [_field(c.name, pa.float64(), c.unit, describe(c)) for c in job.columns]
    known = {"lca": json.dumps(job.identity, sort_keys=True), "lca.sweep": job.digest}
    plain = {f"lca.{key}": str(job.identity[key]) for key in ("scenario", "seed", "samples", "lca_version", "name")}  # fmt: skip
    return pa.schema(fields, metadata={**known, **plain, **(extra or {})})


def describe(column: Column) -> str:
    """Return a sentence on a column."""
    if column.measure == "probability_lower":
        return f"share of draws in which {column.indicator}, {column.basis}-based, is lower than in the scenario as written; ties count half"
    what = f"{column.indicator}, {column.basis}-based, {_MEASURE[column.measure]}"
    return f"{what}: {_STATISTIC[column.statistic]}"


def _field(name: str, kind: Any, unit: str, sentence: str) -> Any:
    pa = required()
    return pa.field(name, kind, metadata={"unit": unit, "description": sentence})


def table(job: Job, first: int, coded: Array, numbers: Array, shape: Table) -> Table:
    """Return points as a table; what could not be divided is null."""
    pa = required()
    columns = [pa.array(np.arange(first, first + coded.shape[0]))]
    for place, one in enumerate(job.design.axes):
        codes = coded[:, place]
        if one.unit is None:
            texts = pa.array(list(map(str, one.values)))
            columns.append(texts.take(pa.array(codes.astype(np.int64))))
        else:
            columns.append(pa.array(codes if one.is_range else one.numbers[codes.astype(np.intp)]))
    columns += [pa.array(values, from_pandas=True) for values in numbers.T]
    return pa.Table.from_arrays(columns, schema=shape)


def write(path: Path, tables: Iterator[Table], shape: Table) -> None:
    """Write tables of any length as row groups of one length."""
    pa = required()
    with pa.parquet.ParquetWriter(path, shape, compression="zstd", write_statistics=True) as out:
        for group in _regrouped(tables):
            out.write_table(group, row_group_size=ROW_GROUP)


def _regrouped(tables: Iterator[Table]) -> Iterator[Table]:
    pa = required()
    waiting: list[Any] = []
    count = 0
    for one in tables:
        waiting.append(one)
        count += one.num_rows
        while count >= ROW_GROUP:
            whole = pa.concat_tables(waiting).combine_chunks()
            yield whole.slice(0, ROW_GROUP).combine_chunks()
            waiting, count = [whole.slice(ROW_GROUP)], count - ROW_GROUP
    if count:
        yield pa.concat_tables(waiting).combine_chunks()


def metadata(path: Path) -> dict[str, str]:
    """Return the metadata of a file; empty where it is no Parquet file."""
    pa = required()
    try:
        found = pa.parquet.read_schema(path).metadata or {}
    except (OSError, pa.ArrowInvalid):
        return {}
    return {key.decode(): value.decode() for key, value in found.items()}


def length(path: Path) -> int:
    """Return the rows of a Parquet file, as its end says."""
    rows: int = required().parquet.read_metadata(path).num_rows
    return rows


def read_numbers(path: Path, job: Job, points: Sequence[int] | None) -> Array:
    """Return the numbers of points, shape ``(points, columns)``, reading a row group at a time."""
    pa = required()
    names = [column.name for column in job.columns]
    opened = pa.parquet.ParquetFile(path)
    wanted = range(job.design.points) if points is None else points
    found = np.empty((len(wanted), len(names)))
    places = {point: row for row, point in enumerate(wanted)}
    for group in sorted({point // ROW_GROUP for point in wanted}):
        some = opened.read_row_group(group, columns=["point", *names])
        known = np.stack([some.column(name).to_numpy() for name in names], axis=1)
        for row, point in enumerate(some.column("point").to_pylist()):
            if point in places:
                found[places[point]] = known[row]
    return found
