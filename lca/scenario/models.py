"""What a scenario file may hold: the one description that checks, documents and completes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from lca.library.fields import (
    Amount,
    Capacity,
    Count,
    Emissions,
    Energy,
    Hours,
    Lifetime,
    Mass,
    OneOf,
    Power,
    Rate,
    Ratio,
    Record,
    Share,
    Switch,
    Throughput,
)
from lca.scenario.assumption_models import Assumptions
from lca.scenario.price_models import Prices, Purchase
from lca.scenario.questions import Optimize
from lca.scenario.service_models import Answers, Cores, Demand, Model, Store, Train, Transfer
from lca.scenario.site_models import Site
from lca.values import Value

_PERIOD = re.compile(r"(\d{4})(?:\s*(?:-|–|to)\s*(\d{4}))?\Z")
_YEARS = (1990, 2100)


def _period(raw: object) -> object:
    match = _PERIOD.match(str(raw).strip())
    if match is None:
        msg = f'expected calendar years such as 2027-2031, found "{raw}"'
        raise ValueError(msg)
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        msg = f'the period runs backwards: "{raw}"; write {last}-{first}'
        raise ValueError(msg)
    if first < _YEARS[0] or last > _YEARS[1]:
        msg = f'expected years from {_YEARS[0]} to {_YEARS[1]}, found "{raw}"'
        raise ValueError(msg)
    return (first, last)


def _counts(raw: object) -> object:
    """Read ``8`` or ``{2027: 64, 2029: 96}``; a bare count is bought in the first year."""
    if not isinstance(raw, dict):
        return {"first": raw}
    for year in raw:
        if not re.fullmatch(r"\d{4}|first", str(year)) or (
            str(year) != "first" and not _YEARS[0] <= int(year) <= _YEARS[1]
        ):
            msg = f'expected a purchase year such as 2027, found "{year}"'
            raise ValueError(msg)
    if not raw:
        msg = "expected purchases such as {2027: 64}, found none"
        raise ValueError(msg)
    return raw


def _listed(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


Period = Annotated[tuple[int, int], BeforeValidator(_period)]
Counts = Annotated[dict[str, Count], BeforeValidator(_counts)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Phase = Annotated[
    str,
    OneOf(
        ("data_collection", "preprocessing", "training", "optimization", "inference", "deployment")
    ),
]


class Serves(Record):
    """What a device delivers while busy."""

    record: str | None = None
    """Workload record that says what a device draws and delivers: a file beside the scenario, or a name."""
    throughput: Throughput | None = None
    """Tokens per time of one busy device."""
    requests: Annotated[Value, Amount("request/h")] | None = None
    """Requests per time of one busy device."""
    utilization: Share | None = None
    """Share of powered time with work; the fleet's own ``utilization`` comes first."""
    precision: Annotated[str, OneOf(("fp64", "fp32", "tf32", "fp16", "fp8", "int8", "fp4"))] = (
        "fp16"
    )
    """Precision whose peak rate counts."""
    flop_utilization: Share | None = None
    """Model FLOPs over peak FLOPs while busy, for useful FLOPs."""
    hardware_flop_utilization: Share | None = None
    """Executed FLOPs over peak FLOPs while busy, for delivered FLOPs."""


class DevicePower(Record):
    """Measured or known power of one device, in place of the default power model."""

    idle: Power | None = None
    """Power of one device that is on and has no work."""
    busy: Power | None = None
    """Mean power of one device while it works."""


class Fleet(Record):
    """Devices bought in years, that live for a while at a site."""

    device: str
    """Id of the device (lca list gpu)."""
    count: Counts
    """Devices bought: a number (in the first year) or a number by year."""
    site: str
    """Name of the site, as under ``sites``."""
    lifetime: Lifetime
    """Time from purchase to end of life."""
    lifetime_hours: Hours | None = None
    """Hours of work in a life, for amortization by hours."""
    replace: Switch = True
    """Whether a device is bought again when its life ends within the period."""
    host: str | None = None
    """Host that carries the devices; the device's own by default, ``none`` for no host."""
    utilization: Share | None = None
    """Share of powered time with work."""
    powered: Share | None = None
    """Share of the year the devices are switched on; all of it by default."""
    power: DevicePower = DevicePower()
    """Measured or known power of one device."""
    host_power: Power | None = None
    """Mean power of a whole host without its accelerators."""
    embodied: Annotated[str, OneOf(("new", "sunk"))] = "new"
    """``sunk`` leaves what was emitted before the decision out; operation and end of life stay."""
    mass: Mass | None = None
    """Mass of one device with its share of a baseboard."""
    improvement: Share | None = None
    """Share of power per work that devices need less for each calendar year they are bought after the first."""
    price: Purchase | None = None
    """Purchase price of one device, before that of ``prices.devices``."""
    phase: Phase = "inference"
    """Phase of the life of an AI service that this serves."""
    serves: Serves = Serves()
    """What a busy device delivers."""


class Work(Record):
    """A piece of work: device-hours or energy, on owned or cloud devices."""

    phase: Phase = "training"
    """Phase of the life of an AI service."""
    record: str | None = None
    """Workload record that gives its energy, device and hours: a file beside the scenario, or a name."""
    amount: str | None = None
    """How much of the record's work is done, such as ``1 million tokens``; as much as was measured by default."""
    device: str | None = None
    """Id of the device that does the work."""
    instance: str | None = None
    """Id of a cloud instance type (lca list instance)."""
    host: str | None = None
    """Host of the device, in place of its own."""
    device_hours: Hours | None = None
    """Hours of one accelerator; one device for one hour is one device-hour."""
    instance_hours: Hours | None = None
    """Hours of a whole instance."""
    it_energy: Energy | None = None
    """Energy of the IT equipment, before PUE."""
    facility_energy: Energy | None = None
    """Energy with the facility's overhead already inside."""
    ownership: Annotated[str, OneOf(("owned", "cloud"))] = "cloud"
    """Whose machines they are."""
    embodied: Annotated[str, OneOf(("shared", "sunk"))] = "shared"
    """``shared`` bears a share of the machines, ``sunk`` none: an extra job on machines that stand there anyway."""
    site: str
    """Name of the site, as under ``sites``."""
    year: Count | None = None
    """Calendar year of the work; the first of the period by default."""
    lifetime: Lifetime | None = None
    """Life of the machines."""
    occupancy: Annotated[Value, Amount("", 0.01, 1.0)] | None = None
    """Share of its life in which the device is sold or used."""
    utilization: Share | None = None
    """Share of the hours in which the device is busy; all of them by default."""
    power: DevicePower = DevicePower()
    """Measured or known power of one device."""
    host_power: Power | None = None
    """Mean power of a whole host without its accelerators."""
    mass: Mass | None = None
    """Mass of one device with its share of a baseboard."""
    repeats: Ratio | None = None
    """How often the work is done: runs a year, folds of a validation, failed runs included."""
    tokens: Annotated[Value, Amount("token")] | None = None
    """Tokens that the work delivers."""
    requests: Annotated[Value, Amount("request")] | None = None
    """Requests that the work delivers."""
    runs: Annotated[Value, Amount("run")] | None = None
    """Runs that the work is."""
    flop: Annotated[Value, Amount("flop")] | None = None
    """Model FLOPs of the work."""
    serves: Serves = Serves()
    """What a busy device delivers."""
    train: Train | None = None
    """Training run whose device-hours follow from model and tokens."""
    answer: Answers | None = None
    """Answers of a model, whose device-hours follow from ``tokens`` or ``requests``."""
    transfer: Transfer | None = None
    """Data moved through a network."""
    store: Store | None = None
    """Data kept on drives."""
    cores: Cores | None = None
    """Time on processor cores."""
    runs_per_year: Ratio | None = None
    """How often it is done in each year of the period, such as retraining; else once, in ``year``."""

    @model_validator(mode="after")
    def _enough(self) -> Work:
        told = next(self._contradictions(), None)
        if told:
            raise ValueError(told)
        return self

    def _contradictions(self) -> Iterator[str]:
        """Yield what is given twice, or is missing."""
        ways = [name for name in _WAYS if getattr(self, name) is not None]
        if self.it_energy and self.facility_energy:
            yield "give it_energy or facility_energy, not both: PUE is applied to one of them only"
        if self.device and self.instance:
            yield "give device or instance, not both"
        if len(ways) > 1:
            yield f"give {' or '.join(ways)}, not both: each says by itself what is done"
        if self.runs_per_year and (self.year is not None or self.repeats):
            yield "give runs_per_year, or year and repeats: they contradict each other"
        if self.record:
            return
        if self.amount:
            yield "amount belongs to a record; give record, or tokens, requests, runs or flop"
        yield from self._lacks(ways)

    def _lacks(self, ways: list[str]) -> Iterator[str]:
        energy = self.it_energy or self.facility_energy
        if not (self.device or self.instance or energy or ways):
            yield (
                "give a device (or instance) with its hours, it_energy or facility_energy, a record, "
                f"or one of {', '.join(_WAYS)}"
            )
        machines = self.device is not None or self.instance is not None
        owned = self.ownership == "owned" and self.embodied == "shared"
        if machines and owned and self.lifetime is None:
            yield "owned machines need a lifetime such as 5 years (or embodied: sunk)"
        if self.train or self.answer:
            yield from self._lacks_of_model()
        elif self._lacks_hours():
            yield "a device needs device_hours, an instance instance_hours"

    def _lacks_of_model(self) -> Iterator[str]:
        if not (self.device or self.instance):
            yield "name the device (or instance) that the model runs on"
        if self.device_hours or self.instance_hours:
            yield "device-hours follow from the model; take device_hours and instance_hours out"
        if self.answer and not (self.tokens or self.requests):
            yield "say how much is answered: tokens or requests"

    def _lacks_hours(self) -> bool:
        of_device = self.device and not self.device_hours
        return bool(of_device or (self.instance and not (self.instance_hours or self.device_hours)))


class Service(Answers):
    """A service that answers with a model: its machines follow from what it is asked for."""

    demand: Demand
    """What it is asked for."""
    device: str
    """Id of the device that serves."""
    site: str
    """Name of the site, as under ``sites``."""
    lifetime: Lifetime
    """Time from purchase to end of life."""
    latency: Annotated[Value, Amount("h")] | None = None
    """Longest time per output token that is accepted; the batch keeps it."""
    maximum_utilization: Share | None = None
    """Share of capacity that the busiest hour may use."""
    redundancy: Ratio | None = None
    """Replicas that stand by, over those needed."""
    replace: Switch = True
    """Whether a device is bought again when its life ends within the period."""
    host: str | None = None
    """Host that carries the devices; the device's own by default, ``none`` for no host."""
    power: DevicePower = DevicePower()
    """Measured or known power of one device."""
    host_power: Power | None = None
    """Mean power of a whole host without its accelerators."""
    mass: Mass | None = None
    """Mass of one device with its share of a baseboard."""
    phase: Phase = "inference"
    """Phase of the life of an AI service that this serves."""


_WAYS = ("train", "answer", "transfer", "store", "cores")
"""Ways to say what a piece of work is, other than hours and energy."""


class Uncertainty(Record):
    """How many draws, and from which seed."""

    samples: Annotated[int, BeforeValidator(lambda raw: _bounded(raw, 0, 1 << 24))] = 1 << 14
    """Draws; 16384 by default, 0 for the central estimate alone."""
    seed: Count = 0
    """Seed of the draws."""


def _bounded(raw: object, low: int, high: int) -> int:
    try:
        number = float(str(raw).replace("_", ""))
    except ValueError:
        number = float("nan")
    if not (low <= number <= high and number == int(number)):
        msg = f'expected a whole number from {low} to {high}, found "{raw}"'
        raise ValueError(msg)
    return int(number)


class ScenarioModel(Record):
    """A scenario: what is bought, what runs where, and what is asked."""

    schema_: Literal["1"] = Field(alias="schema")
    title: str = ""
    """What the scenario is called."""
    question: str = ""
    """What it is to answer."""
    role: Annotated[str, OneOf(("buyer", "cloud_user", "tenant", "provider", "maker"))] = "buyer"
    """Whose inventory it is; maps stages to categories of the GHG Protocol."""
    publication: Annotated[str, OneOf(("internal", "public"))] = "internal"
    """Whether results go public."""
    functional_unit: Texts = ()
    """What results are divided by, such as ``1 million tokens`` or ``device year``; several are possible."""
    period: Period
    """Calendar years, such as 2027-2031."""
    indicators: Texts = ("gwp100",)
    """What is reported beside greenhouse gases."""
    sites: dict[str, Site] = {}
    """Places where equipment runs, by name."""
    models: dict[str, Model] = {}
    """AI models that are trained or served, by name."""
    fleet: dict[str, Fleet] = {}
    """Devices that are bought, by name."""
    services: dict[str, Service] = {}
    """Services whose machines follow from demand, by name."""
    work: dict[str, Work] = {}
    """Pieces of work on owned or rented devices, by name."""
    assumptions: Assumptions = Assumptions()
    """Choices and defaults of the whole scenario."""
    budget: Emissions | None = None
    """Greenhouse gases that the whole period may emit, for ``lca project``."""
    prices: Prices | None = None
    """What things cost; without prices, cost is not known."""
    optimize: Optimize | None = None
    """Decisions that are asked for (``lca optimize``)."""
    base_name: str = "base"
    """Name of the scenario as written, beside its options."""
    options: dict[str, dict[str, Any]] = {}
    """Alternatives: values by dotted path; ``based_on`` starts from another option."""
    uncertainty: Uncertainty = Uncertainty()
    """How much is drawn, and from which seed."""

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years of the period."""
        return tuple(range(self.period[0], self.period[1] + 1))


__all__ = ["Capacity", "Fleet", "Rate", "ScenarioModel", "Service", "Site", "Work"]
