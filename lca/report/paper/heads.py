"""The number that an option is judged by, with what it lacks, and the same by stage."""

from __future__ import annotations

from lca.report import tables

headline = tables._headline
"""Per functional unit, or else the total; ``(option, basis)``."""
whole = tables._whole
"""The headline with its gaps; ``(option, basis)``."""
stages_of = tables._stages
"""Greenhouse gases by stage, per functional unit where there is one; ``(option)``."""
