"""What can be picked on the page: devices, hosts and regions, as short texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lca.library import DEVICE_KINDS
from lca.report.catalog import records, say_number

if TYPE_CHECKING:
    from lca.library import Library

_KINDS = {"gpu": "GPU", "tpu": "TPU", "accelerator": "accelerator"}


def catalog(library: Library) -> dict[str, list[dict[str, Any]]]:
    """Return devices, hosts and regions: id, name, and what tells one from another."""
    hosts = [
        one
        for one in records("server", library)
        if one["role"] == "host" and one["accelerator_slots"]
    ]
    names = {one["id"]: one["name"] for one in hosts}
    devices = [one for kind in DEVICE_KINDS for one in records(kind, library)]
    return {
        "devices": [_device(one, names) for one in devices],
        "hosts": [
            {"id": h["id"], "name": h["name"], "about": f"{h['accelerator_slots']} slots"}
            for h in hosts
        ],
        "regions": [
            {"id": one["id"], "name": one["name"], "about": one["type"].replace("_", " ")}
            for one in records("regions", library)
        ],
    }


def _device(one: dict[str, Any], hosts: dict[str, str]) -> dict[str, Any]:
    about = [
        _KINDS[one["kind"]],
        say_number(one["memory"]),
        say_number(one["tdp"]),
        str(one["released"])[:4],
    ]
    return {
        "id": one["id"],
        "name": one["name"],
        "about": " · ".join(text for text in about if text),
        "host": one["host"],
        "search": hosts.get(one["host"], ""),
    }
