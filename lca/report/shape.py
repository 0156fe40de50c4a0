"""Whether plain data has the shape of a published schema, as far as reading it safely needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def complaints(schema: Mapping[str, Any], data: object) -> Iterator[str]:
    """Yield where data lacks a required key or holds a value of another type.

    Types, required keys, items, properties, references and two-way choices are looked at: enough to
    read the data without stumbling. Ranges and patterns are left to a full validator.

    Parameters
    ----------
    schema
        JSON Schema with its definitions under ``$defs``.
    data
        What was read from a file.
    """
    return _look(schema, data, "", schema.get("$defs", {}))


def _look(
    schema: Mapping[str, Any], data: object, path: str, known: Mapping[str, Any]
) -> Iterator[str]:
    if "$ref" in schema:
        yield from _look(known[schema["$ref"].removeprefix("#/$defs/")], data, path, known)
    choices = schema.get("oneOf") or schema.get("anyOf") or ()
    if choices:
        found = [list(_look(choice, data, path, known)) for choice in choices]
        yield from min(found, key=len)
    allowed = _allowed(schema)
    if allowed and not _is_of(data, allowed):
        yield f"{path or 'the file'}: expected {' or '.join(allowed)}, found {_name(data)}"
    elif isinstance(data, dict):
        yield from _keys(schema, data, path, known)
    elif isinstance(data, list) and "items" in schema:
        for place, entry in enumerate(data):
            yield from _look(schema["items"], entry, f"{path}[{place}]", known)


def _keys(
    schema: Mapping[str, Any], data: Mapping[str, object], path: str, known: Mapping[str, Any]
) -> Iterator[str]:
    for key in schema.get("required", ()):
        if key not in data:
            yield f"{path or 'the file'}: {key} is missing"
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for key, value in data.items():
        inner = properties.get(key, others)
        if isinstance(inner, Mapping):
            yield from _look(inner, value, f"{path}.{key}".removeprefix("."), known)


def _allowed(schema: Mapping[str, Any]) -> tuple[str, ...]:
    found = schema.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _is_of(data: object, allowed: tuple[str, ...]) -> bool:
    if isinstance(data, bool):
        return "boolean" in allowed
    return any(isinstance(data, _TYPES[name]) for name in allowed)


def _name(data: object) -> str:
    if isinstance(data, bool):
        return "boolean"
    return next(name for name, types in _TYPES.items() if isinstance(data, types))
