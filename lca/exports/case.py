"""What is exported: one option of a scenario with its ledger, its result and what its author knows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from lca import units
from lca.errors import InputError, UnknownNameError, did_you_mean
from lca.estimates import Estimate
from lca.exports.meta import Meta
from lca.ledger import Ledger, Line
from lca.scenario import Scenario

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:lca:exports")
"""Of every id made here: equal inputs give equal ids."""

REFERENCE = "prepared with reference to"

Chosen = Callable[[Line], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """One option to export.

    Attributes
    ----------
    scenario, ledger
        The option and its ledger.
    result
        The result of that option as plain data (``lca.report.result``).
    meta
        What only the author knows.
    basis
        Account of electricity that was asked for: ``location`` or ``market``.
    """

    scenario: Scenario
    ledger: Ledger
    result: Mapping[str, Any]
    meta: Meta
    basis: str = "location"

    @property
    def option(self) -> Mapping[str, Any]:
        """The option's numbers as plain data."""
        found: Mapping[str, Any] = self.result["options"][0]
        return found

    @property
    def title(self) -> str:
        """What the scenario is called."""
        return self.scenario.model.title or str(self.result["scenario"])

    def identifier(self, *words: str) -> str:
        """Return a UUID that depends on the inputs and some words only."""
        given = self.meta.text("id") if not words else ""
        text = "/".join((str(self.result["inputs_hash"]), self.ledger.name, *words))
        return given or str(uuid.uuid5(NAMESPACE, text))

    def created(self) -> str:
        """Return when the document is made, in UTC."""
        return created(self.meta)

    def made_by(self) -> str:
        """Return the program and the hash of the inputs, for a source field."""
        return f"lca {self.result['lca_version']}, inputs {str(self.result['inputs_hash'])[:12]}"

    def total(self, chosen: Chosen, indicator: str = "gwp100", view: str = "spread") -> Estimate:
        """Return the sum of chosen lines on the location-based account.

        Parameters
        ----------
        chosen
            Which lines count.
        view
            ``spread`` over the life, or ``inventory`` in the year bought.
        """
        return self.sum(list(filter(chosen, self.lines(indicator))), indicator, view)

    def lines(self, indicator: str = "gwp100") -> list[Line]:
        """Return the lines of an indicator on the location-based account."""
        account = {"both", "location"}
        return [x for x in self.ledger.lines if x.indicator == indicator and x.basis in account]

    def sum(
        self, lines: Sequence[Line], indicator: str = "gwp100", view: str = "spread"
    ) -> Estimate:
        """Return the sum of some lines, in the unit of their indicator."""
        values = np.zeros(1 + self.ledger.draws.samples)
        for line in lines:
            values = values + line_samples(self.ledger, line, view)
        return Estimate(values, self.ledger.unit(indicator))

    def gaps(self, *stages: str) -> list[str]:
        """Return what greenhouse gases lack in some stages; in all where none is named."""
        return [
            f"{gap.stage}: {gap.what}: {gap.reason}"
            for gap in self.ledger.missing
            if gap.indicator == "gwp100" and (not stages or gap.stage in stages)
        ]


def created(meta: Meta) -> str:
    """Return when a document is made, in UTC: as its author says, or now."""
    return meta.text("created") or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def line_samples(ledger: Ledger, line: Line, view: str = "spread") -> Any:
    """Return a line over all years: an array of shape ``(1 + samples,)`` in the indicator's unit."""
    values = np.zeros(1 + ledger.draws.samples)
    last = len(line.intensity) - 1
    for year, amount in enumerate(line.inventory if view == "inventory" else line.spread):
        if amount:
            values = values + amount * ledger.draws.array(line.intensity[min(year, last)])
    return values


def grams(emissions: float) -> float:
    """Return emissions (kgCO2e) in gCO2e."""
    return emissions * units.factor("kgCO2e", "gCO2e")


def spread(estimate: Estimate) -> dict[str, Any]:
    """Return central estimate, median and 90 % interval as plain numbers with their unit."""
    kept = ("central", "median", "p5", "p95", "unit")
    return {key: value for key, value in estimate.statistics().items() if key in kept}


def choose_entry(case: Case, entries: Mapping[str, Any], export: str, what: str) -> str:
    """Return the entry that is exported: the only one, or the one that ``entry`` names.

    Raises
    ------
    InputError
        If there is none, or if several could be meant.
    """
    asked = case.meta.text("entry")
    if asked and asked not in entries:
        hint = did_you_mean(asked, entries)
        msg = f'entry "{asked}": no {what}{hint} (one of: {", ".join(entries) or "none"})'
        raise UnknownNameError(msg)
    if not entries:
        msg = f"{export} is of {what}, and {case.ledger.name} has none"
        raise InputError(msg)
    if not asked and len(entries) > 1:
        names = ", ".join(entries)
        msg = f"{export} is of one {what}; name it with `entry:` in --meta (one of: {names})"
        raise InputError(msg)
    return asked or next(iter(entries))
