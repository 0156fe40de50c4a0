"""Which two inputs a break-even map is drawn over, and the map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from lca.errors import LcaError
from lca.report.paper.blocks import Picture
from lca.report.pictures import break_even
from lca.report.pictures.break_even import Side
from lca.report.wording import name_factor, say_unit
from lca.sensitivity.axes import Axis
from lca.sensitivity.surface import over_factors
from lca.terms import Factor

if TYPE_CHECKING:
    from lca.sensitivity.response import Response
    from lca.sensitivity.tornado import Tornado

_COLUMNS, _ROWS, _DRAWS = 13, 11, 256
_TAIL = 0.01
_GRIDS = frozenset({"published_intensity", "grid_intensity"})
_MULTIPLES = ("generation/", "residual/", "grid/spread/", "trajectory/spread/", "published/")
_NUMBERED = frozenset({"choice", "empirical"})
_Chosen = tuple[Factor, float, float, float, str]


def picture(response: Response, found: Tornado, seed: int) -> Picture | None:
    """Return the map of a difference over its grid intensity and utilization.

    Where the options do not share both, it is drawn over the two unknowns that move the difference
    most; with fewer than two there is none.
    """
    pair = [*_shared(response)]
    if len(pair) < 2:
        pair = [*_strongest(response, found)]
    if len(pair) < 2:
        return None
    (x_axis, x), (y_axis, y) = _side(pair[0], _COLUMNS), _side(pair[1], _ROWS)
    try:
        surface = over_factors(response, x_axis, y_axis, samples=_DRAWS, seed=seed)
    except LcaError:
        return None  # an identity that stands for several quantities has no axis
    moves = all(np.ptp(surface.median, axis=side).max() > 0 for side in (0, 1))
    return break_even.draw(surface, x, y) if moves else None


def _shared(response: Response) -> Iterator[_Chosen]:
    """Yield grid intensity and utilization, where both options rest on one value of it."""
    grids = [leaf for leaf in response.leaves if leaf.name in _GRIDS]
    uses = [leaf for leaf in response.leaves if leaf.name == "utilization"]
    if len(grids) == 1 and len(uses) == 1:
        most = 1.5 * grids[0].distribution.central
        yield grids[0], 0.0, max(1.0, most), 1000.0, "gCO2e/kWh"
        yield uses[0], 0.05, 1.0, 100.0, "%"


def _strongest(response: Response, found: Tornado) -> Iterator[_Chosen]:
    """Yield the unknowns of the largest swings whose values are a range, of one quantity each."""
    swings = found.swing[:, -1]
    for place in np.argsort(-swings, kind="stable").tolist():
        unknown = response.unknowns[place]
        leaf = unknown.leaves[0]
        if (
            swings[place] > 0
            and len(unknown.leaves) == 1
            and leaf.distribution.kind not in _NUMBERED
        ):
            low, high = (float(v) for v in leaf.distribution.quantile(np.array([_TAIL, 1 - _TAIL])))
            yield leaf, low, high, *_shown(leaf)


def _shown(leaf: Factor) -> tuple[float, str]:
    """Return scale and unit of an axis; a spread is a multiple of what it is the spread of."""
    relative = leaf.unit == "" and leaf.identity.startswith(_MULTIPLES)
    return 1.0, "× central" if relative else say_unit(leaf.unit)


def _side(chosen: _Chosen, count: int) -> tuple[Axis, Side]:
    """Return an axis as the surface reads it, and as it is drawn."""
    leaf, low, high, scale, unit = chosen
    values = np.linspace(low, high, count).tolist()
    known = leaf.distribution
    ends = known.interval()
    axis = Axis(leaf.identity, tuple(f"{value!r} {leaf.unit}".strip() for value in values))
    return axis, Side(
        name_factor(leaf.name, leaf.identity), unit, tuple(value * scale for value in values),
        known.central * scale, ends[0] * scale, ends[1] * scale,
    )  # fmt: skip
