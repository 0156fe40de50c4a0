"""Sensitivities and surfaces as plain data, ``schema_version`` 1, and as rows of a CSV file.

The published schema is ``lca/schemas/sensitivity.schema.json`` (``lca schema sensitivity``).
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import lca
from lca.estimates import Estimate
from lca.report.csv_table import safe
from lca.report.wording import name_factor, spoken
from lca.scenario import Scenario
from lca.sensitivity.axes import NUMBER, Axis
from lca.sensitivity.question import Sensitivity, sentence
from lca.sensitivity.ranks import Ranks
from lca.sensitivity.sobol import Sobol
from lca.sensitivity.surface import Surface
from lca.sensitivity.tornado import Tornado
from lca.sensitivity.unknowns import Unknown
from lca.uncertain import Array

SCHEMA_VERSION = 1
_PLURAL = {"source": "sources", "stage": "stages", "kind": "kinds", "prefix": "families"}


def sensitivity_result(
    scenario: Scenario, found: Sensitivity, surface: Surface | None = None
) -> dict[str, Any]:
    """Return a sensitivity as texts, numbers and lists, ready for JSON.

    Parameters
    ----------
    scenario
        The scenario that was asked about.
    found
        The answers.
    surface
        A break-even surface asked for with it.
    """
    names = factor_names(found.unknowns)
    return {
        "schema_version": SCHEMA_VERSION,
        "lca_version": lca.__version__,
        "scenario": scenario.name,
        "title": scenario.model.title,
        "asked": _asked(found),
        "samples": found.samples,
        "seed": found.seed,
        "verdict": _verdict(found, names),
        "decides": _decides(found, names),
        "outputs": list(_outputs(found)),
        "unknowns": [_unknown(found, place, names) for place in range(len(found.unknowns))],
        "tornado": found.tornado is not None,
        "sobol": _sobol(found, names),
        "methods": [_method(effect) for effect in found.methods],
        "surface": surface_result(surface) if surface else None,
        "warnings": list(found.warnings),
        "fallbacks": list(found.fallbacks),
    }


def factor_names(unknowns: Sequence[Unknown]) -> dict[str, str]:
    """Return what each unknown is called; two of one name are told apart by their identity."""
    names = {one.identity: name_factor(one.name, one.identity) for one in unknowns}
    counts = Counter(names.values())
    return {key: f"{name} ({key})" if counts[name] > 1 else name for key, name in names.items()}


def _asked(found: Sensitivity) -> dict[str, Any]:
    asked = found.asked
    return {
        "difference": list(asked.difference) if asked.difference else None,
        "indicator": asked.indicator,
        "per": asked.per or None,
        "basis": asked.basis,
        "embodied_model": asked.embodied_model,
    }


def _group_name(by: str, name: str) -> str:
    return " and ".join(map(spoken, name.split(" and "))) if by == "stage" else name


def _verdict(found: Sensitivity, names: Mapping[str, str]) -> str:
    by = found.grouped_by
    if found.sobol is None or by == "factor":
        return sentence(found.deciding, names)
    groups = {name: _group_name(by, name) for name in found.sobol.groups}
    return sentence(found.deciding, groups, f"{_PLURAL.get(by, by)} of unknowns")


def _decides(found: Sensitivity, names: Mapping[str, str]) -> dict[str, Any]:
    few = found.deciding
    return {
        "output": few.what,
        "names": list(few.names),
        "what": [names.get(name, name) for name in few.names],
        "share": few.share,
        "by": few.by,
        "enough": few.enough,
    }


def _outputs(found: Sensitivity) -> Iterator[dict[str, Any]]:
    """Yield the numbers asked about, with statistics where they were drawn."""
    unit = found.response.unit
    for place, name in enumerate(found.names):
        numbers: dict[str, Any] = {
            "name": name,
            "unit": unit,
            "central": float(found.central[place]),
        }
        if found.ranks is not None:
            numbers |= Estimate(found.ranks.draws[place], unit).statistics() | {
                "central": numbers["central"]
            }
        if found.ranks is not None and found.asked.difference and place == found.focus:
            numbers["probability_lower"] = _lower(found.ranks.draws[place])
        yield numbers


def _lower(difference: Array) -> float:
    """Return the share of draws in which the first option is lower; ties count half."""
    return float((difference < 0).mean() + 0.5 * (difference == 0).mean())


def _unknown(found: Sensitivity, place: int, names: Mapping[str, str]) -> dict[str, Any]:
    one = found.unknowns[place]
    known = one.leaves[0].distribution
    p5, p95 = known.interval()
    return {
        "what": names[one.identity],
        "name": one.name,
        "identity": one.identity,
        "kind": one.kind,
        "stages": list(one.stages),
        "source": one.source or None,
        "unit": one.leaves[0].unit,
        "p5": p5,
        "central": known.central,
        "p95": p95,
        "effects": [
            {
                "output": output,
                **_swing(found.tornado, place, number),
                **_rank(found.ranks, place, number),
                **_effect(found.sobol if found.grouped_by == "factor" else None, place, number),
            }
            for number, output in enumerate(found.names)
        ],
    }


def _swing(tornado: Tornado | None, place: int, output: int) -> dict[str, Any]:
    if tornado is None:
        return dict.fromkeys(("low", "high", "swing", "turns"))
    return {
        "low": float(tornado.low[place, output]),
        "high": float(tornado.high[place, output]),
        "swing": float(tornado.swing[place, output]),
        "turns": bool(tornado.turns[place, output]),
    }


def _rank(ranks: Ranks | None, place: int, output: int) -> dict[str, Any]:
    if ranks is None:
        return dict.fromkeys(("rank_correlation", "rank_low", "rank_high"))
    return {
        "rank_correlation": float(ranks.correlation[place, output]),
        "rank_low": float(ranks.low[place, output]),
        "rank_high": float(ranks.high[place, output]),
    }


_SHARES = ("first", "first_low", "first_high", "total", "total_low", "total_high")


def _effect(sobol: Sobol | None, place: int, output: int) -> dict[str, Any]:
    if sobol is None:
        return dict.fromkeys(_SHARES)
    return {name: float(getattr(sobol, name)[place, output]) for name in _SHARES}


def _sobol(found: Sensitivity, names: Mapping[str, str]) -> dict[str, Any] | None:
    sobol, by = found.sobol, found.grouped_by
    if sobol is None:
        return None
    return {
        "samples": sobol.samples,
        "grouped_by": by,
        "variance": [float(x) for x in sobol.variance],
        "interactions": [float(x) for x in sobol.interactions],
        "groups": [
            {
                "name": name,
                "what": names.get(name) or _group_name(by, name),
                "effects": [
                    {"output": output, **_effect(sobol, place, number)}
                    for number, output in enumerate(found.names)
                ],
            }
            for place, name in enumerate(sobol.groups)
        ],
    }


def _method(effect: Any) -> dict[str, Any]:
    return {
        "method": effect.method,
        "choice": effect.choice,
        "chosen": effect.chosen,
        "values": [float(x) for x in effect.values],
        "fallbacks": list(effect.fallbacks),
    }


def surface_result(found: Surface) -> dict[str, Any]:
    """Return a break-even surface; arrays are lists of rows, one for each value of y."""
    return {
        "first": found.first,
        "second": found.second,
        "unit": found.unit,
        "samples": found.samples,
        "seed": found.seed,
        "x": {"name": found.x.name, "values": list(found.x.texts)},
        "y": {"name": found.y.name, "values": list(found.y.texts)},
        "central": found.central.tolist(),
        "median": found.median.tolist(),
        "probability": found.probability.tolist(),
        "line": [{"x": x, "y": y, "text": _point(found, x, y)} for x, y in found.line],
        "sides": [_side(found, first=True), _side(found, first=False)],
    }


def _side(found: Surface, *, first: bool) -> dict[str, Any]:
    cells, mean, lowest = found.side(first)
    return {
        "lower": found.first if first else found.second,
        "cells": cells,
        "of": int(found.median.size),
        "mean_probability": mean if cells else None,
        "lowest_probability": lowest if cells else None,
    }


def _point(found: Surface, x: float, y: float) -> str:
    texts = [_between(found.x, x), _between(found.y, y)]
    return f"({texts[0]}; {texts[1]})" if all(texts) else ""


def _between(axis: Axis, place: float) -> str:
    """Return the value at a position of an axis of numbers with one unit; else ""."""
    low, high = math.floor(place), math.ceil(place)
    ends = [text.strip() for text in (axis.texts[low], axis.texts[high])]
    if low == high:
        return ends[0]
    numbers = [_leading(text) for text in ends]
    if None in numbers or ends[0][len(numbers[0] or "") :] != ends[1][len(numbers[1] or "") :]:
        return ""
    one, two = (float(number or 0) for number in numbers)
    return f"{one + (place - low) * (two - one):.3g}{ends[0][len(numbers[0] or '') :]}"


def _leading(text: str) -> str | None:
    match = re.match(NUMBER, text)
    return match[0] if match else None


def render_csv(result: Mapping[str, Any]) -> str:
    """Return one row for each unknown, or group, and output."""
    return write_csv(_rows(result))


def _rows(result: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    units = {output["name"]: output["unit"] for output in result["outputs"]}
    for one in result["unknowns"]:
        head = {key: one[key] for key in ("what", "name", "identity", "kind", "source", "unit")}
        head |= {"stages": " ".join(one["stages"])} | {k: one[k] for k in ("p5", "central", "p95")}
        for effect in one["effects"]:
            yield head | effect | {"output_unit": units[effect["output"]]}
    sobol = result["sobol"]
    if sobol and sobol["grouped_by"] != "factor":
        for group in sobol["groups"]:
            for effect in group["effects"]:
                head = {"what": f"{sobol['grouped_by']}: {group['what']}", "name": group["name"]}
                yield head | effect | {"output_unit": units[effect["output"]]}


def write_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV with a header; a text is never taken for a formula by a spreadsheet."""
    kept = list(rows)
    heading = list(dict.fromkeys(key for row in kept for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=heading, lineterminator="\n")
    writer.writerow({key: safe(key) for key in heading})
    writer.writerows({key: safe(value) for key, value in row.items()} for row in kept)
    return text.getvalue()
