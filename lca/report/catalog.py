"""Lists of what the package knows: devices, hosts, technologies, sources, regions, templates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lca import units
from lca.errors import UnknownNameError, did_you_mean
from lca.estimates import round_figures
from lca.factors.electricity import factors_of
from lca.factors.regions import places
from lca.library import Library, packaged_scenarios
from lca.library.models import KINDS, Cpu, Device, Entry, Instance, Process, Server, Technology
from lca.report.wording import plain_number
from lca.values import Value

OTHER_KINDS = ("models", "sources", "regions", "templates")
Records = list[dict[str, Any]]

_DISPLAY = {
    "flop/h": ("PFLOP/s", "TFLOP/s", "GFLOP/s"),
    "GB/h": ("TB/s", "GB/s"),
    "kW": ("kW", "W"),
    "cm2": ("mm2",),
    "kW/GB": ("W/GB",),
    "cm": ("mm", "nm"),
}


def records(kind: str, library: Library) -> Records:
    """Return one record for each entry of a kind: id, name, vendor, kind, and what matters of it.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    """
    if kind in OTHER_KINDS:
        return _OTHERS[kind](library)
    if kind not in KINDS:
        names = (*KINDS, *OTHER_KINDS)
        msg = f'no kind "{kind}"{did_you_mean(kind, names)} (one of: {", ".join(names)})'
        raise UnknownNameError(msg)
    return [_record(entry) for entry in library.entries(kind)]


def _record(entry: Entry) -> dict[str, Any]:
    head = {"id": entry.id, "name": entry.name, "vendor": entry.vendor, "kind": entry.kind}
    for model, details in _DETAILS:
        if isinstance(entry, model):
            return {**head, **details(entry)}
    return head


def _device(device: Any) -> dict[str, Any]:
    published = [
        f
        for f in device.footprints
        if f.indicator == "gwp100"
        and "manufacture" in f.stages
        and f.boundary in {"module", "card"}
    ]
    return {
        "released": device.released,
        "form_factor": device.form_factor,
        "host": device.host,
        "memory": _number(device.memory.capacity if device.memory else None),
        "memory_technology": device.memory.technology if device.memory else "",
        "tdp": _number(device.power.tdp),
        "fp16": _number(device.peak.fp16),
        "published": _number(published[0].value if published else None),
        "published_boundary": published[0].boundary if published else "",
    }


def _cpu(cpu: Any) -> dict[str, Any]:
    return {
        "released": cpu.released,
        "cores": cpu.cores,
        "tdp": _number(cpu.power.tdp),
        "dies": sum(die.count for die in cpu.dies),
    }


def _server(server: Any) -> dict[str, Any]:
    published = [
        f for f in server.footprints if f.indicator == "gwp100" and "manufacture" in f.stages
    ]
    return {
        "role": server.role,
        "accelerator_slots": server.accelerator_slots,
        "memory": _number(server.memory.capacity if server.memory else None),
        "mass": _number(server.mass.total),
        "published": _number(published[0].value if published else None),
    }


def _technology(technology: Any) -> dict[str, Any]:
    return {
        "family": technology.family,
        "carbon_per_capacity": _number(technology.carbon_per_capacity),
    }


def _process(process: Any) -> dict[str, Any]:
    return {
        "foundry": process.foundry,
        "node": _number(process.node),
        "stands_for": process.stands_for,
        "energy_per_area": _number(process.energy_per_area),
        "scope12_per_area": _number(process.scope12_per_area),
    }


def _instance(instance: Any) -> dict[str, Any]:
    return {
        "provider": instance.provider,
        "device": instance.device,
        "count": instance.count,
        "host": instance.host,
    }


_DETAILS: tuple[tuple[type[Entry], Callable[[Any], dict[str, Any]]], ...] = (
    (Device, _device),
    (Cpu, _cpu),
    (Server, _server),
    (Technology, _technology),
    (Process, _process),
    (Instance, _instance),
)


def _number(value: Value | None) -> dict[str, Any] | None:
    """Return a value as plain data: its central value, 90 % interval and unit."""
    if value is None:
        return None
    low, high = value.distribution.interval()
    return {"value": value.central, "p5": low, "p95": high, "unit": value.unit}


def say_number(number: dict[str, Any] | None) -> str:
    """Return a number as text in a unit that reads well: ``700 W``, ``989.4 TFLOP/s``."""
    if number is None:
        return ""
    step, unit = display_unit(number["value"], number["unit"])
    middle = plain_number(number["value"] / step)
    if number["p5"] >= number["p95"]:
        return f"{middle} {unit}".strip()
    low, high = (round_figures(number[key] / step) for key in ("p5", "p95"))
    return f"{middle} ({low}–{high}) {unit}".strip()


def display_unit(value: float, unit: str) -> tuple[float, str]:
    """Return the divisor and the unit in which a database value reads well."""
    rungs = [(units.factor(name, unit), name) for name in _DISPLAY.get(unit, ())]
    if not rungs:
        return 1.0, unit
    return next((rung for rung in rungs if abs(value) >= rung[0]), rungs[-1])


def _sources(library: Library) -> Records:
    return [
        {
            "id": key,
            "name": source.title,
            "vendor": source.publisher,
            "kind": "source",
            "year": source.year,
            "licence": source.licence,
            "seen": source.seen,
            "url": source.url,
        }
        for key, source in sorted(library.sources.items())
    ]


def _regions(_library: Library) -> Records:
    return [
        {
            "id": code,
            "name": place.name,
            "vendor": code.partition(":")[0] if ":" in code else "",
            "kind": "region",
            "type": place.kind,
            "grid_factors": len(factors_of(place)),
        }
        for code, place in places().items()
    ]


def _models(_library: Library) -> Records:
    from lca.workloads.ai_models import presets

    return [
        {
            "id": name,
            "name": model.name,
            "vendor": "",
            "kind": "model",
            "parameters": model.parameters,
            "active_parameters": model.active_parameters,
            "architecture": "yes" if model.architecture else "counts only",
            "source": model.source,
        }
        for name, model in presets().items()
    ]


def _templates(_library: Library) -> Records:
    return [
        {"id": name, "name": title_of(path), "vendor": "", "kind": "template", "file": path.name}
        for name, path in templates().items()
    ]


def templates() -> dict[str, Path]:
    """Return the packaged scenarios by name."""
    return {path.stem: path for path in sorted(packaged_scenarios().glob("*.yaml"))}


def title_of(path: Path) -> str:
    """Return the title line of a scenario file."""
    from lca import document

    return str(document.read(path).data.get("title") or path.stem)


_OTHERS: dict[str, Callable[[Library], Records]] = {
    "models": _models,
    "sources": _sources,
    "regions": _regions,
    "templates": _templates,
}

COLUMNS: dict[str, tuple[str, ...]] = {
    "gpu": ("memory", "tdp", "fp16", "published"),
    "cpu": ("cores", "tdp", "dies", "released"),
    "server": ("role", "accelerator_slots", "memory", "published"),
    "memory": ("family", "carbon_per_capacity"),
    "process": ("node", "stands_for", "scope12_per_area"),
    "instance": ("count", "device"),
    "models": ("parameters", "active_parameters", "architecture"),
    "sources": ("name", "seen"),
    "regions": ("name", "type", "grid_factors"),
    "templates": ("name",),
}
COLUMNS |= dict.fromkeys(("tpu", "accelerator"), COLUMNS["gpu"])
COLUMNS["storage"] = COLUMNS["memory"]

__all__ = [
    "COLUMNS",
    "OTHER_KINDS",
    "display_unit",
    "records",
    "say_number",
    "templates",
]
