"""The question as a whole: `sensitivity` of a scenario, or of the difference of two options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lca.errors import ScenarioError, UnknownNameError, did_you_mean
from lca.inventory import choose_model
from lca.ledger import BASES
from lca.scenario import Scenario
from lca.sensitivity import ranks, sobol, tornado
from lca.sensitivity.evaluator import Sheet, central
from lca.sensitivity.methods import (
    Asked,
    MethodEffect,
    fallbacks_of,
    ledgers_of,
    method_effects,
)
from lca.sensitivity.ranks import Ranks, spearman
from lca.sensitivity.response import Response
from lca.sensitivity.sobol import Progress, Sobol
from lca.sensitivity.tornado import Tornado
from lca.sensitivity.unknowns import Unknown, grouped
from lca.uncertain import Array

METHODS = ("tornado", "spearman", "sobol")
TOTAL = "total"
"""In place of a functional unit: not divided by any."""

_ENOUGH = 0.8
_FEW = 5
_MOST_SOBOL = 8192


@dataclass(frozen=True)
class Sensitivity:
    """What decides one or more numbers.

    Attributes
    ----------
    response
        The numbers, with the unknowns they depend on.
    asked
        What was asked for.
    names
        Names of the outputs: options, or two options and their difference.
    focus
        Position of the output that is asked about: the difference, or the last option.
    tornado, ranks, sobol
        Answers, None where not asked for; see their modules.
    grouped_by
        How unknowns were put together for `sobol`.
    methods
        Central results under each method choice, one changed at a time: chosen, never drawn. They
        come with the tornado.
    """

    response: Response
    asked: Asked
    tornado: Tornado | None
    ranks: Ranks | None
    sobol: Sobol | None
    grouped_by: str
    methods: tuple[MethodEffect, ...]
    samples: int
    seed: int
    warnings: tuple[str, ...] = ()
    fallbacks: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return tuple(output.name for output in self.response.outputs)

    @property
    def central(self) -> Array:
        """Outputs with every factor central, shape ``(outputs,)``."""
        return self.response.values(Sheet(central), 1)[0][:, 0]

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """The unknowns, sorted by identity."""
        return self.response.unknowns

    @property
    def focus(self) -> int:
        """Position of the output that is asked about: the last."""
        return len(self.response.outputs) - 1

    @property
    def deciding(self) -> Deciding:
        """The few that decide the output asked about."""
        return decide(self)

    @property
    def verdict(self) -> str:
        """The answer in one sentence, by identities."""
        things = "unknowns" if self.grouped_by == "factor" else "groups"
        return sentence(self.deciding, {name: name for name in self.deciding.names}, things)

    def __str__(self) -> str:
        """Return the verdict."""
        return self.verdict


@dataclass(frozen=True)
class Deciding:
    """The fewest unknowns that make most of the spread.

    Attributes
    ----------
    names
        Identities, or groups, the strongest first.
    share
        What they make together: of the variance by first-order effects, else of the sum of squared
        swings of the tornado, else of the sum of squared rank correlations.
    by
        ``sobol``, ``tornado`` or ``spearman``.
    enough
        Whether the share is four fifths or more.
    what
        Name of the output.
    """

    names: tuple[str, ...]
    share: float
    by: str
    enough: bool
    what: str


def sensitivity(
    scenario: Scenario,
    *,
    difference: tuple[str, str] | None = None,
    option: str | None = None,
    indicator: str = "gwp100",
    per: str | None = None,
    basis: str = "location",
    method: Sequence[str] = METHODS,
    group: str | Mapping[str, str] = "factor",
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress = None,
) -> Sensitivity:
    """Say which unknowns decide a total, or the difference of two options.

    Parameters
    ----------
    scenario
        The scenario; with ``difference`` one that has options.
    difference
        Two options: the first less the second, on shared draws, so that what both share cancels.
    option
        The option whose total is asked about; by default the scenario as written.
    indicator, basis
        What is added up.
    per
        Functional unit that totals are divided by; ``total`` for none. By default differences are
        per the primary functional unit, as in `lca.compare`, and totals are not divided.
    method
        Any of `METHODS`.
    group
        How unknowns are put together for Sobol's effects: one of `lca.sensitivity.unknowns.GROUPS`,
        or the name of the group by identity.
    samples, seed
        As for `evaluate`; by default those of the scenario. Sobol's effects take 8,192 draws or
        fewer unless more are asked for.
    progress
        Called with blocks done and blocks in all.

    Raises
    ------
    UnknownNameError
        If an option, a functional unit, a method or a group does not exist.
    ScenarioError
        If there are too few draws.
    """
    _check(method, METHODS, "method")
    _check((basis,), BASES, "basis")
    own = scenario.model.uncertainty
    count = own.samples if samples is None else samples
    start = own.seed if seed is None else seed
    if {"spearman", "sobol"} & set(method):
        ranks.check_samples(count)
    options = chosen_options(scenario, difference, option)
    model = choose_model(scenario.options())  # that of `lca run` and `lca compare`
    asked = Asked(difference, indicator, unit_of(options, per, difference), basis, model)
    ledgers = ledgers_of(options, model)
    response = asked.response(ledgers)
    groups = grouped(response.unknowns, group)
    many = min(count, _MOST_SOBOL) if samples is None else count
    alone = "tornado" in method
    return Sensitivity(
        response,
        asked,
        tornado.tornado(response) if alone else None,
        spearman(response, count, start) if "spearman" in method else None,
        sobol.sobol(response, groups, many, start, progress) if "sobol" in method else None,
        group if isinstance(group, str) else "own groups",
        tuple(method_effects(options, asked, ledgers)) if alone else (),
        count,
        start,
        tuple(dict.fromkeys(text for ledger in ledgers for text in ledger.warnings)),
        fallbacks_of(ledgers),
    )


def chosen_options(
    scenario: Scenario, difference: tuple[str, str] | None, option: str | None = None
) -> list[Scenario]:
    """Return the options that are asked about.

    Raises
    ------
    UnknownNameError
        If there is no such option.
    ScenarioError
        If an option is to be held against itself, or the scenario has none.
    """
    known = {one.name: one for one in scenario.options()}
    wanted = tuple(difference) if difference else (option or next(iter(known)),)
    if difference and len(wanted) != 2:
        msg = f"a difference is of two options, found {len(wanted)}"
        raise ScenarioError(msg)
    if difference and len(known) < 2:
        msg = f"{scenario.name} has no options, so there is no difference of two; add options: to the scenario"
        raise ScenarioError(msg)
    _check(wanted, tuple(known), "option")
    if len(set(wanted)) < len(wanted):
        msg = f'the difference of "{wanted[0]}" and itself is zero; name two options'
        raise ScenarioError(msg)
    return [known[name] for name in wanted]


def unit_of(
    options: Sequence[Scenario], per: str | None, difference: tuple[str, str] | None
) -> str:
    """Return the functional unit that is asked for, or "" for totals.

    Raises
    ------
    ScenarioError
        If two options are held against each other by different units.
    """
    if per == TOTAL:
        return ""
    if per is not None:
        return per
    units = [one.functional_units[0].text if one.functional_units else "" for one in options]
    if difference and len(set(units)) > 1:
        named = ", ".join(f'{o.name}: "{u or "none"}"' for o, u in zip(options, units, strict=True))
        msg = f"the options have different functional units and are not compared ({named}); --per total compares totals"
        raise ScenarioError(msg)
    return units[0] if difference else ""


def _check(names: Sequence[str], accepted: Sequence[str], what: str) -> None:
    for name in names:
        if name not in accepted:
            msg = (
                f'no {what} "{name}"{did_you_mean(name, accepted)} (one of: {", ".join(accepted)})'
            )
            raise UnknownNameError(msg)


def decide(found: Sensitivity) -> Deciding:
    """Return the fewest unknowns, or groups, that make four fifths of the spread, at most five."""
    names, shares, by = _shares(found)
    what = found.names[found.focus]
    order = sorted(range(len(names)), key=lambda place: (-shares[place], names[place]))
    running = np.cumsum([shares[place] for place in order])
    reached = int(np.searchsorted(running, _ENOUGH - 1e-12)) + 1
    count = min(reached, _FEW, int(np.sum(shares > 0)))
    share = float(running[count - 1]) if count else 0.0
    return Deciding(tuple(names[p] for p in order[:count]), share, by, share >= _ENOUGH, what)


def _shares(found: Sensitivity) -> tuple[tuple[str, ...], Array, str]:
    """Return names and shares of the spread that each makes."""
    if found.sobol is not None:
        return found.sobol.groups, np.clip(found.sobol.first[:, found.focus], 0, 1), "sobol"
    names = tuple(unknown.identity for unknown in found.unknowns)
    if found.tornado is not None:
        return names, _normed(found.tornado.swing[:, found.focus] ** 2), "tornado"
    if found.ranks is not None:
        return names, _normed(found.ranks.correlation[:, found.focus] ** 2), "spearman"
    return names, np.zeros(len(names)), "nothing"


def _normed(values: Array) -> Array:
    whole = values.sum()
    return values / whole if whole > 0 else values


_WORDS = ("No", "One", "Two", "Three", "Four", "Five")
_BY = {
    "sobol": "of its variance, each by itself",
    "tornado": "of the sum of squared swings, one at a time",
    "spearman": "of the sum of squared rank correlations",
}


def sentence(found: Deciding, spoken: Mapping[str, str], things: str = "unknowns") -> str:
    """Say what decides.

    Parameters
    ----------
    spoken
        Names to print, by identity or group.
    things
        What is named, in the plural: ``unknowns``, ``kinds of unknowns``.
    """
    if not found.names:
        return f"No unknown moves {found.what}."
    names = [spoken[name] for name in found.names]
    listed = "; ".join(names)
    count = len(names)
    share = f"{min(found.share, 1.0):.0%} {_BY[found.by]}"
    first, _, rest = things.partition(" ")
    named = " ".join([first.removesuffix("s") if count == 1 else first, rest]).strip()
    if found.enough:
        verb, make = ("decides", "It makes") if count == 1 else ("decide", "They make")
        return f"{_WORDS[count]} {named} {verb} {found.what}: {listed}. {make} {share}."
    return f"No few {things} decide {found.what}. The strongest: {listed}. They make {share}."
