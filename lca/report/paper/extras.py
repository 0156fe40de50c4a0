"""Gathers what a report has beside its result: inputs, pictures, trails, sliders."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lca.report import provenance, standards
from lca.report.paper import inputs
from lca.report.paper.blocks import Picture
from lca.report.paper.sections import Extras, Settings

if TYPE_CHECKING:
    from lca.comparison import Comparison
    from lca.ledger import Ledger
    from lca.projection.curves import Curve
    from lca.projection.passages import Crossing
    from lca.scenario import Scenario
    from lca.sensitivity.response import Response
    from lca.sensitivity.tornado import Tornado

_MOST_CURVES = 8
_MOST_BARS = 10
_FEW_DRAWS, _WORTH = 1024, 0.35
_MOST_OPTIONS, _MOST_LINES = 24, 4000
"""Sliders of more options would make a page too large to be sent on."""


def gather(
    scenario: Scenario,
    ledgers: Sequence[Ledger],
    comparison: Comparison | None,
    result: Mapping[str, Any],
    settings: Settings,
) -> Extras:
    """Return everything that the settings ask for."""
    still = gather_still(scenario, ledgers, comparison, result, settings)
    return add_moving(still, scenario, ledgers, result, settings)


def gather_still(
    scenario: Scenario,
    ledgers: Sequence[Ledger],
    comparison: Comparison | None,
    result: Mapping[str, Any],
    settings: Settings,
) -> Extras:
    """Return what paper has too: all but trails and sliders."""
    used = provenance.all_factors(ledgers)
    curves = _curves(scenario, ledgers, settings.basis)
    crossings = _crossings(curves)
    pictures = _pictures(scenario, ledgers, comparison, result, settings.basis, curves, crossings)
    return Extras(
        pictures={one.name: one for one in pictures if one} if settings.pictures else {},
        inputs=inputs.collect(used),
        crossings=tuple(_said(curves, crossings)),
        standards=(standards.summary(result, scenario), standards.table(result, scenario)),
        inventory=(standards.inventory_lines(_lowest(ledgers, comparison), scenario),),
        command=settings.command,
    )


def add_moving(
    extras: Extras,
    scenario: Scenario,
    ledgers: Sequence[Ledger],
    result: Mapping[str, Any],
    settings: Settings,
) -> Extras:
    """Return extras with what only a screen can show: trails and sliders."""
    from lca.report.paper.sliders import sliders
    from lca.report.paper.trails import trails

    too_large = _too_large(ledgers) if settings.sliders and scenario.model.fleet else ""
    moving = settings.sliders and not too_large
    return replace(
        extras,
        trails=trails(scenario, ledgers, result, settings.basis) if settings.trails else {},
        sliders=sliders(scenario, ledgers, settings.basis) if moving else {},
        no_sliders=too_large,
    )


def _too_large(ledgers: Sequence[Ledger]) -> str:
    """Say why there are no sliders, or nothing where there is room for them."""
    lines = sum(len(one.lines) for one in ledgers)
    if len(ledgers) > _MOST_OPTIONS:
        why = f"{len(ledgers):,} options are more than {_MOST_OPTIONS}"
    elif lines > _MOST_LINES:
        why = f"{lines:,} lines are more than {_MOST_LINES:,}"
    else:
        return ""
    return (
        f"This page has no sliders, which would make it too large to be sent: {why}. "
        "For other values of an input: lca run SCENARIO --set PATH=VALUE, or lca serve."
    )


def _lowest(ledgers: Sequence[Ledger], comparison: Comparison | None) -> Ledger:
    """Return the option that is told in detail: the one with the lowest median."""
    return ledgers[0] if comparison is None else _named(ledgers, comparison.order[0])


def _pictures(
    scenario: Scenario, ledgers: Sequence[Ledger], comparison: Comparison | None,
    result: Mapping[str, Any], basis: str, curves: Sequence[Curve], crossings: Sequence[Crossing],
) -> Iterator[Picture | None]:  # fmt: skip
    from lca.report.paper import by_hour, cost_carbon
    from lca.report.pictures import contributions, cumulative, probabilities, ranges, stages

    draws = {} if comparison is None else {n: v.draws for n, v in comparison.values.items()}
    yield ranges.draw(result, draws)
    yield stages.draw(result)
    yield probabilities.draw(result)
    if len(scenario.years) > 1:
        yield cumulative.draw(curves, crossings)
    best = _lowest(ledgers, comparison)
    yield contributions.draw(best.name, best.unit("gwp100"), _flows(best, basis))
    yield cost_carbon.of_result(result)
    yield by_hour.of_scenario(scenario)
    yield from _decisive(ledgers, comparison, basis)


def _named(ledgers: Sequence[Ledger], name: str) -> Ledger:
    return next(one for one in ledgers if one.name == name)


def _flows(ledger: Ledger, basis: str) -> dict[tuple[str, str], float]:
    """Return the central estimate by component and stage."""
    rows = ledger.by("component", "stage", basis=basis)
    return {(row.labels[0], row.labels[1]): row.estimate.central for row in rows}


def _curves(scenario: Scenario, ledgers: Sequence[Ledger], basis: str) -> list[Curve]:
    """Return the cumulative curves of the options that end lowest, on the ledgers' own draws."""
    from lca.projection.curves import curve

    model = scenario.model
    owned = frozenset({*model.fleet, *model.services} - set(model.work))
    chosen = sorted(ledgers, key=lambda one: one.total(basis=basis).median)[:_MOST_CURVES]
    return [curve(one, basis=basis, indicator="gwp100", owned=owned) for one in chosen]


def _crossings(curves: Sequence[Curve]) -> list[Crossing]:
    """Return the crossings of each two options that come in most draws.

    A few draws say which pairs are worth all of them.
    """
    from lca.projection.passages import crossings

    return [
        crossing
        for pair in itertools.combinations(curves, 2)
        if pair[0].years == pair[1].years and _share_crossed(*pair) > _WORTH
        for crossing in crossings(pair)
        if crossing.passage.median is not None
    ]


def _share_crossed(first: Curve, second: Curve) -> float:
    stride = max(1, first.values.shape[1] // _FEW_DRAWS)
    gap = first.values[:, ::stride] - second.values[:, ::stride]
    return float(((gap.max(axis=0) > 0) & (gap.min(axis=0) < 0)).mean())


def _said(curves: Sequence[Curve], found: Sequence[Crossing]) -> Iterator[str]:
    """Yield when one total passes another, or that none does."""
    yield from (f"{crossing}." for crossing in found)
    if len(curves) > 1 and not found:
        yield "In most draws no total passes another within the period."


def _decisive(
    ledgers: Sequence[Ledger], comparison: Comparison | None, basis: str
) -> Iterator[Picture | None]:
    """Yield tornado and break-even map of the difference of the two lowest, or of the only option."""
    from lca.report.paper import break_even
    from lca.sensitivity.response import respond
    from lca.sensitivity.tornado import tornado

    difference, per = None, ""
    if comparison is not None:
        first, second = comparison.order[:2]
        difference, per = (first, second), comparison.functional_unit
    chosen = ledgers if difference else ledgers[:1]
    response = respond(chosen, difference=difference, per=per, basis=basis)
    found = tornado(response)
    yield _tornado(response, found)
    if difference:
        yield break_even.picture(response, found, ledgers[0].draws.seed)


def _tornado(response: Response, found: Tornado) -> Picture | None:
    from lca.report.pictures.tornado import Swing, draw
    from lca.report.sensitivity_result import factor_names

    focus, names = len(response.outputs) - 1, factor_names(response.unknowns)
    swings = [
        Swing(names[unknown.identity], float(low), float(high))
        for unknown, low, high in zip(
            response.unknowns, found.low[:, focus], found.high[:, focus], strict=True
        )
        if low != high
    ]
    largest = sorted(swings, key=lambda one: (-abs(one.high - one.low), one.what))[:_MOST_BARS]
    return draw(response.outputs[focus].name, response.unit, float(found.central[focus]), largest)
