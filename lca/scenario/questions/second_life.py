"""What a scenario may ask of ``lca optimize second-life``: what is released, and who could use it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from lca.errors import InputError, did_you_mean, quoted
from lca.library.fields import Amount, Count, Energy, Lifetime, Power, Ratio, Record, Share
from lca.values import Value

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario.models import ScenarioModel

Path = tuple[str | int, ...]


def _counts(raw: object) -> object:
    if not isinstance(raw, Mapping):
        return {"first": raw}
    for year in raw:
        if not re.fullmatch(r"\d{4}|first", str(year)):
            msg = f"expected a year such as 2027, found {quoted(year)}"
            raise ValueError(msg)
    if not raw:
        msg = "expected devices by year such as {2027: 64}, found none"
        raise ValueError(msg)
    return raw


Counts = Annotated[dict[str, Count], BeforeValidator(_counts)]


class Displaced(Record):
    """What would do the work of a tier if the old devices did not."""

    device: str
    """Id of the new device (lca list gpu)."""
    lifetime: Lifetime
    """Time from its purchase to its end of life."""
    devices: Ratio
    """New devices that do the work of one old device."""
    host: str | None = None
    """Its host; the device's own by default, ``none`` for no host."""
    utilization: Share | None = None
    """Share of its powered time with work; that of the tier by default."""
    rate: Share
    """Displacement rate: share of the old devices' work that new devices would really have done."""


class Tier(Record):
    """A use that old devices can have."""

    site: str
    """Name of the site, as under ``sites``."""
    utilization: Share
    """Share of powered time with work."""
    demand: Counts
    """Most old devices that have work there: a number, or a number by year (held until the next)."""
    displaces: Displaced
    """What the old devices take the place of."""
    refurbish: Energy | None = None
    """Electricity to test and refit one device that comes."""
    host_power: Power | None = None
    """Mean power of a whole host without its accelerators."""


class SecondLife(Record):
    """Where devices go that are released, tier after tier, before they are scrapped."""

    fleet: str
    """Name of the fleet entry that is released, as under ``fleet``."""
    released: Counts
    """Devices released: a number (in the first year), or a number by year."""
    longest: Annotated[Value, Amount("year", 0.01, 100.0)]
    """Whole years that a device can serve after its release."""
    tiers: dict[str, Tier]
    """Uses, the most demanding first: a device can move down the list, never up."""


def findings(
    record: SecondLife, model: ScenarioModel, library: Library
) -> Iterator[tuple[Path, str]]:
    """Yield what names nothing, or contradicts the scenario."""
    if record.fleet is not None:
        yield from _known(("fleet",), record.fleet, dict(model.fleet or {}), "fleet")
    if record.tiers == {}:
        yield ("tiers",), "expected at least one tier"
    if record.longest is not None and record.longest.central != round(record.longest.central):
        yield ("longest",), "expected whole years: devices come and go by year"
    for name, tier in (record.tiers or {}).items():
        yield from _tier(("tiers", name), tier, model, library)
    yield from _too_many(record, model)


def _tier(
    path: Path, tier: Tier, model: ScenarioModel, library: Library
) -> Iterator[tuple[Path, str]]:
    if tier.site is not None:
        yield from _known((*path, "site"), tier.site, dict(model.sites or {}), "site")
    if tier.displaces is None:
        return
    device, host = tier.displaces.device, tier.displaces.host
    asked = (("device", device, library.device), ("host", host, library.server))
    for key, name, ask in asked:
        if name is None or name == "none":
            continue
        try:
            ask(name)
        except InputError as error:
            yield (*path, "displaces", key), error.problems[0].message


def _too_many(record: SecondLife, model: ScenarioModel) -> Iterator[tuple[Path, str]]:
    entry = (model.fleet or {}).get(record.fleet)
    if entry is None or entry.count is None or record.released is None:
        return
    there, released = sum(entry.count.values()), sum(record.released.values())
    if released > there:
        yield ("released",), f"{released} are released, but {record.fleet} has {there}"


def _known(
    path: Path, name: str | None, known: Mapping[str, object], what: str
) -> Iterator[tuple[Path, str]]:
    if name is not None and name not in known:
        accepted = f" (one of: {', '.join(known)})" if known else ""
        yield path, f"no {what} {quoted(name)}{did_you_mean(name, known) or accepted}"
