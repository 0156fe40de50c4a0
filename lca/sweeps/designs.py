"""Designs: which points a sweep has, computed for any stretch of them without the others.

References
----------
1. Sobol', I. M. (1967). On the distribution of points in a cube and the approximate evaluation of
   integrals. USSR Computational Mathematics and Mathematical Physics 7(4).
2. Owen, A. B. (1998). Scrambling Sobol' and Niederreiter-Xing points. Journal of Complexity 14(4).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lca.errors import ScenarioError, quoted
from lca.sensitivity.axes import LONGEST, NUMBER, Axis, axes, axis
from lca.uncertain import Array, stream

KINDS = ("cross", "zip", "sobol")
MOST_POINTS = 1 << 40
"""Most points of a design: positions stay exact, and no disk holds more."""

MOST_SOBOL = 1 << 30
"""Most points of the generator of Sobol sequences."""

_RANGE = re.compile(
    rf"\s*([^=\s]+)\s*=\s*({NUMBER})\s*([^\d\s.:,][^:,]*?)?\s*\.\.\s*({NUMBER})\s*([^\d\s.:,][^:,]*?)?\s*"
)
_VALUE = re.compile(rf"\s*({NUMBER})\s*([^\d\s][^,]*?)?\s*")


@dataclass(frozen=True)
class Varied:
    """A path, or the identity of a factor, with what it takes: listed values, or a range.

    Attributes
    ----------
    name
        Dotted path of a scenario, or the identity of a factor.
    values
        The listed values; empty for a range.
    low, high
        Ends of a range, in ``unit`` as written.
    unit
        Unit of all values where they are numbers, "" for plain numbers, None where they are not.
    """

    name: str
    values: tuple[object, ...] = ()
    low: float = math.nan
    high: float = math.nan
    unit: str | None = None

    @property
    def is_range(self) -> bool:
        """Whether any number between two ends is taken."""
        return not self.values

    @cached_property
    def numbers(self) -> Array:
        """The listed values as numbers; empty where they are none."""
        if self.unit is None or self.is_range:
            return np.empty(0)
        return np.array([_numbered(value)[0] for value in self.values])  # type: ignore[index]

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest number."""
        if self.is_range:
            return self.low, self.high
        return float(self.numbers.min()), float(self.numbers.max())

    def number(self, coded: float) -> float:
        """Return the number of a coded value: itself in a range, else the listed one."""
        return coded if self.is_range else float(self.numbers[int(coded)])

    def written(self, coded: float) -> object:
        """Return a coded value as it could stand in a scenario."""
        return self.text_of(coded) if self.is_range else self.values[int(coded)]

    def near(self, number: float) -> object:
        """Return a number of a range, or the listed value nearest to it, as it could be written."""
        if self.is_range:
            return self.text_of(number)
        return self.values[int(np.argmin(np.abs(self.numbers - number)))]

    def text_of(self, number: float) -> str:
        """Return a number with the unit of the axis; reading it gives the same number."""
        unit = self.unit or ""
        whole = float(number).is_integer() and abs(number) < 1e15
        return f"{int(number) if whole else float(number)!r}{unit if unit == '%' else f' {unit}' if unit else ''}"

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as texts, or the range."""
        if self.is_range:
            return (f"{self.text_of(self.low)}..{self.text_of(self.high)}",)
        return tuple(map(str, self.values))


def _numbered(value: object) -> tuple[float, str] | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    match = _VALUE.fullmatch(str(value)) if len(str(value)) <= LONGEST else None
    return (float(match[1]), (match[2] or "").strip()) if match else None


def varied(
    given: Mapping[str, Iterable[object]] | Sequence[str | Axis], kind: str
) -> tuple[Varied, ...]:
    """Return what is varied, from values by path, or from texts.

    Parameters
    ----------
    given
        Values by dotted path, or texts such as ``fleet.chat.utilization=20%..80%:7``; a Sobol design
        also takes a range without a number of values, ``fleet.chat.utilization=20%..80%``.
    kind
        One of `KINDS`.

    Raises
    ------
    ScenarioError
        If a text cannot be read, nothing is varied, or a path stands there twice.
    """
    ranges: dict[str, Varied] = {}
    rest: list[str | Axis] = []
    for text in _texts(given):
        ranged = kind == "sobol" and isinstance(text, str) and len(text) <= LONGEST
        found = _RANGE.fullmatch(str(text)) if ranged else None
        if found:
            ranges[found[1]] = _range(found)
        rest.append(Axis(found[1], ("range",)) if found else text)
    return tuple(ranges.get(one.name) or _listed(one) for one in axes(rest))


def _texts(given: Mapping[str, Iterable[object]] | Sequence[str | Axis]) -> Iterator[str | Axis]:
    if not isinstance(given, Mapping):
        yield from given
        return
    for name, values in given.items():
        yield f"{name}={values}" if isinstance(values, str) else axis(name, values)


def _range(match: re.Match[str]) -> Varied:
    name, low, unit, high, other = match.groups()
    if unit and unit.strip() != (other or "").strip():
        msg = f"{name}: one unit for both ends, found {quoted(unit)} and {quoted(other or 'none')}"
        raise ScenarioError(msg)
    ends = sorted((float(low), float(high)))
    return Varied(name, (), ends[0], ends[1], (other or "").strip())


def _listed(one: Axis) -> Varied:
    found = [_numbered(value) for value in one.values]
    known = {unit for _, unit in filter(None, found)}
    unit = known.pop() if all(found) and len(known) == 1 else None
    return Varied(one.name, one.values, unit=unit)


@dataclass(frozen=True)
class Design:
    """Points in an order of their own.

    Attributes
    ----------
    kind
        ``cross`` for all combinations, the last axis changing fastest; ``zip`` for values taken
        together; ``sobol`` for a scrambled Sobol sequence.
    axes
        What is varied.
    points
        How many points there are.
    seed
        Scrambles a Sobol sequence.
    """

    kind: str
    axes: tuple[Varied, ...]
    points: int
    seed: int = 0

    def columns(self, start: int, stop: int) -> Array:
        """Return coded points, shape ``(stop - start, axes)``: positions of listed values, or numbers."""
        if self.kind == "sobol":
            return self._sobol(start, stop)
        places = np.arange(start, stop)
        if self.kind == "zip":
            return np.repeat(places[:, None], len(self.axes), axis=1).astype(np.float64)
        lengths = [len(one.values) for one in self.axes]
        return np.stack(np.unravel_index(places, lengths), axis=1).astype(np.float64)

    def _sobol(self, start: int, stop: int) -> Array:
        from scipy.stats import qmc

        rng = stream(self.seed, "sweep design")
        sequence = qmc.Sobol(len(self.axes), scramble=True, rng=rng)
        if start:
            sequence.fast_forward(start)
        share = _unwarned(sequence, stop - start)
        found = np.empty_like(share)
        for place, one in enumerate(self.axes):
            count = len(one.values)
            found[:, place] = (
                one.low + (one.high - one.low) * share[:, place]
                if one.is_range
                else np.minimum(np.floor(share[:, place] * count), count - 1)
            )
        return found

    def changes(self, coded: Sequence[float] | NDArray[np.float64]) -> dict[str, object]:
        """Return a coded point as values by path."""
        return {one.name: one.written(float(x)) for one, x in zip(self.axes, coded, strict=True)}


def _unwarned(sequence: object, count: int) -> Array:
    """Draw from a Sobol sequence; that a number is no power of two is said elsewhere."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(sequence.random(count))  # type: ignore[attr-defined]


def design(
    given: Mapping[str, Iterable[object]] | Sequence[str | Axis],
    kind: str,
    points: int | None,
    seed: int,
) -> Design:
    """Return a design.

    Raises
    ------
    ScenarioError
        If the axes do not fit it, or there are too many points.
    """
    if kind not in KINDS:
        msg = f"no design {quoted(kind)} (one of: {', '.join(KINDS)})"
        raise ScenarioError(msg)
    found = varied(given, kind)
    for one in found:
        if one.name.partition(".")[0] == "uncertainty":
            msg = f"{one.name}: all points share their draws; choose them with --samples and --seed"
            raise ScenarioError(msg)
    if (points is not None) != (kind == "sobol"):
        msg = "a Sobol design needs a number of points, such as --points 4096; the others have their own"
        raise ScenarioError(msg)
    count = points if points is not None else _count(found, kind)
    most = MOST_SOBOL if kind == "sobol" else MOST_POINTS
    if not 1 <= count <= most:
        msg = f"found {count:,} points, accepted are 1 to {most:,}"
        raise ScenarioError(msg)
    return Design(kind, found, count, seed)


def _count(found: Sequence[Varied], kind: str) -> int:
    lengths = [len(one.values) for one in found]
    if kind == "cross":
        return math.prod(lengths)
    if len(set(lengths)) > 1:
        counts = ", ".join(f"{one.name}: {len(one.values)}" for one in found)
        msg = f"to be taken together, all need as many values ({counts})"
        raise ScenarioError(msg)
    return lengths[0]
