"""Runs a scenario before and after, and compares them draw by draw: per unit where amounts differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lca.errors import ScenarioError
from lca.estimates import Estimate
from lca.ledger import Ledger
from lca.levers.paths import NotPossibleError
from lca.levers.results import Effect
from lca.scenario import Scenario
from lca.terms import Factor
from lca.uncertain import Array

_WORK = ("tokens", "requests", "runs", "flop_delivered", "flop_useful")
_SHARED = ("facility_overhead", "grid_losses")
_STANDING = ("idle", "unsold", "ready", "kept", "delivered")
"""Processes of operation in which no work is done."""


def compared(scenario: Scenario, base: Ledger, other: Ledger, basis: str, per: str = "") -> Effect:
    """Return what a change does.

    Totals are compared where both runs deliver the same; else both are divided by a functional unit.

    Parameters
    ----------
    scenario
        The scenario as written; its functional units count.
    base, other
        Before and after, on the same draws.
    basis
        ``location`` or ``market``.
    per
        ``work`` or ``requests``: the kind of unit that the change leaves meaningful.

    Raises
    ------
    NotPossibleError
        If amounts differ and there is no functional unit of that kind.
    """
    unit = _unit(scenario, base, per)
    before, after = (ledger.total(basis=basis) for ledger in (base, other))
    if unit and not _same(base, other, unit):
        before, after = (_per(ledger, unit, basis) for ledger in (base, other))
        return effect(before, after - before, unit)
    return effect(before, after - before)


def effect(before: Estimate, change: Estimate, compared: str = "") -> Effect:
    """Return an effect from what was before and how it changes."""
    if not np.all(before.samples > 0):
        msg = "what is emitted now is not above zero, so no change can be put as a share of it"
        raise NotPossibleError(msg)
    return Effect(compared, before, change, change.over(before, ""))


def _unit(scenario: Scenario, base: Ledger, per: str) -> str:
    """Return the functional unit to compare by, or "" where totals do."""
    known = [
        unit for unit in scenario.functional_units if np.all(base.units(unit.text).samples > 0)
    ]
    if per == "work":
        known = [unit for unit in known if unit.kind in _WORK]
        if not known:
            msg = "it changes how much work is done, and no functional unit of work tells how much; give one, such as 1 million tokens"
            raise NotPossibleError(msg)
    if per == "requests":
        known = [unit for unit in known if unit.kind == "requests"]
    return known[0].text if known else ""


def _same(base: Ledger, other: Ledger, unit: str) -> bool:
    return np.allclose(base.units(unit).samples, other.units(unit).samples, rtol=1e-9)


def _per(ledger: Ledger, unit: str, basis: str) -> Estimate:
    try:
        return ledger.per(unit, basis=basis)
    except ScenarioError as error:
        raise NotPossibleError(error.problems) from None


def published(base: Ledger, assets: Sequence[str], phase: str, ratio: Factor, basis: str) -> Effect:
    """Return what a published ratio does to the electricity of accelerators at work.

    Hosts, idle time and machines stay as they are; overhead and losses follow the accelerators' part.
    """
    rows = base.by("asset", "phase", "stage", "process", "component", basis=basis)
    found: dict[tuple[str, ...], dict[str, Array]] = {}
    for row in rows:
        asset, of, stage, process, component = row.labels
        if asset in assets and (of, stage) == (phase, "operation") and process not in _STANDING:
            found.setdefault((asset, process), {})[component] = row.estimate.samples
    before = base.total(basis=basis)
    part = sum((_accelerators(parts) for parts in found.values()), np.zeros_like(before.samples))
    if not np.any(part):
        msg = "the electricity of its accelerators is not known apart"
        raise NotPossibleError(msg)
    change = part * (base.draws.array(ratio) - 1)
    return effect(before, Estimate(change, before.unit, before.label))


def _accelerators(parts: Mapping[str, Array]) -> Array:
    """Return what accelerators cause, with their part of overhead and losses."""
    whole = sum(parts.values(), np.zeros(1))
    accelerator = parts.get("accelerator", np.zeros(1))
    shared = sum((parts[name] for name in _SHARED if name in parts), np.zeros(1))
    own = whole - shared
    return accelerator + shared * np.divide(accelerator, own, out=np.zeros_like(own), where=own > 0)
