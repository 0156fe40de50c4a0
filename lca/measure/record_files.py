"""Write workload records as YAML with units, and read them with every mistake at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lca.errors import InputError, quoted
from lca.measure.integrate import Energy
from lca.measure.record_parts import Part, Reader
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
    from collections.abc import Mapping

__all__ = ["read", "written"]

METHODS = ("counter", "power", "model", "none")
SCOPES = ("gpu", "module", "package", "dram", "node")
QUALITIES = ("measured", "modeled", "none")
POLICIES = ("total", "above_idle", "share")
STATES = ("complete", "partial")


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
        "metrics": {name: _figure(value) for name, value in record.metrics.items()},
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


def _figure(value: float | None) -> str | None:
    """Return a number as text; None for what does not exist."""
    return None if value is None or not math.isfinite(value) else _number(value)


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

    reader = Reader(document.read(path))
    record = _record(reader)
    if reader.problems:
        raise InputError(reader.problems)
    return record


def _record(reader: Reader) -> WorkloadRecord:
    """Return the whole record."""
    root = Part(reader, (), reader.document.data)
    root.only(_keys(WorkloadRecord))
    schema = root.text("schema", SCHEMA)
    if schema != SCHEMA:
        reader.refuse(("schema",), f"is {quoted(schema)}; this version reads {quoted(SCHEMA)}")
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


def _read_device(part: Part) -> DeviceRecord:
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
        throttled=_known(part.numbers("throttled")),
        reasons=energy.reasons,
    )


def _known(found: Mapping[str, float | None]) -> dict[str, float]:
    """Return the numbers that are there."""
    return {name: value for name, value in found.items() if value is not None}


def _read_window(part: Part) -> WindowRecord:
    """Return one window."""
    return WindowRecord(
        name=part.text("name"),
        begins=part.quantity("begins", "s", 0.0) or 0.0,
        duration=part.quantity("duration", "s", 0.0) or 0.0,
        energy=_read_energy(part),
        quality=part.choice("quality", QUALITIES, "none"),
    )


def _read_energy(part: Part) -> Energy:
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


def _read_per_unit(part: Part) -> EnergyPerUnit:
    """Return energy per unit of work."""
    value = part.quantity("value", "J")
    low, high = part.bounds(value, "value")
    repeats = part.quantity_list("repeats", "J")
    return EnergyPerUnit(value, low, high, part.text("unit", "run"), repeats)
