"""What was wrong with samples, counted by device, job and hour: nothing is left out in silence."""

from __future__ import annotations

from lca.telemetry.asked import HOUR, Asked
from lca.telemetry.engine import Engine
from lca.telemetry.passes import value_of
from lca.telemetry.samples import FIRST, LAST, Source, within

__all__ = ["FAULTS", "count_doubles", "count_invalid", "create", "keep_steps_back", "steps"]

FAULTS = ("missing", "negative", "implausible", "untimed", "doubles", "conflicts")
"""Counts of samples that are no reading, or stand twice."""

_FEW = 10


def create(engine: Engine, measure: str) -> None:
    """Make the empty tables ``faults``, ``backs`` and ``marched``."""
    counts = ", ".join(f"{name} BIGINT DEFAULT 0" for name in FAULTS)
    engine.run(
        f"CREATE OR REPLACE TABLE faults_{measure} (d UBIGINT, j UBIGINT, h BIGINT, {counts}, "
        "less DOUBLE DEFAULT 0, more DOUBLE DEFAULT 0)"
    )
    engine.run(
        f"CREATE OR REPLACE TABLE backs_{measure} (d UBIGINT, j UBIGINT, h BIGINT, back HUGEINT)"
    )
    engine.run(f"CREATE OR REPLACE TABLE marched_{measure} (d UBIGINT, onward HUGEINT)")


def count_invalid(engine: Engine, source: Source, measure: str, asked: Asked) -> None:
    """Count the rows of a source that are no reading of the measure."""
    value, valid = value_of(source, measure, asked)
    others = [source.parts[one] for one in source.measures() if one != measure]
    empty = " AND ".join(["v IS NULL", *(f"({other}) IS NULL" for other in others)])
    timed = f"t BETWEEN {FIRST} AND {LAST}"
    rows = (
        f"SELECT {source.identity()} d, {source.job()} j, {source.parts['t']} t, {value} v, "
        f"{empty} gone FROM {source.relation}"
    )
    kinds = {
        "missing": "gone OR isnan(v::double)",
        "negative": "v < 0",
        "implausible": f"NOT ({valid}) AND v >= 0 AND NOT isnan(v::double)",
        "untimed": f"({timed}) IS DISTINCT FROM true",
    }
    counts = ", ".join(f"count(*) FILTER ({rule}) {name}" for name, rule in kinds.items())
    engine.run(
        f"INSERT INTO faults_{measure} BY NAME SELECT d, j, CASE WHEN {timed} THEN t // {HOUR} END h, "
        f"{counts} FROM ({rows}) WHERE (gone OR NOT ({valid}) OR (({timed}) IS DISTINCT FROM true "
        f"AND v IS NOT NULL)) AND ({within(asked)} OR ({timed}) IS DISTINCT FROM true) GROUP BY ALL",
        source.file,
    )


def count_doubles(engine: Engine, ordered: Source, measure: str) -> None:
    """Count samples of one device at one time, and by how much they contradict each other.

    The highest is kept. Parts of one board repeat its power: those that differ from it may each
    be a share of it, so that their sum bounds it.
    """
    stretch = (
        "SELECT *, lag(d) OVER () dd, lag(t) OVER () tt, lag(v) OVER () vv, lag(m) OVER () mm "
        f"FROM (SELECT d, j, t, v, m FROM {ordered.relation} WHERE file_row_number >= 0)"
    )
    scale = 1e3 if measure == "energy" else 1.0
    engine.run(
        f"INSERT INTO faults_{measure} BY NAME SELECT d, j, t // {HOUR} h, count(*) doubles, "
        "count(*) FILTER (v <> vv AND NOT m) conflicts, "
        f"sum(CASE WHEN m THEN 0 ELSE abs(vv - v) * {scale!r} END) less, "
        "sum(CASE WHEN m AND mm AND v <> vv THEN v ELSE 0 END) more "
        f"FROM ({stretch}) WHERE d = dd AND t = tt GROUP BY ALL"
    )


def steps(engine: Engine, measure: str) -> int:
    """Make the table ``steps``: from the end of a stretch to the next, in the order of the file.

    Returns
    -------
    int
        How many of them do not go onward in time.
    """
    engine.run(
        f"CREATE OR REPLACE TABLE steps_{measure} AS SELECT d, j, t, t0 FROM (SELECT *, lag(t) OVER "
        f"(PARTITION BY file, d ORDER BY piece, place, kind) t0 FROM ends_{measure}) "
        "WHERE kind = 0 AND t0 IS NOT NULL"
    )
    return int(engine.run(f"SELECT count(*) FROM steps_{measure} WHERE t <= t0")[0][0])


def keep_steps_back(engine: Engine, measure: str) -> None:
    """Keep where the times of a device go back in its file, if that is rare enough for a clock."""
    engine.run(
        f"INSERT INTO backs_{measure} SELECT d, j, t // {HOUR}, sum(t0 - t) FROM "
        "(SELECT *, count(*) OVER (PARTITION BY d) c FROM "
        f"steps_{measure} WHERE t < t0) WHERE c <= {_FEW} GROUP BY ALL"
    )
    engine.run(
        f"INSERT INTO marched_{measure} SELECT d, sum(s) FROM (SELECT d, s FROM sums_{measure} "
        f"UNION ALL SELECT d, t - t0 FROM inner_{measure} UNION ALL "
        f"SELECT d, t - t0 FROM steps_{measure} WHERE t > t0) GROUP BY d"
    )
