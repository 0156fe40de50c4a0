"""Energy by device, job and hour: what neighbors say, with the bounds of the sensor."""

from __future__ import annotations

from lca.telemetry.engine import Engine
from lca.telemetry.faults import FAULTS
from lca.telemetry.kernel import COUNTER_STEP

__all__ = ["COUNTS", "GAIN", "make", "rates"]

GAIN = 0.06
"""Largest relative error of a board's sensor, as for other imported power (imported.csv)."""

COUNTS = ("samples", "gaps", "resets", "wraps", "odd", *FAULTS)
"""Whole numbers of a cell that add up."""


def rates(engine: Engine, measure: str) -> None:
    """Make the tables ``rates`` (mean W of a device) and, of all measures, ``limits``."""
    scale = 1e3 if measure == "energy" else 1.0
    engine.run(
        f"CREATE OR REPLACE TABLE rates_{measure} AS SELECT d, {scale!r} * sum(hi) / sum(s) rate, "
        f"{scale!r} * max(hi / s) FILTER (s > 0) top FROM "
        f"(SELECT d, hi, s FROM sums_{measure} UNION ALL "
        f"SELECT d, NULL, NULL FROM ends_{measure}) GROUP BY d"
    )
    engine.run(
        f"UPDATE limits SET most = greatest(most, top) FROM rates_{measure} r "
        "WHERE limits.d = r.d AND top IS NOT NULL"
    )


def make(engine: Engine, measure: str) -> None:
    """Make the table ``cells`` of a measure: µJ and µs by device, job and hour; the middle is twice."""
    m = measure
    engine.run(
        f"CREATE OR REPLACE TABLE cells_{m} AS SELECT d, j, h, sum(middle) middle, sum(lo) lo, "
        "sum(hi) hi, sum(covered) covered, sum(span) span, sum(blind) blind, "
        + ", ".join(f"sum({name})::bigint {name}" for name in COUNTS)
        + f" FROM ({_union(m)}) GROUP BY d, j, h"
    )


def _union(m: str) -> str:
    """Return all parts of cells, by name."""
    parts = [_regular(m), *_special(m), *_counted(m), _faulty(m), _stepped(m)]
    empty = "SELECT 0::ubigint d, 0::ubigint j, 0::bigint h, " + ", ".join(
        [
            *(f"0::hugeint {name}" for name in ("middle", "lo", "hi", "covered", "span", "blind")),
            *(f"0::bigint {name}" for name in COUNTS),
        ]
    )
    return " UNION ALL BY NAME ".join([f"({empty} WHERE false)", *(f"({part})" for part in parts)])


def _regular(m: str) -> str:
    """Return the sums of the pass, those of gaps apart."""
    scale = "1000" if m == "energy" else "1"
    late = "b >= gap" if m == "power" else "false"
    summed = (
        f"SELECT d, j, h, {late} late, sum(n) n, sum(lo) * {scale} lo, sum(hi) * {scale} hi, "
        f"sum(s) s FROM sums_{m} JOIN pace_{m} USING (d) "
        "GROUP BY ALL"
    )
    return (
        "SELECT d, j, h, CASE WHEN late THEN 0 ELSE lo + hi END::hugeint middle, "
        "CASE WHEN late THEN 0 ELSE lo END::hugeint lo, "
        "CASE WHEN late THEN 0 ELSE hi END::hugeint hi, "
        "CASE WHEN late THEN 0 ELSE s END::hugeint covered, s::hugeint span, "
        "CASE WHEN late THEN s ELSE 0 END::hugeint blind, n::bigint samples, "
        f"CASE WHEN late THEN n ELSE 0 END::bigint gaps FROM ({summed})"
    )


def _special(m: str) -> list[str]:
    """Return the shares of pairs; one between two jobs may belong to either of them."""
    counts = (
        f"(ends AND late AND {'true' if m == 'power' else 'false'})::bigint gaps, "
        "(ends AND reset)::bigint resets, (ends AND wrap)::bigint wraps, (ends AND odd)::bigint odd"
    )
    owner = "CASE WHEN late AND j <> j0 THEN NULL ELSE j0 END"
    own = (
        f"SELECT d, {owner} j, h, middle, CASE WHEN j <> j0 AND NOT late THEN 0 ELSE lo END::hugeint lo, "
        f"hi, covered, span, blind, {counts} FROM shares_{m}"
    )
    other = f"SELECT d, j, h, hi FROM shares_{m} WHERE j <> j0 AND NOT late"
    return [own, other]


def _counted(m: str) -> list[str]:
    """Return the samples that end a pair, and the first of each device."""
    hour = "t // 3600000000"
    return [
        f"SELECT d, j, {hour} h, count(*) samples FROM pairs_{m} GROUP BY ALL",
        f"SELECT d, j, {hour} h, 1 samples FROM first_{m}",
    ]


def _faulty(m: str) -> str:
    """Return the faults, with what contradictions add to the bounds."""
    counts = ", ".join(FAULTS)
    reach = "coalesce(longest, 0)" if m == "power" else "1"
    return (
        f"SELECT d, j, h, {counts}, -ceil(less * {reach})::hugeint lo, "
        f"ceil(more * {reach})::hugeint hi FROM faults_{m} LEFT JOIN pace_{m} USING (d)"
    )


def _stepped(m: str) -> str:
    """Return what a clock that was set back may hide.

    It is the time that passes in the order of the file, less the time between first and last
    sample, less what stands twice.
    """
    span = (
        f"SELECT d, sum(s) span FROM (SELECT d, s FROM sums_{m} UNION ALL "
        f"SELECT d, t - t0 FROM pairs_{m}) GROUP BY d"
    )
    twice = f"SELECT d, sum(doubles) doubles FROM faults_{m} GROUP BY d"
    spare = (
        "SELECT d, greatest(0, onward - span - coalesce(doubles, 0) * usual) spare FROM "
        f"marched_{m} JOIN ({span}) USING (d) JOIN pace_{m} USING (d) LEFT JOIN ({twice}) USING (d)"
    )
    return (
        "SELECT d, j, h, ceil(most * least(back, spare))::hugeint hi "
        f"FROM backs_{m} JOIN ({spare}) USING (d) JOIN limits USING (d)"
    )


def bounded(m: str) -> str:
    """Return cells with the error of the sensor in their bounds, as whole µJ."""
    edge = f"2 * {COUNTER_STEP} * most" if m == "energy" else "0"
    return (
        f"SELECT c.* EXCLUDE (lo, hi), floor(greatest(0, lo * {1 - GAIN!r} - {edge}))::hugeint lo, "
        f"ceil((hi + most * blind) * {1 + GAIN!r} + CASE WHEN span > 0 THEN {edge} ELSE 0 END)::hugeint hi, "
        f"'{'counter' if m == 'energy' else 'power'}' AS method "
        f"FROM cells_{m} c JOIN limits USING (d)"
    )
