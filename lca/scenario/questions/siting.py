"""What a scenario may ask of ``lca optimize siting``: jobs on hourly intensity in several places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import model_validator

from lca.library.fields import Emissions, Energy, Record, Share
from lca.scenario.questions.schedule import (
    Finding,
    Intensities,
    Job,
    Powers,
    capacity,
    known_jobs,
    known_name,
    known_series,
)

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario.models import ScenarioModel


class Place(Record):
    """A site with its hourly grid and the room it has for the jobs."""

    site: str
    """Name of the site, as under ``sites``: its overhead and losses count."""
    series: str
    """Hourly series: a packaged year such as ``de_2019``, or a CSV beside the scenario."""
    capacity: Powers | None = None
    """IT power that the jobs may draw there: one value, or 24 by hour of the day (UTC)."""


class Migration(Record):
    """What it takes to run a job elsewhere than at its home."""

    it_energy: Energy | None = None
    """Electricity of moving one job, at the mean intensity of its home."""
    carbon: Emissions | None = None
    """Emissions of moving one job."""

    @model_validator(mode="after")
    def _one(self) -> Migration:
        if (self.it_energy is None) == (self.carbon is None):
            msg = "give it_energy or carbon of one move"
            raise ValueError(msg)
        return self


class Siting(Record):
    """Where and when to run jobs."""

    places: dict[str, Place]
    """Where the jobs can run, by name; the first is home unless a job says otherwise."""
    intensity: Intensities | None = None
    """Which intensity counts; that of ``assumptions.electricity`` by default."""
    migration: Migration | None = None
    """What moving a job takes; nothing by default, and the answer says so."""
    jobs: dict[str, Job] = {}  # noqa: RUF012 - pydantic copies the defaults of a record
    """The queue, by name."""
    jobs_file: str | None = None
    """CSV beside the scenario with further jobs, as of ``schedule``, and ``home``."""
    forecast_error: Share | None = None
    """Standard deviation of forecasts over the mean intensity."""


def findings(record: Siting, model: ScenarioModel, _library: Library) -> Iterator[Finding]:
    """Yield what the question refers to and does not exist: paths below ``optimize.siting``."""
    if record.places == {}:
        yield ("places",), "there are no places; give at least two"
    for name, place in (record.places or {}).items():
        yield from known_name(("places", name, "site"), place.site, model.sites, "site")
        yield from known_series(("places", name, "series"), place.series)
        yield from capacity(("places", name, "capacity"), place.capacity)
    yield from known_jobs(record.jobs, record.jobs_file, model)
    for name, job in (record.jobs or {}).items():
        yield from known_name(("jobs", name, "home"), job.home, record.places, "place")
