"""Write workload records as YAML with units, and read them with every mistake at once."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from lca.errors import InputError, Problem, did_you_mean, quoted
from lca.measure.integrate import Energy
from lca.measure.records import (
    SCHEMA,
    DeviceRecord,
    EnergyPerUnit,
    WindowRecord,
    Work,
    WorkloadRecord,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping

    from lca.document import Document

__all__ = ["read", "written"]

METHODS = ("counter", "power", "model", "none")
SCOPES = ("gpu", "module", "package", "dram", "node")
QUALITIES = ("measured", "modeled", "none")
POLICIES = ("total", "above_idle", "share")
STATES = ("complete", "partial")
Path = tuple[str | int, ...]


def written(record: WorkloadRecord) -> dict[str, Any]:
    """Return a record as plain data: quantities as text with unit, unknown as None."""
    per = record.energy_per_unit
    data: dict[str, Any] = {
        "schema": record.schema,
        "workload": record.workload,
        "work": {"amount": _number(record.work.amount), "unit": record.work.unit},
        "repeats": str(record.repeats),
        "started": record.started,
        "duration": _with(record.duration, "s"),
        "software": dict(record.software),
        "host": dict(record.host),
        "idle": record.idle,
        "devices": [_device(device) for device in record.devices],
        "energy_per_unit": None if per is None else _per_unit(per),
        "windows": [_window(window) for window in record.windows],
        "metrics": {name: _number(value) for name, value in record.metrics.items()},
        "calibration": dict(record.calibration),
        "quality": record.quality,
        "status": record.status,
        "reasons": list(record.reasons),
    }
    optional = ("windows", "metrics", "calibration", "reasons")
    return {name: value for name, value in data.items() if value or name not in optional}


def _device(device: DeviceRecord) -> dict[str, Any]:
    """Return a device as plain data."""
    return {
        "id": device.id,
        "uuid": device.uuid,
        "name": device.name,
        "hardware": device.hardware,
        "energy": _with(device.energy, "J"),
        "low": _with(device.low, "J"),
        "high": _with(device.high, "J"),
        "method": device.method,
        "scope": device.scope,
        "coverage": _number(device.coverage),
        "share": _number(device.share),
        "idle_power": _with(device.idle_power, "W"),
        "clocks": {name: _with(clock, "MHz") for name, clock in device.clocks.items()},
        "temperature": _with(device.temperature, "degC"),
        "power_limit": _with(device.power_limit, "W"),
        "throttled": {name: _number(share) for name, share in device.throttled.items()},
        "reasons": list(device.reasons),
    }


def _window(window: WindowRecord) -> dict[str, Any]:
    """Return a window as plain data."""
    energy = window.energy
    return {
        "name": window.name,
        "begins": _with(window.begins, "s"),
        "duration": _with(window.duration, "s"),
        "energy": _with(energy.value, "J"),
        "low": _with(energy.low, "J"),
        "high": _with(energy.high, "J"),
        "method": energy.method,
        "coverage": _number(energy.coverage),
        "quality": window.quality,
        "reasons": list(energy.reasons),
    }


def _per_unit(per: EnergyPerUnit) -> dict[str, Any]:
    """Return energy per unit of work as plain data."""
    return {
        "value": _with(per.value, "J"),
        "low": _with(per.low, "J"),
        "high": _with(per.high, "J"),
        "unit": per.unit,
        "repeats": [_with(value, "J") for value in per.repeats],
    }


def _number(value: float) -> str:
    """Return a number with all of its digits that count."""
    return f"{value:.9g}"


def _with(value: float | None, unit: str) -> str | None:
    """Return a quantity as text; None for what is unknown or unbounded."""
    if value is None or not math.isfinite(value):
        return None
    return f"{_number(value)} {unit}"


def read(path: str | os.PathLike[str]) -> WorkloadRecord:
    """Return the record in a file.

    Raises
    ------
    InputError
        With every mistake, each with its line and column.
    """
    from lca import document

    reader = _Reader(document.read(path))
    record = reader.record()
    if reader.problems:
        raise InputError(reader.problems)
    return record


class _Reader:
    """Take values out of a document; collect what is wrong instead of stopping."""

    def __init__(self, found: Document) -> None:
        self.document = found
        self.problems: list[Problem] = []

    def record(self) -> WorkloadRecord:
        """Return the whole record."""
        root = _Part(self, (), self.document.data)
        root.only(_keys(WorkloadRecord))
        schema = root.text("schema", SCHEMA)
        if schema != SCHEMA:
            self.refuse(("schema",), f"is {quoted(schema)}; this version reads {quoted(SCHEMA)}")
        work = root.part("work", ("amount", "unit"), needed=True)
        per = root.part("energy_per_unit", _keys(EnergyPerUnit))
        return WorkloadRecord(
            workload=root.text("workload"),
            work=Work(work.number("amount", 1.0, positive=True), work.text("unit", "run")),
            repeats=round(root.number("repeats", 1.0, positive=True)),
            started=root.text("started", ""),
            duration=root.quantity("duration", "s", 0.0) or 0.0,
            software=root.texts("software"),
            host=root.texts("host"),
            idle=root.choice("idle", POLICIES, "total"),
            devices=tuple(map(_read_device, root.parts("devices", _keys(DeviceRecord)))),
            energy_per_unit=_read_per_unit(per) if per.data else None,
            windows=tuple(map(_read_window, root.parts("windows", _WINDOW))),
            metrics=root.numbers("metrics"),
            calibration=root.texts("calibration"),
            quality=root.choice("quality", QUALITIES),
            status=root.choice("status", STATES, "complete"),
            reasons=root.listed("reasons"),
        )

    def refuse(self, path: Path, message: str, at: Any = "value") -> None:
        """Remember a mistake at a place of the file."""
        self.problems.append(self.document.problem(path, message, at))


_WINDOW = (
    "name",
    "begins",
    "duration",
    "energy",
    "low",
    "high",
    "method",
    "coverage",
    "quality",
    "reasons",
)


def _keys(model: Any) -> tuple[str, ...]:
    """Return the fields of a record."""
    return tuple(model.__dataclass_fields__)


def _read_device(part: _Part) -> DeviceRecord:
    """Return one device."""
    energy = _read_energy(part)
    return DeviceRecord(
        id=part.text("id"),
        name=part.text("name", ""),
        uuid=part.optional("uuid"),
        hardware=part.optional("hardware"),
        energy=energy.value,
        low=energy.low,
        high=energy.high,
        method=energy.method,
        scope=part.choice("scope", SCOPES, "gpu"),
        coverage=energy.coverage,
        share=part.number("share", 1.0),
        idle_power=part.quantity("idle_power", "W"),
        clocks=part.quantities("clocks", "MHz"),
        temperature=part.quantity("temperature", "degC"),
        power_limit=part.quantity("power_limit", "W"),
        throttled=part.numbers("throttled"),
        reasons=energy.reasons,
    )


def _read_window(part: _Part) -> WindowRecord:
    """Return one window."""
    return WindowRecord(
        name=part.text("name"),
        begins=part.quantity("begins", "s", 0.0) or 0.0,
        duration=part.quantity("duration", "s", 0.0) or 0.0,
        energy=_read_energy(part),
        quality=part.choice("quality", QUALITIES, "none"),
    )


def _read_energy(part: _Part) -> Energy:
    """Return the energy of a device or window; its bounds must hold its value."""
    value = part.quantity("energy", "J")
    low, high = part.bounds(value, "energy")
    method = part.choice("method", METHODS)
    if method == "none" and value is not None:
        part.refuse("energy", "is given, but the method is none: not measured has no value")
    coverage = part.number("coverage", 0.0)
    if not 0 <= coverage <= 1:
        part.refuse("coverage", f"is {coverage:g}; it is a share between 0 and 1")
    return Energy(value, low, high, coverage, method, part.listed("reasons"))


def _read_per_unit(part: _Part) -> EnergyPerUnit:
    """Return energy per unit of work."""
    value = part.quantity("value", "J")
    low, high = part.bounds(value, "value")
    repeats = part.quantity_list("repeats", "J")
    return EnergyPerUnit(value, low, high, part.text("unit", "run"), repeats)


class _Part:
    """One mapping of a document, and its place."""

    def __init__(self, reader: _Reader, path: Path, data: Any) -> None:
        self.reader, self.path = reader, path
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}

    def refuse(self, key: str | int, message: str, at: Any = "value") -> None:
        """Remember a mistake of a value."""
        self.reader.refuse((*self.path, key), message, at)

    def only(self, keys: tuple[str, ...]) -> None:
        """Refuse other keys than these."""
        for key in self.data:
            if key not in keys:
                self.refuse(key, f"no such key{did_you_mean(key, keys)}", "key")

    def part(self, key: str, keys: tuple[str, ...], needed: bool = False) -> _Part:
        """Return a mapping inside this one."""
        data = self.data.get(key)
        if (data is not None or needed) and not isinstance(data, dict):
            self.refuse(key, f"is missing or no mapping; it has the keys {', '.join(keys)}")
        part = _Part(self.reader, (*self.path, key), data)
        part.only(keys)
        return part

    def parts(self, key: str, keys: tuple[str, ...]) -> Iterator[_Part]:
        """Return the mappings of a list."""
        data = self.data.get(key)
        if data is not None and not isinstance(data, list):
            self.refuse(key, "is no list")
        for i, item in enumerate(data if isinstance(data, list) else ()):
            part = _Part(self.reader, (*self.path, key, i), item)
            part.only(keys)
            yield part

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self.data.get(key)
        if value is None:
            if default is None:
                self.refuse(key, "is missing")
            return default or ""
        if not isinstance(value, str):
            self.refuse(key, "is no text")
            return default or ""
        return value

    def optional(self, key: str) -> str | None:
        """Return a text or None."""
        return self.text(key, "") or None

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """Return one of some words."""
        value = self.text(key, default)
        if value not in choices and self.data.get(key) is not None:
            near = did_you_mean(value, choices)
            self.refuse(key, f"{quoted(value)} is none of {', '.join(choices)}{near}")
        return value if value in choices else (default or choices[-1])

    def number(self, key: str, default: float, *, positive: bool = False) -> float:
        """Return a plain number."""
        text = self.text(key, "")
        if not text:
            return default
        value = _finite(text)
        if value is None or (positive and value <= 0):
            kind = "a positive number" if positive else "a number"
            self.refuse(key, f"{quoted(text)} is not {kind}")
            return default
        return value

    def quantity(self, key: str | int, unit: str, default: float | None = None) -> float | None:
        """Return a quantity in a unit, or None."""
        text = self.data.get(str(key)) if isinstance(key, str) else None
        if text is None:
            return default
        return self._measure(key, text, unit, default)

    def bounds(self, value: float | None, name: str) -> tuple[float, float]:
        """Return lower and upper bound (J); none above is infinite."""
        low = self.quantity("low", "J", 0.0) or 0.0
        found = self.quantity("high", "J")
        high = math.inf if found is None else found
        slack = 1e-6 * abs(value or 0.0)
        if low > high:
            self.refuse("low", "is above high")
        elif value is not None and not low - slack <= value <= high + slack:
            self.refuse(name, f"is outside its bounds {low:g} J to {high:g} J")
        return low, high

    def texts(self, key: str) -> dict[str, str]:
        """Return a mapping of texts."""
        return {str(name): str(text) for name, text in self._mapping(key).items()}

    def numbers(self, key: str) -> dict[str, float]:
        """Return a mapping of plain numbers."""
        part = _Part(self.reader, (*self.path, key), self._mapping(key))
        return {name: part.number(name, math.nan) for name in part.data}

    def quantities(self, key: str, unit: str) -> dict[str, float]:
        """Return a mapping of quantities."""
        part = _Part(self.reader, (*self.path, key), self._mapping(key))
        found = {name: part.quantity(name, unit) for name in part.data}
        return {name: value for name, value in found.items() if value is not None}

    def quantity_list(self, key: str, unit: str) -> tuple[float, ...]:
        """Return a list of quantities."""
        part = _Part(self.reader, (*self.path, key), {})
        found = [part._measure(i, text, unit, None) for i, text in enumerate(self.listed(key))]
        return tuple(value for value in found if value is not None)

    def listed(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        data = self.data.get(key)
        if data is not None and not isinstance(data, list):
            self.refuse(key, "is no list")
            return ()
        return tuple(str(text) for text in data or ())

    def _mapping(self, key: str) -> dict[str, Any]:
        """Return a mapping, empty if there is none."""
        data = self.data.get(key)
        if data is not None and not isinstance(data, dict):
            self.refuse(key, "is no mapping")
        return data if isinstance(data, dict) else {}

    def _measure(
        self, key: str | int, text: object, unit: str, default: float | None
    ) -> float | None:
        """Return a quantity of a text, or remember what is wrong with it."""
        from lca.errors import UnitError

        try:
            return _PARSERS[unit](str(text))
        except UnitError as error:
            self.refuse(key, error.problems[0].message)
            return default


def _finite(text: str) -> float | None:
    """Return a finite number, None if the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _energy(text: str) -> float:
    """Return joules of an energy with any unit."""
    from lca import units

    return units.parse(text, "J")


def _power(text: str) -> float:
    """Return watts of a power with any unit."""
    from lca import units

    return units.parse(text, "W")


def _time(text: str) -> float:
    """Return seconds of a time with any unit."""
    from lca import units

    return units.parse(text, "s")


def _plain(unit: str) -> Callable[[str], float]:
    """Return a reader of one unit that the registry does not have."""

    def parse(text: str) -> float:
        from lca.errors import UnitError

        match = re.fullmatch(rf"\s*(\S+)\s*{unit}\s*", text)
        value = _finite(match[1]) if match else None
        if value is None:
            msg = f"{quoted(text)} is not a number of {unit}; write for example 45 {unit}"
            raise UnitError(msg)
        return value

    return parse


_PARSERS: Mapping[str, Callable[[str], float]] = {
    "J": _energy,
    "W": _power,
    "s": _time,
    "MHz": _plain("MHz"),
    "degC": _plain("degC"),
}
