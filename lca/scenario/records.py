"""Workload records in a scenario: what was measured becomes power, hours, energy and throughput.

A record is a file that ``lca measure`` wrote. It is looked up beside the scenario or
in folders there, then in the ``workload`` folders of the hardware database; never elsewhere. Its interval becomes one sampled factor, keyed by
the file's contents, so that everything that rests on one measurement moves together.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lca import document
from lca.errors import InputError, ScenarioError, UnknownNameError, did_you_mean, quoted
from lca.library import Library
from lca.library.checking import validate
from lca.library.fields import Amount, Energy, Hours, OneOf, Power, Ratio, Share
from lca.library.places import is_file_within, stays_within
from lca.sources import Quality
from lca.uncertain import Distribution, triangular, uniform
from lca.values import Value

ACCELERATORS = ("gpu", "module")
"""Scopes of a record's devices that are accelerators; the others belong to their host."""

_FOLDER = "workload"
_QUALITY = {"measured": Quality.MEASURED, "modeled": Quality.MODELLED}
_WORDS = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_AMOUNT = re.compile(
    r"([\d._]+(?:[eE][-+]?\d+)?)\s+(?:(thousand|million|billion|trillion)\s+)?(\S.*)\Z"
)


class _Part(BaseModel):
    """A part of a record; what the model does not use may stand there, too."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)


class Device(_Part):
    """One metered device of a record."""

    id: str
    name: str = ""
    uuid: str | None = None
    hardware: str | None = None
    energy: Energy | None = None
    low: Energy | None = None
    high: Energy | None = None
    method: str = "none"
    scope: str = "gpu"
    share: Share | None = None
    idle_power: Power | None = None


class Done(_Part):
    """The work of a record, all repeats together."""

    amount: Ratio
    unit: str


def _joules(raw: object) -> object:
    """Read ``0.5 J/token`` as ``0.5 J``: the unit of work stands beside it."""
    return raw.partition("/")[0].strip() if isinstance(raw, str) else raw


Joules = Annotated[Annotated[Value, Amount("kWh", -math.inf)] | None, BeforeValidator(_joules)]
"""Energy above idle can have a lower bound below nothing."""


class PerUnit(_Part):
    """Energy per unit of work, after the record's idle policy."""

    value: Joules = None
    low: Joules = None
    high: Joules = None


class Calibrated(_Part):
    """Energy at the wall, by the node calibration that was applied."""

    energy: Energy | None = None
    low: Energy | None = None
    high: Energy | None = None
    source: str = ""


class Contents(_Part):
    """What the model reads of a record."""

    schema_: Literal["1"] = Field(alias="schema")
    workload: str
    work: Done
    duration: Hours
    started: str = ""
    devices: tuple[Device, ...] = ()
    energy_per_unit: PerUnit | None = None
    idle: str = "total"
    calibration: Calibrated | None = None
    quality: Annotated[str, OneOf(("measured", "modeled", "none"))] = "none"
    status: str = "complete"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record as the model uses it.

    Attributes
    ----------
    file
        Name of the file; ``digest`` is the beginning of its SHA-256.
    contents
        What was read.
    """

    file: str
    digest: str
    contents: Contents

    @property
    def unit(self) -> str:
        """What its work is counted in, such as ``token``."""
        return self.contents.work.unit

    @property
    def amount(self) -> float:
        """How much work was done."""
        return self.contents.work.amount.central

    @property
    def hours(self) -> float:
        """How long it took (h)."""
        return self.contents.duration.central

    @property
    def accelerators(self) -> tuple[Device, ...]:
        """Its accelerators; the other devices belong to their host."""
        return tuple(one for one in self.contents.devices if one.scope in ACCELERATORS)

    @property
    def hardware(self) -> str | None:
        """The database's id of its accelerators, or None if unknown or of several kinds."""
        names = {device.hardware for device in self.accelerators}
        return next(iter(names)) if len(names) == 1 else None

    @property
    def identity(self) -> str:
        """What the draws of its energy are keyed by."""
        return f"record/{self.contents.workload.replace('/', '-')}/{self.digest}"

    @property
    def source(self) -> str:
        """On whose word it stands: file, methods, devices and date."""
        devices = self.contents.devices
        methods = ", ".join(sorted({device.method for device in devices}))
        which = ", ".join(dict.fromkeys(d.uuid or d.name or d.id for d in devices))
        parts = (methods, which, self.contents.started[:10], f"sha256 {self.digest}")
        return f"record {self.file} ({'; '.join(part for part in parts if part)})"

    def value(self, distribution: Distribution, unit: str, note: str = "") -> Value:
        """Return a number of this record with its source and quality."""
        quality = _QUALITY[self.contents.quality]
        return Value(distribution, unit, self.source, quality, self.identity, note)

    def power(self) -> Value:
        """Return the mean power of one accelerator while it worked (kW)."""
        energy = self._spread(self.accelerators)
        return self.value(energy.scaled(1 / (len(self.accelerators) * self.hours)), "kW")

    def energy(self) -> Value:
        """Return the energy of all its work (kWh): at the wall where a calibration was applied."""
        wall, per_unit = self.contents.calibration, self.contents.energy_per_unit
        if wall is not None and wall.energy is not None:
            note = f"at the wall, by {wall.source}" if wall.source else "at the wall"
            return self.value(_interval(wall.energy, wall.low, wall.high), "kWh", note)
        if self.contents.idle == "total" or per_unit is None:
            return self.value(self._spread(self.contents.devices), "kWh")
        one = _interval(per_unit.value, per_unit.low, per_unit.high)
        return self.value(one.scaled(self.amount), "kWh", f"idle policy: {self.contents.idle}")

    def _spread(self, devices: tuple[Device, ...]) -> Distribution:
        """Return the energy of devices together; parts of them where the idle policy says so."""
        shared = self.contents.idle == "share"
        return spread_of(devices, [_share(d) if shared else 1.0 for d in devices])

    @property
    def at_wall(self) -> bool:
        """Whether its energy is that of the whole node."""
        wall = self.contents.calibration
        return wall is not None and wall.energy is not None

    def idle_power(self) -> Value | None:
        """Return the mean idle power of its accelerators (kW), if it was measured."""
        known = [device.idle_power.central for device in self.accelerators if device.idle_power]
        if not known or len(known) < len(self.accelerators):
            return None
        mean = Distribution("exact", (sum(known) / len(known),))
        return Value(mean, "kW", self.source, Quality.MEASURED, f"{self.identity}/idle")


def _share(device: Device) -> float:
    return 1.0 if device.share is None else device.share.central


def spread_of(devices: tuple[Device, ...], shares: list[float]) -> Distribution:
    """Return the energy of shares of devices together, with the sum of their bounds."""
    parts = [
        _interval(device.energy, device.low, device.high).scaled(share)
        for device, share in zip(devices, shares, strict=True)
        if share > 0
    ]
    low, middle, high = (sum(part[number] for part in map(_three, parts)) for number in range(3))
    if all(part.kind == "uniform" for part in parts):
        return uniform(low, high)
    return _three_to_spread(low, middle, high)


def _three(part: Distribution) -> tuple[float, float, float]:
    return part.parameters[0], part.central, part.parameters[-1]


def _three_to_spread(low: float, middle: float, high: float) -> Distribution:
    return triangular(low, middle, high) if low < high else Distribution("exact", (middle,))


def _interval(value: Value | None, low: Value | None, high: Value | None) -> Distribution:
    """Return a triangle between the bounds, or evenly spread where the meter gave no value."""
    if value is None:
        if low is None or high is None:
            msg = "it has neither a value nor an upper bound of its energy; measure longer"
            raise InputError(msg)
        return uniform(max(0.0, low.central), max(0.0, high.central))
    middle = max(0.0, value.central)
    least = middle if low is None else min(max(0.0, low.central), middle)
    most = middle if high is None else max(high.central, middle)
    return _three_to_spread(least, middle, most)


def find(name: str, folder: Path | None, library: Library) -> Path:
    """Return the file of a record: beside the scenario, or in a ``workload`` folder.

    A scenario file may have come from anybody, so what it names must lie there. One that was made
    in Python has no folder: its author may name any file.

    Raises
    ------
    UnknownNameError
        There is none; the nearest is named.
    """
    if folder is None and Path(name).is_file():
        return Path(name)
    places = [folder or Path(), *(shelf / _FOLDER for shelf in library.folders)]
    if not stays_within(name):
        msg = f"record {quoted(name)} is not looked up: name a file beside the scenario or in a folder there"
        raise UnknownNameError(msg)
    for place in places:
        for file in (place / name, place / f"{name}.yaml"):
            if is_file_within(file, place):
                return file
    known = {f.name for p in places for f in p.glob("*.yaml") if is_file_within(f, p)}
    hint = did_you_mean(name, known)
    msg = f"no record {quoted(name)}{hint} (looked beside the scenario; lca measure --save writes one)"
    raise UnknownNameError(msg)


def load(path: Path) -> Recorded:
    """Read a record.

    Raises
    ------
    InputError
        With every mistake of the file, or because it measured nothing.
    """
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _load(path: Path, _changed: int) -> Recorded:
    contents = validate(Contents, document.read(path), ScenarioError)
    found = Recorded(path.name, hashlib.sha256(path.read_bytes()).hexdigest()[:12], contents)
    if contents.quality == "none" or not contents.devices:
        msg = f"record {path.name} measured nothing: no device has an energy; measure again"
        raise ScenarioError(msg)
    if not (found.hours > 0 and found.amount > 0):
        msg = f"record {path.name} has no duration or no work; measure again"
        raise ScenarioError(msg)
    try:
        found.energy()
    except InputError as error:
        msg = f"record {path.name}: {error.problems[0].message}"
        raise ScenarioError(msg) from None
    return found


def remarks(record: Recorded, where: str) -> Iterator[str]:
    """Yield what the reader of a result must know of a record."""
    contents = record.contents
    if contents.quality == "modeled":
        yield f"{where}: the energy of record {record.file} is modeled, not measured"
    if contents.status != "complete":
        yield f"{where}: record {record.file} is {contents.status}: its run did not end as planned"
    if any(device.energy is None for device in contents.devices):
        yield f"{where}: a device of record {record.file} has bounds but no value: spread evenly"
    unbounded = [d.id for d in contents.devices if d.energy is not None and d.high is None]
    if unbounded:
        names = ", ".join(unbounded)
        yield f"{where}: record {record.file} has no upper bound of {names}: its value is the highest drawn"
    if contents.idle == "above_idle":
        yield f"{where}: record {record.file} counts energy above idle: what idling draws is left out"


def read_amount(text: str, unit: str) -> float:
    """Return an amount of work such as ``1 million tokens`` in the unit of a record.

    Raises
    ------
    ScenarioError
        It is no amount, or of another unit.
    """
    match = _AMOUNT.match(text.strip())
    number = _number(match[1]) if match else math.nan
    if match is None or not 0 < number < math.inf:
        msg = f"{quoted(text)} is not an amount of work; write for example 1 million {unit}s"
        raise ScenarioError(msg)
    if _singular(match[3]) != _singular(unit):
        msg = f"{quoted(text)}: the record counts {unit}s; write for example 1 million {unit}s"
        raise ScenarioError(msg)
    return number * _WORDS[match[2] or ""]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _singular(noun: str) -> str:
    return noun.strip().casefold().removesuffix("s")
