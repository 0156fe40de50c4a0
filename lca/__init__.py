"""Lifecycle carbon accounting for AI hardware: embodied, measured operation, end of life.

Examples
--------
>>> import lca
>>> base = lca.load("scenarios/procurement.yaml")  # doctest: +SKIP
>>> print(lca.evaluate(base).total("gwp100"))  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lca.comparison import compare
    from lca.estimates import Estimate
    from lca.evaluation import evaluate
    from lca.ledger import Ledger
    from lca.library import Library
    from lca.scenario import Scenario, load

__version__ = "0.1.0"

__all__ = [
    "Estimate",
    "Ledger",
    "Library",
    "Scenario",
    "compare",
    "evaluate",
    "levers",
    "load",
    "measure",
    "optimize",
    "projection",
    "sensitivity",
    "sweeps",
    "workloads",
]

_ROOMS = ("levers", "measure", "optimize", "projection", "sensitivity", "sweeps", "workloads")
"""Rooms that are used as they are; ``lca.measure`` and ``lca.sensitivity`` can be called."""

_WHERE = {
    "Estimate": "lca.estimates",
    "Ledger": "lca.ledger",
    "Library": "lca.library",
    "Scenario": "lca.scenario",
    "compare": "lca.comparison",
    "evaluate": "lca.evaluation",
    "load": "lca.scenario",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import lca`` is quick."""
    if name in _ROOMS:
        return import_module(f"lca.{name}")
    if name not in _WHERE:
        msg = f"module 'lca' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
