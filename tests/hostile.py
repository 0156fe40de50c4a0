"""Texts that attack a reader of a report, and every place of a scenario that takes a text.

The places are read from the published schema, so that a new field is tried too.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

SCHEMA = Path(__file__).parents[1] / "lca" / "schemas" / "scenario.schema.json"
NAMED = "*"
"""A step of a path: any name that the scenario gives."""

MARKUP = (
    '</script><script>alert(1)</script><img src=x onerror=alert(1)>" onload="x\' ]]> &amp; '
    "#panic() #let a = 1; *b* _c_ $d$ @e <f> \\write18{id} \\input{g} 5% ~ ^^41 {h} `i` [j](http://k)"
)
FORMULAS = ("=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "＝1+1", "\t=1+1", "\r=1+1", "\n=1+1")
ESCAPES = "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b31m"

Path_ = tuple[str, ...]


class Tags(HTMLParser):
    """The elements of a page, and the names of their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the name of an element and those of its attributes."""
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}


def schema() -> Mapping[str, Any]:
    """Return the published schema of scenario files."""
    found: Mapping[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def places() -> list[Path_]:
    """Return the path of every value of a scenario that may be a free text."""
    found = schema()
    return list(dict.fromkeys(_places(found, found, (), ())))


def _places(root: Any, node: Any, path: Path_, above: tuple[str, ...]) -> Iterator[Path_]:
    for branch, names in _branches(root, node, above):
        if _is_text(branch) and path:
            yield path
        for key, value in branch.get("properties", {}).items():
            yield from _places(root, value, (*path, key), names)
        for key in ("additionalProperties", "items"):
            if isinstance(branch.get(key), dict):
                yield from _places(root, branch[key], (*path, NAMED), names)


def _branches(
    root: Any, node: Any, above: tuple[str, ...]
) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Yield what a node may be, each with the definitions that it lies in; none lies in itself."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        if name not in above:
            yield from _branches(root, root["$defs"][name], (*above, name))
        return
    yield node, above
    for key in ("anyOf", "oneOf", "allOf"):
        for each in node.get(key, ()):
            yield from _branches(root, each, above)


def _is_text(node: Mapping[str, Any]) -> bool:
    kinds = node.get("type", ())
    return "string" in ([kinds] if isinstance(kinds, str) else kinds) and not {"enum", "const"} & {
        *node
    }


def put(data: Mapping[str, Any], path: Path_, value: object) -> dict[str, Any]:
    """Return a scenario with a value at a path; what lies on the way is made where it is absent."""
    changed: dict[str, Any] = copy.deepcopy(dict(data))
    at = changed
    for step in path[:-1]:
        key = _key(at, step)
        if not isinstance(at.get(key), dict):
            at[key] = {}
        at = at[key]
    at[_key(at, path[-1])] = value
    return changed


def _key(data: Mapping[str, Any], step: str) -> str:
    return next(iter(data), "one") if step == NAMED else step
