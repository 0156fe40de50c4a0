"""The pass over all samples: sums between neighbors of one hour, and everything that is special.

Samples are read in the order of their file, a stretch of rows a thread, so that the sample before
is simply the row before: no sorting. Where that turns out wrong - samples of a device overlap in
time - `sort` writes them in order once, and the pass is made over that.

Sums are whole numbers (µJ, mJ, µs), so that they do not depend on the order of adding.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lca.telemetry.asked import HOUR, Asked
from lca.telemetry.engine import Engine, text_of
from lca.telemetry.samples import FIRST, LAST, Source

__all__ = [
    "BUCKET",
    "COUNTER_STEP",
    "Piece",
    "bucket",
    "integrate",
    "interleaved",
    "pieces",
    "sort",
]

BUCKET = 20
"""Times between samples are told apart by steps of two to this many microseconds (1.05 s)."""
COUNTER_STEP = 100_000
"""Longest time between two updates of a counter (µs), as in the meter's table of sensors."""

_PROBE = 65_536
_OFTEN = 0.02
_LEAST_ROWS = 500_000
_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of rows of a source, and whether equal times are to be left out."""

    source: Source
    first: int
    last: int
    sorted: bool = False


def pieces(sources: Sequence[Source], threads: int) -> list[Piece]:
    """Return stretches of rows, enough for all threads."""
    rows = sum(source.rows for source in sources)
    size = max(_LEAST_ROWS, -(-rows // (2 * threads)))
    return [
        Piece(source, first, min(first + size, source.rows))
        for source in sources
        for first in range(0, source.rows, size)
    ]


def value_of(source: Source, measure: str, asked: Asked) -> tuple[str, str]:
    """Return the expression of a value, and the condition under which it is one."""
    value = source.parts[measure]
    limit = asked.highest if measure == "power" else 9e18
    return value, f"v >= 0 and v <= {limit!r}"


def base(piece: Piece, measure: str, asked: Asked) -> str:
    """Return the query for the valid samples of a piece: d, j, t, v, and their row r."""
    source = piece.source
    if piece.sorted:
        part = _stretch(piece)
        lagged = (
            "SELECT *, lag(d) OVER () dd, lag(t) OVER () tt FROM "
            f"(SELECT d, j, t, v, file_row_number r FROM {source.relation} WHERE {part})"
        )
        return (
            f"SELECT d, j, t, v, r FROM ({lagged}) WHERE (d = dd AND t = tt) IS DISTINCT FROM true"
        )
    value, valid = value_of(source, measure, asked)
    return (
        f"SELECT {source.identity()} d, {source.job()} j, {source.parts['t']} t, {value} v, "
        f"file_row_number r FROM {source.relation} "
        f"WHERE {_stretch(piece)} AND {valid} AND t BETWEEN {FIRST} AND {LAST}"
    )


def _stretch(piece: Piece) -> str:
    return f"file_row_number >= {piece.first} AND file_row_number < {piece.last}"


def interleaved(engine: Engine, source: Source, measure: str, asked: Asked) -> bool:
    """Whether the devices of a file take turns, by its first rows."""
    query = base(Piece(source, 0, min(_PROBE, source.rows)), measure, asked)
    sql = f"SELECT count(*) FILTER (d <> d0 OR t <= t0), count(*) FROM (SELECT d, t, lag(d) OVER () d0, lag(t) OVER () t0 FROM ({query}))"
    changes, rows = engine.run(sql, source.file)[0]
    return bool(changes > max(64, rows * _OFTEN))


def integrate(engine: Engine, parts: Sequence[Piece], measure: str, asked: Asked) -> None:
    """Make the tables ``raw`` and ``tails`` of a measure."""
    engine.run(
        f"CREATE OR REPLACE TABLE raw_{measure} (piece BIGINT, d UBIGINT, j UBIGINT, h BIGINT, "
        "b BIGINT, n BIGINT, lo HUGEINT, hi HUGEINT, s HUGEINT, specials STRUCT(d UBIGINT, "
        "j UBIGINT, t BIGINT, v DOUBLE, d0 UBIGINT, j0 UBIGINT, t0 BIGINT, v0 DOUBLE)[])"
    )
    engine.run(
        f"CREATE OR REPLACE TABLE tails_{measure} (piece BIGINT, d UBIGINT, j UBIGINT, t BIGINT, v DOUBLE)"
    )

    def work(number: int, piece: Piece) -> None:
        own = engine.another()
        file = piece.source.file
        own.run(f"INSERT INTO raw_{measure} {_sums(number, piece, measure, asked)}", file)
        _tail(own, number, piece, measure, asked)

    with ThreadPoolExecutor(engine.threads) as pool:
        jobs = [pool.submit(work, number, piece) for number, piece in enumerate(parts)]
        for job in jobs:
            job.result()


def _sums(number: int, piece: Piece, measure: str, asked: Asked) -> str:
    """Return the query that sums what lies between neighbors, and lists what is special."""
    lagged = (
        "SELECT *, lag(d) OVER () d0, lag(j) OVER () j0, lag(t) OVER () t0, lag(v) OVER () v0 "
        f"FROM ({base(piece, measure, asked)})"
    )
    plain = f"d = d0 AND j = j0 AND t > t0 AND t // {HOUR} = t0 // {HOUR}"
    low, high = "(least(v, v0) * x)::bigint", "(greatest(v, v0) * x)::bigint"
    if measure == "energy":
        # a rise that the board could not make, or a counter that may have begun anew, is special
        most = f"{asked.highest / 1e3!r} * (t - t0 + {COUNTER_STEP})"
        plain += f" AND v >= v0 AND v - v0 <= {most} AND v > {most}"
        low = high = "CASE WHEN ok THEN v - v0 ELSE 0 END::bigint"
    columns = "d, j, t, v, d0, j0, t0, v0"
    marked = f"SELECT {columns}, t // {HOUR} h, coalesce({plain}, false) ok FROM ({lagged})"
    timed = f"SELECT *, CASE WHEN ok THEN t - t0 ELSE 0 END x FROM ({marked})"
    summed = (
        f"SELECT d, j, h, {bucket('x', asked)} b, count(*) n, sum({low}) lo, sum({high}) hi, "
        f"sum(x) s, list(CASE WHEN ok THEN NULL ELSE struct_pack({columns}) END) "
        f"FILTER (NOT ok) specials FROM ({timed}) GROUP BY ALL"
    )
    return f"SELECT {number}, * REPLACE (n - coalesce(len(specials), 0) AS n) FROM ({summed})"


def bucket(time: str, asked: Asked) -> str:
    """Return the expression of the bucket of a time between samples (µs)."""
    if asked.gap is not None:
        return f"({time} > {round(asked.gap * 1e6)})::bigint"
    return f"{time} >> {BUCKET}"


def _tail(engine: Engine, number: int, piece: Piece, measure: str, asked: Asked) -> None:
    """Keep the last valid sample of a piece."""
    size = _TAIL
    while True:
        first = max(piece.first, piece.last - size)
        end = Piece(piece.source, first, piece.last, piece.sorted)
        query = base(end, measure, asked)
        rows = engine.run(
            f"SELECT arg_max(d, r), arg_max(j, r), arg_max(t, r), arg_max(v, r) FROM ({query})",
            piece.source.file,
        )
        if rows[0][0] is not None or first == piece.first:
            break
        size *= 16
    if rows[0][0] is not None:
        d, j, t, v = rows[0]
        engine.run(f"INSERT INTO tails_{measure} VALUES ({number}, {d}, {j}, {t}, {v!r})")


def sort(engine: Engine, sources: Sequence[Source], measure: str, asked: Asked) -> Source:
    """Write the samples of a measure in order, with room on disk instead of in memory."""
    target = engine.folder / f"sorted-{measure}.parquet"
    queries = []
    for source in sources:
        value, valid = value_of(source, measure, asked)
        part = source.parts.get("slice", "false")
        queries.append(
            f"SELECT {source.identity()} d, {source.job()} j, {source.parts['t']} t, {value} v, "
            f"{part} m FROM {source.relation} WHERE {valid} AND t BETWEEN {FIRST} AND {LAST}"
        )
    engine.run(
        f"COPY (SELECT * FROM ({' UNION ALL '.join(queries)}) ORDER BY d, t, m, v DESC, j) "
        f"TO {text_of(str(target))} (FORMAT parquet, COMPRESSION snappy)",
        sources[0].file,
    )
    relation = f"read_parquet({text_of(str(target))}, file_row_number=true)"
    rows = int(engine.run(f"SELECT count(*) FROM {relation}")[0][0])
    return Source(sources[0].file, relation, {}, rows)
