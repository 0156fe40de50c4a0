"""Measure what happens between two points of a program."""

from __future__ import annotations

import functools
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from lca.errors import InputError, LcaError, MeasurementUnavailable
from lca.measure import options, summary
from lca.measure.devices import synchronize as wait_for_boards
from lca.measure.edges import measure_idle, wait_for_tick
from lca.measure.ledger import Ledger
from lca.measure.partial_file import SLOWEST, PartialFile
from lca.measure.ranks import file_of_rank, rank
from lca.measure.records import Work
from lca.measure.records import save as save_record
from lca.measure.requirements import check_meters, check_quality
from lca.measure.sampler import Sampler
from lca.measure.wall_clock import WallClock

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from lca.measure.ledger import Window
    from lca.measure.meters import Opened
    from lca.measure.reading import Meter
    from lca.measure.records import WorkloadRecord

__all__ = ["Measurement"]

Function = TypeVar("Function", bound="Callable[..., Any]")
BLOCK_TIME = 1.0
"""Shortest block of repeats whose energy shows their spread (s)."""


class Measurement:
    """One measured run: a context manager, a decorator, or `start` and `stop`.

    Parameters
    ----------
    workload : str
        Name of what is run.
    work : str
        Amount of work of one repeat, such as ``1200 samples``.
    devices : str, int or sequence of them, optional
        UUIDs, beginnings of UUIDs or indices of boards; ``"cpu"`` stands for the processors.
        None measures every visible board and the processors.
    repeat : int
        How often `runs` goes round, and by what the work is multiplied.
    at_least : str or float, optional
        Time that `runs` goes on for at least: ``"5 s"``, or seconds.
    idle : str
        ``total``: all energy of the devices. ``above_idle``: less their idle power, which is
        measured for two seconds before. ``share``: the part of each board that is `share`.
    require : str, optional
        ``"measured"`` refuses records that are modeled or not measured.
    save : path, optional
        File of the record; it is at most a second old at any time. A rank of a job that is not
        the first adds its number: ``run.rank3.yaml``.
    synchronize : bool
        Wait at the edges of windows for the queued work of the measured boards.
    align : bool
        Wait for the energy counters to move at both edges, at most one step each: bounds of
        short windows become much narrower.
    share : float, optional
        Share of each board that belongs to this workload.
    meters : sequence of Meter, optional
        Meters to read instead of those of this machine.
    clock, sleep : callable
        Monotonic time (s), and how to wait.

    Attributes
    ----------
    record : WorkloadRecord or None
        The result, after `stop`.
    metrics : dict of str to float or None
        Quality of the result, such as accuracy; set it before `stop`. None does not exist.
    repeats : int
        How often the workload ran.
    remarks : list of str
        What the record will say of the whole, besides its quality.

    Raises
    ------
    MeasurementUnavailable
        If ``require="measured"`` and there is no meter.
    """

    def __init__(
        self,
        workload: str = "run",
        *,
        work: str = "1 run",
        devices: Sequence[str | int] | str | int | None = None,
        repeat: int = 1,
        at_least: str | float | None = None,
        idle: str = "total",
        require: str | None = None,
        save: str | os.PathLike[str] | None = None,
        synchronize: bool = True,
        align: bool = False,
        share: float | None = None,
        meters: Sequence[Meter] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        given = dict(locals())  # the arguments alone, for the decorator's own measurements
        self._options = {name: value for name, value in given.items() if name != "self"}
        options.check(idle, require, repeat, share)
        self.workload, self.work = workload, Work.read(work)
        self.repeat, self.repeats, self.at_least = repeat, repeat, options.seconds(at_least)
        self.idle, self.require, self.share = idle, require, share
        self._wanted, self._given = options.listed(devices), meters
        self._path = None if save is None else file_of_rank(save)
        self._synchronize, self._align = synchronize, align
        self._clock, self._sleep = clock, sleep
        self._prepare()

    def _prepare(self) -> None:
        """Set what changes while it runs."""
        self.record: WorkloadRecord | None = None
        self.metrics: dict[str, float | None] = {}
        self.remarks: list[str] = []
        self._lock = threading.RLock()
        self._opened: Opened | None = None
        self._strict = False
        self._sampler: Sampler | None = None
        self._partial: PartialFile | None = None
        self._ledger = Ledger((), self._clock)
        self._root: Window | None = None
        self._windows: list[Window] = []
        self._blocks: list[tuple[int, Window]] = []
        self._uuids: list[str] = []
        self._wall = WallClock()

    def open(self) -> Measurement:
        """Open the meters; `start` does it if need be. Returns the measurement itself."""
        from lca.measure.meters import Opened, open_meters, open_own_boards

        if self._opened is not None:
            return self
        place = rank()
        if self._given is not None:
            self._opened = Opened(tuple(self._given))
        elif place.measures or self._wanted is not None:
            self._opened = open_meters(self._wanted, self._clock)
        else:
            self._opened = open_own_boards(place, self._clock)
        # A rank that leaves the meters to another one need not have any.
        self._strict = self.require == "measured" and (place.measures or bool(self._opened.meters))
        if self._strict:
            try:
                check_meters(self._opened)
            except MeasurementUnavailable:
                self.close()
                raise
        return self

    def start(self) -> Measurement:
        """Begin; a second call changes nothing. Returns the measurement itself."""
        with self._lock:
            if self._root is not None:
                return self
            self.open()
            opened = cast("Opened", self._opened)
            self._ledger = Ledger(opened.meters, self._clock)
            self._uuids = [device.uuid for device in self._ledger.devices if device.uuid]
            self._windows, self._blocks = [], []
            self.remarks, self.record = list(opened.missing), None
            self._wall = WallClock()
            if self.idle == "above_idle":
                measure_idle(self._ledger, self._clock, self._sleep)
            self._wait_for_work()
            if self._align:
                wait_for_tick(self._ledger, self._clock, self._sleep)
            self._root = self._ledger.open(self.workload)
            self._begin_sampling()
        return self

    def stop(self) -> WorkloadRecord:
        """End, and return the record; a second call returns it again.

        Raises
        ------
        MeasurementUnavailable
            If ``require="measured"`` and the record is not.
        DocumentError
            The record cannot be saved; it is still `record`.
        """
        self._wait_for_work()
        with self._lock:
            if self._root is None:
                return self._finished()
            for window in reversed(self._windows):
                if window.stop is None:
                    self._ledger.close(window)
            self._end_root()
            sampler, self._sampler = self._sampler, None
            self.record = self._record("complete")
            self._root = None
        if sampler is not None:
            sampler.stop()
        if self._path is not None:
            save_record(self.record, self._path)
        if self._strict:
            check_quality(self.record)
        return self.record

    def close(self) -> None:
        """Stop if need be, and release the drivers."""
        try:
            if self._root is not None:
                self.stop()
        finally:
            opened, self._opened = self._opened, None
            if opened is not None and self._given is None:
                opened.close()

    @contextmanager
    def window(self, name: str) -> Iterator[Window]:
        """Measure a named part; parts may be nested and may overlap those of other threads."""
        window = self.begin(name)
        try:
            yield window
        finally:
            self.end(window)

    def begin(self, name: str) -> Window:
        """Begin a named part that `end` ends."""
        self._wait_for_work()
        with self._lock:
            if self._root is None:
                msg = f"the measurement is not running, so window {name!r} cannot begin"
                raise InputError(msg)
            window = self._ledger.open(name)
            self._windows.append(window)
        return window

    def end(self, window: Window) -> None:
        """End a named part; a second call changes nothing."""
        self._wait_for_work()
        with self._lock:
            if window.stop is None:
                self._ledger.close(window)

    def runs(self) -> Iterator[int]:
        """Go round `repeat` times and until `at_least`; `repeats` counts the rounds.

        Rounds are gathered into blocks of a second or more, whose energies show the spread.
        """
        self.start()
        begun = self._clock()
        block, first, done = self.begin("block"), 0, 0
        self._windows.remove(block)
        while done < self.repeat or self._clock() - begun < self.at_least:
            self.repeats = done + 1  # also counted if the caller leaves in the midst of it
            yield done
            done += 1
            if self._clock() - block.start >= BLOCK_TIME:
                self.end(block)
                self._blocks.append((done - first, block))
                block, first = self.begin("block"), done
                self._windows.remove(block)
        self.end(block)

    def live(self) -> tuple[float, float | None, float | None]:
        """Return seconds, mean watts and joules so far; None where nothing is known."""
        with self._lock:
            if self._root is None:
                return 0.0, None, None
            self._ledger.sample()
            self._ledger.settle(self._root)
            seconds = self._clock() - self._root.start
            joules = self._ledger.total(self._root).value
        return seconds, joules / seconds if joules is not None and seconds > 0 else None, joules

    @property
    def energy(self) -> Any:
        """Energy of the record as a pint quantity, None if it was not measured."""
        return None if self.record is None else self.record.energy

    def __enter__(self) -> Measurement:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
            return
        self.remarks.append(f"the measured code raised {kind.__name__}")
        try:
            self.close()
        except LcaError as error:  # the error of the measured code matters more
            self.remarks.append(str(error))

    def __call__(self, function: Function) -> Function:
        """Measure every call of a function; ``function.measurement`` is the last one."""

        @functools.wraps(function)
        def wrapper(*arguments: Any, **keywords: Any) -> Any:
            """Call the function inside a measurement of its own."""
            given: dict[str, Any] = self._options
            with Measurement(**given) as running:
                wrapper.measurement = running  # type: ignore[attr-defined]
                return function(*arguments, **keywords)

        wrapper.measurement = None  # type: ignore[attr-defined]
        return cast("Function", wrapper)

    def _finished(self) -> WorkloadRecord:
        """Return the record of a measurement that does not run."""
        if self.record is None:
            msg = "the measurement was never started"
            raise InputError(msg)
        return self.record

    def _begin_sampling(self) -> None:
        """Start the thread that reads, if a device or a file needs it."""
        pace = self._ledger.interval
        if self._path is not None:
            pace = min(pace or SLOWEST, SLOWEST)
            self._partial = PartialFile(self._path, self._clock, pace)
        if pace is None:
            return
        tick = self._reader() if self._partial is None else self._sample_and_save
        self._sampler = Sampler(tick, pace)
        self._sampler.start()

    def _reader(self) -> Callable[[], None]:
        """Return what the sampling thread calls where nothing is saved, looked up once."""
        lock, sample = self._lock, self._ledger.sample_due

        def read() -> None:
            """Read what is due."""
            with lock:
                sample()

        return read

    def _sample_and_save(self) -> None:
        """Read what is due; save what is known so far."""
        partial = cast("PartialFile", self._partial)
        with self._lock:
            if self._root is None:
                return
            self._ledger.sample_due()
            if not partial.due():
                return
            self._ledger.sample()
            self._ledger.settle(self._root)
            record = self._record("partial")
        remark = partial.save(record)
        if remark and remark not in self.remarks:
            self.remarks.append(remark)

    def _wait_for_work(self) -> None:
        """Wait for the queued work of the measured boards."""
        if self._synchronize and self._uuids:
            wait_for_boards(self._uuids)

    def _end_root(self) -> None:
        """End the whole; with `align`, see the next tick of the counters first."""
        root = cast("Window", self._root)
        self._ledger.look()
        self._ledger.close(root)
        if self._align:
            wait_for_tick(self._ledger, self._clock, self._sleep)
            self._ledger.settle(root)

    def _record(self, status: str) -> WorkloadRecord:
        """Return the record of what is settled."""
        root = cast("Window", self._root)
        run = summary.Run(
            status=status,
            workload=self.workload,
            work=self.work,
            repeats=self.repeats,
            started=self._wall.started,
            stop=self._clock() if root.stop is None else root.stop,
            windows=[window for window in self._windows if window.stop is not None],
            blocks=self._blocks,
            idle=self.idle,
            share=self.share,
            metrics=self.metrics,
            remarks=[*self.remarks, *self._wall.remarks()],
        )
        return summary.record(self._ledger, root, run)
