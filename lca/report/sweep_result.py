"""Sweeps as plain data, as rows of a CSV file, and as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

import lca
from lca.report.sensitivity_result import write_csv
from lca.report.tables import Cell, Table, number_cell
from lca.report.wording import common_scale, percent, spoken
from lca.scenario import Scenario
from lca.sweeps.aggregates import edges, headline, spelled
from lca.sweeps.sweeping import Sweep, SweepRow

SCHEMA_VERSION = 1
MOST_PRINTED = 200
"""Rows that a terminal is given; of more, the best ones stand for all."""

_LONG = re.compile(r"(-?\d*\.\d{7,}(?:e-?\d+)?)(.*)")


def sweep_result(scenario: Scenario, found: Sweep) -> dict[str, Any]:
    """Return a sweep as texts, numbers and lists, ready for JSON.

    Parameters
    ----------
    scenario
        The scenario that was varied.
    found
        The rows: all of them, or of a large sweep the best ones.
    """
    job = found.job
    return {
        "schema_version": SCHEMA_VERSION,
        "lca_version": lca.__version__,
        "scenario": scenario.name,
        "title": scenario.model.title,
        "basis": job.bases[0],
        "functional_unit": job.functional_unit or None,
        "samples": job.samples,
        "seed": job.seed,
        "design": job.design.kind,
        "points": job.design.points,
        "axes": [{"path": one.name, "values": list(one.texts)} for one in found.axes],
        "rows": [_row(found, row) for row in found.rows],
        "lowest": found.lowest,
        "aggregates": _aggregates(found),
        "file": found.file or None,
        "warnings": list(found.warnings),
    }


def _row(found: Sweep, row: SweepRow) -> dict[str, Any]:
    values = zip(found.axes, row.values, strict=True)
    return {
        "point": row.point,
        "values": {one.name: str(value) for one, value in values},
        "total": row.total,
        "per_unit": row.per_unit,
        "difference": _known(row.difference),
        "probability_lower": row.probability_lower if isfinite(row.probability_lower) else None,
    }


def _known(statistics: Mapping[str, float | str]) -> dict[str, float | str] | None:
    central = statistics["central"]
    return dict(statistics) if isinstance(central, float) and isfinite(central) else None


def _aggregates(found: Sweep) -> dict[str, Any]:
    """Return what is known of all points together, by the names of the axes and their values."""
    known, job = found.aggregate, found.job
    head = next(c for c in job.columns if c.name == headline(job))
    values = {one.name: one.texts for one in found.axes}
    bins = sorted((*edges(name), count) for name, count in known["histogram"].items())
    return {
        "of": head.name,
        "unit": head.unit,
        "all": spelled(known["moments"][head.name]),
        "histogram": [{"from": low, "to": high, "points": count} for low, high, count in bins],
        "best": [{"point": point, "median": value} for value, point in known["best"]],
        "by_value": {
            name: {values[name][int(code)]: spelled(part) for code, part in sorted(parts.items(), key=_code)}
            for name, parts in known["marginals"].items()
        },
    }  # fmt: skip


def _code(entry: tuple[str, Any]) -> int:
    return int(entry[0])


def printed(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result with the rows that a page shows: all of a few, or else the best ones."""
    rows = {row["point"]: row for row in result["rows"]}
    if len(rows) <= MOST_PRINTED:
        return dict(result)
    best = [rows[one["point"]] for one in result["aggregates"]["best"]]
    return {**result, "rows": best, "lowest": 0}


def summary(result: Mapping[str, Any]) -> str:
    """Say what is known of all points of a sweep that is too large to show."""
    known = result["aggregates"]
    whole = known["all"]
    step, unit = common_scale([whole["max"]], known["unit"])
    low, mean, high = (whole[key] / step for key in ("min", "mean", "max"))
    return (
        f"The best {len(result['rows'])} of {result['points']:,} points. Medians of all: "
        f"{low:.3g} to {high:.3g} {unit}, mean {mean:.3g}."
    )


def render_csv(result: Mapping[str, Any]) -> str:
    """Return one row for each combination, the unit in the heading."""
    return write_csv(_csv_rows(result))


def _csv_rows(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for row in result["rows"]:
        flat: dict[str, Any] = dict(row["values"])
        for part in ("total", "per_unit"):
            for name, numbers in row[part].items():
                head = f"{name} {part.replace('_', ' ')}"
                flat |= {f"{head} {key} [{numbers['unit']}]": numbers[key]
                         for key in ("central", "median", "p5", "p95")}  # fmt: skip
        yield flat | {"probability lower than as written": row["probability_lower"]}


def sweep_table(result: Mapping[str, Any]) -> Table:
    """Return greenhouse gases of each combination, beside the scenario as written."""
    rows = result["rows"]
    part = "per_unit" if result["functional_unit"] else "total"
    heads = [row[part].get("gwp100") for row in rows]
    known = [head for head in heads if head]
    step, unit = common_scale([head["median"] for head in known], result["aggregates"]["unit"])
    cells = tuple(
        (
            " · ".join(map(_short, row["values"].values())),
            (number_cell(head, step), *_beside(row, step)),
        )
        for row, head in zip(rows, heads, strict=True)
    )
    names = " · ".join(spoken(one["path"].rsplit(".", 1)[-1]) for one in result["axes"])
    what = "median (90% interval)" if result["samples"] else "central estimate"
    return Table(
        f"{names}: {unit}, {result['basis']}-based, {what}",
        ("greenhouse gases", "less as written", "lower in"),
        cells,
        lowest_row=result["lowest"] if len(rows) > 1 else None,
        note="Beside the scenario as written, on the same draws.",
    )


def _short(value: str) -> str:
    """Return a value as it is shown: a number of many figures, drawn from a range, with four."""
    match = _LONG.fullmatch(value)
    return f"{float(match[1]):.4g}{match[2]}" if match else value


def _beside(row: Mapping[str, Any], step: float) -> tuple[Cell, Cell]:
    if row["difference"] is None:
        return Cell("–"), Cell("–")
    difference = number_cell(row["difference"], step)
    same = not (row["difference"]["p5"] or row["difference"]["p95"])
    return difference, Cell("–" if same else percent(row["probability_lower"]))
