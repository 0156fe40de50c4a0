"""What a scenario may ask of ``lca optimize schedule``: a queue of jobs on hourly intensity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, ValidationError, model_validator

from lca import hourly
from lca.errors import did_you_mean, quoted
from lca.library.fields import Count, Energy, Hours, OneOf, Power, Ratio, Record, Share

if TYPE_CHECKING:
    from lca.library import Library
    from lca.scenario.models import ScenarioModel

Finding = tuple[tuple[str | int, ...], str]
_MOST_TIMES = 20_000


def listed(raw: object) -> object:
    """Read one value where several are possible."""
    return list(raw) if isinstance(raw, list | tuple) else [raw]


Powers = Annotated[tuple[Power, ...], BeforeValidator(listed)]
Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
Kind = Annotated[str, OneOf(("interruptible", "uninterruptible", "elastic"))]
Intensities = Annotated[str, OneOf(("lifecycle", "direct", "marginal"))]


class Job(Record):
    """A job of the queue, once or again and again."""

    power: Power | None = None
    """IT power while it runs (one machine of an elastic job)."""
    it_energy: Energy | None = None
    """IT energy of the job, in place of its power."""
    work: str | None = None
    """Entry of ``work`` whose IT energy this is, by the model; spread evenly over its ``times``."""
    duration: Hours
    """How long it runs; of an elastic job, on one machine."""
    release: Hours | None = None
    """When it may begin, from the first hour of the series; at once by default."""
    deadline: Hours | None = None
    """When it must be done, from the first hour of the series."""
    slack: Hours | None = None
    """How much later it may end than if it began on release, in place of a deadline."""
    kind: Kind = "uninterruptible"
    """Whether it can pause, must run through, or can take more machines at once."""
    speed_up: Annotated[tuple[Ratio, ...], BeforeValidator(listed)] = ()
    """Of an elastic job: what the first, second, third machine add to its speed, each no more than the one before."""
    every: Hours | None = None
    """It comes again after this time."""
    times: Count | None = None
    """How often it comes; as often as the series has room by default."""
    home: str | None = None
    """Of siting: the place where it would run, as under ``places``; the first by default."""

    @model_validator(mode="after")
    def _complete(self) -> Job:
        told = next(self._contradictions(), None)
        if told:
            raise ValueError(told)
        return self

    def _contradictions(self) -> Iterator[str]:
        given = [n for n in ("power", "it_energy", "work") if getattr(self, n) is not None]
        if len(given) != 1:
            yield "give exactly one of: power, it_energy, work"
        if self.deadline is not None and self.slack is not None:
            yield "give deadline or slack, not both"
        if self.every is not None and self.deadline is not None:
            yield "a job that comes again needs slack in place of a deadline"
        if self.duration.central <= 0:
            yield "the duration must be more than 0 h"
        if self.every is not None and self.every.central < 1:
            yield "a job comes again after 1 h at the earliest"
        if self.times is not None and not (1 <= self.times <= _MOST_TIMES):
            yield f"times must be from 1 to {_MOST_TIMES}"
        yield from self._of_speed_up()

    def _of_speed_up(self) -> Iterator[str]:
        if (self.kind == "elastic") != bool(self.speed_up):
            yield "an elastic job needs speed_up such as [1, 0.9, 0.7]; the others have none"
        gains = [one.central for one in self.speed_up]
        if gains != sorted(gains, reverse=True) or any(gain <= 0 for gain in gains):
            yield "speed_up must fall (or stay) from machine to machine and be more than 0"


def job_of(cells: Mapping[str, str]) -> Job:
    """Return the job that texts with units describe, such as a row of a table.

    Raises
    ------
    ValueError
        With the first mistake, in words.
    """
    try:
        return Job.model_validate(dict(cells))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        told = str(first["msg"]).removeprefix("Value error, ")
        raise ValueError(f"{where}: {told}" if where else told) from None


class Schedule(Record):
    """When to run jobs at one site."""

    site: str
    """Name of the site, as under ``sites``: its overhead and losses count."""
    series: Names
    """Hourly series: a packaged year such as ``de_2019``, or a CSV beside the scenario; of several, each on its own."""
    intensity: Intensities | None = None
    """Which intensity counts; that of ``assumptions.electricity`` by default."""
    capacity: Powers | None = None
    """IT power that the jobs may draw: one value, or 24 by hour of the day (UTC)."""
    jobs: dict[str, Job] = {}  # noqa: RUF012 - pydantic copies the defaults of a record
    """The queue, by name."""
    jobs_file: str | None = None
    """CSV beside the scenario with further jobs: ``name``, ``power_kW`` or ``it_energy_kWh``, ``duration_h``, ``release_h``, ``deadline_h`` or ``slack_h``, ``kind``."""
    forecast_error: Share | None = None
    """Standard deviation of forecasts over the mean intensity."""


def findings(record: Schedule, model: ScenarioModel, _library: Library) -> Iterator[Finding]:
    """Yield what the question refers to and does not exist: paths below ``optimize.schedule``."""
    yield from known_name(("site",), record.site, model.sites, "site")
    if record.series == ():
        yield ("series",), f"expected at least one series (packaged: {', '.join(hourly.names())})"
    for number, name in enumerate(record.series or ()):
        yield from known_series(("series", number), name)
    yield from known_jobs(record.jobs, record.jobs_file, model)
    yield from capacity(("capacity",), record.capacity)


def known_name(
    path: tuple[str | int, ...], name: str | None, names: Iterable[str] | None, what: str
) -> Iterator[Finding]:
    """Yield a finding where nothing has a name."""
    known = tuple(names or ())
    if name is not None and name not in known:
        listed_names = ", ".join(known) or "none"
        yield path, f"no {what} {quoted(name)}{did_you_mean(name, known)} (one of: {listed_names})"


def known_series(path: tuple[str | int, ...], name: str | None) -> Iterator[Finding]:
    """Yield a finding where a series is neither packaged nor a file name."""
    if name is not None and not name.endswith((".csv", ".csv.gz")):
        yield from known_name(path, name, hourly.names(), "packaged hourly series")


def known_jobs(
    jobs: dict[str, Job] | None, file: str | None, model: ScenarioModel
) -> Iterator[Finding]:
    """Yield what is wrong in a queue."""
    if not jobs and not file:
        yield (), "there are no jobs: give jobs or jobs_file"
    for name, job in (jobs or {}).items():
        yield from known_name(("jobs", name, "work"), job.work, model.work, "work")


def capacity(path: tuple[str | int, ...], powers: tuple[object, ...] | None) -> Iterator[Finding]:
    """Yield a finding where a capacity is neither one value nor one for each hour of the day."""
    if powers is not None and len(powers) not in {1, 24}:
        yield path, f"expected one power, or 24 by hour of the day, found {len(powers)}"
