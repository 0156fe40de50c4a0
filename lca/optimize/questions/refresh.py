"""When to replace what stands there: break-even of replacing now, and the best path over years.

What the old devices' manufacture emitted is sunk: it is left out of the decision and shown beside
it. All costs are those of the ledger: every span of a path is a fleet entry, and is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lca.errors import Problem, ScenarioError
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.inventory import choose_model
from lca.ledger import Ledger
from lca.optimize import replacement
from lca.optimize import replacement_entries as entries
from lca.optimize import replacement_text as text
from lca.optimize.answer import Answer, Binding, Choice, Regret
from lca.optimize.asking import Progress, Steps, asked_part, shared_draws, smallest_conflict
from lca.optimize.constraints import Constraint
from lca.optimize.frontier import NEAR, near_optimal, saved_tonne, undominated
from lca.optimize.known_objectives import currency, gap_remarks, known_objectives, upper_bounds
from lca.optimize.replacement import BEFORE, Path, Span
from lca.optimize.replacement_break_even import BreakEvens, break_evens, embodied
from lca.optimize.replacement_entries import Old, Successor
from lca.scenario import Scenario
from lca.scenario.questions.refresh import Refresh
from lca.terms import Draws
from lca.uncertain import Array

MOST_DRAWS = 4096
_KEEP = 24
_SHOWN = 8
LONGEST = "keep as long as they live"
_SAME = 1e-9
_ALL = 4
_MISSING = (
    "the scenario does not ask for a refresh: add optimize: refresh: with fleet and candidates"
)


@dataclass(frozen=True)
class Asked:
    """The question made of a scenario: spans with their costs on shared draws.

    Attributes
    ----------
    costs
        By objective, the costs of the spans, shape ``(spans, 1 + draws)``; the first is central.
    rest
        By objective, what the scenario emits beside the old fleet, shape ``(1 + draws,)``.
    """

    scenario: Scenario
    old: Old
    successors: dict[str, Successor]
    spans: list[Span]
    costs: dict[str, Array]
    rest: dict[str, Array]
    usual: Choice
    draws: Draws
    model: str
    gaps: list[str]

    @property
    def objectives(self) -> list[str]:
        """What is known of all choices; the first is made low."""
        return list(self.costs)


def solve(
    scenario: Scenario,
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Answer when to replace the devices of a fleet, and by what.

    Parameters
    ----------
    scenario
        With ``optimize.refresh``.
    samples, seed
        Draws of the regret and of the times of break-even; by default the scenario's own, at least
        256 and at most 4096.
    progress
        Called with steps done and all steps.

    Raises
    ------
    ScenarioError
        If nothing is asked, what is asked does not fit the scenario, or no path keeps the constraints.
    """
    step = Steps(progress, _ALL)
    question = asked_part(scenario, "refresh", Refresh, _MISSING)
    draws = shared_draws(scenario, samples, seed, most=MOST_DRAWS)
    asked = _made(scenario, question, draws, step)
    paths = _paths(asked, _KEEP)
    asked = replace(asked, usual=_usual_path(asked))
    units = {name: asked.usual.estimates[name].unit for name in asked.objectives}
    bounds = upper_bounds(scenario, units)
    allowed = _allowed(asked, paths, bounds)
    choices = [_choice(asked, path) for path in _told(asked, allowed, bounds)]
    best = _fresh(asked, choices[0])
    step()
    first = _first_replacement(asked, allowed[0])
    cases = list(dict.fromkeys([*([first] if first else []), *_earliest(asked)]))
    found = break_evens(scenario, asked.old, asked.successors, cases, asked.draws, asked.model)
    step()
    held = paths[0] is not allowed[0]
    return _answer(asked, [best, *choices[1:]], bounds if held else (), found, first)


def _first_replacement(asked: Asked, path: Path) -> tuple[str, int] | None:
    """Return what replaces the old devices on a path, and when."""
    replaced = [asked.spans[number] for number in path.spans[1:2]]
    return (replaced[0].name, replaced[0].start) if replaced else None


def _earliest(asked: Asked) -> list[tuple[str, int]]:
    """Return the earliest purchase of every successor."""
    starts: dict[str, int] = {}
    for span in asked.spans:
        if span.start != BEFORE:
            starts[span.name] = min(span.start, starts.get(span.name, span.start))
    return list(starts.items())


def _made(scenario: Scenario, question: Refresh, draws: Draws, step: Steps) -> Asked:
    old = entries.read_old(scenario, question)
    model = choose_model(
        [scenario.patch(entries.every_candidate(scenario, question), "all candidates")]
    )
    successors = entries.read_successors(scenario, question, old)
    step()
    base = {f"fleet.{old.name}.embodied": "sunk"} | entries.model_patch(scenario, model)
    ledger = evaluate(scenario.patch(base, "keep"), draws=draws, embodied_model=model)
    years = [scenario.years.index(y) for y in question.years] or range(len(scenario.years))
    lives = {name: (one.first, int(one.lifetime + 1e-9)) for name, one in successors.items()}
    spans = replacement.all_spans(old.years_left, lives, len(scenario.years), lambda p: p in years)
    fleet = entries.span_fleet(scenario, old, successors, spans, model)
    of_spans = _span_ledger(scenario, fleet, draws, model)
    objectives = known_objectives(scenario, [ledger, of_spans])
    costs = {name: _span_costs(of_spans, list(fleet), name) for name in objectives}
    step()
    rest = {
        name: _asset_total(ledger, name, lambda asset: asset != old.name) for name in objectives
    }
    name = "keep" if old.years_left == len(scenario.years) else "as written"
    usual = _usual(name, ledger, base, objectives)
    gaps = gap_remarks([ledger, of_spans], objectives)
    return Asked(scenario, old, successors, spans, costs, rest, usual, draws, model, gaps)


def _span_ledger(scenario: Scenario, fleet: dict[str, Any], draws: Draws, model: str) -> Ledger:
    changes = {"fleet": fleet, "services": {}, "work": {}, "optimize": None}
    return evaluate(scenario.patch(changes, "spans"), draws=draws, embodied_model=model)


def _span_costs(ledger: Ledger, names: Sequence[str], objective: str) -> Array:
    numbers = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(names), 1 + ledger.draws.samples))
    for row in ledger.by("asset", indicator=objective):
        table[numbers[row.labels[0]]] = row.estimate.samples
    return table


def _asset_total(ledger: Ledger, objective: str, wanted: Callable[[str], bool]) -> Array:
    rows = ledger.by("asset", indicator=objective)
    zero = np.zeros(1 + ledger.draws.samples)
    return sum((row.estimate.samples for row in rows if wanted(row.labels[0])), zero)


def _usual(name: str, ledger: Ledger, patches: dict[str, Any], objectives: Sequence[str]) -> Choice:
    estimates = {name: ledger.total(name) for name in objectives}
    values = {name: one.central for name, one in estimates.items()}
    return Choice(name, patches, values, {}, estimates)


def _usual_path(asked: Asked) -> Choice:
    """Return business as usual: as written, or where its work would stop, what follows then.

    Devices that end within the period and are not bought again are followed by the lowest path.
    """
    if asked.old.fleet.replace or asked.old.years_left == len(asked.scenario.years):
        return asked.usual
    left = asked.old.years_left
    kept = [n for n, s in enumerate(asked.spans) if s.start != BEFORE or s.end == left]
    found = _paths_of(asked, kept, 1)[:1]
    return replace(_choice(asked, found[0]), name=LONGEST) if found else asked.usual


def _paths(asked: Asked, keep: int) -> list[Path]:
    found = _paths_of(asked, range(len(asked.spans)), keep)
    if found:
        return found
    msg = (
        f"fleet.{asked.old.name} ends within the period and no candidate can follow in time; "
        "let a candidate come earlier (from_year, years), or live longer"
    )
    raise ScenarioError([Problem("optimize.refresh.candidates", msg)])


def _paths_of(asked: Asked, kept: Sequence[int], keep: int) -> list[Path]:
    """Return the best paths that consist of some of the spans."""
    central = np.stack([table[kept, 0] for table in asked.costs.values()], axis=1)
    spans = [asked.spans[number] for number in kept]
    found = replacement.best_paths(spans, central, len(asked.scenario.years), keep)
    return [Path(tuple(kept[number] for number in path.spans), path.costs) for path in found]


def _told(asked: Asked, allowed: list[Path], bounds: Sequence[Constraint]) -> list[Path]:
    """Return the paths to tell of: those none dominates or within 2 %, and other ways to decide.

    Other ways are the best path that begins with each successor, and with a replacement in each year.
    """
    best = allowed[0]
    limit = best.costs[0] + NEAR * abs(best.costs[0] + float(asked.rest[asked.objectives[0]][0]))
    front = replacement.undominated_paths(allowed)
    close = [path for path in allowed if path.costs[0] <= limit]
    others = [path for path in _other_ways(asked) if all(_keeps(asked, path, b) for b in bounds)]
    return list(dict.fromkeys([best, *close, *front, *others]))


def _other_ways(asked: Asked) -> list[Path]:
    positions = range(len(asked.scenario.years))
    ways: list[Callable[[Span], bool]] = [lambda one: one.start == BEFORE]  # kept to the end
    ways += [lambda one, n=name: one.start == BEFORE or one.name == n for name in asked.successors]  # type: ignore[misc]
    ways += [lambda one, p=p: one.start != BEFORE or one.end == p for p in positions]  # type: ignore[misc]
    found = []
    for way in ways:
        kept = [number for number, span in enumerate(asked.spans) if way(span)]
        found += _paths_of(asked, kept, 1)[:1]
    return sorted(found, key=lambda path: path.costs)


def _allowed(asked: Asked, paths: list[Path], bounds: Sequence[Constraint]) -> list[Path]:
    """Return the paths that keep all bounds: none is missed, since all undominated ones are there."""
    kept = [path for path in paths if all(_keeps(asked, path, bound) for bound in bounds)]
    if kept:
        return kept
    raise ScenarioError(
        [Problem("optimize.constraints", text.conflict(_conflict(asked, paths, bounds)))]
    )


def _keeps(asked: Asked, path: Path, bound: Constraint) -> bool:
    return _value(asked, path, bound.name) <= bound.bound + 1e-9 * abs(bound.bound)


def _value(asked: Asked, path: Path, objective: str) -> float:
    return path.costs[asked.objectives.index(objective)] + float(asked.rest[objective][0])


def _conflict(
    asked: Asked, paths: list[Path], bounds: Sequence[Constraint]
) -> list[tuple[str, float, str]]:
    """Return a smallest set of bounds that no path keeps, with the least of each alone."""

    def kept(some: Sequence[Constraint]) -> bool:
        """Whether a path keeps some of the bounds."""
        return any(all(_keeps(asked, path, one) for one in some) for path in paths)

    return [
        (bound.text, min(_value(asked, path, bound.name) for path in paths), bound.unit)
        for bound in smallest_conflict(bounds, kept)
    ]


def _choice(asked: Asked, path: Path) -> Choice:
    spans = [asked.spans[number] for number in path.spans]
    estimates = {}
    for name, table in asked.costs.items():
        samples = table[list(path.spans)].sum(axis=0) + asked.rest[name]
        estimates[name] = Estimate(samples, asked.usual.estimates[name].unit)
    return Choice(
        text.path_name(asked.successors, spans, asked.scenario.years),
        _patches(asked, spans),
        {name: one.central for name, one in estimates.items()},
        text.path_details(asked.old, asked.successors, spans, asked.scenario.years),
        estimates,
    )


def _patches(asked: Asked, spans: Sequence[Span]) -> dict[str, Any]:
    patches: dict[str, Any] = dict(entries.model_patch(asked.scenario, asked.model))
    taken = set(asked.scenario.model.fleet)
    for span in spans:
        if span.start == BEFORE:
            patches |= entries.old_patches(asked.scenario, asked.old, span)
            continue
        name = _free(f"{span.name}-{asked.scenario.years[span.start]}", taken)
        taken.add(name)
        one = asked.successors[span.name]
        patches[f"fleet.{name}"] = entries.entry_of(asked.scenario, one, span, asked.model)
    return patches


def _free(name: str, taken: set[str]) -> str:
    return name if name not in taken else _free(f"new-{name}", taken)


def _fresh(asked: Asked, choice: Choice) -> Choice:
    """Evaluate a choice as the scenario it is: its estimates are then the ledger's."""
    chosen = asked.scenario.patch(choice.patches, choice.name)
    ledger = evaluate(chosen, draws=asked.draws, embodied_model=asked.model)
    estimates = {name: ledger.total(name) for name in asked.objectives}
    return Choice(choice.name, choice.patches, choice.values, choice.details, estimates)


def _answer(
    asked: Asked,
    choices: list[Choice],
    held_by: Sequence[Constraint],
    found: BreakEvens,
    first: tuple[str, int] | None,
) -> Answer:
    best, objective, years = choices[0], asked.objectives[0], asked.scenario.years
    usual, regret = asked.usual, _regrets(asked, choices)
    payback = found.paybacks[first] if first else None
    said = text.verdict(
        asked.old, asked.successors, usual, best, payback, found, regret, objective, years
    )
    return Answer(
        question="refresh",
        scenario=asked.scenario.name,
        objective=objective,
        unit=usual.estimates[objective].unit,
        verdict=said,
        usual=usual,
        best=best,
        front=undominated([usual, *choices], asked.objectives),
        alternatives=near_optimal(choices, best, objective),
        binding=tuple(Binding(one.text) for one in held_by),
        saved=saved_tonne(usual, best, currency(asked.scenario)),
        regret=regret,
        evaluated=best.estimates[objective].central,
        facts=text.facts(usual, best, _sunk(asked)),
        tables=text.tables(asked.successors, found, years),
        remarks=(*text.remarks(asked.old, asked.successors, found), *asked.gaps),
    )


def _regrets(asked: Asked, choices: Sequence[Choice]) -> tuple[Regret, ...]:
    """Return how choices fare against the best path of every draw, the choices shown or not."""
    objective = asked.objectives[0]
    least = replacement.lowest(
        asked.spans, asked.costs[objective][:, 1:], len(asked.scenario.years)
    )
    least = least + asked.rest[objective][1:]
    rows = []
    for choice in choices:
        over = choice.estimates[objective].draws - least
        over[over <= _SAME * np.abs(least)] = 0.0  # sums in another order
        best = float((over == 0).mean())
        rows.append(Regret(choice.name, best, float(over.mean()), float(np.percentile(over, 95))))
    ranked = sorted(rows, key=lambda one: (one.mean, -one.best))
    named = {choices[0].name, asked.usual.name}
    return tuple(one for n, one in enumerate(ranked) if n < _SHOWN or one.choice in named)


def _sunk(asked: Asked) -> float:
    """Return what making and moving the old devices emitted (kgCO2e), centrally."""
    year = asked.scenario.years[0]
    probe = {"count": {str(year): asked.old.count}, "lifetime": "2 years", "embodied": "new"}
    fleet = {asked.old.name: {**asked.old.entry, **probe}}
    found = embodied(asked.scenario, fleet, year, Draws(0, 0), asked.model)
    return float(found[asked.old.name][0])
