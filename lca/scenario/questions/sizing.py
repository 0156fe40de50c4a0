"""What a scenario may ask of ``lca optimize sizing``: solar, wind and battery beside the grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import model_validator

from lca.library.fields import Amount, Energy, Intensity, Lifetime, Power, Record, Share
from lca.scenario.price_models import Money
from lca.scenario.questions.schedule import Finding, Intensities, known_name, known_series
from lca.values import Value

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario.models import ScenarioModel


class Generator(Record):
    """Solar or wind power that can be built beside the site."""

    embodied: Annotated[Value, Amount("kgCO2e/kW")] | None = None
    """Emissions of making and scrapping one kW; needs a lifetime."""
    intensity: Intensity | None = None
    """Life-cycle emissions per kWh it can generate, in place of ``embodied``; the published range by default."""
    lifetime: Lifetime | None = None
    """Time from first use to end of life; an assumed default where left out."""
    capacity_factor: Share | None = None
    """Mean over rated power; by default that of the zone's highest hour, which is more than that of a plant."""
    maximum: Power | None = None
    """Most that can be built."""
    price: Annotated[Value, Money("kW")] | None = None
    """Purchase price of one kW."""

    @model_validator(mode="after")
    def _one_way(self) -> Generator:
        if self.embodied is not None and self.intensity is not None:
            msg = "give embodied or intensity, not both"
            raise ValueError(msg)
        return self


class Battery(Record):
    """Storage that can be built beside the site."""

    embodied: Annotated[Value, Amount("kgCO2e/kWh")] | None = None
    """Emissions of making and scrapping one kWh of capacity; the cited default where left out."""
    lifetime: Lifetime | None = None
    """Time from first use to end of life; an assumed default where left out."""
    charge_efficiency: Share | None = None
    """Share of what is charged that is stored; an assumed default where left out."""
    discharge_efficiency: Share | None = None
    """Share of what is taken out that is delivered; an assumed default where left out."""
    hours: Annotated[Value, Amount("h", 0.1, 1000.0)] | None = None
    """Hours to charge or empty it at full power: energy over power; 2 h by default."""
    maximum: Energy | None = None
    """Most that can be built."""
    price: Annotated[Value, Money("kWh")] | None = None
    """Purchase price of one kWh of capacity."""


class Sizing(Record):
    """How much solar, wind and battery to build for the load of a site."""

    site: str
    """Name of the site, as under ``sites``: its overhead and losses count."""
    series: str
    """Hourly series with generation: a packaged year such as ``us_ercot_2022``, or a CSV beside the scenario."""
    load: Power | None = None
    """IT power, the same in every hour; by default the mean of what the scenario runs at the site."""
    intensity: Intensities | None = None
    """Which intensity counts; that of ``assumptions.electricity`` by default."""
    solar: Generator | None = None
    """Solar power that can be built; none where left out."""
    wind: Generator | None = None
    """Wind power that can be built; none where left out."""
    battery: Battery | None = None
    """Storage that can be built; none where left out."""


def findings(record: Sizing, model: ScenarioModel, _library: Library) -> Iterator[Finding]:
    """Yield what the question refers to and does not exist: paths below ``optimize.sizing``."""
    yield from known_name(("site",), record.site, model.sites, "site")
    yield from known_series(("series",), record.series)
    if record.solar is None and record.wind is None and record.battery is None:
        yield (), "nothing can be built: give solar, wind or battery ({} takes the defaults)"
