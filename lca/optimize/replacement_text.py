"""What the answer about replacement says: names of paths, verdict, facts, tables, remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lca.comparison import percent
from lca.estimates import Estimate, round_figures, scale, show
from lca.optimize.answer import Choice, Regret
from lca.optimize.replacement import BEFORE, Span
from lca.optimize.replacement_break_even import BreakEvens, Payback
from lca.optimize.replacement_entries import Old, Successor

Successors = Mapping[str, Successor]


def path_name(successors: Successors, spans: Sequence[Span], years: Sequence[int]) -> str:
    """Name a path: ``keep``, or ``18 b200 in 2027, then 20 h200 in 2029``."""
    steps = [
        f"{successors[span.name].count} {span.name} in {years[span.start]}"
        for span in spans
        if span.start != BEFORE
    ]
    return ", then ".join(steps) or "keep"


def path_details(
    old: Old, successors: Successors, spans: Sequence[Span], years: Sequence[int]
) -> dict[str, str]:
    """Say for each span what serves, and in which years."""
    found = {}
    for span in spans:
        start = max(span.start, 0)
        if span.end <= start:
            continue
        known = successors.get(span.name)
        what = f"{old.count} {old.title}"
        if known is not None:
            what = f"{known.count} {known.title}"
        first, last = years[start], years[span.end - 1]
        found[str(first) if first == last else f"{first}-{last}"] = what
    return found


def conflict(needed: Sequence[tuple[str, float, str]]) -> str:
    """Say which bounds cannot hold, and how low each quantity can get at all."""
    told = [
        f"{text} (the least that any path needs is {amount(least, unit)})"
        for text, least, unit in needed
    ]
    if len(told) == 1:
        return f"no path of keeping and replacing keeps {told[0]}"
    return f"no path of keeping and replacing keeps these together: {'; '.join(told)}"


def surely(probability: float) -> str:
    """Write a probability from draws: neither 0 nor 100 % can be seen in draws."""
    return "under 1%" if probability < 0.005 else percent(probability)


def amount(value: float, unit: str, figures: int = 3) -> str:
    """Write an amount in a readable unit."""
    step, name = scale(value, unit)
    return f"{round_figures(value / step, figures)} {name}"


def verdict(
    old: Old,
    successors: Successors,
    usual: Choice,
    best: Choice,
    first: Payback | None,
    found: BreakEvens,
    regret: Sequence[Regret],
    objective: str,
    years: Sequence[int],
) -> tuple[str, ...]:
    """Say whether and when to replace, how soon that pays back, and how surely it is right."""
    if first is None:
        return (_keeping(old, successors, found, years), *_certainty(best, regret))
    one = successors[first.name]
    return (
        f"{_replacing(old, one, years[first.start])} pays back its manufacture after {first.time}; "
        f"within its life in {_chance(first, found, one, years)}.",
        _lower(usual, best, objective, years),
        *_certainty(best, regret),
    )


def _replacing(old: Old, one: Successor, year: int) -> str:
    return f"Replacing the {old.count} {old.title} by {one.count} {one.title} in {year}"


def _chance(payback: Payback, found: BreakEvens, one: Successor, years: Sequence[int]) -> str:
    known = found.last + 1 - years[payback.start]
    chance = surely(payback.time.within(min(one.lifetime, known)))
    cut = f" (as far as the grid is known, to {found.last})" if found.is_cut else ""
    return f"{chance} of draws{cut}"


def _keeping(old: Old, successors: Successors, found: BreakEvens, years: Sequence[int]) -> str:
    head = f"Keep the {old.count} {old.title}"
    if not found.paybacks:
        return f"{head}."
    near = min(
        found.paybacks.values(), key=lambda one: float(np.mean(np.minimum(one.time.draws, 99)))
    )
    one = successors[near.name]
    return (
        f"{head}: the {one.count} {one.title} that come nearest would pay back their "
        f"manufacture after {near.time}, within their life in {_chance(near, found, one, years)}, "
        "which does not lower the total of the period."
    )


def _lower(usual: Choice, best: Choice, objective: str, years: Sequence[int]) -> str:
    if best.patches == usual.patches:
        return f"That is business as usual: the old devices are kept as long as they live ({best.name})."
    before, after = usual.estimates[objective], best.estimates[objective]
    period = f"{years[0]}-{years[-1]}" if len(years) > 1 else f"{years[0]}"
    share = 1 - after.median / before.median if before.median else 0.0
    what = {"gwp100": "emissions", "water": "water use"}.get(objective, objective)
    moves = "fall" if share >= 0 else "rise"
    return (
        f"Over {period} {what} {moves} by {abs(share):.0%}, from {_plain(before)} to {_plain(after)} "
        f"({best.name} against {usual.name})."
    )


def _plain(estimate: Estimate) -> str:
    ends = estimate.percentile(5), estimate.percentile(95)
    return show(estimate.median, *ends, estimate.unit)


def _certainty(best: Choice, regret: Sequence[Regret]) -> tuple[str, ...]:
    own = next((one for one in regret if one.choice == best.name), None)
    if own is None:
        return ()
    return (f"No other path is lower in {surely(own.best)} of draws.",)


def facts(usual: Choice, best: Choice, sunk: float) -> dict[str, str]:
    """Show what the decision counts, and the inventory with the sunk manufacture."""
    found = {"sunk, left out of the decision": amount(sunk, "kgCO2e")}
    for choice in (usual, best) if best.name != usual.name else (usual,):
        if "gwp100" in choice.values:
            total = choice.values["gwp100"]
            found[f"{choice.name}: decided on"] = amount(total, "kgCO2e")
            found[f"{choice.name}: with what is sunk"] = amount(total + sunk, "kgCO2e")
    return found


def tables(
    successors: Successors, found: BreakEvens, years: Sequence[int]
) -> dict[str, list[list[str]]]:
    """Return the break-even of every replacement, and how its balance moves over the years."""
    heading = ["replacement", "break-even", "within its life", "within the period"]
    rows = []
    for payback in found.paybacks.values():
        one, left = successors[payback.name], len(years) - payback.start
        life = min(one.lifetime, found.last + 1 - years[payback.start])
        named = f"{one.count} {one.name} in {years[payback.start]}"
        chances = [surely(payback.time.within(limit)) for limit in (life, left)]
        rows.append([named, str(payback.time), *chances])
    return {
        "Break-even of replacing": [heading, *rows],
        "Equal work": _equal_work(successors),
        "Saved less spent, at the end of each year": _balances(successors, found, years),
    }


def _equal_work(successors: Successors) -> list[list[str]]:
    heading = ["candidate", "count", "equal in", "utilization against the old devices"]
    rows = [
        [
            one.name,
            str(one.count),
            one.work_unit or "not known",
            "as given"
            if one.work_ratio is None or one.is_used_as_given
            else f"x {one.work_ratio:.3f}",
        ]
        for one in successors.values()
    ]
    return [heading, *rows]


def _balances(successors: Successors, found: BreakEvens, years: Sequence[int]) -> list[list[str]]:
    rows = []
    for payback in found.paybacks.values():
        one = successors[payback.name]
        for number, samples in enumerate(payback.balance):
            rows.append(
                [
                    f"{one.count} {one.name}",
                    str(years[payback.start] + number if payback.start < len(years) else ""),
                    _plain(Estimate(samples, "kgCO2e")),
                ]
            )
    return [["replacement", "year", "balance"], *rows]


def remarks(old: Old, successors: Successors, found: BreakEvens) -> list[str]:
    """Say what the answer rests on and leaves out."""
    told = [
        "what is paid back is all that making, moving and scrapping the new devices and their share "
        "of hosts emits",
        "a purchase bears the share of its life that falls in the period; one retired early bears all",
        f"the end of life of fleet.{old.name} comes in any case: the break-even leaves it out, and a "
        "path bears what falls in the period",
        "replacements happen at the turn of a year",
    ]
    if found.is_cut:
        told.append(f"grid intensity is known to {found.last}; nothing is extrapolated")
    if old.bought + old.fleet.lifetime.central < found.last + 1 - 1e-9:
        told.append(f"the break-even runs to {found.last} as if fleet.{old.name} still served then")
    if str(old.fleet.embodied) != "sunk":
        told.append(f"what making fleet.{old.name} emitted is taken as sunk in the decision")
    units = dict.fromkeys(one.work_unit for one in successors.values() if "peak" in one.work_unit)
    told += [f"work is equal in {unit}; devices may reach different shares of it" for unit in units]
    for one in successors.values():
        told += _candidate_remarks(one)
    return told


def _candidate_remarks(one: Successor) -> list[str]:
    told = []
    if one.work_ratio is not None and one.is_used_as_given:
        told.append(
            f"{one.name}: its utilization is given; in {one.work_unit} it does "
            f"{1 / one.work_ratio:.1%} of the old devices' work"
        )
    elif one.work_ratio is not None and one.work_ratio > 1.005:
        told.append(
            f"{one.name}: {one.count} devices must work {one.work_ratio - 1:.1%} more than the old ones"
        )
    if one.work_ratio is None:
        told.append(f"{one.name}: equal work is taken from the count given, not checked")
    if one.improvement is not None:
        told.append(
            f"{one.name}: later purchases draw less power by an assumed yearly share; "
            "their power is drawn apart from that of today's devices"
        )
    return told
