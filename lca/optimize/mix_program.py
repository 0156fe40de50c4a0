"""Accelerators and shares of requests as a program: whole replicas, and buckets that they serve.

A bucket is the reading of prompts, or the writing of answers, of one class of requests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.evaluation import evaluate
from lca.ledger import INDICATORS
from lca.optimize.constraints import Constraint, read
from lca.optimize.fleet_stock import free_name
from lca.optimize.mix_rates import PHASES, predicted
from lca.optimize.programs import Columns, Program
from lca.optimize.telling import is_known, unit_of
from lca.scenario import Scenario
from lca.scenario.questions.mix import Accelerator, Mix
from lca.uncertain import Array

_POINTS = ("idle", "one", "two")
"""Unit entries of a type: without work, at work drawing 1 kW a device, and drawing 2 kW."""

_HIDDEN = ("devices_per_replica", "standing", "most")


@dataclass(frozen=True)
class Work:
    """Buckets by types, as arrays: the program knows nothing else.

    Attributes
    ----------
    busy
        Replicas of a type that a bucket keeps busy in the mean, of shape ``(buckets, types)``; nan
        where that type cannot serve it.
    devices
        Of a replica, by type.
    power
        Of one device at this work (kW), of the shape of ``busy``.
    most
        Replicas that can be had, by type.
    headroom
        Replicas to have for one that is busy in the mean: peak over usable share.
    """

    busy: Array
    devices: Array
    power: Array
    most: Array
    headroom: float


@dataclass(frozen=True)
class MixCase:
    """A mix in numbers: work, and what one device without and with work adds, by indicator."""

    scenario: Scenario
    asked: Mix
    work: Work
    types: tuple[str, ...]
    buckets: tuple[tuple[str, str], ...]
    embodied_model: str
    idle: Mapping[str, Array]
    busy: Mapping[str, Array]
    fixed: Mapping[str, float]
    reasons: Mapping[tuple[str, str], str]

    def costs(self, indicator: str) -> Array:
        """Return what one of each column adds: replicas first, then shares of buckets."""
        idle, extra = self.idle[indicator], self.busy[indicator]
        served = np.nan_to_num(self.work.busy)
        shares = served * self.work.devices * extra
        return np.concatenate([self.work.devices * idle, shares.ravel()])


def build(scenario: Scenario, asked: Mix, objective: str) -> MixCase:
    """Read what a mix rests on: rates from the inference model, footprints off a ledger."""
    rates, reasons = predicted(scenario, asked)
    types, classes = tuple(asked.types), tuple(asked.classes)
    buckets = tuple((name, phase) for name in classes for phase in PHASES)
    shape = (len(buckets), len(types))
    busy, power, devices = np.full(shape, np.nan), np.zeros(shape), np.ones(len(types))
    for (name, kind), found in rates.items():
        column, row = types.index(kind), 2 * classes.index(name)
        rate = asked.classes[name].rate.central
        busy[row : row + 2, column] = [rate * hours for hours in found.hours]
        power[row : row + 2, column] = found.power
        devices[column] = found.devices
    _check_served(asked, busy, buckets, reasons)
    units, model, fixed = _units(scenario, asked)
    known = [name for name in units if _complete(units[name])]
    if objective not in known:
        raise ScenarioError(
            Problem("optimize.objective", f"{objective} is not known of every type")
        )
    most = np.array(
        [_most(one, count) for one, count in zip(asked.types.values(), devices, strict=True)]
    )
    work = Work(busy, devices, power, most, _headroom(asked))
    idle = {name: units[name][0] for name in known}
    extra = {name: _extra(units[name], power) for name in known}
    rest = {name: fixed[name] for name in known}
    return MixCase(scenario, asked, work, types, buckets, model, idle, extra, rest, reasons)


def _complete(table: Array) -> bool:
    return not bool(np.isnan(table).any())


def _extra(table: Array, power: Array) -> Array:
    """Return what a device at work adds to one without, at a power: linear in power."""
    idle, one, two = table
    found: Array = one + (power - 1.0) * (two - one) - idle
    return found


def _headroom(asked: Mix) -> float:
    peak = 1.0 if asked.peak is None else asked.peak.central
    usable = 1.0 if asked.maximum_utilization is None else asked.maximum_utilization.central
    if usable <= 0:
        message = "expected more than 0%: nothing can be served otherwise"
        raise ScenarioError(Problem("optimize.mix.maximum_utilization", message))
    return peak / usable


def _most(one: Accelerator, devices: float) -> float:
    limits = [float(count) for count in (one.standing, one.most) if count is not None]
    return float(np.floor(min(limits, default=np.inf) / devices))


def _check_served(
    asked: Mix,
    busy: Array,
    buckets: Sequence[tuple[str, str]],
    reasons: Mapping[tuple[str, str], str],
) -> None:
    problems = []
    for (name, phase), row in zip(buckets, busy, strict=True):
        if phase == PHASES[0] and np.isnan(row).all():
            why = "; ".join(f"{kind}: {reasons[name, kind]}" for kind in asked.types)
            problems.append(Problem(f"optimize.mix.classes.{name}", f"no type can answer: {why}"))
    if problems:
        raise ScenarioError(problems)


def entry(scenario: Scenario, asked: Mix, kind: str) -> dict[str, Any]:
    """Return a type as a fleet entry without count, utilization and power."""
    written = scenario.data["optimize"]["mix"]["types"][kind]
    plain = {key: value for key, value in written.items() if key not in _HIDDEN}
    embodied = "new" if asked.types[kind].standing is None else "sunk"
    return {**plain, "site": asked.site, "embodied": embodied}


def _units(scenario: Scenario, asked: Mix) -> tuple[dict[str, Array], str, dict[str, float]]:
    """Return what one device of each type adds without work and at two powers, off one ledger."""
    power = {"idle": ("0%", "1 kW"), "one": ("100%", "1 kW"), "two": ("100%", "2 kW")}
    entries: dict[str, dict[str, Any]] = {}
    names: dict[tuple[str, str], str] = {}
    for kind in asked.types:
        for point in _POINTS:
            share, drawn = power[point]
            name = free_name(f"{kind}-{point}", {**scenario.model.fleet, **entries})
            names[kind, point] = name
            own = {"count": 1, "utilization": share, "power": {"busy": drawn}}
            entries[name] = {**entry(scenario, asked, kind), **own}
    changes: dict[str, Any] = {f"fleet.{name}": one for name, one in entries.items()}
    ledger = evaluate(scenario.patch(changes, "one device of each type"), samples=0)
    tables, fixed = {}, {}
    for indicator in dict.fromkeys(("gwp100", *scenario.model.indicators, "cost")):
        if indicator not in INDICATORS or not is_known(ledger, indicator):
            continue
        of_asset = {
            row.labels[0]: row.estimate.central for row in ledger.by("asset", indicator=indicator)
        }
        tables[indicator] = np.array(
            [[of_asset.get(names[kind, p], np.nan) for kind in asked.types] for p in _POINTS]
        )
        fixed[indicator] = sum(v for name, v in of_asset.items() if name not in entries)
    return tables, ledger.embodied_model, fixed


def assignment(work: Work, buckets: Sequence[tuple[str, str]], *, apart: bool) -> Program:
    """Return the program: whole replicas of each type, then shares of each bucket by type."""
    found = Program()
    count, kinds = work.busy.shape
    replicas = found.add(kinds, whole=True)
    found.upper[:kinds] = work.most.tolist()
    shares = found.add(count * kinds, high=1.0).reshape(count, kinds)
    able = ~np.isnan(work.busy)
    for place in np.flatnonzero(~able.ravel()).tolist():
        found.upper[kinds + place] = 0.0
    for row, (name, phase) in enumerate(buckets):
        text, path = f"{phase} of {name}", f"optimize.mix.classes.{name}"
        found.bound(text, shares[row], 1.0, low=1.0, high=1.0, path=path)
    needed = np.nan_to_num(work.busy) * work.headroom
    for kind in range(kinds):
        columns = np.concatenate([shares[:, kind], replicas[kind : kind + 1]])
        values = np.concatenate([needed[:, kind], [-1.0]])
        found.bound(f"capacity {kind}", columns, values, high=0.0, path="optimize.mix.types")
    if not apart:
        _together(found, shares)
    return found


def _together(found: Program, shares: Columns) -> None:
    name = "prompts and answers of a request on one accelerator"
    for row in range(0, shares.shape[0], 2):
        for kind in range(shares.shape[1]):
            pair = shares[row : row + 2, kind]
            text = f"{name} {row}-{kind}"
            path = "optimize.mix.apart"
            found.bound(text, pair, [1.0, -1.0], low=0.0, high=0.0, group=name, path=path)


def program(case: MixCase) -> Program:
    """Return the program of a case, with the constraints of the scenario."""
    found = assignment(case.work, case.buckets, apart=bool(case.asked.apart))
    written = case.scenario.model.optimize.constraints if case.scenario.model.optimize else ()
    accepted = {name: unit_of(case.scenario, name) for name in case.idle} | {"devices": "device"}
    for number, one in enumerate(read(written, accepted)):
        _constrain(case, found, one, f"optimize.constraints.{number}")
    return found


def _constrain(case: MixCase, found: Program, one: Constraint, path: str) -> None:
    low = -np.inf if one.sign == "<=" else one.bound
    high = np.inf if one.sign == ">=" else one.bound
    if one.name == "devices":
        kinds = np.arange(len(case.types))
        found.bound(
            one.text, kinds, case.work.devices, low=low, high=high, path=path, unit=one.unit
        )
        return
    costs, rest = case.costs(one.name), case.fixed[one.name]
    everything = np.arange(costs.size)
    low, high = low - rest, high - rest
    found.bound(one.text, everything, costs, low=low, high=high, path=path, unit=one.unit)
