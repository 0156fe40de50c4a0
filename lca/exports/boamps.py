"""BoAmps 1.1: the energy of one AI task, from a workload record or an entry of a scenario."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lca import __version__, document, units
from lca.errors import LcaError
from lca.estimates import Estimate
from lca.exports.case import NAMESPACE, Case, choose_entry, created, grams, spread
from lca.exports.meta import Meta, require
from lca.exports.writing import as_json
from lca.factors.regions import place
from lca.ledger import Line
from lca.library.models import Device
from lca.scenario import records
from lca.scenario.models import Work
from lca.scenario.records import Recorded

NAME = "boamps"
SUFFIX = ".json"
NOTE = "BoAmps holds the energy of the IT equipment of one task; CO2e and hardware have no field there."
FORMAT_VERSION = "1.1.0"
_STAGES = {
    "data_collection": "datacreation",
    "preprocessing": "preprocessing",
    "training": "training",
    "inference": "inference",
}
_LEVELS = (("high", 0.10), ("medium", 0.25), ("low", 0.50))
"""What the three words of quality mean: error of the energy, either way."""
_POWER = (1e-4, 20.0)
"""Mean power of one component that can be (kW); outside, energy or time has another unit."""
_ASKED = ("task_family", "algorithm", "dataset_type", "dataset_use")


def build(case: Case) -> dict[str, Any]:
    """Return the report of one piece of work.

    Raises
    ------
    InputError
        If the scenario has no work, or lacks what only the author knows.
    """
    entries = case.scenario.model.work
    name = choose_entry(case, entries, NAME, "work entry")
    work = entries[name]
    record = _record_of(case, work)
    asked = [*_ASKED, *_unknown(case, work, record)]
    require(case.meta, asked, NAME)

    def mine(line: Line) -> bool:
        return line.asset == name

    energy = case.total(mine, "it_energy")
    return {
        "header": _header(case.identifier(name), case.created(), case.meta, _publication(case)),
        "task": _task(case.meta, work, _stage(case.meta, work), case.scenario.model.models),
        "measures": [_measure(record, energy, _method(work), scaled=_is_scaled(work))],
        "infrastructure": _infrastructure(case, work, record),
        "environment": _environment(case, work, name),
        **_quality(energy),
    }


def _publication(case: Case) -> str:
    return str(case.scenario.model.publication)


def _record_of(case: Case, work: Work) -> Recorded | None:
    if not work.record:
        return None
    folder = Path(case.scenario.source.name).parent
    return records.load(records.find(work.record, folder, case.scenario.library))


def _is_scaled(work: Work) -> bool:
    """Whether an entry is another amount of work than its record measured."""
    return bool(work.amount or work.repeats or work.runs_per_year)


def _unknown(case: Case, work: Work, record: Recorded | None) -> list[str]:
    """Return which fields neither the entry nor a record tells."""
    told = {
        "task_stage": bool(_stage(case.meta, work)),
        "infrastructure": work.instance is not None,
        "component_count": work.instance is not None or record is not None,
    }
    return [key for key, known in told.items() if not known]


def _stage(meta: Meta, work: Work) -> str:
    """Return the stage as the author says it, else as the entry's phase tells."""
    adapts = work.train is not None and str(work.train.method) == "lora"
    known = "finetuning" if adapts else _STAGES.get(str(work.phase), "")
    return meta.text("task_stage") or known


def _header(identifier: str, created: str, meta: Meta, publication: str) -> dict[str, Any]:
    header: dict[str, Any] = {
        "formatVersion": FORMAT_VERSION,
        "reportId": identifier,
        "reportDatetime": created.replace("T", " ").removesuffix("Z"),
        "reportStatus": "draft",
    }
    name = meta.text("company_name") or meta.text("organisation")
    if name:
        header["publisher"] = {"name": name, "confidentialityLevel": publication}
    return header


def _task(meta: Meta, work: Work | None, stage: str, models: Mapping[str, Any]) -> dict[str, Any]:
    algorithm: dict[str, Any] = {"algorithmType": meta.text("algorithm")}
    data: dict[str, Any] = {
        "dataUsage": meta.text("dataset_use"),
        "dataType": meta.text("dataset_type"),
    }
    quantity = meta.get("dataset_quantity")
    task: dict[str, Any] = {"taskStage": stage, "taskFamily": meta.text("task_family")}
    how = work.train or work.answer if work else None
    if how is not None:
        algorithm |= _model(models[how.model], how.model) | {"quantization": str(how.precision)}
    if work and work.train:
        quantity = work.train.tokens.central if quantity is None else quantity
    if work and work.requests and stage == "inference":
        task["nbRequest"] = work.requests.central
    if quantity is not None:
        data["dataQuantity"] = quantity
    return task | {"algorithms": [algorithm], "dataset": [data]}


def _model(model: Any, name: str) -> dict[str, Any]:
    """Return name and size of an AI model, in billions of parameters."""
    found: dict[str, Any] = {"foundationModelName": model.name or model.preset or name}
    if model.parameters:
        found["parametersNumber"] = model.parameters.central / 1e9
    return found


def _method(work: Work) -> str:
    """Say how the energy of an entry without a record came to be."""
    given = work.it_energy or work.facility_energy
    if given is None:
        return "calculated by lca from device-hours and power, not measured"
    return f"energy as given to lca ({given.quality}, {given.source or 'no source named'})"


def _measure(
    record: Recorded | None, energy: Estimate, method: str, *, scaled: bool
) -> dict[str, Any]:
    """Return the energy (kWh) and how it was found; a calculation says that it is one."""
    if record is not None:
        methods = ", ".join(sorted({device.method for device in record.contents.devices}))
        method = f"lca workload record {record.file}: {methods}"
    found: dict[str, Any] = {"measurementMethod": method, "version": __version__}
    found["powerConsumption"] = energy.central
    if record is not None and not scaled:
        found["measurementDuration"] = record.hours * units.factor("h", "s")
    if record is not None and record.contents.started:
        found["measurementDateTime"] = record.contents.started[:19].replace("T", " ")
    return found


def _infrastructure(case: Case, work: Work, record: Recorded | None) -> dict[str, Any]:
    library = case.scenario.library
    if work.instance:
        instance = library.instance(work.instance)
        part = _component(library.device(instance.device), float(instance.count))
        kind = case.meta.text("infrastructure") or "publicCloud"
        return {"infraType": kind, "cloudInstance": instance.id, "components": [part]}
    if record is not None:
        parts = components(record)
    else:
        device = library.device(work.device) if work.device else None
        parts = [_component(device, case.meta.get("component_count"))]
    return {"infraType": case.meta.text("infrastructure"), "components": parts}


def _component(device: Device | None, count: float) -> dict[str, Any]:
    if device is None:
        return {"componentType": "other", "nbComponent": int(count)}
    found: dict[str, Any] = {
        "componentName": device.name,
        "componentType": device.kind,
        "nbComponent": int(count),
    }
    if device.memory is not None:
        found["memorySize"] = device.memory.capacity.central
    return found


def components(record: Recorded) -> list[dict[str, Any]]:
    """Return the metered devices of a record, alike ones together."""
    counts: dict[tuple[str, str], int] = {}
    for device in record.contents.devices:
        kind = "gpu" if device.scope in records.ACCELERATORS else device.scope
        key = (kind, device.name or device.hardware or device.id)
        counts[key] = counts.get(key, 0) + 1
    return [
        {"componentName": name, "componentType": kind, "nbComponent": count}
        for (kind, name), count in counts.items()
    ]


def _environment(case: Case, work: Work, name: str) -> dict[str, Any]:
    """Return country and location-based intensity (gCO2e/kWh) of the electricity."""
    region = case.scenario.model.sites[work.site].region
    found: dict[str, Any] = {"country": _country(region), "location": region}

    def used(line: Line) -> bool:
        return line.asset == name and line.stage == "operation" and line.component != "grid_losses"

    energy = case.total(used, "facility_energy").central
    if energy > 0:
        found["powerSourceCarbonIntensity"] = grams(case.total(used).central) / energy
    return found


def _country(region: str) -> str:
    try:
        return place(place(region).candidates[-1]).name
    except LookupError:
        return region


def _quality(energy: Estimate) -> dict[str, str]:
    """Return the word whose error covers the 90 % interval; none where it is wider than the widest."""
    known = spread(energy)
    return _word(known["p5"], known["central"], known["p95"])


def _word(low: float, middle: float, high: float) -> dict[str, str]:
    """Return the word for an interval; none where no interval is known, which is not precision."""
    if not low < high or not middle:
        return {}
    error = max(high - middle, middle - low) / middle
    word = next((name for name, most in _LEVELS if error <= most), "")
    return {"quality": word} if word else {}


def is_record(path: str | Path) -> bool:
    """Return whether a file is a workload record."""
    data = document.read(path).data
    return isinstance(data, dict) and {"workload", "work", "devices"} <= set(data)


def read_record(path: str | Path, meta: Meta) -> dict[str, Any]:
    """Return a workload record as BoAmps.

    Raises
    ------
    InputError
        If it measured nothing, or lacks what only the author knows.
    """
    record = records.load(Path(path))
    require(meta, (*_ASKED, "task_stage", "infrastructure"), NAME)
    made = from_record(record, meta)
    broken = problems(made)
    if broken:
        raise LcaError("\n".join(["boamps: the document breaks rules of its scheme:", *broken]))
    return made


def from_record(record: Recorded, meta: Meta) -> dict[str, Any]:
    """Return the report of a record by itself."""
    energy = _energy(record)
    identifier = meta.text("id") or str(uuid.uuid5(NAMESPACE, record.digest))
    country = meta.text("country")
    return {
        "header": _header(identifier, created(meta), meta, "internal"),
        "task": _task(meta, None, meta.text("task_stage"), {}),
        "measures": [_measure(record, energy, "", scaled=False)],
        "infrastructure": {
            "infraType": meta.text("infrastructure"),
            "components": components(record),
        },
        **({"environment": {"country": country}} if country else {}),
        **_bounds(record),
    }


def _energy(record: Recorded) -> Estimate:
    import numpy as np

    return Estimate(np.array([record.energy().distribution.central]), "kWh")


def _bounds(record: Recorded) -> dict[str, str]:
    """Return the word of quality that covers the record's own interval."""
    energy = record.energy().distribution
    low, high = energy.interval()
    return _word(low, energy.central, high)


def problems(document: Mapping[str, Any]) -> list[str]:
    """Return what breaks the rules: energy in kWh that can be, counts, required texts."""
    count = sum(part["nbComponent"] for part in document["infrastructure"]["components"])
    found = [] if count >= 1 else ["infrastructure: at least one component is needed"]
    for measure in document["measures"]:
        energy, seconds = measure["powerConsumption"], measure.get("measurementDuration")
        if not energy > 0:
            found.append("measures: powerConsumption must be above 0 kWh; not measured is not 0")
        elif seconds and count:
            power = energy / (seconds * units.factor("s", "h")) / count
            found += _implausible(power)
    task = document["task"]
    return found + [f"task: {key} is empty" for key in ("taskStage", "taskFamily") if not task[key]]


def _implausible(power: float) -> list[str]:
    low, high = _POWER
    if low <= power <= high:
        return []
    return [
        f"measures: {power:.3g} kW per component cannot be; powerConsumption is in kWh and "
        "measurementDuration in seconds (Wh, joule or hours instead?)"
    ]


def write(document: Mapping[str, Any]) -> str:
    """Return the document as JSON text."""
    return as_json(document)
