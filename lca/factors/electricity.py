"""Find what the electricity of a place emits, without ever mixing types of factor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lca.factors.files import Row, kilograms, rows, sidecar
from lca.factors.regions import Place, find, grid_rows, homonyms, place

_TYPES = ("boundary", "accounting", "method")
_STALE = 4


@dataclass(frozen=True, slots=True)
class GridFactor:
    """What one kWh of a place's electricity emitted in one year.

    Parameters
    ----------
    region : str
        Code of the place, such as ``DE``.
    name : str
        Name of the place.
    year : int
        Calendar year.
    value : float
        kgCO2e (or kgCO2, see `gas_basis`) per kWh generated; no transmission loss added.
    boundary : str
        ``lifecycle`` or ``direct``.
    accounting : str
        ``production``, ``consumption``, ``market_residual`` or ``unspecified``.
    method : str
        ``average``; no marginal factor is packaged.
    gas_basis : str
        ``CO2e``, ``CO2`` or ``unspecified``.
    source : str
        Key of ``sources.yaml``.
    licence : str
        Licence of the table.
    table : str
        Table the value stands in.

    """

    region: str
    name: str
    year: int
    value: float
    boundary: str
    accounting: str
    method: str
    gas_basis: str
    source: str
    licence: str
    table: str


class FactorMismatch(LookupError):
    """The place has a factor, but of another type than was asked for."""


def grid_factor(
    region_text: str,
    *,
    boundary: str = "lifecycle",
    accounting: str = "production",
    method: str = "average",
    year: int | None = None,
) -> tuple[GridFactor, tuple[str, ...]]:
    """Return the grid factor of a place and what had to be said to get there.

    A place that was named itself is answered for itself: if it has only factors of another
    type, that is an error. A cloud region is a point in a grid: the smallest place around it
    that has the type asked for is taken, and the messages say so. Without a year the latest
    is taken; otherwise the latest that is not after it.

    Parameters
    ----------
    region_text : str
        Any text that `resolve` understands.
    boundary, accounting, method : str
        Type of the factor.
    year : int, optional
        Calendar year.

    Returns
    -------
    GridFactor
        The factor, in kgCO2e/kWh.
    tuple of str
        One sentence for each fallback; empty if there was none.

    Raises
    ------
    UnknownRegion
        No place is called so.
    FactorMismatch
        There are only factors of another type.
    LookupError
        There is no factor at all, or none as early as the year.

    """
    asked = find(region_text)
    series, said = _search(asked, (boundary, accounting, method))
    chosen, late = _of_year(series, year)
    return chosen, (*homonyms(region_text, asked), *said, *late)


def grid_series(
    region_text: str,
    *,
    boundary: str = "lifecycle",
    accounting: str = "production",
    method: str = "average",
) -> tuple[GridFactor, ...]:
    """Return the grid factors of all years, oldest first, of the place `grid_factor` would take.

    Parameters
    ----------
    region_text : str
        Any text that `resolve` understands.
    boundary, accounting, method : str
        Type of the factors.

    """
    series, _ = _search(find(region_text), (boundary, accounting, method))
    return series


def residual_mix(region_text: str) -> GridFactor:
    """Return the residual mix of a place: what its electricity without certificates emits.

    Parameters
    ----------
    region_text : str
        A place; only ``IT`` and ``EUROPE_AIB`` are known.

    Raises
    ------
    LookupError
        No residual mix of this very place is known; no other place stands in for it.

    """
    asked = find(region_text)
    found = [row for row in rows("residual_mix") if row["geography_code"] == asked.table_code]
    if not found:
        message = (
            f"no residual mix of {asked.title} is known, only of Italy (IT) and of the AIB area "
            "(EUROPE_AIB); state the residual factor of the contract in the scenario"
        )
        raise LookupError(message)
    return _factor(asked, "residual_mix", max(found, key=lambda row: row["year"]))


def _search(
    asked: Place, wanted: tuple[str, ...]
) -> tuple[tuple[GridFactor, ...], tuple[str, ...]]:
    """Return the series of the first place in the chain that has the type, and what to say."""
    passed: list[str] = []
    for code in asked.candidates:
        here = factors_of(place(code))
        series = tuple(one for one in here if _type(one) == wanted)
        if series:
            return series, tuple(_jump(asked, place(code)) + passed)
        if here and code == asked.code and asked.kind != "cloud_region":
            raise FactorMismatch(_mismatch(asked, here, wanted))
        if here:
            passed.append(f"{place(code).title} has a {_offer(here)}")
    raise _nothing(asked, wanted)


@lru_cache(maxsize=1024)
def factors_of(found: Place) -> tuple[GridFactor, ...]:
    """Return every factor of a place itself, oldest first."""
    here = [_factor(found, table, row) for table, row in grid_rows().get(found.table_code, ())]
    return tuple(sorted(here, key=lambda one: one.year))


def _factor(found: Place, table: str, row: Row) -> GridFactor:
    """Build a record from a row of a grid table."""
    about = sidecar(table)
    return GridFactor(
        region=found.code,
        name=found.name,
        year=int(row["year"]),
        value=kilograms(row["carbon_intensity_g_per_kWh"]),
        boundary=row["boundary"],
        accounting=row["accounting"],
        method=row["method"],
        gas_basis=row["gas_basis"],
        source=row.get("source") or about.source,
        licence=row.get("licence") or about.licence,
        table=table,
    )


def _type(factor: GridFactor) -> tuple[str, str, str]:
    """Return boundary, accounting and method."""
    return factor.boundary, factor.accounting, factor.method


def _of_year(
    series: tuple[GridFactor, ...], year: int | None
) -> tuple[GridFactor, tuple[str, ...]]:
    """Return the latest factor that is not after the year, and say if it is of another year."""
    eligible = [one for one in series if year is None or one.year <= year]
    if not eligible:
        message = f"{series[0].name} ({series[0].region}) has no factor before {series[0].year}"
        raise LookupError(message)
    chosen = eligible[-1]
    title = f"{chosen.name} ({chosen.region})"
    if year is not None and chosen.year != year:
        return chosen, (f"{title} has no factor of {year}; using {chosen.year}",)
    if year is None and chosen.year < sidecar(chosen.table).year - _STALE:
        return chosen, (f"the latest factor of {title} is as old as {chosen.year}",)
    return chosen, ()


def _jump(asked: Place, used: Place) -> list[str]:
    """Say that a containing place stands in."""
    if asked.code == used.code:
        return []
    own = "no factor of its own" if not factors_of(asked) else "no such factor of its own"
    return [f"{asked.title} has {own}; using {used.title}"]


def _offer(here: Iterable[GridFactor]) -> str:
    """Say which types of factor there are: ``direct factor only (EPA eGRID 2023)``."""
    latest = {_type(one): one for one in here}
    only = "" if len(latest) > 1 else " only"
    offers = (
        f"{one.boundary} factor{only} ({sidecar(one.table).label} {one.year}{_unusual(one)})"
        for one in latest.values()
    )
    return " and a ".join(offers)


def _unusual(factor: GridFactor) -> str:
    """Name the accounting and the method where they are not what is usual."""
    accounting = "" if factor.accounting == "production" else f", {factor.accounting} accounting"
    return accounting + ("" if factor.method == "average" else f", {factor.method}")


def _mismatch(asked: Place, here: Iterable[GridFactor], wanted: tuple[str, ...]) -> str:
    """Say what exists for a place and how to ask for it."""
    ways = [f"use region: {code}" for code in asked.candidates[1:] if _has(code, wanted)]
    kinds = dict.fromkeys(_type(one) for one in here)
    ways += [f"ask for {_difference(kind, wanted)}" for kind in kinds]
    found = f"{asked.code} has a {_offer(here)}; asked was {', '.join(wanted)}"
    return f"{found}; {', or '.join(ways)}"


def _has(code: str, wanted: tuple[str, ...]) -> bool:
    """Tell whether a place itself has a factor of the type."""
    return any(_type(one) == wanted for one in factors_of(place(code)))


def _difference(kind: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Return the settings that differ: ``boundary: direct``."""
    pairs = zip(_TYPES, kind, wanted, strict=True)
    return ", ".join(f"{name}: {has}" for name, has, want in pairs if has != want)


def _nothing(asked: Place, wanted: tuple[str, ...]) -> LookupError:
    """Return the error for a chain without the type: a mismatch, or nothing at all."""
    chain = ((place(code), factors_of(place(code))) for code in asked.candidates)
    offers = [_mismatch(found, here, wanted) for found, here in chain if here]
    if offers:
        return FactorMismatch(". ".join(offers))
    message = f"no grid factor of {asked.title} is known; state one in the scenario"
    return LookupError(message)
