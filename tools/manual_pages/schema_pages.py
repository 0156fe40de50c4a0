"""The reference of what may be written and what is printed, from the published schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lca.commands.schema import find, published
from manual_pages.text import anchor, cell, code, from_restructured, inline, page, table

Schema = Mapping[str, Any]
_YES_NO = {"yes", "no", "true", "false", "on", "off"}
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "yes or no"}
_SHARE = "60%"
_SCENARIO = """\
What may stand in a scenario file. A value with a unit may be exact or a distribution, in the notations
of [how data are written](../data-contract.md). Fields in **bold** must be given. Anything else is
refused, with the nearest name. `lca schema` prints the same as JSON Schema, for editors:
[write a scenario](../how-to/write-a-scenario.md) says how to use it."""
_CONTRACTS = """\
What `--json` prints and what a workload record holds. Fields may be added in later versions, never
changed in meaning. A number that is not known is null with a reason, never 0. `lca schema NAME`
prints the JSON Schema. Fields in **bold** are always there."""


def pages() -> dict[str, str]:
    """Return the page of scenarios and that of the other contracts."""
    scenario: Any = find("scenario")
    others: list[tuple[str, Any]] = [(n, find(n)) for n in published() if n != "scenario"]
    return {
        "reference/scenario.md": page(
            "Scenario files", _SCENARIO, *_parts(scenario, "scenario", 2)
        ),
        "reference/contracts.md": page("Contracts", _CONTRACTS, *_contracts(others)),
    }


def _contracts(found: list[tuple[str, Any]]) -> Iterator[str]:
    yield table(
        ["contract", "what"],
        ([f"[{code(n)}](#{anchor(n)})", cell(_said(schema))] for n, schema in found),
    )
    for name, schema in found:
        yield from _parts(schema, name, 3)


def _parts(schema: Schema, name: str, level: int) -> Iterator[str]:
    """Yield the fields of a schema and those of everything it refers to, in order of appearance."""
    marks = "#" * level
    yield f"{marks[:-1] if level > 2 else marks} {name if level > 2 else 'The file'}\n\n{inline(_said(schema))}"
    prefix = f"{name}: " if level > 2 else ""
    yield _fields(_object(schema), prefix)
    for part in _reached(schema):
        described = schema["$defs"][part]
        yield f"{marks} {prefix}{part}\n\n{inline(_said(described))}"
        yield _fields(_object(described), prefix) or _written(described, prefix)


def _object(schema: Schema) -> Schema:
    """Return what has fields: the schema itself, or the entries of a list."""
    if "properties" in schema:
        return schema
    return _object(schema["items"]) if isinstance(schema.get("items"), dict) else schema


def _reached(schema: Schema) -> list[str]:
    """Return the names of all parts in the order in which a reader meets them."""
    order: list[str] = []
    waiting = list(_named({k: v for k, v in schema.items() if k != "$defs"}))
    while waiting:
        name = waiting.pop(0)
        if name not in order:
            order.append(name)
            waiting += _named(schema["$defs"][name])
    return order


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from _named(value)
    elif isinstance(node, list):
        for value in node:
            yield from _named(value)


def _said(schema: Schema) -> str:
    return from_restructured(schema.get("description", ""))


def _fields(schema: Schema, prefix: str) -> str:
    """Return the table of fields, or "" where there are none."""
    rows = [
        [
            f"**{code(name)}**" if name in schema.get("required", ()) else code(name),
            _written(field, prefix),
            _default(field),
            cell(_said(field)),
        ]
        for name, field in schema.get("properties", {}).items()
    ]
    return table(["field", "written as", "default", "meaning"], rows) if rows else ""


def _default(field: Schema) -> str:
    if "default" not in field or field["default"] in (None, "", {}, []):
        return ""
    value = field["default"]
    return code({True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value)


def _written(field: Schema, prefix: str) -> str:
    """Return in words how a field is written."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{anchor(prefix + name)})"
    for key in ("anyOf", "oneOf"):
        if key in field:
            forms = [_written(one, prefix) for one in field[key] if one.get("type") != "null"]
            empty = " or null" if prefix and len(forms) < len(field[key]) else ""
            return " or ".join(dict.fromkeys(forms)) + empty
    if "const" in field:
        return code(json.dumps(field["const"]))
    if "enum" in field:
        return _choice(field["enum"])
    if field.get("examples"):
        return _quantity(field)
    kinds = field.get("type", "anything")
    return _typed(field, kinds if isinstance(kinds, list) else [kinds], prefix)


def _quantity(field: Schema) -> str:
    """Return what dimension a value has, where that is said, and an example."""
    if field["examples"] == [_SHARE]:
        return f"number or percent, such as {code(_SHARE)}"
    said, sign, _ = _said(field).partition(": a value with its unit")
    kind = f"{inline(said)}, " if sign else ""
    return f"{kind}such as {code(field['examples'][0])}"


def _choice(values: list[Any]) -> str:
    if {str(value).lower() for value in values} <= _YES_NO:
        return "yes or no"
    texts = {
        str(value).replace("-", "_"): str(value) for value in reversed(values) if value is not None
    }
    return ", ".join(code(text) for text in reversed(texts.values()))


def _typed(field: Schema, kinds: list[str], prefix: str) -> str:
    words = [_one(field, kind, prefix) for kind in kinds if kind != "null"]
    empty = " or null" if "null" in kinds else ""
    if {"integer", "string"} == set(kinds) and not prefix:
        return "whole number"
    return " or ".join(dict.fromkeys(words)) + empty


def _one(field: Schema, kind: str, prefix: str) -> str:
    if kind == "array":
        return f"list of {_written(field.get('items', {}), prefix)}"
    if kind == "object":
        inner = field.get("additionalProperties")
        named = isinstance(inner, dict) and inner
        return f"mapping of names to {_written(inner, prefix)}" if named else "mapping"
    return _WORDS.get(kind, kind)
