"""How ``lca import telemetry`` reads its options and prints a roll-up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lca.commands._measured import hanging, rounded, table
from lca.commands._shared import tell

if TYPE_CHECKING:
    from lca.telemetry import Asked, Rollup, Row

MOST_ROWS = 60
"""Rows that are printed; files hold all of them."""


def asked_of(hardware: str, options: Mapping[str, object]) -> Asked:
    """Return what was asked, checked.

    Raises
    ------
    InputError
        An option is no role, unit, time or amount of memory.
    """
    from lca import units
    from lca.measure.importers import maximum_power
    from lca.telemetry import Asked
    from lca.telemetry.asked import read_memory, read_moment, read_pairs, read_power
    from lca.telemetry.columns import ROLES, UNITS

    if hardware:
        maximum_power(hardware)
    gap, memory, temp, highest = (options[name] for name in ("gap", "memory", "temp", "highest"))
    since, until = (
        read_moment(str(options[name]), f"--{option}") if options[name] else None
        for name, option in (("since", "from"), ("until", "until"))
    )
    return Asked(
        columns=read_pairs(_texts(options["columns"]), "--column", ROLES),
        units=read_pairs(_texts(options["units"]), "--unit", UNITS),
        hardware=hardware,
        gap=units.parse(str(gap), "s") if gap else None,
        highest=read_power(str(highest)) if highest else Asked().highest,
        since=since,
        until=until,
        memory=read_memory(str(memory)) if memory else "",
        folder=temp if isinstance(temp, Path) else None,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def show_rollup(found: Rollup) -> None:
    """Print a roll-up: rows, total, and every reason to doubt it."""
    rows = found.rows[:MOST_ROWS]
    cells = [[" ".join(row.keys.values()), *_cells(row)] for row in (*rows, found.total)]
    cells[-1][0] = "total"
    heading = [" ".join(found.by), "kWh", "low", "high", "measured", "mean W", "samples", "gaps"]
    lines = table(heading, cells)
    if len(found.rows) > len(rows):
        left = len(found.rows) - len(rows)
        lines += hanging("", f"and {left} more rows, all of them in a file (-o rows.csv)")
    for row in rows:
        lines += [
            line
            for reason in row.reasons
            for line in hanging("  ", f"{' '.join(row.keys.values())}: {reason}")
        ]
    tell("\n".join(lines))


def _cells(row: Row) -> list[str]:
    """Return the cells of a row; what was not measured is said to be so."""
    kwh = 3.6e6
    energy = "not measured" if row.energy is None else rounded(row.energy / kwh, 4)
    power = "" if row.power is None else rounded(row.power, 3)
    ends = [rounded(value / kwh, 3) for value in (row.low, row.high)]
    return [energy, *ends, f"{row.coverage:.1%}", power, f"{row.samples:,}", f"{row.gaps:,}"]
