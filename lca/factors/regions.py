"""Say which place a text means, and which places contain it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from lca.factors.files import Row, corrected, rows, sidecar, tables

_CLOUD = "cloud_region"


class UnknownRegion(LookupError):
    """No place is called so; `nearest` holds the closest names.

    Parameters
    ----------
    asked : str
        What was asked for.
    nearest : tuple of str
        Closest names, best first.
    what : str
        What kind of place was looked for.

    """

    def __init__(self, asked: str, nearest: tuple[str, ...], what: str = "region") -> None:
        self.asked = asked
        self.nearest = nearest
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(f"no {what} {asked!r}{hint}")


@dataclass(frozen=True, slots=True)
class Region:
    """A country: ISO 3166-1 alpha-2 and alpha-3 code, and its English name."""

    iso2: str
    iso3: str
    name: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text was taken to mean.

    Parameters
    ----------
    asked : str
        The text as it was written.
    region_code : str
        Code of the place itself, such as ``DE``, ``US-VA``, ``aws:eu-central-1``.
    candidates : tuple of str
        Codes from the place itself to the country that contains it.
    name : str
        Name of the place.
    fallbacks : tuple of str
        One sentence each: how the text was read where it could be read otherwise, and which
        containing place must stand in for a lifecycle, production, average grid factor.

    """

    asked: str
    region_code: str
    candidates: tuple[str, ...]
    name: str
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place of ``regions.csv`` or ``cloud_regions.csv``, and what contains it.

    Parameters
    ----------
    code, kind, name : str
        What a scenario writes, what sort of place it is, its English name.
    table_code : str
        Code that the tables use.
    candidates : tuple of str
        Codes from this place to its country.
    iso2, iso3 : str
        Country codes, "" for all but countries.
    members : tuple of str
        Codes of the countries of an aggregate, where they are known.

    """

    code: str
    kind: str
    name: str
    table_code: str
    candidates: tuple[str, ...]
    iso2: str = ""
    iso3: str = ""
    members: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and code, as a message shows them."""
        return self.code if self.kind == _CLOUD else f"{self.name} ({self.code})"


def country(code: str) -> Region:
    """Return the country of an ISO 3166-1 code or an English name.

    Parameters
    ----------
    code : str
        Alpha-2, alpha-3 or name, in any case.

    Raises
    ------
    UnknownRegion
        No country is called so.

    Examples
    --------
    >>> country("no")
    Region(iso2='NO', iso3='NOR', name='Norway')

    """
    found = _named(code)
    if found is None or found.kind != "country":
        raise UnknownRegion(code, _nearest(code, "country"), "country")
    return Region(found.iso2, found.iso3, found.name)


def resolve(text: str) -> Resolution:
    """Say which place a text means.

    Parameters
    ----------
    text : str
        A country (code or name), ``US-VA``, ``SRVC`` or ``egrid:SRVC``, ``CN-GD``, an aggregate
        such as ``EU`` or ``WORLD``, or a cloud region such as ``aws:eu-central-1``.

    Raises
    ------
    UnknownRegion
        No place is called so.

    """
    found = find(text)
    notes = [*homonyms(text, found), *_stand_in(found)]
    return Resolution(text, found.code, found.candidates, found.name, tuple(notes))


@cache
def find(text: str) -> Place:
    """Return the place that a text means, or raise `UnknownRegion` with the nearest names."""
    found = _cloud(text) or _named(text.strip().removeprefix("egrid:").removeprefix("eGRID:"))
    if found is None:
        raise UnknownRegion(text, _nearest(text))
    return found


def homonyms(text: str, found: Place) -> list[str]:
    """Say which other places have the same name."""
    others = [code for code in _names().get(_fold(text), ()) if code != found.code]
    return [f"{text} is read as {found.title}; the other is {place(code).title}" for code in others]


def place(code: str) -> Place:
    """Return the place that has a code."""
    return places()[code]


def region_codes(kind: str | None = None) -> tuple[str, ...]:
    """Return the codes that can be written, of one kind or of all.

    Parameters
    ----------
    kind : str, optional
        ``country``, ``aggregate``, ``us_state``, ``us_egrid_subregion``, ``cn_province`` or
        ``cloud_region``.

    """
    return tuple(code for code, one in places().items() if kind is None or one.kind == kind)


@cache
def places() -> dict[str, Place]:
    """Return every place by its code."""
    found = {row["code"]: _from_region(row) for row in rows("regions")}
    codes = {one.table_code: code for code, one in found.items()}
    for row in rows("cloud_regions"):
        cloud = _from_cloud(row, codes)
        found[cloud.code] = cloud
    return found


@cache
def grid_tables() -> tuple[str, ...]:
    """Return the tables of grid intensities: those in ``grid/`` that have the column."""
    column = "carbon_intensity_g_per_kWh"
    inside = (table for table in tables() if table.startswith("grid/"))
    return tuple(table for table in inside if column in sidecar(table).columns)


@cache
def grid_rows() -> dict[str, tuple[tuple[str, Row], ...]]:
    """Return the grid rows with their table, by the code that the tables use."""
    found: defaultdict[str, list[tuple[str, Row]]] = defaultdict(list)
    for table in grid_tables():
        for row in corrected(table):
            found[row["geography_code"]].append((table, row))
    return {code: tuple(some) for code, some in found.items()}


def _from_region(row: Row) -> Place:
    """Build a place from a row of ``regions.csv``."""
    chain = (row["code"], row["parent"]) if row["parent"] else (row["code"],)
    return Place(
        code=row["code"],
        kind=row["kind"],
        name=row["name"],
        table_code=row["table_code"],
        candidates=chain,
        iso2=row["iso2"],
        iso3=row["iso3"],
        members=tuple(row["members"].split()),
    )


def _from_cloud(row: Row, codes: dict[str, str]) -> Place:
    """Build a place from a row of ``cloud_regions.csv``."""
    code = f"{row['provider']}:{row['region']}"
    chain = (code, row["egrid_subregion"], row["subdivision"], codes[row["country_iso3"]])
    return Place(
        code=code,
        kind=_CLOUD,
        name=row["location"],
        table_code=code,
        candidates=tuple(step for step in chain if step),
    )


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Return the codes of the places by folded name; a country comes before a namesake."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows("regions"):
        names = (row["code"], row["iso3"], row["name"], *row["aliases"].split(";"))
        for name in {_fold(name) for name in names if name}:
            found[name].append(row["code"])
    rank = {code: one.kind != "country" for code, one in places().items()}
    return {name: tuple(sorted(codes, key=lambda c: rank[c])) for name, codes in found.items()}


def _fold(text: str) -> str:
    """Return a name without case, accents, blanks and punctuation."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def _named(text: str) -> Place | None:
    """Return the place of a code or name, if there is one."""
    codes = _names().get(_fold(text), ())
    return place(codes[0]) if codes else None


def _cloud(text: str) -> Place | None:
    """Return the cloud region of ``provider:region``, or of a region id only one provider has."""
    wanted = text.strip().casefold()
    if ":" in wanted:
        return places().get(wanted)
    codes = [code for code in region_codes(_CLOUD) if code.partition(":")[2] == wanted]
    return place(codes[0]) if len(codes) == 1 else None


def _nearest(text: str, kind: str | None = None) -> tuple[str, ...]:
    """Return the names closest to a text, each with its code."""
    some = [place(code) for code in region_codes(kind)]
    labels = {one.name.casefold(): one for one in some if one.kind != _CLOUD}
    labels |= {one.code.casefold(): one for one in some}
    labels |= {one.code.partition(":")[2]: one for one in some if one.kind == _CLOUD}
    close = get_close_matches(text.strip().casefold(), labels, n=3)
    return tuple(dict.fromkeys(labels[name].title for name in close))


def _stand_in(found: Place) -> list[str]:
    """Say which containing place has the default grid factor that a cloud region lacks."""
    if found.kind != _CLOUD:
        return []
    for code in found.candidates:
        default = any(_is_default(row) for _, row in grid_rows().get(place(code).table_code, ()))
        if default:
            message = f"{found.code} has no factor of its own; using {place(code).title}"
            return [] if code == found.code else [message]
    return [f"{found.code} has no factor, nor has a place that contains it"]


def _is_default(row: Row) -> bool:
    """Tell whether a grid row is a lifecycle, production, average factor."""
    kind = (row["boundary"], row["accounting"], row["method"])
    return kind == ("lifecycle", "production", "average")
