"""Planning: reads what is asked for, checks every value alone, and finds out what is linear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

import lca
from lca.errors import InputError, ScenarioError, UnknownNameError, did_you_mean
from lca.inventory import choose_model
from lca.ledger import Ledger, Line
from lca.scenario import Scenario
from lca.scenario.models import ScenarioModel
from lca.sensitivity.axes import Axis
from lca.sensitivity.question import chosen_options
from lca.sweeps.designs import Design, Varied, design
from lca.sweeps.holding import leaves
from lca.sweeps.job import GASES, Job, factor_digest
from lca.sweeps.likeness import Likeness, UnlikeError, overlay
from lca.sweeps.polynomials import inside, linear
from lca.terms import Draws
from lca.uncertain import Array
from lca.values import read

PAGE = 1 << 22
"""Evaluations of a page, within bounds of points: it depends on nothing but the number of draws."""

_LEAST, _MOST = 64, 4096
_LINEAR = 1e-12
_CHECKS = 2
_MOST_SMOOTH = 8

Over = Mapping[str, Iterable[object]] | Sequence[str | Axis]


def plan(
    scenario: Scenario,
    over: Over,
    *,
    kind: str = "cross",
    points: int | None = None,
    option: str | None = None,
    bases: Sequence[str] = ("location",),
    samples: int | None = None,
    seed: int | None = None,
    most: int | None = None,
) -> tuple[Job, tuple[str, ...]]:
    """Return a job, and remarks on how it will be evaluated.

    Parameters
    ----------
    scenario, over, kind, points, option, bases, samples, seed
        As for `lca.sweeps.sweeping.sweep`.
    most
        Most points that may be kept in memory; None where there is a file for them.

    Raises
    ------
    LcaError
        If a path or value is not accepted.
    """
    own = scenario.model.uncertainty
    draws = Draws(own.samples if samples is None else samples, own.seed if seed is None else seed)
    found = design(over, kind, points, draws.seed)
    if most is not None and found.points > most:
        msg = f"{found.points:,} combinations are more than {most:,}, which need a file: -o sweep.parquet"
        raise ScenarioError(msg)
    (base,) = chosen_options(scenario, None, option)
    model = choose_model(scenario.options())
    written = lca.evaluate(base, draws=Draws(0, draws.seed), embodied_model=model)
    job = _described(base, found, written, draws, tuple(bases), model)
    _check_values(job, written)
    smooth, remarks = _smooth(job)
    return replace(job, smooth=smooth), remarks


def _described(
    base: Scenario,
    found: Design,
    written: Ledger,
    draws: Draws,
    bases: tuple[str, ...],
    model: str,
) -> Job:
    indicators = tuple(dict.fromkeys((GASES, *base.model.indicators)))
    units = written.functional_units
    unit = units[0] if units and written.units().central > 0 else ""
    return Job(
        scenario=base,
        design=found,
        held=frozenset(one.name for one in found.axes if _is_factor(one, written)),
        smooth=(),
        page=min(max(PAGE // (1 + draws.samples), _LEAST), _MOST),
        samples=draws.samples,
        seed=draws.seed,
        bases=bases,
        indicators=indicators,
        embodied_model=model,
        units=tuple(written.unit(name) for name in indicators),
        functional_unit=unit,
        factors=factor_digest([written]),
        version=lca.__version__,
    )


def _is_factor(one: Varied, written: Ledger) -> bool:
    """Whether a name is the identity of a factor, not a path.

    Raises
    ------
    UnknownNameError
        If it is neither.
    ScenarioError
        If several quantities have the identity.
    """
    if one.name.split(".", maxsplit=1)[0] in {*ScenarioModel.model_fields, "schema"}:
        return False
    found = leaves(written.lines, one.name)
    if not found:
        known = [factor.identity for factor in written.factors()]
        near = did_you_mean(one.name, [*known, *ScenarioModel.model_fields])
        msg = f'"{one.name}" is neither a path of the scenario nor a factor below it{near}'
        raise UnknownNameError(msg)
    if len({(leaf.unit, leaf.distribution) for leaf in found}) > 1:
        names = ", ".join(sorted({leaf.name for leaf in found}))
        msg = f'"{one.name}" stands for several quantities ({names}); give a path of the scenario'
        raise ScenarioError(msg)
    return True


def _check_values(job: Job, written: Ledger) -> None:
    """Set every listed value and every end of a range, one at a time."""
    for one in job.design.axes:
        codes = one.ends if one.is_range else range(len(one.values))
        for code in codes:
            _check_value(job, one, one.written(float(code)), written)


def _check_value(job: Job, one: Varied, value: object, written: Ledger) -> None:
    try:
        if one.name in job.held:
            read(value, leaves(written.lines, one.name)[0].unit)
        else:
            job.scenario.patch({one.name: value}, job.scenario.name)
    except InputError as error:
        first = error.problems[0]
        path = "" if first.path == one.name else f"{first.path}: "
        msg = f"{one.name}={value}: {path}{first.message}"
        raise type(error)(msg) from None


def _smooth(job: Job) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the places of axes along which everything is linear, and why others are not."""
    found: list[int] = []
    remarks: list[str] = []
    for place, one in enumerate(job.design.axes):
        reason = _rigid(job, place)
        if not reason and len(found) == _MOST_SMOOTH:
            reason = f"{_MOST_SMOOTH} others are evaluated as arrays already"
        if reason:
            remarks.append(f"{one.name} is built anew for each value: {reason}")
        else:
            found.append(place)
    return tuple(found), tuple(remarks)


def _rigid(job: Job, place: int) -> str:
    """Return why an axis cannot be evaluated as arrays, or ""."""
    one = job.design.axes[place]
    if one.unit is None:
        return "its values are not numbers of one unit"
    low, high = one.ends
    if low == high:
        return "it has one value"
    marks = _marks(one)
    numbers = [low, high, *(low + (high - low) * t for t in marks)]
    start = job.design.changes(job.design.columns(0, 1)[0])
    try:
        lines = []
        for number in numbers:
            changes = start | {one.name: one.near(number)}
            lines.append(job.lines(job.inventory(changes), changes))
        return _bent(lines, marks)
    except UnlikeError as error:
        return str(error)


def _marks(one: Varied) -> list[float]:
    """Return normed places between the ends: listed values where there are any."""
    low, high = one.ends
    if one.is_range:
        return [float(inside(1, number)[0]) for number in range(_CHECKS)]
    between = sorted({float(x) for x in one.numbers if low < x < high})
    step = max(1, len(between) // (_CHECKS + 1))
    return [(x - low) / (high - low) for x in between[::step][: _CHECKS + 1]]


def _bent(lines: Sequence[Sequence[Line]], marks: list[float]) -> str:
    likeness = Likeness()
    rows = overlay(lines, likeness)
    for values, factor in likeness.slots.items():
        if not _straight(np.array(values), marks):
            return f"an input is not linear in it ({factor.unit or 'a number'})"
    for line, _, activity in rows:
        if not _straight(activity, marks):
            return f"{line.asset} {line.stage} is not linear in it"
    return ""


def _straight(values: Array, marks: list[float]) -> bool:
    between = {t: values[2 + k] for k, t in enumerate(marks)}
    return linear(values[0], values[1], between, _LINEAR)
