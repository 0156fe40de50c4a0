"""What a workload reports: how much work, how long, how many operations, and how good."""

from __future__ import annotations

import math
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

from lca.errors import LcaError, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Window: TypeAlias = Callable[[str], AbstractContextManager[object]]
else:
    Window = object

MOST = 10.0
"""How long windows with one number of rounds may take together if nothing else is asked (s)."""
_SHORTEST = 1e-6


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the work was done.

    Parameters
    ----------
    name : str
        What was judged, such as ``accuracy``.
    value : float
        The judgment after the work.
    better : {"higher", "lower"}
        Which direction is better.
    before : float, optional
        The judgment before the work, where the work is training.

    Raises
    ------
    LcaError
        If the value is not finite: energy must not be shown beside a quality that is unknown.

    """

    name: str
    value: float
    better: Literal["higher", "lower"]
    before: float | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            message = f"quality {quoted(self.name)} is {self.value}: the workload failed"
            raise LcaError(message)

    def improved(self) -> bool | None:
        """Return whether the work made it better; None where there is nothing before."""
        if self.before is None:
            return None
        gain = self.value - self.before
        return gain > 0 if self.better == "higher" else gain < 0


@dataclass(frozen=True, slots=True)
class Part:
    """One window of a run: a phase, or an option of a lever.

    Parameters
    ----------
    name : str
        Name of its window.
    amount, unit : float, str
        Useful work done in it.
    seconds : float
        Wall time of the window.
    flops : int or None
        Floating-point operations in it; None where the work is of another kind.
    quality : Quality
        What was reached; there is no part without it.
    note : str
        What a reader must know to judge it.
    rounds : int
        How often the window did its work; amount, seconds and operations are of all rounds.

    """

    name: str
    amount: float
    unit: str
    seconds: float
    flops: int | None
    quality: Quality
    note: str = ""
    rounds: int = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """A part with the energy of its window; `energy` is None where it was not measured."""

    part: Part
    energy: object | None

    @property
    def quality(self) -> Quality:
        """Return what the energy bought."""
        return self.part.quality


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did.

    Parameters
    ----------
    amount, unit : float, str
        Useful work of the whole run.
    quality : Quality
        Its quality; for a lever that of its worst option.
    seconds : float
        Wall time of all windows; preparing and judging are outside.
    flops : int or None
        Floating-point operations of all windows.
    parts : tuple of Part
        The windows in their order.
    baseline : str, optional
        For a lever: the part that the others are compared with.
    figures : mapping
        Further results by name, with their unit in it; None where one does not exist, such as
        a break-even that is never reached.
    never : str
        Why a figure that is None does not exist.

    """

    amount: float
    unit: str
    quality: Quality
    seconds: float
    flops: int | None
    parts: tuple[Part, ...]
    baseline: str | None = None
    figures: Mapping[str, float | None] = field(default_factory=dict)
    never: str = ""

    @classmethod
    def of(
        cls,
        parts: tuple[Part, ...],
        baseline: str | None = None,
        figures: Mapping[str, float | None] | None = None,
        never: str = "",
    ) -> Outcome:
        """Return the outcome of a lever: the sum of its parts, and the worst of its qualities."""
        counts = [part.flops for part in parts]
        known = [count for count in counts if count is not None]
        return cls(
            sum(part.amount for part in parts),
            parts[0].unit,
            _worst([part.quality for part in parts]),
            sum(part.seconds for part in parts),
            sum(known) if len(known) == len(counts) else None,
            parts,
            baseline,
            figures or {},
            never,
        )

    def beside(self, energies: Mapping[str, object | None]) -> tuple[Judged, ...]:
        """Return each part with the energy of the window that has its name."""
        return tuple(Judged(part, energies.get(part.name)) for part in self.parts)

    def data(self) -> dict[str, object]:
        """Return everything as plain data, for a record or for JSON."""
        return asdict(self)


class Workload(Protocol):
    """Work that is ready to be measured, and can be measured any number of times."""

    @property
    def parameters(self) -> int:
        """Return the number of trainable values of the model, 0 where there is no model."""

    def flops(self) -> int | None:
        """Return the exact operations of one run of one round, counted without running it.

        None where the work is not floating-point, or where only a run shows how long it is.
        """

    def run(self, window: Window | None = None, rounds: Rounds | None = None) -> Outcome:
        """Do the work from the same start as ever.

        All that should be measured happens inside ``window(name)``, a context manager such as
        the `window` of a measurement; preparing and judging happen outside. `rounds` says how
        often each window does its work, once by default.
        """


@runtime_checkable
class Planned(Protocol):
    """A workload whose windows belong together: all of them take the same number of rounds."""

    def plan(self, rounds: Rounds, at_least: float = 0.0) -> None:
        """Find out by a trial, before anything is measured, how many rounds it takes.

        All of them together take `at_least` that long (s).
        """


@runtime_checkable
class Investment(Protocol):
    """A workload that spends something once in order to save with every use."""

    def break_evens(self, by: str, cost: Mapping[str, float]) -> dict[str, float | None]:
        """Return after how many uses that is paid back, None if never, by the figure's name.

        Parameters
        ----------
        by : str
            What is paid with, such as ``energy``.
        cost : mapping
            What one round of each window costs, by the window's name.
        """


class Rounds:
    """How often each window does its work: until it is long enough, and then always as often.

    A meter tells no energy of a window that is shorter than two of its steps. The work of a
    short window is done again inside it, and the amount of work counts all rounds.

    Parameters
    ----------
    least : float
        Length that a window should have (s); 0 does its work once.
    clock : callable
        Monotonic time (s).

    Examples
    --------
    >>> times = iter([0.0, 0.4, 0.8, 1.2])
    >>> rounds = Rounds(1.0, clock=lambda: next(times))
    >>> list(rounds.of("answers"))
    [0, 1, 2]
    >>> list(rounds.of("answers"))  # a later run does the same work
    [0, 1, 2]
    """

    def __init__(self, least: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.least, self._clock = least, clock
        self._counts: dict[str, int] = {}

    def of(self, window: str) -> Iterator[int]:
        """Yield the number of each round of a window."""
        if window in self._counts:
            yield from range(self._counts[window])
            return
        begun, done = self._clock(), 0
        while done == 0 or (self.least > 0 and self._clock() - begun < self.least):
            yield done
            done += 1
        self._counts[window] = done

    def planned(self, windows: tuple[str, ...]) -> bool:
        """Return whether the number of rounds of all these windows is known."""
        return all(window in self._counts for window in windows)

    def plan(self, lengths: Mapping[str, float], at_least: float = 0.0) -> None:
        """Give windows one number of rounds, so that the shortest of them is long enough.

        Parameters
        ----------
        lengths : dict of str to float
            How long a round of each window takes (s).
        at_least : float
            How long all rounds of all windows are to take at least (s). They take no more than
            this or `MOST`, even if the shortest window stays too short.

        Examples
        --------
        >>> rounds = Rounds(0.4)
        >>> rounds.plan({"prefill": 0.01, "decode": 0.09})
        >>> len(list(rounds.of("decode")))
        40
        """
        whole = max(sum(lengths.values()), _SHORTEST)
        shortest = max(min(lengths.values()), _SHORTEST)
        enough = min(math.ceil(self.least / shortest), math.floor(MOST / whole))
        count = max(1, enough, math.ceil(max(self.least, at_least) / whole))
        self._counts.update(dict.fromkeys(lengths, count))


def unmeasured(_name: str) -> AbstractContextManager[object]:
    """Return a window that measures nothing."""
    return nullcontext()


def break_even(spent: float, before: float, after: float) -> float | None:
    """Return after how many uses a one-off cost is paid back, None if never.

    Parameters
    ----------
    spent : float
        What was spent once: joules, seconds or operations.
    before, after : float
        What each use costs without and with it, in the same unit.

    Examples
    --------
    >>> break_even(spent=1000, before=5, after=3)
    500.0
    >>> break_even(spent=1000, before=3, after=5) is None
    True
    """
    return spent / (before - after) if before > after else None


def _worst(qualities: list[Quality]) -> Quality:
    """Return the worst of the qualities that are of the same kind as the first."""
    alike = [quality for quality in qualities if quality.name == qualities[0].name]
    choose = min if qualities[0].better == "higher" else max
    return choose(alike, key=lambda quality: quality.value)
