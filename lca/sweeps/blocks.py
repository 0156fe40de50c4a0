"""Blocks: a stretch of pages evaluated by one worker, without any state but what can be made again."""

from __future__ import annotations

import hashlib
import math
import pickle
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lca.ledger import Line
from lca.sweeps.aggregates import Aggregate, aggregate
from lca.sweeps.job import Job, describe
from lca.sweeps.likeness import UnlikeError
from lca.sweeps.measures import measures
from lca.sweeps.polynomials import Corners, close, inside
from lca.sweeps.templates import Template, make
from lca.terms import Draws
from lca.uncertain import Array

TOLERANCE = 1e-12
"""How far a point evaluated as an array may be from the same point built anew, of its largest draw."""

MOST_DRAWS = 1 << 17
"""More draws than these are evaluated point by point, block of draws by block of draws."""

_CHUNK = 1 << 16
_KEPT = 96 << 20
_DRAWN = 64 << 20
_WORTH = 2


@dataclass(frozen=True)
class Block:
    """What a worker sends back.

    Attributes
    ----------
    start, stop
        Its pages.
    coded
        Coded points, shape ``(points, axes)``.
    numbers
        Shape ``(points, columns)``.
    aggregates
        One for each page.
    warnings, remarks
        What must be said, and how points were evaluated; each text once.
    """

    start: int
    stop: int
    coded: Array
    numbers: Array
    aggregates: tuple[Aggregate, ...]
    warnings: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass
class Worker:
    """Evaluates pages of one job; keeps draws and templates between them.

    Attributes
    ----------
    job
        What is asked for.
    """

    job: Job
    _templates: OrderedDict[tuple[float, ...], tuple[Template | None, str]] = field(
        default_factory=OrderedDict
    )
    _said: dict[tuple[float, ...], tuple[str, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def draws(self) -> Draws:
        """The draws that all points share."""
        return Draws(self.job.samples, self.job.seed, _DRAWN)

    @cached_property
    def written(self) -> list[Array]:
        """The outputs of the scenario as written."""
        return self.job.totals(self.job.written(self.draws))

    def block(self, start: int, stop: int) -> Block:
        """Evaluate pages."""
        with self._lock:  # threads of one process share the draws
            pages = [self._page(number) for number in range(start, stop)]
        return Block(
            start,
            stop,
            np.concatenate([page.coded for page in pages]),
            np.concatenate([page.numbers for page in pages]),
            tuple(a for page in pages for a in page.aggregates),
            tuple(dict.fromkeys(text for page in pages for text in page.warnings)),
            tuple(dict.fromkeys(text for page in pages for text in page.remarks)),
        )

    def _page(self, number: int) -> Block:
        first, last = self.job.span(number)
        coded = self.job.design.columns(first, last)
        numbers = np.empty((last - first, len(self.job.columns)))
        told: dict[str, None] = {}
        remarks: dict[str, None] = {}
        for rows in self._groups(coded):
            self._group(first, coded, rows, numbers, told, remarks)
        found = aggregate(self.job, first, coded, numbers)
        return Block(number, number + 1, coded, numbers, (found,), tuple(told), tuple(remarks))

    def _groups(self, coded: Array) -> Iterator[NDArray[np.intp]]:
        """Yield the rows of points that agree in everything but the smooth axes."""
        rigid = [k for k in range(coded.shape[1]) if k not in self.job.smooth]
        if not rigid:
            yield np.arange(coded.shape[0])
            return
        _, group = np.unique(coded[:, rigid], axis=0, return_inverse=True)
        order = np.argsort(group.ravel(), kind="stable")
        cuts = np.flatnonzero(np.diff(group.ravel()[order])) + 1
        yield from np.split(order, cuts)

    def _group(
        self,
        first: int,
        coded: Array,
        rows: NDArray[np.intp],
        numbers: Array,
        told: dict[str, None],
        remarks: dict[str, None],
    ) -> None:
        template, reason = self._template(coded[rows[0]])
        if template is not None:
            reason = self._fill(template, first, coded, rows, numbers)
            told.update(dict.fromkeys(self._said[self._key(coded[rows[0]])]))
        if template is None or reason:
            for row in rows.tolist():
                numbers[row] = self._rebuilt(coded[row], first + row, told)
        if reason:
            remarks[reason] = None

    def _fill(
        self,
        template: Template,
        first: int,
        coded: Array,
        rows: NDArray[np.intp],
        numbers: Array,
    ) -> str:
        """Evaluate points as arrays; return what is wrong if one of them, built anew, is not the same."""
        points = self._normed(coded[rows])
        step = max(1, _CHUNK // (1 + self.job.samples))
        checked = np.flatnonzero(rows == _chosen(self.job.seed, first, coded.shape[0]))
        for start in range(0, rows.size, step):
            totals = template.totals(points[start : start + step])
            numbers[rows[start : start + step]] = self._numbers(totals)
            for place in checked[(checked >= start) & (checked < start + step)].tolist():
                row = int(rows[place])
                if not self._same([x[place - start] for x in totals], coded[row], first + row):
                    return f"points from {first} on are built anew: the check of point {first + row} failed"
        return ""

    def _same(self, totals: Sequence[Array], coded: Array, point: int) -> bool:
        changes = self.job.design.changes(coded)
        expected = self.job.totals(self.job.ledger(changes, self.draws, _named(point, changes)))
        return all(close(a, b, TOLERANCE) for a, b in zip(totals, expected, strict=True))

    def _rebuilt(self, coded: Array, point: int, told: dict[str, None]) -> Array:
        changes = self.job.design.changes(coded)
        found = self.job.ledger(changes, self.draws, _named(point, changes))
        told.update(dict.fromkeys(found.warnings))
        columns: Array = self._numbers([values[None, :] for values in self.job.totals(found)])[0]
        return columns

    def _key(self, coded: Array) -> tuple[float, ...]:
        return tuple(float(x) for k, x in enumerate(coded) if k not in self.job.smooth)

    def _template(self, coded: Array) -> tuple[Template | None, str]:
        """Return the template of a point's group, or why its points are built one by one."""
        if not self._worth():
            return None, ""
        key = self._key(coded)
        found = self._templates.get(key)
        if found is None:
            found = self._made(key, coded)
            self._templates[key] = found
            self._trim()
        self._templates.move_to_end(key)
        return found

    def _worth(self) -> bool:
        """Whether a template saves work: it must serve more points than it is read off from."""
        count = len(Corners(len(self.job.smooth)).sets)
        enough = expected_points(self.job) >= _WORTH * (1 + count)
        return bool(self.job.smooth) and self.job.samples <= MOST_DRAWS and enough

    def _trim(self) -> None:
        while len(self._templates) > 1 and sum(
            one.size for one, _ in self._templates.values() if one
        ) > _KEPT:  # fmt: skip
            self._templates.popitem(last=False)

    def _made(self, key: tuple[float, ...], coded: Array) -> tuple[Template | None, str]:
        said: dict[str, None] = {}
        smooth = self.job.smooth

        def lines_at(point: Array) -> tuple[Line, ...]:
            changes = self._changes(coded, point)
            inventory = self.job.inventory(changes)
            said.update(dict.fromkeys(inventory.warnings))
            return self.job.lines(inventory, changes)

        try:
            made = make(lines_at, len(smooth), self.job.outputs, self.draws)
        except UnlikeError as error:
            return None, f"points are built anew: {error}"
        self._said[key] = tuple(said)
        middle = self._middle()
        if not self._agrees(made, coded, middle):
            return None, "points are built anew: a check inside their range failed"
        return made, ""

    def _agrees(self, made: Template, coded: Array, middle: Array) -> bool:
        """Whether a template gives what the scenario built anew gives, inside its box."""
        changes = self._changes(coded, middle)
        expected = self.job.totals(self.job.ledger(changes, self.draws))
        found = made.totals(middle[None, :])
        return all(close(a[0], b, TOLERANCE) for a, b in zip(found, expected, strict=True))

    def _middle(self) -> Array:
        """Return normed coordinates inside the box, of listed values where values are listed."""
        found = inside(len(self.job.smooth))
        for column, place in enumerate(self.job.smooth):
            one = self.job.design.axes[place]
            if not one.is_range:
                low, high = one.ends
                listed = (one.numbers - low) / (high - low)
                found[column] = listed[np.argmin(np.abs(listed - found[column]))]
        return found

    def _changes(self, coded: Array, point: Array) -> dict[str, object]:
        changes = self.job.design.changes(coded)
        for place, t in zip(self.job.smooth, point.tolist(), strict=True):
            one = self.job.design.axes[place]
            low, high = one.ends
            changes[one.name] = one.near(high if t == 1 else low + (high - low) * t)
        return changes

    def _normed(self, coded: Array) -> Array:
        found = np.empty((coded.shape[0], len(self.job.smooth)))
        for column, place in enumerate(self.job.smooth):
            one = self.job.design.axes[place]
            low, high = one.ends
            values = coded[:, place]
            numbers = values if one.is_range else one.numbers[values.astype(np.intp)]
            found[:, column] = (numbers - low) / (high - low)
        return found

    def _numbers(self, totals: Sequence[Array]) -> Array:
        """Return the columns of points from their outputs, shape ``(points, columns)``."""
        return measures(self.job, totals, self.written)


def _named(point: int, changes: dict[str, object]) -> str:
    return f"{point}: {describe(changes)}"


def _chosen(seed: int, first: int, count: int) -> int:
    """Return which point of a page is checked: no block and no worker enters."""
    digest = hashlib.sha256(f"{seed}:check:{first}".encode()).digest()
    return int.from_bytes(digest[:8], "little") % count


def expected_points(job: Job) -> int:
    """Return how many points share everything but the smooth axes, as the design promises."""
    rigid = [one for place, one in enumerate(job.design.axes) if place not in job.smooth]
    if any(one.is_range for one in rigid):
        return 1
    if job.design.kind == "zip":
        groups = len({tuple(str(one.values[k]) for one in rigid) for k in range(job.design.points)})
    else:
        groups = math.prod(len(one.values) for one in rigid)
    return job.design.points // groups


_WORKERS: dict[str, Worker] = {}
_GUARD = threading.Lock()


def evaluate(packed: bytes, start: int, stop: int) -> Block:
    """Evaluate pages of a job: a pure function of its arguments, to be run anywhere.

    Parameters
    ----------
    packed
        A pickled `Job`.
    start, stop
        The pages.
    """
    key = hashlib.sha256(packed).hexdigest()
    with _GUARD:
        if key not in _WORKERS:
            _WORKERS.clear()
            _WORKERS[key] = Worker(pickle.loads(packed))
        worker = _WORKERS[key]
    return worker.block(start, stop)
