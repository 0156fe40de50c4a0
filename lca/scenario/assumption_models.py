"""What a scenario may assume: end of life, electricity, transport, power, method choices."""

from __future__ import annotations

from typing import Annotated

from lca.library.fields import (
    Count,
    Distance,
    OneOf,
    Pue,
    Record,
    Share,
    Switch,
)
from lca.scenario.site_models import GridPath, Trajectory

EmbodiedModel = Annotated[str, OneOf(("auto", "vendor", "calibrated", "wafer", "act", "boavizta"))]


class EndOfLife(Record):
    """What happens to scrapped equipment, and who bears or is credited for it."""

    rule: Annotated[str, OneOf(("cut_off", "substitution", "fifty_fifty", "cff"))] = "cut_off"
    """Who bears recycling and is credited for it."""
    collected: Share | None = None
    """Share of scrapped mass that is collected for treatment."""
    reuse: Share | None = None
    """Share of devices that get a second life: they bear no treatment here."""
    recovered: Share | None = None
    """Share of collected mass that is recovered as material."""
    distance: Distance | None = None
    """Distance to treatment, by truck."""
    allocation_factor: Share | None = None
    """The A of the Circular Footprint Formula."""
    quality_ratio: Share | None = None
    """Quality of recovered over primary material."""
    recycled_content: Share | None = None
    """Share of a device that is made of recycled material."""


class Electricity(Record):
    """The type of grid factor; types are never mixed unless ``mixing`` is allowed."""

    boundary: Annotated[str, OneOf(("lifecycle", "direct"))] = "lifecycle"
    """Life cycle, or combustion at the plant only."""
    accounting: Annotated[str, OneOf(("production", "consumption"))] = "production"
    """Of what is generated in a region, or of what is consumed there."""
    method: Annotated[str, OneOf(("average", "marginal_operating", "marginal_combined"))] = (
        "average"
    )
    """Average for inventories, marginal for the effect of a change."""
    year: Count | None = None
    """Year of the grid data; the latest by default."""
    losses: Annotated[str, OneOf(("include", "exclude"))] = "include"
    """Whether losses of transmission and distribution are counted where known."""
    mixing: Switch = False
    """Whether factors of different types may be added up."""


class Transport(Record):
    """Distances a device travels by each mode, in place of the default route."""

    plane: Distance | None = None
    """Distance by plane."""
    boat: Distance | None = None
    """Distance by ship."""
    truck: Distance | None = None
    """Distance by truck."""


class PowerModel(Record):
    """Power of devices without a measurement, as shares of thermal design power."""

    idle_fraction: Share | None = None
    """Idle power over thermal design power."""
    busy_fraction: Share | None = None
    """Mean busy power over thermal design power."""


class Assumptions(Record):
    """Choices and defaults of the whole scenario."""

    embodied_model: EmbodiedModel = "auto"
    """``auto`` uses makers' figures where all devices have one, else ``calibrated``."""
    boundary: Annotated[str, OneOf(("module", "host", "building"))] = "host"
    """How much of the system manufacture covers."""
    amortize: Annotated[str, OneOf(("straight_line", "by_hours", "up_front"))] = "straight_line"
    """How embodied emissions are spread over a life."""
    end_of_life: EndOfLife = EndOfLife()
    """What happens to scrapped equipment."""
    electricity: Electricity = Electricity()
    """The type of grid factor."""
    grid_path: GridPath = Trajectory(name="constant")
    """How grids move over the years: a name, {decline: 3%}, or {points: {2026: 1, 2030: 0.7}}."""
    transport: Transport = Transport()
    """Distances from factory to site."""
    power_model: PowerModel = PowerModel()
    """Power of devices without a measurement."""
    utilization: Share | None = None
    """Utilization of fleets that state none."""
    pue: Pue | None = None
    """PUE of sites that state none."""
    flop_utilization: Share | None = None
    """Model FLOPs over peak FLOPs while busy, where no device states it."""
