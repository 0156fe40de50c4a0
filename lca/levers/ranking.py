"""Ranks the levers of a scenario: finds what applies, makes the trials, runs them, and sorts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lca.errors import LcaError
from lca.evaluation import evaluate
from lca.inventory import choose_model
from lca.ledger import Ledger
from lca.levers import asking, running
from lca.levers.changing import change, changed
from lca.levers.paths import Change, nothing, paths_of
from lca.levers.results import (
    NEEDS_VALUE,
    NO_FIGURE,
    NOT_POSSIBLE,
    Effect,
    LeverResult,
    order,
)
from lca.levers.uses import Group, groups
from lca.scenario import Scenario
from lca.scenario.models import Fleet, Service, Work
from lca.terms import Draws, Factor
from lca.workloads.levers import (
    BACKFIRES,
    OUT_OF_RANGE,
    SAVES,
    UNSUPPORTED,
    Applying,
    Case,
    LeverCard,
    Trial,
)

Progress = Callable[[int, int, str], None]
"""Called before each run with its number, how many there are, and what is tried."""

_ENERGY = "energy"
_SURE = (SAVES, BACKFIRES)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A result that may still get its number by a run, or by a published ratio."""

    result: LeverResult
    group: Group
    scenario: Scenario | None = None
    per: str = ""
    ratio: Factor | None = None


def rank(
    scenario: Scenario,
    *,
    tries: asking.Tries | None = None,
    only: Sequence[str] = (),
    samples: int | None = None,
    seed: int | None = None,
    basis: str = "location",
    progress: Progress | None = None,
) -> list[LeverResult]:
    """Return what every lever does in a scenario: those that save most come first.

    Each trial is the scenario with one change, evaluated on the draws of the scenario itself by the
    same embodied model. Where no model of an effect exists, a published ratio changes the
    electricity of the work concerned. What does not apply is listed with the reason and no number.

    Parameters
    ----------
    scenario
        The scenario as written; its options are not considered.
    tries
        Values to try in place of those of the cards: by name of a trial (``region``) or lever.
    only
        Ids of levers; all of them if empty.
    samples, seed
        As for `lca.evaluation.evaluate`.
    basis
        ``location`` or ``market``. Contracts change the market-based account only, and are always
        of that account.
    progress
        Called before each run.

    Raises
    ------
    UnknownNameError
        If there is no such lever or trial; the nearest is named.
    """
    values = asking.asked(tries or {}, only)
    candidates = _joined(list(_candidates(scenario, values, only)))
    results = _run(scenario, candidates, asking.draws_of(scenario, samples, seed), basis, progress)
    return sorted(results, key=lambda result: order(result, basis))


def _candidates(
    scenario: Scenario, asked: Mapping[str, tuple[str, ...]], only: Sequence[str]
) -> Iterator[_Candidate]:
    for group in groups(scenario):
        for applying in group.applying(scenario):
            if not only or applying.card.id in only:
                yield from _of_lever(scenario, asked, group, applying)


def _of_lever(
    scenario: Scenario, asked: Mapping[str, tuple[str, ...]], group: Group, found: Applying
) -> Iterator[_Candidate]:
    card = found.card
    listed = LeverResult(
        card,
        found.verdict,
        group.where,
        way=card.application.way,
        published=found.verdict,
        reason=found.reason,
        cases=found.cases,
    )
    if found.verdict in {OUT_OF_RANGE, UNSUPPORTED}:
        yield _Candidate(_wanted(listed, asked), group)
    elif card.application.way == "none":
        yield _Candidate(replace(listed, verdict=NO_FIGURE), group)
    elif card.application.way == "factor" or not _planned(card, group):
        yield from (_of_case(listed, group, case) for case in found.cases)
    else:
        reached = [trial for trial in card.trials if _reaches(trial, group)]
        for trial in reached:
            yield from _of_trial(scenario, asked, listed, group, trial)
        if not reached:
            reason = nothing(*card.trials)
            yield _Candidate(replace(listed, verdict=NOT_POSSIBLE, reason=reason), group)


def _wanted(listed: LeverResult, asked: Mapping[str, tuple[str, ...]]) -> LeverResult:
    """Say of a lever outside its evidence what a user who asked for it can do."""
    tried = [
        f"{trial.name.replace('_', ' ')} {value}"
        for trial in listed.card.trials
        for value in asked.get(trial.name, ())
    ]
    if not tried:
        return listed
    reason = f"{listed.reason}; to run it all the same, write an option and compare"
    return replace(listed, label=", ".join(tried), reason=reason)


def _planned(card: LeverCard, group: Group) -> bool:
    """Whether a model can run a lever again: caps are modelled for training alone."""
    capped = any(trial.name in {"cap", "least_energy_cap"} for trial in card.trials)
    return not capped or group.phase in {"training", "optimization"}


def _reaches(trial: Trial, group: Group) -> bool:
    """Whether a trial changes uses of this kind at all, so that refusing it says something."""
    if trial.name == "device":
        return any(_has_device(use.entry) for use in group.uses)
    if any(path.startswith(("models.", "work.*.power")) for path in trial.paths):
        return True
    return next(paths_of(trial, group), None) is not None


def _has_device(entry: Fleet | Service | Work) -> bool:
    return bool(entry.device or (isinstance(entry, Work) and entry.instance))


def _of_case(listed: LeverResult, group: Group, case: Case) -> _Candidate:
    """Return what a published ratio may do: energy alone, and nothing where a condition is open."""
    one = replace(listed, cases=(case,), reason=case.reason, published=case.verdict, way="factor")
    ratio, open_conditions = case.factor(), group.unknown(case)
    if case.verdict == UNSUPPORTED or ratio is None or case.effect is None:
        return _Candidate(replace(one, verdict=NO_FIGURE), group)
    if _ENERGY not in case.effect.metric:
        reason = f"the published figure is of {case.effect.metric}, not of energy ({case.reason})"
        return _Candidate(replace(one, verdict=NO_FIGURE, reason=reason), group)
    if open_conditions:
        reason = f"holds for some {' and '.join(open_conditions)}, which the scenario does not say ({case.reason})"
        return _Candidate(replace(one, verdict=NO_FIGURE, reason=reason), group)
    return _Candidate(replace(one, label="published ratio"), group, ratio=ratio)


def _of_trial(
    scenario: Scenario,
    asked: Mapping[str, tuple[str, ...]],
    listed: LeverResult,
    group: Group,
    trial: Trial,
) -> Iterator[_Candidate]:
    values = asked.get(trial.name) or asking.values_of(scenario, trial, group)
    if not values:
        reason = asking.needs_value(listed.card, trial)
        label = trial.name.replace("_", " ")
        yield _Candidate(replace(listed, verdict=NEEDS_VALUE, label=label, reason=reason), group)
    for value in values:
        label = f"{trial.name.replace('_', ' ')} {value}"
        try:
            made = change(scenario, trial, value, group)
            yield _Candidate(_tried(listed, made), group, changed(scenario, made), trial.per)
        except LcaError as error:
            refused = replace(listed, verdict=NOT_POSSIBLE, label=label, reason=asking.said(error))
            yield _Candidate(refused, group)


def _tried(listed: LeverResult, made: Change) -> LeverResult:
    account = "market" if any(path.endswith(".contract") for path in made.patches) else ""
    patches = dict(made.patches) | {f"{where} (power cap)": cap for where, cap in made.caps.items()}
    return replace(
        listed, label=made.label, patches=patches, remarks=made.remarks, basis=account or "location"
    )


def _joined(candidates: list[_Candidate]) -> list[_Candidate]:
    """Join candidates that say the same of several groups, such as a region of a shared site."""
    found: dict[str, _Candidate] = {}
    for one in candidates:
        result = one.result
        made = Change("", result.patches).key if one.scenario else result.reason
        ratio = result.where if one.ratio is not None else ()
        key = repr((result.card.id, result.verdict, result.label, made, ratio))
        if key in found:
            known = found[key]
            where = tuple(dict.fromkeys((*known.result.where, *result.where)))
            one = replace(known, result=replace(known.result, where=where))  # noqa: PLW2901
        found[key] = one
    reached = {
        one.result.card.id
        for one in found.values()
        if one.result.label and one.result.verdict != OUT_OF_RANGE
    }
    return [
        one
        for one in found.values()
        if one.result.verdict != NOT_POSSIBLE
        or one.result.label
        or one.result.card.id not in reached
    ]


def _run(
    scenario: Scenario,
    candidates: list[_Candidate],
    draws: Draws,
    basis: str,
    progress: Progress | None,
) -> Iterator[LeverResult]:
    runs = [one.scenario for one in candidates if one.scenario is not None]
    model = choose_model([scenario, *runs])
    base = evaluate(scenario, draws=draws, embodied_model=model)
    done = 0
    for one in candidates:
        if one.scenario is not None and progress is not None:
            progress(done, len(runs), one.result.label)
        done += one.scenario is not None
        yield _numbered(scenario, one, base, model, basis)


def _numbered(
    scenario: Scenario, one: _Candidate, base: Ledger, model: str, basis: str
) -> LeverResult:
    """Return a result with its number, or with why there is none."""
    result = one.result
    account = "market" if result.basis == "market" else basis
    try:
        if one.scenario is not None:
            other = evaluate(one.scenario, draws=base.draws, embodied_model=model)
            effect = running.compared(scenario, base, other, account, one.per)
        elif one.ratio is not None:
            names = [use.name for use in one.group.uses]
            effect = running.published(base, names, one.group.phase, one.ratio, account)
        else:
            return result
    except LcaError as error:
        return replace(result, verdict=NOT_POSSIBLE, reason=asking.said(error))
    remarks = (*result.remarks, *_weighed(result, effect))
    return replace(result, verdict=effect.verdict, effect=effect, basis=account, remarks=remarks)


def _weighed(result: LeverResult, effect: Effect) -> Iterator[str]:
    """Say where a run and what is published disagree, and what a published range rests on."""
    if result.way == "rerun" and result.published in _SURE and effect.verdict != result.published:
        yield f"published figures say that it {result.published}: {result.reason}"
    figures = result.cases[0].effect if result.way == "factor" else None
    if figures is None or (figures.best is not None and figures.worst is not None):
        return
    if figures.central is None:
        yield "only the best case is published; anything from it to nothing is taken as equally likely"
    else:
        yield "one value is published; half to one and a half of it is assumed"
