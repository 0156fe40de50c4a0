"""What the files of ``hardware_db`` may hold: one record type a kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from lca.library.fields import (
    Amount,
    Area,
    BitDensity,
    Capacity,
    CarbonPerArea,
    CarbonPerCapacity,
    Count,
    DefectDensity,
    Energy,
    EnergyPerArea,
    Length,
    Lifetime,
    Mass,
    OneOf,
    Power,
    Rate,
    Ratio,
    Record,
    Share,
    read_amount,
)
from lca.values import Value

Boundary = Literal[
    "die", "package", "card", "module", "board", "server", "host", "network", "building"
]
FootprintStage = Literal["manufacture", "transport", "operation", "end_of_life"]
INDICATOR_UNITS = {
    "gwp100": "kgCO2e",
    "primary_energy": "MJ",
    "adp_elements": "kgSbeq",
    "water": "L",
    "e_waste": "kg",
}


class Die(Record):
    """Silicon dies of one kind in a device."""

    name: str
    area: Area
    count: Count = 1
    process: str = ""
    source: str = ""
    note: str = ""


class Memory(Record):
    """Memory of a device or server."""

    technology: str = ""
    capacity: Capacity
    stacks: Ratio | None = None
    modules: Ratio | None = None
    bandwidth: Annotated[Value, Amount("GB/h")] | None = None
    source: str = ""
    note: str = ""


class Storage(Record):
    """Drives of a server."""

    technology: str
    capacity: Capacity
    drives: Ratio | None = None
    source: str = ""
    note: str = ""


class PowerDraw(Record):
    """Electric power of a device or of a host without accelerators."""

    tdp: Power | None = None
    idle: Power | None = None
    busy: Power | None = None
    maximum: Power | None = None
    source: str = ""
    note: str = ""


class Masses(Record):
    """Masses; ``module_share`` is a module with its share of a baseboard."""

    total: Mass | None = None
    board: Mass | None = None
    heatsink: Mass | None = None
    casing: Mass | None = None
    module_share: Mass | None = None
    source: str = ""
    note: str = ""


class Board(Record):
    """The printed circuit board."""

    length: Length | None = None
    area: Area | None = None
    source: str = ""
    note: str = ""


class Footprint(Record):
    """A published figure, as published, with its boundary and stages."""

    indicator: Annotated[str, OneOf(tuple(INDICATOR_UNITS))]
    value: Any
    boundary: Boundary
    stages: tuple[FootprintStage, ...]
    parts: dict[str, Any] = {}
    source: str
    quality: str = "declared"
    note: str = ""

    @field_validator("value", mode="before")
    @classmethod
    def _read_value(cls, raw: Any, info: ValidationInfo) -> Any:
        """Read the value in the unit of the indicator; a wrong indicator is told at its own place."""
        unit = INDICATOR_UNITS.get(info.data.get("indicator", ""))
        return raw if unit is None else read_amount(raw, unit, 0.0, float("inf"))

    @field_validator("parts", mode="before")
    @classmethod
    def _read_parts(cls, raw: Any, info: ValidationInfo) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {name: cls._read_value(part, info) for name, part in raw.items()}


class Peak(Record):
    """Dense peak rates of a device by precision."""

    fp64: Rate | None = None
    fp32: Rate | None = None
    tf32: Rate | None = None
    fp16: Rate | None = None
    fp8: Rate | None = None
    int8: Rate | None = None
    fp4: Rate | None = None
    source: str = ""
    note: str = ""

    def rates(self) -> dict[str, Value]:
        """Return the rates that are known."""
        names = ("fp64", "fp32", "tf32", "fp16", "fp8", "int8", "fp4")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def _text_list(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


TextList = Annotated[tuple[str, ...], BeforeValidator(_text_list)]


class Entry(Record):
    """What every file holds."""

    schema_: Literal["1"] = Field(alias="schema")
    id: str
    kind: str
    name: str
    vendor: str = ""
    source: str = ""
    note: str = ""
    notes: TextList = ()
    corrections: TextList = ()


class Device(Entry):
    """A GPU, TPU or other accelerator."""

    kind: Literal["gpu", "tpu", "accelerator"]
    architecture: str = ""
    chip: str = ""
    released: str = ""
    form_factor: str = ""
    category: str = ""
    host: str = ""
    host_slots: Count | None = None
    dies: tuple[Die, ...] = ()
    transistors: Ratio | None = None
    memory: Memory | None = None
    power: PowerDraw = PowerDraw()
    peak: Peak = Peak()
    mass: Masses = Masses()
    board: Board = Board()
    footprints: tuple[Footprint, ...] = ()
    estimates: tuple[Footprint, ...] = ()


class Cpu(Entry):
    """A server processor."""

    kind: Literal["cpu"]
    architecture: str = ""
    released: str = ""
    cores: Count | None = None
    threads: Count | None = None
    dies: tuple[Die, ...] = ()
    transistors: Ratio | None = None
    power: PowerDraw = PowerDraw()
    footprints: tuple[Footprint, ...] = ()
    estimates: tuple[Footprint, ...] = ()


class CpuCount(Record):
    """Processors of one kind in a server."""

    device: str
    count: Count
    source: str = ""
    note: str = ""


class PublishedUse(Record):
    """The use phase of a published footprint: for re-basing, never a default."""

    yearly_energy: Energy | None = None
    location: str = ""
    lifetime: Lifetime | None = None
    source: str = ""
    note: str = ""


class Server(Entry):
    """A server, a host of accelerators (without them), or a baseboard."""

    kind: Literal["server"]
    role: Literal["host", "baseboard", "server"]
    accelerator_slots: Count | None = None
    form_factor: str = ""
    released: str = ""
    report_date: str = ""
    cpus: tuple[CpuCount, ...] = ()
    memory: Memory | None = None
    storage: tuple[Storage, ...] = ()
    mass: Masses = Masses()
    power: PowerDraw = PowerDraw()
    footprints: tuple[Footprint, ...] = ()
    estimates: tuple[Footprint, ...] = ()
    published_use: PublishedUse | None = None


class PerCapacityEstimate(Record):
    """Another published figure per capacity: shown, never a default."""

    indicator: Literal["gwp100"] = "gwp100"
    value: CarbonPerCapacity
    source: str
    quality: str = "declared"
    boundary: str = ""
    note: str = ""


class Technology(Entry):
    """A memory or storage technology."""

    kind: Literal["memory", "storage"]
    family: str = ""
    carbon_per_capacity: CarbonPerCapacity | None = None
    family_spread: Ratio | None = None
    bit_density: BitDensity | None = None
    layers: Ratio | None = None
    estimates: tuple[PerCapacityEstimate, ...] = ()
    power_per_capacity: Annotated[Value, Amount("kW/GB")] | None = None


class Process(Entry):
    """A semiconductor process (fab node)."""

    kind: Literal["process"]
    foundry: str = ""
    node: Length | None = None
    stands_for: str = ""
    energy_per_area: EnergyPerArea | None = None
    gas_per_area: CarbonPerArea | None = None
    material_per_area: CarbonPerArea | None = None
    scope12_per_area: CarbonPerArea | None = None
    cradle_to_gate_per_functional_area: CarbonPerArea | None = None
    defect_density: DefectDensity | None = None
    yield_alpha: Ratio | None = None


class Instance(Entry):
    """A cloud instance type with accelerators."""

    kind: Literal["instance"]
    provider: str
    device: str
    count: Count
    host: str = ""
    host_share: Share | None = None
    vcpus: Count | None = None
    memory: Capacity | None = None


class Equipment(Entry):
    """Network or cooling equipment with a published figure."""

    kind: Literal["network", "cooling"]
    mass: Masses = Masses()
    power: PowerDraw = PowerDraw()
    footprints: tuple[Footprint, ...] = ()
    estimates: tuple[Footprint, ...] = ()


class SourceEntry(Record):
    """An entry of ``sources.yaml``."""

    title: str
    publisher: str = ""
    year: str = ""
    locator: str = ""
    url: str = ""
    licence: str = ""
    seen: Literal["opened", "secondary", "derived", "assumed"]
    note: str = ""
    attribution: str = ""


KINDS: dict[str, type[Entry]] = {
    "gpu": Device,
    "tpu": Device,
    "accelerator": Device,
    "cpu": Cpu,
    "server": Server,
    "memory": Technology,
    "storage": Technology,
    "process": Process,
    "instance": Instance,
    "network": Equipment,
    "cooling": Equipment,
}
