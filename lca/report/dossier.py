"""Everything known of one entry: values with sources, embodied models side by side, factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lca import factors
from lca.errors import UnknownNameError, did_you_mean
from lca.estimates import Estimate
from lca.factors.electricity import factors_of
from lca.factors.regions import find, region_codes
from lca.intensities.embodied import Embodied, applicable
from lca.intensities.hosts import applicable_hosts
from lca.library import Library
from lca.library.fields import Record
from lca.library.models import KINDS, Device, Entry, Server
from lca.terms import Draws, total
from lca.values import Value

_HEADINGS = {"schema_", "id", "kind", "name", "vendor", "source", "note", "notes", "corrections"}
_APART = {"footprints", "estimates"}


def dossier(name: str, library: Library, draws: Draws) -> dict[str, Any]:
    """Return what is known of a device, host, technology, source or region.

    Parameters
    ----------
    name
        An id of the database, the key of a source, or a region.
    draws
        Evaluates the embodied models.

    Raises
    ------
    UnknownNameError
        If nothing is called so; the nearest name of any kind is given.
    """
    if any(name in library.ids(kind) for kind in KINDS):
        return _entry(library.find(name), library, draws)
    if name in library.sources:
        return _source(name, library)
    try:
        return region(name)
    except LookupError:
        raise UnknownNameError(_unknown(name, library)) from None


def _unknown(name: str, library: Library) -> str:
    names = [known for kind in KINDS for known in library.ids(kind)]
    names += [*library.sources, *region_codes()]
    return f'nothing is called "{name}"{did_you_mean(name, names)} (lca list gpu)'


def _entry(entry: Entry, library: Library, draws: Draws) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": entry.id,
        "name": entry.name,
        "vendor": entry.vendor,
        "kind": entry.kind,
        "source": entry.source,
        "values": list(values(entry, "", entry.source)),
        "embodied": _embodied(entry, library, draws),
        "published": [_figure(f) for f in getattr(entry, "footprints", ())],
        "estimates": [_figure(f) for f in getattr(entry, "estimates", ())],
        "notes": [*entry.notes, *([entry.note] if entry.note else [])],
        "corrections": list(entry.corrections),
    }
    keys = {row["source"] for row in [*found["values"], *found["published"], *found["estimates"]]}
    found["sources"] = [_cite(key, library) for key in sorted(keys - {""})]
    return found


def values(record: Record, path: str, source: str) -> Iterator[dict[str, Any]]:
    """Yield every value below a record, with the source that it names or inherits."""
    own = getattr(record, "source", "") or source
    for name in type(record).model_fields:
        if (path == "" and name in _HEADINGS | _APART) or name in {"source", "note", "quality"}:
            continue
        yield from _value(getattr(record, name), f"{path}.{name}".lstrip("."), own)


def _value(found: object, path: str, source: str) -> Iterator[dict[str, Any]]:
    if isinstance(found, Value):
        low, high = found.distribution.interval()
        yield {
            "path": path,
            "value": found.central,
            "p5": low,
            "p95": high,
            "unit": found.unit,
            "source": found.source or source,
            "quality": str(found.quality) if found.quality != "given" else "",
            "note": found.note,
        }
    elif isinstance(found, Record):
        yield from values(found, path, source)
    elif isinstance(found, tuple):
        for number, item in enumerate(found):
            label = getattr(item, "name", "") or str(number + 1)
            yield from _value(item, f"{path}.{label}", source)
    elif found not in {None, ""} and not isinstance(found, dict):
        yield {"path": path, "text": str(found), "source": source, "quality": "", "note": ""}


def _figure(footprint: Any) -> dict[str, Any]:
    value: Value = footprint.value
    low, high = value.distribution.interval()
    return {
        "indicator": footprint.indicator,
        "value": value.central,
        "p5": low,
        "p95": high,
        "unit": value.unit,
        "boundary": footprint.boundary,
        "stages": list(getattr(footprint, "stages", ())),
        "source": footprint.source,
        "note": footprint.note,
    }


def _embodied(entry: Entry, library: Library, draws: Draws) -> dict[str, Any]:
    """Return manufacture by every model, or the reason why a model does not apply."""
    if isinstance(entry, Device):
        found: Mapping[str, Embodied | str] = applicable(entry, library)
    elif isinstance(entry, Server):
        found = applicable_hosts(entry, library)
    else:
        return {}
    return {model: _model(made, draws) for model, made in found.items()}


def _model(made: Embodied | str, draws: Draws) -> dict[str, Any]:
    if isinstance(made, str):
        return {"applies": False, "reason": made}
    whole = total("manufacture_footprint", made.parts)
    return {
        "applies": True,
        "boundary": made.boundary,
        "includes": list(made.includes),
        "total": Estimate(draws.array(whole), "kgCO2e").statistics(),
        "parts": {
            name: Estimate(draws.array(node), "kgCO2e").statistics()
            for name, node in made.parts.items()
        },
        "note": made.note,
    }


def _cite(key: str, library: Library) -> dict[str, str]:
    known = library.sources.get(key)
    return {
        "key": key,
        "citation": known.cite() if known else "not in the bibliography",
        "url": known.url if known else "",
        "seen": known.seen if known else "",
    }


def _source(key: str, library: Library) -> dict[str, Any]:
    known = library.sources[key]
    about = {name: getattr(known, name) for name in known.__dataclass_fields__}
    return {
        "id": key,
        "name": known.title,
        "vendor": known.publisher,
        "kind": "source",
        "about": {name: text for name, text in about.items() if text},
    }


def region(name: str) -> dict[str, Any]:
    """Return the electricity, water and facility factors of a place.

    Raises
    ------
    LookupError
        If no place is called so.
    """
    place = find(name)
    return {
        "id": place.code,
        "name": place.name,
        "vendor": "",
        "kind": "region",
        "type": place.kind,
        "inside": list(place.candidates[1:]),
        "grid": [_grid(one) for one in _series(place)],
        "used": _used(name),
        "mix": _mix(name),
        "measures": _measures(name),
    }


def _series(place: Any) -> list[Any]:
    """Return the place's own grid factors, or those of the nearest place around it that has some."""
    from lca.factors.regions import place as by_code

    for code in place.candidates:
        found = factors_of(by_code(code))
        if found:
            return list(found)
    return []


def _grid(found: Any) -> dict[str, Any]:
    return {
        "region": found.region,
        "year": found.year,
        "value": found.value,
        "unit": f"kg{found.gas_basis}/kWh" if found.gas_basis != "unspecified" else "kg/kWh",
        "boundary": found.boundary,
        "accounting": found.accounting,
        "method": found.method,
        "source": found.source or found.table,
        "licence": found.licence,
    }


def _used(name: str) -> dict[str, Any] | None:
    """Return the factor that a scenario takes unless it asks for another, with what must be said."""
    try:
        found, said = factors.grid_factor(name)
    except LookupError as error:
        return {"reason": str(error.args[0] if error.args else error)}
    return {**_grid(found), "notes": list(said)}


def _mix(name: str) -> dict[str, Any] | None:
    try:
        found = factors.generation_mix(name)
    except LookupError:
        return None
    return {
        "region": found.region,
        "year": found.year,
        "shares": {source: share for source, share in found.shares.items() if share},
        "source": found.source,
    }


def _measures(name: str) -> list[dict[str, Any]]:
    """Return losses, water and, for a cloud region, how its data center is run."""
    found = [factors.transmission_loss(name), factors.water_intensity(name)]
    if ":" in find(name).code:
        facility = factors.facility(find(name).code)
        found += [facility.pue, facility.wue, facility.carbon_free_share]
    return [
        {
            "name": one.name,
            "value": one.value,
            "unit": one.unit,
            "year": one.year,
            "region": one.region,
            "scope": one.scope,
            "source": one.source,
        }
        for one in found
        if one is not None
    ]
