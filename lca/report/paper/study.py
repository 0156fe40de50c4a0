"""A scenario with its ledgers, from which every writer takes what it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lca.report.paper.blocks import Report
from lca.report.paper.sections import Extras, Settings, assemble, result_of

if TYPE_CHECKING:
    from lca.comparison import Comparison
    from lca.ledger import Ledger
    from lca.scenario import Scenario


@dataclass(frozen=True)
class Study:
    """An evaluated scenario.

    Attributes
    ----------
    scenario, ledgers
        The scenario, and one ledger an option.
    comparison
        Of these ledgers, or None where there is a single option.
    settings
        How its report is made.
    is_short
        Whether the report is cut to a fact sheet.
    """

    scenario: Scenario
    ledgers: Sequence[Ledger]
    comparison: Comparison | None
    settings: Settings
    is_short: bool = False

    @cached_property
    def result(self) -> Mapping[str, Any]:
        """The result as plain data."""
        from lca.report.result import lines

        return {**self._shown, "lines": lines(self.ledgers)}

    @cached_property
    def _shown(self) -> Mapping[str, Any]:
        """The result with lines that have labels but no numbers."""
        return result_of(self.scenario, self.ledgers, self.comparison, self.settings, counted=False)

    @property
    def report(self) -> Report:
        """The report with the whole result, for writers that attach it: nothing of it moves."""
        return replace(self._made(self._still), result=self.result)

    @cached_property
    def page(self) -> Report:
        """The report for a screen, where no line's number is shown, made when it is first asked for."""
        from lca.report.paper.extras import add_moving

        if self.is_short:
            return self._made(self._still)
        given = self.scenario, self.ledgers, self._shown, self.settings
        return self._made(add_moving(self._still, *given))

    @cached_property
    def _still(self) -> Extras:
        from lca.report.paper.extras import gather_still

        given = self.scenario, self.ledgers, self.comparison, self._shown
        return gather_still(*given, self.settings)

    def _made(self, extras: Extras) -> Report:
        """Return the report with some extras, cut where it is short."""
        whole = assemble(self._shown, extras)
        if not self.is_short:
            return whole
        from lca.report.paper.short import select

        return select(whole)
