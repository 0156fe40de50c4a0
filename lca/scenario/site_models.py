"""What a scenario may say of a site: its region, overhead, grid, path and contracts."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from lca.library import constants
from lca.library.fields import (
    Amount,
    Count,
    Intensity,
    OneOf,
    Pue,
    Ratio,
    Record,
    Share,
    WaterIntensity,
)
from lca.values import Value

GenerationSource = Annotated[
    str, OneOf(("coal", "gas", "oil", "nuclear", "hydro", "solar", "wind", "bioenergy"))
]


class Contract(Record):
    """Electricity bought under a contract: it changes the market-based account only."""

    kind: Annotated[str, OneOf(("ppa", "certificates", "supplier", "own_generation"))]
    """What the contract is: a power purchase agreement, certificates, a supplier's tariff, own generation."""
    share: Share
    """Share of the site's electricity that the contract covers."""
    matching: Annotated[str, OneOf(("annual", "hourly"))] = "annual"
    """Whether volumes are matched over the year or by the hour; hourly is taken at its yearly share."""
    source: GenerationSource | None = None
    """Generation source, whose life-cycle factor is used where no intensity is given."""
    intensity: Intensity | None = None
    """Emissions per contracted electricity, of the boundary the scenario uses."""
    residual: Intensity | None = None
    """Emissions per electricity that no contract covers."""


class GridValue(Record):
    """A grid factor of the user's own, with its type."""

    value: Intensity
    """Emissions per electricity."""
    boundary: Annotated[str, OneOf(("lifecycle", "direct"))] = "lifecycle"
    """Life cycle, or combustion at the plant only."""
    accounting: Annotated[str, OneOf(("production", "consumption"))] = "production"
    """Of what is generated in the region, or of what is consumed there."""
    method: Annotated[str, OneOf(("average", "marginal_operating", "marginal_combined"))] = (
        "average"
    )
    """Average for inventories, marginal for the effect of a change."""
    year: Count | None = None
    """Year that the value is of; the first of the period by default."""
    source: str = "scenario"
    """Where the value comes from."""


def _spread(raw: object) -> object:
    """Read ``history`` as what grids did: the cited departure of countries from where they were."""
    named = isinstance(raw, str) and raw.strip() == "history"
    return constants("defaults").value("grid_path_spread", "") if named else raw


Spread = Annotated[Value, Amount("", 1.0, 3.0), BeforeValidator(_spread)]


def _path(raw: object) -> object:
    return {"name": raw} if isinstance(raw, str) else raw


class Trajectory(Record):
    """How grid intensity changes over the years: a name, a fixed decline, or points."""

    name: str = ""
    """``constant``, or a published path of the US; a wrong name is answered with those there are."""
    decline: Share | None = None
    """Share by which the intensity falls each year, compounding."""
    points: dict[str, Ratio] | None = None
    """Index by calendar year; the first year's value is the base. Interpolated between points."""
    floor: Intensity | None = None
    """Lowest intensity that the path may reach; the cleanest source's where the boundary is life cycle."""
    spread: Spread | None = None
    """How far the grid may depart from the path: a geometric standard deviation after one year that
    grows with the root of the years, or ``history``; none by default."""

    @model_validator(mode="after")
    def _one_way(self) -> Trajectory:
        given = [name for name in ("name", "decline", "points") if getattr(self, name)]
        if len(given) != 1:
            msg = "give exactly one of: name, decline, points"
            raise ValueError(msg)
        for year in self.points or ():
            if not re.fullmatch(r"\d{4}", year):
                msg = f'expected calendar years in points, found "{year}"'
                raise ValueError(msg)
        return self


GridPath = Annotated[Trajectory, BeforeValidator(_path)]


class Site(Record):
    """Where equipment runs."""

    region: str
    """Country (DE, Germany), US state, province, or cloud region (aws:eu-central-1)."""
    pue: Pue | None = None
    """Facility energy over IT energy; a cited default with its interval where left out."""
    wue: WaterIntensity | None = None
    """On-site water per IT energy; on-site water is reported missing where left out."""
    grid: GridValue | None = None
    """A grid factor of your own in place of the packaged one."""
    grid_path: GridPath | None = None
    """How the grid of this site moves over the years, in place of the scenario's."""
    contract: Contract | None = None
    """Electricity bought under a contract."""
    transmission_loss: Share | None = None
    """Share of generated electricity lost on the way; the packaged value by default."""
