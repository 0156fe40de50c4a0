"""The queue of a scenario as tasks of whole hours: inline jobs, a CSV beside it, work by the model."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lca.errors import Problem, ScenarioError, did_you_mean, quoted
from lca.evaluation import evaluate
from lca.optimize.hourly_sites import folder_of
from lca.optimize.shifting import Task
from lca.scenario import Scenario
from lca.scenario.questions.schedule import Job, job_of

_MOST_JOBS = 100_000
_MOST_BYTES = 16 << 20
_COLUMNS = {
    "name": ("name", ""),
    "power_kW": ("power", "kW"),
    "it_energy_kWh": ("it_energy", "kWh"),
    "duration_h": ("duration", "h"),
    "release_h": ("release", "h"),
    "deadline_h": ("deadline", "h"),
    "slack_h": ("slack", "h"),
    "kind": ("kind", ""),
    "home": ("home", ""),
}


@dataclass(frozen=True)
class Queue:
    """Jobs of a question.

    Attributes
    ----------
    tasks
        Jobs in whole hours, repetitions written out.
    rounded
        Whether a duration was rounded up to whole hours, at unchanged energy.
    works
        IT energy of each work entry that jobs stand for (kWh).
    """

    tasks: tuple[Task, ...]
    rounded: bool
    works: Mapping[str, float]

    @property
    def energy(self) -> float:
        """IT energy of all jobs on one machine each (kWh)."""
        return sum(task.power * task.hours for task in self.tasks)


def queue(
    scenario: Scenario,
    question: str,
    jobs: Mapping[str, Job],
    file: str | None,
    hours: int,
    places: tuple[str, ...] = ("",),
) -> Queue:
    """Return the jobs of a question as tasks.

    Parameters
    ----------
    question
        Name of the section, for messages.
    jobs, file
        Inline jobs, and the name of a CSV beside the scenario.
    hours
        Hours of the series.
    places
        Names of the places, the first being home by default.

    Raises
    ------
    ScenarioError
        With every job that does not fit into the series or its own window.
    """
    path = f"optimize.{question}"
    written = {f"{path}.jobs.{name}": (name, job) for name, job in jobs.items()}
    if file is not None:
        written |= {f"{path}.jobs_file, job {n}": (n, j) for n, j in _from_file(scenario, file)}
    works = _works(scenario, {job.work for _, job in written.values() if job.work})
    tasks: list[Task] = []
    problems: list[Problem] = []
    for where, (name, job) in written.items():
        try:
            tasks += _tasks(name, job, hours, works, places)
        except ValueError as error:
            problems.append(Problem(where, str(error)))
    if len(tasks) > _MOST_JOBS:
        problems.append(Problem(path, f"{len(tasks):,} jobs; at most {_MOST_JOBS:,} are planned"))
    if problems:
        raise ScenarioError(problems)
    rounded = any(job.duration.central % 1 for _, job in written.values())
    return Queue(tuple(tasks), rounded, works)


def _works(scenario: Scenario, names: set[str]) -> dict[str, float]:
    """Return the IT energy of work entries over the period, by the model (kWh)."""
    if not names:
        return {}
    rows = evaluate(scenario, samples=0).by("asset", indicator="it_energy")
    found = {row.labels[0]: row.estimate.central for row in rows}
    return {name: found.get(name, 0.0) for name in names}


def _tasks(
    name: str, job: Job, hours: int, works: Mapping[str, float], places: tuple[str, ...]
) -> Iterator[Task]:
    """Yield the repetitions of a job."""
    length = max(1, math.ceil(job.duration.central - 1e-9))
    first = 0 if job.release is None else math.ceil(job.release.central - 1e-9)
    last = _deadline(job, first, length)
    if last > hours:
        msg = f"it ends {last} h after the first hour; the series has {hours} h"
        raise ValueError(msg)
    if last - first < length:
        msg = f"it runs {length} h, but there are only {last - first} h from its release to its deadline"
        raise ValueError(msg)
    step = 0 if job.every is None else job.every.central
    times = _times(job, step, last, hours)
    power = _power(job, length, times, works)
    home = places.index(job.home) if job.home in places else 0
    gains = tuple(one.central for one in job.speed_up) or (1.0,)
    if gains[0] != 1:
        gains = tuple(gain / gains[0] for gain in gains)
    for number in range(times):
        shift = round(number * step)
        label = name if times == 1 else f"{name} {number + 1}"
        yield Task(label, power, length, first + shift, last + shift, job.kind, gains, home)


def _deadline(job: Job, first: int, length: int) -> int:
    if job.deadline is not None:
        return math.floor(job.deadline.central + 1e-9)
    slack = 0.0 if job.slack is None else job.slack.central
    return first + length + math.floor(slack + 1e-9)


def _times(job: Job, step: float, last: int, hours: int) -> int:
    """Return how often a job comes, no more than the series has room for."""
    if not step:
        if job.times is not None and job.times > 1:
            return job.times
        return 1
    room = 1 + int((hours - last) // step)
    if job.times is not None and job.times > room:
        msg = f"{job.times} times every {step:g} h do not fit: the series has room for {room}"
        raise ValueError(msg)
    return room if job.times is None else job.times


def _power(job: Job, length: int, times: int, works: Mapping[str, float]) -> float:
    """Return the IT power of one repetition in each of its hours (kW)."""
    if job.power is not None:
        return job.power.central * job.duration.central / length
    energy = job.it_energy.central if job.it_energy is not None else works[str(job.work)] / times
    if energy <= 0:
        msg = f"its energy is not known: work {quoted(job.work)} draws none by the model"
        raise ValueError(msg)
    return energy / length


def _from_file(scenario: Scenario, file: str) -> list[tuple[str, Job]]:
    """Return the jobs of a CSV beside a scenario.

    Raises
    ------
    ScenarioError
        With the lines that are wrong.
    """
    folder = folder_of(scenario)
    if folder is None:
        msg = f"{quoted(file)} cannot be found: the scenario has no folder of its own"
        raise ScenarioError(msg)
    path = folder / file
    try:
        raw = path.read_bytes()[: _MOST_BYTES + 1]
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(Problem("optimize.jobs_file", f"{quoted(file)}: {error}")) from None
    if len(raw) > _MOST_BYTES:
        raise ScenarioError(Problem("", f"more than {_MOST_BYTES >> 20} MB", str(path)))
    heading, rows = _table(text, str(path))
    _check_heading(heading, str(path))
    found, problems = [], []
    for line, row in rows:
        try:
            found.append((row.get("name") or f"line {line}", _job(row)))
        except ValueError as error:
            problems.append(Problem("", str(error), str(path), line))
    if problems:
        raise ScenarioError(problems[:20])
    return found


def _table(text: str, file: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Return the heading of a CSV, and its rows with their lines."""
    reader = csv.DictReader(text.splitlines())
    try:
        return list(reader.fieldnames or ()), [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        told = f"cannot be read as CSV: {error}"
        raise ScenarioError(Problem("", told, file)) from None


def _check_heading(names: Sequence[str], file: str) -> None:
    unknown = [name for name in names if name not in _COLUMNS]
    if unknown:
        hint = did_you_mean(str(unknown[0]), _COLUMNS)
        msg = f"no column {quoted(unknown[0])} is read{hint} (one of: {', '.join(_COLUMNS)})"
        raise ScenarioError(Problem("", msg, file, 1))


def _job(row: Mapping[str, str | None]) -> Job:
    """Return the job of a row, its cells read with the units of their columns."""
    cells = {}
    for column, cell in row.items():
        name, unit = _COLUMNS.get(column, ("", ""))
        if not name or isinstance(cell, list):
            msg = f"expected {len(_COLUMNS)} cells at most, as in the heading"
            raise ValueError(msg)
        if name != "name" and cell and cell.strip():
            cells[name] = f"{cell.strip()} {unit}".strip()
    return job_of(cells)
