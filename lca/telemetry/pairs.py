"""Neighbors that the pass could not sum: over the turn of an hour, between pieces, after a reset.

Also what the pass could not know: the usual time between two samples of each device, and with it
what is a gap.
"""

from __future__ import annotations

from lca.telemetry.asked import HOUR, Asked
from lca.telemetry.engine import Engine
from lca.telemetry.kernel import BUCKET

__all__ = ["GAP", "LONGEST_GAP", "overlap", "prepare", "shares"]

GAP = 5
"""Usual times between samples after which time counts as not measured, as for the meter; rounded
up to a whole bucket."""
LONGEST_GAP = 31 * 24 * HOUR
"""Time (µs) beyond which a gap is taken for a leap of the clock, or a device that was away."""

_WRAPS = (2.0**32, 2.0**64)
"""Where counters of these many millijoules begin anew."""


def overlap(engine: Engine, measure: str) -> bool:
    """Whether samples of a device overlap in time: stretches of it, as the pass found them."""
    sql = (
        "SELECT count(*) FROM (SELECT kind, t, lag(kind) OVER w k, lag(t) OVER w u "
        f"FROM ends_{measure} WINDOW w AS (PARTITION BY d ORDER BY t, kind)) "
        "WHERE kind = k OR (kind = 0 AND t <= u)"
    )
    return bool(engine.run(sql)[0][0])


def prepare(engine: Engine, measure: str, asked: Asked) -> None:
    """Make the tables ``pairs``, ``first`` and ``pace`` of a measure."""
    m = measure
    engine.run(
        f"CREATE OR REPLACE TABLE pairs_{m} AS SELECT d, j, t, v, j0, t0, v0 FROM inner_{m} "
        "UNION ALL SELECT d, j, t, v, j0, t0, v0 FROM (SELECT *, lag(j) OVER w j0, lag(t) OVER w t0, "
        f"lag(v) OVER w v0 FROM ends_{m} WINDOW w AS (PARTITION BY d ORDER BY t, kind)) "
        "WHERE kind = 0 AND t0 IS NOT NULL"
    )
    engine.run(
        f"CREATE OR REPLACE TABLE first_{m} AS SELECT d, arg_min(j, t) j, min(t) t, max(t) last "
        f"FROM ends_{m} GROUP BY d"
    )
    engine.run(f"CREATE OR REPLACE TABLE pace_{m} AS {_pace(m, asked)}")


def _pace(m: str, asked: Asked) -> str:
    """Return the query for the usual time between samples (µs), and the first bucket of a gap."""
    counted = (
        f"SELECT d, b, sum(n) n, sum(s) s FROM (SELECT d, b, n, s FROM sums_{m} "
        f"UNION ALL SELECT d, {_bucket('t - t0', asked)}, 1, t - t0 FROM pairs_{m}) GROUP BY d, b"
    )
    running = (
        "SELECT *, sum(n) OVER (PARTITION BY d ORDER BY b) c, sum(n) OVER (PARTITION BY d) a "
        f"FROM ({counted})"
    )
    usual = f"SELECT d, arg_min(s / n, b) usual FROM ({running}) WHERE 2 * c >= a GROUP BY d"
    if asked.gap is not None:
        return f"SELECT d, usual, 1 gap, {asked.gap * 1e6!r} longest FROM ({usual})"
    edge = f"ceil({GAP} * usual / {1 << BUCKET})"
    return f"SELECT d, usual, {edge} gap, {edge} * {1 << BUCKET} longest FROM ({usual})"


def _bucket(time: str, asked: Asked) -> str:
    """Return the expression of the bucket of a time between samples (µs), as the pass has it."""
    if asked.gap is not None:
        return f"({time} > {round(asked.gap * 1e6)})::bigint"
    return f"{time} >> {BUCKET}"


def shares(engine: Engine, measure: str, asked: Asked) -> None:
    """Make the table ``shares`` of a measure: its pairs, divided among hours."""
    m = measure
    judged = (
        f"SELECT p.*, t - t0 x, {_bucket('t - t0', asked)} >= gap late, "
        f"t - t0 > {LONGEST_GAP} leap, most, rate "
        f"FROM pairs_{m} p JOIN pace_{m} USING (d) JOIN limits USING (d) JOIN rates_{m} USING (d)"
    )
    total = _power() if m == "power" else _counter()
    cut = (
        f"SELECT *, greatest(t0, k * {HOUR}) a, least(t, (k + 1) * {HOUR}) z FROM "
        f"(SELECT *, unnest(range(t0 // {HOUR}, (t - 1) // {HOUR} + 1)) k FROM "
        f"({total.format(source=judged)}) WHERE NOT leap)"
    )
    engine.run(f"CREATE OR REPLACE TABLE shares_{m} AS {_cut(m, cut)}")
    engine.run(
        f"CREATE OR REPLACE TABLE leaps_{m} AS SELECT d, count(*) leaps FROM ({judged}) "
        "WHERE leap GROUP BY d"
    )


def _power() -> str:
    """Return the query for what a pair of powers says; a gap says nothing."""
    return "SELECT *, false reset, false wrap, false odd FROM ({source})"


def _counter() -> str:
    """Return the query for what a pair of counter readings says (µJ): also of a reset or a wrap."""
    wrapped = " ".join(
        f"WHEN v < v0 AND v0 < {at!r} AND v0 > {0.5 * at!r} AND (v + {at!r} - v0) * 1e3 <= power THEN (v + {at!r} - v0) * 1e3"
        for at in _WRAPS
    )
    known = "SELECT *, (v - v0) * 1e3 rise, most * (x + 100000) power FROM ({source})"
    judged = f"SELECT *, CASE {wrapped} END wrapped, v < v0 down, rise > power odd FROM ({known})"
    return (
        "SELECT * EXCLUDE (odd), wrapped IS NOT NULL wrap, down AND wrapped IS NULL reset, odd, "
        "CASE WHEN wrapped IS NOT NULL THEN wrapped WHEN NOT down AND NOT odd THEN rise "
        "ELSE least(coalesce(rate, 0.0) * x, power) END middle, "
        "CASE WHEN NOT down AND NOT odd THEN rise "
        "WHEN down AND v * 1e3 <= power THEN v * 1e3 ELSE 0.0 END low, "
        "CASE WHEN NOT down AND NOT odd AND v * 1e3 > power THEN rise "
        f"ELSE power END high FROM ({judged})"
    )


def _cut(m: str, cut: str) -> str:
    """Return the query for the parts of pairs, an hour each: whole µJ that add up to the pair.

    The middle is twice the energy, so that a sum of both bounds is not rounded.
    """
    one = "a = t0 AND z = t"
    if m == "power":
        line = "round(v0 * ({e} - t0) + (v - v0) * (({e} - t0) / x) * ({e} - t0) / 2)"
        cut_, low, high = (
            f"({text.format(e='z')} - {text.format(e='a')})"
            for text in (
                line,
                "(least(v, v0) * ({e} - t0))::bigint",
                "(greatest(v, v0) * ({e} - t0))::bigint",
            )
        )
        whole = f"CASE WHEN {one} THEN {low} + {high} ELSE 2 * {cut_} END"
        middle, low, high = (f"CASE WHEN late THEN 0 ELSE {x} END" for x in (whole, low, high))
        covered = "CASE WHEN late THEN 0 ELSE z - a END"
        blind = "CASE WHEN late THEN z - a ELSE 0 END"
    else:
        middle = "2 * (round(middle * (z - t0) / x) - round(middle * (a - t0) / x))"
        blind = "0"
        low = f"CASE WHEN {one} THEN low ELSE greatest(0, low - most * (x - (z - a) + 100000)) END"
        high = f"CASE WHEN {one} THEN high ELSE least(high, most * (z - a + 100000)) END"
        covered = "CASE WHEN (reset OR odd) AND late THEN 0 ELSE z - a END"
    return (
        "SELECT d, j, j0, k h, "
        f"({middle})::hugeint middle, floor({low})::hugeint lo, ceil({high})::hugeint hi, "
        f"({covered})::bigint covered, (z - a)::bigint span, ({blind})::bigint blind, late, reset, wrap, odd, "
        f"z = t AS ends, t // {HOUR} last FROM ({cut})"
    )
