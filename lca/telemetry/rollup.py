"""Rolls samples of power up to energy: by device, host, job, hour, or any of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lca.errors import InputError, Problem
from lca.telemetry import cells, faults, files, pairs, passes, samples
from lca.telemetry.asked import HOUR, Asked
from lca.telemetry.engine import Engine, opened, text_of
from lca.telemetry.rows import Row, read_row
from lca.telemetry.samples import Source

__all__ = ["Board", "Rollup", "roll_up"]

AGREE = 0.1
"""Share by which power and counter may differ before it is told, as for the meter."""
ENOUGH = 0.95
"""Share of the time with power that a counter must cover to be preferred."""


@dataclass(frozen=True, slots=True)
class Board:
    """A device of the files.

    Attributes
    ----------
    label
        UUID, else host and index.
    model
        What it calls itself; ``hardware`` is its id in the database, None if unknown.
    method
        ``power`` or ``counter``.
    interval
        Usual time (s) between two samples; a longer one than ``gap`` is not measured.
    first, last
        Its first and last sample (s since 1970).
    """

    label: str
    host: str
    model: str
    hardware: str | None
    method: str
    interval: float
    gap: float
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Rollup:
    """Energy of a fleet, as its samples say.

    Attributes
    ----------
    by
        What the rows are summed by.
    rows
        In the order of their headings.
    devices
        One row each, however the roll-up is summed; ``boards`` says what they are.
    total
        All of it.
    notes
        What a reader must know of the whole.
    """

    by: tuple[str, ...]
    rows: tuple[Row, ...]
    devices: tuple[Row, ...]
    boards: tuple[Board, ...]
    total: Row
    files: int
    scope: str = "gpu"
    notes: tuple[str, ...] = field(default=())


def roll_up(
    names: Sequence[str | Path], by: tuple[str, ...] = ("device",), asked: Asked | None = None
) -> Rollup:
    """Return the energy in files of samples.

    Parameters
    ----------
    names
        Files or patterns: Parquet, CSV, CSV.gz, JSON of Prometheus, or what ``sacct -P`` prints.
    by
        Any of ``device``, ``host``, ``job``, ``hour``.
    asked
        Columns, units and limits that the files do not say.

    Raises
    ------
    InputError
        A file cannot be read, its columns are not known, or it holds no sample.
    """
    given = asked or Asked()
    paths = files.found([str(name) for name in names])
    kinds = {path: files.kind_of(path) for path in paths}
    if "slurm" in kinds.values():
        from lca.telemetry import slurm

        if set(kinds.values()) != {"slurm"}:
            msg = "samples and what sacct prints cannot be added up: they measure different things"
            raise InputError(msg)
        return slurm.roll_up(paths, by)
    with opened(paths, given) as engine:
        sources = [samples.read(engine, path, kinds[path], given) for path in paths]
        return _rolled(engine, [one for one in sources if one.rows], by, given, paths)


def _rolled(
    engine: Engine,
    sources: Sequence[Source],
    by: tuple[str, ...],
    asked: Asked,
    paths: Sequence[Path],
) -> Rollup:
    """Return the roll-up of sources."""
    if not sources:
        raise InputError(Problem("", "no sample: the file has no row", str(paths[0])))
    _names(engine, sources, asked)
    measures = [m for m in samples.MEASURES if any(m in one.measures() for one in sources)]
    notes: list[str] = []
    for measure in measures:
        own = [one for one in sources if measure in one.measures()]
        notes += _measure(engine, own, measure, asked)
    _prefer(engine, measures)
    boards = _boards(engine, measures)
    devices = _rows(engine, ("device",))
    if not devices:
        raise InputError(Problem("", "no sample in the time that was asked for", str(paths[0])))
    return Rollup(
        by=by,
        rows=_rows(engine, by),
        devices=devices,
        boards=boards,
        total=_rows(engine, ())[0],
        files=len(paths),
        notes=(*notes, *_disagreements(engine, measures)),
    )


def _measure(engine: Engine, sources: Sequence[Source], measure: str, asked: Asked) -> list[str]:
    """Make the cells of a measure; return what is to be told of them."""
    faults.create(engine, measure)
    notes: list[str] = []
    parts = passes.pieces(sources, engine.threads)
    rare = passes.integrate(engine, parts, measure, asked)
    if not rare or pairs.overlap(engine, measure):
        if rare and faults.steps(engine, measure) <= passes.disordered(sources):
            faults.keep_steps_back(engine, measure)
            notes += _stepped(engine, measure)
        ordered = passes.sort(engine, sources, measure, asked)
        faults.count_doubles(engine, ordered, measure)
        passes.integrate(
            engine, passes.pieces([ordered], engine.threads, in_order=True), measure, asked
        )
    pairs.prepare(engine, measure, asked)
    _invalid(engine, sources, measure, asked)
    cells.rates(engine, measure)
    pairs.shares(engine, measure, asked)
    cells.make(engine, measure)
    return notes + _leaps(engine, measure)


def _invalid(engine: Engine, sources: Sequence[Source], measure: str, asked: Asked) -> None:
    """Count what is no reading, where fewer samples are valid than there are rows."""
    valid = engine.run(
        f"SELECT (SELECT coalesce(sum(n), 0) FROM sums_{measure}) "
        f"+ (SELECT count(*) FROM pairs_{measure}) + (SELECT count(*) FROM first_{measure}) "
        f"+ (SELECT coalesce(sum(doubles), 0) FROM faults_{measure})"
    )[0][0]
    if valid < sum(source.rows for source in sources):
        for source in sources:
            faults.count_invalid(engine, source, measure, asked)


def _stepped(engine: Engine, measure: str) -> list[str]:
    """Say of which devices the clock seems to have been set back."""
    rows = engine.run(
        f"SELECT label, count(*), max(back) / 1e6 FROM backs_{measure} "
        "JOIN boards USING (d) GROUP BY label ORDER BY label"
    )
    return [
        f"{label}: times go back in the file, at most by {back:.6g} s: if its clock was set back, "
        "what it drew meanwhile is in the upper bound alone"
        for label, _, back in rows
    ]


def _leaps(engine: Engine, measure: str) -> list[str]:
    """Say of which devices nothing is known for very long."""
    rows = engine.run(
        f"SELECT label, leaps FROM leaps_{measure} JOIN boards USING (d) ORDER BY label"
    )
    days = pairs.LONGEST_GAP // (24 * HOUR)
    return [
        f"{label}: no sample for more than {days} days ({count} times), or its clock leaped: "
        "that time is not counted"
        for label, count in rows
    ]


def _names(engine: Engine, sources: Sequence[Source], asked: Asked) -> None:
    """Make the tables ``boards``, ``jobs`` and ``limits``."""
    file = sources[0].file
    boards = " UNION ".join(_distinct(source, "u", "h", "g", "o") for source in sources)
    engine.run(f"CREATE TABLE names AS {boards}", file)
    where = "concat_ws('/', nullif(min(h), ''), nullif(min(g), ''))"
    engine.run(
        f"CREATE TABLE boards AS SELECT d, coalesce(nullif(min(u), ''), nullif({where}, ''), 'board') "
        "AS label, coalesce(min(h), '') host, coalesce(min(o), '') model FROM names GROUP BY d"
    )
    jobs = " UNION ".join(_distinct(source, "jn") for source in sources)
    engine.run(
        f"CREATE TABLE jobs AS SELECT j, coalesce(min(jn), '') job FROM ({jobs}) GROUP BY j", file
    )
    engine.run("CREATE TABLE limits (d UBIGINT, most DOUBLE, hardware VARCHAR)")
    for (model,) in engine.run("SELECT DISTINCT model FROM boards"):
        most, hardware = _limit(model, asked)
        named = "NULL" if hardware is None else text_of(hardware)
        engine.run(
            f"INSERT INTO limits SELECT d, {most!r}, {named} FROM boards WHERE model = {text_of(model)}"
        )


def _distinct(source: Source, *letters: str) -> str:
    """Return the query for the names of a source: hashed only after each stands there once."""
    known = {x: source.parts[x] for x in letters if x in source.parts}
    listed = ", ".join(f"{expression} AS {x}" for x, expression in known.items()) or "1 AS one"
    inner = replace(source, relation="", parts={x: x for x in known})
    names = ", ".join(f"{x if x in known else 'NULL'}::varchar {x}" for x in letters)
    once = f"SELECT DISTINCT {listed} FROM {source.relation}" if known else "SELECT 1 AS one"
    return f"SELECT {inner.identity()} d, {inner.job()} j, {names} FROM ({once})"


def _limit(model: str, asked: Asked) -> tuple[float, str | None]:
    """Return the power (W) that a board does not exceed, and its id in the database."""
    from lca.measure import devices, importers

    general = float(importers.bound_of("dcgm", "power")["power"])
    hardware = asked.hardware or (devices.hardware_id(model) if model else None)
    if hardware is None:
        return general, None
    return min(general, importers.maximum_power(hardware)), hardware


def _prefer(engine: Engine, measures: Sequence[str]) -> None:
    """Make the table ``chosen``: of each device the counter's cells, if it covers enough."""
    queries = {measure: cells.bounded(measure) for measure in measures}
    if len(measures) == 1:
        engine.run(f"CREATE TABLE chosen AS {queries[measures[0]]}")
        return
    engine.run(
        "CREATE TABLE preferred AS SELECT d, coalesce(e.covered, 0) > 0 AND coalesce(e.covered, 0) >= "
        f"{ENOUGH} * coalesce(p.covered, 0) counter FROM "
        "(SELECT d, sum(covered) covered FROM cells_power GROUP BY d) p FULL JOIN "
        "(SELECT d, sum(covered) covered FROM cells_energy GROUP BY d) e USING (d)"
    )
    engine.run(
        f"CREATE TABLE chosen AS SELECT x.* FROM ({queries['energy']}) x JOIN preferred USING (d) "
        f"WHERE counter UNION ALL BY NAME SELECT x.* FROM ({queries['power']}) x "
        "JOIN preferred USING (d) WHERE NOT counter"
    )


def _disagreements(engine: Engine, measures: Sequence[str]) -> list[str]:
    """Say of which devices power and counter contradict each other."""
    if len(measures) < 2:
        return []
    rows = engine.run(
        "SELECT label, p.middle / e.middle FROM "
        "(SELECT d, sum(middle) middle, sum(covered) c FROM cells_power GROUP BY d) p JOIN "
        "(SELECT d, sum(middle) middle, sum(covered) c FROM cells_energy GROUP BY d) e USING (d) "
        f"JOIN boards USING (d) WHERE e.middle > 0 AND abs(p.middle / e.middle - 1) > {AGREE} "
        f"AND p.c >= {ENOUGH} * e.c ORDER BY label"
    )
    return [f"{label}: power says {ratio:.3g} times what its counter says" for label, ratio in rows]


def _boards(engine: Engine, measures: Sequence[str]) -> tuple[Board, ...]:
    """Return what is known of each device that has a sample."""
    known = " UNION ALL ".join(
        f"SELECT d, '{'counter' if m == 'energy' else 'power'}' AS method, usual, longest, t, last "
        f"FROM first_{m} LEFT JOIN pace_{m} USING (d)"
        for m in measures
    )
    rows = engine.run(
        "SELECT label, host, model, hardware, method, usual / 1e6, longest / 1e6, t / 1e6, last / 1e6 "
        f"FROM boards JOIN limits USING (d) JOIN ({known}) k USING (d) "
        "JOIN (SELECT DISTINCT d, method FROM chosen) USING (d, method) ORDER BY label"
    )
    return tuple(Board(*row[:5], *(float(x or 0) for x in row[5:])) for row in rows)


def _rows(engine: Engine, by: tuple[str, ...]) -> tuple[Row, ...]:
    """Return the cells summed by some headings."""
    headings = {
        "device": "label",
        "host": "host",
        "job": "CASE WHEN c.j IS NULL THEN '' ELSE job END",
        "hour": "h",
    }
    keys = [f"{headings[name]} AS {name}_" for name in by]
    sums = ", ".join(
        f"sum({name})" for name in ("middle", "lo", "hi", "covered", "span", *cells.COUNTS)
    )
    listed = ", ".join([*keys, sums, "list(DISTINCT method ORDER BY method)", "count(DISTINCT d)"])
    sql = f"SELECT {listed} FROM chosen c JOIN boards USING (d) LEFT JOIN jobs ON c.j = jobs.j"
    if "hour" in by:
        sql += " WHERE h IS NOT NULL"
    if by:
        places = ", ".join(str(number + 1) for number in range(len(by)))
        sql += f" GROUP BY {places} ORDER BY {places}"
    return tuple(read_row(by, row) for row in engine.run(sql))
