"""What a scenario may ask of ``lca optimize refresh``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, ValidationError

from lca.errors import InputError, UnknownNameError, did_you_mean, quoted
from lca.library import Library
from lca.library.fields import Amount, Count, Lifetime, Record, Share
from lca.values import Value

Finding = tuple[tuple[str | int, ...], str]
_OWN = ("device", "count", "lifetime", "utilization", "replace", "embodied")
"""What ``settings`` cannot hold: it has a place of its own, or is decided."""


class Candidate(Record):
    """A device that could take over the work."""

    device: str
    """Id of the device (lca list gpu)."""
    count: Annotated[Count, Field(ge=1)] | None = None
    """Devices that do the work of the old ones; by default as many whole ones as the functional unit asks for."""
    lifetime: Lifetime | None = None
    """Time from purchase to end of life; that of the old devices by default."""
    utilization: Share | None = None
    """Share of powered time with work; by default so much that the work is that of the old devices."""
    from_year: Count | None = None
    """First calendar year in which it can be bought; the first of the period by default."""
    improvement: Annotated[Value, Amount("", 0.0, 0.99)] | None = None
    """Share by which the power for the same work falls with each later year of purchase; none by default."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Further fields of the fleet entry that it would be, as under ``fleet``: ``serves``, ``power``, ``host``."""


class Refresh(Record):
    """When to replace devices that stand there, and by what."""

    fleet: str
    """Name of the fleet that could be replaced, as under ``fleet``."""
    candidates: dict[str, Candidate]
    """Devices that could take over, by a name."""
    years: tuple[Count, ...] = ()
    """Years in which a replacement may happen; all of the period by default."""


def findings(record: Refresh, model: Any, library: Library) -> Iterator[Finding]:
    """Yield what does not fit the scenario: path below ``optimize.refresh``, and a message."""
    if record.candidates == {}:
        yield ("candidates",), "no device could take over: name at least one candidate"
    yield from _old_findings(record, model)
    first, last = model.period or (0, 9999)
    for number, year in enumerate(record.years or ()):
        if year is not None and not first <= year <= last:
            yield ("years", number), f"{year} is not within the period {first}-{last}"
    for name, candidate in (record.candidates or {}).items():
        if candidate is not None:
            path = ("candidates", name)
            if "." in name:
                yield (
                    path,
                    f"{quoted(name)} is to be a name without dots: a fleet is called after it",
                )
            yield from ((path + p, text) for p, text in _candidate(candidate, library))


def _old_findings(record: Refresh, model: Any) -> Iterator[Finding]:
    fleets = model.fleet or {}
    if record.fleet is None:  # told where it is read
        return
    if record.fleet not in fleets:
        known = f" (one of: {', '.join(fleets)})" if fleets else ""
        hint = did_you_mean(record.fleet, fleets)
        yield ("fleet",), f"no fleet {quoted(record.fleet)}{hint}{known}"
        return
    old = fleets[record.fleet]
    if old is None or old.count is None or model.period is None:
        return
    years = list(old.count)
    if len(years) != 1 or years[0] == "first" or int(years[0]) >= model.period[0]:
        yield (
            ("fleet",),
            f"fleet.{record.fleet} must be bought in one year before the period, such as "
            f"count: {{{model.period[0] - 4}: 128}}; split purchases of several years into entries",
        )


def _candidate(candidate: Candidate, library: Library) -> Iterator[Finding]:
    try:
        if candidate.device is not None:
            library.device(candidate.device)
    except UnknownNameError as error:
        yield ("device",), error.problems[0].message
    except InputError:  # a broken device file is told by itself
        return
    settings = candidate.settings or {}
    for key in settings:
        if key in _OWN:
            yield ("settings", key), f"{quoted(key)} does not belong to settings: it is decided"
    yield from _settings({k: v for k, v in settings.items() if k not in _OWN})


def _settings(settings: dict[str, Any]) -> Iterator[Finding]:
    """Yield what could not stand in a fleet entry."""
    from lca.scenario.models import Fleet  # it holds this module's records

    plain = {"device": "any", "count": 1, "site": "any", "lifetime": "1 year"}
    try:
        Fleet.model_validate(plain | settings)
    except ValidationError as error:
        for one in error.errors():
            path = ("settings", *one["loc"])
            name = str(one["loc"][-1])
            if one["type"] == "extra_forbidden":
                yield path, f"no key {quoted(name)} here{did_you_mean(name, Fleet.model_fields)}"
            else:
                yield path, one["msg"].removeprefix("Value error, ")
