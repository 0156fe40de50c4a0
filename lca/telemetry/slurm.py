"""Rolls up what Slurm accounts: ``sacct --parsable2`` with energy, time and allocated boards."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lca.errors import InputError, Problem, quoted
from lca.telemetry.asked import HOUR
from lca.telemetry.rollup import Rollup
from lca.telemetry.rows import Row

__all__ = ["Job", "read", "roll_up"]

NEEDED = ("JobID", "ConsumedEnergyRaw", "ElapsedRaw")
_BOARDS = re.compile(r"(?:^|,)gres/gpu(?::[^=,]+)?=(\d+)")
_NO_VALUE = 2**63
"""Slurm writes a number near 2^64 for energy that it does not know."""
_MOST_PER_NODE = 20_000.0
"""Power (W) that a node does not exceed (assumed: above the rating of any eight-board server)."""
_NOTE = (
    "Slurm accounts energy of whole nodes: of jobs that share a node each is given all of it, "
    "and steps that run together may each hold the same energy"
)


@dataclass(slots=True)
class Job:
    """One job: its energy (J), as it and its steps say, and the time it had.

    Attributes
    ----------
    own, steps
        Energy of the job's own row, and of each step; None was not measured.
    elapsed
        Seconds.
    """

    id: str
    own: float | None = None
    steps: tuple[float, ...] = ()
    elapsed: float = 0.0
    boards: int = 0
    nodes: str = ""
    state: str = ""
    start: float | None = None

    @property
    def energy(self) -> tuple[float | None, float, float]:
        """Return energy, low and high (J): steps may run beside each other, or one by one."""
        if self.own:
            return self.own, self.own, self.own
        known = [step for step in self.steps if step > 0]
        if not known:
            return None, 0.0, self.elapsed * self.highest
        return max(known), max(known), max(known) if len(known) == 1 else sum(known)

    @property
    def highest(self) -> float:
        """Power (W) that its nodes do not exceed together."""
        return _MOST_PER_NODE * max(1, node_count(self.nodes))

    def reasons(self) -> Iterator[str]:
        """Yield why its energy is missing or doubtful."""
        value, _, _ = self.energy
        if value is None:
            yield f"job {self.id}: Slurm has no energy of it, which is not measured, not zero"
        elif self.elapsed > 0 and value / self.elapsed > self.highest:
            yield f"job {self.id}: {value / self.elapsed / 1e3:.3g} kW on average, more than its nodes can draw"
        elif not self.own and len(self.steps) > 1:
            yield f"job {self.id}: only its steps have energy; the largest is taken, their sum is the upper bound"


def node_count(nodes: str) -> int:
    """Return how many nodes a list such as ``gpu[01-04,07],cpu1`` names.

    Examples
    --------
    >>> node_count("gpu[01-04,07],cpu1")
    6
    """
    count = 0
    for name, inside in re.findall(r"([^,\[]+)(?:\[([^\]]*)\])?", nodes):
        parts = inside.split(",") if inside else [name]
        for part in parts:
            ends = re.fullmatch(r"(\d+)-(\d+)", part) if inside else None
            count += int(ends[2]) - int(ends[1]) + 1 if ends else 1
    return count


def roll_up(paths: Sequence[Path], by: tuple[str, ...]) -> Rollup:
    """Return the energy of the jobs in files of ``sacct``.

    Raises
    ------
    InputError
        A file lacks a column, or a job has no start where hours are asked for.
    """
    jobs: dict[str, Job] = {}
    seen: set[str] = set()
    for path in paths:
        read(path, jobs, seen)
    rows = [row for job in jobs.values() for row in _rows(job, by)]
    summed = _summed(rows, by)
    devices = _summed(
        [row for job in jobs.values() for row in _rows(job, ("device",))], ("device",)
    )
    notes = (_NOTE, *(reason for job in jobs.values() for reason in job.reasons()))
    return Rollup(
        by, summed, devices, (), _summed(rows, ())[0], len(paths), scope="node", notes=notes
    )


def read(path: Path, jobs: dict[str, Job], seen: set[str]) -> None:
    """Add the jobs of a file; one that was seen, perhaps in another file, counts once.

    Raises
    ------
    InputError
        It lacks a column, or a number is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE, restval="")
            headings = reader.fieldnames or ()
            lacking = [name for name in NEEDED if name not in headings]
            if lacking:
                message = (
                    f"no column {', '.join(map(quoted, lacking))}; print it with sacct --format"
                )
                raise InputError(Problem("", message, str(path), 1))
            for row in reader:
                _add(jobs, row, seen, str(path), reader.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(Problem("", f"cannot be read as text: {error}", str(path))) from None


def _add(
    jobs: dict[str, Job], row: Mapping[str, str], seen: set[str], file: str, line: int
) -> None:
    """Add a row: of a job, or of one of its steps."""
    name, _, step = row["JobID"].strip().partition(".")
    if not name or row["JobID"] in seen:
        return
    seen.add(row["JobID"])
    energy = _number(row, "ConsumedEnergyRaw", file, line)
    known = energy if energy and energy < _NO_VALUE else None
    job = jobs.setdefault(name, Job(name))
    if step:
        job.steps = (*job.steps, known) if known else job.steps
        return
    resources = row.get("AllocTRES") or row.get("ReqTRES") or ""
    job.own = known
    job.elapsed = _number(row, "ElapsedRaw", file, line) or 0.0
    job.boards = max((int(count) for count in _BOARDS.findall(resources)), default=0)
    job.nodes, job.state = row.get("NodeList", ""), row.get("State", "")
    job.start = _date(row.get("Start", ""))


def _number(row: Mapping[str, str], name: str, file: str, line: int) -> float | None:
    text = row[name].strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (0 <= value < math.inf):
        raise InputError(Problem("", f"{name}: {quoted(text)} is not a number", file, line))
    return value


def _date(text: str) -> float | None:
    """Return a date as seconds since 1970; without a zone it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _rows(job: Job, by: tuple[str, ...]) -> Iterator[Row]:
    """Yield the row of a job, or of each of its hours: its energy spread evenly over its time."""
    value, low, high = job.energy
    reasons = tuple(job.reasons())
    keys = {"device": job.nodes or "node", "host": job.nodes or "node", "job": job.id, "hour": ""}
    for hour, share, time in _hours(job, by):
        most = min(high, job.highest * time) if share < 1 else high
        yield Row(
            keys={name: (keys | {"hour": hour})[name] for name in by},
            energy=None if value is None else value * share,
            low=low if share == 1 else 0.0,
            high=most if value is None else max(most, value * share),
            covered=time if value is not None else 0.0,
            span=time,
            samples=1,
            gaps=0,
            devices=max(1, job.boards),
            methods=("counter",) if value is not None else (),
            reasons=reasons,
        )


def _hours(job: Job, by: tuple[str, ...]) -> Iterator[tuple[str, float, float]]:
    """Yield hours of a job, with its share and its time (s) in each."""
    if "hour" not in by or job.elapsed <= 0:
        if "hour" not in by:
            yield "", 1.0, job.elapsed
        return
    if job.start is None:
        msg = f"job {job.id} has no Start: print it with sacct --format, or sum by job alone"
        raise InputError(msg)
    length = HOUR / 1e6
    begin, end = job.start, job.start + job.elapsed
    hour = math.floor(begin / length)
    while hour * length < end:
        time = min(end, (hour + 1) * length) - max(begin, hour * length)
        moment = datetime.fromtimestamp(hour * length, UTC)
        yield moment.strftime("%Y-%m-%dT%H:%MZ"), time / job.elapsed, time
        hour += 1


def _summed(rows: Sequence[Row], by: tuple[str, ...]) -> tuple[Row, ...]:
    """Return rows with equal keys added up, in the order of their keys."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.keys[name] for name in by), []).append(row)
    if not by and not groups:
        groups[()] = []
    return tuple(_sum(groups[key], dict(zip(by, key, strict=True))) for key in sorted(groups))


def _sum(rows: Sequence[Row], keys: Mapping[str, str]) -> Row:
    known = [row.energy for row in rows if row.energy is not None]
    return Row(
        keys=keys,
        energy=math.fsum(known) if known else None,
        low=math.fsum(row.low for row in rows),
        high=math.fsum(row.high for row in rows),
        covered=math.fsum(row.covered for row in rows),
        span=math.fsum(row.span for row in rows),
        samples=sum(row.samples for row in rows),
        gaps=sum(row.energy is None for row in rows),
        devices=sum(row.devices for row in rows),
        methods=("counter",) if known else (),
        reasons=tuple(dict.fromkeys(reason for row in rows for reason in row.reasons)),
    )
