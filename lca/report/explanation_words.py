"""What the nodes of an explanation say, for the terminal and for pages alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lca.report.wording import exact_words, in_words, percent, plain_number, spoken

Node = Mapping[str, Any]
_MADE = {"terms.multiply": "product", "terms.add": "sum"}
_ACTIVITIES = {"device": "devices", "device*h": "device-hours"}
_OWN = frozenset({"asset", "total"})
"""Kinds of nodes whose names are users' own texts."""


def activity_unit(per: str) -> str:
    """Return the unit of an activity in words."""
    return _ACTIVITIES.get(per, per)


def heading(found: Node) -> str:
    """Return what is explained."""
    what = f"{spoken(found['indicator'])}, {found['basis']}-based"
    kept = ", ".join(f"{label} {value}" for label, value in found["labels"].items())
    return f"{what}, {kept}" if kept else what


def name(node: Node) -> str:
    """Return what a node is called."""
    if node["kind"] == "line":
        amount = f"{plain_number(node['activity'])} {activity_unit(node['per'])}"
        where = f" ({spoken(node['name'])})" if node["name"] else ""
        return f"{amount.strip()} × intensity{where}"
    return str(node["name"]) if node["kind"] in _OWN else spoken(node["name"])


def value(node: Node) -> str:
    """Return the number of a node with interval and unit; an input as it was given."""
    return exact_words(node) if node["kind"] == "input" else in_words(node)


def share(node: Node) -> str:
    """Return the share of the total, or ""."""
    if node["share"] is None or node["kind"] == "total":
        return ""
    return f"−{percent(-node['share'])}" if node["share"] < 0 else percent(node["share"])


def details(node: Node) -> Iterator[str]:
    """Yield the formula, the source with its quality, and the note of a node."""
    if node.get("formula"):
        yield f"= {_MADE.get(node['formula'], node['formula'])}"
    if node.get("source"):
        quality = "" if node["quality"] in {"", "given"} else f", {node['quality']}"
        yield f"[{node['source']}{quality}]"
    if node.get("note"):
        yield str(node["note"])


def left_out(node: Node) -> str:
    """Return what of a node is not shown, or ""."""
    hidden = node["left_out"]
    if not hidden:
        return ""
    what = "smaller part" if hidden["count"] == 1 else "smaller parts"
    return f"{hidden['count']} {what}: {in_words(hidden)}"
