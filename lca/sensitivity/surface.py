"""Where two options break even: the sign of their difference over two axes, with its line."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lca.errors import ScenarioError, UnitError, UnknownNameError, did_you_mean
from lca.inventory import choose_model
from lca.scenario import Scenario
from lca.scenario.models import ScenarioModel
from lca.sensitivity.axes import Axis, axes
from lca.sensitivity.evaluator import Leaf, Sheet, blocks, central, drawn
from lca.sensitivity.methods import Asked, ledgers_of
from lca.sensitivity.question import chosen_options, unit_of
from lca.sensitivity.response import Response
from lca.sensitivity.sobol import Progress
from lca.terms import Factor, Value
from lca.uncertain import Array
from lca.values import read

SAMPLES = 512
"""Draws of a cell by default."""

_MOST = 2500
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Surface:
    """The difference of two options, first less second, over two axes.

    Attributes
    ----------
    first, second
        Names of the options.
    x, y
        The axes; arrays are of shape ``(y values, x values)``.
    central, median
        Of the difference, in ``unit``; central with every other factor at its central value.
    probability
        Share of draws in which the first is lower; ties count half.
    line
        Points (x, y), as positions on the axes counted from 0, where the median difference is
        zero; linear between neighboring cells.
    """

    first: str
    second: str
    x: Axis
    y: Axis
    central: Array
    median: Array
    probability: Array
    line: tuple[tuple[float, float], ...]
    unit: str
    samples: int
    seed: int

    def side(self, first: bool) -> tuple[int, float, float]:
        """Return the cells where an option is lower by the median, and how sure that is.

        Parameters
        ----------
        first
            Whether the side of the first option is asked for, or that of the second.

        Returns
        -------
        tuple
            Number of cells, mean and lowest probability there that the option is lower; 0 cells
            have the probabilities nan.
        """
        chosen = self.median < 0 if first else self.median > 0
        sure = self.probability[chosen] if first else 1 - self.probability[chosen]
        if not sure.size:
            return 0, float("nan"), float("nan")
        return int(sure.size), float(sure.mean()), float(sure.min())


def break_even(
    scenario: Scenario,
    first: str,
    second: str,
    over: Mapping[str, Sequence[object]] | Sequence[str | Axis],
    *,
    indicator: str = "gwp100",
    per: str | None = None,
    basis: str = "location",
    samples: int | None = None,
    seed: int | None = None,
    progress: Progress = None,
) -> Surface:
    """Return where one option is lower than the other.

    Parameters
    ----------
    first, second
        Two options of the scenario.
    over
        Two axes, the horizontal one first: dotted paths of the scenario or identities of factors.
        A path is set in the scenario before its options are: an option that sets it too keeps its
        own. A factor's identity fixes that factor in both.
    indicator, per, basis
        As for `lca.sensitivity`.
    samples
        Draws of each cell; 512 by default.
    seed
        By default that of the scenario.
    progress
        Called with parts done and parts in all.

    Raises
    ------
    ScenarioError
        If there are not two axes, one moves nothing, or there are too many cells.
    """
    x, y = _two(over)
    options = chosen_options(scenario, (first, second))
    unit = unit_of(options, per, (first, second))
    asked = Asked((first, second), indicator, unit, basis, choose_model(scenario.options()))
    start = scenario.model.uncertainty.seed if seed is None else seed
    grid = _Grid(scenario, asked, x, y, SAMPLES if samples is None else samples, start)
    middle, draws = grid.evaluate(progress)
    median = np.median(draws, axis=-1)
    probability = (draws < 0).mean(axis=-1) + 0.5 * (draws == 0).mean(axis=-1)
    line = tuple(_zeros(median))
    return Surface(
        first, second, x, y, middle, median, probability, line, grid.unit, grid.samples, start
    )


def over_factors(
    response: Response, x: Axis, y: Axis, *, samples: int = SAMPLES, seed: int = 0
) -> Surface:
    """Return where the two options of a response break even, over two of its factors.

    Parameters
    ----------
    response
        Of a difference: the first, the second, and first less second.
    x, y
        Identities of factors with their values; both options have them.
    samples, seed
        Draws of each cell.

    Raises
    ------
    UnknownNameError, ScenarioError
        If an axis is no factor of the options, or stands for several quantities.
    """
    middle, draws = _cells(response, (x, y), samples, seed)
    shape = (len(y.values), len(x.values))
    median = np.median(draws, axis=-1).reshape(shape)
    lower = (draws < 0).mean(axis=-1) + 0.5 * (draws == 0).mean(axis=-1)
    names = [output.name for output in response.outputs]
    return Surface(
        names[0], names[1], x, y, middle.reshape(shape), median, lower.reshape(shape),
        tuple(_zeros(median)), response.unit, samples, seed,
    )  # fmt: skip


def _two(over: Mapping[str, Sequence[object]] | Sequence[str | Axis]) -> tuple[Axis, Axis]:
    found = axes(over)
    if len(found) != 2:
        msg = f"a surface has two axes, found {len(found)}"
        raise ScenarioError(msg)
    cells = len(found[0].values) * len(found[1].values)
    if cells > _MOST or min(len(one.values) for one in found) < 2:
        msg = f"found {len(found[0].values)} x {len(found[1].values)} cells; accepted are 2 x 2 to {_MOST:,} in all"
        raise ScenarioError(msg)
    return found[0], found[1]


@dataclass
class _Grid:
    """Evaluates the cells: one response for each value of a path, all values of a factor at once."""

    scenario: Scenario
    asked: Asked
    x: Axis
    y: Axis
    samples: int
    seed: int
    unit: str = ""

    def evaluate(self, progress: Progress) -> tuple[Array, Array]:
        """Return the central difference and its draws, ``(y, x)`` and ``(y, x, samples)``."""
        written = self._response({})
        self.unit = written.unit
        paths = [one for one in (self.x, self.y) if not _leaves(written, one.name)]
        fixed = [one for one in (self.x, self.y) if one not in paths]
        _check_paths(paths, written)
        shape = (len(self.y.values), len(self.x.values))
        middle, draws = np.empty(shape), np.empty((*shape, max(self.samples, 1)))
        choices = list(itertools.product(*(range(len(one.values)) for one in paths)))
        for done, places in enumerate(choices, 1):
            changes = {one.name: one.values[k] for one, k in zip(paths, places, strict=True)}
            response = self._response(changes) if changes else written
            where = self._where(dict(zip((one.name for one in paths), places, strict=True)))
            cells, values = _cells(response, fixed, self.samples, self.seed)
            middle[where] = cells.reshape(middle[where].shape)
            draws[where] = values.reshape(draws[where].shape)
            if progress:
                progress(done, len(choices))
        self._check_moved(paths, middle, draws)
        return middle, draws

    def _where(self, places: Mapping[str, int]) -> tuple[int | slice, int | slice]:
        return (
            places.get(self.y.name, slice(None)),
            places.get(self.x.name, slice(None)),
        )

    def _response(self, changes: Mapping[str, object]) -> Response:
        scenario = self.scenario.patch(changes, self.scenario.name) if changes else self.scenario
        options = chosen_options(scenario, self.asked.difference)
        return self.asked.response(ledgers_of(options, self.asked.embodied_model))

    def _check_moved(self, paths: Sequence[Axis], middle: Array, draws: Array) -> None:
        """Refuse an axis along which nothing changes: a map over it would say nothing."""
        for one in paths:
            side = 1 if one is self.x else 0
            same = np.ptp(middle, axis=side).max() == 0 and np.ptp(draws, axis=side).max() == 0
            if same:
                msg = f"{one.name} moves neither {self.asked.difference} nor their difference; an option that sets this path keeps its own value"
                raise ScenarioError(msg)


def _check_paths(paths: Sequence[Axis], response: Response) -> None:
    """Refuse a name that is neither a factor nor the beginning of a path."""
    known = dict.fromkeys(leaf.identity for leaf in response.leaves)
    for one in paths:
        if one.name.split(".")[0] not in ScenarioModel.model_fields:
            choices = [*known, *ScenarioModel.model_fields]
            msg = f'"{one.name}" is neither a factor of these options nor a path of the scenario{did_you_mean(one.name, choices)}'
            raise UnknownNameError(msg)


def _leaves(response: Response, name: str) -> list[Factor]:
    return [leaf for leaf in response.leaves if leaf.identity == name]


def _cells(
    response: Response, fixed: Sequence[Axis], samples: int, seed: int
) -> tuple[Array, Array]:
    """Return the central difference and its draws for all combinations of fixed factors."""
    held = _held(response, fixed)
    count = next(iter(held.values())).size if held else 1
    middle = response.values(Sheet(_holding(central, held, 1)), count)[0][-1]
    if not samples:
        return middle, middle[:, None]
    parts = []
    for number in blocks(samples):
        size = samples // len(blocks(samples))
        leaf = drawn(samples, seed, number)
        parts.append(_drawn_cells(response, leaf, held, count, size))
    return middle, np.concatenate(parts, axis=1)


def _drawn_cells(
    response: Response, leaf: Leaf, held: Mapping[Factor, Array], count: int, size: int
) -> Array:
    """Return the draws of every cell, some cells at a time: the sample axis holds all of them."""
    step = max(1, _CHUNK // size)
    rows = []
    for start in range(0, count, step):
        cut = {factor: values[start : start + step] for factor, values in held.items()}
        cells = min(step, count - start)
        sheet = Sheet(_tiled(_holding(leaf, cut, size), cut, cells))
        rows.append(response.values(sheet, cells * size)[0][-1].reshape(cells, size))
    return np.concatenate(rows)


def _holding(leaf: Leaf, held: Mapping[Factor, Array], size: int) -> Leaf:
    """Return leaves of which some are held at values, each repeated for its draws."""

    def holding(factor: Factor) -> Value:
        return np.repeat(held[factor], size) if factor in held else leaf(factor)

    return holding


def _tiled(leaf: Leaf, held: Mapping[Factor, Array], cells: int) -> Leaf:
    """Return leaves whose draws are repeated for every cell."""
    known: dict[Factor, Value] = {}

    def tiled(factor: Factor) -> Value:
        if factor not in known:
            value = leaf(factor)
            single = isinstance(value, float) or factor in held
            known[factor] = value if single else np.tile(value, cells)
        return known[factor]

    return tiled


def _held(response: Response, fixed: Sequence[Axis]) -> dict[Factor, Array]:
    """Return the values of fixed factors for all combinations, the last axis changing fastest."""
    columns = [_canonical(response, one) for one in reversed(fixed)]  # y is the slow one
    mesh = np.meshgrid(*(values for _, values in columns), indexing="ij") if columns else []
    return {
        leaf: values.ravel()
        for (leaves, _), values in zip(columns, mesh, strict=True)
        for leaf in leaves
    }


def _canonical(response: Response, fixed: Axis) -> tuple[list[Factor], Array]:
    """Return the leaves of an identity and the values they take, in their unit."""
    leaves = _leaves(response, fixed.name)
    if len({(leaf.unit, leaf.distribution) for leaf in leaves}) > 1:
        names = ", ".join(sorted({leaf.name for leaf in leaves}))
        msg = f'"{fixed.name}" stands for several quantities ({names}); give a path of the scenario'
        raise ScenarioError(msg)
    if not leaves:
        known = [leaf.identity for leaf in response.leaves]
        msg = f'no factor "{fixed.name}"{did_you_mean(fixed.name, known)}'
        raise UnknownNameError(msg)
    unit = leaves[0].unit
    try:
        values = [read(value, unit).central for value in fixed.values]
    except UnitError as error:
        msg = f"{fixed.name}: {error.problems[0].message}"
        raise ScenarioError(msg) from None
    return leaves, np.array(values)


def _zeros(median: Array) -> list[tuple[float, float]]:
    """Return where the median is zero on the edges between cells, sorted by y, then x."""
    rows = [(x, float(y)) for y in range(median.shape[0]) for x in _crossings(median[y])]
    columns = [(float(x), y) for x in range(median.shape[1]) for y in _crossings(median[:, x])]
    return sorted(dict.fromkeys(rows + columns), key=lambda point: (point[1], point[0]))


def _crossings(values: NDArray[np.float64]) -> list[float]:
    """Return positions at which a row changes sign, linear between neighbors.

    Examples
    --------
    >>> _crossings(np.array([-1.0, 1.0, 3.0]))
    [0.5]
    """
    left, right = values[:-1], values[1:]
    places = np.flatnonzero((left < 0) != (right < 0))
    return [float(p + left[p] / (left[p] - right[p])) for p in places.tolist()]
