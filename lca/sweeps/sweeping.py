"""A sweep: a scenario at each point of a design, on shared draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from lca.scenario import Scenario
from lca.sweeps.aggregates import Aggregate, merged, ranking
from lca.sweeps.blocks import Block
from lca.sweeps.designs import Varied
from lca.sweeps.job import GASES, STATISTICS, Job
from lca.sweeps.planning import Over, plan
from lca.sweeps.schedulers import chosen
from lca.uncertain import Array

Progress = Callable[[int, int], None] | None
MOST_ROWS = 20_000
"""Most points whose rows are kept in memory; more need a file."""

_BLOCK = 1 << 24


@dataclass(frozen=True)
class SweepRow:
    """One point.

    Attributes
    ----------
    point
        Its number, counted from 0.
    values
        What each axis was set to, in the order of the axes.
    total, per_unit
        Statistics by indicator, ``per_unit`` empty where there is no functional unit.
    difference
        Statistics of greenhouse gases, this row less the scenario as written, per unit where there
        is one.
    probability_lower
        Share of draws in which this row is lower than the scenario as written; ties count half.
    """

    point: int
    values: tuple[object, ...]
    total: dict[str, dict[str, float | str]]
    per_unit: dict[str, dict[str, float | str]]
    difference: dict[str, float | str]
    probability_lower: float


@dataclass(frozen=True)
class Sweep:
    """All points, or the aggregates of them with the best ones.

    Attributes
    ----------
    job
        What was asked for.
    aggregate
        Of all points; see `lca.sweeps.aggregates`.
    coded, numbers
        The points that are kept, in the order of the design, and their columns.
    kept
        The numbers of these points.
    warnings, remarks
        What must be said of the points, and how they were evaluated.
    file
        Where all points stand, if anywhere.
    """

    job: Job
    aggregate: Aggregate
    coded: Array
    numbers: Array
    kept: tuple[int, ...]
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    file: str = ""

    @property
    def axes(self) -> tuple[Varied, ...]:
        """What was varied."""
        return self.job.design.axes

    @property
    def complete(self) -> bool:
        """Whether every point is kept."""
        return len(self.kept) == self.job.design.points

    @cached_property
    def rows(self) -> tuple[SweepRow, ...]:
        """The points that are kept."""
        return tuple(map(self._row, range(len(self.kept))))

    @property
    def lowest(self) -> int:
        """Position among the rows of the one with the lowest median of greenhouse gases."""
        medians = ranking(self.job, self.numbers)
        return int(np.argmin(np.where(np.isfinite(medians), medians, np.inf)))

    def _row(self, place: int) -> SweepRow:
        first = self.job.bases[0]
        found: dict[str, dict[str, dict[str, float | str]]] = {}
        lower = float("nan")
        for column, value in zip(self.job.columns, self.numbers[place].tolist(), strict=True):
            if column.basis != first:
                continue
            if column.statistic == "share":
                lower = value
                continue
            part = found.setdefault(column.measure, {}).setdefault(column.indicator, {})
            part[column.statistic] = value
            part["unit"] = column.unit
        per_unit = found.get("per_unit", {})
        known = per_unit if np.isfinite(list(_centrals(per_unit))).all() else {}
        changes = self.job.design.changes(self.coded[place])
        return SweepRow(
            self.kept[place],
            tuple(changes.values()),
            found["total"],
            known,
            found["difference"][GASES],
            lower,
        )


def _centrals(parts: dict[str, dict[str, float | str]]) -> Iterator[float]:
    return (float(one[STATISTICS[0]]) for one in parts.values())


def sweep(
    scenario: Scenario,
    over: Over,
    *,
    design: str = "cross",
    points: int | None = None,
    option: str | None = None,
    bases: Sequence[str] = ("location",),
    samples: int | None = None,
    seed: int | None = None,
    file: str | Path | None = None,
    fresh: bool = False,
    block: int | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Progress = None,
) -> Sweep:
    """Evaluate a scenario at each point of a design.

    Parameters
    ----------
    over
        Values by dotted path or identity of a factor, or texts such as
        ``fleet.chat.utilization=20%..80%:7``.
    design
        ``cross``, ``zip`` or ``sobol``; see `lca.sweeps.designs.Design`.
    points
        How many points a Sobol design has.
    option
        The option that is varied; by default the scenario as written.
    bases
        Accounts of electricity, the first for ranking.
    samples, seed
        As for `lca.evaluate`; all points share the draws, and the seed scrambles a Sobol design.
    file
        Parquet file for all points, written block by block; a sweep that was stopped goes on.
    fresh
        Discard what stands under the name of the file.
    block
        Points of a block, rounded up to whole pages; it changes no number.
    workers
        Processes; it changes no number.
    scheduler
        Address of a Dask scheduler, in place of processes.
    progress
        Called with points done and points in all.

    Raises
    ------
    LcaError
        If a path or value is not accepted, or the file cannot be written.
    """
    job, remarks = plan(
        scenario,
        over,
        kind=design,
        points=points,
        option=option,
        bases=bases,
        samples=samples,
        seed=seed,
        most=MOST_ROWS if file is None else None,
    )
    run = chosen(workers, scheduler)
    pages = block_pages(job, block)
    if file is None:
        return _in_memory(job, remarks, run, pages, progress)
    from lca.sweeps.filing import swept_to_file

    return swept_to_file(job, remarks, run, pages, Path(file), fresh, progress)


def block_pages(job: Job, block: int | None) -> int:
    """Return how many pages a block has."""
    points = block or max(1, _BLOCK // (1 + job.samples))
    return max(1, -(-points // job.page))


def _in_memory(
    job: Job, remarks: tuple[str, ...], run: Any, pages: int, progress: Progress
) -> Sweep:
    spans = [(k, min(k + pages, job.pages)) for k in range(0, job.pages, pages)]
    found: list[Block] = []
    done = 0
    for one in run(job, spans):
        found.append(one)
        done += one.coded.shape[0]
        if progress:
            progress(done, job.design.points)
    found.sort(key=lambda one: one.start)
    return Sweep(
        job,
        merged(a for one in found for a in one.aggregates),
        np.concatenate([one.coded for one in found]),
        np.concatenate([one.numbers for one in found]),
        tuple(range(job.design.points)),
        tuple(dict.fromkeys(text for one in found for text in one.warnings)),
        (*remarks, *dict.fromkeys(text for one in found for text in one.remarks)),
    )
