"""Evaluation: an inventory on shared draws becomes a ledger."""

from __future__ import annotations

from lca.inventory import Inventory, build
from lca.ledger import Ledger
from lca.scenario import Scenario
from lca.terms import Draws


def evaluate(
    scenario: Scenario,
    *,
    samples: int | None = None,
    seed: int | None = None,
    draws: Draws | None = None,
    embodied_model: str | None = None,
) -> Ledger:
    """Evaluate a scenario.

    Parameters
    ----------
    samples
        Number of draws; 0 gives the central estimate alone. By default the scenario's own.
    seed
        Seed of the draws. By default the scenario's own.
    draws
        Draws to share with other scenarios, in place of samples and seed.
    embodied_model
        Model that serves all options of a comparison.

    Returns
    -------
    Ledger
        Lines with their intensities on the draws; nothing is summed yet.
    """
    own = scenario.model.uncertainty
    shared = draws or Draws(
        own.samples if samples is None else samples, own.seed if seed is None else seed
    )
    return ledger(build(scenario, embodied_model), shared)


def ledger(inventory: Inventory, draws: Draws) -> Ledger:
    """Put an inventory on draws."""
    scenario = inventory.scenario
    return Ledger(
        name=scenario.name,
        years=scenario.years,
        lines=inventory.lines,
        draws=draws,
        functional_units=tuple(unit.text for unit in scenario.functional_units),
        missing=inventory.missing,
        warnings=inventory.warnings,
        fallbacks=inventory.fallbacks,
        embodied_model=inventory.embodied_model,
    )
