"""Sweeps as plain data, as rows of a CSV file, and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import lca
from lca.report.sensitivity_result import write_csv
from lca.report.tables import Cell, Table, number_cell
from lca.report.wording import common_scale, percent, spoken
from lca.scenario import Scenario
from lca.sensitivity.sweeping import Sweep, SweepRow

SCHEMA_VERSION = 1


def sweep_result(scenario: Scenario, found: Sweep) -> dict[str, Any]:
    """Return a sweep as texts, numbers and lists, ready for JSON.

    Parameters
    ----------
    scenario
        The scenario that was varied.
    found
        The rows.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "lca_version": lca.__version__,
        "scenario": scenario.name,
        "title": scenario.model.title,
        "basis": found.basis,
        "functional_unit": found.functional_unit or None,
        "samples": found.samples,
        "seed": found.seed,
        "axes": [{"path": one.name, "values": list(one.texts)} for one in found.axes],
        "rows": [_row(found, row) for row in found.rows],
        "lowest": found.lowest,
        "warnings": list(found.warnings),
    }


def _row(found: Sweep, row: SweepRow) -> dict[str, Any]:
    values = zip(found.axes, row.values, strict=True)
    return {
        "values": {one.name: str(value) for one, value in values},
        "total": {name: x.statistics() for name, x in row.totals.items()},
        "per_unit": {name: x.statistics() for name, x in row.per_unit.items()},
        "difference": row.difference.statistics(),
        "probability_lower": row.probability_lower,
    }


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
    heads = [(row["per_unit"] or row["total"])["gwp100"] for row in rows]
    step, unit = common_scale([head["median"] for head in heads], heads[0]["unit"])
    cells = tuple(
        (" · ".join(row["values"].values()), (number_cell(head, step), *_beside(row, step)))
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


def _beside(row: Mapping[str, Any], step: float) -> tuple[Cell, Cell]:
    difference = number_cell(row["difference"], step)
    same = not (row["difference"]["p5"] or row["difference"]["p95"])
    return difference, Cell("–" if same else percent(row["probability_lower"]))
