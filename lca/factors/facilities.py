"""Find how a data center is run, and what is lost and drunk on the way to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from lca.factors.files import Row, corrected, rows, sidecar
from lca.factors.regions import Place, UnknownRegion, find, place

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Measure:
    """One published figure.

    Parameters
    ----------
    name : str
        What it is, such as ``PUE``.
    region : str
        Code of the place, or the name of the provider or survey.
    value : float
        In `unit`.
    unit : str
        ``ratio``, ``L/kWh`` (of IT energy for WUE, of grid electricity for water) or ``fraction``.
    year : int
        Year the figure is for, or was published in where `period` says so.
    period : str
        What the year means.
    scope : str
        ``region``, ``fleet``, ``survey``, ``country``, ``us_state`` or ``world``.
    source, licence, table, note : str
        Key of ``sources.yaml``, licence, table, remark.
    fallbacks : tuple of str
        One sentence if a containing place or the fleet stands in.

    """

    name: str
    region: str
    value: float
    unit: str
    year: int
    period: str
    scope: str
    source: str
    licence: str
    table: str
    note: str = ""
    fallbacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facility:
    """How a data center is run: each figure the latest published, or None where none is.

    Parameters
    ----------
    asked, name : str
        What was asked for; the place or provider.
    pue : Measure or None
        Facility energy over IT energy.
    wue : Measure or None
        Litre of on-site water per kWh of IT energy.
    carbon_free_share : Measure or None
        Hourly carbon-free share after the provider's purchases; Google regions only.

    """

    asked: str
    name: str
    pue: Measure | None
    wue: Measure | None
    carbon_free_share: Measure | None

    @property
    def fallbacks(self) -> tuple[str, ...]:
        """All sentences about stand-ins."""
        found = (one for one in (self.pue, self.wue, self.carbon_free_share) if one)
        return tuple(dict.fromkeys(said for one in found for said in one.fallbacks))


def facility(provider_region: str) -> Facility:
    """Return the latest published PUE, WUE and carbon-free share of a cloud region or a fleet.

    A figure that the region lacks is that of the provider's fleet, and is said to be. Rows named
    in ``corrections.csv`` are passed over.

    Parameters
    ----------
    provider_region : str
        A cloud region such as ``aws:eu-central-1``, a provider such as ``meta``, or a survey
        average such as ``industry_average``.

    Raises
    ------
    LookupError
        It is neither.

    """
    wanted = provider_region.strip().lower()
    if wanted in _fleets():
        name, provider, region = wanted, wanted, ""
    else:
        found = _cloud_region(provider_region)
        name = f"{found.name} ({found.code})"
        provider, _, region = found.code.partition(":")
    pue, wue, share = (
        _latest(metric, provider, region) for metric in ("PUE", "WUE", "CFE_hourly_share")
    )
    return Facility(provider_region, name, pue, wue, share)


def transmission_loss(region_text: str) -> Measure | None:
    """Return the share of electricity lost in transmission and distribution.

    Parameters
    ----------
    region_text : str
        Any text that `resolve` understands.

    Returns
    -------
    Measure or None
        Fraction of output, of the smallest place around that has one; None where none is known.

    """
    asked = find(region_text)
    for code in asked.candidates:
        here = [row for row in rows("td_losses") if row["geography_code"] == place(code).table_code]
        if here:
            row = max(here, key=lambda row: row["year"])
            return Measure(
                name="transmission and distribution loss",
                region=code,
                value=float(row["td_loss_percent_of_output"]) / _PERCENT,
                unit="fraction",
                year=int(row["year"]),
                period="calendar year",
                scope=row["geography_type"],
                source=row["source"],
                licence=row["licence"],
                table="td_losses",
                note=row["note"],
                fallbacks=_said(asked, code, "transmission loss"),
            )
    return None


def water_intensity(region_text: str) -> Measure | None:
    """Return the water consumed to generate one kWh of a country's electricity.

    Parameters
    ----------
    region_text : str
        Any text that `resolve` understands.

    Returns
    -------
    Measure or None
        L/kWh, reservoir evaporation inside; None where none is known. The world's value
        (``WORLD``) never stands in for a country.

    """
    asked = find(region_text)
    for code in asked.candidates:
        here = [row for row in rows("water/country") if row["key"] == place(code).table_code]
        if here:
            about = sidecar("water/country")
            return Measure(
                name="water consumption of electricity",
                region=code,
                value=float(here[0]["water_consumption_L_per_kWh"]),
                unit="L/kWh",
                year=int(here[0]["year"]),
                period="year of publication",
                scope="world" if code == "WORLD" else "country",
                source=about.source,
                licence=about.licence,
                table="water/country",
                note=here[0]["note"],
                fallbacks=_said(asked, code, "water factor"),
            )
    return None


def _cloud_region(text: str) -> Place:
    """Return the cloud region of a text, or say what can be asked for."""
    fleets = ", ".join(_fleets())
    try:
        found = find(text)
    except UnknownRegion as unknown:
        message = f"{unknown}; facility figures are of cloud regions and of {fleets}"
        raise LookupError(message) from unknown
    if found.kind != "cloud_region":
        message = f"{found.title} is no data center; name a cloud region, or one of {fleets}"
        raise LookupError(message)
    return found


@cache
def _fleets() -> tuple[str, ...]:
    """Return the providers and survey averages that have figures without a region."""
    return tuple(
        dict.fromkeys(row["provider"] for row in corrected("facilities") if not row["region"])
    )


def _latest(metric: str, provider: str, region: str) -> Measure | None:
    """Return the latest figure of a region, else of the provider's fleet."""
    here = [
        row
        for row in corrected("facilities")
        if (row["provider"], row["metric"]) == (provider, metric)
    ]
    own = _newest(row for row in here if row["region"] == region)
    if own or not region:
        return _measure(own, ()) if own else None
    fleet = _newest(row for row in here if not row["region"])
    said = f"{provider}:{region} has no {metric} of its own; using the {provider} fleet"
    return _measure(fleet, (said,)) if fleet else None


def _newest(some: Iterable[Row]) -> Row | None:
    """Return the row of the latest year."""
    return max(some, key=lambda row: row["year"], default=None)


def _measure(row: Row, fallbacks: tuple[str, ...]) -> Measure:
    """Build a figure from a facility row."""
    region = f"{row['provider']}:{row['region']}" if row["region"] else row["provider"]
    return Measure(
        name=row["metric"],
        region=region,
        value=float(row["value"]),
        unit=row["unit"].removesuffix("_IT"),
        year=int(row["year"]),
        period=row["period"],
        scope=row["scope"],
        source=row["source"],
        licence=row["licence"],
        table="facilities",
        note=row["note"],
        fallbacks=fallbacks,
    )


def _said(asked: Place, code: str, what: str) -> tuple[str, ...]:
    """Say if a containing place stands in."""
    if asked.code == code:
        return ()
    return (f"{asked.title} has no {what} of its own; using {place(code).title}",)
