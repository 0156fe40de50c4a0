"""When devices are bought, serve and are scrapped: the activities of a fleet, per year."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lca.scenario.models import Fleet

_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Cohort:
    """Devices bought together: in service from ``start`` (decimal year) for ``lifetime`` years.

    ``original`` holds for purchases that are stated, and for replacements before the period.
    """

    start: float
    count: int
    lifetime: float
    original: bool

    @property
    def end(self) -> float:
        """Decimal year in which service ends."""
        return self.start + self.lifetime

    def in_service(self, year: int) -> float:
        """Return the part of a calendar year in which the cohort serves."""
        return max(0.0, min(self.end, year + 1) - max(self.start, year))


@dataclass(frozen=True, slots=True)
class Activity:
    """Activities of a fleet, one number per calendar year.

    ``bought`` and ``scrapped`` count devices; ``shares`` are devices times the share of their life
    that falls in the year; ``device_years`` devices times the part of the year in service.
    """

    bought: tuple[float, ...]
    scrapped: tuple[float, ...]
    shares: tuple[float, ...]
    device_years: tuple[float, ...]


def cohorts(fleet: Fleet, years: tuple[int, ...]) -> Iterator[Cohort]:
    """Yield the purchases of a fleet, with the replacements that serve in the period.

    A replacement bought before the period is as much a thing of the past as the purchase it follows.
    """
    lifetime = fleet.lifetime.central
    for year, count in fleet.count.items():
        start = float(years[0] if year == "first" else int(year))
        yield Cohort(start, count, lifetime, original=True)
        while fleet.replace and start + lifetime < years[-1] + 1 - _TINY:
            start += lifetime
            before = start < years[0] - _TINY
            if start + lifetime > years[0] + _TINY:
                yield Cohort(start, count, lifetime, original=before)


def embodied_activity(fleet: Fleet, years: tuple[int, ...]) -> Activity:
    """Return the activities that carry manufacture and transport: sunk purchases left out.

    Sunk is what was bought before the period or stands at its beginning; later purchases are new.
    """
    sunk = fleet.embodied == "sunk"
    kept = [c for c in cohorts(fleet, years) if not (sunk and c.original and c.start <= years[0])]
    return _activity(kept, years)


def service_activity(fleet: Fleet, years: tuple[int, ...]) -> Activity:
    """Return the activities of all devices that serve."""
    return _activity(list(cohorts(fleet, years)), years)


def _activity(group: list[Cohort], years: tuple[int, ...]) -> Activity:
    return Activity(
        bought=tuple(
            float(sum(c.count for c in group if math.floor(c.start + _TINY) == y)) for y in years
        ),
        scrapped=tuple(
            float(sum(c.count for c in group if math.ceil(c.end - _TINY) - 1 == y)) for y in years
        ),
        shares=tuple(sum(c.count * c.in_service(y) / c.lifetime for c in group) for y in years),
        device_years=tuple(sum(c.count * c.in_service(y) for c in group) for y in years),
    )
