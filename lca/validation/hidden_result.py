"""The recovered factors of a file as plain data, and as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lca.errors import InputError, visible
from lca.validation.hidden import Family, families
from lca.validation.hidden_reading import Row, read_rows
from lca.validation.hidden_rows import FREE, Implied, implied

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from rich.console import Console

__all__ = ["infer", "show"]

_NAME_WIDTH = 40

_EQUAL = 0.001
"""Spread of one factor over that of another up to which they explain a family equally well."""


def infer(path: str | os.PathLike[str], free: str, by: str = "family") -> dict[str, Any]:
    """Return the constant of every family of a file, with the rows that stand out.

    Parameters
    ----------
    path, free, by
        File of cases; the factor, one of `FREE`; ``family`` or ``source``.

    Raises
    ------
    DocumentError
        The file is no file of cases.
    InputError
        No row of it says anything about the factor.
    """
    rows = read_rows(path)
    found = [one for row in rows for one in implied(row.claims, row.group(by), free)]
    if not found:
        msg = f"{path}: no row has the inputs and the result that {free} could be read from"
        raise InputError(msg)
    told = {one.case for one in found}
    others = _others(rows, free, by)
    return {
        "file": str(path),
        "free": free,
        "unit": FREE[free][1],
        "by": by,
        "families": [
            {**_family(family), "also_explained_by": _rivals(family, others)}
            for family in families(found)
        ],
        "unsupported": [row.claims.name for row in rows if row.claims.name not in told],
    }


def _others(rows: Sequence[Row], free: str, by: str) -> dict[str, dict[str, Family]]:
    """Return the families as every other factor would explain them."""
    found: dict[str, dict[str, Family]] = {}
    for name in FREE:
        told = (
            []
            if name == free
            else [one for row in rows for one in implied(row.claims, row.group(by), name)]
        )
        found[name] = {family.name: family for family in families(told)}
    return found


def _rivals(family: Family, others: dict[str, dict[str, Family]]) -> list[dict[str, Any]]:
    """Return the factors that reproduce the same results of a family as well as this one."""
    rivals = []
    for name, named in others.items():
        other = named.get(family.name)
        if other is None or not _as_good(family, other):
            continue
        unit = FREE[name][1]
        rivals.append({"free": name, "constant": other.constant, "unit": unit})
    return rivals


def _as_good(family: Family, other: Family) -> bool:
    """Whether another factor has a value for every result, and misses none by more."""
    told = {(row.case, row.quantity) for row in family.rows}
    same = told <= {(row.case, row.quantity) for row in other.rows}
    if not same or not family.judged or not other.one_constant:
        return False
    spread = family.mad / family.constant
    return other.mad / other.constant <= spread * (1 + _EQUAL) + _EQUAL


def _family(family: Family) -> dict[str, Any]:
    out = set(family.standing_out)
    residuals = [abs(family.residual(row)) for row in family.rows if row not in out]
    return {
        "name": family.name,
        "constant": family.constant,
        "median_absolute_deviation": family.mad,
        "low": family.low,
        "high": family.high,
        "rows_sharing_the_interval": len(family.agreeing),
        "largest_residual": max(residuals, default=None),
        "judged": family.judged,
        "one_constant": family.one_constant,
        "rows": [_row(family, row, out) for row in family.rows],
    }


def _row(family: Family, row: Implied, out: set[Implied]) -> dict[str, Any]:
    return {
        "id": row.case,
        "quantity": row.quantity,
        "implied": row.value,
        "low": row.low,
        "high": row.high,
        "residual": family.residual(row),
        "in_interval": row in family.agreeing,
        "stands_out": row in out,
        "basis": row.basis,
        "assumed_inputs": list(row.assumed),
    }


def show(result: dict[str, Any], page: Console) -> None:
    """Print the families as a page of at most 80 columns."""
    unit = f" {result['unit']}" if result["unit"] else ""
    for family in result["families"]:
        _line(page, f"{visible(family['name'])}: {result['free']} {family['constant']:.4g}{unit}")
        _line(page, f"  {_well(family)}")
        for rival in family["also_explained_by"]:
            said = f"{rival['free']} {rival['constant']:.4g} {rival['unit']}".rstrip()
            _line(page, f"  these rows cannot tell it from another factor: {said}")
        for row in family["rows"]:
            mark = "!" if row["stands_out"] else " "
            name = visible(row["id"])[:_NAME_WIDTH]
            text = f"{mark} {name:<{_NAME_WIDTH}} {row['implied']:>10.4g} {row['residual']:>+9.2%}"
            _line(page, f"{text}{' *' if row['assumed_inputs'] else ''}")
        _line(page, "")
    if any(row["assumed_inputs"] for f in result["families"] for row in f["rows"]):
        _line(page, "* rests on an input that the source did not publish")
    _line(page, "! stands out from its family; the percentage is by how much the")
    _line(page, "  constant misses the printed result")
    if result["unsupported"]:
        _line(page, f"{len(result['unsupported'])} rows say nothing about {result['free']}")


def _well(family: dict[str, Any]) -> str:
    """Say how well the constant does, and how many rows share one value."""
    number = len(family["rows"])
    shared = f"{family['rows_sharing_the_interval']} of {number} rows share"
    text = f"{shared} {family['low']:.4g} to {family['high']:.4g}"
    if not family["judged"]:
        return f"{text}; too few rows to say which stands out"
    if not family["one_constant"]:
        return f"{text}; no single constant reproduces this family"
    return f"{text}; largest residual of the rest {family['largest_residual']:.2%}"


def _line(page: Console, text: str) -> None:
    page.print(text, markup=False, highlight=False, soft_wrap=True)
