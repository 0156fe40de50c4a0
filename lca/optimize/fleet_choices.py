"""Fleet plans as choices: what they change in the scenario, what they add up to, how they read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lca.optimize.answer import Choice
from lca.optimize.fleet_program import Case
from lca.optimize.fleet_stock import Column, free_name, identified
from lca.uncertain import Array

_UNCERTAIN = ("utilization", "host_power", "mass")
_SHOWN = 3


def choice(case: Case, counts: Array, name: str = "") -> Choice:
    """Return a plan as a choice; ``counts`` has one whole number for each column."""
    values = {key: case.fixed[key] + float(each @ counts) for key, each in case.totals.items()}
    used = [
        (column, round(count))
        for column, count in zip(case.columns, counts.tolist(), strict=True)
        if round(count)
    ]
    return Choice(name or _name(used), _patches(case, used), values, _details(case, used))


def _name(used: Sequence[tuple[Column, int]]) -> str:
    """Return what is bought, most first, and what becomes of the rest: ``36 b200 at lulea, old kept``."""
    bought: dict[tuple[str, str], int] = {}
    for column, count in used:
        if not column.standing:
            key = (column.kind, column.site)
            bought[key] = bought.get(key, 0) + count * column.multiple
    ranked = sorted(bought.items(), key=lambda item: -item[1])
    parts = [f"{count} {kind} at {site}" for (kind, site), count in ranked[:_SHOWN]]
    more = [f"{len(ranked) - _SHOWN} more"] if len(ranked) > _SHOWN else []
    standing = dict.fromkeys(column.kind for column, _ in used if column.standing)
    return ", ".join([*parts, *more, *(_fate(used, kind) for kind in standing)]) or "buy nothing"


def _fate(used: Sequence[tuple[Column, int]], kind: str) -> str:
    counts = {True: 0, False: 0}
    for column, count in used:
        if column.standing and column.kind == kind:
            counts[column.early] += count
    if not counts[True]:
        return f"{kind} kept"
    return f"{kind} retired early" if not counts[False] else f"{counts[False]} of {kind} kept"


def _patches(case: Case, used: Sequence[tuple[Column, int]]) -> dict[str, Any]:
    patches: dict[str, Any] = {"assumptions.embodied_model": case.embodied_model}
    bought: dict[tuple[str, float], dict[str, int]] = {}
    for column, count in used:
        if not column.standing:
            counts = bought.setdefault((column.entry, column.stay.lifetime), {})
            counts[f"{column.stay.start:.0f}"] = count * column.multiple
    for (entry, life), counts in bought.items():
        full = max(c.stay.lifetime for c in case.columns if c.entry == entry)
        name = entry if life == full else free_name(f"{entry}-{life:.0f}-years", case.stock.entries)
        own = case.stock.entries[entry]
        patches[f"fleet.{name}"] = {**own, "count": counts, "lifetime": f"{life:.0f} years"}
    for name in case.scenario.model.fleet:
        patches |= _standing(case, name, [(c, n) for c, n in used if c.kind == name and c.standing])
    return patches


def _standing(case: Case, name: str, used: Sequence[tuple[Column, int]]) -> dict[str, Any]:
    """Return how an entry that stands there changes: what leaves early gets entries of its own."""
    first = case.scenario.years[0]
    written = {
        first if year == "first" else int(year): count
        for year, count in case.scenario.model.fleet[name].count.items()
    }
    patches: dict[str, Any] = {f"fleet.{name}.replace": "no"}
    for column, count in used:
        if not column.early:
            continue
        start = round(column.stay.start)
        written[start] -= count
        leaves = start + round(column.stay.lifetime)
        if leaves > first:
            own = _shared(case.stock.entries[name], f"fleet.{name}")
            entry = free_name(f"{name}-of-{start}-until-{leaves}", case.stock.entries)
            stay = {"count": {str(start): count}, "lifetime": f"{leaves - start} years"}
            patches[f"fleet.{entry}"] = {**own, **stay, "replace": "no"}
    patches[f"fleet.{name}.count"] = {str(year): count for year, count in written.items()}
    return patches


def _shared(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a copy of an entry whose draws are those of the entry it is a part of."""
    found = dict(entry)
    for key in _UNCERTAIN:
        if key in found:
            found[key] = identified(found[key], f"{where}.{key}")
    if "power" in found:
        inner = found["power"].items()
        found["power"] = {key: identified(value, f"{where}.power.{key}") for key, value in inner}
    return found


def _details(case: Case, used: Sequence[tuple[Column, int]]) -> dict[str, str]:
    told: dict[str, list[str]] = {}
    for column, count in used:
        label = column.kind if column.standing else f"{column.kind} at {column.site}"
        told.setdefault(label, []).append(_detail(case, column, count * column.multiple))
    return {label: "; ".join(parts) for label, parts in told.items()}


def _detail(case: Case, column: Column, count: int) -> str:
    leaves = column.stay.start + column.stay.lifetime
    if not column.standing:
        early = f", retired after {column.stay.lifetime:.0f} years" if column.early else ""
        return f"{count} in {column.stay.start:.0f}{early}"
    if not column.early:
        return f"{count} of {column.stay.start:.0f} kept to the end of their life"
    when = "at once" if leaves <= case.scenario.years[0] else f"at the beginning of {leaves:.0f}"
    return f"{count} of {column.stay.start:.0f} retired {when}"


def plan_table(case: Case, counts: Array) -> list[list[str]]:
    """Return demand, what is provided, devices and mean power of each year, as rows of cells."""
    size, unit = case.shown
    rows = [["year", f"demand [{unit}]", "provided", "devices", "mean power [kW]"]]
    served, present, power = (table @ counts for table in (case.served, case.present, case.power))
    for place, year in enumerate(case.scenario.years):
        cells = (case.demand[place] / size, served[place] / size, present[place], power[place])
        rows.append([str(year), *(f"{value:,.4g}" for value in cells)])
    return rows


def sunk_total(case: Case, indicator: str) -> float | None:
    """Return what the period bears of what was emitted before the decision; None if nothing is sunk.

    It is the same for every plan: what was made is made, whether it is kept or retired.
    """
    gone = [c for c in case.columns if c.standing and c.stay.sunk and not c.early]
    if not gone:
        return None
    total = 0.0
    for column in gone:
        made = replace(column.stay, sunk=False).activities(case.scenario.years, spread=True)[0]
        once = case.units[column.entry].added[indicator][0]
        total += column.standing * float(once @ made)
    return total
