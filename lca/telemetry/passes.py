"""The pass over all samples: stretches of rows, a thread each, summed by `lca.telemetry.kernel`.

Samples are read in the order of their file. Where that turns out wrong - samples of a device
overlap in time - `sort` writes them in order once, and the pass is made over that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lca.telemetry import kernel
from lca.telemetry.asked import Asked
from lca.telemetry.engine import Engine, text_of
from lca.telemetry.kernel import Rule, Samples, Seen
from lca.telemetry.samples import Source, within

__all__ = ["Piece", "disordered", "integrate", "pieces", "sort", "value_of"]

BATCH = 1 << 18
"""Rows that a thread holds at once, 32 bytes each, and as many again where devices take turns."""
MOST_BATCH = 1 << 20
"""Rows that it holds at most, to see more than a few samples of each of very many devices."""

_OFTEN = 0.02
_EACH = 64
_LEAST_ROWS = 500_000
_TABLES = {
    "sums": "d UBIGINT, j UBIGINT, h BIGINT, b BIGINT, n BIGINT, lo BIGINT, hi BIGINT, s BIGINT",
    "ends": "d UBIGINT, j UBIGINT, t BIGINT, v DOUBLE, kind BIGINT, place BIGINT, piece BIGINT, file BIGINT",
    "inner": "d UBIGINT, j UBIGINT, t BIGINT, v DOUBLE, j0 UBIGINT, t0 BIGINT, v0 DOUBLE",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of rows of a source, the number of its file, and whether equal times are left out."""

    source: Source
    file: int
    first: int
    last: int
    sorted: bool = False


def pieces(sources: Sequence[Source], threads: int, in_order: bool = False) -> list[Piece]:
    """Return stretches of rows, enough for all threads."""
    rows = sum(source.rows for source in sources)
    size = max(_LEAST_ROWS, -(-rows // (2 * threads)))
    return [
        Piece(source, number, first, min(first + size, source.rows), in_order)
        for number, source in enumerate(sources)
        for first in range(0, source.rows, size)
    ]


def value_of(source: Source, measure: str, asked: Asked) -> tuple[str, str]:
    """Return the expression of a value, and the condition under which it is one."""
    value = source.parts[measure]
    if measure == "energy":
        return value, "v >= 0 and v <= 9e18"
    # the bounds that Parquet states for a column say nothing of NaN, and may let it pass
    return value, f"v >= 0 and v <= {asked.highest!r} and not isnan(v)"


def disordered(sources: Sequence[Source]) -> int:
    """Return how many samples may be earlier than the one before, before files count as unsorted."""
    return max(64, round(sum(source.rows for source in sources) * _OFTEN))


class _UnsortedError(Exception):
    """So many samples are out of order that they must be sorted."""


def integrate(engine: Engine, parts: Sequence[Piece], measure: str, asked: Asked) -> bool:
    """Make the tables ``sums``, ``ends`` and ``inner`` of a measure; False if they need sorting first."""
    for name, columns in _TABLES.items():
        engine.run(f"CREATE OR REPLACE TABLE {name}_{measure} ({columns})")
    sources = list({id(piece.source): piece.source for piece in parts}.values())
    whole = _Pass(engine, measure, asked, _known(engine), disordered(sources))
    with ThreadPoolExecutor(engine.threads) as pool:
        jobs = [pool.submit(whole.over, number, piece) for number, piece in enumerate(parts)]
        try:
            for job in jobs:
                job.result()
        except _UnsortedError:
            return False
        finally:
            pool.shutdown(cancel_futures=True)
    return True


def _known(engine: Engine) -> kernel.Array:
    """Return the hashes of all devices, sorted."""
    return np.array([d for (d,) in engine.run("SELECT d FROM boards ORDER BY d")], np.uint64)


@dataclass(slots=True)
class _Pass:
    """One pass over the samples of a measure, by several threads.

    Attributes
    ----------
    known
        Hashes of the devices, sorted.
    most
        How many samples may be earlier than the one before.
    backward
        How many did, as far as the pass has come.
    """

    engine: Engine
    measure: str
    asked: Asked
    known: kernel.Array
    most: int
    backward: int = 0

    def over(self, number: int, piece: Piece) -> None:
        """Sum a piece, and keep what it says."""
        engine = self.engine.another()
        # closed at once: what an open query holds is lacking to the sort
        with closing(engine.connection):
            found = list(self._seen(engine, piece))
            self._keep(engine, found, {"piece": number, "file": piece.file})

    def _seen(self, engine: Engine, piece: Piece) -> Iterator[Seen]:
        """Yield what each batch of a piece says."""
        rule = Rule(self.measure == "energy", self.asked.highest, self.asked.gap)
        place = 0
        for batch in self._batches(engine, piece):
            seen = kernel.look(kernel.by_device(batch, self.known), rule, place)
            place += len(batch)
            self.backward += seen.backward
            if self.backward > self.most:
                raise _UnsortedError
            yield seen

    def _batches(self, engine: Engine, piece: Piece) -> Iterator[Samples]:
        """Yield the valid samples of a piece; of a sorted one, each time of a device once."""
        query = base(piece, self.measure, self.asked)
        before: tuple[Any, Any] | None = None
        rows = min(max(BATCH, _EACH * len(self.known)), MOST_BATCH)
        for columns in engine.batches(query, rows, piece.source.file):
            batch = Samples(*columns)
            if piece.sorted:
                if before is None and piece.first:
                    before = (batch.d[0], batch.t[0])
                anew, before = _anew(batch, before), (batch.d[-1], batch.t[-1])
                batch = batch.at(anew)
            if len(batch):
                yield batch

    def _keep(self, engine: Engine, found: Sequence[Seen], numbers: Mapping[str, int]) -> None:
        """Add what a piece says to the tables."""
        if not found:
            return
        ends = kernel.joined([one.ends for one in found])
        whole = {name: np.full(len(ends["d"]), number) for name, number in numbers.items()}
        engine.insert(f"ends_{self.measure}", ends | whole)
        engine.insert(f"sums_{self.measure}", kernel.joined([one.sums for one in found]))
        engine.insert(f"inner_{self.measure}", kernel.joined([one.pairs for one in found]))


def _anew(batch: Samples, before: tuple[Any, Any] | None) -> kernel.Array:
    """Whether each sample is the first of its device and time, given the one before the batch."""
    anew = np.ones(len(batch), bool)
    anew[1:] = (batch.d[1:] != batch.d[:-1]) | (batch.t[1:] != batch.t[:-1])
    anew[0] = before != (batch.d[0], batch.t[0])
    return anew


def base(piece: Piece, measure: str, asked: Asked) -> str:
    """Return the query for the valid samples of a piece: d, j, t, v."""
    source = piece.source
    stretch = "file_row_number >= {} AND file_row_number < {}"
    if piece.sorted:
        # the row before the piece says whether its first is of a time that was there
        stretch = stretch.format(max(0, piece.first - 1), piece.last)
        return f"SELECT d, j, t, v FROM {source.relation} WHERE {stretch}"
    stretch = stretch.format(piece.first, piece.last)
    value, valid = value_of(source, measure, asked)
    return (
        f"SELECT {source.identity()} d, {source.job()} j, {source.parts['t']} t, {value} v "
        f"FROM {source.relation} WHERE {stretch} AND {valid} AND {within(asked)}"
    )


def sort(engine: Engine, sources: Sequence[Source], measure: str, asked: Asked) -> Source:
    """Write the samples of a measure in order, with room on disk instead of in memory."""
    target = engine.folder / f"sorted-{measure}.parquet"
    queries = []
    for source in sources:
        value, valid = value_of(source, measure, asked)
        part = source.parts.get("slice", "false")
        queries.append(
            f"SELECT {source.identity()} d, {source.job()} j, {source.parts['t']} t, {value} v, "
            f"{part} m FROM {source.relation} WHERE {valid} AND {within(asked)}"
        )
    engine.run(
        f"COPY (SELECT * FROM ({' UNION ALL '.join(queries)}) ORDER BY d, t, m, v DESC, j) "
        f"TO {text_of(str(target))} (FORMAT parquet, COMPRESSION snappy)",
        sources[0].file,
    )
    relation = f"read_parquet({text_of(str(target))}, file_row_number=true)"
    rows = int(engine.run(f"SELECT count(*) FROM {relation}")[0][0])
    return replace(sources[0], relation=relation, parts={}, rows=rows)
