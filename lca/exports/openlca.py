"""openLCA JSON-LD: the ledger as processes and flows in a zip, so that LCA programs can audit it."""

from __future__ import annotations

import io
import json
import math
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from lca.exports.case import NAMESPACE, Case
from lca.exports.openlca_parts import (
    EMISSION,
    FOLDERS,
    exchange,
    flow,
    lognormal,
    process,
    quantities,
    reference,
)
from lca.ledger import Line

NAME = "openlca"
SUFFIX = ".zip"
NOTE = (
    "One process for each label of the ledger, its intensity averaged over the years, on the "
    "location-based account, with making spread over the life. openLCA draws each emission by itself; lca shares draws, so its intervals of sums "
    "are wider where lines rest on the same factors."
)
_VERSION = {"version": 2}

Entities = dict[str, dict[str, Any]]


def build(case: Case) -> Entities:
    """Return every entity by its path in the zip.

    Credits for recovered material stand in a process of their own that the total does not use.
    """
    found: Entities = quantities()
    parts = [part for alike in _alike(case.lines()) for part in _line(case, alike, found)]
    counted = [(item, amount) for item, amount, stage in parts if stage != "recovery_credit"]
    whole = _put_process(
        found,
        case,
        ("total",),
        f"{case.title}: {case.ledger.name}, whole period",
        [exchange(2 + n, item, amount) for n, (item, amount) in enumerate(counted)],
        _about(case),
    )
    for unit in case.ledger.functional_units:
        delivered = case.option["delivered"][unit]["central"]
        if delivered:
            inside = [exchange(2, whole, 1 / delivered)]
            _put_process(found, case, ("unit", unit), f"{case.title}: per {unit}", inside)
    return found


def _about(case: Case) -> str:
    gaps = case.gaps()
    lacking = f" Not counted: {'; '.join(gaps)}." if gaps else ""
    return f"Made by {case.made_by()}. {NOTE}{lacking}"


def _words(line: Line) -> tuple[str, ...]:
    """Return the labels of a line, which are also its process's identity."""
    return tuple(map(str, line[: Line._fields.index("basis")]))


def _alike(lines: list[Line]) -> list[list[Line]]:
    """Return lines of equal labels together: they become one process."""
    found: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        found.setdefault(_words(line), []).append(line)
    return list(found.values())


def _line(
    case: Case, alike: list[Line], found: Entities
) -> Iterator[tuple[dict[str, Any], float, str]]:
    """Put the process of lines of equal labels; yield its product, the activity and the stage."""
    line = alike[0]
    activity = max(sum(each.spread) for each in alike)
    if not activity:
        return
    samples, words = case.sum(alike).samples / activity, _words(line)
    title = f"{line.stage}: {line.component}, {line.process} ({line.asset}, {line.region})"
    emission = exchange(2, EMISSION, float(samples[0]), is_input=False) | lognormal(samples)
    product = _put_process(
        found, case, ("line", *words), title, [emission], _why(alike), line.per or "item"
    )
    yield product, activity, line.stage


def _why(alike: list[Line]) -> str:
    from lca.terms import factors

    nodes = {node for line in alike for node in line.intensity}
    keys = sorted({leaf.source for node in nodes for leaf in factors(node)} - {""})
    notes = " ".join(dict.fromkeys(line.note for line in alike))
    return f"Sources: {', '.join(keys) or 'given in the scenario'}. {notes}".strip()


def _put_process(
    found: Entities,
    case: Case,
    words: tuple[str, ...],
    name: str,
    exchanges: list[dict[str, Any]],
    about: str = "",
    per: str = "item",
) -> dict[str, Any]:
    """Put a process and its product flow; return the reference to the product."""
    key = "/".join((str(case.result["scenario"]), case.ledger.name, *words))
    quantity = "device-hours" if per == "device*h" else "items"
    made = flow(str(uuid.uuid5(NAMESPACE, f"flow/{key}")), name, quantity)
    identifier = str(uuid.uuid5(NAMESPACE, f"process/{key}"))
    product = reference(made, quantity) | {"provider": identifier}
    found[f"flows/{made['@id']}.json"] = made
    outputs = [exchange(1, product, 1.0, is_input=False, is_reference=True), *exchanges]
    found[f"processes/{identifier}.json"] = process(identifier, name, outputs, about)
    return product


def problems(entities: Entities) -> list[str]:
    """Return what breaks the rules: dangling references, processes without a product, odd numbers."""
    known = {entity["@id"] for entity in entities.values()}
    known |= {u["@id"] for e in entities.values() for u in e.get("units", [])}
    dangling = sorted({x for entity in entities.values() for x in _references(entity)} - known)
    found = [f"{name}: nothing in the file has this id" for name in dangling]
    for path, entity in entities.items():
        if path.split("/")[0] not in FOLDERS:
            found.append(f"{path}: no folder of the format")
        if entity["@type"] == "Process":
            found += _process_problems(entity)
    return found


def _process_problems(entity: Mapping[str, Any]) -> list[str]:
    heads = [x for x in entity["exchanges"] if x["isQuantitativeReference"]]
    found = [] if len(heads) == 1 else [f"{entity['name']}: needs one quantitative reference"]
    if not all(math.isfinite(x["amount"]) for x in entity["exchanges"]):
        found.append(f"{entity['name']}: an amount is not finite")
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "@id" in value:
            yield value["@id"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def total(entities: Entities, name: str) -> float:
    """Return what one unit of a process emits, by following its inputs (kgCO2e).

    Parameters
    ----------
    name
        Id of the process.
    """
    emitted = 0.0
    for each in entities[f"processes/{name}.json"]["exchanges"]:
        if each["isInput"]:
            emitted += each["amount"] * total(entities, each["defaultProvider"]["@id"])
        elif each["flow"]["@id"] == EMISSION["@id"]:
            emitted += each["amount"]
    return emitted


def write(entities: Entities) -> bytes:
    """Return the zip; equal entities give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        _add(packed, "olca-schema.json", _VERSION)
        for path in sorted(entities):
            _add(packed, path, entities[path])
    return buffer.getvalue()


def _add(packed: zipfile.ZipFile, path: str, entity: Mapping[str, Any]) -> None:
    member = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(member, json.dumps(entity, ensure_ascii=False, indent=1, allow_nan=False))
