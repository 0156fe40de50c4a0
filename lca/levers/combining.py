"""Two levers at once, run again: how far the product of what each saves would be off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lca.errors import InputError, LcaError, quoted
from lca.estimates import Estimate
from lca.evaluation import evaluate
from lca.inventory import choose_model
from lca.levers import asking
from lca.levers.changing import change, changed
from lca.levers.paths import Change, NotPossibleError
from lca.levers.results import Effect, Together
from lca.levers.running import compared
from lca.levers.uses import groups
from lca.scenario import Scenario
from lca.workloads.levers import OUT_OF_RANGE, UNSUPPORTED, LeverCard, Trial

_APART = (OUT_OF_RANGE, UNSUPPORTED)


def together(
    scenario: Scenario,
    first: str,
    second: str,
    *,
    tries: asking.Tries | None = None,
    samples: int | None = None,
    seed: int | None = None,
    basis: str = "location",
) -> Together:
    """Return what two levers do at once, and how far multiplying what each does would be off.

    Parameters
    ----------
    scenario
        The scenario as written.
    first, second
        Ids of levers or names of trials; the second changes what the first left. One lever twice
        is accepted.
    tries, samples, seed, basis
        As for `lca.levers.rank`; the first value of each is tried.

    Raises
    ------
    InputError
        If a lever cannot be run again in this scenario; the message says why.
    """
    values = asking.asked(tries or {}, ())
    one, per = _made(scenario, first, values)
    other, other_per = _made(scenario, second, values)
    begun = changed(scenario, one)
    then, _ = _made(begun, second, values, already=True)
    runs = (scenario, begun, changed(scenario, other), changed(scenario, _merged((one, then))))
    draws, model = asking.draws_of(scenario, samples, seed), choose_model(list(runs))
    base, *ledgers = (evaluate(run, draws=draws, embodied_model=model) for run in runs)
    effects = [compared(scenario, base, ledger, basis, per or other_per) for ledger in ledgers]
    return _held(first, second, (one.label, other.label), effects)


def _held(first: str, second: str, labels: tuple[str, str], effects: Sequence[Effect]) -> Together:
    """Hold the product of two changes against the run of both."""
    one, other, both = effects
    ratio = (1 + one.relative.samples) * (1 + other.relative.samples)
    product = Estimate(ratio - 1, "")
    off = Estimate(ratio / (1 + both.relative.samples) - 1, "")
    return Together((first, second), labels, one, other, both, product, off)


def _merged(changes: Sequence[Change]) -> Change:
    """Return several changes as one, the later ones over the earlier."""
    patches: dict[str, object] = {}
    caps: dict[str, float] = {}
    for made in changes:
        patches |= made.patches
        caps |= made.caps
    return Change(" and ".join(dict.fromkeys(made.label for made in changes)), patches, caps)


def _made(
    scenario: Scenario, name: str, values: Mapping[str, tuple[str, ...]], *, already: bool = False
) -> tuple[Change, str]:
    """Return the change of a lever wherever it can be run again, and `Trial.per`."""
    card, chosen = asking.lever_called(name)
    _refuse_ratio(card, scenario)
    refusals: list[str] = []
    for trial in (chosen,) if chosen else card.trials:
        found = list(_everywhere(scenario, card, trial, values, refusals, already))
        if found:
            return _merged(found), trial.per
    told = "; ".join(dict.fromkeys(refusals)) or "it does not apply to any work of this scenario"
    msg = f"{quoted(name)} cannot be run here: {told}"
    raise NotPossibleError(msg)


def _refuse_ratio(card: LeverCard, scenario: Scenario) -> None:
    if card.application.way != "rerun":
        msg = (
            f"{quoted(card.id)} has no model that could run it with another lever in {scenario.name}: "
            "published ratios are never multiplied"
        )
        raise InputError(msg)


def _everywhere(
    scenario: Scenario,
    card: LeverCard,
    trial: Trial,
    values: Mapping[str, tuple[str, ...]],
    refusals: list[str],
    already: bool,
) -> Iterator[Change]:
    """Yield the change of each group that a lever holds for; cards were asked before the first."""
    for group in groups(scenario):
        said = next((a for a in group.applying(scenario) if a.card.id == card.id), None)
        if said is None or (said.verdict in _APART and not already):
            refusals += [said.reason] if said is not None else []
            continue
        tried = values.get(trial.name) or asking.values_of(scenario, trial, group)
        try:
            if not tried:
                raise NotPossibleError(asking.needs_value(card, trial))
            made = change(scenario, trial, tried[0], group)
            changed(scenario, made)
        except LcaError as error:
            refusals.append(asking.said(error))
        else:
            yield made
