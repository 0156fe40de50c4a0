"""Replacements as entries of a fleet: what could stand in the scenario, at equal work."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.evaluation import evaluate
from lca.intensities.context import Context, default
from lca.intensities.power import device_draw
from lca.optimize import written_values
from lca.optimize.replacement import BEFORE, Span
from lca.scenario import Scenario
from lca.scenario.models import Fleet
from lca.scenario.questions.refresh import Candidate, Refresh
from lca.terms import Draws
from lca.values import Value

_WORKLESS = ("it_energy", "devices")
"""Functional units that do not say what work is done."""
_UNCERTAIN = ("host_power", "mass", "price")
_HIGH_QUANTILE = 0.95
_ENDED = ("exact", "uniform", "triangular", "pert")
_TINY = 1e-9
_DRAWS = 4096


@dataclass(frozen=True)
class Old:
    """What stands there.

    Attributes
    ----------
    name, raw, fleet
        Its name, its entry as written, and as read; ``title`` is what the device is called.
    entry
        Its entry with draws that stay its own wherever it is placed.
    bought
        Calendar year of its purchase.
    years_left
        Whole years of the period that it can still serve.
    """

    name: str
    raw: Mapping[str, Any]
    fleet: Fleet
    entry: Mapping[str, Any]
    bought: int
    years_left: int
    title: str

    @property
    def count(self) -> int:
        """Devices that stand there."""
        return next(iter(self.fleet.count.values()))


@dataclass(frozen=True)
class Successor:
    """A device that could take over, with the whole devices that do the old ones' work.

    Attributes
    ----------
    entry
        Its fleet entry but for ``count`` and ``lifetime``.
    lifetime
        In years; ``count`` are devices.
    first
        Position of the first year in which it can be bought.
    title, work_unit
        What the device is called, and the functional unit that its work is equal in.
    work_ratio
        Work of the old devices over its own at equal utilization; None where no functional unit
        tells.
    improvement
        Yearly fall of power for later purchases.
    is_used_as_given
        Whether its utilization is the candidate's own, and not set for equal work.
    """

    name: str
    entry: Mapping[str, Any]
    count: int
    lifetime: float
    first: int
    work_ratio: float | None
    title: str
    work_unit: str = ""
    improvement: Value | None = None
    is_used_as_given: bool = False
    powers: dict[int, dict[str, Any]] = field(default_factory=dict)


def read_old(scenario: Scenario, question: Refresh) -> Old:
    """Return what stands there; it was bought in one year before the period."""
    fleet = scenario.model.fleet[question.fleet]
    bought = int(next(iter(fleet.count)))
    left = bought + fleet.lifetime.central - scenario.years[0]
    whole = min(len(scenario.years), math.floor(left + _TINY))
    if whole < 1:
        message = (
            f"fleet.{question.fleet} ends before the period does its first year: nothing to keep"
        )
        raise ScenarioError([Problem("optimize.refresh.fleet", message)])
    raw, title = scenario.data["fleet"][question.fleet], scenario.library.device(fleet.device).name
    found = Old(question.fleet, raw, fleet, dict(raw), bought, whole, title)
    entry = pinned(scenario, raw, question.fleet)
    entry["utilization"] = utilization_of(scenario, found, 1.0, "optimize.refresh")
    return replace(found, entry=entry)


def read_successors(scenario: Scenario, question: Refresh, old: Old) -> dict[str, Successor]:
    """Return what could take over: the candidates, and the old device where it is bought again."""
    candidates = dict(question.candidates)
    found = {name: _successor(scenario, old, name, one) for name, one in candidates.items()}
    if old.fleet.replace and old.years_left < len(scenario.years):
        entry = {k: v for k, v in old.entry.items() if k not in {"count", "lifetime", "embodied"}}
        life = old.fleet.lifetime.central
        name = f"{old.name}-again"
        entry["replace"] = "no"
        found[name] = Successor(name, entry, old.count, life, 0, 1.0, old.title, "its own kind")
    return found


def _successor(scenario: Scenario, old: Old, name: str, candidate: Candidate) -> Successor:
    where = f"optimize.refresh.candidates.{name}"
    kept = {k: v for k, v in old.raw.items() if k in {"site", "phase", "utilization", "powered"}}
    entry = kept | candidate.settings | {"device": candidate.device, "replace": "no"}
    raw = scenario.data["optimize"]["refresh"]["candidates"][name]
    if candidate.utilization is not None:
        entry["utilization"] = raw["utilization"]
    known, unit = work_of(scenario, old, entry)
    count = candidate.count or _whole_count(known, old, where)
    ratio = None if known is None else known * old.count / count
    if candidate.utilization is None:
        entry["utilization"] = utilization_of(scenario, old, ratio or 1.0, where)
    entry = pinned(scenario, entry, name)
    lifetime = (candidate.lifetime or old.fleet.lifetime).central
    first = max(0, (candidate.from_year or 0) - scenario.years[0])
    title = scenario.library.device(candidate.device).name
    given = candidate.utilization is not None
    return Successor(
        name, entry, count, lifetime, first, ratio, title, unit, candidate.improvement, given
    )


def _whole_count(work: float | None, old: Old, where: str) -> int:
    if work is None:
        message = (
            "how many devices do the work is not known: no functional unit tells what a device "
            "does; give count, or functional_unit: EFLOP peak"
        )
        raise ScenarioError([Problem(where, message)])
    return max(1, math.ceil(work * old.count - _TINY))


def work_of(scenario: Scenario, old: Old, entry: Mapping[str, Any]) -> tuple[float | None, str]:
    """Return the work of an old device over that of a new one, and the first unit that tells."""
    year = scenario.years[0]
    count = {str(year): 1}
    probe = {"count": count, "lifetime": "1 year", "replace": "no", "embodied": "new"}
    fleet = {"old": dict(old.raw) | probe, "new": dict(entry) | probe}
    changes = {"fleet": fleet, "services": {}, "work": {}, "optimize": None, "period": str(year)}
    ledger = evaluate(scenario.patch(changes, "equal work"), samples=0)
    for unit in scenario.functional_units:
        rows = ledger.by("asset", indicator=f"unit:{unit.text}", view="spread")
        work = {row.labels[0]: row.estimate.central for row in rows}
        if unit.kind not in _WORKLESS and work.get("old") and work.get("new"):
            return work["old"] / work["new"], unit.text
    return None, ""


def utilization_of(scenario: Scenario, old: Old, ratio: float, where: str) -> dict[str, Any]:
    """Return the old utilization times a ratio: drawn with the old one, for they do the same work."""
    own = old.fleet.utilization or old.fleet.serves.utilization
    identity = f"fleet.{old.name}.utilization" if own else "assumptions.utilization"
    used = default("utilization", own or scenario.model.assumptions.utilization, identity)
    moved = used.distribution.scaled(ratio)
    highest = float(moved.quantile(np.array([_HIGH_QUANTILE]))[0])
    if highest > 1:
        message = (
            f"so few devices would have to work {highest:.0%} of the time to do the old ones' work; "
            "give a larger count, or utilization"
        )
        raise ScenarioError([Problem(f"{where}.count", message)])
    if moved.kind in _ENDED:  # the last bit of its range is cut at all the time
        moved = replace(moved, parameters=tuple(min(end, 1.0) for end in moved.parameters))
    about = {"source": used.source, "quality": str(used.quality), "identity": used.identity}
    return written_values.written(moved, "", about)


def pinned(scenario: Scenario, entry: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a fleet entry whose uncertain values are drawn alike wherever it is placed."""
    placed = dict(entry) | {"count": 1, "lifetime": "1 year"}
    use = scenario.patch({f"fleet.{name}": placed, "optimize": None}, name).model.fleet[name]
    found = dict(entry)
    for key in _UNCERTAIN:
        if key in entry and isinstance(getattr(use, key), Value):
            found[key] = _with_identity(getattr(use, key), f"fleet.{name}.{key}")
    powers = {state: getattr(use.power, state) for state in entry.get("power") or ()}
    known = {
        state: _with_identity(value, f"fleet.{name}.power.{state}")
        for state, value in powers.items()
        if value is not None
    }
    return found | ({"power": known} if known else {})


def _with_identity(value: Value, identity: str) -> dict[str, Any]:
    about = {
        "source": value.source,
        "quality": str(value.quality),
        "identity": value.identity or identity,
    }
    return written_values.written(value.distribution, value.unit, about)


def every_candidate(scenario: Scenario, question: Refresh) -> dict[str, Any]:
    """Return all candidates as fleets: the embodied model must serve them all."""
    site = scenario.model.fleet[question.fleet].site
    plain = {"count": 1, "lifetime": "1 year", "site": site}
    made = {
        f"fleet.refresh-{name}": {**plain, "device": one.device}
        for name, one in question.candidates.items()
    }
    return made | {"optimize": None}


def model_patch(scenario: Scenario, model: str) -> dict[str, str]:
    """Fix the embodied model, so that the chosen scenario is evaluated as the others were."""
    written = str(scenario.model.assumptions.embodied_model)
    return {"assumptions.embodied_model": model} if written == "auto" else {}


def entry_of(scenario: Scenario, successor: Successor, span: Span, model: str) -> dict[str, Any]:
    """Return the fleet entry of a device bought at the start of a span and retired at its end."""
    years = len(scenario.years)
    short = span.end < years and span.end - span.start < successor.lifetime
    lifetime = float(span.end - span.start) if short else successor.lifetime
    entry = dict(successor.entry) | {
        "count": {str(scenario.years[span.start]): successor.count},
        "lifetime": f"{lifetime!r} years",
    }
    if successor.improvement is not None and span.start > successor.first:
        entry["power"] = _power(scenario, successor, span.start, model)
    return entry


def old_patches(scenario: Scenario, old: Old, span: Span) -> dict[str, Any]:
    """Return what makes the old devices serve to the end of a span, their manufacture being sunk."""
    base = f"fleet.{old.name}"
    patches: dict[str, Any] = {f"{base}.embodied": "sunk", f"{base}.replace": "no"}
    if span.end < old.years_left or span.end < len(scenario.years):
        age = scenario.years[0] + span.end - old.bought
        if age < old.fleet.lifetime.central:
            patches[f"{base}.lifetime"] = f"{age} years"
    return patches


def span_fleet(
    scenario: Scenario,
    old: Old,
    successors: Mapping[str, Successor],
    spans: Sequence[Span],
    model: str,
) -> dict[str, Any]:
    """Return one fleet entry a span, named by its position: one evaluation gives all their costs."""
    return {
        f"span-{number}": (
            _old_entry(scenario, old, span)
            if span.start == BEFORE
            else entry_of(scenario, successors[span.name], span, model)
        )
        for number, span in enumerate(spans)
    }


def _old_entry(scenario: Scenario, old: Old, span: Span) -> dict[str, Any]:
    patches = old_patches(scenario, old, span)
    changed = {path.rsplit(".", 1)[-1]: value for path, value in patches.items()}
    return {**old.entry, **changed}


def _power(scenario: Scenario, successor: Successor, start: int, model: str) -> dict[str, Any]:
    """Return the power of one device bought later: that of today's, less the yearly improvement."""
    if start not in successor.powers:
        successor.powers[start] = _later_power(scenario, successor, start, model)
    return successor.powers[start]


def _later_power(
    scenario: Scenario, successor: Successor, start: int, model: str
) -> dict[str, Any]:
    year = scenario.years[start]
    entry = dict(successor.entry) | {"count": {str(year): 1}, "lifetime": "1 year"}
    placed = scenario.patch({f"fleet.{successor.name}": entry}, "power of a later purchase")
    use = placed.model.fleet[successor.name]
    context = Context(placed, model)
    draw = device_draw(context, placed.library.device(use.device), use, f"fleet.{successor.name}")
    if draw is None or successor.improvement is None:
        return {}
    where = f"optimize.refresh.candidates.{successor.name}.improvement"
    fall = successor.improvement.factor("improvement", where)
    later = start - successor.first
    nodes = {"idle": draw.idle, "busy": draw.busy}
    if fall.distribution.is_exact:
        ratio = (1 - fall.distribution.central) ** later
        return {state: written_values.scaled(node, ratio) for state, node in nodes.items()}
    draws = Draws(_DRAWS, 0)
    ratios = (1 - draws.array(fall)[1:]) ** later
    return {
        state: written_values.quantiles(draws.array(node)[1:] * ratios, "kW", f"{where}.{state}")
        for state, node in nodes.items()
    }
