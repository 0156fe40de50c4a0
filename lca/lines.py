"""Lines of the ledger, and their factored form: each distinct intensity once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lca.terms import Node
from lca.uncertain import Array


class Line(NamedTuple):
    """One line: labels, an intensity per year, and activities per year in two views.

    ``basis`` is ``both`` where location- and market-based accounts agree. ``inventory`` books
    embodied emissions in the year bought, ``spread`` over the service life; for operation both
    are the same. ``per`` is the unit of activity.
    """

    asset: str
    component: str
    stage: str
    process: str
    phase: str
    indicator: str
    site: str
    region: str
    basis: str
    per: str
    intensity: tuple[Node, ...]
    inventory: tuple[float, ...]
    spread: tuple[float, ...]
    note: str = ""


@dataclass(slots=True)
class Index:
    """Lines as arrays: one entry per line and year with activity.

    Attributes
    ----------
    nodes
        The distinct intensities; ``vector`` holds an entry's position among them.
    line, year
        An entry's line and year, as positions.
    activity
        By view, an entry's activity.
    """

    lines: Sequence[Line]
    nodes: list[Node]
    line: NDArray[np.intp]
    year: NDArray[np.intp]
    vector: NDArray[np.intp]
    activity: dict[str, Array]

    def select(self, indicator: str, basis: str) -> NDArray[np.intp]:
        """Return the entries of an indicator on one account."""
        wanted = {"both", basis}
        mask = [line.indicator == indicator and line.basis in wanted for line in self.lines]
        return np.flatnonzero(np.array(mask, dtype=bool)[self.line])

    def group(
        self, labels: tuple[str, ...], chosen: NDArray[np.intp], years: tuple[int, ...]
    ) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
        """Return the group keys and the group number of each chosen entry."""
        positions = [Line._fields.index(label) for label in labels if label != "year"]
        keys: dict[tuple[str, ...], int] = {}
        of_line = np.full(len(self.lines), -1, dtype=np.intp)
        for number in np.unique(self.line[chosen]).tolist():
            line = self.lines[number]
            of_line[number] = keys.setdefault(tuple(line[p] for p in positions), len(keys))
        codes = of_line[self.line[chosen]]
        if "year" not in labels:
            return list(keys), codes
        return _with_year(list(keys), codes, self.year[chosen], labels.index("year"), years)


def _with_year(
    keys: list[tuple[str, ...]],
    codes: NDArray[np.intp],
    year: NDArray[np.intp],
    place: int,
    years: tuple[int, ...],
) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
    combined, numbers = np.unique(codes * len(years) + year, return_inverse=True)
    full = []
    for code in combined.tolist():
        key = keys[code // len(years)]
        full.append((*key[:place], str(years[code % len(years)]), *key[place:]))
    return full, numbers


def factorize(lines: Sequence[Line], years: int) -> Index:
    """Return the factored form of lines over a number of years."""
    numbers: dict[Node, int] = {}
    known: dict[int, tuple[int, ...]] = {}
    vectors = [_vectors(line.intensity, years, numbers, known) for line in lines]
    shape = (len(lines), years)
    vector = np.array(vectors, dtype=np.intp).reshape(shape)
    booked = np.array([line.inventory for line in lines], dtype=np.float64).reshape(shape)
    spread = np.array([line.spread for line in lines], dtype=np.float64).reshape(shape)
    line, year = np.nonzero((booked != 0) | (spread != 0))
    activity = {"inventory": booked[line, year], "spread": spread[line, year]}
    return Index(lines, list(numbers), line, year, vector[line, year], activity)


def _vectors(
    intensity: tuple[Node, ...],
    years: int,
    numbers: dict[Node, int],
    known: dict[int, tuple[int, ...]],
) -> tuple[int, ...]:
    """Return the position of a line's intensity in each year; equal tuples are looked up once."""
    found = known.get(id(intensity))
    if found is None:
        each = [numbers.setdefault(node, len(numbers)) for node in intensity[:years]]
        found = tuple(each + each[-1:] * (years - len(each)))
        known[id(intensity)] = found
    return found
