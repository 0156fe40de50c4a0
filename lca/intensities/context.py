"""What an inventory knows while its lines are made: scenario, library, and what to report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from lca.intensities.sites import SitePower, site_power
from lca.ledger import Missing
from lca.library import Library, constants
from lca.scenario import Scenario
from lca.scenario.models import ScenarioModel, Work
from lca.terms import Factor
from lca.values import Value

Made = TypeVar("Made")


@dataclass
class Context:
    """One scenario being turned into lines.

    ``embodied_model`` is the model that serves all options of a comparison.
    """

    scenario: Scenario
    embodied_model: str
    warnings: dict[str, None] = field(default_factory=dict)
    missing: dict[Missing, None] = field(default_factory=dict)
    fallbacks: dict[str, None] = field(default_factory=dict)
    memo: dict[tuple[object, ...], Any] = field(default_factory=dict)
    _sites: dict[str, SitePower] = field(default_factory=dict)

    @property
    def model(self) -> ScenarioModel:
        """The typed scenario."""
        return self.scenario.model

    @property
    def library(self) -> Library:
        """The hardware library."""
        return self.scenario.library

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The calendar years."""
        return self.model.years

    def warn(self, message: str) -> None:
        """Keep a remark that the reader of a result must see, once."""
        self.warnings[message] = None

    def fall_back(self, message: str) -> None:
        """Keep a method that could not be used as asked: the verdict must name it."""
        self.fallbacks[message] = None
        self.warn(message)

    def once(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Return what was made under a key, making it the first time: fleets share devices."""
        if key not in self.memo:
            self.memo[key] = make()
        made: Made = self.memo[key]
        return made

    def miss(self, indicator: str, stage: str, what: str, reason: str) -> None:
        """Keep a gap: a factor that does not exist and was not counted."""
        if indicator == "gwp100" or indicator in self.model.indicators:
            self.missing[Missing(indicator, stage, what, reason)] = None

    def site(self, name: str) -> SitePower:
        """Return the electricity of a site, built once."""
        if name not in self._sites:
            self._sites[name] = site_power(name, self.model, self.warn)
        return self._sites[name]


def default(name: str, given: Value | None = None, identity: str = "") -> Factor:
    """Return a given value as a factor, or else the cited default of that name."""
    if given is not None:
        return given.factor(name, identity or name)
    return constants("defaults").factor(name, DEFAULT_UNITS.get(name, ""))


def occupancy(work: Work, where: str) -> Factor:
    """Return the share of its life in which a machine is sold or used.

    Rented machines default to the cited occupancy of clouds, owned ones to the utilization of fleets.
    """
    name = "cloud_occupancy" if work.ownership == "cloud" else "utilization"
    return default(name, work.occupancy, f"{where}.occupancy")


DEFAULT_UNITS = {"cloud_lifetime": "year"}
