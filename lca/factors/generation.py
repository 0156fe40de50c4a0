"""Find what electricity is generated from, what each source emits, and how the grid may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

from lca.factors.files import Row, kilograms, rows, sidecar
from lca.factors.regions import Place, find, place

_MIX = "grid/mix_annual"
_UNIT = "_TWh"
_TOTAL = "total_TWh"
_LEAST_COVERAGE = 0.9
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class GenerationMix:
    """Shares of the sources of a place's electricity.

    Parameters
    ----------
    region : str
        Code of the place the mix is of.
    year : int
        Calendar year.
    shares : mapping
        Source to share of the generation whose source is known; they sum to one.
    unaccounted : float
        Share of the total generation whose source is not known, between 0 and 0.1.
    missing : tuple of str
        Sources without a value, which are not in `shares`.
    source, licence, table : str
        Key of ``sources.yaml``, licence, table.
    fallbacks : tuple of str
        One sentence if another place stands in, or if the mix was summed here.

    """

    region: str
    year: int
    shares: Mapping[str, float]
    unaccounted: float
    missing: tuple[str, ...]
    source: str
    licence: str
    table: str
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceIntensity:
    """What one kWh from a source emits, with its range.

    Parameters
    ----------
    name, boundary : str
        Source as in `GenerationMix.shares`; ``lifecycle`` or ``direct``.
    technology : str
        Technology of ``generation_sources.csv`` that stands for the source.
    low, central, high : float
        kgCO2e/kWh.
    source : str
        Key of ``sources.yaml`` for the central value.
    range_source : str
        Key for the range; "" where the range is assumed.
    quality : str
        ``modelled`` or ``assumed``.
    note : str
        Why this technology and this range.

    """

    name: str
    boundary: str
    technology: str
    low: float
    central: float
    high: float
    source: str
    range_source: str
    quality: str
    note: str


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A published path of a grid's intensity.

    Parameters
    ----------
    name, region : str
        Name of the path; code of the place it is of.
    points : tuple of (int, float)
        Year and kgCO2/kWh, oldest first. Use the shape: ratio to the first point.
    boundary, basis : str
        ``direct``; which kWh the path counts.
    source, licence : str
        Key of ``sources.yaml``; licence.
    fallbacks : tuple of str
        One sentence if a containing place stands in.

    """

    name: str
    region: str
    points: tuple[tuple[int, float], ...]
    boundary: str
    basis: str
    source: str
    licence: str
    fallbacks: tuple[str, ...] = ()


def generation_mix(region_text: str, year: int | None = None) -> GenerationMix:
    """Return the generation mix of a place or of the country that contains it.

    A year is passed over when its sources cover less than 90 % of the total. The mix of ``EU``
    is summed from its members.

    Parameters
    ----------
    region_text : str
        Any text that `resolve` understands.
    year : int, optional
        The latest year that is not after it; without it, the latest.

    Raises
    ------
    LookupError
        No mix is known that covers enough of the generation.

    """
    asked = find(region_text)
    for code in asked.candidates:
        years = [row for row in _mix_of(place(code)) if year is None or int(row["year"]) <= year]
        usable = [row for row in years if _coverage(row) >= _LEAST_COVERAGE]
        if usable:
            return _mix(asked, place(code), max(usable, key=lambda row: row["year"]))
        if years:
            message = f"the sources of {place(code).title} cover too little of its generation"
            raise LookupError(message)
    message = f"no generation mix of {asked.title} is known"
    raise LookupError(message)


@cache
def generation_sources() -> tuple[str, ...]:
    """Return the sources that `generation_source` knows."""
    return tuple(dict.fromkeys(row["source"] for row in rows("mix_sources")))


@cache
def generation_source(technology: str, boundary: str = "lifecycle") -> SourceIntensity:
    """Return what one kWh from a source of the mix emits.

    Parameters
    ----------
    technology : str
        A source of the mix, such as ``coal``, or ``other`` for an unknown fuel.
    boundary : str
        ``lifecycle`` or ``direct``.

    Raises
    ------
    LookupError
        There is no such source or boundary.

    """
    wanted = (technology.removesuffix(_UNIT), boundary)
    for row in rows("mix_sources"):
        if (row["source"], row["boundary"]) == wanted:
            return _source(row)
    known = ", ".join(generation_sources())
    message = f"no {boundary} factor of source {technology!r}; sources are {known}"
    raise LookupError(message)


@cache
def trajectory_names() -> tuple[str, ...]:
    """Return the names of the paths."""
    return tuple(dict.fromkeys(row["scenario"].lower() for row in rows("trajectories")))


def trajectory(name: str, region_text: str) -> Trajectory:
    """Return a published path for a place or for the smallest place around it that has one.

    Parameters
    ----------
    name : str
        Name of the path, in any case.
    region_text : str
        Any text that `resolve` understands.

    Raises
    ------
    LookupError
        There is no such path, or it says nothing of this place.

    """
    if name.lower() not in trajectory_names():
        close = get_close_matches(name.lower(), trajectory_names(), n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        message = f"no trajectory {name!r} among {', '.join(trajectory_names())}{hint}"
        raise LookupError(message)
    asked = find(region_text)
    for code in asked.candidates:
        if points := _paths().get((name.lower(), place(code).table_code)):
            return _trajectory(name.lower(), asked, place(code), points)
    message = f"trajectory {name.lower()} says nothing of {asked.title}; it covers {_covered(name)}"
    raise LookupError(message)


def _mix_of(found: Place) -> tuple[Row, ...]:
    """Return the yearly rows of a place, summed from its members if it has some."""
    own = _mix_rows().get(found.table_code, ())
    return own or _sum_members(found)


@cache
def _mix_rows() -> dict[str, tuple[Row, ...]]:
    """Return the rows of the mix table by place."""
    found: dict[str, list[Row]] = {}
    for row in rows(_MIX):
        found.setdefault(row["geography_code"], []).append(row)
    return {code: tuple(some) for code, some in found.items()}


def _sum_members(found: Place) -> tuple[Row, ...]:
    """Return yearly sums over the members, for the years that all of them have in full."""
    years: dict[str, list[Row]] = {}
    for code in found.members:
        for row in _mix_rows().get(place(code).table_code, ()):
            years.setdefault(row["year"], []).append(row)
    full = {year: some for year, some in years.items() if len(some) == len(found.members)}
    return tuple(_sum(year, some) for year, some in full.items())


def _sum(year: str, some: list[Row]) -> Row:
    """Add up the rows of one year; a source that one member lacks stays empty."""
    columns = [name for name in some[0] if name.endswith(_UNIT)]
    known = [name for name in columns if all(row[name] for row in some)]
    sums = {name: str(sum(float(row[name]) for row in some)) for name in known}
    return {**dict.fromkeys(columns, ""), **sums, "year": year}


def _amounts(row: Row) -> dict[str, float]:
    """Return TWh by source, for the sources that have a value."""
    names = [name for name in row if name.endswith(_UNIT) and name != _TOTAL]
    return {name.removesuffix(_UNIT): float(row[name]) for name in names if row[name]}


def _coverage(row: Row) -> float:
    """Return the share of the total generation whose source is known."""
    total = float(row[_TOTAL] or 0)
    return sum(_amounts(row).values()) / total if total else 0.0


def _mix(asked: Place, used: Place, row: Row) -> GenerationMix:
    """Build a mix from a row."""
    amounts = _amounts(row)
    known = sum(amounts.values())
    columns = [name.removesuffix(_UNIT) for name in row if name.endswith(_UNIT) and name != _TOTAL]
    about = sidecar(_MIX)
    return GenerationMix(
        region=used.code,
        year=int(row["year"]),
        shares=MappingProxyType({name: amount / known + 0.0 for name, amount in amounts.items()}),
        unaccounted=round(max(0.0, 1 - _coverage(row)), _DIGITS),
        missing=tuple(name for name in columns if name not in amounts),
        source=about.source,
        licence=about.licence,
        table=_MIX,
        fallbacks=tuple(_said(asked, used)),
    )


def _said(asked: Place, used: Place) -> list[str]:
    """Say if another place stands in, or if the mix was summed from members."""
    if asked.code != used.code:
        return [f"{asked.title} has no generation mix of its own; using {used.title}"]
    if used.table_code not in _mix_rows():
        return [f"the mix of {used.title} is summed from its {len(used.members)} members"]
    return []


def _source(row: Row) -> SourceIntensity:
    """Build a source intensity from a row."""
    low, central, high = (
        kilograms(row[f"{bound}_gCO2e_per_kWh"]) for bound in ("low", "central", "high")
    )
    return SourceIntensity(
        name=row["source"],
        boundary=row["boundary"],
        technology=row["technology"],
        low=low,
        central=central,
        high=high,
        source=row["central_source"],
        range_source=row["range_source"],
        quality=row["quality"],
        note=row["note"],
    )


@cache
def _paths() -> dict[tuple[str, str], tuple[Row, ...]]:
    """Return the rows of each path and place."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows("trajectories"):
        found.setdefault((row["scenario"].lower(), row["geography_code"]), []).append(row)
    return {key: tuple(some) for key, some in found.items()}


def _trajectory(name: str, asked: Place, used: Place, points: tuple[Row, ...]) -> Trajectory:
    """Build a path from its rows."""
    values = ((int(row["year"]), kilograms(row["carbon_intensity_gCO2_per_kWh"])) for row in points)
    said = f"{asked.title} has no path of its own in {name}; using {used.title}"
    return Trajectory(
        name=name,
        region=used.code,
        points=tuple(sorted(values)),
        boundary=points[0]["boundary"],
        basis=points[0]["basis"],
        source=points[0]["source"],
        licence=sidecar("trajectories").licence,
        fallbacks=() if asked.code == used.code else (said,),
    )


def _covered(name: str) -> str:
    """Say which places a path covers."""
    codes = [code for scenario, code in _paths() if scenario == name.lower()]
    states = sum(code.startswith("US-") for code in codes)
    return f"{states} US states" + (" and the United States (US)" if "USA" in codes else "")
