"""What the user asks to try, checked by name, and what is tried where nothing is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lca.errors import InputError, LcaError, UnknownNameError, did_you_mean, quoted
from lca.levers.places import provider
from lca.levers.uses import Group
from lca.scenario import Scenario
from lca.terms import Draws
from lca.workloads import levers
from lca.workloads.levers import LeverCard, Trial

Tries = Mapping[str, Sequence[str]]
"""Values to try, by the name of a trial or a lever."""


def trial_names() -> dict[str, str]:
    """Return the lever of every trial by the trial's name."""
    return {trial.name: card.id for card in levers.cards() for trial in card.trials}


def asked(tries: Tries, only: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values to try by the name of the trial, all names checked."""
    for name in only:
        levers.card(name)
    by_lever = {
        card.id: [trial.name for trial in card.trials] for card in levers.cards() if card.trials
    }
    found: dict[str, tuple[str, ...]] = {}
    for given, values in tries.items():
        name = given.replace("-", "_")
        known = trial_names()
        if name not in known and given not in by_lever:
            choices = [*known, *by_lever]
            msg = f"nothing to try is called {quoted(given)}{did_you_mean(given, choices)} (one of: {', '.join(sorted(set(choices)))})"
            raise UnknownNameError(msg)
        names = [name] if name in known else by_lever[given]
        if len(names) > 1:
            msg = f"{given} has several trials: name one of {', '.join(names)}"
            raise InputError(msg)
        found[names[0]] = tuple(values)
    return found


def draws_of(scenario: Scenario, samples: int | None, seed: int | None) -> Draws:
    """Return the draws that all runs share."""
    own = scenario.model.uncertainty
    return Draws(own.samples if samples is None else samples, own.seed if seed is None else seed)


def values_of(scenario: Scenario, trial: Trial, group: Group) -> tuple[str, ...]:
    """Return the values of a card; of several regions, those with the provider of the sites."""
    if trial.name != "region":
        return trial.values
    providers = {provider(scenario.model.sites[use.entry.site].region) for use in group.uses}
    return tuple(value for value in trial.values if provider(value) in providers)


def said(error: LcaError) -> str:
    """Return what a refusal says, without places in a file that has not this change."""
    return "; ".join(dict.fromkeys(problem.message for problem in error.problems))


def needs_value(card: LeverCard, trial: Trial) -> str:
    """Say that the user must say what to try."""
    return f"say what to try: --try {trial.name}=VALUE ({card.application.change})"


def lever_called(name: str) -> tuple[LeverCard, Trial | None]:
    """Return a lever by its id, or by the name of one of its trials.

    Raises
    ------
    UnknownNameError
        If there is none; the nearest is named.
    """
    for card in levers.cards():
        for trial in card.trials:
            if name.replace("-", "_") == trial.name:
                return card, trial
    return levers.card(name), None
