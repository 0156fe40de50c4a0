"""Explain why the embodied models disagree about one device, as plain data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from lca import __version__, document
from lca.disagreement.causes import Cause, Step
from lca.disagreement.components import components, steps_between
from lca.disagreement.printed import as_printed
from lca.errors import InputError, UnknownNameError, did_you_mean
from lca.estimates import Estimate
from lca.intensities.embodied import Embodied, applicable
from lca.intensities.hosts import applicable_hosts
from lca.library import DEVICE_KINDS, Library
from lca.library.models import KINDS, Device, Server
from lca.terms import Draws, Factor, factors, total
from lca.uncertain import Array

__all__ = ["explain"]

_BOUNDARIES = ("die", "package", "card", "module")
_TOOLS = Path(__file__).with_name("tools.yaml")
_FEWEST = 2


def explain(
    device: str, library: Library, draws: Draws, models: Sequence[str] = ()
) -> dict[str, Any]:
    """Return why the models disagree about one device.

    Parameters
    ----------
    device
        Id of an accelerator or of a host.
    library
        Holds the device.
    draws
        Evaluates all models on the same draws.
    models
        Names in the order of the steps; by default all that apply, the lowest total first.

    Returns
    -------
    dict
        ``models`` with totals (kgCO2e) and boundaries, ``pairs`` with steps that add up to the
        difference of central estimates, ``not_applicable`` with reasons, ``sources``.

    Raises
    ------
    UnknownNameError
        No device or model is called so.
    InputError
        A model asked for does not apply, or fewer than two do.
    """
    found = _device(device, library)
    known = _applicable(found, library)
    chosen = _chosen(found, known, models)
    samples = {name: draws.array(total(name, made.parts)) for name, made in chosen.items()}
    order = list(models) or sorted(chosen, key=lambda name: float(samples[name][0]))
    trees = {name: components(chosen[name], found) for name in order}
    pairs = [_pair(one, other, chosen, trees, samples) for one, other in pairwise(order)]
    result: dict[str, Any] = {
        "schema_version": 1,
        "lca_version": __version__,
        "device": {"id": found.id, "name": found.name, "dies": _dies(found, library)},
        "unit": "kgCO2e",
        "samples": draws.samples,
        "seed": draws.seed,
        "models": [_model(chosen[name], samples[name], found, library) for name in order],
        "not_applicable": {name: one for name, one in known.items() if isinstance(one, str)},
        "pairs": pairs,
        "estimates": [_estimate(one) for one in _estimates(found)],
        "other_tools": _tools()["other_tools"],
    }
    result["sources"] = [_cite(key, library) for key in _keys(result)]
    written = json.dumps(result, sort_keys=True).encode()
    return {**result, "inputs_hash": hashlib.sha256(written).hexdigest()}


def _device(name: str, library: Library) -> Device | Server:
    if any(name in library.ids(kind) for kind in DEVICE_KINDS):
        return library.device(name)
    if name in library.ids("server"):
        return library.server(name)
    known = [one for kind in (*DEVICE_KINDS, "server") for one in library.ids(kind)]
    other = next((kind for kind in KINDS if name in library.ids(kind)), None)
    if other:
        msg = (
            f"{name} is listed under {other}: models are compared for accelerators and host servers "
            f"alone; its own figures: lca show {name}"
        )
        raise UnknownNameError(msg)
    msg = f'no device is called "{name}"{did_you_mean(name, known)} (lca list gpu)'
    raise UnknownNameError(msg)


def _applicable(device: Device | Server, library: Library) -> dict[str, Embodied | str]:
    if isinstance(device, Server):
        return applicable_hosts(device, library)
    return applicable(device, library)


def _chosen(
    device: Device | Server, found: Mapping[str, Embodied | str], models: Sequence[str]
) -> dict[str, Embodied]:
    """Return the models asked for, or all that apply; refuse where that leaves fewer than two."""
    for name in models:
        if name not in found:
            msg = f'no embodied model "{name}"{did_you_mean(name, found)} (one of: {", ".join(found)})'
            raise UnknownNameError(msg)
        if isinstance(found[name], str):
            msg = f"{device.id}: {name} does not apply: {found[name]}"
            raise InputError(msg)
        if models.count(name) > 1:
            msg = f'model "{name}" is given twice; each is explained against the next, so once is enough'
            raise InputError(msg)
    made = {name: one for name, one in found.items() if isinstance(one, Embodied)}
    made = {name: made[name] for name in models} if models else made
    if len(made) < _FEWEST:
        why = "; ".join(f"{name}: {one}" for name, one in found.items() if isinstance(one, str))
        count = f"{len(made)} embodied model{' applies' if len(made) == 1 else 's apply'}"
        msg = f"{device.id}: {count}, two are needed ({why})"
        raise InputError(msg)
    return made


def _dies(device: Device | Server, library: Library) -> list[dict[str, Any]]:
    """Return the dies with their process, and the one whose values stand in for it."""
    if isinstance(device, Server):
        return []
    return [
        {
            "name": die.name,
            "count": die.count,
            "area_cm2": die.area.central,
            "process": die.process,
            "taken_as": library.process(die.process).id if die.process else "",
        }
        for die in device.dies
    ]


def _model(
    made: Embodied, samples: Array, device: Device | Server, library: Library
) -> dict[str, Any]:
    estimate = Estimate(samples, "kgCO2e")
    return {
        "model": made.model,
        "total": estimate.statistics(),
        "has_interval": bool(np.ptp(estimate.draws) > 0),
        "boundary": made.boundary,
        "includes": list(made.includes),
        "note": made.note,
        "fallback": made.fallback,
        "tools": _tools()["models"].get(made.model) or _publishers(made, library),
        "as_printed": as_printed(made, device),
    }


def _publishers(made: Embodied, library: Library) -> list[dict[str, str]]:
    """Return who published the figures of a device, for the model that takes them as they are."""
    cited = (one for node in made.parts.values() for one in factors(node))
    keys = dict.fromkeys(one.source for one in cited if one.name == "published_footprint")
    return [
        {"tool": _cite(key, library)["citation"], "source": key, "how": "published for this device"}
        for key in keys
    ]


def _pair(
    old: str,
    new: str,
    made: Mapping[str, Embodied],
    trees: Mapping[str, Mapping[str, Cause]],
    samples: Mapping[str, Array],
) -> dict[str, Any]:
    boundaries = (made[old].boundary, made[new].boundary)
    found = steps_between(trees[old], trees[new], boundaries)
    difference = Estimate(samples[new] - samples[old], "kgCO2e")
    statistics = difference.statistics()
    return {
        "from": old,
        "to": new,
        "difference": statistics,
        "within_uncertainty": _holds_zero(difference),
        "intervals_overlap": _overlap(samples[old], samples[new]),
        "stages": _stages(made[old], made[new]),
        "steps": [_step(one, boundaries) for one in found],
    }


def _holds_zero(difference: Estimate) -> bool:
    """Whether the 90 % interval of a difference, on shared draws, holds zero."""
    return difference.percentile(5) <= 0 <= difference.percentile(95)


def _overlap(one: Array, other: Array) -> bool:
    ends = [(float(np.percentile(x[1:] if x.size > 1 else x, p))) for x in (one, other) for p in (5, 95)]  # fmt: skip
    return ends[0] <= ends[3] and ends[2] <= ends[1]


def _stages(old: Embodied, new: Embodied) -> list[str]:
    """Return the life-cycle stages that one model has inside its figure and the other has not."""
    return sorted(set(old.includes) ^ set(new.includes))


def _step(step: Step, boundaries: tuple[str, str]) -> dict[str, Any]:
    return {
        "path": "/".join(step.path),
        "component": step.path[0],
        "amount": step.amount,
        "why": _why(step, boundaries),
        "from": _side(step.old),
        "to": _side(step.new),
    }


def _why(step: Step, boundaries: tuple[str, str]) -> str:
    """Return the kind of a step: boundary, lacking, undivided, same, or factor."""
    if step.old is None or step.new is None:
        widths = [_BOUNDARIES.index(one) if one in _BOUNDARIES else -1 for one in boundaries]
        wider = 1 if step.old is None else 0
        return "boundary" if widths[wider] > widths[1 - wider] else "lacking"
    if step.path == ("device",):
        return "undivided"
    return "same" if abs(step.amount) <= _same(step) else "factor"


def _same(step: Step) -> float:
    old, new = step.old, step.new
    return 1e-9 * max(abs(old.value) if old else 0.0, abs(new.value) if new else 0.0)


def _side(one: Cause | None) -> dict[str, Any] | None:
    if one is None:
        return None
    parts = {name: {"value": p.value, "unit": p.unit} for name, p in one.parts.items()}
    inputs = [_input(factor) for factor in one.cited()]
    return {"value": one.value, "unit": one.unit, "parts": parts, "inputs": inputs}


def _input(factor: Factor) -> dict[str, Any]:
    low, high = factor.distribution.interval()
    return {
        "name": factor.name,
        "value": factor.distribution.central,
        "p5": low,
        "p95": high,
        "unit": factor.unit,
        "source": factor.source,
        "quality": str(factor.quality),
        "note": factor.note,
    }


def _estimates(device: Device | Server) -> list[Any]:
    every = getattr(device, "estimates", ())
    return [one for one in every if one.indicator == "gwp100"]


def _estimate(one: Any) -> dict[str, Any]:
    return {
        "value": one.value.central,
        "unit": one.value.unit,
        "boundary": str(one.boundary),
        "stages": list(one.stages),
        "source": one.source,
        "note": one.note,
    }


def _keys(result: Mapping[str, Any]) -> list[str]:
    """Return the keys of all sources behind a result."""
    sides = (s[end] for pair in result["pairs"] for s in pair["steps"] for end in ("from", "to"))
    keys = {one["source"] for side in sides if side is not None for one in side["inputs"]}
    keys |= {one["source"] for one in result["estimates"]}
    keys |= {tool["source"] for model in result["models"] for tool in model["tools"]}
    return sorted(keys - {""})


def _cite(key: str, library: Library) -> dict[str, str]:
    known = library.sources.get(key)
    return {"key": key, "citation": known.cite() if known else "not in the bibliography"}


@cache
def _tools() -> dict[str, Any]:
    found: dict[str, Any] = document.read(_TOOLS).data
    return found
