"""Gathers what a report has beside its result: inputs, pictures, trails, sliders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lca.report import provenance
from lca.report.paper import inputs
from lca.report.paper.sections import Extras, Settings

if TYPE_CHECKING:
    from lca.comparison import Comparison
    from lca.ledger import Ledger
    from lca.scenario import Scenario


def gather(
    scenario: Scenario,
    ledgers: Sequence[Ledger],
    comparison: Comparison | None,
    result: Mapping[str, Any],
    settings: Settings,
) -> Extras:
    """Return everything that the settings ask for."""
    del comparison, scenario, result
    used = provenance.all_factors(ledgers)
    return Extras(inputs=inputs.collect(used), command=settings.command)
