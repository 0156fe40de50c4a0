"""Levers of a scenario: which would lower its footprint, by how much, how surely, and which backfire.

A lever changes the scenario and the model is run again, on the same draws. Levers are never
multiplied: `together` runs two at once and says how far a product would be off.
"""

from __future__ import annotations

from lca.levers.combining import together
from lca.levers.ranking import rank
from lca.levers.results import Effect, LeverResult, Together

__all__ = ["Effect", "LeverResult", "Together", "rank", "together"]
