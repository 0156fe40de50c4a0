"""A scenario at many points: every combination, places taken together, or a Sobol design.

The package itself can be called: ``lca.sweeps(scenario, over)`` is
``lca.sweeps.sweeping.sweep(scenario, over)``.

A *point* is a scenario with one value for each axis; an *evaluation* is a point on one draw. Points
come in *pages* of fixed size: a page is the unit of arithmetic, of checking and of merging, so that
the numbers are the same for any size of block, any number of workers and any order of arrival.

Examples
--------
>>> import lca
>>> base = lca.load("scenarios/procurement.yaml")  # doctest: +SKIP
>>> lca.sweeps(base, ["fleet.b200.utilization=20%..80%:7"]).lowest  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lca.sweeps.sweeping import Sweep, SweepRow, sweep

__all__ = ["Sweep", "SweepRow", "sweep"]


class _Callable(ModuleType):
    """A module that answers when it is called."""

    def __call__(self, *given: Any, **options: Any) -> Sweep:
        """Return a `Sweep`, with the arguments of `lca.sweeps.sweeping.sweep`."""
        from lca.sweeps.sweeping import sweep

        return sweep(*given, **options)


sys.modules[__name__].__class__ = _Callable


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module("lca.sweeps.sweeping"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
