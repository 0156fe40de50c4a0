"""What a scenario may ask of ``lca optimize fleet``: types on offer, demand, and what limits it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from lca import units
from lca.errors import InputError, UnitError, UnknownNameError, did_you_mean, quoted
from lca.library.fields import (
    Amount,
    Capacity,
    Count,
    Lifetime,
    OneOf,
    Power,
    Record,
    Share,
    Throughput,
)
from lca.scenario.price_models import Purchase
from lca.values import Value

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario.models import ScenarioModel

Path = tuple[str | int, ...]

DEMANDS = {"token/h": "1 token", "request/h": "1 request", "device": "device year", "flop/h": ""}
"""Unit of a demand, and the functional unit that says how much of it a device provides."""

_MOST_TOGETHER = 1_000_000
_FLOP = ("peak", "delivered", "useful")
_YEARS = re.compile(r"(\d{4})(?:\s*(?:-|–|to)\s*(\d{4}))?\Z")
_EXAMPLE = "4e9 token/h, 2000 request/h, 40 PFLOP/s peak or 64 device"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is wanted at once: ``rate`` in ``unit`` of ``functional_unit``, mean over a year."""

    rate: float
    unit: str
    functional_unit: str


def read_demand(raw: object) -> Wanted:
    """Read a demand such as ``4e9 token/h`` or ``40 PFLOP/s useful``.

    Raises
    ------
    ValueError
        As pydantic expects it.
    """
    text = str(raw).strip()
    words = text.split()
    basis = next((word for word in words if word in _FLOP), "")
    plain = " ".join(word for word in words if word != basis)
    for unit, functional in DEMANDS.items():
        try:
            rate = units.parse(plain, unit)
        except UnitError:
            continue
        if rate < 0 or (unit == "flop/h") != bool(basis):
            break
        return Wanted(rate, unit, functional or f"1 flop {basis}")
    flop = "; FLOPs say which: peak, delivered or useful" if "flop" in text.lower() else ""
    msg = f"{quoted(text)} is not a demand; write for example {_EXAMPLE}{flop}"
    raise ValueError(msg)


def _demands(raw: object) -> object:
    given = raw if isinstance(raw, Mapping) else {"first": raw}
    found = {}
    for year, text in given.items():
        if not re.fullmatch(r"\d{4}|first", str(year)):
            msg = f"expected a year such as 2027, found {quoted(year)}"
            raise ValueError(msg)
        found[str(year)] = text if isinstance(text, Wanted) else read_demand(text)
    if len({(one.unit, one.functional_unit) for one in found.values()}) != 1:
        msg = f"give one kind of demand for all years, such as {_EXAMPLE}"
        raise ValueError(msg)
    return found


def _years(raw: object) -> object:
    if isinstance(raw, tuple):
        return raw
    match = _YEARS.match(str(raw).strip())
    if match is None or int(match[2] or match[1]) < int(match[1]):
        msg = f"expected years such as 2027-2031, found {quoted(raw)}"
        raise ValueError(msg)
    return (int(match[1]), int(match[2] or match[1]))


class Delivers(Record):
    """What a device of this type delivers while busy; as in ``fleet.*.serves``."""

    throughput: Throughput | None = None
    """Tokens per time of one busy device."""
    requests: Annotated[Value, Amount("request/h")] | None = None
    """Requests per time of one busy device."""
    precision: Annotated[str, OneOf(("fp64", "fp32", "tf32", "fp16", "fp8", "int8", "fp4"))] = (
        "fp16"
    )
    """Precision whose peak rate counts."""
    flop_utilization: Share | None = None
    """Model FLOPs over peak FLOPs while busy."""
    hardware_flop_utilization: Share | None = None
    """Executed FLOPs over peak FLOPs while busy."""


class Drawn(Record):
    """Measured or known power of one device; as in ``fleet.*.power``."""

    idle: Power | None = None
    """Power of one device that is on and has no work."""
    busy: Power | None = None
    """Mean power of one device while it works."""


class Type(Record):
    """A type of device that can be bought; the fields of a fleet, with when and how many."""

    device: str
    """Id of the device (lca list gpu)."""
    lifetime: Lifetime
    """Whole years from purchase to the latest end of life."""
    host: str | None = None
    """Host that carries the devices; the device's own by default, ``none`` for no host."""
    utilization: Share | None = None
    """Share of powered time with work."""
    power: Drawn = Drawn()
    """Measured or known power of one device."""
    host_power: Power | None = None
    """Mean power of a whole host without its accelerators."""
    serves: Delivers = Delivers()
    """What a busy device delivers."""
    price: Purchase | None = None
    """Purchase price of one device, before that of ``prices.devices``."""
    available: Annotated[tuple[int, int], BeforeValidator(_years)] | None = None
    """Years in which it can be bought, such as ``2027-2029``; all by default."""
    sites: tuple[str, ...] = ()
    """Sites where it can stand; all by default."""
    most: Count | None = None
    """Most devices that can be had in all."""
    most_per_year: Count | None = None
    """Most devices that can be had in a year."""
    multiple: Count = 1
    """Devices that are bought together, such as 8 to a host."""


class FleetQuestion(Record):
    """Which devices to buy, how many, at which sites, when, and when to retire them."""

    demand: Annotated[dict[str, Any], BeforeValidator(_demands)]
    """What must be provided in the mean of each year: a rate, or rates by year (held until the next)."""
    growth: Annotated[Value, Amount("", -1.0, 100.0)] | None = None
    """Growth of demand a year after the last rate given; none by default."""
    types: dict[str, Type]
    """Types on offer, by name."""
    sites: tuple[str, ...] = ()
    """Sites to choose from; all sites of the scenario by default."""
    power: dict[str, Power] = Field(default_factory=dict)
    """Most facility power by site, PUE included, in the mean of a year."""
    memory: Capacity | None = None
    """Least device memory that must be in service in every year."""
    phase: Annotated[str, OneOf(("training", "optimization", "inference", "deployment"))] = (
        "inference"
    )
    """Phase of the life of an AI service that the devices serve."""
    early: Annotated[str, OneOf(("yes", "no"))] = "yes"
    """Whether devices may be retired before their life ends; what made them is then borne in full."""


def findings(
    record: FleetQuestion, model: ScenarioModel, library: Library
) -> Iterator[tuple[Path, str]]:
    """Yield what names nothing, or contradicts the scenario."""
    sites = dict(model.sites or {})
    for number, name in enumerate(record.sites or ()):
        yield from _known(("sites", number), name, sites, "site")
    for name in record.power or {}:
        yield from _known(("power", name), name, sites, "site")
    if record.types == {}:
        yield ("types",), "nothing is on offer; name at least one type with its device"
    for name, kind in (record.types or {}).items():
        yield from _type(("types", name), kind, sites, library)
    yield from _demand_years(record, model)


def _demand_years(record: FleetQuestion, model: ScenarioModel) -> Iterator[tuple[Path, str]]:
    if record.demand and not any(one.rate for one in record.demand.values()):
        yield ("demand",), "nothing is asked for: give more than 0 in one year at least"
    given = {year for year in record.demand or () if year != "first"}
    if (
        given
        and "first" not in record.demand
        and model.period
        and min(given) > str(model.period[0])
    ):
        yield ("demand",), f"says nothing of {model.period[0]}; the first rate is of {min(given)}"


def _type(
    path: Path, kind: Type, sites: Mapping[str, object], library: Library
) -> Iterator[tuple[Path, str]]:
    for number, name in enumerate(kind.sites or ()):
        yield from _known((*path, "sites", number), name, sites, "site")
    try:
        if kind.device is not None:
            library.device(kind.device)
    except (UnknownNameError, InputError) as error:
        yield (*path, "device"), error.problems[0].message
    if kind.host not in {None, "none"}:
        try:
            library.server(kind.host)
        except (UnknownNameError, InputError) as error:
            yield (*path, "host"), error.problems[0].message
    if kind.lifetime is not None and kind.lifetime.central != round(kind.lifetime.central):
        yield (*path, "lifetime"), "expected whole years: devices are bought and retired by year"
    if kind.multiple is not None and not 1 <= kind.multiple <= _MOST_TOGETHER:
        found = f"{kind.multiple:.6g}"
        yield (
            (*path, "multiple"),
            f"expected a whole number from 1 to {_MOST_TOGETHER:,}, found {found}",
        )


def _known(
    path: Path, name: str | None, known: Mapping[str, object], what: str
) -> Iterator[tuple[Path, str]]:
    if name is not None and name not in known:
        accepted = f" (one of: {', '.join(known)})" if known else ""
        yield path, f"no {what} {quoted(name)}{did_you_mean(name, known) or accepted}"
