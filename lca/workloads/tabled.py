"""Cited rows of a factor table as leaves: distribution, source, quality and note."""

from __future__ import annotations

from functools import cache

from lca import factors, units
from lca.errors import FactorError, did_you_mean, quoted
from lca.factors.files import Row
from lca.terms import Factor
from lca.uncertain import Distribution, exact, triangular, two_piece, uniform

FOLDER = "workloads/"


@cache
def _by_id(table: str) -> dict[str, Row]:
    return {row["id"]: row for row in factors.rows(FOLDER + table)}


def row(table: str, name: str) -> Row:
    """Return the row of a table with this id.

    Raises
    ------
    FactorError
        If there is none; the nearest is named.
    """
    found = _by_id(table)
    if name not in found:
        msg = f"no {table} value {quoted(name)}{did_you_mean(name, found)}"
        raise FactorError(msg)
    return found[name]


@cache
def factor(table: str, name: str, unit: str, called: str = "") -> Factor:
    """Return a row as a factor in its canonical unit, identified by table and id.

    Parameters
    ----------
    table
        Table below ``lca/factors/workloads``, such as ``storage``.
    name
        The row's ``id``.
    unit
        Canonical unit of the result.
    called
        Name of the quantity; the id without its variant if empty.
    """
    values = row(table, name)
    return Factor(
        called or name.partition("/")[0],
        _distribution(values, unit),
        unit,
        identity=f"{table}/{name}",
        source=values["source"],
        quality=values["quality"],
        note=values["note"],
    )


def _distribution(values: Row, unit: str) -> Distribution:
    low, central, high = (
        units.parse(f"{values[key]} {values['unit']}", unit) if values[key] else 0.0
        for key in ("low", "central", "high")
    )
    if values["shape"] == "uniform":
        return uniform(low, high)
    if values["shape"] == "exact":
        return exact(central)
    return {"triangular": triangular, "two_piece": two_piece}[values["shape"]](low, central, high)
