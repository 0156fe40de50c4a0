"""Projection: what a scenario's options add up to over the years, and when one passes another.

``cumulative`` is the door. Totals are those of the ledger; grids may depart from their path, more so
the farther ahead. Emissions are not discounted unless that is asked for.

Examples
--------
>>> import lca.projection
>>> base = lca.load("scenarios/keep_or_replace_a100.yaml")  # doctest: +SKIP
>>> print(lca.projection.cumulative(base).crossings[0])  # doctest: +SKIP
"""

from __future__ import annotations

from lca.projection.curves import Curve
from lca.projection.passages import Crossing, Exhaustion, Passage
from lca.projection.projecting import Projection, cumulative

__all__ = ["Crossing", "Curve", "Exhaustion", "Passage", "Projection", "cumulative"]
